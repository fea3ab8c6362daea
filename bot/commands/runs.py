"""Commands for runs: what can be run, start, list, show, cancel."""

import sys
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import BaseModel

from bot.client import HarborClient, Run, StillRunning
from bot.commands import arguments, drawing, following
from bot.commands.reaching import REFUSED, reached
from bot.commands.words import moment, written
from bot.web.shapes import Blocked, Job, Jobs
from workflows.engine.base import RunStatus

MOST_LISTED = 50

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The id of a run.")]
Force = Annotated[
    bool, typer.Option("--force", help="Now, without its closing code; a blocked run takes it.")
]


def jobs(as_json: AsJson = False) -> None:  # noqa: FBT002  a flag of the command line
    """List the jobs that can be run."""
    with reached() as found:
        listed = found.client.jobs()
    if as_json:
        print_json(Jobs(items=listed))
        return
    drawing.table(("JOB", "INPUT", "STARTS BY ITSELF", "WHAT"), [_job(job) for job in listed])


def run(
    job: Annotated[str, typer.Argument(metavar="JOB", help="The name of a job.")],
    pairs: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]…", help="The job's input.")
    ] = None,
    given: Annotated[
        str | None, typer.Option("--input", help="A file with the input as JSON; - for stdin.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="The same key again starts nothing new.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Start a run, and print its id."""
    read = arguments.from_file(given) if given is not None else {}
    with reached() as found:
        schema = _schema(found.client, job) if pairs else {}
        values = read | arguments.from_pairs(job, pairs or [], schema)
        started = found.client.start(job, values, key=key)
        if not found.is_serving:
            following.say_offline()
        ended = wait and found.is_serving and _ended(found.client, started.id)
    shown = ended or started
    if as_json:
        print_json(shown)
    else:
        typer.echo(written(shown.result) if ended else shown.id)
    if wait and shown.status is not RunStatus.COMPLETED:
        raise typer.Exit(REFUSED)


def runs(
    status: Annotated[RunStatus | None, typer.Option(help="Only those that are this.")] = None,
    job: Annotated[str | None, typer.Option(help="Only those of this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = MOST_LISTED,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """List runs, newest first."""
    with reached() as found:
        every = found.client.list(status=status, job=job, limit=min(limit, 200))
        listed = [run for run, _ in zip(every, range(limit), strict=False)]
        is_blocked = status is RunStatus.BLOCKED and not as_json
        causes = _causes(found.client) if is_blocked else None
    if as_json:
        items = ",\n".join(run.model_dump_json() for run in listed)
        typer.echo(f"[{items}]")
        return
    rows = [
        (run.id, run.job, run.status.value, moment(run.created_at), run.requested_by)
        for run in listed
    ]
    columns = ("RUN", "JOB", "STATUS", "STARTED", "REQUESTED BY")
    if causes is None:
        drawing.table(columns, rows)
    else:
        by = [(*row, causes.get(row[0], "")) for row in rows]
        drawing.table((*columns, "BLOCKED BY"), by)


def _causes(client: HarborClient) -> dict[str, str]:
    """Answer what each blocked run is blocked by, as `retry --blocked-by` takes it."""
    groups = client.ask(Blocked, "GET", "/-/blocked").items
    return {run: group.cause for group in groups for run in group.runs}


def show(
    run_id: RunId,
    follow: Annotated[bool, typer.Option("--follow", help="Show it until it has ended.")] = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Show a run: how it stands, what it waits for, what happened."""
    with reached() as found:
        if follow and not as_json:
            following.follow(found, run_id)
            return
        run = found.client.get(run_id)
        if follow and found.is_serving:
            run = found.client.wait(run_id, following.LONGEST)
        if as_json:
            print_json(run)
        else:
            drawn = drawing.whole(run, following.gates(found.client, run_id))
            drawing.console().print(drawn)


def cancel(
    run_id: RunId,
    force: Force = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Ask a run to end."""
    with reached() as found:
        print_status(found.client.cancel(run_id, force=force), as_json=as_json)


def print_json(body: BaseModel) -> None:
    """Print what the API answers."""
    typer.echo(body.model_dump_json(indent=2))


def print_status(run: Run, *, as_json: bool) -> None:
    """Print how a run stands."""
    if as_json:
        print_json(run)
    else:
        typer.echo(f"{run.id} {run.status.value}")


def _job(job: Job) -> tuple[str, str, str, str]:
    required = job.input_schema.get("required", [])
    fields = [
        name if name in required else f"[{name}]" for name in job.input_schema.get("properties", {})
    ]
    return job.name, " ".join(fields), _starts(job), job.description


def _starts(job: Job) -> str:
    """Answer when a job starts by itself: how it is written, and the next time."""
    if job.schedule is None:
        return ""
    written, zone = job.schedule.cron, job.schedule.timezone
    return f"{written} {zone}, next {moment(job.schedule.next_at)}"


def _schema(client: HarborClient, job: str) -> arguments.Schema:
    """Answer a job's schema; for an unknown job the server's own answer says which there are."""
    found = {each.name: each.input_schema for each in client.jobs()}
    return found.get(job, {"additionalProperties": True})


def _ended(client: HarborClient, run_id: str) -> Run:
    """Wait for the end; meanwhile say what happens, where it is not in the way of the result."""
    try:
        return client.wait(run_id, timedelta(days=400), following.lines(sys.stderr.write))
    except StillRunning as error:
        return error.run
