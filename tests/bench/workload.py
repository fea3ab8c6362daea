"""The workload `approve`: a step, a wait, a step; and an engine with a worker to run it."""

import asyncio
import gc
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from store import file, meta
from store.database import Database
from store.opening import open_database
from workflows import Context, Policy, job
from workflows.clock import SystemClock
from workflows.context import RunInfo, Surroundings
from workflows.delivering import Delivering
from workflows.engine.base import Start
from workflows.engine.local.engine import LocalEngine
from workflows.engine.local.worker import Worker
from workflows.event import Delivery
from workflows.failpoint import failpoint
from workflows.plugins import Plugins
from workflows.registry import Registry

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 64
FILE = "harbor.db"
ADDRESS = "http://127.0.0.1:3000"
LOOK_AGAIN_S = 0.005
SOONEST_S = 1.0  # the shortest timeout there is
_UNDER_WAY = "SELECT 1 FROM runs WHERE status = 'ready' UNION ALL SELECT 1 FROM runs WHERE status"
IS_BUSY = f"SELECT EXISTS({_UNDER_WAY} = 'running')"


class Request(BaseModel):
    number: int


class Due(BaseModel):
    at: float  # seconds since 1970


class Asked(BaseModel):
    person: str


async def post(number: int) -> dict[str, int]:
    return {"posted": number}


@job(name="approve")
async def approve(ctx: Context, request: Request) -> dict[str, str]:
    """A step, a wait, a step."""
    await ctx.step.run("post", post, request.number)
    event = await ctx.step.wait_for_event(
        "decision", timeout="24h", expected=["approved", "rejected"]
    )
    await ctx.step.run("act", post, request.number)
    return {"kind": event.kind}


@job(name="due")
async def due(ctx: Context, request: Due) -> dict[str, str]:
    """The same, with a wait that ends at an instant."""
    await ctx.step.run("post", post, 1)
    left = request.at - (await ctx.step.now()).timestamp()
    event = await ctx.step.wait_for_event(
        "decision", timeout=timedelta(seconds=max(left, SOONEST_S)), expected=["approved"]
    )
    await ctx.step.run("act", post, 1)
    return {"kind": event.kind}


@job(name="ask")
async def ask(ctx: Context, request: Asked) -> dict[str, str]:
    """The same, with people to decide."""
    await ctx.step.run("post", post, 1)
    decision = await ctx.approval(
        "decision",
        "Go ahead?",
        policy=Policy(users=[request.person], requester_may_decide=True),
        timeout="24h",
    )
    await ctx.step.run("act", post, 1)
    return {"decision": type(decision).__name__}


@asynccontextmanager
async def working(folder: Path) -> AsyncIterator[tuple[Database, LocalEngine, Worker]]:
    """An engine with one worker on a database in *folder*."""
    clock, registry = SystemClock(), Registry([approve, due, ask])
    db = open_database(f"sqlite:///{folder / FILE}", clock.now, failpoint)
    engine = LocalEngine(db, registry, clock)
    around = Surroundings(ADDRESS, "#approvals", Plugins(), Delivering(engine.send))
    worker = Worker(
        db,
        registry,
        await db.read(meta.installation_id),
        lambda step, run: Context(step, RunInfo(run.id, run.job, run.requested_by, ""), around),
        clock,
    )
    loop = asyncio.create_task(worker.run())
    gc.freeze()  # as `harbor serve` does
    try:
        yield db, engine, worker
    finally:
        await worker.stop(1)
        await loop
        await db.close()


async def start(engine: LocalEngine, name: str, **arguments: Any) -> str:
    return (await engine.start(Start(name, arguments, "token:bench", "api"))).run_id


async def deliver(engine: LocalEngine, run_id: str) -> None:
    await engine.send(
        Delivery(run_id, "decision", "approved", "token:bench", "api", "bench", run_id)
    )


async def each(call: Callable[[R], Awaitable[T]], items: Iterable[R]) -> list[T]:
    """Await a call for every item, 64 at a time."""
    left, answers = iter(items), list[T]()

    async def feed() -> None:
        for item in left:
            answers.append(await call(item))

    await asyncio.gather(*(feed() for _ in range(IN_FLIGHT)))
    return answers


class Watch:
    """Looks at the file from outside, as another process would: the engine is not disturbed."""

    def __init__(self, folder: Path) -> None:
        self._connection = file.connect(folder / FILE, read_only=True)

    def one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()[0]

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(query, values).fetchall()

    async def idle(self) -> None:
        """Wait until no run is ready or running."""
        while self.one(IS_BUSY):
            await asyncio.sleep(LOOK_AGAIN_S)

    async def completed(self, run_id: str, pause: float = 0.0) -> float:
        """Wait until a run is durably complete; answer when that was seen (perf_counter)."""
        while self.one("SELECT status FROM runs WHERE id = ?", run_id) != "completed":
            await asyncio.sleep(pause)
        return time.perf_counter()

    def close(self) -> None:
        self._connection.close()


def percentile(values: list[float], percent: int) -> float:
    """Answer the value that *percent* of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
