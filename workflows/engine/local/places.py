"""Places: how many passes of which job may be under way, so that no job keeps the others out.

A job may take places as long as it has no more than three times as many as then stay free. So one
job alone has three quarters of them, and whoever comes next always finds some; several that would
take all come to equal shares as their passes end. A job that has none takes the last one.
"""

from collections import Counter

AT_ONCE = 128  # passes under way in one process
TIMES_THE_FREE = 3
WORTH = 4  # a job asks again when it may have a quarter more than it has


class Places:
    """The passes under way, by job."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @property
    def free(self) -> int:
        return AT_ONCE - self._taken.total()

    def take(self, job: str) -> None:
        """A pass of *job* begins."""
        self._taken[job] += 1

    def give_back(self, job: str) -> None:
        """A pass of *job* has ended."""
        self._taken[job] -= 1

    def room(self, job: str) -> int:
        """Answer how many more a job may take: none, or enough that asking for them is worth it."""
        free, taken = self.free, self._taken[job]
        fair = (TIMES_THE_FREE * free - taken) // (TIMES_THE_FREE + 1)
        if not taken:
            return max(fair, int(free > 0))
        return fair if fair * WORTH >= taken else 0
