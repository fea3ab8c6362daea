"""Figures a, b and c: the engine alone, start to parked, deliver to completed, one event's time."""

import time
from pathlib import Path

from tests.bench.workload import Watch, deliver, each, percentile, start, working

SINGLES = 300  # events delivered one after another, for the latency


async def parked(folder: Path, n: int) -> dict[str, float]:
    """a: start *n* runs and wait until all are durably parked; what one takes on disk."""
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        began = time.perf_counter()
        await each(lambda number: start(engine, "approve", number=number), range(n))
        await watch.idle()
        took = time.perf_counter() - began
        watch.close()
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {"a_per_s": n / took, "a_us_per_run": took / n * 1e6, "d_bytes_per_run": size / n}


async def singles(folder: Path) -> dict[str, float]:
    """c: single events one after another, on runs picked from all that are parked."""
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        latencies = []
        for run_id in waiting(watch, SINGLES):
            began = time.perf_counter()
            await deliver(engine, run_id)
            latencies.append(await watch.completed(run_id) - began)
        watch.close()
    ms = [seconds * 1000 for seconds in latencies]
    return {"c_p50_ms": percentile(ms, 50), "c_p99_ms": percentile(ms, 99)}


async def delivered(folder: Path) -> dict[str, float]:
    """b: deliver to all that are parked and wait for the last; count what is not completed."""
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        ids = waiting(watch, -1)
        began = time.perf_counter()
        await each(lambda run_id: deliver(engine, run_id), ids)
        await watch.idle()
        took = time.perf_counter() - began
        missing = watch.one("SELECT count(*) FROM runs WHERE status <> 'completed'")
        watch.close()
    return {
        "b_per_s": len(ids) / took,
        "b_us_per_event": took / len(ids) * 1e6,
        "e_missing": missing,
    }


def waiting(watch: Watch, limit: int) -> list[str]:
    """Answer the oldest runs that are parked; -1: all."""
    found = watch.rows(
        "SELECT id FROM runs WHERE status = 'waiting' AND job = 'approve' ORDER BY id LIMIT ?",
        limit,
    )
    return [run_id for (run_id,) in found]
