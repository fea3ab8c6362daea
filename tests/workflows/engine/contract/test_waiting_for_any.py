"""`wait_for_any`: several events, of which the first ends all."""

import pytest

from tests.workflows.kit import a_job
from workflows.errors import RunCancelled
from workflows.step import Retries

BOTH = {"decision": ["approved", "rejected"], "abort": ["now"]}


async def story(ctx, request):
    event = await ctx.step.wait_for_any("first", BOTH, timeout="1h")
    again = await ctx.step.wait_for_event("decision", timeout="1h", expected=["approved"])
    return [event.name, event.kind, dict(event.payload).get("n"), again.kind]


async def first(harness, run):
    return [(w.name, w.status) for w in (await harness.get(run)).waits[:2]]


@pytest.mark.parametrize(("name", "kind"), [("decision", "rejected"), ("abort", "now")])
async def test_i06_the_first_event_ends_all_of_them_and_the_answer_says_which(engines, name, kind):
    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, name, kind, n=7)
    await harness.run()
    ended = await first(harness, run)
    await harness.deliver(run, "decision", "approved")
    await harness.run()

    assert ended == [("abort", "resolved"), ("decision", "resolved")]
    assert await harness.result(run) == [name, kind, 7, "approved"]


async def test_an_event_for_one_that_lost_is_told_so(engines):
    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "abort", "now")
    late = await harness.deliver(run, "decision", "approved")

    assert late.code == "already_decided"


async def test_one_deadline_ends_all_of_them(engines):
    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(hours=1)
    late = await harness.deliver(run, "abort", "now")
    await harness.move(hours=1)

    assert late.code == "expired"
    assert await harness.result(run) == ["first", "timeout", None, "timeout"]


async def test_f24_an_event_that_came_earlier_ends_them_at_once(engines):
    harness = await engines(a_job(story))
    run = await harness.start()
    await harness.deliver(run, "abort", "now")

    await harness.run()

    assert await first(harness, run) == [("abort", "resolved"), ("decision", "resolved")]


async def test_of_two_early_events_the_one_that_is_not_used_waits_for_a_later_wait(engines):
    harness = await engines(a_job(story))
    run = await harness.start()
    await harness.deliver(run, "abort", "now")
    await harness.deliver(run, "decision", "approved")

    await harness.run()

    # In the order in which the job names them: the decision first, and then nothing is left.
    found = await harness.get(run)
    assert [(w.name, w.nth, w.status) for w in found.waits] == [
        ("abort", 1, "resolved"), ("decision", 1, "resolved"), ("decision", 2, "open"),
    ]  # fmt: skip


async def test_cancel_ends_all_of_them(engines, effects):
    async def closing(ctx, request):
        try:
            await ctx.step.wait_for_any("first", BOTH, timeout="1h")
        except RunCancelled:
            await ctx.step.run("close", effects.post, "close")
            raise

    harness = await engines(a_job(closing))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()

    assert await harness.status(run) == "cancelled"
    assert await first(harness, run) == [("abort", "cancelled"), ("decision", "cancelled")]
    assert effects.done == ["close"]


async def test_it_survives_restarts_and_is_waited_for_once(engines):
    harness = await engines(a_job(story))
    run = await harness.started()

    harness = await harness.restarted()
    await harness.run()
    await harness.deliver(run, "abort", "now")
    harness = await harness.restarted()
    await harness.run()

    assert [w.status for w in (await harness.get(run)).waits] == ["resolved", "resolved", "open"]


async def test_it_may_be_waited_for_in_a_branch(engines):
    async def branch(ctx):
        return (await ctx.step.wait_for_any("first", BOTH, timeout="1h")).name

    async def fan(ctx, request):
        return await ctx.step.gather("fan", branch(ctx), branch(ctx))

    harness = await engines(a_job(fan))
    run = await harness.started()

    await harness.deliver(run, "fan#1[0]/abort", "now")
    await harness.deliver(run, "fan#1[1]/decision", "approved")
    await harness.run()

    assert await harness.result(run) == ["abort", "decision"]


@pytest.mark.parametrize(
    "events",
    [{}, ["decision"], None, {"decision": []}, {"decision": "approved"}, {"a#1": ["x"]},
     {f"e{n}": ["x"] for n in range(21)}],
)  # fmt: skip
async def test_x92_events_that_are_none_are_refused(engines, events):
    async def wrong(ctx, request):
        await ctx.step.wait_for_any("first", events, timeout="1h")

    harness = await engines(a_job(wrong))

    run = await harness.started()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "StepMisused")
    assert found.waits == ()


async def test_a_retried_run_waits_for_any_of_them_again(engines, effects):
    async def waits(ctx):
        events = {"a": ["yes"], "b": ["yes"]}
        return (await ctx.step.wait_for_any("either", events, timeout="1h")).name

    async def posts(ctx):
        await ctx.step.sleep("rest", "1m")
        await ctx.step.run("post", effects.post, "post", retries=Retries(attempts=1))

    async def story(ctx, request):
        return await ctx.step.gather("fan", waits(ctx), posts(ctx))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()
    await harness.move(minutes=1)
    failed = await harness.status(run)

    await harness.retry(run)
    await harness.run()
    await harness.deliver(run, "fan#1[0]/b", "yes")
    await harness.run()

    assert failed == "failed"
    assert await harness.result(run) == ["b", None]


async def test_other_code_may_wait_for_the_same_events_by_another_name(engines):
    def story(name):
        async def job(ctx, request):
            if name == "first":
                await ctx.step.wait_for_any("first", {"a": ["yes"]}, timeout="1h")
            await ctx.step.wait_for_event("between", timeout="1h", expected=["yes"])
            return (await ctx.step.wait_for_any("last", {"a": ["yes"]}, timeout="1h")).kind

        return a_job(job)

    harness = await engines(story("first"))
    run = await harness.started()
    await harness.deliver(run, "a", "yes")
    await harness.run()
    harness = await harness.deployed(story("last"))

    for name in ("between", "a"):
        await harness.deliver(run, name, "yes")
        await harness.run()

    assert await harness.result(run) == "yes"
