"""Private answers to a click: what it did, or why it changed nothing and who could."""

from typing import assert_never

from bot.slack.views import kit, outcome, text
from workflows.approvals.gate import Choice, Policy
from workflows.approvals.policy import Reason
from workflows.approvals.view import GateStatus, GateView, RunStatus

MOST_NAMED = 10  # people and groups named in a line; a policy may have a hundred of each
THE_CARD = "The request's own page, or `harbor show`, shows"
HERE = "this channel"
_NOUNS = {Choice.APPROVED: "approval", Choice.REJECTED: "rejection"}


def policy_line(policy: Policy, channel_mention: str = HERE) -> str:
    """Say who may decide (mrkdwn): "any one of: <@U1>, members of this channel; not …"."""
    named = [
        *some([f"<@{user}>" for user in policy.users]),
        *some([f"members of <!subteam^{group}>" for group in policy.groups]),
    ]
    if policy.channel_members:
        named.append(f"members of {channel_mention}")
    if policy.tokens_may_decide:
        named.append("API tokens that may decide")
    many = "any one" if policy.need == 1 else str(policy.need)
    return "; ".join([f"{many} of: {', '.join(named)}", *_conditions(policy)])


def not_allowed(reason: Reason, policy: Policy, requester: str, channel_mention: str = HERE) -> str:
    """Say why somebody's click does not count, and who may decide."""
    why = _objection(reason, requester)
    if reason is Reason.REASON_REQUIRED:
        return why
    who = kit.whole_line(lambda: policy_line(policy, channel_mention), THE_CARD)
    return f"{why} Who may decide: {who}."


def already_decided(gate: GateView) -> str:
    """Say what was decided before, by whom and when, whatever the gate has come to."""
    match gate.status:
        case GateStatus.OPEN:
            return "This request is still open. Please click again."
        case GateStatus.APPROVED | GateStatus.REJECTED:
            return f"Already {gate.status.value}{by(gate)}{_when(gate)}.{_reason(gate)}"
        case GateStatus.EXPIRED:
            return expired(gate)
        case GateStatus.CANCELLED:
            return cancelled(gate)
        case _:
            assert_never(gate.status)


def expired(gate: GateView) -> str:
    return (
        f"This request expired ({text.moment(gate.deadline_at)}); the run continued as *timeout*."
        " Your click changed nothing."
    )


def cancelled(gate: GateView) -> str:
    return f"This request was cancelled{by(gate)}{_when(gate)}. Your click changed nothing."


def repeated(gate: GateView, choice: Choice) -> str:
    return f"Your {_NOUNS[choice]} is already recorded. {_so_far(gate)}".strip()


def counted(gate: GateView, have: int, need: int) -> str:
    more = need - have
    return f"Your approval is recorded: {have} of {need}. {more} more needed.{_stuck(gate)}"


def recorded(gate: GateView, choice: Choice) -> str:
    """Say that a click decided; a run that is blocked says so, or people would wait for it."""
    return f"Your {_NOUNS[choice]} is recorded.{_stuck(gate)}"


def changed(gate: GateView) -> str:
    """Say that somebody answered what is no longer asked, and what is asked now."""
    title = text.line(gate.card.title, 500, gate.card.named)
    return (
        "The question has changed since you were shown it. Your answer changed nothing. What is"
        f" asked now: {title} Please read the request again, then answer it."
    )


def missing() -> str:
    return "This request no longer exists."


def not_recorded() -> str:
    return "Not recorded. Please click again in a minute."


def unconfirmed() -> str:
    return "We could not confirm this. Click again: it cannot count twice."


def too_many() -> str:
    return "That was a lot of clicks at once. Please wait a minute, then click again."


def unsupported() -> str:
    return "This button is no longer supported. Please use the newest message, or the Home tab."


def by(gate: GateView) -> str:
    """Answer " by <@U…>", or nothing when nobody is known."""
    return f" by {text.mention(gate.decided_by)}" if gate.decided_by else ""


def some(names: list[str], most: int = MOST_NAMED) -> list[str]:
    """Answer the first few names, and how many more there are."""
    left = len(names) - most
    if left <= 0:
        return names
    text.leave_out()
    return [*names[:most], f"{left} more"]


def _objection(reason: Reason, requester: str) -> str:  # noqa: PLR0911  one line per reason
    match reason:
        case Reason.DEACTIVATED:
            return "Your account is deactivated, so you cannot decide this."
        case Reason.BOT:
            return "Bots cannot decide this; a person has to."
        case Reason.EXTERNAL:
            return "You are not an approver of this request: it is for people of this workspace."
        case Reason.GUEST:
            return "You are not an approver of this request: guests cannot decide it."
        case Reason.REQUESTER:
            return f"This was asked for by {text.mention(requester)}: somebody else has to decide."
        case Reason.NOT_NAMED:
            return "You are not an approver of this request."
        case Reason.HUMAN_REQUIRED:
            return "A person has to decide this; another program cannot."
        case Reason.REASON_REQUIRED:
            return "Please give a reason: this request asks for one."
        case Reason.UNKNOWN:
            return "We could not check whether you may decide this. Please try again in a minute."
        case _:
            assert_never(reason)


def _conditions(policy: Policy) -> list[str]:
    stated = {
        "not the requester": not policy.requester_may_decide,
        "guests too": policy.guests,
        "people of partner workspaces too": bool(policy.teams),
        "with a reason": policy.reason_required,
    }
    return [words for words, holds in stated.items() if holds]


def _when(gate: GateView) -> str:
    return f", {text.moment(gate.decided_at)}" if gate.decided_at else ""


def _reason(gate: GateView) -> str:
    if not gate.note:
        return ""
    return kit.whole_line(lambda: f" Reason: {text.inline(gate.note or '', 500)}", THE_CARD)


def _so_far(gate: GateView) -> str:
    if gate.policy.need == 1:
        return ""
    have = sum(cast.choice is Choice.APPROVED for cast in gate.votes)
    return f"{have} of {gate.policy.need} so far."


def _stuck(gate: GateView) -> str:
    if gate.run_status is not RunStatus.BLOCKED:
        return ""
    return f" {outcome.why_blocked(gate.blocked_reason)}"
