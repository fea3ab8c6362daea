"""Time comes in as a value: the one source of it, so that a test can move it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from: aware, UTC, to the microsecond."""

    def now(self) -> datetime:
        """Answer the time it is."""


class SystemClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)
