"""Messages the outbox sends beside the card: the result in its thread, and word to who asked."""

from typing import assert_never

from bot.slack.views import kit, outcome, text
from bot.slack.views.gate import status_line
from bot.slack.views.kit import Block
from workflows.approvals.view import GateStatus, GateView, RunStatus
from workflows.engine.base import RunView
from workflows.named import NOBODY, Ids

Message = tuple[str, list[Block]]  # the text for notifications, and the blocks

LONGEST_NOTE = 2_000
LONGEST_TITLE = 500


def thread_result(gate: GateView, link: str | None = None, named: Ids = NOBODY) -> Message:
    """Tell a card's thread what its run came to; *link* is the run's page.

    *named* are the ids that its result names by a type.
    """
    words = _ended(gate.run_status, gate.status.value)
    told = f"{words}: {text.inline(gate.job, LONGEST_TITLE)}"
    return told, kit.whole(lambda: outcome.of_gate(gate, named=named), kit.page(link, gate.run_id))


def to_requester(gate: GateView, permalink: str | None, link: str | None = None) -> Message:
    """Tell who asked that a decision fell; *permalink* leads to the card, *link* to its page."""
    told = f"{_verdict(gate.status)}: {text.line(gate.card.title, LONGEST_TITLE, gate.card.named)}"
    blocks = kit.whole(lambda: _decision(gate), kit.page(link, gate.run_id))
    return told, [*blocks, kit.context(_where(gate, text.web_address(permalink)))]


def _decision(gate: GateView) -> list[Block]:
    blocks = [
        kit.said(gate.card.title, LONGEST_TITLE, gate.card.named),
        kit.section(status_line(gate)),
    ]
    return [*blocks, kit.said(f"Reason: {gate.note}", LONGEST_NOTE)] if gate.note else blocks


def run_ended(run: RunView, link: str | None = None, named: Ids = NOBODY) -> Message:
    """Tell who asked for a run that it ended, or that it cannot go on by itself."""
    told = f"{_ended(run.status, outcome.last_decided(run))}: {text.inline(run.job, LONGEST_TITLE)}"
    blocks = kit.whole(
        lambda: [
            kit.section(f"Your run of {text.bold(run.job)}"),
            *outcome.of_run(run, named=named),
        ],
        kit.page(link, run.id),
    )
    started = f"Started {text.moment(run.created_at)} · run `{text.inline(run.id, 40)}`"
    return told, [*blocks, kit.context(started)]


def _where(gate: GateView, permalink: str | None) -> str:
    run = f"run `{text.inline(gate.run_id, 40)}`"
    return f"{text.link(permalink, 'See the request')} · {run}" if permalink else run


def _verdict(status: GateStatus) -> str:
    match status:
        case GateStatus.OPEN:
            return "Your request is waiting"
        case GateStatus.APPROVED:
            return "Your request was approved"
        case GateStatus.REJECTED:
            return "Your request was rejected"
        case GateStatus.EXPIRED:
            return "Your request expired"
        case GateStatus.CANCELLED:
            return "Your request was cancelled"
        case _:
            assert_never(status)


def _ended(status: RunStatus, decided: str | None) -> str:
    match status:
        case RunStatus.COMPLETED:
            return "Ended" if outcome.is_no(decided) else "Completed"
        case RunStatus.FAILED:
            return "Failed"
        case RunStatus.CANCELLED:
            return "Cancelled"
        case RunStatus.BLOCKED:
            return "Stuck"
        case RunStatus.READY | RunStatus.RUNNING | RunStatus.WAITING:
            return "Still going"
        case _:
            assert_never(status)
