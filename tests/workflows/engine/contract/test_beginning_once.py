"""Steps that may begin once, steps that may take so long, and journals that may grow so large."""

import asyncio
from datetime import timedelta

import pytest

from tests.workflows.kit import Held, Killed, a_job
from workflows.engine.local import progress
from workflows.errors import StepFailed, StepOutcomeUnknown
from workflows.step import Retries

MOMENT = timedelta(milliseconds=5)


def once(effects, **how):
    async def story(ctx, request):
        try:
            await ctx.step.run("pay", effects.post, "pay", at_most_once=True, **how)
        except StepOutcomeUnknown as unknown:
            await ctx.step.run("tell", effects.post, "tell")
            return [unknown.step, unknown.kind]
        except StepFailed as failed:
            return [failed.step, failed.kind]
        return "paid"

    return a_job(story)


async def test_i14_a_step_that_may_begin_once_and_ended_is_done(engines, effects):
    harness = await engines(once(effects))

    run = await harness.started()

    assert await harness.result(run) == "paid"
    assert effects.done == ["pay"]


async def test_i14_a_step_that_had_begun_when_its_process_died_is_not_begun_again(engines, effects):
    harness = await engines(once(effects))
    effects.troubles = [Killed()]
    run = await harness.started()

    harness = await harness.restarted()
    await harness.run()

    assert effects.done == ["pay", "tell"]
    assert await harness.result(run) == ["pay", "StepOutcomeUnknown"]


async def test_i11_the_unknown_outcome_stays_unknown_on_every_replay(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.run("pay", effects.post, "pay", at_most_once=True)
        except StepOutcomeUnknown:
            await ctx.step.sleep("rest", "1m")
            return "looked"

    harness = await engines(a_job(story))
    effects.troubles = [Killed()]
    run = await harness.started()
    harness = await harness.restarted()
    await harness.run()

    await harness.move(minutes=1)

    assert await harness.result(run) == "looked"
    assert effects.done == ["pay"]


async def test_i14_a_step_that_may_begin_once_and_fails_is_not_tried_again(engines, effects):
    harness = await engines(once(effects))
    effects.troubles = [ConnectionError("down")]

    run = await harness.started()

    assert await harness.result(run) == ["pay", "ConnectionError"]
    assert effects.done == ["pay"]


async def test_a_step_that_may_begin_once_cannot_have_retries(engines, effects):
    harness = await engines(once(effects, retries=Retries(attempts=2)))

    run = await harness.started()

    found = await harness.get(run)
    assert found.error["kind"] == "StepMisused"
    assert "retries=" in found.error["message"]
    assert effects.done == []


async def test_the_intent_is_durable_before_the_step_begins(engines):
    held = Held()

    async def story(ctx, request):
        await ctx.step.run("pay", held.step, at_most_once=True)

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    timeline = [(line.what, line.name) for line in (await harness.get(run)).timeline]
    held.go_on.set()
    await passing

    assert ("step started", "pay") in timeline


async def test_cancel_between_the_intent_and_the_step_is_raised_again_and_not_called_unknown(
    engines, effects
):
    held = Held()

    async def story(ctx, request):
        try:
            await ctx.step.run("hold", held.step)
            await ctx.step.run("pay", effects.post, "pay", at_most_once=True)
        finally:
            await ctx.step.sleep("rest", "1m")

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    await harness.cancel(run)
    held.go_on.set()
    await passing

    await harness.move(minutes=1)

    assert await harness.status(run) == "cancelled"
    assert effects.done == []


# -- how long a step may take ---------------------------------------------------------------------


class Slow:
    """A step function that never ends by itself, until it is let."""

    def __init__(self):
        self.begun = 0
        self.is_slow = True

    async def step(self):
        self.begun += 1
        if self.is_slow:
            await asyncio.Event().wait()
        return "at last"

    async def raises_a_timeout_of_its_own(self):
        raise TimeoutError("the other side's")


async def test_an_attempt_that_takes_too_long_is_ended_and_tried_again(engines):
    slow = Slow()

    async def story(ctx, request):
        return await ctx.step.run("slow", slow.step, timeout=MOMENT)

    harness = await engines(a_job(story))
    run = await harness.started()
    waiting = await harness.status(run)
    slow.is_slow = False
    await harness.move(seconds=1)

    assert waiting == "ready"
    assert await harness.result(run) == "at last"
    assert slow.begun == 2


@pytest.mark.parametrize(
    ("function", "kind"),
    [("step", "StepTimedOut"), ("raises_a_timeout_of_its_own", "TimeoutError")],
)
async def test_the_last_attempt_that_takes_too_long_fails_the_step(engines, function, kind):
    async def story(ctx, request):
        step = getattr(Slow(), function)
        await ctx.step.run("slow", step, timeout=MOMENT, retries=Retries(attempts=1))

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await harness.get(run)).error["kind"] == kind


@pytest.mark.parametrize("timeout", ["0s", "24h\n", True, 1.5, timedelta(0), "401d"])
async def test_x91_a_timeout_that_is_none_is_refused(engines, effects, timeout):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post, timeout=timeout)

    harness = await engines(a_job(story))

    run = await harness.started()

    found = await harness.get(run)
    assert found.error["kind"] == "DurationRefused"
    assert found.error["message"].startswith("timeout=")
    assert effects.done == []


async def test_retries_that_are_none_are_refused(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post, retries=3)

    harness = await engines(a_job(story))

    run = await harness.started()

    found = await harness.get(run)
    assert found.error["kind"] == "StepMisused"
    assert "retries=Retries(" in found.error["message"]


# -- how large a journal may grow -----------------------------------------------------------------


async def test_f101_a_journal_with_too_many_entries_ends_its_run_before_another_effect(
    engines, effects, monkeypatch
):
    monkeypatch.setattr(progress, "MOST_ENTRIES", 5)

    async def story(ctx, request):
        for n in range(9):
            await ctx.step.run("post", effects.post, str(n))

    harness = await engines(a_job(story))

    run = await harness.started()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "JournalTooLarge")
    assert effects.done == ["0", "1", "2", "3", "4"]


async def test_f101_a_journal_that_holds_too_much_ends_its_run(engines, effects, monkeypatch):
    monkeypatch.setattr(progress, "LARGEST_JOURNAL", 100)

    async def story(ctx, request):
        for size in range(50, 59):
            await ctx.step.run("post", effects.post, "x" * size)

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await harness.get(run)).error["kind"] == "JournalTooLarge"
    assert len(effects.done) == 2
