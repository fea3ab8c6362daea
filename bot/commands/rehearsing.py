"""The command that asks, before a deploy, what would become of parked runs on the code at hand."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bot import config
from bot.commands.runs import AsJson
from bot.commands.words import clean
from store.opening import open_database, sqlite_path
from store.snapshot import snapshot
from workflows.clock import SystemClock
from workflows.engine.local.rehearsal import Rehearsed, Verdict, rehearse
from workflows.registry import load

REFUSED = 1


def replay(
    dry_run: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--dry-run", help="Execute and write nothing: there is no other way.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Replay every run that has not ended against the code at hand, and say what would block.

    Reads a copy of the database: a server that uses it need not stop, and notices nothing.
    """
    if not dry_run:
        raise typer.BadParameter("write harbor replay --dry-run: a replay never executes anything")
    # What a job's own failure logs is told as its verdict.
    logging.getLogger().addHandler(logging.NullHandler())
    url = config.given_or_default("HARBOR_DATABASE_URL")
    found = asyncio.run(_rehearsed(sqlite_path(url), config.job_modules()))
    stuck = [each for each in found if each.verdict is not Verdict.GOES_ON]
    if as_json:
        typer.echo(json.dumps({"items": [_object(each) for each in found]}, indent=2))
    else:
        _tell(found, stuck)
    if stuck:
        raise typer.Exit(REFUSED)


async def _rehearsed(path: Path, modules: Sequence[str]) -> list[Rehearsed]:
    """Rehearse on a copy: it gets today's schema, whatever the running server's is."""
    registry, clock = load(modules), SystemClock()
    with TemporaryDirectory(prefix="harbor-replay-") as folder:
        copy = Path(folder) / "harbor.db"
        snapshot(path, copy)
        db = open_database(f"sqlite:///{copy}", clock.now)
        try:
            return [each async for each in rehearse(db, registry, clock)]
        finally:
            await db.close()


def _tell(found: Sequence[Rehearsed], stuck: Sequence[Rehearsed]) -> None:
    for each in stuck:
        typer.echo(f"{each.run_id}  {clean(each.job)}  {each.verdict.value}: {clean(_why(each))}")
    wrong = Counter(each.job for each in stuck)
    for job, count in sorted(Counter(each.job for each in found).items()):
        typer.echo(f"{clean(job)}: {count - wrong[job]} of {count} go on", err=True)
    if not found:
        typer.echo("No run is parked.", err=True)


def _object(each: Rehearsed) -> dict[str, str | None]:
    return {
        "run_id": each.run_id,
        "job": each.job,
        "status": each.status.value,
        "verdict": each.verdict.value,
        "reason": each.reason,
    }


def _why(each: Rehearsed) -> str:
    return each.reason or ""
