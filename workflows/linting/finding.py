"""Finding: what was found where, why it is wrong, and what to write instead."""

from dataclasses import dataclass
from pathlib import Path

from workflows.errors import HarborError


class Unreadable(HarborError):
    """A module that cannot be found or parsed; the message names it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a body must not do; *name* is what a comment names to let it pass."""

    name: str
    why: str
    instead: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found; *line* and *column* count from 1, *function* is where."""

    path: Path
    line: int
    column: int
    rule: str
    function: str
    what: str
    why: str
    instead: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}:{self.column}: {self.rule}: {self.what} in"
            f" {self.function}: {self.why}. {self.instead}"
        )
