"""Scope: tasks that a job's own code starts end with the pass that started them.

A parked run has nothing left in memory. A task that went on would do things that no journal knows
of, beside the next pass, which starts it once more.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

from workflows.step import in_step

log = logging.getLogger(__name__)

Task = asyncio.Task[Any]

LONGEST_S = 1.0  # that a task may take to notice that it is cancelled

_started: ContextVar[set[Task] | None] = ContextVar("started", default=None)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Have every task that is started on *loop* known to the pass whose job has started it."""
    if loop.get_task_factory() is None:
        loop.set_task_factory(_new_task)


@asynccontextmanager
async def scope(run_id: str) -> AsyncIterator[None]:
    """At the end of the block, cancel what the job has started in it and left behind."""
    started: set[Task] = set()
    token = _started.set(started)
    try:
        yield
    finally:
        _started.reset(token)
        if left := {task for task in started if not task.done()}:
            await _end(run_id, left)


def _new_task(loop: asyncio.AbstractEventLoop, coroutine: Any, /, **options: Any) -> Task:
    task = asyncio.Task(coroutine, loop=loop, **options)
    started = _started.get()
    # What a step function starts may be of use beyond it: a connection, kept for the next step.
    if started is not None and not in_step():
        started.add(task)
    return task


async def _end(run_id: str, left: set[Task]) -> None:
    log.warning(
        "the job of run %s left %d of its own tasks under way, which are cancelled: %s; use"
        " ctx.step.gather(…) for what it does side by side",
        run_id,
        len(left),
        ", ".join(sorted(_name(task) for task in left)),
    )
    for task in left:
        task.cancel()
    await asyncio.wait(left, timeout=LONGEST_S)


def _name(task: Task) -> str:
    coroutine = task.get_coro()
    return getattr(coroutine, "__qualname__", None) or type(coroutine).__name__
