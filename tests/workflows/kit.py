"""The engine under test: a real store, a real worker, jobs made in the test, a clock to move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from pydantic import BaseModel, ConfigDict

from store import meta
from store.database import Database
from workflows.context import Context
from workflows.engine.base import (
    Done,
    NotCancelled,
    NotDone,
    NotRetried,
    Retry,
    RunStatus,
    RunView,
    Start,
    WaitView,
)
from workflows.errors import StepFailed
from workflows.event import Delivery, Receipt
from workflows.plugins.base import Plugins
from workflows.registry import Job, Registry
from workflows.step import CurrentStep, current_step
from workflows.testing import NOON, FakeClock, Killed
from workflows.testing.assembly import assembled

__all__ = [
    "ANA",
    "NOON",
    "Anything",
    "Effects",
    "FakeClock",
    "Harness",
    "Held",
    "Killed",
    "a_job",
]

LONGEST_S = 20.0
ANA = "slack:T0HARBOR:UANA"

_keys = count(1)


class Anything(BaseModel):
    """An input that takes every argument."""

    model_config = ConfigDict(extra="allow")


def a_job(function: Callable[[Context, Any], Awaitable[Any]], name: str = "story") -> Job:
    """Answer a job of any function: `job` itself refuses those that a test defines inside."""
    return Job(name=name, description="", function=function, model=Anything)


class Effects:
    """The outside world: what was done to it, with which keys, and what goes wrong next."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, CurrentStep]] = []
        self.troubles: list[BaseException | None] = []

    async def post(self, what: str = "letter") -> Any:
        """Do *what*; with a trouble next, it happens all the same and the trouble is raised.

        Of any type: a person may say something else of it.
        """
        self.steps.append((what, current_step()))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None:
            raise trouble
        return {"posted": what}

    async def refuse(self) -> None:
        """Fail for good."""
        raise StepFailed("refused")

    @property
    def done(self) -> list[str]:
        return [what for what, _ in self.steps]

    @property
    def keys(self) -> list[str]:
        return [step.key for _, step in self.steps]

    @property
    def attempts(self) -> list[int]:
        return [step.attempt for _, step in self.steps]


class Held:
    """A step function that says when it has begun and ends when it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def step(self) -> str:
        self.begun.set()
        await self.go_on.wait()
        return "held"


class Harness:
    """An engine with its worker, whose passes run when the test says so."""

    def __init__(self, db: Database, clock: FakeClock, installation: str, *jobs: Job) -> None:
        self.db = db
        self.clock = clock
        self.registry = Registry(jobs)
        self._installation = installation
        parts = assembled(db, clock, installation, self.registry, Plugins())
        self.engine, self.gates, self.worker = parts.engine, parts.gates, parts.worker

    @classmethod
    async def opened(cls, db: Database, clock: FakeClock, *jobs: Job) -> "Harness":
        """Start an engine on *db* as a process would: what was left behind is taken up."""
        harness = cls(db, clock, await db.read(meta.installation_id), *jobs)
        await harness.engine.recover()
        return harness

    async def deployed(self, *jobs: Job) -> "Harness":
        """Answer the engine of the next process, on the same store, with these jobs."""
        return await Harness.opened(self.db, self.clock, *jobs)

    async def restarted(self) -> "Harness":
        """Answer the engine of the next process, on the same store, with the same jobs."""
        return await self.deployed(*self.registry)

    async def start(self, job: str = "story", key: str | None = None, **arguments: Any) -> str:
        scope = None if key is None else "test"
        start = Start(job, arguments, requested_by=ANA, via="test", scope=scope, key=key)
        return (await self.engine.start(start)).run_id

    async def run(self) -> None:
        """Make passes until nothing is ready."""
        await self.worker.drain()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Have the worker claim and execute by itself for the block."""
        task = asyncio.create_task(self.worker.run())
        await asyncio.sleep(0)
        yield
        await self.worker.stop(grace=1)
        await task

    async def until(self, *statuses: str, run: str | None = None) -> None:
        """Wait until a run, or every run, is in one of these states."""
        async with asyncio.timeout(LONGEST_S):
            while await self._others(statuses, run):  # noqa: ASYNC110  what else would tell
                await asyncio.sleep(0.01)

    async def _others(self, statuses: tuple[str, ...], run: str | None) -> bool:
        if run is not None:
            return await self.status(run) not in statuses
        left = [each for each in RunStatus if each.value not in statuses]
        return any([await self.engine.list(status=each, limit=1) for each in left])

    async def started(self, **arguments: Any) -> str:
        """Start a run, and go on until it waits or ends."""
        run = await self.start(**arguments)
        await self.run()
        return run

    async def move(self, **length: float) -> None:
        """Move the clock, do what has become due, and go on until nothing is ready."""
        self.clock.move(**length)
        await self.engine.sweep()
        await self.run()

    async def deliver(
        self, run: str, name: str, kind: str, key: str | None = None, **payload: Any
    ) -> Receipt:
        key = key or f"key-{next(_keys)}"
        return await self.engine.send(
            Delivery(run, name, kind, actor=ANA, via="api", scope="test", key=key, payload=payload)
        )

    async def cancel(self, run: str, *, force: bool = False) -> Done | NotDone | NotCancelled:
        return await self.engine.cancel(run, by=ANA, via="test", force=force)

    async def retry(self, run: str, **said: Any) -> Done | NotDone | NotRetried:
        return await self.engine.retry(run, by=ANA, via="test", how=Retry(**said))

    async def get(self, run: str) -> RunView:
        found = await self.engine.get(run)
        assert found is not None
        return found

    async def status(self, run: str) -> str:
        return (await self.get(run)).status.value

    async def result(self, run: str) -> Any:
        """Answer what a run returned; fails the test where it did not complete."""
        found = await self.get(run)
        assert found.status == "completed", (found.status, found.error, found.blocked_reason)
        return found.result

    async def wait(self, run: str, nth: int = 0) -> WaitView:
        return (await self.get(run)).waits[nth]
