"""The digest: what exactly was approved, in 64 hexadecimal characters."""

from hashlib import sha256
from typing import Any

from workflows.plain import canonical

SHORT = 12  # characters on a card: enough to compare by eye


def digest(title: str, shown: Any) -> str:
    """Answer SHA-256 over title and payload (plain values), keys sorted: equal payloads agree."""
    return sha256(canonical({"title": title, "shown": shown})).hexdigest()
