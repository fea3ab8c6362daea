"""Where a cancel is raised: out of what was under way when it was asked for, and nowhere else."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from tests.workflows.kit import Anything, Held, Killed, a_job
from workflows.engine.base import NotCancelled
from workflows.errors import RunCancelled, StepFailed, StepOutcomeUnknown
from workflows.registry import Job
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
SLOWLY = Retries(backoff="10m", longest="10m")
ONCE = Retries(attempts=1)


async def outcome(harness, run, effects):
    return await harness.status(run), effects.done


async def cancelled_in(engines, held, job):
    """Answer a run of *job* that was cancelled while it took a step that was held, and its end."""
    harness = await engines(job)
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    await harness.cancel(run)
    held.go_on.set()
    await passing
    return harness, run


def granting(effects, work, undo="revoke"):
    """Answer a job that grants, works, and revokes whatever happens."""

    async def story(ctx, request):
        await ctx.step.run("grant", effects.post, "grant")
        try:
            return await work(ctx)
        finally:
            await ctx.step.run(undo, effects.post, undo)

    return a_job(story)


class Failing:
    """A step that fails for good when it is let go."""

    def __init__(self, held):
        self._held = held

    async def step(self):
        await self._held.step()
        raise StepFailed("no")


def holding(held):
    async def work(ctx):
        return await ctx.step.run("work", held.step)

    return work


async def test_a_cancel_in_the_last_step_of_a_try_is_raised_out_of_it_g27(engines, effects):
    held = Held()

    harness, run = await cancelled_in(engines, held, granting(effects, holding(held)))

    done = [line.name for line in (await harness.get(run)).timeline if line.what == "step done"]
    assert done == ["grant", "work", "revoke"]
    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])


async def in_a_finally_that_waits(ctx, effects, work):
    try:
        await work(ctx)
    finally:
        event = await ctx.step.wait_for_event("goodbye", **YES)
        await ctx.step.run("close", effects.post, f"close {event.kind}")


async def in_a_finally_that_looks_at_the_clock(ctx, effects, work):
    try:
        await work(ctx)
    finally:
        await ctx.step.now()
        await ctx.step.uuid()
        await ctx.step.run("close", effects.post, "close yes")


async def in_a_finally_that_sleeps(ctx, effects, work):
    try:
        await work(ctx)
    finally:
        await ctx.step.sleep("settle", "1m")
        await ctx.step.run("close", effects.post, "close yes")


async def in_a_finally_that_gathers(ctx, effects, work):
    try:
        await work(ctx)
    finally:
        await ctx.step.gather("close", ctx.step.run("close", effects.post, "close yes"))


async def in_a_finally_that_begins_once(ctx, effects, work):
    try:
        await work(ctx)
    finally:
        await ctx.step.run("close", effects.post, "close yes", at_most_once=True)


async def in_an_except(ctx, effects, work):
    try:
        await work(ctx)
    except RunCancelled:
        await ctx.step.run("close", effects.post, "close yes")
        raise


async def in_a_context_manager(ctx, effects, work):
    @asynccontextmanager
    async def lease():
        try:
            yield
        finally:
            await ctx.step.run("close", effects.post, "close yes")

    async with lease():
        await work(ctx)


async def in_an_inner_try(ctx, effects, work):
    try:
        with suppress(StepFailed):
            await work(ctx)
        await ctx.step.run("never", effects.post, "never")
    finally:
        await ctx.step.run("close", effects.post, "close yes")


async def in_a_branch(ctx, effects, work):
    await ctx.step.gather("fan", in_an_except(ctx, effects, work))


async def in_a_branch_beside_another(ctx, effects, work):
    await ctx.step.gather("fan", ctx.step.run("other", idle), in_an_except(ctx, effects, work))


WAYS = [
    in_a_finally_that_waits,
    in_a_finally_that_looks_at_the_clock,
    in_a_finally_that_sleeps,
    in_a_finally_that_gathers,
    in_a_finally_that_begins_once,
    in_an_except,
    in_a_context_manager,
    in_an_inner_try,
    in_a_branch,
    in_a_branch_beside_another,
]


async def idle():
    pass


def closing(way, effects, work):
    async def story(ctx, request):
        await way(ctx, effects, work)
        await ctx.step.run("after", effects.post, "after")

    return a_job(story)


async def finished(harness, run):
    """Go on until closing code that waits has what it waits for."""
    if any(wait.name == "goodbye" for wait in (await harness.get(run)).waits):
        await harness.deliver(run, "goodbye", "yes")
    await harness.run()
    await harness.move(minutes=2)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_closing_code_runs_whatever_it_does_first_g27_i36(engines, effects, way):
    held = Held()

    harness, run = await cancelled_in(engines, held, closing(way, effects, holding(held)))
    await finished(harness, run)

    assert await outcome(harness, run, effects) == ("cancelled", ["close yes"])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_it_runs_after_a_step_that_failed_meanwhile_g27(engines, effects, way):
    held = Held()

    async def work(ctx):
        await ctx.step.run("work", Failing(held).step)

    harness, run = await cancelled_in(engines, held, closing(way, effects, work))
    await finished(harness, run)

    assert await outcome(harness, run, effects) == ("cancelled", ["close yes"])


@pytest.mark.parametrize(
    "way",
    [way for way in WAYS if way is not in_a_finally_that_begins_once],
    ids=lambda way: way.__name__,
)
async def test_the_place_is_the_same_in_every_process_g27(engines, effects, way):
    """Whoever dies while closing code runs finds the cancel where it was raised first."""
    held = Held()
    effects.troubles = [Killed(), Killed()]

    harness, run = await cancelled_in(engines, held, closing(way, effects, holding(held)))
    for _ in range(3):
        await finished(harness, run)
        harness = await harness.restarted()
    await finished(harness, run)

    assert await harness.status(run) == "cancelled"
    assert len(set(effects.keys)) == 1 <= len(effects.done)
    assert set(effects.done) == {"close yes"}


async def test_a_cancel_while_a_step_waits_for_its_retry_lets_it_go_on_g28_i36(engines, effects):
    async def work(ctx):
        await ctx.step.run("work", effects.post, "work", retries=SLOWLY)
        await ctx.step.run("never", effects.post, "never")

    harness = await engines(granting(effects, work))
    effects.troubles = [None, ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    at_once = await outcome(harness, run, effects)
    await harness.move(minutes=10)

    assert at_once == ("ready", ["grant", "work"])
    assert await outcome(harness, run, effects) == (
        "cancelled",
        ["grant", "work", "work", "revoke"],
    )
    assert effects.attempts == [1, 1, 2, 1]


async def test_closing_code_that_waits_for_its_retry_goes_on_g28(engines, effects):
    async def work(ctx):
        await ctx.step.run("work", effects.post, "work")

    harness = await engines(granting(effects, work))
    effects.troubles = [None, None, ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    await harness.move(seconds=2)

    assert effects.done == ["grant", "work", "revoke", "revoke"]
    assert await harness.status(run) == "cancelled"


async def test_a_retry_that_fails_for_good_ends_in_closing_code_g28(engines, effects):
    async def work(ctx):
        await ctx.step.run("work", effects.post, "work", retries=Retries(2, backoff="10m"))

    harness = await engines(granting(effects, work))
    effects.troubles = [None, ConnectionError("down"), ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    await harness.move(minutes=10)

    assert await outcome(harness, run, effects) == (
        "cancelled",
        ["grant", "work", "work", "revoke"],
    )


async def test_a_step_whose_process_died_in_it_goes_on_and_is_told_g28(engines, effects):
    held = Held()
    harness, run = await dead_in(engines, held, granting(effects, holding(held)))

    await harness.cancel(run)
    held.go_on.set()
    await harness.run()

    done = [line.name for line in (await harness.get(run)).timeline if "done" in line.what]
    assert done == ["grant", "work", "revoke"]
    assert await harness.status(run) == "cancelled"


async def dead_in(engines, held, job):
    """Answer a run of *job* whose process ended while it took a step that was held."""
    harness = await engines(job)
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    await harness.worker.stop(grace=0)
    await passing
    return await harness.restarted(), run


async def test_the_first_step_of_all_goes_on_too_g28(engines, effects):
    held = Held()

    async def story(ctx, request):
        try:
            await ctx.step.run("work", held.step)
        finally:
            await ctx.step.run("revoke", effects.post, "revoke")

    harness, run = await dead_in(engines, held, a_job(story))

    await harness.cancel(run)
    held.go_on.set()
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["revoke"])
    assert "work" in [line.name for line in (await harness.get(run)).timeline]


async def test_a_step_that_may_begin_once_and_died_is_not_begun_again_g28(engines, effects):
    held = Held()

    async def work(ctx):
        with suppress(StepOutcomeUnknown):
            await ctx.step.run("work", held.step, at_most_once=True)
        await ctx.step.run("never", effects.post, "never")

    harness, run = await dead_in(engines, held, granting(effects, work))
    held.begun.clear()

    await harness.cancel(run)
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])
    assert not held.begun.is_set()


async def test_a_process_that_dies_after_the_cancel_begins_nothing_but_closing_code_g27(
    engines, effects
):
    async def work(ctx):
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("never", effects.post, "never")

    harness = await engines(granting(effects, work))
    run = await harness.started()
    effects.troubles = [Killed(), Killed()]

    await harness.cancel(run)
    for _ in range(3):
        await harness.run()
        harness = await harness.restarted()
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["grant", *["revoke"] * 3])


async def test_a_cancel_after_the_answer_and_before_the_next_pass_is_raised_out_of_the_wait_g27(
    engines, effects
):
    async def work(ctx):
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(granting(effects, work))
    run = await harness.started()

    await harness.deliver(run, "answer", "yes")
    await harness.cancel(run)
    await harness.run()

    assert (await harness.wait(run)).status == "resolved"
    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])


@pytest.mark.parametrize("mind", [True, False])
async def test_a_cancel_in_the_very_last_step_is_raised_where_the_job_minds_g27(
    engines, effects, mind
):
    held = Held()

    async def story(ctx, request):
        try:
            return await ctx.step.run("work", held.step)
        except RunCancelled:
            if mind:
                return "undone"
            raise

    harness, run = await cancelled_in(engines, held, a_job(story))

    assert await harness.result(run) == ("undone" if mind else "held")


async def test_each_branch_is_told_once_where_it_stands_g27(engines, effects):
    held = Held()

    async def branch(ctx, what, step):
        try:
            await ctx.step.run("work", step)
            await ctx.step.run("never", effects.post, f"never {what}")
        except RunCancelled:
            for n in range(2):
                await ctx.step.run(f"close {n}", effects.post, f"close {what} {n}")
            raise

    async def waits(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", effects.post, "close wait")

    async def story(ctx, request):
        try:
            await ctx.step.gather("fan", branch(ctx, "a", held.step), waits(ctx))
        finally:
            await ctx.step.run("close", effects.post, "close")

    harness, run = await cancelled_in(engines, held, a_job(story))

    assert await harness.status(run) == "cancelled"
    assert sorted(effects.done) == ["close", "close a 0", "close a 1", "close wait"]
    assert effects.done[-1] == "close"


async def test_a_branch_whose_step_waits_for_its_retry_goes_on_beside_one_that_is_told_g28(
    engines, effects
):
    async def flaky(ctx):
        await ctx.step.run("flaky", effects.post, "flaky", retries=SLOWLY)

    async def waits(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", effects.post, "close")

    async def story(ctx, request):
        await ctx.step.gather("fan", flaky(ctx), waits(ctx))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    at_once = list(effects.done)
    await harness.move(minutes=10)

    assert at_once == ["flaky", "close"]
    assert await outcome(harness, run, effects) == ("cancelled", ["flaky", "close", "flaky"])


async def test_closing_code_of_a_branch_that_was_given_up_is_not_disturbed_by_a_cancel_g27(
    engines, effects
):
    async def waits(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.wait_for_event("goodbye", **YES)
            await ctx.step.run("close", effects.post, "close")

    async def story(ctx, request):
        await ctx.step.gather("fan", waits(ctx), ctx.step.run("fail", effects.refuse))

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    await harness.deliver(run, "fan#1[0]/goodbye", "yes")
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["close"])


async def test_a_child_in_its_step_closes_when_its_parent_is_cancelled_g27(engines, effects):
    held = Held()

    async def story(ctx, request):
        try:
            await ctx.run_job("child", {}, timeout="1d")
        finally:
            await ctx.step.run("close", effects.post, "close parent")

    async def child(ctx, request):
        try:
            await ctx.step.run("work", held.step)
        finally:
            await ctx.step.run("close", effects.post, "close child")

    harness = await engines(a_job(story), a_job(child, "child"))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    await harness.cancel(run)
    held.go_on.set()
    await passing
    await harness.run()

    found = (await harness.get(run)).waits[0].run_id
    assert (await harness.status(run), await harness.status(found)) == ("cancelled", "cancelled")
    assert sorted(effects.done) == ["close child", "close parent"]


# -- changed code ---------------------------------------------------------------------------------


async def waits(ctx):
    await ctx.step.wait_for_event("answer", **YES)


async def test_a_step_inserted_above_the_try_is_found_before_the_cancel_is_told_g29(
    engines, effects
):
    async def story(ctx, request):
        await ctx.step.run("grant", effects.post, "grant")
        await ctx.step.run("inserted", effects.post, "inserted")
        try:
            await waits(ctx)
        finally:
            await ctx.step.run("revoke", effects.post, "revoke")

    harness = await engines(granting(effects, waits))
    run = await harness.started()
    harness = await harness.deployed(a_job(story))

    await harness.cancel(run)
    await harness.run()
    blocked = await outcome(harness, run, effects)
    harness = await harness.deployed(granting(effects, waits))
    await harness.retry(run)
    await harness.run()

    assert blocked == ("blocked", ["grant"])
    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])


async def nothing(ctx):
    pass


@pytest.mark.parametrize("follows", [True, False], ids=["a step follows", "nothing follows"])
async def test_a_wait_removed_from_the_try_is_found_before_the_cancel_is_told_g29(
    engines, effects, follows
):
    async def removed(ctx, request):
        await ctx.step.run("grant", effects.post, "grant")
        if follows:
            await ctx.step.run("revoke", effects.post, "revoke")

    harness = await engines(granting(effects, waits))
    run = await harness.started()
    harness = await harness.deployed(a_job(removed))

    await harness.cancel(run)
    await harness.run()

    found = await harness.get(run)
    assert await outcome(harness, run, effects) == ("blocked", ["grant"])
    assert "answer" in found.blocked_reason


async def test_a_person_may_have_it_closed_by_the_code_as_it_is_now_g29(engines, effects):
    harness = await engines(granting(effects, waits))
    run = await harness.started()
    harness = await harness.deployed(granting(effects, nothing))
    await harness.cancel(run)
    await harness.run()

    await harness.retry(run)
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])


async def test_a_step_removed_where_the_cancel_was_told_blocks_the_run_g29(engines, effects):
    held = Held()
    job = granting(effects, holding(held))
    effects.troubles = [None, ConnectionError("down")]
    harness, run = await cancelled_in(engines, held, job)
    harness = await harness.deployed(granting(effects, nothing, undo="renamed"))

    await harness.move(seconds=2)

    assert await outcome(harness, run, effects) == ("blocked", ["grant", "revoke"])


# -- blocked runs ---------------------------------------------------------------------------------


async def blocked(engines, effects):
    """Answer a run that stands in its try and cannot go on, its job being gone."""
    harness = await engines(granting(effects, waits))
    run = await harness.started()
    harness = await harness.deployed()
    await harness.deliver(run, "answer", "yes")
    await harness.move(seconds=1)
    assert await harness.status(run) == "blocked"
    return harness, run


async def test_a_blocked_run_is_not_cancelled_without_saying_what_stays_done_g30(engines, effects):
    harness, run = await blocked(engines, effects)

    refused = await harness.cancel(run)

    assert isinstance(refused, NotCancelled)
    assert (refused.done, refused.undone) == (("grant", "answer"), ())
    assert "closing code cannot run" in refused.detail
    assert await outcome(harness, run, effects) == ("blocked", ["grant"])


async def test_what_is_not_done_is_named_too_g30(engines, effects):
    async def inserted(ctx, request):
        await ctx.step.run("inserted", effects.post, "inserted")
        await waits(ctx)

    harness = await engines(granting(effects, waits))
    run = await harness.started()
    harness = await harness.deployed(a_job(inserted))
    await harness.cancel(run)
    await harness.run()

    refused = await harness.cancel(run)

    assert await harness.status(run) == "blocked"
    assert (refused.done, refused.undone) == (("grant",), ("answer",))


async def test_with_a_second_word_it_is_and_that_is_on_record_g30(engines, effects):
    harness, run = await blocked(engines, effects)

    done = await harness.cancel(run, force=True)
    timeline = [(line.what, line.detail) for line in (await harness.get(run)).timeline]

    assert done.status == "cancelled"
    assert ("cancel", "forced") in timeline
    assert await outcome(harness, run, effects) == ("cancelled", ["grant"])


async def test_one_that_goes_on_again_can_be_cancelled_with_its_closing_code_g30(engines, effects):
    harness, run = await blocked(engines, effects)
    harness = await harness.deployed(granting(effects, waits))

    await harness.cancel(run)
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["grant", "revoke"])


async def test_a_blocked_child_of_a_cancelled_run_closes_when_it_goes_on_g30(engines, effects):
    async def story(ctx, request):
        await ctx.run_job("child", {}, timeout="1d")

    child_job = Job("child", "", granting(effects, waits).function, Anything)
    harness = await engines(a_job(story), child_job)
    run = await harness.started()
    child = (await harness.get(run)).waits[0].run_id
    harness = await harness.deployed(a_job(story))
    await harness.deliver(child, "answer", "yes")
    await harness.move(seconds=1)
    stuck = await harness.status(child)

    await harness.cancel(run)
    await harness.run()
    still = await harness.status(child)
    harness = await harness.deployed(a_job(story), child_job)
    await harness.run()

    assert (stuck, still) == ("blocked", "blocked")
    assert await harness.status(child) == "cancelled"
    assert effects.done == ["grant", "revoke"]
