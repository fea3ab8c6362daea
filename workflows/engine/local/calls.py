"""Calls of step functions, each in a place of its own: a thread, or a task.

Whatever a function does there is met by its own step alone. One that blocks has a thread of ours,
for which nothing else ever waits: not the other jobs, not a name look-up, not the end of the
process. Nobody can stop a thread. So one whose step waits no longer is *given up on*: it is
counted, it stays in its job's share of the threads, and its step is not called beside it.
"""

import asyncio
import inspect
import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from datetime import timedelta
from queue import SimpleQueue
from typing import Any, NamedTuple, Self

from workflows.errors import StepFailed, StepMisused
from workflows.failpoint import Killed
from workflows.faults import kind, words
from workflows.plugins.base import PluginUnavailable

THREADS = 32
LONGEST_S = 1.0  # that a task may take to notice that it is cancelled

StepId = tuple[str, str, int]  # the run, and the nth use of a name in it
Encode = Callable[[Any], str]


class NoThread(Exception):
    """Every thread that a job may have was given up on: none of its step functions can begin."""


class StepTimedOut(Exception):
    """A step function took longer than its timeout: this attempt has failed."""


class Failure(NamedTuple):
    """What a function raised, without the error itself: its traceback would keep all it had made.

    *is_final*: to try again cannot help. *retry_after*: seconds, if the other side asked for them.
    """

    kind: str
    message: str
    is_final: bool = False
    retry_after: float = 0.0
    has_died: bool = False

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Answer what is known of *error*, after a call of its ``__str__``."""
        # What a step has failed with may stand for an error of another class.
        named = vars(error).get("kind") if isinstance(error, StepFailed) else None
        asked = error.retry_after if isinstance(error, PluginUnavailable) else None
        return cls(
            kind=named if isinstance(named, str) else kind(error),
            message=words(error),
            is_final=isinstance(error, (StepFailed, StepMisused)),
            retry_after=asked if isinstance(asked, (int, float)) and asked > 0 else 0.0,
            has_died=isinstance(error, Killed),
        )


class Ended(NamedTuple):
    """How a function ended: by a value, encoded, or by whatever it raised."""

    text: str = ""
    failure: Failure | None = None


Answer = asyncio.Future[Ended]


class _Work(NamedTuple):
    function: Callable[[], Any]
    encode: Encode
    context: Context
    answer: Answer
    job: str


class _Turn(NamedTuple):
    job: str
    come: asyncio.Future[None]


class Calls:
    """The step functions under way in a process, *threads* of those that block at a time.

    One job has half of the threads at most. Used on one loop; its figures are for any thread.
    """

    def __init__(self, threads: int = THREADS) -> None:
        self.most = threads
        self.share = max(threads // 2, 1)
        self._taken: Counter[str] = Counter()
        self._given_up: Counter[str] = Counter()
        self._left_behind: set[StepId] = set()
        self._turns: deque[_Turn] = deque()
        self._queue: SimpleQueue[_Work] = SimpleQueue()
        self._threads = 0

    # -- the figures ----------------------------------------------------------------------------

    @property
    def taken(self) -> dict[str, int]:
        """How many threads each job has, those given up on included."""
        return {job: n for job, n in dict(self._taken).items() if n}

    @property
    def given_up(self) -> dict[str, int]:
        """How many threads of each job go on though nobody waits for them."""
        return {job: n for job, n in dict(self._given_up).items() if n}

    def trouble(self) -> str | None:
        """Answer why no function that blocks can begin any more; None: some can."""
        given_up = self.given_up
        if sum(given_up.values()) < self.most:
            return None
        jobs = ", ".join(f"{job} ({n})" for job, n in sorted(given_up.items()))
        return f"all {self.most} threads of step functions hang and were given up on, of {jobs}"

    # -- threads --------------------------------------------------------------------------------

    async def prepare(self, job: str, step: StepId, function: Callable[..., Any]) -> "Call":
        """Answer a call that can begin at once: where it needs a thread, it has one.

        Raises NoThread where its job can have none any more.
        """
        is_beside = step in self._left_behind
        takes_thread = not is_beside and not inspect.iscoroutinefunction(function)
        if takes_thread:
            await self._take(job)
        return Call(self, job, step, function, is_beside=is_beside, has_thread=takes_thread)

    async def _take(self, job: str) -> None:
        turn = _Turn(job, asyncio.get_running_loop().create_future())
        self._turns.append(turn)
        self._hand_on()
        try:
            await turn.come
        except asyncio.CancelledError:
            if turn in self._turns:
                self._turns.remove(turn)
            elif turn.come.exception() is None:
                self.give_back(job)
            raise

    def give_back(self, job: str) -> None:
        """Let the next have a thread."""
        self._taken[job] -= 1
        self._hand_on()

    def _hand_on(self) -> None:
        """Let those begin who may, who has waited longest first; others stand in nobody's way."""
        for turn in [turn for turn in self._turns if not turn.come.done()]:
            if self._given_up[turn.job] >= self.share:
                turn.come.set_exception(NoThread())
            elif self._has_room(turn.job):
                self._taken[turn.job] += 1
                turn.come.set_result(None)
            else:
                continue
            self._turns.remove(turn)

    def _has_room(self, job: str) -> bool:
        return self._taken[job] < self.share and self._taken.total() < self.most

    def begin(self, job: str, function: Callable[[], Any], encode: Encode) -> Answer:
        """Call a function in the thread that was taken for it."""
        answer: Answer = asyncio.get_running_loop().create_future()
        self._queue.put(_Work(function, encode, copy_context(), answer, job))
        if self._threads < self._taken.total():
            self._threads += 1
            # A daemon: the process ends without it.
            threading.Thread(target=self._work, name="harbor-step", daemon=True).start()
        return answer

    def leave(self, job: str, step: StepId, answer: Answer, *, has_thread: bool) -> None:
        """Wait no longer for a function that goes on."""

        def ended(_: object) -> None:
            self._left_behind.discard(step)
            self._given_up[job] -= has_thread

        self._left_behind.add(step)
        self._given_up[job] += has_thread
        answer.add_done_callback(ended)
        self._hand_on()

    def _work(self) -> None:
        while True:
            work = self._queue.get()
            end = work.context.run(_ended, work.function, work.encode)
            with suppress(RuntimeError):  # The loop is gone, and whoever waited.
                work.answer.get_loop().call_soon_threadsafe(self._hand_over, work, end)
            del work, end  # They would be kept until the next call.

    def _hand_over(self, work: _Work, end: Ended) -> None:
        work.answer.set_result(end)
        # After those who count what was given up on: it is none any more.
        asyncio.get_running_loop().call_soon(self.give_back, work.job)


class Call:
    """One attempt at a step, which can begin at once."""

    def __init__(
        self,
        calls: Calls,
        job: str,
        step: StepId,
        function: Callable[..., Any],
        *,
        is_beside: bool,
        has_thread: bool,
    ) -> None:
        self._calls = calls
        self._job = job
        self._step = step
        self._function = function
        self._is_beside = is_beside
        self._has_thread = has_thread
        self._is_over = False

    def drop(self) -> None:
        """Give the thread back, if the function was not called."""
        if self._has_thread and not self._is_over:
            self._calls.give_back(self._job)

    async def made(self, args: tuple[Any, ...], limit: timedelta | None, encode: Encode) -> Ended:
        """Call the function in today's context, and answer how it ended.

        Raises StepTimedOut; and CancelledError where the pass is ended from outside.
        """
        if self._is_beside:
            raise StepTimedOut("was not tried again: an earlier attempt still goes on")
        self._is_over = True
        answer = self._begun(args, encode)
        try:
            if limit is None:
                await _done(answer)
            else:
                await asyncio.wait({answer}, timeout=limit.total_seconds())
            if answer.done():
                return answer.result()
            await self._stop(answer)
            raise StepTimedOut(self._lateness(limit, answer))
        finally:
            if not answer.done():
                self._leave(answer)

    def _begun(self, args: tuple[Any, ...], encode: Encode) -> Answer:
        if self._has_thread:
            return self._calls.begin(self._job, lambda: self._function(*args), encode)
        return asyncio.create_task(_awaited(self._function, args, encode))

    async def _stop(self, answer: Answer) -> None:
        """Let a task close what it has open."""
        if isinstance(answer, asyncio.Task):
            answer.cancel()
            await asyncio.wait({answer}, timeout=LONGEST_S)

    def _leave(self, answer: Answer) -> None:
        if isinstance(answer, asyncio.Task):
            answer.cancel()
        self._calls.leave(self._job, self._step, answer, has_thread=self._has_thread)

    def _lateness(self, limit: timedelta | None, answer: Answer) -> str:
        late = f"took longer than {limit.total_seconds() if limit else 0:g} s"
        if answer.done():
            return late
        place = "thread" if self._has_thread else "task, which ignores that it is cancelled,"
        return f"{late}; its {place} goes on"


async def _done(answer: Answer) -> None:
    """Wait until *answer* is there, which goes on where this is cancelled: `wait` takes longer."""
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake(_: object) -> None:
        if not waiter.done():
            waiter.set_result(None)

    answer.add_done_callback(wake)
    await waiter


def _ended(function: Callable[[], Any], encode: Encode) -> Ended:
    """Call a function. Whatever it raises is data: nothing gets out of its thread."""
    try:
        return Ended(encode(function()))
    except BaseException as error:  # noqa: BLE001  see above
        return Ended(failure=Failure.of(error))


async def _awaited(function: Callable[..., Any], args: tuple[Any, ...], encode: Encode) -> Ended:
    """Await a function. Whatever it raises is data: SystemExit would end the whole loop."""
    try:
        return Ended(encode(await function(*args)))
    except BaseException as error:  # noqa: BLE001  see above
        return Ended(failure=Failure.of(error))
