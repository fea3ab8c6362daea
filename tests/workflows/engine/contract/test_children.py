"""`run_job`: a run starts another one, parks until that has ended, and is told how."""

import asyncio

import pytest
from pydantic import BaseModel

from store import audit
from tests.workflows.kit import ANA, Effects, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Policy
from workflows.engine.local.children import DEEPEST
from workflows.errors import ChildFailed, InputRefused, JobNotFound, StepFailed, StepMisused
from workflows.event import Declined, Refused
from workflows.registry import Job

YES = {"timeout": "1h", "expected": ["yes"]}


class Order(BaseModel):
    """The input of a job that is particular about it."""

    what: str


def building(effects):
    """Answer a job that builds what it is asked to once somebody says yes."""

    async def build(ctx, order):
        event = await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("post", effects.post, f"build {order.what}")
        return {"built": order.what, "said": event.kind}

    return Job("build", "", build, Order)


def shipping(effects, **how):
    """Answer a job that has something built, and ships it."""

    async def story(ctx, request):
        built = await ctx.run_job("build", {"what": "ship"}, **({"timeout": "2d"} | how))
        await ctx.step.run("ship", effects.post, "ship")
        return built

    return a_job(story)


async def child_of(harness, run, nth=-1):
    """Answer the run that a run waits for, or waited for."""
    return (await harness.get(run)).waits[nth].run_id


async def shipped(engines, effects, **how):
    """Start a run, and answer it and the run that it waits for."""
    harness = await engines(shipping(effects, **how), building(effects))
    run = await harness.started()
    return harness, run, await child_of(harness, run)


async def test_a_run_waits_for_the_run_it_started_and_is_given_what_that_returned(engines, effects):
    harness, run, child = await shipped(engines, effects)
    assert (await harness.status(run), await harness.status(child)) == ("waiting", "waiting")

    await harness.deliver(child, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == {"built": "ship", "said": "yes"}
    assert effects.done == ["build ship", "ship"]


async def test_it_is_started_once_however_often_the_run_is_taken_up_again(engines, effects):
    harness, run, child = await shipped(engines, effects)

    for _ in range(3):
        harness = await harness.restarted()
        await harness.run()
    await harness.deliver(child, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == {"built": "ship", "said": "yes"}
    assert {found.id for found in await harness.engine.list()} == {run, child}


async def test_each_names_the_other(engines, effects):
    harness, run, child = await shipped(engines, effects)

    found = await harness.get(child)

    assert (found.parent_id, found.job, found.input) == (run, "build", {"what": "ship"})
    assert (await harness.get(run)).parent_id is None
    assert (await harness.wait(run)).type == "child"
    assert any(child in (line.detail or "") for line in (await harness.get(run)).timeline)


async def test_who_asked_for_the_first_run_asks_people_in_the_last_one(engines, effects):
    async def ask(ctx, request):
        policy = Policy(channel_members=True, requester_may_decide=False)
        decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        return type(decision).__name__

    async def story(ctx, request):
        return await ctx.run_job("ask", {}, timeout="2h")

    harness = await engines(a_job(story), a_job(ask, "ask"))
    run = await harness.started()
    child = await child_of(harness, run)
    (gate,) = await harness.gates.of_run(child)
    own = a_vote(ANA.rpartition(":")[2])

    refused = await harness.gates.decide(gate.id, own)
    taken = await harness.gates.decide(gate.id, a_vote("UBO", Choice.APPROVED))
    await harness.run()

    assert (await harness.get(child)).requested_by == ANA
    assert (refused.gate.status, taken.gate.status) == ("open", "approved")
    assert await harness.status(run) == "completed"


async def test_a_job_itself_may_be_named_and_its_model_given(engines, effects):
    build = building(effects)

    async def story(ctx, request):
        return await ctx.run_job(build, Order(what="boat"), timeout="1d", name="the boat")

    harness = await engines(a_job(story), build)
    run = await harness.started()

    assert (await harness.get(await child_of(harness, run))).input == {"what": "boat"}
    assert (await harness.wait(run)).name == "the boat"


async def test_the_branches_of_a_gather_wait_for_runs_of_their_own(engines, effects):
    async def one(ctx, n):
        return (await ctx.run_job("build", {"what": f"part {n}"}, timeout="1d"))["built"]

    async def story(ctx, request):
        return await ctx.step.gather("all", *(one(ctx, n) for n in range(20)))

    harness = await engines(a_job(story), building(effects))
    run = await harness.started()
    parts = [wait.run_id for wait in (await harness.get(run)).waits]
    assert len(set(parts)) == 20

    for part in reversed(parts):
        await harness.deliver(part, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == [f"part {n}" for n in range(20)]


async def test_a_run_that_fails_is_an_error_for_the_one_that_waits(engines, effects):
    seen = []

    async def story(ctx, request):
        try:
            await ctx.run_job("build", {"what": "ship"}, timeout="2d")
        except ChildFailed as failed:
            seen.append((failed.kind, failed.run_id))
            return str(failed)

    harness = await engines(a_job(story), building(effects))
    run = await harness.started()
    child = await child_of(harness, run)
    effects.troubles = [StepFailed("no wood")]

    await harness.deliver(child, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == f"the run {child} of build failed: no wood"
    assert seen == [("StepFailed", child)]


async def test_a_run_that_a_person_cancels_is_an_error_for_the_one_that_waits(engines, effects):
    harness, run, child = await shipped(engines, effects)

    await harness.cancel(child)
    await harness.run()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "cancelled")
    assert child in found.error["message"]


@pytest.mark.parametrize("force", [False, True])
async def test_a_cancel_reaches_the_run_that_is_waited_for(engines, effects, force):
    harness, run, child = await shipped(engines, effects)

    await harness.cancel(run, force=force)
    await harness.run()

    assert (await harness.status(run), await harness.status(child)) == ("cancelled", "cancelled")
    assert effects.done == []


async def test_a_run_that_takes_too_long_is_asked_to_end_and_is_an_error(engines, effects):
    harness, run, child = await shipped(engines, effects, timeout="10m")

    await harness.move(minutes=10)

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "timeout")
    assert await harness.status(child) == "cancelled"


async def test_a_run_that_nobody_waits_for_any_more_is_asked_to_end(engines, effects):
    async def build(ctx):
        await ctx.run_job("build", {"what": "ship"}, timeout="1d")

    async def fail(ctx):
        await ctx.step.wait_for_event("go", **YES)
        await ctx.step.run("refuse", effects.refuse)

    async def story(ctx, request):
        await ctx.step.gather("both", build(ctx), fail(ctx))

    harness = await engines(a_job(story), building(effects))
    run = await harness.started()
    child = await child_of(harness, run, 0)

    await harness.deliver(run, "both#1[1]/go", "yes")
    await harness.run()

    assert (await harness.status(run), await harness.status(child)) == ("failed", "cancelled")


async def test_closing_code_may_wait_for_a_run(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("never", **YES)
        finally:
            await ctx.run_job("build", {"what": "dam"}, timeout="1d")

    harness = await engines(a_job(story), building(effects))
    run = await harness.started()
    await harness.cancel(run)
    await harness.run()
    child = await child_of(harness, run, 0)
    assert (await harness.status(run), await harness.status(child)) == ("waiting", "waiting")

    await harness.deliver(child, "answer", "yes")
    await harness.run()

    assert await harness.status(run) == "cancelled"
    assert effects.done == ["build dam"]


async def test_a_run_that_ended_too_late_changes_nothing_for_the_one_that_waited(engines, effects):
    async def slow(ctx, request):
        try:
            await ctx.step.wait_for_event("never", **YES)
        finally:
            await ctx.step.wait_for_event("closed", **YES)

    async def story(ctx, request):
        try:
            await ctx.run_job("slow", {}, timeout="10m")
        except ChildFailed as failed:
            await ctx.step.wait_for_event("later", **YES)
            return failed.kind

    harness = await engines(a_job(story), a_job(slow, "slow"))
    run = await harness.started()
    child = await child_of(harness, run)
    await harness.move(minutes=10)

    await harness.deliver(child, "closed", "yes")
    await harness.run()
    assert (await harness.status(child), await harness.status(run)) == ("cancelled", "waiting")
    await harness.deliver(run, "later", "yes")
    await harness.run()

    assert await harness.result(run) == "timeout"


async def test_a_blocked_run_leaves_the_one_that_waits_parked(engines, effects):
    harness, run, child = await shipped(engines, effects)
    harness = await harness.deployed(shipping(effects))

    await harness.deliver(child, "answer", "yes")
    await harness.move(seconds=1)
    assert (await harness.status(child), await harness.status(run)) == ("blocked", "waiting")
    harness = await harness.deployed(shipping(effects), building(effects))
    await harness.run()

    assert await harness.status(run) == "completed"


async def failed_with_its_child(engines, effects):
    harness, run, child = await shipped(engines, effects)
    effects.troubles = [StepFailed("no wood")]
    await harness.deliver(child, "answer", "yes")
    await harness.run()
    assert (await harness.status(run), await harness.status(child)) == ("failed", "failed")
    return harness, run, child


async def test_a_retry_goes_on_at_the_step_that_ended_the_run_it_waited_for(engines, effects):
    harness, run, child = await failed_with_its_child(engines, effects)

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == {"built": "ship", "said": "yes"}
    assert len(set(effects.keys)) == 2  # the build's, twice, and the shipping's
    assert await child_of(harness, run) == child
    assert len(await harness.engine.list()) == 2


async def test_a_retry_takes_what_the_run_it_waited_for_has_come_to_meanwhile(engines, effects):
    harness, run, child = await failed_with_its_child(engines, effects)
    await harness.retry(child)
    await harness.run()
    assert (await harness.status(child), await harness.status(run)) == ("completed", "failed")

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == {"built": "ship", "said": "yes"}
    assert effects.done == ["build ship", "build ship", "ship"]


async def test_a_retry_starts_anew_where_the_run_it_waited_for_was_cancelled(engines, effects):
    harness, run, child = await shipped(engines, effects)
    await harness.cancel(child)
    await harness.run()

    await harness.retry(run)
    await harness.run()

    again = await child_of(harness, run)
    assert (again != child, await harness.status(again)) == (True, "waiting")


async def test_a_run_that_ends_after_the_deadline_is_late_though_nobody_has_swept_i9(
    engines, effects, clock
):
    harness, run, child = await shipped(engines, effects, timeout="30m")
    await harness.deliver(child, "answer", "yes")

    clock.move(minutes=30)
    await harness.run()

    assert await harness.status(child) == "completed"
    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "timeout")


async def test_a_loop_starts_a_run_each_time_round(engines, effects):
    async def story(ctx, request):
        return [
            (await ctx.run_job("build", {"what": "same"}, timeout="1d"))["said"] for _ in range(2)
        ]

    harness = await engines(a_job(story), building(effects))
    run = await harness.started()
    for _ in range(2):
        await harness.deliver(await child_of(harness, run), "answer", "yes")
        await harness.run()

    assert await harness.result(run) == ["yes", "yes"]
    assert len({wait.run_id for wait in (await harness.get(run)).waits}) == 2


async def test_an_event_cannot_pretend_that_the_other_run_has_ended(engines, effects):
    harness, run, _ = await shipped(engines, effects)

    receipt = await harness.deliver(run, "build", "completed", result={"built": "a lie"})

    assert isinstance(receipt, Refused)
    assert receipt.code is Declined.UNEXPECTED_KIND
    assert await harness.status(run) == "waiting"


async def test_that_a_run_was_started_by_another_is_on_record(engines, effects):
    harness, run, child = await shipped(engines, effects)

    lines = await harness.db.read(audit.of_run, child)

    assert [(line.actor, line.action) for line in lines] == [(f"job:{run}", "start")]


async def test_a_job_that_starts_itself_is_stopped_at_a_depth(engines, effects):
    async def story(ctx, request):
        return await ctx.run_job("story", {}, timeout="1d")

    harness = await engines(a_job(story))
    run = await harness.started()

    found = await harness.get(run)
    assert found.status == "failed"
    assert f"{DEEPEST} are the most" in found.error["message"]
    assert len(await harness.engine.list()) == DEEPEST + 1


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda ctx: ctx.run_job("nobody", {}, timeout="1d"), JobNotFound, "nobody"),
        (lambda ctx: ctx.run_job("build", {}, timeout="1d"), InputRefused, "what"),
        (lambda ctx: ctx.run_job("build", ["ship"], timeout="1d"), StepMisused, "arguments="),
        (lambda ctx: ctx.run_job(7, {}, timeout="1d"), StepMisused, "job=7"),
        (lambda ctx: ctx.run_job("build", {"what": "x"}, timeout="soon"), StepMisused, "timeout"),
        (
            lambda ctx: ctx.run_job("build", {"what": "x"}, timeout="1d", name="a\nb"),
            StepMisused,
            "name a step",
        ),
        (
            lambda ctx: ctx.run_job("build", {"what": object()}, timeout="1d"),
            InputRefused,
            "what",
        ),
    ],
)
async def test_x87_what_cannot_be_started_is_refused_at_the_call_and_nothing_is(
    engines, call, error, words
):
    raised = []

    async def story(ctx, request):
        try:
            await call(ctx)
        except error as caught:
            raised.append(str(caught))

    harness = await engines(a_job(story), building(Effects()))
    run = await harness.started()

    assert await harness.status(run) == "completed"
    assert words in raised[0]
    assert len(await harness.engine.list()) == 1


async def test_a_cancel_and_the_end_of_the_other_run_at_the_same_time_leave_one_outcome(
    engines, effects
):
    harness, run, child = await shipped(engines, effects)
    await harness.deliver(child, "answer", "yes")

    await asyncio.gather(harness.run(), harness.cancel(run))
    await harness.run()

    assert await harness.status(child) in {"completed", "cancelled"}
    assert await harness.status(run) == "cancelled"
