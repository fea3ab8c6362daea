"""Step functions that block: threads of their own, bounded, counted, and never two of one step."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from store.database import Database
from tests.workflows.kit import FakeClock, Harness, a_job
from workflows.engine.local.calls import Calls
from workflows.errors import StepFailed
from workflows.step import Retries

ONCE = Retries(attempts=1)
SOON = timedelta(milliseconds=20)


class Blocking:
    """Step functions that hang until they are let go, and how many were ever under way."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun = 0
        self.now = 0
        self.most = 0

    def nap(self) -> str:
        self.begun += 1
        self.now += 1
        self.most = max(self.most, self.now)
        self.go_on.wait(30)
        self.now -= 1
        return "slept"


@pytest.fixture
def blocking() -> Iterator[Blocking]:
    found = Blocking()
    yield found
    found.go_on.set()


def quickly() -> str:
    return "done"


def napping(blocking: Blocking, name: str = "napping", **how):
    async def story(ctx, request):
        try:
            return await ctx.step.run("nap", blocking.nap, **how)
        except StepFailed as failed:
            return [failed.kind, str(failed)]

    return a_job(story, name)


async def quick(ctx, request):
    return await ctx.step.run("quickly", quickly)


async def opened(db: Database, clock: FakeClock, *jobs, threads: int = 32) -> Harness:
    harness = await Harness.opened(db, clock, *jobs)
    harness.worker.calls = Calls(threads)
    return harness


async def until(is_so) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.001)


async def test_g10_a_job_whose_steps_block_has_half_of_the_threads_and_others_go_on(
    db, clock, blocking
):
    harness = await opened(db, clock, napping(blocking), a_job(quick, "quick"), threads=4)
    async with harness.working():
        naps = [await harness.start("napping") for _ in range(6)]
        await until(lambda: blocking.now == 2)

        other = await harness.start("quick")
        await harness.until("completed", run=other)
        assert harness.worker.calls.taken["napping"] == 2
        blocking.go_on.set()
        await harness.until("completed")

    assert blocking.most == 2
    assert [await harness.result(run) for run in naps] == ["slept"] * 6


async def test_g10_nothing_of_ours_waits_for_a_step_that_blocks(db, clock, blocking):
    harness = await opened(db, clock, napping(blocking), threads=64)
    async with harness.working():
        for _ in range(40):  # more than the loop's own pool has
            await harness.start("napping")
        await until(lambda: blocking.now == 32)

        async with asyncio.timeout(10):
            await asyncio.get_running_loop().getaddrinfo("localhost", 80)
        blocking.go_on.set()
        await harness.until("completed")


async def test_g10_waiting_for_a_thread_does_not_count_as_the_steps_own_time(db, clock, blocking):
    harness = await opened(db, clock, napping(blocking, timeout="1s", retries=ONCE), threads=2)
    async with harness.working():
        first = await harness.start("napping")
        await until(lambda: blocking.now == 1)
        blocking.go_on.set()
        second = await harness.start("napping")
        await harness.until("completed")

    assert [await harness.result(run) for run in (first, second)] == ["slept"] * 2


async def test_g10_stopping_does_not_wait_for_a_step_that_blocks(db, clock, blocking):
    harness = await opened(db, clock, napping(blocking))
    async with asyncio.timeout(10):
        async with harness.working():
            run = await harness.start("napping")
            await until(lambda: blocking.now == 1)
            await harness.worker.stop(grace=0)

    assert await harness.status(run) == "ready"


async def test_g11_a_step_that_hangs_fails_in_its_time_and_is_never_called_beside_itself(
    db, clock, blocking
):
    how = {"timeout": SOON, "retries": Retries(attempts=6)}
    harness = await opened(db, clock, napping(blocking, **how))

    run = await harness.start("napping")
    await harness.run()
    for _ in range(5):
        await harness.move(minutes=1)

    kind, said = await harness.result(run)
    assert blocking.begun == 1
    assert kind == "StepTimedOut"
    assert "goes on" in said


async def test_g11_a_retry_by_a_person_does_not_call_it_beside_itself_either(db, clock, blocking):
    async def story(ctx, request):
        await ctx.step.run("nap", blocking.nap, timeout=SOON, retries=ONCE)

    harness = await opened(db, clock, a_job(story))
    run = await harness.started()
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "failed"
    assert blocking.begun == 1
    blocking.go_on.set()
    await until(lambda: not harness.worker.calls.given_up)
    await harness.retry(run)
    await harness.run()
    assert await harness.status(run) == "completed"


async def test_g11_a_job_whose_threads_all_hang_begins_no_further_step_that_blocks(
    db, clock, blocking
):
    harness = await opened(
        db,
        clock,
        napping(blocking, timeout=SOON, retries=ONCE),
        a_job(quick, "quick"),
        threads=4,
    )
    for _ in range(2):
        await harness.start("napping")
    await harness.run()
    assert harness.worker.calls.given_up == {"napping": 2}

    waiting, other = await harness.start("napping"), await harness.start("quick")
    await harness.run()

    assert blocking.begun == 2
    assert await harness.status(waiting) == "ready"
    assert await harness.result(other) == "done"
    assert harness.worker.calls.trouble() is None
    # Once a thread has come back, it goes on.
    blocking.go_on.set()
    await until(lambda: not harness.worker.calls.given_up)
    await harness.move(seconds=10)
    assert await harness.result(waiting) == "slept"


async def test_g11_a_step_that_waited_for_a_thread_is_let_go_when_all_of_its_job_hang(
    db, clock, blocking
):
    harness = await opened(
        db, clock, napping(blocking, timeout=timedelta(milliseconds=100), retries=ONCE), threads=4
    )
    runs = [await harness.start("napping") for _ in range(5)]

    await harness.run()

    found = sorted([await harness.status(run) for run in runs])
    assert found == ["completed"] * 2 + ["ready"] * 3
    assert blocking.begun == 2


async def test_g11_a_step_that_may_begin_once_has_not_begun_while_it_waits_for_a_thread(
    db, clock, blocking
):
    async def story(ctx, request):
        return await ctx.step.run("pay", blocking.nap, at_most_once=True)

    hanging = napping(blocking, "paying", timeout=SOON, retries=ONCE)
    harness = await opened(db, clock, hanging, threads=2)
    await harness.start("paying")
    await harness.run()
    harness.registry = None
    later = await Harness.opened(db, clock, a_job(story, "paying"))
    later.worker.calls = harness.worker.calls
    run = await later.start("paying")
    await later.run()
    assert await later.status(run) == "ready"

    blocking.go_on.set()
    await until(lambda: not later.worker.calls.given_up)
    await later.move(seconds=10)

    assert await later.result(run) == "slept"


async def test_g11_where_all_threads_hang_the_jobs_are_named(db, clock, blocking):
    how = {"timeout": SOON, "retries": ONCE}
    jobs = [napping(blocking, name, **how) for name in ("one", "two")]
    harness = await opened(db, clock, *jobs, threads=2)
    for name in ("one", "two"):
        await harness.start(name)

    await harness.run()

    assert harness.worker.calls.trouble() == (
        "all 2 threads of step functions hang and were given up on, of one (1), two (1)"
    )


async def test_g11_a_timeout_of_a_step_that_may_begin_once_is_unknown(db, clock, blocking):
    harness = await opened(db, clock, napping(blocking, timeout=SOON, at_most_once=True))

    run = await harness.start("napping")
    await harness.run()

    kind, said = await harness.result(run)
    assert kind == "StepOutcomeUnknown"
    assert "took longer than 0.02 s; its thread goes on" in said


async def test_g11_an_async_step_that_ignores_its_end_is_left_behind_and_not_called_again(
    db, clock
):
    begun, go_on = [], asyncio.Event()

    async def stubborn():
        begun.append(1)
        while not go_on.is_set():
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                continue

    async def story(ctx, request):
        await ctx.step.run("hold", stubborn_step, timeout=SOON, retries=Retries(attempts=2))

    stubborn_step = stubborn
    stubborn_step.__qualname__ = "stubborn"
    harness = await opened(db, clock, a_job(story))

    run = await harness.started()
    await harness.move(seconds=2)

    assert await harness.status(run) == "failed"
    assert len(begun) == 1
    go_on.set()
    await until(lambda: not harness.worker.calls._left_behind)


async def test_g11_an_async_step_that_is_ended_closes_what_it_has_open(db, clock):
    closed = []

    async def careful():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            closed.append(1)

    careful.__qualname__ = "careful"

    async def story(ctx, request):
        try:
            await ctx.step.run("hold", careful, timeout=SOON, retries=ONCE)
        except StepFailed:
            return len(closed)

    harness = await opened(db, clock, a_job(story))

    assert await harness.result(await harness.started()) == 1
