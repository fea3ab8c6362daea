"""Scope: tasks that a job's own code starts end with the pass that started them.

A parked run has nothing left in memory. A task that went on would do things that no journal knows
of, beside the next pass, which starts it once more.
"""

import asyncio
import logging
from contextvars import ContextVar
from typing import Any, Self

from workflows.errors import StepMisused
from workflows.step import in_step

log = logging.getLogger(__name__)

Task = asyncio.Task[Any]

LONGEST_S = 1.0  # that a task may take to notice that it is cancelled

_started: ContextVar[set[Task] | None] = ContextVar("started", default=None)


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Have every task that is started on *loop* known to the pass whose job has started it."""
    if loop.get_task_factory() is None:
        loop.set_task_factory(_new_task)


class Scope:
    """A block at whose end what a job has started in it and left behind is cancelled."""

    __slots__ = ("_run_id", "_started", "_token")

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._started: set[Task] = set()

    async def __aenter__(self) -> Self:
        self._token = _started.set(self._started)
        return self

    async def __aexit__(self, *_: object) -> None:
        _started.reset(self._token)
        if left := {task for task in self._started if not task.done()}:
            await _end(self._run_id, left)

    def unheard(self) -> StepMisused | None:
        """Answer what a verb has told one of the job's tasks, whom nobody has asked since."""
        for task in self._started:
            if not task.done() or task.cancelled() or not task._log_traceback:  # noqa: SLF001
                continue
            if isinstance(error := task.exception(), StepMisused):
                return error
        return None


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
