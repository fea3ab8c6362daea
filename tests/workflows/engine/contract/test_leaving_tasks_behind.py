"""A job's own tasks end with the pass that started them: nothing of a parked run goes on."""

import asyncio

import pytest

from tests.workflows.kit import a_job

YES = {"timeout": "1h", "expected": ["yes"]}


class Ticking:
    """What a job might leave running."""

    def __init__(self):
        self.began = 0
        self.ended = []
        self.left = []

    async def tick(self):
        self.began += 1
        try:
            await asyncio.sleep(3600)
        finally:
            self.ended.append("cancelled")

    def start(self):
        self.left.append(asyncio.create_task(self.tick()))

    async def start_in_a_step(self):
        self.start()


@pytest.mark.parametrize("end", ["parks", "returns", "raises"])
async def test_f103_a_task_that_outlives_a_pass_is_cancelled_and_that_is_said(engines, caplog, end):
    ticking = Ticking()

    async def story(ctx, request):
        ticking.start()
        await asyncio.sleep(0)
        if end == "raises":
            raise ValueError("oh")
        if end == "parks":
            await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(story))
    run = await harness.started()

    assert (ticking.began, ticking.ended) == (1, ["cancelled"])
    assert f"the job of run {run} left 1 of its own tasks" in caplog.text
    assert "Ticking.tick" in caplog.text


async def test_f103_a_task_of_a_branch_is_cancelled_too(engines, caplog):
    ticking = Ticking()

    async def branch(ctx):
        ticking.start()
        await ctx.step.wait_for_event("answer", **YES)

    async def story(ctx, request):
        await ctx.step.gather("fan", branch(ctx), branch(ctx))

    harness = await engines(a_job(story))
    await harness.started()

    assert ticking.ended == ["cancelled"] * ticking.began
    assert all(task.done() for task in ticking.left)


async def test_f103_a_task_that_will_not_be_cancelled_does_not_keep_the_run_from_parking(
    engines, monkeypatch
):
    monkeypatch.setattr("workflows.engine.local.scope.LONGEST_S", 0.01)
    let_go = asyncio.Event()

    async def stubborn():
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    async def story(ctx, request):
        kept.append(asyncio.create_task(stubborn()))
        await asyncio.sleep(0)
        await ctx.step.wait_for_event("answer", **YES)

    kept = []
    harness = await engines(a_job(story))

    run = await harness.started()
    let_go.set()

    assert await harness.status(run) == "waiting"


async def test_what_a_step_starts_may_outlive_it(engines, caplog):
    """A connection, say, that the next step will use as well."""
    ticking = Ticking()

    async def story(ctx, request):
        await ctx.step.run("connect", ticking.start_in_a_step)
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(story))
    await harness.started()
    (task,) = ticking.left

    assert not task.done()
    assert "left" not in caplog.text
    task.cancel()


async def test_tasks_that_a_job_awaits_are_nobodys_concern(engines, caplog):
    async def one():
        await asyncio.sleep(0)
        return 1

    async def story(ctx, request):
        return sum(await asyncio.gather(one(), one()))

    harness = await engines(a_job(story))
    run = await harness.started()

    assert await harness.result(run) == 2
    assert "left" not in caplog.text
