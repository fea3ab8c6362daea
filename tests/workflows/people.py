"""People who vote, and what they say."""

from typing import Any

from workflows.approvals.gate import Choice, Vote
from workflows.testing import member


def a_vote(
    user: str = "UBO",
    choice: Choice = Choice.APPROVED,
    note: str | None = None,
    version: int | None = None,
    **facts: Any,
) -> Vote:
    """Answer a person's vote by a click."""
    return Vote(member(user, **facts), choice, note, "slack", version)
