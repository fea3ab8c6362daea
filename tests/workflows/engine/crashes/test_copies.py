"""What is on the disk at any instant of a load is whole, and holds all that was answered."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.workflows.engine.oracle import violations
from workflows.testing.installation import new_installation

COPIES = 40
LONGEST_S = 0.02  # of load between two copies
FILES = ("harbor.db", "harbor.db-wal")


class Load:
    """A process under load, and what it has answered so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers = folder / "answers"
        (folder / "harbor.db").write_bytes(new_installation())
        command = [sys.executable, "-m", "tests.workflows.engine.crashes.loaded"]
        self.process = subprocess.Popen([*command, str(folder / "harbor.db"), str(self.answers)])

    def told(self) -> list[tuple[str, str]]:
        """Answer what clients have been told: kind and id."""
        text = self.answers.read_text() if self.answers.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # the last line may be under way
        return [tuple(line.split(" ", 1)) for line in whole.splitlines()]

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let the process do nothing for the block: the files are as at one instant."""
        os.kill(self.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def copy(self, to: Path) -> Path:
        """Copy the files; answer the copy of the database."""
        to.mkdir()
        for name in FILES:
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, to / name)
        return to / "harbor.db"


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    folder = tmp_path / "live"
    folder.mkdir()
    running = Load(folder)
    while len(running.told()) < 20:
        assert running.process.poll() is None
        time.sleep(0.01)
    yield running
    running.process.kill()
    running.process.wait()


def missing(database: Path, told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Answer what was told and is not there."""
    with closing(sqlite3.connect(database)) as connection:
        found = {("run", run) for (run,) in connection.execute("SELECT id FROM runs")}
        events = "SELECT id FROM events WHERE status IN ('buffered', 'consumed')"
        found |= {("event", str(event)) for (event,) in connection.execute(events)}
    return [each for each in told if each not in found]


def test_f43_every_copy_of_a_loaded_database_is_whole_and_holds_what_was_answered_i05(
    load: Load, tmp_path: Path
):
    instants = random.Random(43)  # noqa: S311  no secret
    for n in range(COPIES):
        time.sleep(instants.uniform(0, LONGEST_S))
        told = load.told()
        with load.standing_still():
            copy = load.copy(tmp_path / str(n))
            assert violations(copy) == []
            assert missing(copy, told) == []
    assert len(told) > 100


def test_f107_a_backup_taken_under_load_is_whole_and_holds_what_was_answered(
    load: Load, tmp_path: Path
):
    told = load.told()
    with (
        closing(sqlite3.connect(load.folder / "harbor.db")) as live,
        closing(sqlite3.connect(tmp_path / "backup.db")) as backup,
    ):
        live.backup(backup)

    assert violations(tmp_path / "backup.db") == []
    assert missing(tmp_path / "backup.db", told) == []
