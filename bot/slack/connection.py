"""Connection: whether Slack hears us, for the Home tab, readiness and the outbox."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.clock import Clock

PAUSE = timedelta(seconds=30)  # how long nothing is sent after Slack has refused our token


@dataclass
class Connection:
    """What the last call said. One per process; told by whoever calls Slack."""

    clock: Clock
    how: str
    is_up: bool = False
    detail: str | None = "not connected yet"
    since: datetime | None = None
    paused_until: datetime | None = field(default=None)
    deaf: str | None = None  # why nothing comes in; over HTTP that is not known

    def heard(self) -> None:
        """Slack took a call."""
        if not self.is_up and self.deaf is None:
            self.is_up, self.since, self.detail = True, self.clock.now(), None
        self.paused_until = None

    def hears(self) -> None:
        """A socket is open again."""
        if self.deaf is not None:
            self.deaf = None
            self.heard()

    def deafened(self, detail: str) -> None:
        """No socket is open: calls may succeed, but nothing that people do comes in."""
        self.deaf = detail
        self.lost(detail)

    def lost(self, detail: str, *, pause: bool = False) -> None:
        """Slack could not be reached, or (*pause*) refused our token."""
        if self.is_up or self.since is None:
            self.is_up, self.since = False, self.clock.now()
        self.detail = detail
        if pause:
            self.paused_until = self.clock.now() + PAUSE

    @property
    def is_paused(self) -> bool:
        """Whether nothing should be sent now."""
        return self.paused_until is not None and self.clock.now() < self.paused_until
