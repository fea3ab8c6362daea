"""Private answers to ``/harbor``: help, the list of runs, one run."""

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from bot.slack.views import kit, outcome, text
from bot.slack.views.kit import Block
from workflows.approvals.view import GateView
from workflows.engine.base import RunView, TimelineView, WaitKind, WaitStatus, WaitView
from workflows.named import NOBODY, Ids

Message = tuple[str, list[Block]]  # the text for notifications, and the blocks

MOST_RUNS = 20
MOST_WAITING = 40
LONGEST_TITLE = 300
MOST_WAITS = 5
MOST_EVENTS = 10
RESULT_PAIRS = 10

_COMMANDS = {
    "/harbor run": "choose a job and run it",
    "/harbor run JOB": "fill in a job's form and run it",
    "/harbor runs": "your latest runs",
    "/harbor status RUN": "how a run stands, and what happened so far",
    "/harbor cancel RUN": "stop a run you asked for",
    "/harbor inbox": "what waits for your decision",
    "/harbor help": "this list",
}


def help_text() -> str:
    """Say what ``/harbor`` can do (mrkdwn)."""
    lines = [f"`{command}`: {what}" for command, what in _COMMANDS.items()]
    told = "Harbor runs jobs that wait for people. What it can do:"
    return "\n".join([told, *lines, "The Home tab of this app shows the same with buttons."])


def started(run_id: str, job: str) -> str:
    """Say that a run has started (mrkdwn)."""
    run = text.inline(run_id, 40)
    return f"Started {text.bold(job)}, run `{run}`. `/harbor status {run}` shows how it stands."


def runs_list(runs: Sequence[RunView], titles: Mapping[str, str]) -> Message:
    """List runs, newest first, with what each asked; *titles* is by the run's id."""
    if not runs:
        told = "You have no runs yet. `/harbor run` starts one."
        return told, [kit.section(told)]
    blocks = [
        kit.section(f"{outcome.in_a_line(run, titles.get(run.id))}\n{_id(run)}")
        for run in runs[:MOST_RUNS]
    ]
    if len(runs) > MOST_RUNS:
        blocks.append(kit.context(f"The latest {MOST_RUNS} are shown. The Home tab has more."))
    return f"Your runs: {min(len(runs), MOST_RUNS)}", blocks


def inbox(waiting: Sequence[GateView], page: Callable[[GateView], str | None]) -> Message:
    """List what waits for somebody's decision, newest first; *page* answers where each is whole."""
    if not waiting:
        told = "Nothing waits for your decision right now."
        return told, [kit.section(told)]
    told = "*Needs your decision* (the Home tab has the buttons)"
    rows = [kit.section(_asked(gate, page(gate))) for gate in waiting[:MOST_WAITING]]
    return told, [kit.section(told), *rows, *kit.more(len(waiting), MOST_WAITING)]


def _asked(gate: GateView, link: str | None) -> str:
    title = kit.whole_line(
        lambda: f"• {text.line(gate.card.title, LONGEST_TITLE, gate.card.named)}",
        kit.page(link, gate.run_id),
    )
    return f"{title}\nAsked by {text.mention(gate.requested_by)}, {text.moment(gate.opened_at)}"


def run_status(run: RunView, title: str | None = None, named: Ids = NOBODY) -> Message:
    """Say how a run stands, what it waits for, and what happened last."""
    told = f"{outcome.STATUSES[run.status]}: {text.inline(run.job, 100)}"
    asked = f"Asked for by {text.mention(run.requested_by)}, {text.moment(run.created_at)}"
    head = kit.section(f"{outcome.in_a_line(run, title)}\n{asked}")
    rest = kit.whole(lambda: _standing(run, named), kit.page(None, run.id))
    return told, [head, *rest, kit.context(_id(run))]


def _standing(run: RunView, named: Ids) -> list[Block]:
    """Draw what a run came to or waits for, and what happened last."""
    if len(run.timeline) > MOST_EVENTS:
        text.leave_out()
    return [
        *outcome.of_run(run, RESULT_PAIRS, named),
        *(kit.section(_waiting(wait)) for wait in kit.first(_open(run), MOST_WAITS)),
        *(kit.context(_event(event)) for event in run.timeline[-MOST_EVENTS:]),
    ]


def _id(run: RunView) -> str:
    return f"`{text.inline(run.id, 40)}`"


def _open(run: RunView) -> list[WaitView]:
    return [wait for wait in run.waits if wait.status is WaitStatus.OPEN]


def _waiting(wait: WaitView) -> str:
    name = text.bold(wait.name, 150)
    match wait.type:
        case WaitKind.APPROVAL:
            return f"◷ Waits for people to decide {name}, until {text.moment(wait.deadline_at)}"
        case WaitKind.EVENT:
            return f"◷ Waits for the event {name}, until {text.moment(wait.deadline_at)}"
        case WaitKind.SLEEP:
            return f"◷ Sleeps ({name}) until {text.moment(wait.deadline_at)}"
        case WaitKind.CHILD:
            run = text.inline(wait.run_id or "", 40)
            return f"◷ Waits for the run {name} `{run}`, until {text.moment(wait.deadline_at)}"
        case _:
            assert_never(wait.type)


def _event(event: TimelineView) -> str:
    words = " · ".join(part for part in (event.what, event.name, event.detail) if part)
    return f"{text.moment(event.at)} · {text.inline(words, 300)}"
