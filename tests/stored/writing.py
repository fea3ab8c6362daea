"""Writing a database as 0.1.0 left it, with a run in every state; it must be run at 53a88d4.

    python -m tests.stored.writing

checks that commit out beside this one, puts these jobs into it, and executes its code there: the
bot with the sandbox for a Slack, and the clock at noon. Three files are the outcome: the database
(0.1.0.sql), what Slack showed (0.1.0.slack.json), and how each run ends when that same code goes
on with it (0.1.0.json). They are what people have, and are never written again.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from bot.sandbox import Credentials, Sandbox, keep
from store.opening import open_database
from store.snapshot import snapshot
from tests.journeys.town import MovedClock, town
from tests.stored import changed, jobs
from tests.stored.endings import ENDINGS, NOON, TEAM, ended
from tests.stored.outside import OUTSIDE
from tests.stored.states import Writer, after_the_deploy, before_the_deploy
from workflows.engine.base import Start
from workflows.engine.local.engine import LocalEngine
from workflows.registry import Registry

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMMIT = "53a88d4"
VERSION = "0.1.0"
KEPT = ("last_ts", "channels", "messages", "modals")


@asynccontextmanager
async def at_noon(
    sandbox: Sandbox, folder: Path, clock: MovedClock, registry: Registry
) -> AsyncIterator[Writer]:
    async with town(sandbox, folder, clock, registry) as found:
        await found.known()
        yield Writer(found)


async def written(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Answer the database and what Slack showed."""
    clock = MovedClock()
    clock.move(seconds=(NOON - datetime.now(UTC)).total_seconds())
    credentials = Credentials(team_id=TEAM, app_id="A0HARBOR")
    sandbox = await Sandbox.start(now=clock.timestamp, credentials=credentials)
    os.environ["TEST_LINEAR_KEY"] = sandbox.credentials.linear_token
    everything = Registry()
    everything.add_module(jobs)
    copy = folder / "copy.db"
    async with at_noon(sandbox, folder, clock, everything) as writer:
        await before_the_deploy(writer)
    async with at_noon(sandbox, folder, clock, changed.registry()) as writer:
        await after_the_deploy(writer)
        # As of a power cut: what runs is under way.
        snapshot(folder / "harbor.db", copy)
        shown = orjson.loads(keep.dump(sandbox.workspace))
        OUTSIDE.go_on.set()
    await sandbox.stop()
    await not_yet_begun(copy, clock, everything)
    return copy, {name: shown[name] for name in KEPT}


async def not_yet_begun(database: Path, clock: MovedClock, registry: Registry) -> None:
    """Accept a run just before the power goes: nobody has claimed it."""
    db = open_database(f"sqlite:///{database}", clock.now)
    asked = Start("steps", {"about": "ready"}, "token:shop", "api", scope="stored", key="ready")
    await LocalEngine(db, registry, clock).start(asked)
    await db.close()


async def outcomes(database: Path) -> dict[str, Any]:
    """Answer how each story ends by the code that is executed here."""
    return {story: await ended(story, database) for story in ENDINGS}


async def write() -> None:
    """Write the three files; called in the checkout of that commit."""
    with TemporaryDirectory() as folder:
        database, shown = await written(Path(folder))
        with closing(sqlite3.connect(database)) as connection:
            text = "\n".join(connection.iterdump()) + "\n"
        found = await outcomes(database)
    (HERE / f"{VERSION}.sql").write_text(text)
    (HERE / f"{VERSION}.slack.json").write_text(in_lines(shown))
    (HERE / f"{VERSION}.json").write_text(in_lines(found))


def in_lines(found: dict[str, Any]) -> str:
    """Answer JSON with a line for each name."""
    lines = (f"{orjson.dumps(name).decode()}: {_sorted(found[name])}" for name in sorted(found))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _sorted(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def main() -> int:
    """See the top of the file."""
    if sys.argv[1:] == ["here"]:
        asyncio.run(write())
        return 0
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(tree), COMMIT], check=True)
        try:
            shutil.copytree(HERE, tree / "tests" / "stored", dirs_exist_ok=True)
            command = [sys.executable, "-m", "tests.stored.writing", "here"]
            subprocess.run(
                command, cwd=tree, check=True, env=os.environ | {"PYTHONPATH": str(tree)}
            )
            for name in (f"{VERSION}.sql", f"{VERSION}.slack.json", f"{VERSION}.json"):
                shutil.copy(tree / "tests" / "stored" / name, HERE / name)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
