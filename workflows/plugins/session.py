"""One task owns an MCP session: it opens it, makes the calls that are asked of it, and closes it.

The SDK's task groups must be left by the task that entered them, while calls come from the tasks
of many runs and the end may be asked for by any. So calls travel to the owner through a queue;
each then runs in a child of the owner, beside the others, and answers through a future.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import anyio
from mcp import Client

from workflows.plugins import exchange
from workflows.plugins.base import PluginUnavailable
from workflows.plugins.connection import LastWords, opened
from workflows.plugins.endpoint import Endpoint
from workflows.plugins.exchange import Exchange
from workflows.plugins.failures import verdict

CLOSING = timedelta(seconds=5)  # for the farewell to a server that may not answer

Answer = TypeVar("Answer")
Work = Callable[[Client], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Call:
    """A piece of work for the owner, and where its answer goes."""

    work: Work[Any]
    answer: asyncio.Future[Any]


class Session:
    """A session that opens itself, and ends by itself after *idle* without a call.

    Once *is_open* is false it takes no more calls and never opens again.
    """

    def __init__(
        self, plugin: str, endpoint: Endpoint, *, timeout: timedelta, idle: timedelta
    ) -> None:
        self.is_open = True
        self._plugin = plugin
        self._endpoint = endpoint
        self._timeout = timeout
        self._idle = idle
        self._queue: asyncio.Queue[Call | None] = asyncio.Queue()
        self._unanswered: set[asyncio.Future[Any]] = set()
        self._scope = anyio.CancelScope()
        self._has_opened = False
        self._last_words = LastWords()
        # A context of its own: what the first caller has bound (its step, its log lines) is not
        # what the session belongs to.
        self._owner = asyncio.create_task(self._own(), name=f"mcp {plugin}", context=Context())

    @property
    def has_ended(self) -> bool:
        return self._owner.done()

    async def ask(self, work: Work[Answer]) -> Answer:
        """Have the owner do *work*, while *is_open*. Cancelling this cancels the work.

        Raises StepFailed, PluginUnavailable or SessionLost, whatever went wrong.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._unanswered.add(answer)
        answer.add_done_callback(self._unanswered.discard)
        self._queue.put_nowait(Call(work, answer))
        return await answer

    def retire(self) -> None:
        """Take no more calls, let those under way finish, then close."""
        if self.is_open:
            self.is_open = False
            self._queue.put_nowait(None)

    async def close(self) -> None:
        """End now: calls under way fail. Returns when everything is closed."""
        self.retire()
        for answer in list(self._unanswered):
            _settle(answer, PluginUnavailable(f"{self._plugin} is being closed"))
        self._limit_closing()
        await asyncio.wait([self._owner])

    async def _own(self) -> None:
        seen = Exchange()
        exchange.current.set(seen)
        end: Exception = ConnectionError("the session ended")
        try:
            with self._scope:
                async with opened(self._endpoint, self._timeout, self._last_words) as client:
                    self._has_opened = True
                    await self._serve(client)
                    self._limit_closing()
        except Exception as error:  # noqa: BLE001 - whatever ended it is told to those who wait
            end = error
        finally:
            self.is_open = False
            for answer in list(self._unanswered):
                _settle(answer, self._verdict(end, Exchange() if self._has_opened else seen))

    async def _serve(self, client: Client) -> None:
        async with anyio.create_task_group() as calls:
            while (call := await self._next()) is not None:
                calls.start_soon(self._answer, client, call)

    async def _next(self) -> Call | None:
        """Answer the next call, or None when there will be none."""
        while True:
            try:
                async with asyncio.timeout(self._idle.total_seconds()):
                    return await self._queue.get()
            except TimeoutError:
                # No await from here on: `ask` cannot slip a call in between.
                if self._queue.empty() and not self._unanswered:
                    self.is_open = False
                    return None

    async def _answer(self, client: Client, call: Call) -> None:
        seen = Exchange()
        exchange.current.set(seen)
        with anyio.CancelScope() as scope:
            call.answer.add_done_callback(lambda _: scope.cancel())  # whoever asked has gone
            try:
                result = await call.work(client)
            except Exception as error:  # noqa: BLE001 - passed on to whoever asked
                _settle(call.answer, self._verdict(error, seen))
            else:
                if not call.answer.done():
                    call.answer.set_result(result)

    def _verdict(self, error: Exception, seen: Exchange) -> Exception:
        last_words = self._last_words.shown(self._endpoint)
        return verdict(self._plugin, self._endpoint, error, seen, last_words)

    def _limit_closing(self) -> None:
        # A scope around everything, because a task group may only be left inside-out: giving up
        # on the farewell must not tear up what it is nested in. An opening is given up at once.
        allowed = CLOSING.total_seconds() if self._has_opened else 0
        self._scope.deadline = min(self._scope.deadline, anyio.current_time() + allowed)


def _settle(answer: asyncio.Future[Any], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
