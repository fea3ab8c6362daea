"""Fairness: no job takes all places of a process, and whoever comes next finds some."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from store.query import Query
from store.tables import RUNS, RunStatus
from tests.workflows.kit import Harness, a_job
from workflows.engine.local import worker
from workflows.engine.local.places import AT_ONCE, Places


class Crowd:
    """A step function under way as often as it is called, until it is let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.now = 0

    async def step(self) -> None:
        self.now += 1
        await self.go_on.wait()
        self.now -= 1

    def job(self, name: str):
        async def story(ctx, request):
            await ctx.step.run("work", self.step)

        return a_job(story, name)


async def quick(ctx, request):
    return "done"


async def until(is_so) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.001)


async def test_g16_a_quick_job_begins_at_once_beside_more_slow_runs_than_there_are_places_i34(
    db, clock
):
    crowd = Crowd()
    harness = await Harness.opened(db, clock, crowd.job("slow"), a_job(quick, "quick"))
    slow = [await harness.start("slow") for _ in range(AT_ONCE + 20)]
    async with harness.working():
        harness.worker.wake()
        await until(lambda: crowd.now == AT_ONCE * 3 // 4)
        again = [await harness.start("slow") for _ in range(5)]

        others = [await harness.start("quick") for _ in range(3)]

        for run in others:
            await harness.until("completed", run=run)
        assert crowd.now == AT_ONCE * 3 // 4
        crowd.go_on.set()
        await harness.until("completed")

    assert {await harness.status(run) for run in (*slow, *again)} == {"completed"}


async def test_g16_several_slow_jobs_leave_a_place_too(db, clock):
    crowd = Crowd()
    names = [f"slow {n}" for n in range(3)]
    jobs = [crowd.job(name) for name in names]
    harness = await Harness.opened(db, clock, *jobs, a_job(quick, "quick"))
    for name in names:
        for _ in range(AT_ONCE):
            await harness.start(name)
    async with harness.working():
        harness.worker.wake()
        await until(lambda: crowd.now >= AT_ONCE * 3 // 4)
        run = await harness.start("quick")

        await harness.until("completed", run=run)
        crowd.go_on.set()
        await harness.until("completed")


JOBS = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.tuples(JOBS, st.booleans()), max_size=600))
def test_g16_no_job_ever_takes_all_places_and_one_that_has_none_finds_one(asked):
    places, under_way = Places(), []
    for job, ends in asked:
        if ends and under_way:
            places.give_back(under_way.pop(0))
        elif places.room(job) > 0:
            places.take(job)
            under_way.append(job)
        assert places.free >= 0
        assert under_way.count(job) <= AT_ONCE * 3 // 4
        assert places.free == 0 or places.room("somebody new") >= 1


@pytest.mark.parametrize("size", [60, 300], ids=["some fit", "none fits with another"])
async def test_g26_large_journals_are_in_memory_a_few_at_a_time_and_small_ones_pass_by(
    db, clock, monkeypatch, size
):
    monkeypatch.setattr(worker, "MOST_BYTES", 100 * 1024)
    crowd, most = Crowd(), []

    async def much():
        return "x" * (size * 1024)

    async def count():
        most.append(crowd.now)
        await crowd.step()

    much.__qualname__, count.__qualname__ = "much", "count"

    async def large(ctx, request):
        await ctx.step.run("much", much)
        await ctx.step.sleep("rest", "1m")
        await ctx.step.run("count", count)

    harness = await Harness.opened(db, clock, a_job(large, "large"), a_job(quick, "quick"))
    runs = [await harness.start("large") for _ in range(5)]
    await harness.run()
    clock.move(minutes=1)
    await harness.engine.sweep()
    async with harness.working():
        harness.worker.wake()
        await until(lambda: crowd.now)
        other = await harness.start("quick")
        await harness.until("completed", run=other)
        assert crowd.now == 1
        crowd.go_on.set()
        await harness.until("completed")

    assert [await harness.status(run) for run in runs] == ["completed"] * 5
    assert len(most) == 5


async def test_g26_what_an_event_brings_is_counted_too(db, clock):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        await ctx.step.wait_for_event("never", timeout="1h", expected=["yes"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()

    await harness.deliver(run, "answer", "yes", payload="x" * 50_000)

    query = Query(select(RUNS.c.journal_bytes), int)
    (counted,) = await db.read(lambda tx: tx.all(query))
    assert counted >= 50_000


async def test_many_ready_runs_of_one_job_beside_an_idle_one_are_all_executed_without_a_tick_g16(
    db, clock
):
    harness = await Harness.opened(db, clock, a_job(quick), a_job(quick, "idle"))

    async with harness.working():
        await asyncio.gather(*(harness.start(key=str(number)) for number in range(1_500)))
        await harness.until("completed")

    assert len(await harness.engine.list(status=RunStatus.COMPLETED, limit=2_000)) == 1_500
