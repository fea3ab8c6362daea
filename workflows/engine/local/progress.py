"""Progress: how far a pass has come. What the journal answers, and what is to be written down.

A result is durable before the *next effect* begins, not before the next line of the job: entries
are collected and written together, before a step function is called, or with the park or the
finish that ends the pass.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, NoReturn, TypeVar

from store.journal import Entry
from store.tables import EntryKind, EntryStatus, RunStatus
from workflows.clock import Clock
from workflows.engine.local import firsts
from workflows.engine.local.accepted import Accepted
from workflows.engine.local.branches import Branch, beside
from workflows.engine.local.calls import Calls
from workflows.engine.local.cancelling import CancelAsked, Telling
from workflows.engine.local.journal import RETURNED, Journal, label
from workflows.engine.local.outcome import (
    Broken,
    Done,
    Later,
    Outcome,
    Waiting,
    Writes,
    is_open_wait,
)
from workflows.engine.local.said import Said
from workflows.engine.local.verbs import Verbs
from workflows.errors import Blocked, NestedStep, PassOver, Postponed
from workflows.plain import dumps, loads
from workflows.registry import Registry
from workflows.results import Misfit
from workflows.step import checked_name, in_step

log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_ENTRIES = 10_000
MOST_TIMERS = 100  # that are looked at before something new is done
MOST_TURNS = 10_000  # of the loop, in which a replay comes to its end
LARGEST_JOURNAL = 32 * 1024 * 1024  # characters of JSON
SETTLED = frozenset({EntryStatus.DONE, EntryStatus.FAILED})
# They take no time: nobody stands at them.
FACTS = frozenset({EntryKind.NOW, EntryKind.UUID, EntryKind.RANDOM})
UNTOLD = (
    "nondeterminism: this run is to be cancelled where it stands, and the code does not come there"
    " any more: {}. Nothing was executed. Bring the old code back and retry; or retry to go on with"
    " the code as it is now; or cancel the run by force, without its closing code"
)


def _is_timed(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether an `asyncio.timeout` is around what this task does now: a wait would outlive it.

    asyncio tells nobody, but its timer is bound to it. Of a server's timers those that are due
    soonest are looked at.
    """
    task = asyncio.current_task(loop)
    for timer in islice(getattr(loop, "_scheduled", ()), MOST_TIMERS):
        timeout = getattr(timer._callback, "__self__", None)  # noqa: SLF001
        if isinstance(timeout, asyncio.Timeout) and timeout._task is task:  # type: ignore[attr-defined]  # noqa: SLF001
            return True
    return False


class Stop:
    """Whether a pass is being ended from outside: its process stops, or its lease is lost.

    A job can cancel its own task as well, or raise CancelledError: that is its own doing.
    """

    __slots__ = ("is_asked",)

    def __init__(self) -> None:
        self.is_asked = False


class Pass(NamedTuple):
    """What a pass knows of its run. *tries* counts passes since the last entry, this one included.

    *record* writes entries down, and raises CancelAsked instead where the pass has not heard of a
    cancel; *cancel_under_way*: see `Telling`. *accepted* is how far a person takes the code as it
    is now. *parents* counts the runs above it, *address* is that of our pages.
    """

    installation: str
    run_id: str
    tries: int
    cancel_requested: bool
    record: Callable[[Writes], Awaitable[bool]]
    clock: Clock
    registry: Registry
    calls: Calls
    stop: Stop
    job: str = ""
    cancel_under_way: bool | None = None
    accepted: Accepted = Accepted()
    requested_by: str = ""
    parents: int = 0
    address: str = ""
    said: str | None = None


@dataclass(eq=False, slots=True)
class Trying:
    """A step whose function is being called, and the entry it has by now."""

    branch: Branch
    name: str
    nth: int
    attempt: int
    entry: Entry | None
    asked: str | None = None


def _is_within(branch: Branch, parent: Branch) -> bool:
    """Whether a branch is part of another one."""
    while branch.parent is not None:
        if branch.parent is parent:
            return True
        branch = branch.parent
    return False


class Progress:
    """One pass over one run's journal. Made in the task that calls the job's function."""

    def __init__(self, entries: Sequence[Entry], of: Pass) -> None:
        self.run = of
        self.journal = Journal(entries, of.accepted.seq)
        self.writes = Writes()
        self.verbs = Verbs()
        self._said = Said(of.said)
        self.lost: Exception | None = None
        self._failures: list[tuple[BaseException, int]] = []
        self._gathered: list[tuple[BaseException, int]] = []
        self.let_stand: list[Entry] = []  # results that are used for other arguments now
        self.newly_asked: list[tuple[str, str]] = []  # names of waits, and digests of what they ask
        self.has_acted = False  # whether a step was called, or something written down
        self.notes: defaultdict[str, list[str]] = defaultdict(list)
        self.has_swallowed = False
        self._loop = asyncio.get_running_loop()
        self._root = Branch(self.journal.reading(), tries=of.tries)
        self._task = asyncio.current_task(self._loop)
        self._branches: dict[asyncio.Task[Any] | None, Branch] = {self._task: self._root}
        self._everyone = [self._root]
        self._has_news = False  # a wait of a branch that races may have ended meanwhile
        self.telling = Telling(
            self._mark, is_asked=of.cancel_requested, was_under_way=of.cancel_under_way
        )
        self._writing = asyncio.Lock()
        # From before a step is called until it has an end: its tries are counted.
        self.under_way: set[Trying] = set()
        self._to_begin: set[Branch] = set()
        self._all_begun = asyncio.Event()
        self._broken: Broken | None = None
        self._has_waits = any(is_open_wait(entry) for entry in entries)

    def close(self) -> None:
        """Let go of everything at once, when the pass is over.

        Task, branches and readings know one another: without this, only the collector of cycles
        would find them, and it costs more than a pass does.
        """
        self.journal.let_go()
        self._branches.clear()
        self._everyone.clear()
        del self._task, self.telling

    @property
    def ending(self) -> Waiting | Later | Broken | None:
        """How the pass ended by itself; None: the job has returned or raised."""
        return self._broken or self._root.ending

    @property
    def is_over(self) -> bool:
        """Whether nothing more may happen in this pass, in whatever branch."""
        return self._broken is not None or self.lost is not None

    @property
    def is_stopped(self) -> bool:
        """Whether the pass is being ended from outside."""
        return self.run.stop.is_asked

    def failed(self, error: BaseException, seq: int) -> None:
        """Note the error that the job is given for an entry that has failed."""
        self._failures.append((error, seq))

    def gathered(self, error: BaseException, seq: int) -> None:
        """Note an error that is raised out of a gather."""
        self._gathered.append((error, seq))

    def cause(self, errors: Sequence[BaseException]) -> int | None:
        """Answer the place in the journal that *errors* come from; None: nowhere in it.

        That of the step or wait which failed; else, of an error of the job's own that was raised
        out of gathers, the innermost's.
        """
        places = (
            seq
            for known in (self._failures, self._gathered)
            for each in errors
            for error, seq in known
            if error is each
        )
        return next(places, None)

    def let_go(self) -> None:
        """The run ends: nobody waits any more for what a branch of it may have opened."""
        self.writes = self.writes.without_waits()
        if self._has_waits:
            self.writes.give_up_waits("")

    # -- where a verb is called, and what the journal answers -----------------------------------

    def enter(self, name: str) -> Branch:
        """Check that a verb may be called here and now; answer the branch that calls it.

        Raises StepMisused, and PassOver once the pass has ended.
        """
        checked_name(name)
        if in_step():
            raise NestedStep(
                f"{name!r} was called inside a step function: call it in the job, one after the"
                " other"
            )
        task = asyncio.current_task(self._loop)
        branch = self._branches.get(task)
        if branch is None or branch.is_busy:
            raise beside(repr(name))
        if branch.ending or self.is_over or self.is_stopped:
            # Its signal was swallowed, or this is a `finally`: nothing more happens in this pass.
            raise PassOver
        return branch

    def is_first_time(self) -> bool:
        """Count a line of the log where it is said; whether no earlier pass has said it."""
        if in_step():
            return True
        branch = self._branches.get(asyncio.current_task(self._loop), self._root)
        if branch.ending or branch.goes_back or self.is_over or self.is_stopped:
            return False  # a `finally` at the end of a pass: the job comes by again
        is_new = self._said.is_new(branch)
        if is_new:
            self.writes.said = self._said.stored()
        return is_new

    @contextmanager
    def undisturbed(self, name: str) -> Iterator[None]:
        """Raise StepMisused where the job's own code cancels what a verb does in the block."""
        try:
            yield
        except asyncio.CancelledError:
            if self.is_stopped:
                raise
            raise beside(repr(name)) from None

    def look(
        self, branch: Branch, kind: EntryKind, name: str, form: str | None = None
    ) -> tuple[int, Entry | None]:
        """Answer which use of *name* this is, and what it did before; None: it is new."""
        try:
            found = branch.reading.look(kind, branch.prefix + name, form)
        except Blocked as blocked:
            self.block(blocked.reason, blocked.cause)
        self._take_out(branch)
        return found

    def find(
        self, branch: Branch, kind: EntryKind, name: str, form: str | None = None
    ) -> tuple[int, Entry | None]:
        """See `look`. Stops before something is done where the code has changed, or a cancel was
        asked for, or the journal is full."""
        if kind not in FACTS:
            self.telling.at_first(branch)
        nth, entry = self.look(branch, kind, name, form)
        if entry is None or (kind is EntryKind.STEP and entry.status not in SETTLED):
            self.telling.at_next(branch)
        if entry is None:
            try:
                branch.reading.refuse_insertion(branch.prefix + name, nth)
            except Blocked as blocked:
                self.block(blocked.reason, blocked.cause)
            if kind not in FACTS:
                self.telling.before(branch, kind)
                self.yield_to_first(branch)
            self._refuse_too_much()
        if (entry is None or entry.status not in SETTLED) and _is_timed(self._loop):
            raise beside(repr(name))
        return nth, entry

    def read(self, entry: Entry, of: Callable[[Any], T]) -> T:
        """Answer what *of* makes of an entry's value.

        Blocks where it makes nothing of it: the row was written over by somebody else, and a
        job must not go on as if a step had answered that.
        """
        try:
            return of(loads(entry.value or "null"))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            self._unreadable(entry, error)

    def _unreadable(self, entry: Entry, error: Exception) -> NoReturn:
        self.block(
            f"corrupt: the journal entry {label(entry.name, entry.nth)!r} cannot be read"
            f" ({type(error).__name__}). Nothing was executed. Mend it and retry, or cancel the"
            " run",
            {"code": "corrupt", "name": label(entry.name, entry.nth)},
        )

    def result(self, entry: Entry, of: Callable[[str], T]) -> T:
        """Answer a result as what the code says that it is; blocks where it does not fit that."""
        try:
            return of(entry.value or "null")
        except Misfit as misfit:
            self.block(
                f"result: what {label(entry.name, entry.nth)!r} returned does not fit what the"
                f" code says that it returns now ({misfit}). Nothing was executed. Bring the old"
                " code back and retry, or cancel the run",
                {"code": "result", "name": label(entry.name, entry.nth)},
            )
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            self._unreadable(entry, error)

    def block(self, reason: str, cause: Mapping[str, Any] | None = None) -> NoReturn:
        """End the pass: a person decides."""
        self._broken = Broken(RunStatus.BLOCKED, reason, cause=cause)
        raise Blocked(reason, cause)

    def note(self, what: str, entry: Entry) -> None:
        """Have people told of an entry what is so of it."""
        self.notes[what].append(label(entry.name, entry.nth))

    def ask_again(self, entries: Iterable[Entry]) -> None:
        """Take waits out of the journal: what they asked, the code asks otherwise now."""
        for entry in entries:
            self.journal.take_out(entry)
            self.writes.superseded.append(entry.seq)
            self.writes.asked_again.append((entry.name, entry.nth))

    def _take_out(self, branch: Branch) -> None:
        self.writes.superseded += branch.reading.superseded
        branch.reading.superseded.clear()

    def _mark(self, branch: Branch, where: str) -> None:
        """Have it written down where in a branch a cancel is raised."""
        self.put(branch, self.entry(branch, EntryKind.CANCEL, where, 1, EntryStatus.DONE))

    def hear(self, outcome: Outcome) -> Outcome:
        """Answer how a pass ends that could not be written, a cancel having been asked for."""
        self._root.has_ended = self._root.ending is None
        is_again = not self.is_over and self.telling.hear(self._everyone, self.writes)
        return self._again(outcome) if is_again else outcome

    def to_be_told(self, outcome: Outcome) -> Outcome:
        """Answer how a pass ends whose job has ended by itself, untold that it is cancelled."""
        root = self._root
        if self.is_over or not self.telling.is_due(root):
            return self._as_returned(outcome)
        if unmet := root.reading.unmet():
            return Broken(RunStatus.BLOCKED, UNTOLD.format(", ".join(unmet)))
        return self._again(outcome) if self.telling.end(root) else outcome

    def _again(self, outcome: Outcome) -> Later:
        """Have the job told; what it has returned counts where it does nothing about it then."""
        if isinstance(outcome, Done):
            kind, done = EntryKind.CANCEL, EntryStatus.DONE
            self._put(self.entry(self._root, kind, RETURNED, 1, done, outcome.result))
        return Later(timedelta())

    def _as_returned(self, outcome: Outcome) -> Outcome:
        """Answer what a job had returned that was told of a cancel then, and let it through."""
        returned = self._root.reading.mark(RETURNED)
        if returned is None or returned.seq != self.journal.written:
            return outcome
        is_let_through = isinstance(outcome, Broken) and outcome.status is RunStatus.CANCELLED
        return Done(returned.value or "null") if is_let_through else outcome

    def _refuse_too_much(self) -> None:
        """End the run where its journal would grow too large to be read in every pass."""
        written, size = self.journal.written, self.journal.size
        if written < MOST_ENTRIES and size < LARGEST_JOURNAL:
            if written == MOST_ENTRIES // 4:
                log.warning("run %s has %d journal entries", self.run.run_id, written)
            return
        message = (
            f"the journal has {written} entries and {size} characters; {MOST_ENTRIES} and"
            f" {LARGEST_JOURNAL} are kept: split the work into runs of its own"
        )
        error = {"kind": "JournalTooLarge", "message": message, "step": None}
        self._broken = Broken(RunStatus.FAILED, dumps(error))
        raise PassOver

    def now(self) -> datetime:
        """Answer the time; as in a transaction, it never runs backwards in a run."""
        self.journal.latest = max(self.journal.latest, self.run.clock.now())
        return self.journal.latest

    # -- what is to be written down -------------------------------------------------------------

    def entry(
        self,
        branch: Branch,
        kind: EntryKind,
        name: str,
        nth: int,
        status: EntryStatus = EntryStatus.STARTED,
        value: str | None = None,
        asked: str | None = None,
    ) -> Entry:
        """Answer a new entry of a branch, at the end of the journal."""
        seq = branch.reading.next_seq()
        return Entry(seq, branch.prefix + name, nth, kind, status, 1, value, self.now(), asked)

    def put(self, branch: Branch, entry: Entry) -> Entry:
        """Have an entry of a branch written down, at the next occasion."""
        branch.tries = 1
        return self._put(entry)

    def _put(self, entry: Entry) -> Entry:
        self.journal.grow(entry)
        self.writes.journal_bytes = self.journal.bytes
        self.writes.entries.append(entry)
        return entry

    async def read_all(self, branch: Branch) -> None:
        """Wait until every branch has come as far as the journal goes, or has parked.

        So one that has changed ends the pass before another one does anything. A branch that the
        journal answers goes on without a pause: none that has begun has more to read. Raises
        PassOver.
        """
        if branch is not self._root:
            await asyncio.sleep(0)  # The last to begin has nobody to wait for, and comes last.
        while self._to_begin:
            await self._all_begun.wait()
        if self.is_over:
            raise PassOver
        self.has_acted = True

    async def write_down(self, branch: Branch, *, is_begun: bool = False) -> None:
        """Make what has happened durable before something else happens.

        Raises Postponed where the branch goes back, a cancel having been asked for meanwhile;
        PassOver where the store could not write. *is_begun*: the step it is about to take has been
        before, and goes on.
        """
        if not self.writes and not self._writing.locked():
            return
        branch.is_busy = True
        branch.is_at_edge = not is_begun
        try:
            await self._record()
        finally:
            branch.is_busy = branch.is_at_edge = False
        if self.is_over:
            # What this branch has done may have been in the hands of one that could not write it.
            raise PassOver
        if not is_begun:
            self.yield_to_first(branch)
        if branch.goes_back:
            raise Postponed

    async def let_others_come(self, branch: Branch) -> None:
        """Let those replay that a branch races with, before it begins something new."""
        if branch.is_told or not firsts.is_raced(branch):
            return
        for _ in range(MOST_TURNS):
            if firsts.are_replayed(branch, self._everyone):
                break
            await asyncio.sleep(0)
        self.yield_to_first(branch)

    def yield_to_first(self, branch: Branch) -> None:
        """Raise Postponed where something else in a `first` has ended, or may have: it is over."""
        is_late = firsts.has_lost(branch) or (self._has_news and firsts.is_raced(branch))
        if is_late and not branch.is_told:
            branch.go_back()
            raise Postponed

    def taken(self) -> Writes:
        """Answer what is to be written, as of what the pass knows."""
        self.writes.has_heard = self.telling.is_asked
        self.writes.watched = firsts.watched(self._everyone)
        return self.writes

    async def _record(self) -> None:
        # One after the other: what this branch has done may be in another one's hands.
        async with self._writing:
            if not self.writes:
                return
            await self._count_tries()
            writes, self.writes = self.taken(), Writes()
            self.has_acted = True
            try:
                try:
                    self._has_news |= await self.run.record(writes)
                except CancelAsked:
                    self.writes = writes.before(self.writes)
                    self.telling.hear(self._everyone, self.writes)
                    writes, self.writes = self.taken(), Writes()
                    self._has_news |= await self.run.record(writes)
            except Exception as error:
                # As an exception it would be the job's to catch, and effects could follow.
                self.lost = error
                raise PassOver from error
            self._has_waits |= bool(writes.waits)

    async def _count_tries(self) -> None:
        """Have it written down how often steps that are under way in other branches were tried.

        Passes are counted since the last entry of the run, which is now going to be this branch's.
        The try under way is left out: the pass counts it, should it end without a word.
        """
        if self.run.tries > 1 and self._to_begin:
            # So far a branch has not said what it was about to do when an earlier pass died.
            await self._all_begun.wait()
        for step in self.under_way:
            known = step.entry.attempt if step.entry else 0
            if step.attempt - known > 1:
                entry = step.entry or self.entry(
                    step.branch,
                    EntryKind.STEP,
                    step.name,
                    step.nth,
                    EntryStatus.RETRYING,
                    asked=step.asked,
                )
                step.entry = self._put(entry._replace(attempt=step.attempt - 1))

    # -- branches -------------------------------------------------------------------------------

    def new_branch(self, of: Branch, prefix: str) -> Branch:
        """Answer a branch of a branch, for a task that is to begin."""
        reading = self.journal.reading(prefix, of.reading)
        branch = Branch(reading, prefix, is_told=of.is_told, tries=of.tries, parent=of)
        branch.is_given_up = of.is_given_up
        self._everyone.append(branch)
        self._to_begin.add(branch)
        self._all_begun.clear()
        return branch

    def begin(self, branch: Branch) -> None:
        """Take the verbs of the current task for those of *branch*."""
        self._branches[asyncio.current_task()] = branch
        self.expect_no_more([branch])

    def expect_no_more(self, branches: Iterable[Branch]) -> None:
        """Wait no longer for branches to begin: they have, or never will."""
        self._to_begin.difference_update(branches)
        if not self._to_begin:
            self._all_begun.set()

    def _give_up_beside(self, branch: Branch) -> None:
        """Let go of what nobody waits for any more, a branch having failed: at once."""
        parent = branch.parent
        while parent is not None:
            if parent.has_failed:
                inside = [each for each in self._everyone if _is_within(each, parent)]
                for each in inside:
                    if isinstance(each.ending, Waiting) and each.gather is None:
                        self.writes.give_up_waits(each.prefix, each.ending.closing)
            parent = parent.parent

    def goes_on(self, branch: Branch, inner: Iterable[Branch]) -> None:
        """A branch of a gather has ended: after the last of them, what gathered them reads on."""
        if not set(inner) & {*self._branches.values(), *self._to_begin}:
            self._to_begin.add(branch)
            self._all_begun.clear()

    async def leave(self, branch: Branch) -> None:
        """A branch has ended or parked: what it did is written down before the others end."""
        del self._branches[asyncio.current_task()]
        self._give_up_beside(branch)
        is_alone = len(self._branches) == 1
        if is_alone or self.is_over or not self.writes:
            return
        with suppress(PassOver):  # The others meet it at their next verb.
            await self._record()
