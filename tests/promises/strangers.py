"""Other people's code, made up: steps and bodies that return, raise, hang and spawn anything.

A `Stranger` is one such job, and how its runs must end: the promise is that it ends so, whatever
else is under way.
"""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from tests.workflows.kit import a_job
from workflows.context import Context
from workflows.registry import Job
from workflows.step import Retries, current_step

COMPLETED = "completed"
SOON = timedelta(milliseconds=30)
MIB = 1024 * 1024


class Unspeakable(Exception):
    """An error that cannot be printed."""

    def __str__(self) -> str:
        raise SystemExit("in __str__")

    __repr__ = __str__


class Strange(BaseException):
    """An error of nobody's tree."""


def _circle() -> BaseException:
    one, other = ValueError("round"), KeyError("and round")
    one.__cause__, other.__cause__ = other, one
    return one


def _chain() -> BaseException:
    last: BaseException = ValueError("first")
    for _ in range(5_000):
        following = RuntimeError("link")
        following.__context__, last = last, following
    return last


def _nested() -> BaseException:
    group: Exception = ValueError("innermost")
    for _ in range(2_000):
        group = ExceptionGroup("around", [group])
    return group


ERRORS: tuple[Callable[[], BaseException], ...] = (
    lambda: ValueError("no"),
    lambda: StopIteration("no more"),
    lambda: StopAsyncIteration("no more"),
    lambda: SystemExit("usage"),
    lambda: KeyboardInterrupt("^C"),
    lambda: GeneratorExit("out"),
    lambda: asyncio.CancelledError("enough"),
    lambda: Strange("who knows"),
    Unspeakable,
    lambda: BaseExceptionGroup("two", [SystemExit("a"), ValueError("b")]),
    _circle,
    _chain,
    _nested,
)


@dataclass
class Outside:
    """What strangers do, seen from outside: which steps are under way, and when all go on."""

    go_on: threading.Event = field(default_factory=threading.Event)
    under_way: Counter[str] = field(default_factory=Counter)
    beside: list[str] = field(default_factory=list)

    def enter(self) -> str:
        """Note that a step begins; one that is under way already is a broken promise."""
        key = current_step().key
        self.under_way[key] += 1
        if self.under_way[key] > 1:
            self.beside.append(current_step().name)
        return key

    def leave(self, key: str) -> None:
        self.under_way[key] -= 1


@dataclass(frozen=True)
class Stranger:
    """A job of somebody's, and how its runs end: `completed`, or with a failure of a kind."""

    what: str
    job: Job
    ends: str


Function = Callable[[], Any]


def stranger(chance: Random, name: str, outside: Outside) -> Stranger:
    """Make one up."""
    make = chance.choice((_stepping, _stepping, _embodied))
    what, function, ends = make(chance, outside)
    return Stranger(what, a_job(function, name), ends)


# -- steps ----------------------------------------------------------------------------------------


def _stepping(chance: Random, outside: Outside) -> tuple[str, Any, str]:
    """A job that calls one strange step function."""
    make = chance.choice((_raising, _raising, _hanging, _hanging, _answering, _spawning))
    is_async = chance.random() < 0.5
    what, act, ends, how = make(chance, outside, is_async=is_async)
    step = _asynchronous(act, outside) if is_async else _synchronous(act, outside)

    async def story(ctx: Context, request: Any) -> None:
        await ctx.step.run("strange", step, **how)

    return f"{'async' if is_async else 'sync'} step that {what}", story, ends


def _synchronous(act: Function, outside: Outside) -> Function:
    def step() -> Any:
        key = outside.enter()
        try:
            return act()
        finally:
            outside.leave(key)

    step.__qualname__ = "step"
    return step


def _asynchronous(act: Function, outside: Outside) -> Function:
    async def step() -> Any:
        key = outside.enter()
        try:
            made = act()
            return await made if asyncio.iscoroutine(made) else made
        finally:
            outside.leave(key)

    step.__qualname__ = "step"
    return step


def _raising(chance: Random, outside: Outside, *, is_async: bool) -> tuple[str, Function, str, Any]:
    make = chance.choice(ERRORS)
    kind = _kind(make, is_async=is_async)

    def act() -> None:
        error = make()
        raise error

    return f"raises {kind}", act, kind, {"retries": Retries(chance.choice((1, 2)))}


def _hanging(chance: Random, outside: Outside, *, is_async: bool) -> tuple[str, Function, str, Any]:
    how: dict[str, Any] = {"timeout": SOON, "retries": Retries(chance.choice((1, 2, 4)))}
    ends = "StepTimedOut"
    if chance.random() < 0.2:
        how, ends = {"timeout": SOON, "at_most_once": True}, "StepOutcomeUnknown"
    if not is_async:
        return "hangs", lambda: outside.go_on.wait(30) and None, ends, how
    return "ignores that it is cancelled", lambda: _stubborn(outside), ends, how


async def _stubborn(outside: Outside) -> None:
    while not outside.go_on.is_set():
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.01)


def _answering(
    chance: Random, outside: Outside, *, is_async: bool
) -> tuple[str, Function, str, Any]:
    once: dict[str, Any] = {"retries": Retries(1)}
    match chance.randrange(8):
        case 0:
            return "answers 100 MiB", lambda: "x" * (100 * MIB), "ResultTooLarge", once
        case 1 | 2:
            return "answers too much", lambda: ["x" * 100] * 30_000, "ResultTooLarge", once
        case 3 | 4:
            return "answers what is no JSON", object, "NotSerializable", once
        case _:
            return "answers", lambda: "fine", COMPLETED, once


def _spawning(
    chance: Random, outside: Outside, *, is_async: bool
) -> tuple[str, Function, str, Any]:
    def thread() -> None:
        threading.Thread(target=chance.choice((_leave, outside.go_on.wait)), daemon=True).start()

    def tasks() -> None:
        KEPT.extend(map(asyncio.ensure_future, (_exit(), _stubborn(outside))))

    return "spawns", tasks if is_async else thread, COMPLETED, {}


KEPT: list[Any] = []  # tasks that nobody awaits, or they would be collected


def _leave() -> None:
    raise SystemExit("in a thread")


async def _exit() -> None:
    raise SystemExit("in a task")


def _kind(make: Callable[[], BaseException], *, is_async: bool) -> str:
    kind = type(make()).__name__
    # Python's own word for what must not come out of a coroutine.
    return "RuntimeError" if is_async and kind == "StopIteration" else kind


# -- bodies ---------------------------------------------------------------------------------------


def _embodied(chance: Random, outside: Outside) -> tuple[str, Any, str]:
    """A job whose own code is strange."""
    if chance.random() < 0.4:
        return _raising_body(chance)
    what, ends, body = chance.choice(BODIES)

    async def story(ctx: Context, request: Any) -> Any:
        return await body(ctx, outside)

    return f"body that {what}", story, ends


def _raising_body(chance: Random) -> tuple[str, Any, str]:
    make = chance.choice(ERRORS)
    kind = _kind(make, is_async=True)

    async def story(ctx: Context, request: Any) -> None:
        await ctx.step.now()
        error = make()
        raise error

    return f"body that raises {kind}", story, kind


async def _computes(ctx: Context, outside: Outside) -> None:
    end = time.monotonic() + 0.03
    while time.monotonic() < end:
        sum(range(1_000))


async def _leaves_tasks(ctx: Context, outside: Outside) -> None:
    KEPT.append(asyncio.ensure_future(_exit()))
    KEPT.append(asyncio.ensure_future(asyncio.sleep(3_600)))
    await ctx.step.now()


async def _cancels_itself(ctx: Context, outside: Outside) -> None:
    task = asyncio.current_task()
    if task is not None:
        task.cancel()
    await asyncio.sleep(0)


async def _groups(ctx: Context, outside: Outside) -> None:
    async with asyncio.TaskGroup():
        await ctx.step.sleep("rest", "1h")


async def _limits(ctx: Context, outside: Outside) -> None:
    async with asyncio.timeout(60):
        await ctx.step.sleep("rest", "1h")


async def _swallows(ctx: Context, outside: Outside) -> None:
    with suppress(BaseException):
        await ctx.step.sleep("rest", "1h")


async def _answers_too_much(ctx: Context, outside: Outside) -> Any:
    return "x" * (3 * MIB)


async def _answers_no_json(ctx: Context, outside: Outside) -> Any:
    return object()


Body = Callable[[Context, Outside], Awaitable[Any]]
BODIES: tuple[tuple[str, str, Body], ...] = (
    ("computes", COMPLETED, _computes),
    ("leaves tasks behind", COMPLETED, _leaves_tasks),
    ("cancels itself", "CancelledError", _cancels_itself),
    ("puts a TaskGroup around a wait", "ConcurrentStep", _groups),
    ("puts a timeout around a wait", "ConcurrentStep", _limits),
    ("swallows its parking", "SuspendSwallowed", _swallows),
    ("answers too much", "ResultTooLarge", _answers_too_much),
    ("answers what is no JSON", "NotSerializable", _answers_no_json),
)
