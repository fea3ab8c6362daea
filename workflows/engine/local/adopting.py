"""Adopting: which run a wait for another run is for, where there has been one for it before.

A child's id is derived from its parent, the name, which use of it in the code, and how many there
have been for that: so what is done again is done under the same id, and by the same keys of its
steps, even where a backup has been restored. One that has ended is the one that was waited for,
however it came to be given up. One that was cancelled after it had done something is neither gone
on with nor started anew; one that was asked to end and has not been told so far goes on.
"""

from collections.abc import Iterable
from itertools import count

from store import children, events, journal, runs
from store.children import Child
from store.database import Tx
from store.journal import Entry
from store.tables import EntryKind, EntryStatus, RunStatus
from workflows.engine.local.journal import branch_of, label
from workflows.ids import child_id

OVER = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
CLOSED = "the run {run}, which it waited for, was told to end, and has done something since: {done}"
CANCELLED = "the run {run}, which it waited for, was cancelled after it had done something"
CLOSING = "the run {run}, which it waited for, was told to end, and has not ended so far"
DEEDS = frozenset({EntryKind.STEP, EntryKind.WAIT, EntryKind.GATHER})


def so_far(tx: Tx, parent: str, name: str, use: int) -> tuple[Child | None, str]:
    """Answer the last run that was started for a use of a name, and the id of the next one."""
    last: Child | None = None
    for number in count(1):
        wanted = child_id(parent, name, use, number)
        found = children.find(tx, wanted)
        if found is None:
            return last, wanted
        last = found
    raise AssertionError  # there is no last number


def is_told_to_end(child: Child) -> bool:
    """Whether a run ended, or is ending, because somebody had asked it to."""
    if child.status in {RunStatus.COMPLETED, RunStatus.FAILED}:
        return False
    return child.status is RunStatus.CANCELLED or child.cancel_requested_at is not None


def is_untouched(tx: Tx, child: Child) -> bool:
    """Whether a run that was told to end has done nothing by then: another one may be started."""
    if not is_told_to_end(child) or child.cancel_under_way is not False:
        return False
    if any(_is_done(entry) for entry in journal.load(tx, child.id)):
        return False
    return all(is_untouched(tx, inner) for inner in children.of_run(tx, child.id))


def objection(tx: Tx, run_id: str, again: Iterable[Entry]) -> str | None:
    """Answer why waits of a run cannot be waited for again; None: they can."""
    for entry in again:
        found = children.of_wait(tx, run_id, entry.name, entry.nth)
        if entry.kind is EntryKind.WAIT and found is not None:
            reason = _of_child(tx, children.get(tx, found))
            if reason is not None:
                return reason
    return None


def _of_child(tx: Tx, child: Child) -> str | None:
    if not is_told_to_end(child):
        return None
    if is_untouched(tx, child):
        return None
    if child.status is RunStatus.CANCELLED:
        return CANCELLED.format(run=child.id)
    entries = journal.load(tx, child.id)
    if done := _since_told(entries):
        return CLOSED.format(run=child.id, done=", ".join(done))
    if child.status is RunStatus.RUNNING:
        return CLOSING.format(run=child.id)
    return objection(tx, child.id, _told(entries))


def go_on(tx: Tx, child: Child) -> None:
    """Have a run that was told to end, and has done nothing about it, go on where it stood."""
    entries = journal.load(tx, child.id)
    journal.supersede(tx, child.id, *(entry.seq for entry in _told(entries)))
    runs.go_on(tx, child.id)
    events.revive(tx, child.id)


def _is_done(entry: Entry) -> bool:
    """Whether an entry is of a step, or of a wait that has been answered."""
    is_settled = entry.status in {EntryStatus.DONE, EntryStatus.FAILED}
    return entry.kind is EntryKind.STEP or (entry.kind is EntryKind.WAIT and is_settled)


def _told(entries: Iterable[Entry]) -> list[Entry]:
    """Answer the entries by which a run was told to end, not those of branches given up."""
    return [
        entry
        for entry in entries
        if entry.status is not EntryStatus.SUPERSEDED
        and (
            entry.kind is EntryKind.CANCEL
            or (entry.status is EntryStatus.CANCELLED and entry.value is None)
        )
    ]


def _since_told(entries: list[Entry]) -> list[str]:
    """Answer what closing code has done: what comes after that, in the branch that was told."""
    told = _told(entries)
    return [
        label(entry.name, entry.nth)
        for entry in entries
        if entry.kind in DEEDS
        and entry not in told
        and entry.status is not EntryStatus.SUPERSEDED
        and any(
            entry.seq > each.seq and entry.name.startswith(branch_of(each.name)) for each in told
        )
    ]
