"""A pass that is over is gone at once: nothing of it waits for the collector of cycles."""

import gc

from tests.workflows.kit import Harness, a_job

RUNS = 50
YES = {"timeout": "1h", "expected": ["yes"]}


async def test_passes_leave_nothing_for_the_collector_of_cycles_i19(db, clock, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        await ctx.step.wait_for_event("answer", **YES)

    harness = await Harness.opened(db, clock, a_job(story))
    await harness.started()
    gc.collect()
    gc.disable()
    try:
        for _ in range(RUNS):
            await harness.started()
        left = gc.collect()
    finally:
        gc.enable()

    assert left < RUNS
