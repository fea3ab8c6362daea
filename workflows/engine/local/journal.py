"""The journal as one pass reads it: by name and nth use, wherever the step now stands."""

from collections import Counter
from collections.abc import Sequence

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.errors import Blocked

SUPERSEDED = EntryStatus.SUPERSEDED


def label(name: str, nth: int) -> str:
    """Answer how people are shown the nth use of a name."""
    return name if nth == 1 else f"{name}#{nth}"


class Journal:
    """Entries not read yet, uses so far, and the order in which entries were written."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        superseded = {e.seq: (e.name, e.nth) for e in entries if e.status is SUPERSEDED}
        self._unread = {(e.name, e.nth): e for e in entries if e.seq not in superseded}
        self._to_repeat = frozenset(superseded.values())
        self._last_written = max((entry.seq for entry in entries), default=0)
        self._last_read = 0
        self._uses: Counter[str] = Counter()

    def use(self, name: str) -> int:
        """Count a use of *name* and answer which one it is."""
        self._uses[name] += 1
        return self._uses[name]

    def read(self, kind: EntryKind, name: str, nth: int) -> Entry | None:
        """Answer what the step returned before; None: it is new.

        Raises Blocked where the code now means something else by the name.
        """
        entry = self._unread.pop((name, nth), None)
        if entry is None:
            return None
        if entry.kind is not kind:
            raise Blocked(
                f"nondeterminism: {label(name, nth)!r} is a {kind.value} in the code, but was a"
                f" {entry.kind.value} when this run reached it. Nothing was executed. Give it"
                " another name, or bring the old code back; then retry, or cancel the run"
            )
        self._last_read = max(self._last_read, entry.seq)
        return entry

    def next_seq(self) -> int:
        """Answer the place of a new entry: after all others."""
        self._last_written += 1
        # What this pass writes it has also read: a step after it is no insertion.
        self._last_read = self._last_written
        return self._last_written

    def refuse_insertion(self, name: str, nth: int) -> None:
        """Raise Blocked where a new step stands before the point the run had reached.

        Entries unread *after* the last one read prove it: the code has changed there. Unread ones
        before it were passed over; their steps have been removed, which is harmless.
        """
        later = [e for e in self._unread.values() if e.seq > self._last_read]
        # A step that a person had repeated stands where it always stood.
        if later and (name, nth) not in self._to_repeat:
            known = ", ".join(label(e.name, e.nth) for e in sorted(later, key=lambda e: e.seq))
            raise Blocked(
                f"nondeterminism: the code now reaches {label(name, nth)!r}, which is new, before"
                f" what this run has already done: {known}. Nothing was executed. Put the step"
                " after them, guard it, or bring the old code back; then retry, or cancel the run"
            )
