"""The command that takes away journals of runs that ended long ago."""

from datetime import timedelta
from typing import Annotated

import typer

from bot.client import HarborClient
from bot.commands.reaching import reached
from bot.commands.runs import AsJson, print_json
from bot.web.shapes import Pruned
from workflows.duration import DurationRefused, duration
from workflows.engine.base import KEPT, SHORTEST_KEPT


def prune(
    older_than: Annotated[
        str, typer.Option(help="How long ago a run ended: 90d; 7d at the least.")
    ] = f"{KEPT.days}d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Delete journal, events and messages of runs that ended long ago; decisions stay.

    A running server does so once a day by itself.
    """
    try:
        length = duration(older_than, "--older-than", SHORTEST_KEPT)
    except DurationRefused as error:
        raise typer.BadParameter(str(error)) from None
    with reached() as found:
        pruned = _pruned(found.client, length, dry_run=dry_run)
    if as_json:
        print_json(pruned)
        return
    what = "to delete" if dry_run else "deleted"
    typer.echo(f"rows {what}: {pruned.rows}, of runs: {pruned.runs}; what was decided stays")


def _pruned(client: HarborClient, older_than: timedelta, *, dry_run: bool) -> Pruned:
    """Ask for batch after batch, until there is no more."""
    body = {"older_than_s": int(older_than.total_seconds()), "dry_run": dry_run}
    runs = rows = 0
    while True:
        batch = client.ask(Pruned, "POST", "/-/prune", json=body)
        runs, rows = runs + batch.runs, rows + batch.rows
        if not batch.more:
            return Pruned(runs=runs, rows=rows, more=False)
