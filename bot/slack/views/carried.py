"""Carried: what a button or a modal brings back. Which question, in which version; no authority."""

import re
from typing import NamedTuple

from workflows.approvals.view import GateView

NEVER = 0  # versions count from 1
_WRITTEN = re.compile(r"(?P<gate>[0-9a-f]+)(\.(?P<version>[0-9]{1,9}))?", re.ASCII)


class Carried(NamedTuple):
    """The id of a gate, and the version of its question that somebody saw."""

    gate: str
    version: int


def written(gate: GateView) -> str:
    """Answer what the buttons of a gate carry, as it is drawn now."""
    return f"{gate.id}.{gate.version}"


def read(value: str) -> Carried:
    """Read it back. An id alone is from a card of Harbor 0.1.0, whose questions had one version."""
    found = _WRITTEN.fullmatch(value)
    if found is None:
        return Carried(value, NEVER)
    return Carried(found["gate"], int(found["version"] or 1))
