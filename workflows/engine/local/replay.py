"""Replay: the durable verbs over a journal. What is in it answers; what is not, happens once.

A result is durable before the *next effect* begins, not before the next line of the job: entries
are collected and written together, before a step function is called, or with the park or the
finish that ends the pass.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from store.journal import Entry
from store.tables import EntryKind, EntryStatus, RunStatus, WaitKind
from workflows.clock import Clock
from workflows.duration import Duration, duration
from workflows.engine.local.journal import Journal, label
from workflows.engine.local.outcome import Broken, Later, NewWait, Waiting, Writes
from workflows.errors import (
    Blocked,
    NotSerializable,
    Parked,
    PassOver,
    Postponed,
    ResultTooLarge,
    RunCancelled,
    StepFailed,
    StepMisused,
)
from workflows.event import Event
from workflows.failpoint import failpoint
from workflows.ids import step_key
from workflows.plain import dumps, loads, plain
from workflows.plugins.base import PluginUnavailable
from workflows.step import (
    CurrentStep,
    Opening,
    Retries,
    checked_kinds,
    checked_name,
    entered,
    in_step,
)

LARGEST_RESULT = 1024 * 1024  # characters of JSON
LONGEST_MESSAGE = 2_000
LONGEST_PAUSE_S = 3_600.0
RETRIES = Retries()


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


class Replay:
    """`Step` over one run's journal, for one pass."""

    def __init__(self, entries: Sequence[Entry], of: Pass) -> None:
        self._journal = Journal(entries)
        self._pass = of
        self._tries = of.tries
        self._cancel_requested = of.cancel_requested
        self._cancel_raised = False
        self._task = asyncio.current_task()
        self._busy = False
        self.writes = Writes()
        self.ending: Waiting | Later | Broken | None = None
        self.lost: Exception | None = None
        self.failures: dict[str, int] = {}

    # -- the verbs ----------------------------------------------------------------------------

    async def run(
        self, name: str, call: Callable[..., Any], *args: Any, retries: Retries | None = None
    ) -> Any:
        """See `Step.run`."""
        nth = self._enter(name)
        _check_call(name, call)
        entry = self._find(EntryKind.STEP, name, nth)
        if entry is not None and entry.status is not EntryStatus.RETRYING:
            return self._answer(entry)
        await self._write_down()
        # A pass that ended without a word may have got as far as calling this step.
        attempt = (entry.attempt if entry else 0) + self._tries
        done, pause = await self._execute(entry, name, nth, attempt, call, args, retries or RETRIES)
        self.writes.entries.append(done)
        if done.status is EntryStatus.RETRYING:
            self.ending = Later(pause)
            raise Postponed
        return self._answer(done)

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
        nth = self._enter(name)
        value = self._wait(NewWait(name, nth, kind, kinds, length, opening))
        at = value.get("at")
        return Event(
            name=name,
            kind=value["kind"],
            payload=value.get("payload", {}),
            actor=value.get("actor"),
            at=datetime.fromisoformat(at) if at else None,
        )

    async def sleep(self, name: str, length: Duration) -> None:
        """See `Step.sleep`."""
        pause = duration(length, "length")
        self._wait(NewWait(name, self._enter(name), WaitKind.SLEEP, (), pause))

    async def now(self) -> datetime:
        """See `Step.now`."""
        nth = self._enter("now")
        entry = self._find(EntryKind.NOW, "now", nth)
        if entry is None:
            value = dumps(self._pass.clock.now().isoformat())
            entry = self._new(EntryKind.NOW, "now", nth, EntryStatus.DONE, 1, value)
            self.writes.entries.append(entry)
        return datetime.fromisoformat(loads(entry.value or "null"))

    # -- parts --------------------------------------------------------------------------------

    def _enter(self, name: str) -> int:
        """Check that a verb may be called here and now; answer which use of *name* it is."""
        checked_name(name)
        if in_step():
            raise StepMisused(
                f"{name!r} was called inside a step function: call it in the job, one after the"
                " other"
            )
        if asyncio.current_task() is not self._task or self._busy:
            raise StepMisused(
                f"{name!r} was called beside another step: a job awaits one thing at a time"
            )
        if self.ending or self.lost:
            # Its signal was swallowed, or this is a `finally`: nothing more happens in this pass.
            raise PassOver
        return self._journal.use(name)

    def _find(self, kind: EntryKind, name: str, nth: int) -> Entry | None:
        """Answer what the verb did before; None: it is new.

        Stops before something is done where a cancel was asked for, or the code has changed.
        """
        try:
            entry = self._journal.read(kind, name, nth)
            if entry is None or entry.status is EntryStatus.RETRYING:
                self._raise_cancel()
            if entry is None:
                self._journal.refuse_insertion(name, nth)
        except Blocked as blocked:
            self.ending = Broken(RunStatus.BLOCKED, blocked.reason)
            raise
        return entry

    def _raise_cancel(self) -> None:
        # Once: the closing code of a cancelled run may take steps of its own.
        if self._cancel_requested and not self._cancel_raised:
            self._cancel_raised = True
            raise RunCancelled

    async def _write_down(self) -> None:
        """Make what has happened durable before something else happens."""
        if not self.writes:
            return
        writes, self.writes = self.writes, Writes()
        self._busy = True
        try:
            self._cancel_requested |= await self._pass.record(writes)
        except Exception as error:
            # As an exception it would be the job's to catch, and effects could follow.
            self.lost = error
            raise PassOver from error
        finally:
            self._busy = False
        self._tries = 1
        self._raise_cancel()

    async def _execute(
        self,
        entry: Entry | None,
        name: str,
        nth: int,
        attempt: int,
        call: Callable[..., Any],
        args: tuple[Any, ...],
        retries: Retries,
    ) -> tuple[Entry, timedelta]:
        """Call the step function; answer the entry of what came of it, and how long to pause."""
        key = step_key(self._pass.installation, self._pass.run_id, name, nth)
        pause = timedelta()
        try:
            value = await self._called(CurrentStep(key, attempt), call, args)
            status, text = EntryStatus.DONE, _encoded(name, value)
        except Exception as error:  # noqa: BLE001  whatever a step raises is its result
            final = isinstance(error, (StepFailed, StepMisused)) or attempt >= retries.attempts
            status = EntryStatus.FAILED if final else EntryStatus.RETRYING
            text, pause = _failure(error), max(retries.pause(attempt), _asked_for(error))
        failpoint("step:after-effect")
        if entry is not None:
            return entry._replace(status=status, attempt=attempt, value=text), pause
        return self._new(EntryKind.STEP, name, nth, status, attempt, text), pause

    async def _called(
        self, step: CurrentStep, call: Callable[..., Any], args: tuple[Any, ...]
    ) -> Any:
        self._busy = True
        try:
            with entered(step):
                failpoint("step:before-effect")
                if inspect.iscoroutinefunction(call):
                    return await call(*args)
                return await asyncio.to_thread(call, *args)
        finally:
            self._busy = False

    def _answer(self, entry: Entry) -> Any:
        value = loads(entry.value or "null")
        if entry.status is EntryStatus.DONE:
            return value
        step = label(entry.name, entry.nth)
        self.failures[step] = entry.seq
        raise StepFailed(value["message"], step=step, kind=value["kind"])

    def _wait(self, wait: NewWait) -> Any:
        """Answer what ended the wait; raises Parked until something has."""
        entry = self._find(EntryKind.WAIT, wait.name, wait.nth)
        if entry is None:
            self.writes.entries.append(
                self._new(EntryKind.WAIT, wait.name, wait.nth, EntryStatus.STARTED, 1, None)
            )
            self.writes.waits.append(wait)
            self._park(wait)
        if entry.status is EntryStatus.CANCELLED:
            self._cancel_raised = True
            raise RunCancelled
        if entry.status is EntryStatus.STARTED:
            self._park(wait)
        return loads(entry.value or "null")

    def _park(self, wait: NewWait) -> NoReturn:
        self.ending = Waiting(((wait.name, wait.nth),))
        raise Parked

    def _new(
        self,
        kind: EntryKind,
        name: str,
        nth: int,
        status: EntryStatus,
        attempt: int,
        value: str | None,
    ) -> Entry:
        at = self._pass.clock.now()
        return Entry(self._journal.next_seq(), name, nth, kind, status, attempt, value, at)


def _check_call(name: str, call: object) -> None:
    """Refuse what has no name to find it by: a step function is a function of a module."""
    if not callable(call) or "<" in getattr(call, "__qualname__", "<"):
        raise StepMisused(
            f"the step {name!r} needs a named function of a module, with plain arguments; not a"
            " lambda, a nested function or the result of a call"
        )


def _encoded(name: str, value: Any) -> str:
    if inspect.isawaitable(value):
        raise NotSerializable(f"the step {name!r} returned something that was not awaited")
    text = dumps(plain(value))
    if len(text) > LARGEST_RESULT:
        raise ResultTooLarge(
            f"the step {name!r} returned {len(text)} characters of JSON; {LARGEST_RESULT} are kept:"
            " store it elsewhere and return where"
        )
    return text


def _asked_for(error: Exception) -> timedelta:
    """Answer the pause that the other side asked for, an hour at the most."""
    seconds = error.retry_after if isinstance(error, PluginUnavailable) else None
    return timedelta(seconds=min(max(seconds or 0.0, 0.0), LONGEST_PAUSE_S))


def _failure(error: Exception) -> str:
    kind = error.kind if isinstance(error, StepFailed) else type(error).__name__
    message = str(error).encode(errors="replace").decode()[:LONGEST_MESSAGE]
    return dumps({"kind": kind, "message": message})
