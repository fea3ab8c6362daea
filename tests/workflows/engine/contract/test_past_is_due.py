"""What was computed and is past is due at once; what is written out and no time is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from store import cards
from tests.workflows.kit import Effects, a_job
from workflows.approvals.gate import Expired, Policy
from workflows.errors import ChildFailed
from workflows.registry import Job
from workflows.testing import Kit

PAST = [0, -1, timedelta(), timedelta(seconds=-1), timedelta(days=-500), -(10**12)]
LITERALS = ["0s", "-5m", "4hours", "", "0", "9999999d"]
ALL = Policy(channel_members=True)
YES = ["yes"]


async def waited(engines, verb, **deploys):
    """Answer what a job's wait came to, how often it was passed, and its run."""
    seen = []

    async def story(ctx, request):
        seen.append(None)
        try:
            seen[-1] = await verb(ctx)
        except ChildFailed as error:
            seen[-1] = (error.kind, str(error))
        return "on"

    harness = await engines(a_job(story), *deploys.get("jobs", ()))
    return harness, await harness.started(), seen


@pytest.mark.parametrize("length", PAST, ids=repr)
async def test_a_sleep_that_is_over_before_it_begins_ends_at_once_g24(engines, length):
    harness, run, seen = await waited(engines, lambda ctx: ctx.step.sleep("nap", length))

    assert await harness.result(run) == "on"
    assert len(seen) == 2


async def test_a_sleep_until_a_moment_less_than_a_second_away_takes_that_long_g24(engines):
    half = timedelta(seconds=0.5)
    harness, run, _ = await waited(engines, lambda ctx: ctx.step.sleep("nap", half))
    assert await harness.status(run) == "waiting"

    await harness.move(seconds=0.5)

    assert await harness.result(run) == "on"


@pytest.mark.parametrize("length", PAST, ids=repr)
async def test_a_wait_whose_time_is_over_before_it_begins_times_out_at_once_g24(engines, length):
    one = await waited(
        engines, lambda ctx: ctx.step.wait_for_event("word", timeout=length, expected=YES)
    )
    several = await waited(
        engines, lambda ctx: ctx.step.wait_for_any("any", {"a": YES, "b": YES}, timeout=length)
    )

    for harness, run, seen in (one, several):
        assert await harness.result(run) == "on"
        assert seen[-1].kind == "timeout"


@pytest.mark.parametrize("length", PAST, ids=repr)
async def test_an_approval_whose_time_is_over_is_expired_and_nobody_is_asked_g24(
    engines, length, db
):
    harness, run, seen = await waited(
        engines, lambda ctx: ctx.approval("go", "Go?", policy=ALL, timeout=length)
    )

    (gate,) = await harness.gates.of_run(run)
    assert seen[-1] == Expired()
    assert gate.status == "expired"
    assert await db.read(cards.of_gate, gate.id) == []
    assert await harness.result(run) == "on"


@pytest.mark.parametrize("length", PAST, ids=repr)
async def test_a_run_that_nobody_would_wait_for_is_not_started_g24(engines, length):
    async def other(ctx, request):
        raise AssertionError("never started")

    harness, run, seen = await waited(
        engines,
        lambda ctx: ctx.run_job("other", {}, timeout=length),
        jobs=[Job("other", "", other, a_job(other).model)],
    )

    assert await harness.result(run) == "on"
    assert seen[-1][0] == "timeout"
    assert [found.id for found in await harness.engine.list()] == [run]


async def test_a_branch_that_is_over_at_once_lets_the_others_go_on_g24(engines):
    effects = Effects()

    async def nap(ctx):
        await ctx.step.sleep("nap", -1)
        await ctx.step.run("post", effects.post, "slept")

    async def ask(ctx):
        return (await ctx.step.wait_for_event("word", timeout="1h", expected=YES)).kind

    harness, run, _ = await waited(engines, lambda ctx: ctx.step.gather("both", nap(ctx), ask(ctx)))

    assert (await harness.status(run), effects.done) == ("waiting", ["slept"])
    await harness.deliver(run, "word", "yes")
    await harness.run()
    assert await harness.result(run) == "on"


async def test_a_moment_computed_in_the_job_may_pass_before_it_is_slept_for_g24():
    target = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)

    async def story(ctx, request):
        await ctx.step.wait_for_event("word", timeout="1h", expected=YES)
        await ctx.step.sleep("until", target - await ctx.step.now())
        return "on"

    async with Kit(a_job(story)) as kit:
        run = await kit.start("story")
        await kit.move(seconds=2)
        await run.deliver("word", {"kind": "yes"})

        assert await run.result() == "on"


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize(
    "verb",
    [
        lambda ctx, length: ctx.step.sleep("nap", length),
        lambda ctx, length: ctx.step.wait_for_event("word", timeout=length, expected=YES),
        lambda ctx, length: ctx.step.wait_for_any("any", {"a": YES}, timeout=length),
        lambda ctx, length: ctx.approval("go", "Go?", policy=ALL, timeout=length),
        lambda ctx, length: ctx.run_job("story", {}, timeout=length),
        lambda ctx, length: ctx.step.run("post", Effects().post, timeout=length),
    ],
    ids=["sleep", "event", "any", "approval", "run_job", "run"],
)
async def test_what_is_written_out_and_no_time_is_refused_g24(engines, verb, literal):
    harness, run, _ = await waited(engines, lambda ctx: verb(ctx, literal))

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "DurationRefused")
    assert repr(literal) in found.error["message"] or "400 days" in found.error["message"]


@pytest.mark.parametrize("length", [401 * 86_400, timedelta(days=401), timedelta.max, 10**18])
async def test_more_than_four_hundred_days_are_refused_however_they_are_given_g24(engines, length):
    harness, run, _ = await waited(engines, lambda ctx: ctx.step.sleep("nap", length))

    assert (await harness.get(run)).error["kind"] == "DurationRefused"
