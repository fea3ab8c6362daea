"""The command as people call it: a process, beside a Harbor that runs or does not."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from tests.bot.api import desk as desks
from tests.bot.api import jobs
from tests.bot.api.desk import Desk
from tests.journeys.town import settings_for

ROOT = Path(__file__).parents[3]
LONGEST_S = 60


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """Somewhere to call `harbor`."""

    environment: dict[str, str]

    def harbor(self, *arguments: str, stdin: str = "") -> Ran:
        """Call `harbor` in this process: the same, without a second of imports each time."""
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            for name in [each for each in os.environ if each.startswith(("HARBOR_", "SLACK_"))]:
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["harbor", *arguments])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            with pytest.raises(SystemExit) as ended:
                main()
        return Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def process(self, *arguments: str, stdin: str = "") -> Ran:
        """Call `harbor` as a shell does."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def but(self, **changed: str) -> "Shell":
        return Shell(self.environment | changed)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_LINEAR_KEY", "lin_api_test")
        with desks.desk(tmp_path_factory.mktemp("desk")) as found:
            yield found


@pytest.fixture
def shell(desk: Desk) -> Shell:
    """A shell beside a Harbor that runs."""
    return shell_for(desk, desk.url.rpartition(":")[2])


@pytest.fixture
def alone(desk: Desk, tmp_path: Path) -> Shell:
    """A shell where Harbor does not run, with a database of its own."""
    return shell_for(desk, "1").but(HARBOR_DATABASE_URL=f"sqlite:///{tmp_path / 'own.db'}")


def shell_for(desk: Desk, port: str) -> Shell:
    settings = settings_for(desk.town.sandbox, Path(desk.town.settings.plugins or "").parent)
    signing = settings.signing_secret
    return Shell(
        {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "USER": "olga",
            "LOGNAME": "olga",
            "SLACK_BOT_TOKEN": settings.bot_token.get_secret_value(),
            "SLACK_SIGNING_SECRET": signing.get_secret_value() if signing else "",
            "SLACK_API_BASE_URL": settings.slack_api_base_url,
            "HARBOR_DATABASE_URL": settings.database_url,
            "HARBOR_JOBS": jobs.__name__,
            "HARBOR_PORT": port,
        }
    )
