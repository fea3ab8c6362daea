"""What readers are shown of a gate: the same everywhere, whichever door they came through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store import gates
from store.tables import GateStatus, RunStatus
from workflows.approvals.gate import Card, Cast, Choice, Policy
from workflows.plain import loads

__all__ = ["GateStatus", "GateView", "RunStatus", "view"]


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate with its votes, its deadline, and what its run has come to.

    *version* counts the questions that have stood here: a button, a form or a vote names the one
    it was drawn from. People are actors (``slack:T…:U…``). *result* is plain JSON; *error* has
    ``kind`` and ``message``. *asked_again_at*: when another question took its
    place; *stands_by*, *stands_note*: whose word lets its answer count for another question, and
    why.
    """

    id: str
    run_id: str
    job: str
    name: str
    nth: int
    status: GateStatus
    card: Card
    policy: Policy
    digest: str
    requested_by: str
    opened_at: datetime
    deadline_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    votes: tuple[Cast, ...]
    run_status: RunStatus
    blocked_reason: str | None
    result: Any
    error: Mapping[str, Any] | None
    version: int = 1
    asked_again_at: datetime | None = None
    stands_by: str | None = None
    stands_note: str | None = None


def view(gate: gates.Gate, votes: list[gates.Vote]) -> GateView:
    """Answer what is shown of a stored gate."""
    return GateView(
        id=gate.id,
        run_id=gate.run_id,
        job=gate.job,
        name=gate.name,
        nth=gate.nth,
        status=gate.status,
        card=Card.model_validate_json(gate.card),
        policy=Policy.model_validate_json(gate.policy),
        digest=gate.digest,
        requested_by=gate.requested_by,
        opened_at=gate.opened_at,
        deadline_at=gate.deadline_at,
        decided_at=gate.decided_at,
        decided_by=gate.decided_by,
        note=gate.note,
        asked_again_at=gate.asked_again_at,
        stands_by=gate.stands_by,
        stands_note=gate.stands_note,
        votes=tuple(cast(vote) for vote in votes),
        run_status=gate.run_status,
        blocked_reason=gate.blocked_reason,
        result=None if gate.result is None else loads(gate.result),
        error=None if gate.error is None else loads(gate.error),
        version=gate.version,
    )


def cast(vote: gates.Vote) -> Cast:
    """Answer a stored vote as the rules know it."""
    return Cast(vote.person, Choice(vote.choice), vote.note, vote.at)
