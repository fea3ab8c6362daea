"""Sentences: who may decide, why somebody may not, and what came of it, in plain words."""

from collections.abc import Callable
from typing import assert_never

from bot.slack.views import outcome
from workflows.approvals.gate import Choice, Policy
from workflows.approvals.policy import Reason
from workflows.approvals.view import GateStatus, GateView, RunStatus
from workflows.engine.base import RunView

VERBS = {Choice.APPROVED: "approve", Choice.REJECTED: "reject"}
DECLINED = {
    "already_decided": "Somebody has answered already. Your answer changed nothing.",
    "expired": "The time to answer was over. Your answer changed nothing.",
    "run_over": "The run is over. Your answer changed nothing.",
    "unknown_run": "That run does not exist.",
    "human_required": "People decide this in Slack or on its page; a link cannot.",
    "unexpected_kind": "The run does not wait for this answer. It changed nothing.",
}

CHANGED = (
    "The question has changed since this page was opened. Your answer changed nothing. This is what"
    " is asked now."
)

Name = Callable[[str], str]


def who_may_decide(policy: Policy, channel: str, name: Name) -> str:
    """Say who may decide and how many it takes."""
    named = [name(user) for user in policy.users]
    named += [f"members of the user group {group}" for group in policy.groups]
    if policy.channel_members:
        named.append(f"members of {channel}")
    if policy.tokens_may_decide:
        named.append("programs whose token may decide")
    count = "Any one" if policy.need == 1 else f"{policy.need} different people"
    return f"{count} of: {', '.join(named)}.{_conditions(policy)}"


def _conditions(policy: Policy) -> str:
    stated = {
        "Not the one who asked.": not policy.requester_may_decide,
        "Guests too.": policy.guests,
        "People of partner workspaces too.": bool(policy.teams),
        "A reason has to be given.": policy.reason_required,
    }
    return "".join(f" {words}" for words, holds in stated.items() if holds)


def objection(reason: Reason, requester: str) -> str:  # noqa: PLR0911  one line per reason
    """Say why somebody may not decide; *requester* is a name."""
    match reason:
        case Reason.REQUESTER:
            return f"{requester} asked for this, so somebody else has to decide."
        case Reason.NOT_NAMED:
            return "You are not among those who may decide this."
        case Reason.GUEST:
            return "Guests cannot decide this."
        case Reason.EXTERNAL:
            return "This is for people of this workspace."
        case Reason.DEACTIVATED | Reason.BOT:
            return "Only people with an active account can decide this."
        case Reason.REASON_REQUIRED:
            return "Please say why: a reason is needed here."
        case Reason.UNKNOWN:
            return "Slack could not tell us just now whether you may decide this."
        case Reason.HUMAN_REQUIRED:
            return "Only people can decide this."
        case _:
            assert_never(reason)


def standing(gate: GateView, name: Name) -> str:
    """Say how a gate stands, and what has become of its question."""
    if gate.asked_again_at:
        return f"{_stood(gate, name)}. Asked again, because the question has changed since"
    if gate.stands_by:
        why = f"{name(gate.stands_by)} lets the answer stand: {gate.stands_note}"
        return f"{_stood(gate, name)}. The question has changed since; {why}"
    return _stood(gate, name)


def _stood(gate: GateView, name: Name) -> str:
    by = f" by {name(gate.decided_by)}" if gate.decided_by else ""
    match gate.status:
        case GateStatus.OPEN:
            return "Waiting for an answer"
        case GateStatus.APPROVED:
            return f"Approved{by}"
        case GateStatus.REJECTED:
            return f"Rejected{by}"
        case GateStatus.EXPIRED:
            return "Expired: nobody decided in time"
        case GateStatus.CANCELLED:
            return f"Cancelled{by}"
        case _:
            assert_never(gate.status)


def recorded(gate: GateView) -> str:
    """Say that somebody's approval counts, and how many more it takes."""
    have = sum(cast.choice is Choice.APPROVED for cast in gate.votes)
    more = gate.policy.need - have
    return f"Your approval is recorded. {more} more {'is' if more == 1 else 'are'} needed."


def came_too_late(gate: GateView) -> str:
    """Say that an answer changed nothing, and what the gate has come to."""
    match gate.status:
        case GateStatus.EXPIRED:
            return "The time to answer was over. Your answer changed nothing."
        case GateStatus.CANCELLED:
            return "The request was cancelled. Your answer changed nothing."
        case _:
            return "Somebody had decided already. Your answer changed nothing."


def progress(decided: str | None, status: RunStatus, blocked_reason: str | None) -> str:
    """Say how a run stands after what was *decided*; the words of the card, without its signs."""
    return outcome.after(decided, status, blocked_reason).partition(" ")[2]


def is_no(run: RunView) -> bool:
    """Whether a run has ended after people decided something else than to approve."""
    return run.status is RunStatus.COMPLETED and outcome.is_no(outcome.last_decided(run))


def of_run(run: RunView) -> str:
    """Say how a run stands, after what people decided in it last."""
    return progress(outcome.last_decided(run), run.status, run.blocked_reason)


def declined(kind: str) -> str:
    """Say why a helper run could not hand its answer over."""
    return DECLINED.get(kind, "It could not be handed over. Your answer changed nothing.")
