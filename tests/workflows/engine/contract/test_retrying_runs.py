"""Retrying a run: at the step that ended it, with everything before it as it was."""

import pytest

from tests.workflows.kit import Killed, a_job
from workflows.engine.base import NotDone
from workflows.errors import StepFailed
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes", "no"]}


def decides_and_posts(effects):
    async def story(ctx, request):
        event = await ctx.step.wait_for_event("answer", **YES)
        posted = await ctx.step.run("post", effects.post)
        await ctx.step.wait_for_event("receipt", **YES)
        return [event.kind, posted]

    return a_job(story)


async def failed(engines, effects, job):
    harness = await engines(job)
    run = await harness.started()
    effects.troubles = [StepFailed("no such team")]
    await harness.deliver(run, "answer", "no")
    await harness.run()
    assert await harness.status(run) == "failed"
    return harness, run


async def test_a_retried_run_repeats_the_step_that_ended_it_and_keeps_the_decision(
    engines, effects
):
    harness, run = await failed(engines, effects, decides_and_posts(effects))

    await harness.retry(run)
    await harness.run()
    await harness.deliver(run, "receipt", "yes")
    await harness.run()

    assert await harness.result(run) == ["no", {"posted": "letter"}]
    assert len(set(effects.keys)) == 1


async def test_what_a_retried_run_did_is_journaled_like_everything_else_i12(engines, effects):
    harness, run = await failed(engines, effects, decides_and_posts(effects))

    await harness.retry(run)
    await harness.run()
    harness = await harness.restarted()
    await harness.deliver(run, "receipt", "yes")
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["letter", "letter"]


async def test_the_failure_that_was_retried_stays_on_the_timeline(engines, effects):
    harness, run = await failed(engines, effects, decides_and_posts(effects))

    await harness.retry(run)
    await harness.run()

    lines = [(line.what, line.detail) for line in (await harness.get(run)).timeline]
    assert ("step superseded", "no such team") in lines
    assert ("step done", None) in lines


async def test_a_run_can_fail_and_be_retried_again_and_again(engines, effects):
    harness, run = await failed(engines, effects, decides_and_posts(effects))

    for _ in range(3):
        effects.troubles = [StepFailed("still not")]
        await harness.retry(run)
        await harness.run()
    ended = await harness.status(run)
    await harness.retry(run)
    await harness.run()

    assert (ended, await harness.status(run)) == ("failed", "waiting")


async def test_attempts_are_counted_anew_after_a_retry(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post, retries=Retries(attempts=2, backoff="1s"))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")] * 3
    run = await harness.started()
    await harness.move(seconds=1)

    await harness.retry(run)
    await harness.run()
    await harness.move(seconds=1)

    assert await harness.status(run) == "completed"
    assert effects.attempts == [1, 2, 1, 2]


async def test_a_run_that_failed_by_itself_is_repeated_over_its_journal(engines, effects):
    mended = []

    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        if not mended:
            raise ValueError("a bug in the job")

    harness = await engines(a_job(story))
    run = await harness.started()
    found = await harness.get(run)

    mended.append(True)
    await harness.retry(run)
    await harness.run()

    assert found.error == {"kind": "ValueError", "message": "a bug in the job", "step": None}
    assert (await harness.status(run), effects.done) == ("completed", ["letter"])


async def test_a_failure_behind_another_error_is_the_one_that_is_repeated(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.run("post", effects.post)
        except StepFailed as error:
            raise RuntimeError("could not post") from error

    harness = await engines(a_job(story))
    effects.troubles = [StepFailed("no")]
    run = await harness.started()
    found = await harness.get(run)

    await harness.retry(run)
    await harness.run()

    assert found.error == {"kind": "RuntimeError", "message": "could not post", "step": "post"}
    assert (await harness.status(run), effects.done) == ("completed", ["letter", "letter"])


@pytest.mark.parametrize("ended", [False, True])
async def test_only_a_failed_or_blocked_run_can_be_retried(engines, effects, ended):
    harness = await engines(decides_and_posts(effects))
    run = await harness.started()
    if ended:
        await harness.move(hours=1)
        await harness.move(hours=1)

    assert await harness.retry(run) is NotDone.NOTHING_TO_RETRY


async def test_an_unknown_run_cannot_be_retried(engines):
    harness = await engines()

    assert await harness.retry("0" * 26) is NotDone.UNKNOWN_RUN


async def test_f17_a_run_that_kills_its_process_five_times_is_set_aside_i18(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [Killed() for _ in range(9)]
    run = await harness.started()
    statuses = []

    for _ in range(6):
        harness = await harness.restarted()
        await harness.move(seconds=1)
        statuses.append(await harness.status(run))

    assert statuses[-2:] == ["blocked", "blocked"]
    assert effects.attempts == [1, 2, 3, 4, 5]
    assert (await harness.get(run)).blocked_reason.startswith("poison: ")


async def test_f17_a_poisoned_run_does_not_hold_up_another_i18(engines, effects):
    async def story(ctx, request):
        if request.model_extra["deadly"]:
            await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [Killed() for _ in range(9)]
    await harness.start(deadly=True)
    healthy = await harness.start(deadly=False)

    await harness.run()

    assert await harness.status(healthy) == "completed"


async def test_a_poisoned_run_that_is_retried_has_all_its_tries_again(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [Killed() for _ in range(5)]
    run = await harness.started()
    for _ in range(5):
        harness = await harness.restarted()
        await harness.move(seconds=1)

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"


async def test_deaths_with_progress_between_them_are_no_poison_i18(engines, effects):
    async def story(ctx, request):
        for n in range(8):
            await ctx.step.run(f"step {n}", effects.post, f"step {n}")

    harness = await engines(a_job(story))
    run = await harness.start()

    lives = 0
    while await harness.status(run) != "completed":
        lives += 1
        effects.troubles = [None, Killed()]  # a step is done, and in the next one it dies
        await harness.run()
        assert await harness.status(run) in {"running", "completed"}
        harness = await harness.restarted()

    assert lives > 5
