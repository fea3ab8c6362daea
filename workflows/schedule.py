"""Schedule: when a job starts by itself, as a cron expression in a time zone."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from workflows.errors import JobRefused

FIELDS = 5
LONGEST = 200
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a schedule that has no time within 50 years has none
FORM = "write minute, hour, day of month, month and day of week, like '0 9 * * MON-FRI'"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times, to the minute. Made by `schedule`, which checks; times come in and go out in UTC."""

    cron: str
    timezone: str

    def after(self, at: datetime) -> datetime:
        """Answer the first time after *at*.

        As Debian's cron does it: a time of day that the clocks skip is when they have skipped it,
        one that they repeat is its first; what goes by every minute or hour goes by elapsed time.
        """
        # In the second of two equal hours the library answers times of the first: those are over.
        times = (found.astimezone(UTC) for found in CronSim(self.cron, self._there(at)))
        return next(found for found in times if found > at)

    def latest(self, first: datetime, until: datetime) -> datetime:
        """Answer the last time that is not after *until*, *first* being one of them.

        Halves what lies between: a job of every minute may have been missed for a year.
        """
        late = until
        while (following := self.after(first)) <= until:
            middle = following + (late - following) / 2
            found = self.after(middle)
            if found <= until:
                first = found
            else:
                first, late = following, middle
        return first

    def _there(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.timezone))


def schedule(cron: object, timezone: object) -> Schedule:
    """Check an expression and a zone. Raises JobRefused, naming the argument."""
    found = Schedule(_checked(cron), _zone(timezone))
    try:
        found.after(SOME_DAY)
    except (CronSimError, StopIteration) as error:
        why = f"{error}".lower() or "no day fits"
        raise JobRefused(f"cron={cron!r}, which never comes ({why}); {FORM}") from error
    return found


def _checked(cron: object) -> str:
    if not isinstance(cron, str) or len(cron) > LONGEST:
        raise JobRefused(f"cron={cron!r:.80}, which is no schedule; {FORM}")
    # The library reads a sixth field too, as seconds: nothing here fires to the second.
    if (count := len(cron.split())) != FIELDS:
        raise JobRefused(f"cron={cron!r}, which has {count} fields and not {FIELDS}; {FORM}")
    return " ".join(cron.split())


def _zone(timezone: object) -> str:
    try:
        if isinstance(timezone, str):
            return ZoneInfo(timezone).key
    except (KeyError, ValueError, OSError):
        pass  # it is none, or no name of one
    raise JobRefused(f"timezone={timezone!r:.80}, which is no zone; name it like 'Europe/Berlin'")
