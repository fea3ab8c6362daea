"""A clock that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FakeClock:
    """`Clock`, at *at* until somebody moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self._at = at

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._at

    def move(self, **length: float) -> None:
        """Move by ``timedelta(**length)``, also backwards."""
        self._at += timedelta(**length)

    def move_to(self, at: datetime) -> None:
        """Move to *at*."""
        self._at = at
