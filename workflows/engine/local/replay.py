"""Replay: the durable verbs over a journal. What is in it answers; what is not, happens once."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from store.journal import Entry
from store.tables import EntryKind, EntryStatus, WaitKind
from workflows import results
from workflows.asked import (
    CALL,
    EVENT,
    FIRST,
    QUESTION,
    SLEEP,
    Asked,
    call_digest,
    is_call,
    is_question,
)
from workflows.duration import Duration, wait_length
from workflows.engine.local import answers, branches, calling, firsts, once
from workflows.engine.local.branches import Branch
from workflows.engine.local.calls import Call, NoThread
from workflows.engine.local.children import NewChild, new_child
from workflows.engine.local.firsts import Race
from workflows.engine.local.journal import label
from workflows.engine.local.outcome import Key, Later, NewWait, Waiting
from workflows.engine.local.progress import Progress, Trying
from workflows.errors import Parked, PassOver, Postponed, RunCancelled
from workflows.event import Event, Silence
from workflows.first import First
from workflows.inputs import Given
from workflows.plain import dumps, loads
from workflows.step import CurrentStep, Opening, Retries, Verb, checked_events, checked_kinds

T = TypeVar("T")

RANDOM_BITS = 53  # what a float can tell apart
NO_THREAD = timedelta(seconds=10)  # after which a step looks again whether it may have one
SILENCE = "timeout"  # no event is of this kind


class Replay:
    """`Step` over one run's journal, for one pass."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    # -- the verbs: each answers what the job has to await ---------------------------------------

    def run(
        self,
        name: str,
        call: Callable[..., Any],
        *args: Any,
        retries: Retries | None = None,
        timeout: Duration | None = None,
        at_most_once: bool = False,
    ) -> Verb[Any]:
        """See `Step.run`."""
        work = self._run(name, call, args, retries, timeout, at_most_once=at_most_once)
        return self.to_await("step.run", name, work)

    def wait_for_event(
        self,
        name: str,
        *,
        timeout: Duration,
        expected: Sequence[str],
        opening: Opening | None = None,
        asked: Asked | None = None,
    ) -> Verb[Event | Silence]:
        """See `Step.wait_for_event`."""
        work = self._wait_for_event(name, timeout, expected, opening, asked)
        return self.to_await("step.wait_for_event", name, work)

    def wait_for_any(
        self, name: str, events: Mapping[str, Sequence[str]], *, timeout: Duration
    ) -> Verb[Event | Silence]:
        """See `Step.wait_for_any`."""
        return self.to_await("step.wait_for_any", name, self._wait_for_any(name, events, timeout))

    def first(self, name: str, /, **coroutines: Verb[Any]) -> Verb[First[Any]]:
        """See `Step.first`."""
        work = self._first(name, coroutines)
        given = tuple(coroutines.values())
        self._progress.verbs.called("step.first", name, work, given)
        return work

    def gather(
        self, name: str, *coroutines: Verb[Any], return_exceptions: bool = False
    ) -> Verb[list[Any]]:
        """See `Step.gather`."""
        work = self._gather(name, coroutines, return_exceptions=return_exceptions)
        self._progress.verbs.called("step.gather", name, work, coroutines)
        return work

    def run_job(self, name: str, job: str, arguments: Given, *, timeout: Duration) -> Verb[Any]:
        """See `Step.run_job`."""
        return self.to_await("step.run_job", name, self._run_job(name, job, arguments, timeout))

    def sleep(self, name: str, length: Duration) -> Verb[None]:
        """See `Step.sleep`."""
        return self.to_await("step.sleep", name, self._sleep(name, length))

    def now(self) -> Verb[datetime]:
        """See `Step.now`."""
        fresh = lambda: self._progress.now().isoformat()  # noqa: E731
        work = self._fact(EntryKind.NOW, fresh, datetime.fromisoformat)
        return self.to_await("step.now", None, work)

    def uuid(self) -> Verb[UUID]:
        """See `Step.uuid`."""
        fresh = lambda: str(UUID(bytes=secrets.token_bytes(16), version=4))  # noqa: E731
        return self.to_await("step.uuid", None, self._fact(EntryKind.UUID, fresh, UUID))

    def random(self) -> Verb[float]:
        """See `Step.random`."""
        fresh = lambda: secrets.randbits(RANDOM_BITS) / 2**RANDOM_BITS  # noqa: E731
        return self.to_await("step.random", None, self._fact(EntryKind.RANDOM, fresh, float))

    def patched(self, name: str) -> bool:
        """See `Step.patched`."""
        branch = self._progress.enter(name)
        # No step can be called so: a guard is most naturally named like the step that it guards,
        # which has to find its own entry when the guard is taken out again.
        key = f"patch({name})"
        nth, entry = self._progress.look(branch, EntryKind.PATCH, key)
        if entry is None and branch.reading.has_gone_further():
            return False
        if entry is None:
            self._put(branch, EntryKind.PATCH, key, nth, EntryStatus.DONE)
        return True

    def is_first_time(self) -> bool:
        """See `Step.is_first_time`."""
        return self._progress.is_first_time()

    def to_await(self, verb: str, name: str | None, work: Verb[T]) -> Verb[T]:
        """See `Step.to_await`."""
        self._progress.verbs.called(verb, name, work)
        return work

    # -- what becomes of them -------------------------------------------------------------------

    async def _run(
        self,
        name: str,
        call: Callable[..., Any],
        args: tuple[Any, ...],
        retries: Retries | None,
        timeout: Duration | None,
        *,
        at_most_once: bool,
    ) -> Any:
        branch = self._progress.enter(name)
        calling.check_call(name, call)
        how = calling.manner(name, retries, timeout, results.of(call), at_most_once=at_most_once)
        asked = call_digest(self._progress.run.run_id, name, args)
        nth, entry = self._progress.find(branch, EntryKind.STEP, name)
        if entry is not None:
            entry = answers.of_call(self._progress, branch, entry, asked)
        if begun := self._begun(branch, entry, name, nth, is_once=at_most_once):
            entry = self._settle(branch, begun, _of_once(begun, calling.unknown(name)))
        elif entry is None or entry.status is EntryStatus.RETRYING:
            with self._progress.undisturbed(name):
                entry = await self._execute(branch, entry, name, nth, call, args, how, asked)
        return self._answer(branch, entry, how.returned.read)

    async def _wait_for_event(
        self,
        name: str,
        timeout: Duration,
        expected: Sequence[str],
        opening: Opening | None,
        asked: Asked | None,
    ) -> Event | Silence:
        length, kinds = wait_length(timeout), checked_kinds(expected)
        kind = WaitKind.EVENT if opening is None else WaitKind.APPROVAL
        branch = self._progress.enter(name)
        form = EVENT if opening is None else QUESTION
        nth, entry = self._progress.find(branch, EntryKind.WAIT, name, form)
        if entry is not None and asked and not answers.of_question(self._progress, entry, asked):
            nth, entry = self._progress.find(branch, EntryKind.WAIT, name, form)
        wait = NewWait(branch.prefix + name, nth, kind, kinds, length, opening)
        digest = asked.digest if asked else form
        return self._wait(branch, entry, name, nth, [wait], partial(_event, name), digest)

    async def _wait_for_any(
        self, name: str, events: Mapping[str, Sequence[str]], timeout: Duration
    ) -> Event | Silence:
        length, expected = wait_length(timeout), checked_events(events)
        branch = self._progress.enter(name)
        nth, entry = self._progress.find(branch, EntryKind.WAIT, name, FIRST)
        key: Key = (branch.prefix + name, nth)
        waits = [
            NewWait(full, branch.reading.use(full), WaitKind.EVENT, kinds, length, any_of=key)
            for full, kinds in ((branch.prefix + each, kinds) for each, kinds in expected.items())
        ]
        first = partial(_first_event, branch.prefix, key[0])
        return self._wait(branch, entry, name, nth, waits, first, FIRST)

    async def _first(self, name: str, coroutines: Mapping[str, Verb[Any]]) -> First[Any]:
        try:
            firsts.check_branches(name, coroutines)
            branch = self._progress.enter(name)
            nth, entry = self._progress.find(branch, EntryKind.FIRST, name)
            entry, race = self._race(branch, entry, name, nth, tuple(coroutines))
        except BaseException:
            branches.close(tuple(coroutines.values()))
            raise
        branch.is_racing, branch.has_first = race.won is None, False
        branch.has_failed, branch.takes_errors = False, False
        prefixes = (_prefix(branch, name, nth, each) for each in race.names)
        inner = [self._progress.new_branch(branch, prefix) for prefix in prefixes]
        for each, called in zip(inner, race.names, strict=True):
            each.is_given_up |= race.won not in {None, called}
        ends = await self._side_by_side(branch, entry, inner, tuple(coroutines.values()))
        return self._raced(branch, entry, race, ends)

    async def _gather(
        self, name: str, coroutines: tuple[Verb[Any], ...], *, return_exceptions: bool
    ) -> list[Any]:
        try:
            branches.check_coroutines(name, coroutines)
            branch = self._progress.enter(name)
            nth, entry = self._progress.find(branch, EntryKind.GATHER, name)
            entry = self._check_width(branch, entry, name, nth, len(coroutines))
        except BaseException:
            branches.close(coroutines)
            raise
        prefixes = (_prefix(branch, name, nth, place) for place in range(len(coroutines)))
        inner = [self._progress.new_branch(branch, prefix) for prefix in prefixes]
        branch.takes_errors, branch.is_racing = return_exceptions, False
        branch.has_failed = branch.has_first = False
        ends = await self._side_by_side(branch, entry, inner, coroutines)
        return self._gathered(branch, entry, ends)

    async def _side_by_side(
        self,
        branch: Branch,
        entry: Entry,
        inner: list[Branch],
        coroutines: tuple[Verb[Any], ...],
    ) -> list[branches.End]:
        branch.is_busy, branch.gather = True, entry
        try:
            with self._progress.undisturbed(entry.name):
                return await branches.run_all(
                    inner, coroutines, self._progress.begin, partial(self._leave, branch, inner)
                )
        finally:
            branch.is_busy = False
            self._progress.expect_no_more([branch, *inner])

    async def _run_job(self, name: str, job: str, arguments: Given, timeout: Duration) -> Any:
        length = wait_length(timeout)
        branch = self._progress.enter(name)
        nth, entry = self._progress.find(branch, EntryKind.WAIT, name, CALL)
        key = (branch.prefix + name, nth)
        child = self._new_child(job, arguments, branch, key) if entry is None else None
        asked = call_digest(self._progress.run.run_id, name, (job, arguments))
        if entry is not None:
            entry = answers.of_call(self._progress, branch, entry, asked)
            key = (entry.name, entry.nth)
        wait = NewWait(*key, WaitKind.CHILD, (), length, child)
        return self._wait(branch, entry, name, nth, [wait], partial(self._returned, job), asked)

    async def _sleep(self, name: str, length: Duration) -> None:
        pause = wait_length(length, "length")
        branch = self._progress.enter(name)
        nth, entry = self._progress.find(branch, EntryKind.WAIT, name, SLEEP)
        wait = NewWait(branch.prefix + name, nth, WaitKind.SLEEP, (), pause)
        self._wait(branch, entry, name, nth, [wait], _itself, SLEEP)

    # -- steps ----------------------------------------------------------------------------------

    def _begun(
        self, branch: Branch, entry: Entry | None, name: str, nth: int, *, is_once: bool
    ) -> Entry | None:
        """Answer the entry of a step that has begun, may not begin again, and never said how it
        ended; also where older code, or a person's retry, would have had it begun again."""
        if entry is None:
            if not is_once or not branch.reading.has_begun(branch.prefix + name, nth):
                return None
            return self._progress.entry(branch, EntryKind.STEP, name, nth)
        if entry.status is EntryStatus.STARTED:
            return entry
        was_tried = entry.status is EntryStatus.RETRYING and entry.attempt > 0
        return entry._replace(status=EntryStatus.STARTED) if is_once and was_tried else None

    async def _execute(
        self,
        branch: Branch,
        entry: Entry | None,
        name: str,
        nth: int,
        call: Callable[..., Any],
        args: tuple[Any, ...],
        how: calling.Manner,
        asked: str,
    ) -> Entry:
        """Call the step function; answer its entry, or raise Postponed until the next attempt."""
        nth = entry.nth if entry else nth  # Calls that have changed places keep their keys.
        before = entry.attempt if entry else 0
        is_begun = entry is not None or branch.tries > 1
        if entry is not None and (left := self._progress.read(entry, self._time_left)):
            self._postpone(branch, entry, left)
        branch.is_at_edge = not is_begun
        await self._have_read_all(branch, entry, name, asked)
        if not is_begun:
            await self._others(branch)
        prepared = await self._prepared(branch, entry, name, nth, call)
        # A pass that ended without a word may have got as far as calling this step.
        trying = Trying(branch, name, nth, before + branch.tries, entry, asked)
        self._progress.under_way.add(trying)
        try:
            await self._begin(trying, call, how, is_begun=is_begun)
            result = await self._called(trying, prepared, args, how)
        finally:
            self._progress.under_way.discard(trying)
            prepared.drop()
        entry = trying.entry or self._progress.entry(branch, EntryKind.STEP, name, nth)
        if how.at_most_once:
            result = _of_once(entry, result)
        entry = self._settle(branch, entry._replace(attempt=trying.attempt, asked=asked), result)
        if entry.status is EntryStatus.RETRYING:
            branch.ending = branch.later(result.again_in)
            raise Postponed
        return entry

    async def _others(self, branch: Branch) -> None:
        branch.is_busy = True
        try:
            await self._progress.let_others_come(branch)
        finally:
            branch.is_busy = False

    async def _have_read_all(
        self, branch: Branch, entry: Entry | None, name: str, asked: str
    ) -> None:
        """Let every branch say what has changed before something is done."""
        branch.is_busy = True
        try:
            await self._progress.read_all(branch)
        finally:
            branch.is_busy = False
        if entry is None:
            answers.of_new_call(self._progress, branch.prefix + name, asked)

    async def _prepared(
        self,
        branch: Branch,
        entry: Entry | None,
        name: str,
        nth: int,
        function: Callable[..., Any],
    ) -> Call:
        """Answer the call of a step function; ends the branch's pass where it cannot begin."""
        run, step = self._progress.run, (self._progress.run.run_id, branch.prefix + name, nth)
        branch.is_busy = True
        try:
            prepared = await run.calls.prepare(run.job, step, function)
        except NoThread:
            self._put_off(branch, entry, name, nth)
        finally:
            branch.is_busy = branch.is_at_edge = False
        if self._progress.is_over or branch.goes_back:  # meanwhile
            prepared.drop()
            raise Postponed if branch.goes_back else PassOver
        return prepared

    async def _begin(
        self, step: Trying, call: Callable[..., Any], how: calling.Manner, *, is_begun: bool
    ) -> None:
        """Write down what has happened; of a step that may begin once then that it has begun."""
        await self._progress.write_down(step.branch, is_begun=is_begun)
        if not how.at_most_once:
            return
        new = step.entry or self._progress.entry(step.branch, EntryKind.STEP, step.name, step.nth)
        value = once.begun(call)
        new = new._replace(status=EntryStatus.STARTED, value=value, asked=step.asked)
        step.entry = self._progress.put(step.branch, new)
        step.attempt = 1
        await self._progress.write_down(step.branch, is_begun=True)

    async def _called(
        self,
        step: Trying,
        call: Call,
        args: tuple[Any, ...],
        how: calling.Manner,
    ) -> calling.Result:
        run, branch = self._progress.run, step.branch
        current = CurrentStep(
            run.installation, run.run_id, branch.prefix + step.name, step.nth, step.attempt
        )
        branch.is_busy = branch.is_in_step = True
        try:
            return await calling.attempt(step.name, current, call, args, how)
        finally:
            branch.is_busy = branch.is_in_step = False

    def _time_left(self, value: Any) -> timedelta:
        return calling.time_left(value, self._progress.now())

    def _put_off(self, branch: Branch, entry: Entry | None, name: str, nth: int) -> NoReturn:
        """End the branch's pass until there may be a thread again."""
        if entry is None and branch.tries == 1:
            branch.ending = branch.later(NO_THREAD)
            raise Postponed
        new = entry or self._progress.entry(
            branch, EntryKind.STEP, name, nth, EntryStatus.RETRYING
        )._replace(attempt=0)
        self._postpone(branch, new, NO_THREAD)

    def _postpone(self, branch: Branch, entry: Entry, left: timedelta) -> NoReturn:
        """End the branch's pass before the step is due; what was tried without a word counts."""
        self._progress.put(branch, entry._replace(attempt=entry.attempt + branch.tries - 1))
        branch.ending = branch.later(left)
        raise Postponed

    def _settle(self, branch: Branch, entry: Entry, result: calling.Result) -> Entry:
        value = result.value
        if result.status is EntryStatus.RETRYING:
            value = calling.to_try_again(result, self._progress.now())
        return self._progress.put(branch, entry._replace(status=result.status, value=value))

    def _answer(self, branch: Branch, entry: Entry, of: Callable[[str], T]) -> T:
        self._progress.telling.after(branch, entry)
        if entry.status is EntryStatus.DONE:
            return self._progress.result(entry, of)
        step = label(entry.name, entry.nth)
        error = self._progress.read(entry, partial(calling.raised, step))
        self._progress.failed(error, entry.seq)
        raise error

    # -- waits ----------------------------------------------------------------------------------

    def _wait(
        self,
        branch: Branch,
        entry: Entry | None,
        name: str,
        nth: int,
        waits: list[NewWait],
        of: Callable[[Any], T],
        asked: str | None = None,
    ) -> T:
        """Answer what ended the wait (of several, the first); raises Parked until something has."""
        if entry is None:
            self._put(branch, EntryKind.WAIT, name, nth, EntryStatus.STARTED, asked=asked)
            if is_call(asked) or is_question(asked):
                self._progress.newly_asked.append((branch.prefix + name, asked or ""))
            self._progress.writes.waits += waits
            self._park(branch, waits)
        if entry.status is EntryStatus.CANCELLED:
            branch.is_told = True
            raise RunCancelled
        if entry.status is EntryStatus.STARTED:
            self._park(branch, waits)
        return self._answer(branch, entry, lambda text: of(loads(text)))

    def _returned(self, job: str, value: Mapping[str, Any]) -> Any:
        """Answer what a run returned, by the annotation of its job where that is known here."""
        known = self._progress.run.registry
        returned = known.get(job).returned if job in known else results.PLAIN
        return returned.read(dumps(value["result"]))

    def _new_child(self, job: str, arguments: Given, branch: Branch, key: Key) -> NewChild:
        run = self._progress.run
        return new_child(
            run.registry,
            job,
            arguments,
            requested_by=run.requested_by,
            parents=run.parents,
            address=run.address,
            is_again=branch.reading.is_again(*key),
            use=branch.reading.times(key[0]),
        )

    def _park(self, branch: Branch, waits: list[NewWait]) -> NoReturn:
        branch.ending = branch.waiting(waits[0].entry)
        raise Parked

    # -- branches -------------------------------------------------------------------------------

    def _check_width(
        self, branch: Branch, entry: Entry | None, name: str, nth: int, width: int
    ) -> Entry:
        """Write down how many branches there are; raises Blocked where there were others."""
        if entry is None:
            kind, status = EntryKind.GATHER, EntryStatus.STARTED
            return self._put(branch, kind, name, nth, status, dumps(width))
        before = self._progress.read(entry, int)
        if before == width:
            return entry
        if entry.seq > self._progress.run.accepted.seq:
            self._progress.block(
                f"nondeterminism: {label(entry.name, nth)!r} gathers {width} branches in the code,"
                f" but {before} when this run reached it. Nothing was executed. Make the number"
                " depend on the run's input and journal only, or bring the old code back, and"
                " retry; or retry to go on with the code as it is now; or cancel the run",
                {"code": "another_width", "name": label(entry.name, nth)},
            )
        for place in range(width, before):
            self._progress.writes.give_up_waits(_prefix(branch, name, nth, place))
        return self._progress.put(branch, entry._replace(value=dumps(width)))

    async def _leave(self, branch: Branch, inner: list[Branch], ended: Branch) -> None:
        await self._progress.leave(ended)
        self._progress.goes_on(branch, inner)

    def _gathered(self, branch: Branch, entry: Entry, ends: list[branches.End]) -> list[Any]:
        """Answer the results; or end the branch's pass, or raise the first error."""
        if self._progress.is_over:
            raise PassOver
        self._progress.has_swallowed |= any(end.has_swallowed for end in ends)
        error = None if branch.takes_errors else branches.first_error(ends)
        if any(end.is_parked for end in ends):
            parked = [end for end in ends if end.is_parked]
            is_over = error is not None
            self._park_together(branch, branches.merged(ends), parked, is_over=is_over)
        branch.gather = None
        branch.tries = min(branch.tries, *(end.branch.tries for end in ends))
        self._progress.telling.after(branch, entry)
        if error is not None:
            self._progress.gathered(error, entry.seq)
            raise error
        if branches.is_cancelled(ends):
            branch.is_told = True
            raise RunCancelled
        return [_taken(end) for end in ends]

    def _race(
        self, branch: Branch, entry: Entry | None, name: str, nth: int, names: tuple[str, ...]
    ) -> tuple[Entry, Race]:
        """Write down who races; raises Blocked where that were others."""
        if entry is None:
            kind, status = EntryKind.FIRST, EntryStatus.STARTED
            race = Race(names)
            return self._put(branch, kind, name, nth, status, race.stored()), race
        before = self._progress.read(entry, Race.read)
        if set(before.names) != set(names):
            self._block_race(entry, before.names, names)
        return entry, Race(names, before.won)

    def _block_race(
        self, entry: Entry, before: tuple[str, ...], names: tuple[str, ...]
    ) -> NoReturn:
        nth = entry.nth
        self._progress.block(
            f"nondeterminism: {label(entry.name, nth)!r} is among {', '.join(names)} in the code,"
            f" but was among {', '.join(before)} when this run reached it. Nothing was"
            " executed. Bring the old code back and retry; or cancel the run",
            {"code": "other_branches", "name": label(entry.name, nth)},
        )

    def _raced(
        self, branch: Branch, entry: Entry, race: Race, ends: list[branches.End]
    ) -> First[Any]:
        """Answer who was first; or end the branch's pass, or raise the error that was first."""
        if self._progress.is_over:
            raise PassOver
        self._progress.has_swallowed |= any(end.has_swallowed for end in ends)
        won = race.won or firsts.first_to_end(race.names, ends)
        is_news = won is not None and race.won is None
        if is_news:
            value = Race(race.names, won).stored()
            entry = self._progress.put(branch, entry._replace(value=value))
            branch.is_racing = False
        if parked := [end for end in ends if end.is_parked]:
            self._park_together(branch, branches.merged(ends), parked, is_over=is_news)
        branch.gather = None
        branch.tries = min(branch.tries, *(end.branch.tries for end in ends))
        self._progress.telling.after(branch, entry)
        if won is None:  # every branch has ended by being told that the run is cancelled
            branch.is_told = True
            raise RunCancelled
        first = ends[race.names.index(won)]
        if first.error is not None:
            self._progress.gathered(first.error, entry.seq)
            raise first.error
        if first.signal is not None:
            branch.is_told = True
            raise first.signal
        return First(won, first.value)

    def _park_together(
        self,
        branch: Branch,
        ending: Waiting | Later,
        parked: list[branches.End],
        *,
        is_over: bool,
    ) -> NoReturn:
        branch.ending = ending
        if is_over and set(ending.on) - set(ending.closing):
            # Nobody waits any more: their closing code runs, in a pass of its own.
            for end in parked:
                self._progress.writes.give_up_waits(end.branch.prefix, ending.closing)
            branch.ending = Later(timedelta(), ending.on, ending.closing)
        raise Parked

    # -- entries --------------------------------------------------------------------------------

    async def _fact(self, kind: EntryKind, make: Callable[[], Any], of: Callable[[Any], T]) -> T:
        """Answer what *make* said the first time."""
        branch = self._progress.enter(kind.value)
        nth, entry = self._progress.find(branch, kind, kind.value)
        if entry is None:
            value = dumps(make())
            entry = self._put(branch, kind, kind.value, nth, EntryStatus.DONE, value)
        return self._progress.read(entry, of)

    def _put(
        self,
        branch: Branch,
        kind: EntryKind,
        name: str,
        nth: int,
        status: EntryStatus,
        value: str | None = None,
        asked: str | None = None,
    ) -> Entry:
        entry = self._progress.entry(branch, kind, name, nth, status, value, asked)
        return self._progress.put(branch, entry)


def _taken(end: branches.End) -> Any:
    """Answer what a branch has come to: where errors are taken, that may be one."""
    if end.error is None:
        return end.value
    if not isinstance(end.error, Exception):
        raise end.error
    return end.error


def _prefix(branch: Branch, name: str, nth: int, place: int | str) -> str:
    """Answer what the names of a gather's branch begin with."""
    return f"{branch.prefix}{name}#{nth}[{place}]/"


def _of_once(begun: Entry, result: calling.Result) -> calling.Result:
    """Answer a result that says, where it is a failure, that its step may begin once."""
    if result.status is not EntryStatus.FAILED:
        return result
    return result._replace(value=once.failed(begun.value, result.value))


def _itself(value: Any) -> Any:
    return value


def _first_event(prefix: str, name: str, value: Mapping[str, Any]) -> Event | Silence:
    """Answer the event that ended several waits, by its name in the job."""
    return _event(value.get("name", name).removeprefix(prefix), value)


def _event(name: str, value: Mapping[str, Any]) -> Event | Silence:
    if value["kind"] == SILENCE:
        return Silence(name)
    at = value.get("at")
    return Event(
        name=name,
        kind=value["kind"],
        payload=value.get("payload", {}),
        actor=value.get("actor"),
        at=datetime.fromisoformat(at) if at else None,
    )
