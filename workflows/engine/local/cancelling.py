"""Cancelling: where in a job a cancel is raised. In every branch once, at one place on every pass.

It is raised out of the verb at which the branch stood when it was asked for: the step under way,
once its result is kept, or the wait. A step that had begun before goes on as it would have. What
comes next in the code is never where it is raised, for that may be the closing code itself.

A pass that has not heard of the cancel finds out when it writes: nothing is written then, each
branch is marked where it stands, and goes back there in a pass of its own. The mark is a journal
entry, ``cancel(NAME)``, so that whatever closing code does comes after it on every pass.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from workflows.engine.base import NotCancelled
from workflows.engine.local.branches import Branch
from workflows.engine.local.journal import SUPERSEDED, label, told_at
from workflows.engine.local.outcome import Waiting, Writes
from workflows.errors import Postponed, RunCancelled

Mark = Callable[[Branch, str], None]


class CancelAsked(Exception):
    """A cancel was asked for of which the pass has not heard: nothing was written."""


class Telling:
    """What one pass knows of a cancel, and whom it has told.

    *was_under_way*: a pass was, when it was asked for, so that the first new step of a later one
    may have been begun; None: a version asked that told a job at the next step it came to.
    """

    def __init__(self, mark: Mark, *, is_asked: bool, was_under_way: bool | None) -> None:
        self._mark = mark
        self.is_asked = is_asked
        self._was_under_way = was_under_way
        self._is_old = is_asked and was_under_way is None

    def at_first(self, branch: Branch) -> None:
        """Raise RunCancelled out of the first verb of a branch that was told before it did any."""
        if branch.stand is None and not branch.is_told and branch.reading.was_told_at(told_at()):
            _tell(branch)

    def at_next(self, branch: Branch) -> None:
        """Raise RunCancelled before a step that is not done, as older versions did."""
        if self._is_old and not branch.is_told and not branch.reading.has_marks:
            _tell(branch)

    def before(self, branch: Branch, kind: EntryKind) -> None:
        """Raise what ends the pass of a branch that is to be told, and does not do this any more.

        A verb that is new is none that the branch stood at, but for a step that may be under way.
        """
        if not self.is_due(branch) or (kind is EntryKind.STEP and self._may_have_begun(branch)):
            return
        if branch.reading.is_told_later():
            return  # A person has accepted that the code comes to something else before.
        if branch.stand is None:
            self._mark(branch, told_at())
            _tell(branch)
        self._go_back(branch)
        raise Postponed

    def after(self, branch: Branch, entry: Entry) -> None:
        """Raise RunCancelled out of the verb that *entry* answers, where the branch is told."""
        branch.stand = entry
        if branch.is_told:
            return
        if branch.reading.was_told_at(told_at(entry)):
            _tell(branch)
        is_here = self.is_due(branch) and not branch.reading.has_gone_further()
        if is_here and not self._may_have_begun(branch):
            self._mark(branch, told_at(entry))
            _tell(branch)

    def hear(self, everyone: Sequence[Branch], writes: Writes) -> bool:
        """Mark where each branch stands, of a pass that could not write; answers whether any does.

        *everyone*: in the order in which they began.
        """
        self.is_asked = self._was_under_way = True
        undone = {entry.seq for entry in writes.entries}
        again = set(self._ungathered(everyone, writes))
        fresh = {wait.entry for wait in writes.waits}
        for branch in reversed(everyone):
            if branch.goes_back or not self.is_due(branch) or branch.is_in_step or branch.gather:
                continue
            if any(inner.parent is branch for inner in again):
                # It had left a gather one of whose branches is told; where, it will see then.
                branch.go_back()
                again.add(branch)
            elif _stands(branch, fresh, undone):
                _forget(branch, writes)
                self._go_back(branch)
                again.add(branch)
        return bool(again)

    def _ungathered(self, everyone: Sequence[Branch], writes: Writes) -> Iterator[Branch]:
        """Have those go back that have come to a gather of which nothing is stored yet."""
        for branch in everyone:
            if branch.parent is not None and branch.parent.goes_back:
                branch.go_back()
            elif branch.gather and self.is_due(branch) and _is_new(branch.gather, writes):
                seq = branch.gather.seq
                writes.forget(branch.gather.name + "#")
                writes.entries = [entry for entry in writes.entries if entry.seq != seq]
                self._go_back(branch)
                yield branch

    def end(self, root: Branch) -> bool:
        """Whether a job that has returned or raised is to be told where it stood last."""
        if root.stand is None:
            return False
        self._mark(root, told_at(root.stand))
        return True

    def is_due(self, branch: Branch) -> bool:
        """Whether a branch is to be told, sooner or later: of a cancel, or that it is over."""
        return (self.is_asked or branch.is_given_up) and not branch.is_told

    def _may_have_begun(self, branch: Branch) -> bool:
        """Whether an earlier pass may have begun the next new step, and ended without a word."""
        # Those that another one has ended had nothing under way that is not in the journal.
        is_known = self._was_under_way is False or branch.is_given_up
        return not is_known and branch.tries > 1

    def _go_back(self, branch: Branch) -> None:
        self._mark(branch, told_at(branch.stand))
        branch.go_back()


def left_as_it_is(entries: Sequence[Entry]) -> NotCancelled:
    """Answer what a run has done and has not, whose closing code cannot run."""
    live = [
        entry
        for entry in entries
        if entry.kind in {EntryKind.STEP, EntryKind.WAIT} and entry.status is not SUPERSEDED
    ]
    is_done = {entry.seq for entry in live if entry.status is EntryStatus.DONE}
    return NotCancelled(
        tuple(label(entry.name, entry.nth) for entry in live if entry.seq in is_done),
        tuple(label(entry.name, entry.nth) for entry in live if entry.seq not in is_done),
    )


def _tell(branch: Branch) -> NoReturn:
    branch.is_told = True
    raise RunCancelled


def _is_new(gather: Entry, writes: Writes) -> bool:
    """Whether nothing of a gather is stored yet; who was first is written into one that is."""
    return any(entry is gather for entry in writes.entries)


def _stands(branch: Branch, fresh: set[tuple[str, int]], undone: set[int]) -> bool:
    """Whether a branch has come to a place of which nothing is stored yet."""
    if isinstance(branch.ending, Waiting):
        return branch.ending.on[0] in fresh
    if branch.ending is not None:
        return False
    if branch.has_ended:
        return branch.stand is not None and (branch.parent is None or branch.stand.seq in undone)
    return branch.is_at_edge


def _forget(branch: Branch, writes: Writes) -> None:
    """Leave out the wait that a branch came to: it stands before it."""
    if isinstance(branch.ending, Waiting):
        writes.forget_wait(branch.ending.on[0])
