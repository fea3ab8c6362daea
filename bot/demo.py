"""The demo: a local workspace and the bot, started together, with their data in one folder."""

import fcntl
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from bot.child import HOST, LONGEST_START_S, Child, Program, is_open
from workflows.errors import ConfigurationError

LOOK_AGAIN_S = 0.05
RESTART_S = 1.0
MOST_FAILURES = 2  # starts in a row; being killed later is no failure
LAST_PORT = 65_535

ADMIN = "U00000ANA"  # the workspace's admin
HANDED_ON = {"HARBOR_JOBS", "HARBOR_FAILPOINT"}  # the demo may be of somebody's own jobs

WELCOME = """
  Harbor is running.  Open {page}

    1. type  /harbor run approve-and-act  and fill the form
    2. be another member (top right), and press Approve
    3. look at Linear issues: it has been filed

  The bot is process {pid}. Kill it with  kill -9 {pid}  while a run waits:
  it is started again, and goes on where it was.  Ctrl-C stops both.

"""


@dataclass
class Demo:
    """Two processes and a folder."""

    folder: Path
    port: int
    slack_port: int
    _is_stopping: bool = False
    _children: list[Child] = field(default_factory=list)  # in the order in which they stop

    def run(self) -> int:
        """Serve until Ctrl-C; answers the exit status. Raises ConfigurationError, one line."""
        with ExitStack() as stack:
            stack.enter_context(_claimed(self.folder))
            self._check_ports()
            environment = surroundings() | settings(self.folder, self.port, self.slack_port)
            for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(each, self._stop)
            stack.callback(self._end)
            self._start(environment)
            self._watch(environment)
        _say(f"  Stopped. Everything is kept in {self.folder}.\n")
        return 0

    def _check_ports(self) -> None:
        if self.port == self.slack_port:
            raise ConfigurationError(
                f"the bot and the workspace cannot share port {self.port};"
                f" choose another: make demo SLACK_PORT={self.port + 1}"
            )
        for name, port in (("PORT", self.port), ("SLACK_PORT", self.slack_port)):
            if not 0 < port <= LAST_PORT:
                raise ConfigurationError(f"{name}={port} is no port: choose 1 to {LAST_PORT}")
            if is_open(port):
                raise ConfigurationError(
                    f"port {port} is in use; choose another: make demo {name}={port + 100}"
                )

    def _start(self, environment: dict[str, str]) -> None:
        """Start both at once, for they take as long to load; the workspace listens first."""
        workspace, bot = self._programs()
        for program in (workspace, bot):
            program.log.unlink(missing_ok=True)
            self._children.insert(0, program.start(environment))
        if all(self._becomes_ready(child) for child in reversed(self._children)):
            page = f"http://{HOST}:{self.slack_port}"
            _say(WELCOME.format(page=page, pid=self._children[0].process.pid))

    def _programs(self) -> tuple[Program, Program]:
        folder, bot_url = self.folder.absolute(), f"http://{HOST}:{self.port}"
        where = (f"--port={self.slack_port}", f"--bot-url={bot_url}")
        kept = f"--state={folder / 'workspace.json'}"
        log = folder / "sandbox.log"
        return (
            Program("the workspace", ("sandbox", *where, kept), self.slack_port, None, log),
            Program("the bot", ("serve",), self.port, "/readyz", folder / "serve.log"),
        )

    def _becomes_ready(self, child: Child) -> bool:
        """Wait for it; False after Ctrl-C. Raises ConfigurationError when it dies or hangs."""
        until = child.started_at + LONGEST_START_S
        while not child.is_ready:
            if self._is_stopping:
                return False
            if not child.is_alive or time.monotonic() > until:
                raise ConfigurationError(child.epitaph())
            time.sleep(LOOK_AGAIN_S)
        return True

    def _watch(self, environment: dict[str, str]) -> None:
        """Start the bot again when it was killed, as a supervisor would."""
        failures = 0
        while not self._is_stopping:
            bot, workspace = self._children
            if not workspace.is_alive:
                raise ConfigurationError(workspace.epitaph())
            if not bot.is_alive:
                if failures == MOST_FAILURES:
                    raise ConfigurationError(bot.epitaph())
                failures = 0 if self._revives(bot, environment) else failures + 1
            time.sleep(LOOK_AGAIN_S)

    def _revives(self, bot: Child, environment: dict[str, str]) -> bool:
        _say(f"  The bot {bot.fate()} …\n")
        time.sleep(RESTART_S)
        again, workspace = bot.program.start(environment), self._children[1]
        self._children[0] = again
        while not again.is_ready:
            if self._is_stopping or not (again.is_alive and workspace.is_alive):
                return False
            time.sleep(LOOK_AGAIN_S)
        _say(f"  … and is back, as process {again.process.pid}.\n")
        return True

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        if self._is_stopping:
            # Asked twice: whoever asks will not wait any longer.
            for child in self._children:
                child.process.kill()
        self._is_stopping = True

    def _end(self) -> None:
        """Stop the bot first, so that its last words still reach the workspace."""
        for child in self._children:
            child.stop()


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Take the folder, so that no second demo writes into it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"another demo has its data in {folder}; stop it first,"
            " or choose another folder: harbor demo --folder …"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be used: {error.strerror}") from error
    try:
        yield
    finally:
        os.close(descriptor)


def surroundings() -> dict[str, str]:
    """Answer the environment without what would lead the demo to a real workspace, or a proxy."""
    kept = {name: value for name, value in os.environ.items() if _may_be_handed_on(name)}
    # The children run in the demo's folder; what is imported from here must be found from there.
    places = [str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(places)}


def _may_be_handed_on(name: str) -> bool:
    ours = name.startswith(("SLACK_", "HARBOR_")) and name not in HANDED_ON
    return not ours and not name.upper().endswith("_PROXY")


def settings(folder: Path, port: int, slack_port: int) -> dict[str, str]:
    """Answer the demo's settings; what is secret in them is made once and kept in the folder."""
    kept = _kept(folder / "env")
    workspace = f"http://{HOST}:{slack_port}"
    kept |= {
        "SLACK_API_BASE_URL": f"{workspace}/api/",
        "SLACK_SIGN_IN_ISSUER": workspace,
        "HARBOR_DATABASE_URL": f"sqlite:///{(folder / 'harbor.db').absolute()}",
        "HARBOR_HOST": HOST,
        "HARBOR_PORT": str(port),
        "HARBOR_PUBLIC_URL": f"http://{HOST}:{port}",
        "HARBOR_ADMINS": ADMIN,
        "HARBOR_PLUGINS": str((folder / "plugins.toml").absolute()),
        "HARBOR_LOG_FORMAT": "console",
    }
    (folder / "plugins.toml").write_text(
        f'[linear]\nurl = "{workspace}/mcp"\ntoken_env = "LINEAR_API_KEY"\ntimeout = "30s"\n'
    )
    path = folder / "env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
    return kept


def _kept(path: Path) -> dict[str, str]:
    """Answer the secrets of an earlier demo, or new ones."""
    made = {
        "SLACK_BOT_TOKEN": f"xoxb-{secrets.randbelow(10**12):012d}-{secrets.token_hex(12)}",
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "SLACK_SIGN_IN_CLIENT_ID": f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**12)}",
        "SLACK_SIGN_IN_CLIENT_SECRET": secrets.token_hex(16),
        "LINEAR_API_KEY": f"lin_api_{secrets.token_hex(16)}",
        "SANDBOX_APP_TOKEN": f"xapp-1-A0-{secrets.token_hex(16)}",
        "SANDBOX_APP_ID": f"A{secrets.token_hex(4).upper()}",
        "SANDBOX_TEAM_ID": f"T{secrets.token_hex(4).upper()}",
    }
    if not path.exists():
        return made
    pairs = (line.partition("=") for line in path.read_text().splitlines())
    return made | {name: value for name, _, value in pairs if name in made}


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
