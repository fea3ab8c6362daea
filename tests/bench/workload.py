"""The workload `approve`, on the engine alone: a step, a wait, a step."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import TypedDict, TypeVar

from pydantic import BaseModel

from store import meta
from store.database import Database, Tx
from store.opening import open_database
from store.runs import page
from store.tables import RunStatus
from workflows import Context, job
from workflows.clock import SystemClock
from workflows.context import RunInfo, Surroundings
from workflows.delivering import Delivering
from workflows.engine.base import Start
from workflows.engine.local.engine import LocalEngine
from workflows.engine.local.worker import Worker
from workflows.event import Delivery
from workflows.plugins import Plugins
from workflows.registry import Registry

T = TypeVar("T")

IN_FLIGHT = 64
SINGLES = 300  # events delivered one after another, for the latency
LOOK_AGAIN_S = 0.002


class Figures(TypedDict):
    """One repetition."""

    a_started_and_parked_per_s: float
    b_delivered_and_completed_per_s: float
    c_p50_ms: float
    c_p99_ms: float
    disk_bytes_per_parked_run: float


class Request(BaseModel):
    number: int


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


async def measure(folder: Path, n: int) -> Figures:
    """Start *n* runs, let them park, measure single events, then deliver to all the others."""
    async with working(folder) as (db, engine):
        began = time.perf_counter()
        ids = await gathered(start(engine, number) for number in range(n + SINGLES))
        await until(db, RunStatus.READY, RunStatus.RUNNING)
        parked_s = time.perf_counter() - began
        size = sum(path.stat().st_size for path in folder.iterdir())
        latencies = [await timed(engine, run_id) for run_id in ids[:SINGLES]]
        began = time.perf_counter()
        await gathered(deliver(engine, run_id) for run_id in ids[SINGLES:])
        await until(db, RunStatus.READY, RunStatus.RUNNING)
        completed_s = time.perf_counter() - began
        assert not await db.read(page, status=RunStatus.WAITING, limit=1)
    cuts = quantiles(latencies, n=100)
    return {
        "a_started_and_parked_per_s": len(ids) / parked_s,
        "b_delivered_and_completed_per_s": n / completed_s,
        "c_p50_ms": cuts[49] * 1000,
        "c_p99_ms": cuts[98] * 1000,
        "disk_bytes_per_parked_run": size / len(ids),
    }


@asynccontextmanager
async def working(folder: Path):
    """An engine with one worker on a database in *folder*."""
    clock, registry = SystemClock(), Registry([approve])
    db = open_database(f"sqlite:///{folder / 'bench.db'}", clock.now)
    engine = LocalEngine(db, registry, clock)
    around = Surroundings("http://127.0.0.1:3000", "#approvals", Plugins(), Delivering(engine.send))
    worker = Worker(
        db,
        registry,
        await db.read(meta.installation_id),
        lambda step, run: Context(step, RunInfo(run.id, run.job, run.requested_by, ""), around),
        clock,
    )
    loop = asyncio.create_task(worker.run())
    try:
        yield db, engine
    finally:
        await worker.stop(1)
        await loop
        await db.close()


async def start(engine: LocalEngine, number: int) -> str:
    return (await engine.start(Start("approve", {"number": number}, "token:bench", "api"))).run_id


async def deliver(engine: LocalEngine, run_id: str) -> None:
    await engine.send(
        Delivery(run_id, "decision", "approved", "token:bench", "api", "bench", run_id)
    )


async def timed(engine: LocalEngine, run_id: str) -> float:
    """Answer the seconds from the call to the run completed."""
    began = time.perf_counter()
    await deliver(engine, run_id)
    while (run := await engine.get(run_id)) and run.status is not RunStatus.COMPLETED:
        await asyncio.sleep(0)
    return time.perf_counter() - began


async def gathered(calls: Iterable[Awaitable[T]]) -> list[T]:
    """Await all, 64 at a time."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def one(call: Awaitable[T]) -> T:
        async with room:
            return await call

    return await asyncio.gather(*(one(call) for call in calls))


async def until(db: Database, *gone: RunStatus) -> None:
    """Wait until no run is in any of these states."""

    def left(tx: Tx) -> bool:
        return any(page(tx, status=status, limit=1) for status in gone)

    while await db.read(left):
        await asyncio.sleep(LOOK_AGAIN_S)
