"""Runs beside each other: one that is slow, fails, is set aside or is huge holds up no other."""

import asyncio

from tests.workflows.kit import Held, a_job

YES = {"timeout": "1h", "expected": ["yes"]}


def neighbours(effects, held):
    async def slow(ctx, request):
        await ctx.step.run("hold", held.step)

    async def failing(ctx, request):
        await ctx.step.run("refuse", effects.refuse)

    async def swallowing(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        except BaseException:  # noqa: BLE001
            return "swallowed"

    async def huge(ctx, request):
        for n in range(300):
            await ctx.step.run("post", effects.post, f"{n} " * 1_000)

    jobs = {"slow": slow, "failing": failing, "swallowing": swallowing, "huge": huge}
    return [a_job(function, name) for name, function in jobs.items()]


async def asking(ctx, request):
    return (await ctx.step.wait_for_event("answer", **YES)).kind


async def is_over(harness, run):
    return (await harness.get(run)).finished_at is not None


async def test_events_and_deadlines_of_a_run_do_not_wait_for_its_neighbours_i22(engines, effects):
    held = Held()
    harness = await engines(a_job(asking), *neighbours(effects, held))
    answered, unanswered = await harness.start(), await harness.start()
    for name in ("slow", "failing", "swallowing", "huge"):
        await harness.start(job=name)
    working = asyncio.create_task(harness.worker.run())
    harness.worker.wake()
    await held.begun.wait()

    receipt = await harness.deliver(answered, "answer", "yes")
    while not await is_over(harness, answered):  # noqa: ASYNC110  each look is a read of the store
        await asyncio.sleep(0)
    harness.clock.move(hours=1)
    await harness.engine.sweep()
    while not await is_over(harness, unanswered):  # noqa: ASYNC110
        await asyncio.sleep(0)

    assert receipt.disposition == "resolved"
    assert not held.go_on.is_set()
    assert await harness.result(answered) == "yes"
    assert await harness.result(unanswered) == "timeout"
    held.go_on.set()
    await harness.worker.stop(grace=5)
    await working
