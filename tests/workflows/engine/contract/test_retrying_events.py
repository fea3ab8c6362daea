"""What was accepted for a run is there when a person has it go on."""

from tests.workflows.kit import a_job
from workflows.errors import StepFailed
from workflows.event import Accepted, Declined, Disposition

YES = {"timeout": "1h", "expected": ["yes", "no"]}


def flaky_then(effects, *names):
    async def story(ctx, request):
        await ctx.step.sleep("first", "1m")
        await ctx.step.run("flaky", effects.post)
        return [(await ctx.step.wait_for_event(name, **YES)).kind for name in names]

    return a_job(story)


async def failed(engines, effects, *names, sent):
    """Answer a run that fails once *sent* was accepted for what it has not come to yet."""
    harness = await engines(flaky_then(effects, *names))
    effects.troubles = [StepFailed("down")]
    run = await harness.started()
    for number, (name, kind) in enumerate(sent):
        receipt = await harness.deliver(run, name, kind, key=f"sent {number}")
        assert receipt.disposition is Disposition.BUFFERED
    await harness.move(minutes=1)
    assert await harness.status(run) == "failed"
    return harness, run


async def test_an_event_that_came_early_is_there_when_the_run_goes_on_g35(engines, effects):
    harness, run = await failed(engines, effects, "go", sent=[("go", "yes")])

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == ["yes"]


async def test_the_same_key_gets_its_first_answer_before_and_after_g35(engines, effects):
    harness, run = await failed(engines, effects, "go", sent=[("go", "yes")])

    over = await harness.deliver(run, "go", "yes", key="sent 0")
    await harness.retry(run)
    alive = await harness.deliver(run, "go", "yes", key="sent 0")
    await harness.run()

    assert isinstance(over, Accepted)
    assert (over, over.repeated) == (alive, True)
    assert await harness.result(run) == ["yes"]


async def test_several_are_taken_in_the_order_in_which_they_were_accepted_g35(engines, effects):
    sent = [("go", "no"), ("go", "yes"), ("stop", "yes")]
    harness, run = await failed(engines, effects, "go", "go", "stop", sent=sent)

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == ["no", "yes", "yes"]


async def test_it_is_there_however_often_the_run_fails_g35(engines, effects):
    harness, run = await failed(engines, effects, "go", sent=[("go", "yes")])
    for _ in range(2):
        effects.troubles = [StepFailed("still down")]
        await harness.retry(run)
        await harness.run()
        assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == ["yes"]


async def test_no_more_of_them_are_kept_than_before_g35(engines, effects):
    harness, run = await failed(engines, effects, "go", sent=[("go", "yes")] * 16)
    await harness.retry(run)

    receipt = await harness.deliver(run, "go", "yes")

    assert receipt.code is Declined.RATE_LIMITED


async def test_what_is_refused_is_not_accepted_by_a_retry_g35(engines, effects):
    harness, run = await failed(engines, effects, "go", sent=[])
    late = await harness.deliver(run, "go", "yes")

    await harness.retry(run)
    await harness.run()

    assert late.code is Declined.RUN_OVER
    assert await harness.status(run) == "waiting"


async def test_an_event_for_a_branch_is_there_as_well_g35(engines, effects):
    async def fails(ctx):
        await ctx.step.sleep("first", "1m")
        await ctx.step.run("flaky", effects.post)

    async def waits(ctx):
        await ctx.step.sleep("first", "2m")
        return (await ctx.step.wait_for_event("go", **YES)).kind

    async def story(ctx, request):
        return await ctx.step.gather("fan", fails(ctx), waits(ctx))

    harness = await engines(a_job(story))
    effects.troubles = [StepFailed("down")]
    run = await harness.started()
    await harness.deliver(run, "fan#1[1]/go", "yes")
    await harness.move(minutes=1)
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()
    await harness.move(minutes=2)

    assert await harness.result(run) == [None, "yes"]


async def test_a_child_that_goes_on_with_its_parent_has_its_events_back_g35(engines, effects):
    async def story(ctx, request):
        return await ctx.run_job("child", {}, timeout="1h")

    child = flaky_then(effects, "go")
    harness = await engines(a_job(story), a_job(child.function, "child"))
    effects.troubles = [StepFailed("down")]
    run = await harness.started()
    (started,) = await harness.engine.list(job="child")
    await harness.deliver(started.id, "go", "yes")
    await harness.move(minutes=1)
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == ["yes"]
