"""An event loop in which chance says what runs next, and time passes only when nothing can run.

What runs belongs to an `Actor`. One that is dead never runs again: no `finally`, no goodbye, as
when its process was killed. One that is frozen runs when it thaws, as after SIGSTOP.
"""

import asyncio
import heapq
import warnings
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, ContextVar, copy_context
from itertools import count
from random import Random
from typing import Any

LAST = 200  # decisions that are remembered
LONGEST = 50_000  # callbacks after which a schedule counts as endless


class Endless(Exception):
    """The schedule does not come to an end."""


class Actor:
    """What dies, freezes and dawdles together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self.is_frozen = False
        self.was_frozen = False
        self.slowness = 0.0  # how often it is put off, of 1
        self.held: list[_Handle] = []


OUTSIDE = Actor("outside")
ACTOR: ContextVar[Actor] = ContextVar("actor", default=OUTSIDE)


def belonging_to(actor: Actor) -> Context:
    """Answer a new context in which what runs is *actor*'s, and nothing else is known."""
    context = Context()
    context.run(ACTOR.set, actor)
    return context


class _Handle:
    __slots__ = ("actor", "args", "callback", "context", "is_cancelled")

    def __init__(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> None:
        self.callback = callback
        self.args = args
        self.context = copy_context() if context is None else context
        self.actor: Actor = self.context.get(ACTOR, OUTSIDE)
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True

    def cancelled(self) -> bool:
        return self.is_cancelled


class ChosenLoop(asyncio.AbstractEventLoop):
    """Runs one callback at a time; which of those that could is *chance*'s choice."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._ready: list[_Handle] = []
        self._timers: list[tuple[float, int, _Handle]] = []
        self._order = count()
        self._time = 0.0
        self._steps = 0
        self._tasks: list[asyncio.Task[Any]] = []
        self._factory: Any = None
        self.decisions: deque[str] = deque(maxlen=LAST)
        self.troubles: list[BaseException] = []

    def note(self, *words: object) -> None:
        """Remember a decision, with its time."""
        self.decisions.append(f"{self._time:9.3f}  {' '.join(map(str, words))}")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be this thread's running loop for the block; then let go of all that is under way."""
        asyncio._set_running_loop(self)
        try:
            yield
            self._close_tasks()
        finally:
            asyncio._set_running_loop(None)

    def finish(self, task: "asyncio.Task[Any]") -> Any:
        """Run until *task* is done, and answer its result."""
        while not task.done():
            self._step()
        return task.result()

    def thaw(self, actor: Actor) -> None:
        """Let a frozen actor go on where it was."""
        actor.is_frozen = False
        held, actor.held = actor.held, []
        self._ready.extend(held)

    # -- what asyncio asks of a loop ------------------------------------------------------------

    def get_task_factory(self) -> Any:
        return self._factory

    def set_task_factory(self, factory: Any) -> None:
        self._factory = lambda coro, loop, **options: factory(loop, coro, **options)

    def time(self) -> float:
        return self._time

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Any:
        handle = _Handle(callback, args, context)
        self._ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Any:
        return self.call_at(self._time + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Any:
        handle = _Handle(callback, args, context)
        heapq.heappush(self._timers, (when, next(self._order), handle))
        return handle

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> "asyncio.Task[Any]":
        make = self._factory or asyncio.Task
        task = make(coro, loop=self, name=name, context=context)
        self._tasks.append(task)
        return task

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Call *func* at a moment of its own, as a thread would."""
        answer = self.create_future()
        self.call_soon(self._call, answer, func, args)
        return answer

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if error := context.get("exception"):
            self.troubles.append(error)

    # -- parts ----------------------------------------------------------------------------------

    def _step(self) -> None:
        ready = self._ready
        if not ready:
            self._move_time()
        place = int(self._chance.random() * len(ready))
        handle = ready[place]
        ready[place] = ready[-1]
        ready.pop()
        actor = handle.actor
        if handle.is_cancelled or actor.is_dead:
            return
        if actor.is_frozen:
            actor.held.append(handle)
            return
        if actor.slowness and self._chance.random() < actor.slowness:
            when = self._time + self._chance.choice((0.01, 0.3, 2.0))
            heapq.heappush(self._timers, (when, next(self._order), handle))
            return
        handle.context.run(handle.callback, *handle.args)

    def _move_time(self) -> None:
        self._steps += 1
        if not self._timers or self._steps > LONGEST:
            raise Endless("nothing will ever happen again" if not self._timers else "no end")
        timers = self._timers
        self._time = max(self._time, timers[0][0])
        while timers and timers[0][0] <= self._time:
            self._ready.append(heapq.heappop(timers)[2])

    @staticmethod
    def _call(
        answer: "asyncio.Future[Any]", func: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        try:
            value = func(*args)
        except BaseException as error:  # noqa: BLE001  it belongs to who waits for the answer
            if not answer.cancelled():
                answer.set_exception(error)
        else:
            if not answer.cancelled():
                answer.set_result(value)

    def _close_tasks(self) -> None:
        """Drop what is under way without a word of asyncio's about it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of coroutines never awaited
            for task in self._tasks:
                if not task.done():
                    task._log_destroy_pending = False
                    with suppress(BaseException):
                        task.get_coro().close()
