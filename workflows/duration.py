"""How long: one strict grammar for every duration an author writes."""

import re
from datetime import timedelta
from functools import lru_cache

from workflows.errors import StepMisused

LONGEST = timedelta(days=400)
SHORTEST = timedelta(seconds=1)
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
GRAMMAR = re.compile(r"(?:[0-9]{1,9}[smhdw])+", re.ASCII)
PART = re.compile(r"([0-9]{1,9})([smhdw])", re.ASCII)

Duration = str | timedelta | int


class DurationRefused(StepMisused, ValueError):
    """A duration that is not one; the message names the argument."""


def duration(
    value: Duration, argument: str = "timeout", shortest: timedelta = SHORTEST
) -> timedelta:
    """Read ``"24h"``, ``"1d12h"``, ``timedelta(hours=24)`` or whole seconds.

    Raises DurationRefused, naming *argument*, for anything else, below *shortest* or above
    400 days. There are no months or years: a day is 86,400 seconds.
    """
    length = _read(value, argument)
    if not shortest <= length <= LONGEST:
        raise DurationRefused(
            f"{argument}={value!r} is out of range: from {shortest.total_seconds():g} s to 400 days"
        )
    return length


def wait_length(value: Duration, argument: str = "timeout") -> timedelta:
    """Read how long something waits, from none at all: what was computed and is past is due.

    A text was not computed: it is read like any `duration`.
    """
    if isinstance(value, str):
        return duration(value, argument)
    return duration(max(_read(value, argument), timedelta()), argument, timedelta())


def _read(value: Duration, argument: str) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return _seconds(value, argument)
    # fullmatch: with `match` and `$` a trailing newline would pass.
    if isinstance(value, str) and GRAMMAR.fullmatch(value):
        return _parsed(value, argument)
    raise DurationRefused(
        f"{argument}={value!r} is no duration: write it like '90m', '24h' or '1d12h',"
        " or pass a timedelta or whole seconds"
    )


@lru_cache(maxsize=256)
def _parsed(text: str, argument: str) -> timedelta:
    """Answer what a job says in the same words every time."""
    return _seconds(sum(int(n) * SECONDS[unit] for n, unit in PART.findall(text)), argument)


def _seconds(count: int, argument: str) -> timedelta:
    # Compared as integers: 9999999999 days would overflow before it could be refused.
    longest = int(LONGEST.total_seconds())
    if count > longest:
        raise DurationRefused(f"{argument}={count} s is out of range: 400 days at the most")
    return timedelta(seconds=max(count, -longest))
