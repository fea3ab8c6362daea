"""People who vote, and what they say."""

from typing import Any

from workflows.approvals.gate import Choice, Person, Vote


def a_person(user: str = "UBO", **facts: Any) -> Person:
    """Answer a member of our workspace who is in the channel of the card."""
    facts = {"team": "T0HARBOR", "in_channel": True, **facts}
    return Person(actor=f"slack:{facts['team']}:{user}", user=user, **facts)


def a_vote(
    user: str = "UBO", choice: Choice = Choice.APPROVED, note: str | None = None, **facts: Any
) -> Vote:
    """Answer a person's vote by a click."""
    return Vote(a_person(user, **facts), choice, note, via="slack")
