"""Said: how far a run has come in its log, so that a line is written once, not at every pass.

A line has no entry in the journal: adding one to a job must block no run. Its place is the last
entry of its branch before it, and how many lines since. The last place of each branch is written
down with what the pass writes anyway; a pass that does not get that far says it again.
"""

from collections.abc import Iterator, Mapping

from workflows.engine.local.branches import Branch
from workflows.plain import dumps, loads

Place = tuple[int, int]
NOWHERE: Place = (-1, 0)


class Said:
    """Where the lines of a run are, by what the names of their branch begin with."""

    def __init__(self, stored: str | None) -> None:
        self._last: Mapping[str, Place] = _read(stored)
        self._now: dict[str, Place] = {}

    def is_new(self, branch: Branch) -> bool:
        """Count a line of *branch*; whether no earlier pass has said it."""
        anchor, lines = self._place(branch)
        place = self._now[branch.prefix] = (anchor, lines + 1)
        if place <= self._last.get(branch.prefix, NOWHERE) or branch.reading.has_gone_further():
            return False
        if any(self._is_behind(each) for each in _above(branch)):
            return False
        # A branch that speaks is past whatever was said by branches of its own.
        kept = {p: at for p, at in self._last.items() if not p.startswith(branch.prefix)}
        self._last = {**kept, branch.prefix: place}
        return True

    def stored(self) -> str:
        """Answer what is kept of it."""
        return dumps(self._last)

    def _is_behind(self, branch: Branch) -> bool:
        """Whether an earlier pass had come further in a branch than this one has."""
        last = self._last.get(branch.prefix, NOWHERE)
        return self._place(branch) < last or branch.reading.has_gone_further()

    def _place(self, branch: Branch) -> Place:
        anchor, lines = self._now.get(branch.prefix, NOWHERE)
        return (
            (anchor, lines) if anchor == branch.reading.last_read else (branch.reading.last_read, 0)
        )


def _above(branch: Branch) -> Iterator[Branch]:
    while branch.parent is not None:
        branch = branch.parent
        yield branch


def _read(stored: str | None) -> dict[str, Place]:
    if stored is None:
        return {}
    try:
        return {str(prefix): (int(at), int(nth)) for prefix, (at, nth) in loads(stored).items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # written over by somebody: a line that comes twice harms nobody
