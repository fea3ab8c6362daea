"""Branches: where in a job a verb is called, and how those of a `gather` come together.

A branch that has to wait ends its own pass with a signal, and the others go on. What they come to
is merged here, as data: the pass of the job ends when no branch can go on.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from store.journal import Entry
from workflows.engine.local.journal import Reading
from workflows.engine.local.outcome import Broken, Key, Later, Waiting
from workflows.errors import (
    ConcurrentStep,
    ControlFlow,
    Postponed,
    RunCancelled,
    StepMisused,
)
from workflows.failpoint import Killed
from workflows.faults import members_of
from workflows.step import MOST_BRANCHES


@dataclass(eq=False, slots=True)
class Branch:
    """The job itself, or one coroutine of a gather. *ending* is how its part of the pass ended.

    *stand* is the last step, wait or gather that it was answered: a cancel is raised out of that.
    """

    reading: Reading
    prefix: str = ""
    ending: Waiting | Later | Broken | None = None
    is_busy: bool = False
    is_told: bool = False  # that the run is cancelled, or the branch over: once
    tries: int = 1  # passes since an entry of the run, this one included; 1: it has written since
    parent: "Branch | None" = None
    stand: Entry | None = None
    is_in_step: bool = False  # its function is called, or was begun before
    is_at_edge: bool = False  # it is about to begin a step that is new
    gather: Entry | None = None  # whose branches are not all at their end
    has_ended: bool = False  # by itself: it has returned or raised
    goes_back: bool = False  # to where it stands, in a pass of its own
    takes_errors: bool = False  # its gather returns errors: they end nobody else
    has_failed: bool = False  # a branch of its gather has: the others wait no more
    is_racing: bool = False  # nobody knows so far which of its branches was first
    has_first: bool = False  # one of them has ended in this pass
    is_given_up: bool = False  # another one was first

    def waiting(self, on: Key) -> Waiting:
        """Answer that this branch waits."""
        return Waiting((on,), (on,) if self.is_told else ())

    def later(self, pause: timedelta) -> Later:
        """Answer that a step of this branch is tried again."""
        return Later(pause)

    def go_back(self) -> None:
        """Have this branch run again at once, whatever it has come to."""
        self.goes_back = True
        self.ending = Later(timedelta())


@dataclass(frozen=True, slots=True)
class End:
    """How one coroutine ended: by a value, by an error of the job's, or by a signal."""

    branch: Branch
    value: Any = None
    error: BaseException | None = None
    signal: ControlFlow | None = None

    @property
    def is_parked(self) -> bool:
        """Whether it goes on in a later pass."""
        return self.branch.ending is not None

    @property
    def has_swallowed(self) -> bool:
        """Whether it caught the signal that parks it, and went on as if nobody had to answer."""
        return self.is_parked and self.signal is None


def check_coroutines(name: str, coroutines: Sequence[object], verb: str = "gather") -> None:
    """Refuse what cannot be done at once. Raises StepMisused."""
    if not 1 <= len(coroutines) <= MOST_BRANCHES:
        raise StepMisused(
            f"{verb}({name!r}, …) takes 1 to {MOST_BRANCHES} coroutines, not {len(coroutines)}"
        )
    for place, each in enumerate(coroutines):
        if not inspect.iscoroutine(each):
            raise StepMisused(
                f"{verb}({name!r}, …) takes coroutines: number {place} is a {type(each).__name__};"
                " call an async function, and do not await it"
            )


def close(coroutines: Sequence[object]) -> None:
    """Let go of coroutines that are not going to be awaited."""
    for each in coroutines:
        if inspect.iscoroutine(each):
            each.close()


def beside(what: str) -> ConcurrentStep:
    """Answer what an author is told who does things side by side, or in time, in asyncio's way."""
    return ConcurrentStep(
        f"{what} was called beside another step, or inside of asyncio's own timeout or TaskGroup: a"
        " job awaits one thing at a time; ctx.step.gather(…) does several at once, and timeout= of"
        " a step or wait limits it"
    )


async def run_all(
    branches: Sequence[Branch],
    coroutines: Sequence[Coroutine[Any, Any, Any]],
    enter: Callable[[Branch], None],
    leave: Callable[[Branch], Awaitable[None]],
) -> list[End]:
    """Run the coroutines side by side until each has ended or parked.

    *enter* is called in the task of a branch before it begins, *leave* after it.
    """

    async def one(branch: Branch, coroutine: Coroutine[Any, Any, Any]) -> End:
        enter(branch)
        end = await _end_of(branch, coroutine)
        branch.has_ended = not end.is_parked
        _tell_parent(branch, end)
        await leave(branch)
        return end

    tasks = [asyncio.create_task(one(*each)) for each in zip(branches, coroutines, strict=True)]
    try:
        await asyncio.wait(tasks)
    finally:
        # The pass itself is being cancelled: its branches end with it.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        close(coroutines)
    return [_now(task.result()) for task in tasks]


async def _end_of(branch: Branch, coroutine: Coroutine[Any, Any, Any]) -> End:
    try:
        return End(branch, value=await coroutine)
    except ControlFlow as signal:
        return End(branch, signal=signal)
    except Killed:
        raise
    except BaseException as error:  # noqa: BLE001  raised where the job awaits the gather
        return _wrapped(branch, error)


def _wrapped(branch: Branch, error: BaseException) -> End:
    """Answer the end of a branch whose signal an `asyncio.TaskGroup` may have wrapped."""
    signals = [each for each in members_of(error) if isinstance(each, ControlFlow)]
    if not signals:
        return End(branch, error=error)
    cancelled = next((each for each in signals if isinstance(each, RunCancelled)), None)
    if cancelled is None:
        branch.ending = None
        return End(branch, error=beside("a step or wait"))
    return End(branch, signal=cancelled)


def _tell_parent(branch: Branch, end: End) -> None:
    """Note what the end of a branch means for those beside it."""
    parent = branch.parent
    if parent is None or not branch.has_ended or end.signal is not None:
        return
    parent.has_first = parent.is_racing
    parent.has_failed |= end.error is not None and not parent.takes_errors and not parent.is_racing


def _now(end: End) -> End:
    """Answer an end as it is now: a branch that had ended may have to go back."""
    return End(end.branch, signal=Postponed()) if end.branch.goes_back else end


def merged(ends: Sequence[End]) -> Waiting | Later:
    """Answer what the parked branches wait for, together."""
    endings = [end.branch.ending for end in ends if isinstance(end.branch.ending, Waiting | Later)]
    on = tuple(key for ending in endings for key in ending.on)
    closing = tuple(key for ending in endings for key in ending.closing)
    pauses = [ending.pause for ending in endings if isinstance(ending, Later)]
    if pauses:
        return Later(min(pauses), on, closing)
    return Waiting(on, closing)


def first_error(ends: Sequence[End]) -> BaseException | None:
    """Answer the first error, in the order of the coroutines."""
    return next((end.error for end in ends if end.error is not None), None)


def is_cancelled(ends: Sequence[End]) -> bool:
    """Whether a branch was told that the run is cancelled, and has ended by it."""
    return any(isinstance(end.signal, RunCancelled) for end in ends)
