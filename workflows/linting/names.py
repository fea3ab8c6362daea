"""Names: which of somebody else's a body must not touch, and which only answer."""

import re
from collections.abc import Iterable, Mapping

from workflows.linting.catalogue import (
    CLOCK,
    CONCURRENCY,
    ENVIRONMENT,
    FILES,
    NETWORK,
    RANDOMNESS,
    SLEEP,
    Rule,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _of(rule: Rule, names: str) -> Iterable[tuple[str, Rule]]:
    return ((name, rule) for name in names.split())


# Modules whose functions answer, and do nothing else, what is forbidden of them aside; and logs.
PURE = _words(
    """
    abc base64 bisect builtins calendar collections colorsys contextlib copy dataclasses datetime
    decimal difflib enum fractions functools hashlib heapq hmac html inspect ipaddress itertools
    json keyword logging math numbers operator orjson pathlib pprint pydantic re reprlib statistics
    string structlog textwrap traceback types typing typing_extensions unicodedata urllib uuid
    warnings workflows zoneinfo
    """
)
# An error is only named where it is caught or raised.
HARMLESS = re.compile(r"\w*(Error|Exception|Timeout|Warning)")
# What a path does with the file system; the methods of other types are not called so.
ONLY_OF_PATHS = _words(
    """
    read_text read_bytes write_text write_bytes iterdir rglob unlink is_file is_dir touch mkdir
    rmdir is_symlink symlink_to hardlink_to
    """
)
OF_PATHS = ONLY_OF_PATHS | _words(
    """
    glob exists stat lstat open rename replace chmod resolve absolute samefile readlink owner
    group walk expanduser
    """
)

# The longest name that fits decides; None lets it pass.
FORBIDDEN: Mapping[str, Rule | None] = {
    **dict(
        _of(
            CLOCK,
            "time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter"
            " time.perf_counter_ns time.process_time time.localtime time.gmtime time.ctime"
            " time.asctime time.strftime datetime.datetime.now datetime.datetime.utcnow"
            " datetime.datetime.today datetime.date.today time.clock_gettime time.clock_gettime_ns"
            " time.process_time_ns time.thread_time email.utils.localtime email.utils.formatdate"
            " pendulum.now pendulum.today arrow.now arrow.utcnow django.utils.timezone.now",
        )
    ),
    **dict(_of(SLEEP, "time.sleep asyncio.sleep anyio.sleep trio.sleep")),
    **dict(
        _of(
            RANDOMNESS,
            "random secrets uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 uuid.uuid8 os.urandom"
            " os.getrandom numpy.random builtins.hash builtins.id",
        )
    ),
    **dict(
        _of(
            ENVIRONMENT,
            "os.environ os.environb os.getenv os.getenvb os.getpid os.getppid os.getcwd"
            " os.getlogin os.getuid os.uname os.cpu_count platform sys.argv sys.stdin"
            " sys.platform sys.executable sys.path locale os.getpgid os.getgid"
            " getpass dotenv socket.gethostname socket.getfqdn pathlib.Path.cwd pathlib.Path.home"
            " builtins.input",
        )
    ),
    **dict(
        _of(
            NETWORK,
            "httpx httpx2 requests aiohttp urllib.request urllib3 http.client socket ssl smtplib"
            " ftplib imaplib poplib websockets grpc boto3 botocore paramiko redis psycopg"
            " telnetlib nntplib xmlrpc webbrowser pycurl pymongo elasticsearch kafka pika stripe"
            " openai anthropic socketserver http.server urllib.robotparser google.cloud"
            " psycopg2 pymysql asyncpg sqlite3 sqlalchemy sqlmodel slack_sdk slack_bolt mcp",
        )
    ),
    **dict(
        _of(
            FILES,
            "builtins.open io.open io.FileIO os.open os.fdopen os.listdir os.scandir os.walk"
            " os.stat os.lstat os.access os.remove os.unlink os.rename os.replace os.mkdir"
            " os.makedirs os.rmdir os.removedirs os.symlink os.link os.chmod os.chown"
            " os.path.realpath os.path.abspath os.readlink os.utime os.truncate os.mkfifo"
            " os.path.exists os.path.isfile os.path.isdir os.path.getsize os.path.getmtime"
            " shutil tempfile glob fileinput subprocess os.system os.popen os.fork"
            " os.kill os.execv os.spawnv os.spawnl os.execl os.posix_spawn os.startfile"
            " codecs.open gzip.open bz2.open lzma.open zipfile tarfile shelve dbm mmap linecache"
            " pkgutil importlib.resources importlib.metadata pty"
            + "".join(f" pathlib.Path.{name}" for name in OF_PATHS),
        )
    ),
    **dict(
        _of(
            CONCURRENCY,
            "asyncio anyio trio threading concurrent.futures multiprocessing _thread queue",
        )
    ),
    **dict.fromkeys(
        (
            "random.Random",  # seeded by the job, it is the same each time
            "secrets.compare_digest",
            "asyncio.iscoroutine",
            "asyncio.iscoroutinefunction",
            "asyncio.CancelledError",
            "asyncio.TimeoutError",
            "sqlalchemy.exc",
            "requests.exceptions",
        )
    ),
}


def rule_for(name: str) -> Rule | None:
    """Answer the rule against a full name such as ``os.environ.get``, if there is one."""
    parts = name.split(".")
    if HARMLESS.fullmatch(parts[-1]):
        return None
    for length in range(len(parts), 0, -1):
        shorter = ".".join(parts[:length])
        if shorter in FORBIDDEN:
            return FORBIDDEN[shorter]
    return None


def is_taken(name: str) -> bool:
    """Whether what it answers is another one in each process, also where a module takes it once."""
    return rule_for(name) in {CLOCK, RANDOMNESS}
