"""Steps: once when journaled, again with the same key when not, and the same value either way."""

from datetime import timedelta

import pytest

from tests.workflows.kit import NOON, Effects, Held, Killed, a_job
from workflows.errors import StepFailed
from workflows.step import Retries


async def answer_a_tuple_with_integer_keys():
    return {"pair": (1, 2), 3: "three"}


async def answer_a_set():
    return {"ids": {1, 2}}


async def answer_too_much():
    return "x" * (1024 * 1024)


def answer_from_a_thread(number):
    return number + 1


async def refuse():
    raise StepFailed("the address does not exist", kind="NoSuchAddress")


async def test_a_journaled_step_never_executes_again_i12(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        return effects.done

    harness = await engines(a_job(story))
    run = await harness.started()

    harness = await harness.restarted()
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == ["letter"]


async def test_a_step_whose_process_died_executes_again_with_the_same_key_and_a_higher_attempt_i13(
    engines, effects
):
    async def story(ctx, request):
        return await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [Killed()]

    run = await harness.started()
    harness = await harness.restarted()
    await harness.run()

    assert await harness.result(run) == {"posted": "letter"}
    assert len(set(effects.keys)) == 1
    assert effects.attempts == [1, 2]


async def test_what_was_done_before_a_step_is_not_lost_when_that_step_kills_the_process_i12(
    engines, effects
):
    async def story(ctx, request):
        await ctx.step.run("first", effects.post, "first")
        if effects.done == ["first"]:
            effects.troubles = [Killed()]
        await ctx.step.run("second", effects.post, "second")

    harness = await engines(a_job(story))

    run = await harness.started()
    harness = await harness.restarted()
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["first", "second", "second"]


async def test_a_step_cut_off_by_a_graceful_stop_has_a_higher_attempt_the_next_time_i13(engines):
    held = Held()
    attempts = Effects()

    async def story(ctx, request):
        await ctx.step.run("hold", attempts.post if held.begun.is_set() else held.step)

    harness = await engines(a_job(story))
    run = await harness.start()
    await harness.worker._claim_all()
    await held.begun.wait()

    await harness.worker.stop(grace=0)
    harness = await harness.restarted()
    await harness.run()

    assert await harness.status(run) == "completed"
    assert attempts.attempts == [2]


async def test_runs_steps_and_uses_of_a_name_have_different_keys(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        await ctx.step.run("post", effects.post)
        await ctx.step.run("other", effects.post)

    harness = await engines(a_job(story))

    await harness.started()
    await harness.started()

    assert len(effects.keys) == 6
    assert len(set(effects.keys)) == 6


async def test_a_step_answers_the_same_live_and_on_replay_i15(engines):
    seen = []

    async def story(ctx, request):
        seen.append(await ctx.step.run("answer", answer_a_tuple_with_integer_keys))
        await ctx.step.wait_for_event("go", timeout="1h", expected=["on"])

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "go", "on")
    await harness.run()

    assert seen == [{"pair": [1, 2], "3": "three"}] * 2


async def test_a_job_cannot_change_what_the_journal_keeps(engines, effects):
    async def story(ctx, request):
        answer = await ctx.step.run("post", effects.post)
        answer["posted"] = "forged"
        await ctx.step.wait_for_event("go", timeout="1h", expected=["on"])
        return [answer["posted"], effects.done]

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.deliver(run, "go", "on")
    await harness.run()

    posted = [line for line in (await harness.get(run)).timeline if line.name == "post"]
    assert await harness.result(run) == ["forged", ["letter"]]
    assert [line.what for line in posted] == ["step done"]


async def test_a_function_that_is_not_async_runs_beside_the_loop(engines):
    async def story(ctx, request):
        return await ctx.step.run("add", answer_from_a_thread, 1)

    harness = await engines(a_job(story))

    run = await harness.started()

    assert await harness.result(run) == 2


async def test_a_failing_step_is_tried_again_after_pauses_that_double_up_to_the_longest(
    engines, effects
):
    retries = Retries(attempts=4, backoff="10s", longest="15s")

    async def story(ctx, request):
        return await ctx.step.run("post", effects.post, retries=retries)

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")] * 3

    run = await harness.started()
    tried = [len(effects.done)]
    for pause in (9, 1, 14, 1, 14, 1):
        await harness.move(seconds=pause)
        tried.append(len(effects.done))

    assert tried == [1, 1, 2, 2, 3, 3, 4]
    assert effects.attempts == [1, 2, 3, 4]
    assert len(set(effects.keys)) == 1
    assert await harness.result(run) == {"posted": "letter"}


async def test_nothing_is_tried_again_early_while_a_clock_that_stepped_back_catches_up(
    engines, effects
):
    async def story(ctx, request):
        return await ctx.step.run("post", effects.post, retries=Retries(backoff="10s"))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")] * 2
    await harness.start("story")
    harness.clock.move(hours=-2)

    await harness.run()
    await harness.move(seconds=11)

    assert effects.attempts == [1]


async def test_a_step_that_failed_for_good_looks_the_same_live_and_on_replay(engines):
    seen = []

    async def story(ctx, request):
        try:
            await ctx.step.run("post", refuse)
        except StepFailed as error:
            seen.append((str(error), error.kind, error.step))
        await ctx.step.wait_for_event("go", timeout="1h", expected=["on"])

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "go", "on")
    await harness.run()

    assert seen == [("the address does not exist", "NoSuchAddress", "post")] * 2


async def test_a_step_that_raises_step_failed_is_not_tried_again(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [StepFailed("no")]

    run = await harness.started()
    await harness.move(hours=1)

    found = await harness.get(run)
    assert effects.done == ["letter"]
    assert found.status == "failed"
    assert found.error == {"kind": "StepFailed", "message": "no", "step": "post"}


async def test_the_last_attempt_that_fails_fails_the_step(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post, retries=Retries(attempts=2, backoff="1s"))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")] * 3

    run = await harness.started()
    await harness.move(seconds=1)
    await harness.move(hours=1)

    found = await harness.get(run)
    assert effects.attempts == [1, 2]
    assert found.error == {"kind": "ConnectionError", "message": "down", "step": "post"}


@pytest.mark.parametrize(
    ("function", "kind", "part"),
    [
        (answer_a_set, "NotSerializable", "result.ids is a set"),
        (answer_too_much, "ResultTooLarge", "store it elsewhere"),
    ],
)
async def test_a_result_that_cannot_be_kept_fails_the_step_which_is_not_repeated(
    engines, function, kind, part
):
    seen = []

    async def story(ctx, request):
        try:
            await ctx.step.run("answer", function)
        except StepFailed as error:
            seen.append((error.kind, part in str(error)))
        await ctx.step.wait_for_event("go", timeout="1h", expected=["on"])

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "go", "on")
    await harness.run()

    assert await harness.status(run) == "completed"
    assert seen == [(kind, True)] * 2


@pytest.mark.parametrize(
    ("returned", "kind"), [({1, 2}, "NotSerializable"), ("x" * 1024 * 1024, "ResultTooLarge")]
)
async def test_a_job_that_returns_what_cannot_be_kept_fails(engines, returned, kind):
    async def story(ctx, request):
        return returned

    harness = await engines(a_job(story))

    run = await harness.started()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", kind)


async def test_now_is_the_same_on_every_replay(engines):
    seen = []

    async def story(ctx, request):
        seen.append(await ctx.step.now())
        await ctx.step.wait_for_event("go", timeout="1d", expected=["on"])

    harness = await engines(a_job(story))
    run = await harness.started()

    harness.clock.move(hours=3)
    await harness.deliver(run, "go", "on")
    await harness.run()

    assert seen == [NOON, NOON]


async def test_a_sleep_ends_at_its_time_and_not_before(engines, effects):
    async def story(ctx, request):
        await ctx.step.sleep("rest", timedelta(minutes=10))
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(minutes=9, seconds=59)
    asleep = await harness.status(run), list(effects.done)
    await harness.move(seconds=1)

    assert asleep == ("waiting", [])
    assert (await harness.status(run), effects.done) == ("completed", ["letter"])


async def test_no_event_ends_a_sleep(engines):
    async def story(ctx, request):
        await ctx.step.sleep("rest", "10m")

    harness = await engines(a_job(story))
    run = await harness.started()

    receipts = [await harness.deliver(run, "rest", kind) for kind in ("", "timeout", "on")]

    assert [receipt.code for receipt in receipts] == ["unexpected_kind"] * 3
    assert receipts[0].detail == {"expected": []}
    assert await harness.status(run) == "waiting"


async def test_f14_no_closing_code_runs_because_its_worker_stops(engines, effects):
    held = Held()

    async def works(ctx):
        try:
            await ctx.step.run("hold", held.step)
        finally:
            await ctx.step.run("close", effects.post, "close")

    async def story(ctx, request):
        await works(ctx) if request.model_extra["alone"] else await ctx.step.gather(
            "fan", works(ctx)
        )

    for alone in (True, False):
        harness = await engines(a_job(story))
        run = await harness.start(alone=alone)
        held.begun.clear()
        await harness.worker._claim_all()
        await held.begun.wait()

        await harness.worker.stop(grace=0)

        assert effects.done == []
        assert await harness.status(run) == "ready"
        await harness.cancel(run, force=True)


async def test_f14_what_a_job_makes_of_being_stopped_ends_no_run(engines):
    held = Held()

    async def story(ctx, request):
        try:
            await ctx.step.run("hold", held.step)
        except BaseException:  # noqa: BLE001
            return "went on"

    harness = await engines(a_job(story))
    run = await harness.start()
    await harness.worker._claim_all()
    await held.begun.wait()

    await harness.worker.stop(grace=0)

    assert await harness.status(run) == "ready"


def raise_what_only_this_function_knows():
    class Local(Exception):
        pass

    raise Local("nobody can import me")


async def test_f104_an_error_whose_class_cannot_be_imported_is_the_same_on_replay(engines):
    met = []

    async def story(ctx, request):
        try:
            once = Retries(attempts=1)
            await ctx.step.run("odd", raise_what_only_this_function_knows, retries=once)
        except StepFailed as error:
            met.append((type(error), error.kind, str(error), error.step))
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])

    harness = await engines(a_job(story))
    run = await harness.started()
    harness = await harness.restarted()
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert met == [(StepFailed, "Local", "nobody can import me", "odd")] * 2
    assert await harness.status(run) == "completed"
