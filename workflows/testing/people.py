"""People who start runs and who decide, with the facts that Slack would have told of them."""

from typing import Any

from workflows.approvals.gate import Person

TEAM = "T0HARBOR"


def member(user: str = "UBO", **facts: Any) -> Person:
    """Answer a full member of our workspace who is in the channel of the card.

    *facts* are those of `Person`: ``groups=frozenset({"S0614TZR7"})``, ``is_guest=True``,
    ``in_channel=False``, ``is_active=False``, ``name="Bo"``. With ``team="T0OTHER",
    is_ours=False`` it is somebody of another workspace.
    """
    facts = {"team": TEAM, "in_channel": True, **facts}
    return Person(actor=f"slack:{facts['team']}:{user}", user=user, **facts)
