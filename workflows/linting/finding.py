"""Finding: what was found where, why it is wrong, and what to write instead."""

from dataclasses import dataclass
from pathlib import Path

from workflows.errors import HarborError


class Unreadable(HarborError):
    """A module that cannot be found or parsed; the message names it."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found; *line* and *column* count from 1, *function* is where.

    *via* names the functions through which a job gets there, the job first.
    """

    path: Path
    line: int
    column: int
    number: str
    rule: str
    function: str
    what: str
    why: str
    instead: str
    via: tuple[str, ...] = ()

    def __str__(self) -> str:
        way = f" (called by {' → '.join(self.via)})" if self.via else ""
        return (
            f"{self.path}:{self.line}:{self.column}: {self.number} {self.rule}: {self.what} in"
            f" {self.function}{way}: {self.why}. {self.instead}"
        )
