"""Passes: the worker on a thread and a loop of its own, so that what jobs do is nobody else's wait.

A job that computes between its steps keeps other runs waiting, but no click, page or deadline:
those are answered on the main loop. What one call of C code does without letting go of the
interpreter (a regular expression, say) holds up every thread; only another process would help.
"""

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.watch import Heartbeat
from workflows.engine.local.worker import Worker
from workflows.plugins.base import Plugin, Tool

log = logging.getLogger(__name__)

T = TypeVar("T")

# A thread that computes gives way after so long; by default ten times as long. A click takes a
# dozen turns between the loop and the database's threads.
GIVES_WAY_S = 0.0005
MARGIN_S = 3.0  # over the grace, for a loop that is kept from hearing that it is to stop
GOODBYE_S = 1.0  # for tasks that jobs and steps have left behind
HELD_UP = (
    "meanwhile no other run goes on; give what blocks to ctx.step.run as a plain function, which"
    " gets a thread of its own"
)


class Passes:
    """Runs the worker that *make* answers, which is called on the loop that is to be its own."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self._worker: Worker | None = None

    async def start(self) -> None:
        """Begin to execute runs. Raises what kept the worker from beginning."""
        sys.setswitchinterval(GIVES_WAY_S)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="harbor-passes", daemon=True)
        self._thread.start()
        await self._there(self._begun())

    def wake(self) -> None:
        """Look for ready runs now; from any thread."""
        if self._worker is not None:
            with suppress(RuntimeError):  # It has stopped.
                self._loop.call_soon_threadsafe(self._worker.wake)

    async def stop(self, grace: float) -> None:
        """Claim nothing more, give passes *grace* seconds, and let go of the rest.

        Where a job keeps the loop from hearing of it, its runs are taken up at the next start.
        """
        if self._worker is None:
            return
        stopping = asyncio.ensure_future(self._there(self._worker.stop(grace)))
        await asyncio.wait({stopping}, timeout=grace + MARGIN_S)
        if not stopping.done():
            stopping.cancel()
            log.warning("a job keeps its loop busy; its runs are taken up at the next start")
            return
        stopping.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, GOODBYE_S + MARGIN_S)

    async def _there(self, work: Any) -> Any:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _begun(self) -> None:
        self._worker = self._make()
        self._working = [
            asyncio.create_task(self._worker.run(), name="worker"),
            asyncio.create_task(Heartbeat(HELD_UP).run(), name="heartbeat of passes"),
        ]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        while True:
            try:
                self._loop.run_forever()
            except (SystemExit, KeyboardInterrupt) as error:
                # Of a task that a job or a step has started: asyncio lets these out of the loop.
                log.warning("a task of a job or step raised %s", type(error).__name__)
            else:
                break
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=GOODBYE_S))
        self._loop.close()


async def _asked(ask: Callable[[], Awaitable[T]]) -> tuple[Any, BaseException | None]:
    """Await it. Whatever it raises is data: SystemExit would end the loop that is everybody's."""
    try:
        return await ask(), None
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001  see above
        return None, error


@dataclass(frozen=True)
class AtHome:
    """A plugin whose calls are made on the loop that its connections belong to."""

    plugin: Plugin
    loop: asyncio.AbstractEventLoop

    @property
    def name(self) -> str:
        return self.plugin.name

    async def tools(self) -> Mapping[str, Tool]:
        """See `Plugin.tools`."""
        found: Mapping[str, Tool] = await self._there(self.plugin.tools)
        return found

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        """See `Plugin.call`. What is known of the step goes along."""
        return await self._there(lambda: self.plugin.call(tool, arguments, key))

    async def close(self) -> None:
        """See `Plugin.close`."""
        await self._there(self.plugin.close)

    async def _there(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        if asyncio.get_running_loop() is self.loop:
            return await ask()
        there = asyncio.run_coroutine_threadsafe(_asked(ask), self.loop)
        value, error = await asyncio.wrap_future(there)
        if error is not None:
            raise error
        return value
