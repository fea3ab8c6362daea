"""Following: a run that is shown again whenever it has changed, until it has ended."""

import sys
from collections.abc import Callable
from datetime import timedelta

import typer
from rich.live import Live

from bot.client import HarborClient, Run
from bot.commands import drawing
from bot.commands.reaching import Reached
from bot.web.shapes import Gate, Gates

LONGEST = timedelta(days=400)  # no wait lasts longer


def gates(client: HarborClient, run_id: str) -> list[Gate]:
    """Answer what people were asked in a run."""
    return client.ask(Gates, "GET", f"/-/runs/{run_id}/gates").items


def follow(found: Reached, run_id: str) -> Run:
    """Show a run until it has ended, and answer it. Offline it cannot go on: that is said."""
    if not found.is_serving:
        run = found.client.get(run_id)
        drawing.console().print(drawing.whole(run, gates(found.client, run_id)))
        if not run.is_over:
            say_offline()
        return run
    if not drawing.console().is_terminal:
        return found.client.wait(run_id, LONGEST, lines(sys.stdout.write))
    return _live(found.client, run_id)


def lines(write: Callable[[str], object]) -> Callable[[Run], None]:
    """Answer what writes the lines of a timeline as they come."""
    told = 0

    def progress(run: Run) -> None:
        nonlocal told
        happened = run.timeline or []
        for each in happened[told:]:
            write(f"{drawing.line(each).plain}\n")
        told = len(happened)
        sys.stdout.flush()

    return progress


def say_offline() -> None:
    """Say why nothing moves."""
    typer.echo("Harbor does not run; this goes on when it does: harbor serve", err=True)


def _live(client: HarborClient, run_id: str) -> Run:
    console = drawing.console()
    # Drawn when something has changed, and only then: a terminal may be a slow one.
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:

        def progress(run: Run) -> None:
            live.update(drawing.whole(run, gates(client, run_id)), refresh=True)

        return client.wait(run_id, LONGEST, progress)
