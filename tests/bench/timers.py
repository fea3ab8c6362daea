"""Figure f: waits that are due at one instant."""

import asyncio
import time
from pathlib import Path

from bot.retention import Retention
from bot.scheduler import Scheduler
from bot.seals import Seals
from tests.bench.workload import Watch, each, percentile, start, working
from workflows.clock import SystemClock

HEADROOM_S = 5.0
STARTS_PER_S = 2_000  # slower than any machine this is for
LOOK_AGAIN_S = 0.05
LEFT = "SELECT EXISTS(SELECT 1 FROM runs WHERE job = 'due' AND finished_at IS NULL)"
TOOK = """
SELECT (runs.finished_at - waits.deadline_at) / 1e6, waits.ended_at < waits.deadline_at
FROM waits JOIN runs ON runs.id = waits.run_id WHERE runs.job = 'due'
"""


async def timers(folder: Path, n: int) -> dict[str, float]:
    """f: *n* waits due at one instant, timed out by the scheduler's sweep."""
    async with working(folder) as (db, engine, worker):
        watch = Watch(folder)
        clock = SystemClock()
        chores = (Retention(db, engine, clock), Seals(db, clock))
        scheduler = Scheduler(engine, clock, chores, on_tick=(worker.wake,))
        scheduler.start()
        due = in_time_for(n)
        await each(lambda _: start(engine, "due", at=due), range(n))
        await asyncio.sleep(max(due - time.time(), 0))
        await gone(watch)
        scheduler.stop()
        lags, early = zip(*watch.rows(TOOK), strict=True)
        watch.close()
    return {
        "f_per_s": n / max(lags),
        "f_lag_p50_s": percentile(list(lags), 50),
        "f_lag_p99_s": percentile(list(lags), 99),
        "f_early": float(sum(early)),
    }


def in_time_for(n: int) -> float:
    """Answer an instant by which *n* runs will have parked."""
    return time.time() + HEADROOM_S + n / STARTS_PER_S


async def gone(watch: Watch) -> None:
    """Wait until every run that waited for its time is complete."""
    while watch.one(LEFT):
        await asyncio.sleep(LOOK_AGAIN_S)
