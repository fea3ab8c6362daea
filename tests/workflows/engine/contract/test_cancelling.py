"""Cancelling: closing code runs, nothing else does; by force, not even that."""

import asyncio
from contextlib import suppress

import pytest

from tests.workflows.kit import Held, Killed, a_job
from workflows.engine.base import NotDone
from workflows.errors import RunCancelled, StepFailed
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
CANCELLED = ("cancelled", ["close"])


async def outcome(harness, run, effects):
    return await harness.status(run), effects.done


def closing(effects, work):
    """Answer a job that does *work*, and whatever happens takes the step `close`."""

    async def story(ctx, request):
        try:
            await work(ctx)
            await ctx.step.run("after", effects.post, "after")
        finally:
            await ctx.step.run("close", effects.post, "close")

    return a_job(story)


async def waits(ctx):
    await ctx.step.wait_for_event("answer", **YES)


async def test_cancel_while_waiting_runs_the_closing_code(engines, effects):
    harness = await engines(closing(effects, waits))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()

    assert await outcome(harness, run, effects) == CANCELLED
    assert (await harness.wait(run)).status == "cancelled"


async def test_cancel_before_the_first_pass_runs_no_step_but_the_closing_ones(engines, effects):
    async def nothing(ctx):
        pass

    harness = await engines(closing(effects, nothing))
    run = await harness.start()

    await harness.cancel(run)
    await harness.run()

    assert await outcome(harness, run, effects) == CANCELLED


async def test_cancel_while_a_step_runs_keeps_its_result_and_is_raised_out_of_it(engines, effects):
    held = Held()

    async def holds(ctx):
        await ctx.step.run("hold", held.step)

    harness = await engines(closing(effects, holds))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    held.go_on.set()
    await passing

    steps = [line.what for line in (await harness.get(run)).timeline if line.name == "hold"]
    assert steps == ["step done"]
    assert await outcome(harness, run, effects) == CANCELLED


async def test_cancel_while_a_step_runs_opens_no_wait_that_follows(engines, effects):
    held = Held()

    async def holds(ctx):
        await ctx.step.run("hold", held.step)
        await waits(ctx)

    harness = await engines(closing(effects, holds))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    held.go_on.set()
    await passing

    assert await outcome(harness, run, effects) == CANCELLED


async def test_cancel_while_backing_off_lets_the_step_go_on_and_ends_the_run_then_g28(
    engines, effects
):
    async def fails(ctx):
        await ctx.step.run("post", effects.post, retries=Retries(backoff="10m", longest="10m"))

    harness = await engines(closing(effects, fails))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.move(minutes=10)

    assert await outcome(harness, run, effects) == ("cancelled", ["letter", "letter", "close"])


async def test_closing_code_that_fails_is_tried_again_while_the_run_is_being_cancelled(
    engines, effects
):
    harness = await engines(closing(effects, waits))
    run = await harness.started()
    effects.troubles = [ConnectionError("down")]

    await harness.cancel(run)
    await harness.run()
    await harness.move(seconds=1)

    assert await outcome(harness, run, effects) == ("cancelled", ["close", "close"])
    assert effects.attempts == [1, 2]


async def test_closing_code_survives_the_death_of_its_process(engines, effects):
    async def works(ctx):
        await ctx.step.run("work", effects.post, "work")
        await waits(ctx)

    harness = await engines(closing(effects, works))
    run = await harness.started()
    effects.troubles = [Killed()]

    await harness.cancel(run)
    await harness.run()
    harness = await harness.restarted()
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", ["work", "close", "close"])


def asking_when_it_closes(effects):
    async def story(ctx, request):
        try:
            await waits(ctx)
        finally:
            event = await ctx.step.wait_for_event("goodbye", **YES)
            await ctx.step.run("close", effects.post, event.kind)

    return a_job(story)


async def test_x93_closing_code_may_wait(engines, effects):
    harness = await engines(asking_when_it_closes(effects))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    parked = [w.status for w in (await harness.get(run)).waits]
    await harness.deliver(run, "goodbye", "yes")
    await harness.run()

    assert parked == ["cancelled", "open"]
    assert await outcome(harness, run, effects) == ("cancelled", ["yes"])


async def test_x93_closing_code_that_waits_for_an_answer_that_never_comes_is_ended_by_its_deadline(
    engines, effects
):
    harness = await engines(asking_when_it_closes(effects))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    await harness.move(hours=1)

    assert await outcome(harness, run, effects) == ("cancelled", ["timeout"])


async def test_x93_a_second_cancel_does_not_end_the_wait_of_closing_code_but_force_does(
    engines, effects
):
    harness = await engines(asking_when_it_closes(effects))
    run = await harness.started()
    await harness.cancel(run)
    await harness.run()

    second = await harness.cancel(run)
    await harness.run()
    waiting = await harness.status(run)
    await harness.cancel(run, force=True)

    assert (second, waiting) == (NotDone.ALREADY_ASKED, "waiting")
    assert await outcome(harness, run, effects) == ("cancelled", [])
    assert [w.status for w in (await harness.get(run)).waits] == ["cancelled", "cancelled"]


async def test_a_job_may_end_by_itself_when_it_is_cancelled(engines, effects):
    async def story(ctx, request):
        try:
            await waits(ctx)
        except RunCancelled:
            return "given up"

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()

    assert await harness.result(run) == "given up"


async def test_a_job_that_has_nothing_left_to_do_completes_though_it_is_cancelled(engines):
    held = Held()

    async def story(ctx, request):
        return await ctx.step.run("hold", held.step)

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    held.go_on.set()
    await passing

    assert await harness.result(run) == "held"


async def test_cancel_is_asked_for_once(engines, effects):
    held = Held()

    async def holds(ctx):
        await ctx.step.run("hold", held.step)

    harness = await engines(closing(effects, holds))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    second = await harness.cancel(run)
    held.go_on.set()
    await passing

    assert second is NotDone.ALREADY_ASKED


async def test_an_unknown_run_cannot_be_cancelled(engines):
    harness = await engines()

    assert await harness.cancel("0" * 26) is NotDone.UNKNOWN_RUN


@pytest.mark.parametrize("asked_before", [False, True])
async def test_forced_cancel_ends_a_waiting_run_without_its_closing_code(
    engines, effects, asked_before
):
    harness = await engines(closing(effects, waits))
    run = await harness.started()
    if asked_before:
        await harness.cancel(run)

    await harness.cancel(run, force=True)
    await harness.run()

    assert await outcome(harness, run, effects) == ("cancelled", [])
    assert (await harness.wait(run)).status == "cancelled"


async def test_forced_cancel_fences_the_owner_of_a_running_run_i16(engines, effects):
    held = Held()

    async def holds(ctx):
        await ctx.step.run("hold", held.step)

    harness = await engines(closing(effects, holds))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run, force=True)
    held.go_on.set()
    await passing

    steps = [line for line in (await harness.get(run)).timeline if line.name == "hold"]
    assert await outcome(harness, run, effects) == ("cancelled", [])
    assert steps == []


async def test_a_fenced_pass_cannot_go_on_by_catching_errors_i16(engines, effects):
    held = Held()

    async def story(ctx, request):
        await ctx.step.run("hold", held.step)
        for name in ("first", "second"):
            with suppress(Exception):
                await ctx.step.run(name, effects.post, name)

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run, force=True)
    held.go_on.set()
    await passing

    assert await outcome(harness, run, effects) == ("cancelled", [])


async def test_cancelling_a_blocked_run_ends_it_at_once(engines, effects):
    harness = await engines(closing(effects, waits))
    run = await harness.start()
    harness = await harness.deployed()
    await harness.move(seconds=1)

    done = await harness.cancel(run)

    assert done.status == "cancelled"
    assert await outcome(harness, run, effects) == ("cancelled", [])


async def test_a_cancelled_run_takes_no_event_and_no_retry(engines, effects):
    harness = await engines(closing(effects, waits))
    run = await harness.started()
    await harness.cancel(run)
    await harness.run()

    receipt = await harness.deliver(run, "answer", "yes")

    assert (receipt.code, receipt.detail) == ("run_over", {"status": "cancelled"})
    assert await harness.retry(run) is NotDone.NOTHING_TO_RETRY


async def test_a_step_failure_that_the_job_catches_does_not_hide_a_cancel(engines, effects):
    held = Held()

    async def holds(ctx):
        await ctx.step.run("hold", held.step)
        try:
            await ctx.step.run("work", effects.post, "work")
        except StepFailed:
            await ctx.step.run("repair", effects.post, "repair")

    harness = await engines(closing(effects, holds))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    held.go_on.set()
    await passing

    assert await outcome(harness, run, effects) == CANCELLED


async def test_x93_closing_code_may_do_several_things_at_once(engines, effects):
    async def leaf(ctx, what):
        await ctx.step.sleep("rest", "10s")
        await ctx.step.run("close", effects.post, what)

    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.gather("close", leaf(ctx, "a"), leaf(ctx, "b"))

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    await harness.move(minutes=1)

    assert await outcome(harness, run, effects) == ("cancelled", ["a", "b"])
