"""Limits: how often who may do what, counted in this process."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from workflows.clock import Clock

MOST_COUNTED = 20_000  # counters kept; beyond it the one that was begun first is forgotten


@dataclass(frozen=True, slots=True)
class Limit:
    """At most *most* within *per*, counted from the first."""

    name: str
    most: int
    per: timedelta = timedelta(minutes=1)


REQUESTS = Limit("requests", 600)  # per credential
MISSES = Limit("misses", 30)  # run ids that do not exist, per credential and per address
BAD_CREDENTIALS = Limit("bad credentials", 60)  # per address
FORMS = Limit("forms", 60)  # per person: each asks Slack anew who they are, which it limits for us


class Exhausted(Exception):
    """The limit is reached; *seconds* from now it is not."""

    def __init__(self, limit: Limit, seconds: int) -> None:
        super().__init__(f"more than {limit.most} {limit.name} in {limit.per.seconds} s")
        self.seconds = seconds


class Limits:
    """Counts by limit and key; of bounded size, whoever calls."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: OrderedDict[tuple[Limit, str], tuple[datetime, int]] = OrderedDict()

    def take(self, limit: Limit, key: str) -> None:
        """Count one more. Raises Exhausted when there had been as many as may be."""
        began, count = self._current(limit, key)
        self._refuse(limit, began, count)
        self._counts[limit, key] = (began, count + 1)
        if len(self._counts) > MOST_COUNTED:
            self._counts.popitem(last=False)

    def check(self, limit: Limit, key: str) -> None:
        """Raise Exhausted when there have been as many as may be; count nothing."""
        self._refuse(limit, *self._current(limit, key))

    def _current(self, limit: Limit, key: str) -> tuple[datetime, int]:
        now = self._clock.now()
        began, count = self._counts.get((limit, key), (now, 0))
        if timedelta() <= now - began < limit.per:
            return began, count
        self._counts.pop((limit, key), None)
        return now, 0

    def _refuse(self, limit: Limit, began: datetime, count: int) -> None:
        if count >= limit.most:
            left = began + limit.per - self._clock.now()
            raise Exhausted(limit, max(1, ceil(left.total_seconds())))
