"""The admin's part of the Home tab: is Slack connected, what is stuck and why, every run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.slack.views import kit, outcome, retrying, text
from bot.slack.views.kit import Block
from workflows.approvals.view import RunStatus
from workflows.engine.base import BlockedRuns, RunView

MOST_HANGING = 10
MOST_STUCK = 4
FEWER_STUCK = 1
MOST_FAILURES = 5
MOST_RUNS = 12
LONGEST_REASON = 600
EVERY = "*"  # the filter that lets everything through; no status and no job is called so


class ConnectionState(StrEnum):
    """Whether Slack hears us."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Connection:
    """How the bot is connected: *how* in words ("Socket Mode"), *detail* what went wrong."""

    state: ConnectionState
    how: str
    since: datetime | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that did not reach Slack. *is_final*: it will not be tried again."""

    what: str
    run_id: str
    error: str
    attempts: int
    at: datetime | None = None
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class AdminView:
    """What admins see besides. *runs* is one page; *older* asks for the next, None: no more.

    *titles* is what the runs asked, by the run's id; *given_up* how many threads of step functions
    hang, by job.
    """

    connection: Connection
    stuck: tuple[RunView, ...] = ()
    blocked: tuple[BlockedRuns, ...] = ()
    failures: tuple[Failure, ...] = ()
    runs: tuple[RunView, ...] = ()
    jobs: tuple[str, ...] = ()
    status: RunStatus | None = None
    job: str | None = None
    older: str | None = None
    is_first_page: bool = True
    titles: Mapping[str, str] = field(default_factory=dict)
    given_up: Mapping[str, int] = field(default_factory=dict)


AS_IT_IS = "as-it-is"  # begins the ids of blocks whose button says that closing steps will not run


def admin(view: AdminView) -> list[Block]:
    """Draw what admins see."""
    return [
        kit.divider(),
        kit.header("For admins"),
        kit.section(_connection(view.connection)),
        *_given_up(view.given_up),
        *_stuck(view),
        *_failures(view.failures),
        *_runs(view),
    ]


def _connection(connection: Connection) -> str:
    since = f" since {text.moment(connection.since)}" if connection.since else ""
    how = text.inline(connection.how, 100)
    detail = f"\n{text.inline(connection.detail, 500)}" if connection.detail else ""
    match connection.state:
        case ConnectionState.UP:
            return f"✓ Connected to Slack over {how}{since}{detail}"
        case ConnectionState.DOWN:
            return f"✕ Not connected to Slack ({how}){since}{detail}"
        case _:
            assert_never(connection.state)


def _given_up(threads: Mapping[str, int]) -> list[Block]:
    """Say which step functions hang: nothing but an end of the process stops them."""
    if not threads:
        return []
    worst = sorted(threads, key=lambda job: (-threads[job], job))[:MOST_HANGING]
    listed = ", ".join(f"`{text.inline(job, 100)}` ({threads[job]})" for job in worst)
    said = "Step functions that took longer than their timeout and still go on, by job"
    return [kit.section(f"*Hanging*\n{said}: {listed}. A restart ends them.")]


def _stuck(view: AdminView) -> list[Block]:
    if not view.stuck:
        return [kit.section("*Stuck*\nNothing is stuck.")]
    groups = retrying.several(view.blocked)
    # A tab has a hundred blocks at the most: those that are drawn together leave room for fewer.
    most = FEWER_STUCK if groups else MOST_STUCK
    blocks = [kit.section("*Stuck*"), *retrying.together(groups)]
    for run in view.stuck[:most]:
        blocks += _with_reason(run, view.titles.get(run.id))
    return [*blocks, *_and_more(len(view.stuck), most)]


def _and_more(count: int, most: int) -> list[Block]:
    """Say that there are more, where they were looked for no further than that."""
    return [kit.context("There are more.")] if count > most else []


def _with_reason(run: RunView, title: str | None) -> list[Block]:
    is_blocked = run.status is RunStatus.BLOCKED
    detail = run.blocked_reason or "" if is_blocked else outcome.complaint(run.error)
    why = outcome.progress(run.status, run.blocked_reason)
    verbs = [_retry(run), *retrying.buttons(run)]
    if not outcome.is_over(run.status):
        verbs.append(_cancel(run))
    return [
        kit.section(f"{_line(run, title)}\n{why}"),
        *kit.whole(
            lambda: [kit.said(detail or "No detail was recorded.", LONGEST_REASON)],
            kit.page(None, run.id),
        ),
        kit.actions(*verbs) | _said_so(run, "stuck"),
    ]


def _failures(failures: tuple[Failure, ...]) -> list[Block]:
    if not failures:
        return [kit.section("*Failed deliveries*\nEvery message reached Slack.")]
    blocks = [kit.section("*Failed deliveries*")]
    blocks += [kit.section(_failure(failure)) for failure in failures[:MOST_FAILURES]]
    return [*blocks, *_and_more(len(failures), MOST_FAILURES)]


def _failure(failure: Failure) -> str:
    what = text.inline(outcome.label(failure.what), 100)
    run = text.inline(failure.run_id, 40)
    last = f", last {text.moment(failure.at)}" if failure.at else ""
    end = "given up" if failure.is_final else "will be tried again"
    return (
        f"✕ {what} of run `{run}` · {failure.attempts} attempts{last}, {end}"
        f"\n{text.inline(failure.error, LONGEST_REASON)}"
    )


def _runs(view: AdminView) -> list[Block]:
    blocks = [kit.section("*All runs*"), _filters(view)]
    if not view.runs:
        blocks.append(kit.section("No run matches."))
    blocks += [_run(run, view.titles.get(run.id)) for run in view.runs[:MOST_RUNS]]
    return [*blocks, *_paging(view)]


def _filters(view: AdminView) -> Block:
    """Draw the filters. Their block id stays, so that Slack keeps what is chosen."""
    statuses = [kit.option("Every status", EVERY)]
    statuses += [kit.option(outcome.STATUSES[each], each.value) for each in RunStatus]
    jobs = [kit.option("Every job", EVERY), *(kit.option(name, name) for name in view.jobs)]
    menus = kit.actions(
        kit.select("filter_status", "Status", statuses, view.status or EVERY),
        kit.select("filter_job", "Job", jobs, view.job or EVERY),
    )
    return menus | {"block_id": "filters"}


def _run(run: RunView, title: str | None) -> Block:
    line = _line(run, title)
    if run.status is RunStatus.FAILED:
        return kit.section(line, _retry(run))
    button = None if outcome.is_over(run.status) else _cancel(run)
    return kit.section(line, button) | _said_so(run, "all")


def _line(run: RunView, title: str | None) -> str:
    asker = text.mention(run.requested_by)
    return f"{outcome.in_a_line(run, title)}\nAsked for by {asker} · `{text.inline(run.id, 40)}`"


def _retry(run: RunView) -> Block:
    question = (
        "It goes on where it stopped, on today's code. Decisions stand; what is done is not done"
        " again."
    )
    sure = kit.confirm("Retry this run?", question, "Retry", "Leave it", "primary")
    spoken = f"Retry run of {run.job}"
    return kit.button("Retry", "retry_run", run.id, spoken=spoken, confirm=sure)


def _cancel(run: RunView) -> Block:
    if run.status is RunStatus.BLOCKED:
        return _force_cancel(run)
    question = "It stops at its next step. Open requests are cancelled. This cannot be undone."
    sure = kit.confirm("Cancel this run?", question, "Cancel the run", "Leave it", "danger")
    spoken = f"Cancel run of {run.job}"
    return kit.button("Cancel", "cancel_run", run.id, spoken=spoken, style="danger", confirm=sure)


def _said_so(run: RunView, where: str) -> Block:
    """Have a press of a blocked run's button say that its words were read: see `AS_IT_IS`."""
    if run.status is not RunStatus.BLOCKED:
        return {}
    return {"block_id": f"{AS_IT_IS}.{where}.{run.id}"}


def _force_cancel(run: RunView) -> Block:
    """Its words are the first, its press the second: what a blocked run did stays done."""
    question = (
        "It is blocked: its closing steps will not run. What it has done stays done, and what it"
        " has not stays undone. This cannot be undone."
    )
    sure = kit.confirm("End it as it is?", question, "End it as it is", "Leave it", "danger")
    spoken = f"Cancel blocked run of {run.job}"
    return kit.button("Cancel", "cancel_run", run.id, spoken=spoken, style="danger", confirm=sure)


def _paging(view: AdminView) -> list[Block]:
    buttons = []
    if not view.is_first_page:
        newest = kit.button("Newest", "runs_newest", "newest", spoken="Show the newest runs")
        buttons.append(newest)
    if view.older:
        older = kit.button("Older", "runs_older", view.older, spoken="Show older runs")
        buttons.append(older)
    return [kit.actions(*buttons)] if buttons else []
