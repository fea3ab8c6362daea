"""`@job(at_once=N)`: only so many runs of a job are executed at once, and nobody else waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.workflows.engine.contract.conftest import Engines
from tests.workflows.kit import Harness, a_job

HOUR = {"timeout": "1h", "expected": ["yes"]}


def limited(function, at_once: int, name: str = "limited"):
    return replace(a_job(function, name), at_once=at_once)


class Crowd:
    """A step function that counts how many calls of it are under way, until they are let go."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.now = 0
        self.most = 0

    async def step(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go_on.wait()
        self.now -= 1

    def job(self, at_once: int):
        async def story(ctx, request):
            await ctx.step.run("work", self.step)

        return limited(story, at_once)


async def quick(ctx, request):
    return "done"


@asynccontextmanager
async def working(harness: Harness) -> AsyncIterator[None]:
    """Execute beside the test, as a process does: who ends makes room for the next."""
    worker = asyncio.create_task(harness.worker.run())
    harness.worker.wake()
    yield
    await harness.worker.stop(grace=0)
    await worker


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0)


async def until_they_are(harness: Harness, status: str, *runs: str) -> None:
    async with asyncio.timeout(10):
        while set(await statuses(harness, *runs)) != {status}:
            pass


async def statuses(harness: Harness, *runs: str) -> list[str]:
    return [await harness.status(run) for run in runs]


async def test_only_so_many_runs_are_executed_at_once_and_all_of_them_in_the_end(engines: Engines):
    crowd = Crowd()
    harness = await engines(crowd.job(at_once=2))
    started = [await harness.start("limited") for _ in range(7)]

    async with working(harness):
        await until(lambda: crowd.now == 2)
        assert sorted(await statuses(harness, *started)) == ["ready"] * 5 + ["running"] * 2
        crowd.go_on.set()
        await until_they_are(harness, "completed", *started)

    assert crowd.most == 2


async def test_i22_runs_of_other_jobs_pass_by_those_that_have_no_room(engines: Engines):
    crowd = Crowd()
    harness = await engines(crowd.job(at_once=1), a_job(quick, "quick"), limited(quick, 1, "other"))
    # More than a process executes at once, and all of them before the others.
    backlog = [await harness.start("limited") for _ in range(200)]
    others = [await harness.start(job) for job in ("quick", "other", "other")]

    async with working(harness):
        await until_they_are(harness, "completed", *others)
        assert sorted(await statuses(harness, *backlog)) == ["ready"] * 199 + ["running"]


async def test_who_has_waited_longest_comes_first_among_limited_jobs(engines: Engines):
    order: list[int] = []

    async def story(ctx, request):
        order.append(request.model_extra["n"])

    harness = await engines(limited(story, 1, "first"), limited(story, 1, "second"))
    for n in range(6):
        await harness.start("second" if n % 2 else "first", n=n)
        harness.clock.move(seconds=1)

    await harness.run()

    assert order == list(range(6))


async def test_a_run_that_waits_takes_no_room(engines: Engines):
    async def story(ctx, request):
        return (await ctx.step.wait_for_event("answer", **HOUR)).kind

    harness = await engines(limited(story, 1))
    started = [await harness.start("limited") for _ in range(3)]

    await harness.run()

    assert await statuses(harness, *started) == ["waiting"] * 3


async def test_a_limit_holds_for_runs_that_died_again_and_again_too(engines: Engines):
    """They are claimed by a statement of its own, which counts as well."""
    crowd = Crowd()
    harness = await engines(crowd.job(at_once=1))
    started = [await harness.start("limited") for _ in range(2)]
    died = "UPDATE runs SET idle_claims = 3 WHERE id = ?"
    await harness.db.write(lambda tx: tx._connection.execute(died, started[:1]) and None)

    async with working(harness):
        await until(lambda: crowd.now == 1)
        assert await statuses(harness, *started) == ["ready", "running"]
        crowd.go_on.set()
        await until_they_are(harness, "completed", *started)

    assert crowd.most == 1


async def test_i18_a_restart_keeps_the_limit_and_gives_the_room_back(engines: Engines):
    crowd = Crowd()
    harness = await engines(crowd.job(at_once=1))
    started = [await harness.start("limited") for _ in range(2)]
    async with working(harness):
        await until(lambda: crowd.now == 1)

    restarted = await harness.restarted()
    crowd.now = 0
    async with working(restarted):
        await until(lambda: crowd.now == 1)
        assert sorted(await statuses(restarted, *started)) == ["ready", "running"]
        crowd.go_on.set()
        await until_they_are(restarted, "completed", *started)
