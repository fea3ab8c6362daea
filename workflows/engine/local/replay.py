"""Replay: the durable verbs over a journal. What is in it answers; what is not, happens once.

A result is durable before the *next effect* begins, not before the next line of the job: entries
are collected and written together, before a step function is called, or with the park or the
finish that ends the pass.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from store.journal import Entry
from store.tables import EntryKind, EntryStatus, RunStatus, WaitKind
from workflows.clock import Clock
from workflows.duration import Duration, duration
from workflows.engine.local import branches, calling
from workflows.engine.local.branches import Branch
from workflows.engine.local.journal import Journal, label
from workflows.engine.local.outcome import Broken, Later, NewWait, Waiting, Writes, is_open_wait
from workflows.errors import (
    Blocked,
    ConcurrentStep,
    NestedStep,
    Parked,
    PassOver,
    Postponed,
    RunCancelled,
)
from workflows.event import Event
from workflows.ids import step_key
from workflows.plain import dumps, loads
from workflows.step import (
    CurrentStep,
    Opening,
    Retries,
    checked_events,
    checked_kinds,
    checked_name,
    in_step,
)

log = logging.getLogger(__name__)

MOST_ENTRIES = 10_000
LARGEST_JOURNAL = 32 * 1024 * 1024  # characters of JSON
RANDOM_BITS = 53  # what a float can tell apart
IN_ONE_STEP = frozenset({EntryStatus.DONE, EntryStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass knows of its run. *tries* counts passes since the last entry, this one included.

    *record* writes entries down and answers whether a cancel has been asked for.
    """

    installation: str
    run_id: str
    tries: int
    cancel_requested: bool
    record: Callable[[Writes], Awaitable[bool]]
    clock: Clock
    accepted: int = 0


class Replay:
    """`Step` over one run's journal, for one pass."""

    def __init__(self, entries: Sequence[Entry], of: Pass) -> None:
        self._journal = Journal(entries, of.accepted)
        self._pass = of
        self._tries = of.tries
        self._cancel_requested = of.cancel_requested
        self._root = Branch(self._journal.reading())
        self._branches: dict[asyncio.Task[Any] | None, Branch] = {
            asyncio.current_task(): self._root
        }
        self._writing = asyncio.Lock()
        self._broken: Broken | None = None
        self._has_waits = any(is_open_wait(entry) for entry in entries)
        self.has_swallowed = False
        self.writes = Writes()
        self.lost: Exception | None = None
        self.failures: dict[str, int] = {}

    @property
    def ending(self) -> Waiting | Later | Broken | None:
        """How the pass ended by itself; None: the job has returned or raised."""
        return self._broken or self._root.ending

    def let_go(self) -> None:
        """The run ends: nobody waits any more for what a branch of it may have opened."""
        self.writes = self.writes.without_waits()
        if self._has_waits:
            self.writes.give_up_waits("")

    # -- the verbs ----------------------------------------------------------------------------

    async def run(
        self,
        name: str,
        call: Callable[..., Any],
        *args: Any,
        retries: Retries | None = None,
        timeout: Duration | None = None,
        at_most_once: bool = False,
    ) -> Any:
        """See `Step.run`."""
        branch = self._enter(name)
        calling.check_call(name, call)
        how = calling.manner(name, retries, timeout, at_most_once=at_most_once)
        nth, entry = self._find(branch, EntryKind.STEP, name)
        if entry is None or entry.status is EntryStatus.RETRYING:
            entry = await self._execute(branch, entry, name, nth, call, args, how)
        elif entry.status is EntryStatus.STARTED:
            entry = self._settle(entry, calling.unknown(name))
        return self._answer(entry)

    async def wait_for_event(
        self,
        name: str,
        *,
        timeout: Duration,
        expected: Sequence[str],
        opening: Opening | None = None,
    ) -> Event:
        """See `Step.wait_for_event`."""
        length, kinds = duration(timeout), checked_kinds(expected)
        kind = WaitKind.EVENT if opening is None else WaitKind.APPROVAL
        branch = self._enter(name)
        nth, entry = self._find(branch, EntryKind.WAIT, name)
        wait = NewWait(branch.prefix + name, nth, kind, kinds, length, opening)
        return _event(name, self._wait(branch, entry, (wait.name, nth), [wait]))

    async def wait_for_any(
        self, name: str, events: Mapping[str, Sequence[str]], *, timeout: Duration
    ) -> Event:
        """See `Step.wait_for_any`."""
        length, expected = duration(timeout), checked_events(events)
        branch = self._enter(name)
        nth, entry = self._find(branch, EntryKind.WAIT, name)
        key = (branch.prefix + name, nth)
        waits = [
            NewWait(full, branch.reading.use(full), WaitKind.EVENT, kinds, length, any_of=key)
            for full, kinds in ((branch.prefix + each, kinds) for each, kinds in expected.items())
        ]
        value = self._wait(branch, entry, key, waits)
        return _event(value.get("name", key[0]).removeprefix(branch.prefix), value)

    async def gather(self, name: str, *coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
        """See `Step.gather`."""
        try:
            branches.check_coroutines(name, coroutines)
            branch = self._enter(name)
            nth, entry = self._find(branch, EntryKind.GATHER, name)
            self._check_width(branch, entry, name, nth, len(coroutines))
        except BaseException:
            branches.close(coroutines)
            raise
        prefixes = [f"{branch.prefix}{name}#{nth}[{place}]/" for place in range(len(coroutines))]
        inner = [Branch(self._journal.reading(prefix), prefix) for prefix in prefixes]
        branch.is_busy = True
        try:
            ends = await branches.run_all(inner, coroutines, self._begin, self._leave)
        finally:
            branch.is_busy = False
        return self._gathered(branch, ends)

    async def sleep(self, name: str, length: Duration) -> None:
        """See `Step.sleep`."""
        pause = duration(length, "length")
        branch = self._enter(name)
        nth, entry = self._find(branch, EntryKind.WAIT, name)
        wait = NewWait(branch.prefix + name, nth, WaitKind.SLEEP, (), pause)
        self._wait(branch, entry, (wait.name, nth), [wait])

    async def now(self) -> datetime:
        """See `Step.now`."""
        text = self._fact(EntryKind.NOW, lambda: self._pass.clock.now().isoformat())
        return datetime.fromisoformat(text)

    async def uuid(self) -> UUID:
        """See `Step.uuid`."""
        fresh = lambda: str(UUID(bytes=secrets.token_bytes(16), version=4))  # noqa: E731
        return UUID(self._fact(EntryKind.UUID, fresh))

    async def random(self) -> float:
        """See `Step.random`."""
        fresh = lambda: secrets.randbits(RANDOM_BITS) / 2**RANDOM_BITS  # noqa: E731
        return float(self._fact(EntryKind.RANDOM, fresh))

    def patched(self, name: str) -> bool:
        """See `Step.patched`."""
        branch = self._enter(name)
        nth, entry = self._look(branch, EntryKind.PATCH, name)
        if entry is None and branch.reading.has_gone_further():
            return False
        if entry is None:
            self._add(branch, EntryKind.PATCH, name, nth, EntryStatus.DONE, dumps(True))  # noqa: FBT003
        return True

    # -- where and when a verb may be called ----------------------------------------------------

    def _enter(self, name: str) -> Branch:
        """Check that a verb may be called here and now; answer the branch that calls it."""
        checked_name(name)
        if in_step():
            raise NestedStep(
                f"{name!r} was called inside a step function: call it in the job, one after the"
                " other"
            )
        branch = self._branches.get(asyncio.current_task())
        if branch is None or branch.is_busy:
            raise ConcurrentStep(
                f"{name!r} was called beside another step: a job awaits one thing at a time;"
                " ctx.step.gather(…) does several at once"
            )
        if branch.ending or self._broken or self.lost:
            # Its signal was swallowed, or this is a `finally`: nothing more happens in this pass.
            raise PassOver
        return branch

    def _look(self, branch: Branch, kind: EntryKind, name: str) -> tuple[int, Entry | None]:
        """Answer which use of *name* this is, and what it did before; None: it is new."""
        try:
            found = branch.reading.look(kind, branch.prefix + name)
        except Blocked as blocked:
            self._broken = Broken(RunStatus.BLOCKED, blocked.reason)
            raise
        self.writes.superseded += branch.reading.superseded
        branch.reading.superseded.clear()
        return found

    def _find(self, branch: Branch, kind: EntryKind, name: str) -> tuple[int, Entry | None]:
        """See `_look`. Stops before something is done where a cancel was asked for, or the code
        has changed."""
        nth, entry = self._look(branch, kind, name)
        if entry is None or (kind is EntryKind.STEP and entry.status not in IN_ONE_STEP):
            self._tell(branch)
        if entry is None:
            try:
                branch.reading.refuse_insertion(branch.prefix + name, nth)
            except Blocked as blocked:
                self._broken = Broken(RunStatus.BLOCKED, blocked.reason)
                raise
            self._refuse_too_much()
        return nth, entry

    def _refuse_too_much(self) -> None:
        """End the run where its journal would grow too large to be read in every pass."""
        written, size = self._journal.written, self._journal.size
        if written < MOST_ENTRIES and size < LARGEST_JOURNAL:
            if written == MOST_ENTRIES // 4:
                log.warning("run %s has %d journal entries", self._pass.run_id, written)
            return
        message = (
            f"the journal has {written} entries and {size} characters; {MOST_ENTRIES} and"
            f" {LARGEST_JOURNAL} are kept: split the work into runs of its own"
        )
        error = {"kind": "JournalTooLarge", "message": message, "step": None}
        self._broken = Broken(RunStatus.FAILED, dumps(error))
        raise PassOver

    def _tell(self, branch: Branch) -> None:
        # Once: the closing code of a cancelled run may take steps of its own.
        if self._cancel_requested and not branch.is_told:
            branch.is_told = True
            raise RunCancelled

    # -- steps ----------------------------------------------------------------------------------

    async def _execute(
        self,
        branch: Branch,
        entry: Entry | None,
        name: str,
        nth: int,
        call: Callable[..., Any],
        args: tuple[Any, ...],
        how: calling.Manner,
    ) -> Entry:
        """Call the step function; answer its entry, or raise Postponed until the next attempt."""
        before = entry.attempt if entry else 0
        if entry is not None and (left := calling.time_left(entry.value, self._pass.clock.now())):
            self._postpone(branch, entry, left)
        if how.at_most_once:
            entry = entry or self._new(branch, EntryKind.STEP, name, nth, EntryStatus.STARTED, None)
            self.writes.entries.append(entry._replace(status=EntryStatus.STARTED))
        await self._write_down(branch)
        # A pass that ended without a word may have got as far as calling this step.
        attempt = before + self._tries
        key = step_key(self._pass.installation, self._pass.run_id, branch.prefix + name, nth)
        branch.is_busy = True
        try:
            result = await calling.attempt(name, CurrentStep(key, attempt), call, args, how)
        finally:
            branch.is_busy = False
        if entry is None:
            entry = self._new(branch, EntryKind.STEP, name, nth, EntryStatus.STARTED, None)
        entry = self._settle(entry._replace(attempt=attempt), result)
        if entry.status is EntryStatus.RETRYING:
            branch.ending = branch.later(result.again_in)
            raise Postponed
        return entry

    def _postpone(self, branch: Branch, entry: Entry, left: timedelta) -> NoReturn:
        """End the branch's pass before the step is due; what was tried without a word counts."""
        unheard = 0 if self.writes else self._tries - 1
        self.writes.entries.append(entry._replace(attempt=entry.attempt + unheard))
        branch.ending = branch.later(left)
        raise Postponed

    def _settle(self, entry: Entry, result: calling.Result) -> Entry:
        value = result.value
        if result.status is EntryStatus.RETRYING:
            value = calling.to_try_again(result, self._pass.clock.now())
        self._journal.size += len(value)
        settled = entry._replace(status=result.status, value=value)
        self.writes.entries.append(settled)
        return settled

    def _answer(self, entry: Entry) -> Any:
        if entry.status is EntryStatus.DONE:
            return loads(entry.value or "null")
        step = label(entry.name, entry.nth)
        self.failures[step] = entry.seq
        raise calling.raised(entry.value or "null", step)

    async def _write_down(self, branch: Branch) -> None:
        """Make what has happened durable before something else happens."""
        if not self.writes and not self._writing.locked():
            return
        branch.is_busy = True
        try:
            # One after the other: what this branch has done may be in another one's hands.
            async with self._writing:
                await self._record()
        finally:
            branch.is_busy = False
        self._tell(branch)

    async def _record(self) -> None:
        writes, self.writes = self.writes, Writes()
        if not writes:
            return
        try:
            self._cancel_requested |= await self._pass.record(writes)
        except Exception as error:
            # As an exception it would be the job's to catch, and effects could follow.
            self.lost = error
            raise PassOver from error
        self._has_waits |= bool(writes.waits)
        self._tries = 1

    # -- waits ----------------------------------------------------------------------------------

    def _wait(
        self, branch: Branch, entry: Entry | None, key: tuple[str, int], waits: list[NewWait]
    ) -> Any:
        """Answer what ended the wait (of several, the first); raises Parked until something has."""
        if entry is None:
            self.writes.entries.append(
                self._entry(branch, EntryKind.WAIT, *key, EntryStatus.STARTED, None)
            )
            self.writes.waits += waits
            self._park(branch, waits)
        if entry.status is EntryStatus.CANCELLED:
            branch.is_told = True
            raise RunCancelled
        if entry.status is EntryStatus.STARTED:
            self._park(branch, waits)
        return loads(entry.value or "null")

    def _park(self, branch: Branch, waits: list[NewWait]) -> NoReturn:
        branch.ending = branch.waiting(*((wait.name, wait.nth) for wait in waits))
        raise Parked

    # -- branches -------------------------------------------------------------------------------

    def _check_width(
        self, branch: Branch, entry: Entry | None, name: str, nth: int, width: int
    ) -> None:
        """Write down how many branches there are; raises Blocked where there were others."""
        if entry is None:
            self._add(branch, EntryKind.GATHER, name, nth, EntryStatus.STARTED, dumps(width))
        elif (before := loads(entry.value or "0")) != width:
            reason = (
                f"nondeterminism: {label(entry.name, nth)!r} gathers {width} branches in the code,"
                f" but {before} when this run reached it. Nothing was executed. Make the number"
                " depend on the run's input and journal only, bring the old code back and retry,"
                " or cancel the run"
            )
            self._broken = Broken(RunStatus.BLOCKED, reason)
            raise Blocked(reason)

    def _begin(self, branch: Branch) -> None:
        self._branches[asyncio.current_task()] = branch

    async def _leave(self, branch: Branch) -> None:
        """A branch has ended or parked: what it did is written down before the others go on."""
        del self._branches[asyncio.current_task()]
        is_last = len(self._branches) == 1
        if is_last or self._broken or self.lost or not self.writes:
            return
        try:
            async with self._writing:
                await self._record()
        except PassOver:
            pass  # The others meet it at their next verb.

    def _gathered(self, branch: Branch, ends: list[branches.End]) -> list[Any]:
        """Answer the results; or end the branch's pass, or raise the first error."""
        if self.lost is not None or self._broken is not None:
            raise PassOver
        self.has_swallowed |= any(end.has_swallowed for end in ends)
        error = branches.first_error(ends)
        if any(end.is_parked for end in ends):
            self._park_together(
                branch, branches.merged(ends), [e for e in ends if e.is_parked], error
            )
        if error is not None:
            raise error
        if branches.is_cancelled(ends):
            branch.is_told = True
            raise RunCancelled
        return [end.value for end in ends]

    def _park_together(
        self,
        branch: Branch,
        ending: Waiting | Later,
        parked: list[branches.End],
        error: Exception | None,
    ) -> NoReturn:
        branch.ending = ending
        if error is not None and ending.on:
            # Nobody waits any more: their closing code runs, in a pass of its own.
            for end in parked:
                self.writes.give_up_waits(end.branch.prefix)
            branch.ending = Later(timedelta(), ending.on, ending.closing, ending.is_told)
        raise Parked

    # -- entries --------------------------------------------------------------------------------

    def _fact(self, kind: EntryKind, make: Callable[[], Any]) -> Any:
        """Answer what *make* said the first time."""
        branch = self._enter(kind.value)
        nth, entry = self._find(branch, kind, kind.value)
        if entry is None:
            value = dumps(make())
            entry = self._add(branch, kind, kind.value, nth, EntryStatus.DONE, value)
        return loads(entry.value or "null")

    def _add(
        self,
        branch: Branch,
        kind: EntryKind,
        name: str,
        nth: int,
        status: EntryStatus,
        value: str | None,
    ) -> Entry:
        entry = self._new(branch, kind, name, nth, status, value)
        self.writes.entries.append(entry)
        return entry

    def _new(
        self,
        branch: Branch,
        kind: EntryKind,
        name: str,
        nth: int,
        status: EntryStatus,
        value: str | None,
    ) -> Entry:
        return self._entry(branch, kind, branch.prefix + name, nth, status, value)

    def _entry(
        self,
        branch: Branch,
        kind: EntryKind,
        full: str,
        nth: int,
        status: EntryStatus,
        value: str | None,
    ) -> Entry:
        seq = branch.reading.next_seq()
        return Entry(seq, full, nth, kind, status, 1, value, self._pass.clock.now())


def _event(name: str, value: Mapping[str, Any]) -> Event:
    at = value.get("at")
    return Event(
        name=name,
        kind=value["kind"],
        payload=value.get("payload", {}),
        actor=value.get("actor"),
        at=datetime.fromisoformat(at) if at else None,
    )
