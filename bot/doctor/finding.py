"""What a check found: one sentence, and the next step where there is one."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How bad it is."""

    GOOD = "ok"
    WARNING = "warning"  # works, or is not known; worth a look
    BAD = "failed"  # does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    about: str
    mark: Mark
    said: str
    next_step: str | None = None


def good(about: str, said: str, next_step: str | None = None) -> Finding:
    """Answer that it works."""
    return Finding(about, Mark.GOOD, said, next_step)


def warning(about: str, said: str, next_step: str | None = None) -> Finding:
    """Answer that somebody should look at it."""
    return Finding(about, Mark.WARNING, said, next_step)


def bad(about: str, said: str, next_step: str | None = None) -> Finding:
    """Answer that it does not work."""
    return Finding(about, Mark.BAD, said, next_step)
