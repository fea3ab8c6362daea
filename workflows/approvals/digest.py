"""Digests: what exactly was approved, and what exactly was asked.

The one is of the payload, in 64 hexadecimal characters: people are shown it, the audit keeps it.
The other is of everything the author asked (`Asked`): it says whether an answer is to this.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from workflows.approvals.gate import Card, Policy
from workflows.asked import Asked, given
from workflows.plain import canonical

SHORT = 12  # characters on a card: enough to compare by eye


def digest(title: str, shown: Any) -> str:
    """Answer SHA-256 over title and payload (plain values), keys sorted: equal payloads agree."""
    return sha256(canonical({"title": title, "shown": shown})).hexdigest()


def question(
    card: Card, policy: Policy, *, channel: str | None, labels: Mapping[str, str]
) -> Asked:
    """Answer what is asked, as its author put it.

    *channel* as the job names it (None: it does not); *labels* those that the author has written.
    How long it is asked is no part of it, and neither is what our settings or our drawing add.
    """
    return Asked(
        words=given(title=card.title, why=card.why, labels=labels),
        substance=given(
            show=card.shown, policy=who(policy), channel=channel, requester=card.requested_by
        ),
    )


def question_of(card: str, policy: str) -> Asked:
    """Answer what a stored card (JSON) asks; by which labels and what channel was named, it has
    forgotten."""
    asked = Card.model_validate_json(card)
    return question(asked, Policy.model_validate_json(policy), channel=asked.channel, labels={})


@lru_cache(maxsize=256)
def who(policy: Policy) -> Mapping[str, Any]:
    """Answer what of a policy is not as if it had not been said; ids have no order."""
    said = policy.model_dump(mode="json", exclude_defaults=True)
    return {name: sorted(v) if isinstance(v, list) else v for name, v in said.items()}
