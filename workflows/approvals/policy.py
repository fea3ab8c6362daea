"""Who may decide, and what an answer does: pure rules over stored policy and looked-up facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflows.approvals.gate import Cast, Choice, Kind, Person, Policy, Vote


class Reason(StrEnum):
    """Why somebody may not decide."""

    DEACTIVATED = "deactivated"
    BOT = "bot"
    EXTERNAL = "external"
    GUEST = "guest"
    REQUESTER = "requester"
    NOT_NAMED = "not_named"
    HUMAN_REQUIRED = "human_required"
    REASON_REQUIRED = "reason_required"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The answer does not count, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Repeated:
    """This person has said the same before; nothing changes."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer counts, and more are needed."""

    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Decides:
    """The answer decides the gate."""

    choice: Choice


Ruling = NotAllowed | Repeated | Counted | Decides


def judge(policy: Policy, requester: str, earlier: Sequence[Cast], vote: Vote) -> Ruling:
    """Say what *vote* does, given the answers that count already.

    One rejection decides; *need* different people approve. Rejecting after one's own approval
    counts as the rejection; an approval is not withdrawn otherwise.
    """
    if reason := objection(policy, requester, vote.person):
        return NotAllowed(reason)
    if policy.reason_required and not (vote.note or "").strip():
        return NotAllowed(Reason.REASON_REQUIRED)
    if any(cast.person == vote.person.actor and cast.choice is vote.choice for cast in earlier):
        return Repeated()
    if vote.choice is Choice.REJECTED or vote.person.kind is Kind.OPERATOR:
        return Decides(vote.choice)
    have = 1 + sum(cast.choice is Choice.APPROVED for cast in earlier)
    return Decides(Choice.APPROVED) if have >= policy.need else Counted(have, policy.need)


def objection(policy: Policy, requester: str, person: Person) -> Reason | None:
    """Say why *person* may not decide; None: they may."""
    if person.kind is Kind.OPERATOR:
        return None
    if reason := _standing(policy, person):
        return reason
    if person.actor == requester and not policy.requester_may_decide:
        return Reason.REQUESTER
    return None if _is_named(policy, person) else Reason.NOT_NAMED


def _standing(policy: Policy, person: Person) -> Reason | None:
    """What rules somebody out whoever they were named by."""
    if person.kind is Kind.TOKEN:
        return None if policy.tokens_may_decide else Reason.HUMAN_REQUIRED
    if person.is_bot:
        return Reason.BOT
    if not person.is_active:
        return Reason.DEACTIVATED
    if not person.is_ours and person.team not in policy.teams:
        return Reason.EXTERNAL
    if person.is_guest and not policy.guests:
        return Reason.GUEST
    return None


def _is_named(policy: Policy, person: Person) -> bool:
    return (
        person.kind is Kind.TOKEN  # named all together, by `tokens_may_decide`
        or person.user in policy.users
        or not person.groups.isdisjoint(policy.groups)
        or (policy.channel_members and person.in_channel)
    )
