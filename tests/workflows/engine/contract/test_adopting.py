"""A run that another one waited for is the same when that is tried again, however it was left."""

import asyncio

from tests.workflows.kit import Held, a_job
from workflows.engine.base import NotRetried, Objection
from workflows.ids import is_run_id
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
ONCE = Retries(attempts=1)


def charging(effects, held, *, undo=False, after=True):
    """Answer a child whose step is held; with *undo* its closing code does something."""

    async def child(ctx, request):
        charged = Charge(effects, held)
        try:
            await ctx.step.run("charge", charged.step)
            if after:
                await ctx.step.run("note", effects.post, "note")
        finally:
            if undo:
                await ctx.step.run("undo", effects.post, "undo")
        return "charged"

    return a_job(child, "child")


class Charge:
    def __init__(self, effects, held):
        self._effects, self._held = effects, held

    async def step(self):
        await self._effects.post("charge")
        return await self._held.step()


def waiting():
    async def story(ctx, request):
        return await ctx.run_job("child", {}, timeout="1h")

    return a_job(story)


async def timed_out(engines, held, *jobs):
    """Answer a run whose child was in its step when the time was up, and that child."""
    harness = await engines(*jobs)
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    while not (await harness.get(run)).waits:  # noqa: ASYNC110  each look is a read of the store
        await asyncio.sleep(0)
    harness.clock.move(hours=2)
    await harness.engine.sweep()
    held.go_on.set()
    await passing
    await harness.run()
    return harness, run, (await harness.get(run)).waits[0].run_id


async def test_a_child_that_completed_after_its_time_is_adopted_g31(engines, effects):
    held = Held()
    child_job = charging(effects, held, after=False)
    harness, run, child = await timed_out(engines, held, waiting(), child_job)
    before = (await harness.status(run), await harness.status(child))

    await harness.retry(run)
    await harness.run()

    assert before == ("failed", "completed")
    assert await harness.result(run) == "charged"
    assert effects.done == ["charge"]


async def test_one_that_was_cancelled_after_it_had_done_something_is_not_started_anew_g31(
    engines, effects
):
    held = Held()
    harness, run, child = await timed_out(engines, held, waiting(), charging(effects, held))

    refused = await harness.retry(run)
    await harness.run()

    assert await harness.status(child) == "cancelled"
    assert isinstance(refused, NotRetried)
    assert refused.why is Objection.ACTED_ON
    assert child in refused.detail
    assert effects.done == ["charge"]


async def test_one_that_has_closed_is_neither_started_anew_nor_gone_on_with_g31(engines, effects):
    held = Held()
    job = charging(effects, held, undo=True)
    harness, run, child = await timed_out(engines, held, waiting(), job)

    refused = await harness.retry(run)
    await harness.run()

    assert isinstance(refused, NotRetried)
    assert refused.why is Objection.ACTED_ON
    assert child in refused.detail
    assert effects.done == ["charge", "undo"]


async def test_one_that_is_still_in_its_step_is_waited_for_first_g31(engines, effects):
    held = Held()
    harness = await engines(waiting(), charging(effects, held, after=False))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    while not (await harness.get(run)).waits:  # noqa: ASYNC110
        await asyncio.sleep(0)
    harness.clock.move(hours=2)
    await harness.engine.sweep()
    async with asyncio.timeout(20):
        while await harness.status(run) != "failed":
            harness.worker.wake()
            await asyncio.sleep(0.01)
            await harness.worker._claim_all()

    early = await harness.retry(run)
    held.go_on.set()
    await passing
    await harness.run()
    await harness.retry(run)
    await harness.run()

    assert early.why is Objection.ACTED_ON
    assert await harness.result(run) == "charged"
    assert effects.done == ["charge"]


async def test_the_children_of_a_gather_of_which_one_failed_are_charged_once_g31(engines, effects):
    async def child(ctx, request):
        await ctx.step.run("charge", effects.post, request.model_extra["what"], retries=ONCE)
        event = await ctx.step.wait_for_event("go", **YES)
        return event.kind

    async def one(ctx, what):
        return await ctx.run_job("child", {"what": what}, timeout="1d")

    async def story(ctx, request):
        return await ctx.step.gather("all", one(ctx, "a"), one(ctx, "b"))

    harness = await engines(a_job(story), a_job(child, "child"))
    effects.troubles = [None, ConnectionError("down")]
    run = await harness.started()
    failed = await harness.status(run)

    refused = await harness.retry(run)
    await harness.run()

    assert failed == "failed"
    assert refused.why is Objection.ACTED_ON
    assert len(effects.keys) == len(set(effects.keys)) == 2


async def test_nor_is_one_whose_child_had_done_something_g31(engines, effects):
    async def middle(ctx, request):
        return await ctx.run_job("child", {}, timeout="1d")

    async def story(ctx, request):
        return await ctx.run_job("middle", {}, timeout="1h")

    async def child(ctx, request):
        await ctx.step.run("charge", effects.post, "charge")
        return (await ctx.step.wait_for_event("go", timeout="1d", expected=["yes"])).kind

    harness = await engines(a_job(story), a_job(middle, "middle"), a_job(child, "child"))
    run = await harness.started()
    await harness.move(hours=2)
    states = {found.job: found.status.value for found in await harness.engine.list()}

    refused = await harness.retry(run)
    await harness.run()

    assert states == {"story": "failed", "middle": "cancelled", "child": "cancelled"}
    assert refused.why is Objection.ACTED_ON
    assert effects.done == ["charge"]


async def test_ids_and_keys_are_derived_and_repeat_as_themselves_g31(engines, effects):
    async def child(ctx, request):
        await ctx.step.run("charge", effects.post, "charge")

    async def story(ctx, request):
        for _ in range(2):
            await ctx.run_job("child", {}, timeout="1d")

    harness = await engines(a_job(story), a_job(child, "child"))
    run = await harness.start()
    rows = "SELECT id FROM runs WHERE parent_id IS NOT NULL ORDER BY parent_nth"
    await harness.run()
    first = await harness.db.read(lambda tx: tx._connection.execute(rows).fetchall())
    keys = list(effects.keys)

    await harness.db.write(_forgotten, run)
    effects.steps.clear()
    await harness.run()
    again = await harness.db.read(lambda tx: tx._connection.execute(rows).fetchall())

    assert (first, keys) == (again, effects.keys)
    assert len(set(first)) == len(set(keys)) == 2
    assert all(is_run_id(found) and found.startswith(run[:10]) for (found,) in first)


def _forgotten(tx, run):
    """Take a run back to its beginning, as a backup of before does."""
    for query in (
        "DELETE FROM journal",
        "DELETE FROM waits",
        "DELETE FROM runs WHERE parent_id IS NOT NULL",
        "UPDATE runs SET status = 'ready', ready_at = 0, finished_at = NULL, result = NULL",
    ):
        tx._connection.execute(query)


async def test_uses_of_a_name_that_were_tried_again_do_not_shift_the_others_g31(engines, effects):
    """Whether the first use took two tries or one, the second use is the same run."""

    async def child(ctx, request):
        await ctx.step.run("charge", effects.post, request.model_extra["n"], retries=ONCE)

    async def story(ctx, request):
        for n in range(2):
            await ctx.run_job("child", {"n": str(n)}, timeout="1d")

    harness = await engines(a_job(story), a_job(child, "child"))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()
    await harness.retry(run)
    await harness.run()
    keys = list(effects.keys)

    await harness.db.write(_forgotten, run)
    effects.steps.clear()
    await harness.run()

    assert keys[0] == keys[1] == effects.keys[0]
    assert keys[2] == effects.keys[1]
