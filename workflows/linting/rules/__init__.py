"""Rules: each looks at one kind of fact, and says what is wrong with it."""

from workflows.linting.rules import (
    awaiting,
    closing,
    deciding,
    literals,
    order,
    signals,
    state,
    steps,
    touching,
    types,
)
from workflows.linting.rules.base import judge

__all__ = [
    "awaiting",
    "closing",
    "deciding",
    "judge",
    "literals",
    "order",
    "signals",
    "state",
    "steps",
    "touching",
    "types",
]  # imported, they are registered
