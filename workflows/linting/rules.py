"""The rules: which names, as Python knows them, a body must not touch."""

from collections.abc import Iterable, Mapping

from workflows.linting.finding import Rule

CLOCK = Rule("clock", "the time is another one at each replay", "Write `await ctx.step.now()`")
SLEEP = Rule(
    "clock",
    "it holds the worker, and is forgotten when the process ends",
    'Write `await ctx.step.sleep("name", "15m")`',
)
RANDOMNESS = Rule(
    "randomness",
    "it is another one at each replay",
    "Write `await ctx.step.random()` or `await ctx.step.uuid()`",
)
ENVIRONMENT = Rule(
    "environment",
    "it may be another one where the run goes on",
    "Take it from the run's input, or read it in a step: `await ctx.step.run(…)`",
)
NETWORK = Rule(
    "network",
    "it happens again at each replay, and may answer something else",
    "Call a plugin, or put it into a step: `await ctx.step.run(…)`",
)
FILES = Rule(
    "files",
    "it happens again at each replay, and may be another one where the run goes on",
    "Put it into a step: `await ctx.step.run(…)`",
)
CONCURRENCY = Rule(
    "concurrency",
    "a job awaits one thing at a time: what runs beside it outlives its parking, or swallows it",
    "Write `await ctx.step.gather(name, …)`, or put it into a step: `await ctx.step.run(…)`",
)
SIGNALS = Rule(
    "signals",
    "it swallows the signal by which the job parks, and the run fails",
    "Write `except Exception`, or end it with `raise`",
)
ARGUMENT = "argument"

# Methods of a path that touch the file system; other types do not call theirs so.
PATH_METHODS = frozenset(
    {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "rglob", "unlink"}
    | {"is_file", "is_dir", "touch", "mkdir", "rmdir"}
)


def _of(rule: Rule, names: str) -> Iterable[tuple[str, Rule]]:
    return ((name, rule) for name in names.split())


# The longest name that fits decides; None lets it pass.
FORBIDDEN: Mapping[str, Rule | None] = {
    **dict(
        _of(
            CLOCK,
            "time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter"
            " time.perf_counter_ns time.process_time time.localtime time.gmtime time.ctime"
            " time.asctime time.strftime datetime.datetime.now datetime.datetime.utcnow"
            " datetime.datetime.today datetime.date.today",
        )
    ),
    **dict(_of(SLEEP, "time.sleep asyncio.sleep")),
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
            " getpass dotenv socket.gethostname socket.getfqdn pathlib.Path.cwd pathlib.Path.home"
            " builtins.input",
        )
    ),
    **dict(
        _of(
            NETWORK,
            "httpx httpx2 requests aiohttp urllib.request urllib3 http.client socket ssl smtplib"
            " ftplib imaplib poplib websockets grpc boto3 botocore paramiko redis psycopg"
            " psycopg2 pymysql asyncpg sqlite3 sqlalchemy sqlmodel slack_sdk slack_bolt mcp",
        )
    ),
    **dict(
        _of(
            FILES,
            "builtins.open io.open io.FileIO os.open os.fdopen os.listdir os.scandir os.walk"
            " os.stat os.lstat os.access os.remove os.unlink os.rename os.replace os.mkdir"
            " os.makedirs os.rmdir os.removedirs os.symlink os.link os.chmod os.chown"
            " os.path.exists os.path.isfile os.path.isdir os.path.getsize os.path.getmtime"
            " shutil tempfile glob fileinput subprocess os.system os.popen os.fork"
            " os.kill os.execv os.spawnv",
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
    for length in range(len(parts), 0, -1):
        shorter = ".".join(parts[:length])
        if shorter in FORBIDDEN:
            return FORBIDDEN[shorter]
    return None
