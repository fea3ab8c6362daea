"""What a job must not do with the durable verbs, and what it is told."""

import asyncio
from contextlib import suppress

import pytest

from tests.workflows.kit import a_job
from workflows.errors import StepMisused
from workflows.step import Retries, current_step

YES = {"timeout": "1h", "expected": ["yes"]}


async def error_of(harness, run):
    found = await harness.get(run)
    assert found.status == "failed", found
    return found.error["kind"], found.error["message"]


class Nesting:
    """A step function that uses the verbs it must not use."""

    def __init__(self, verb):
        self.verb = verb
        self.context = None

    async def step(self):
        match self.verb:
            case "run":
                await self.context.step.run("inner", self.step)
            case "wait":
                await self.context.step.wait_for_event("inner", **YES)
            case "sleep":
                await self.context.step.sleep("inner", "1m")
            case "now":
                await self.context.step.now()


@pytest.mark.parametrize("verb", ["run", "wait", "sleep", "now"])
async def test_x93_a_verb_inside_a_step_fails_the_step(engines, verb):
    nesting = Nesting(verb)

    async def story(ctx, request):
        nesting.context = ctx
        await ctx.step.run("outer", nesting.step)

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "NestedStep"
    assert "inside a step function" in message


async def test_two_steps_at_once_are_refused_before_either_begins(engines, effects):
    async def story(ctx, request):
        await asyncio.gather(
            ctx.step.run("left", effects.post), ctx.step.run("right", effects.post)
        )

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "ConcurrentStep"
    assert "beside another step" in message
    assert effects.done == []


async def test_a_step_from_another_task_is_refused(engines, effects):
    async def story(ctx, request):
        await asyncio.create_task(ctx.step.run("post", effects.post))

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "ConcurrentStep"
    assert effects.done == []


async def nothing():
    pass


@pytest.mark.parametrize(
    "make",
    [lambda: lambda: None, lambda: "post", lambda: None, nothing],
    ids=["lambda", "text", "none", "coroutine"],
)
async def test_a_step_takes_a_named_function_only(engines, make):
    call = make()

    async def story(ctx, request):
        await ctx.step.run("post", call)

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "StepMisused"
    assert "named function of a module" in message
    if asyncio.iscoroutine(call):
        call.close()


@pytest.mark.parametrize(
    "name",
    ["", "x" * 129, "two\nlines", "tab\there", "<!channel>", "party \N{PARTY POPPER}", " a", "a#2",
     "fan[0]", "naïve", None, 7],
)  # fmt: skip
async def test_x95_a_name_that_no_step_may_have_is_refused(engines, effects, name):
    async def story(ctx, request):
        await ctx.step.run(name, effects.post)

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "StepMisused"
    assert "cannot name a step" in message
    assert effects.done == []


@pytest.mark.parametrize("name", ["a", "x" * 128, "9 lives", "plugin.tool", "a/b:c-d_e.f"])
async def test_x95_names_that_steps_may_have(engines, effects, name):
    async def story(ctx, request):
        await ctx.step.run(name, effects.post)

    harness = await engines(a_job(story))

    run = await harness.started()

    assert await harness.status(run) == "completed"


@pytest.mark.parametrize(
    "expected",
    [[], "approved", ["a", "a"], [f"k{n}" for n in range(21)], ["x" * 65], ["a\0"], [7], [None],
     ["Yes"], ["a,b"], ["timeout"], None, {"a"}],
)  # fmt: skip
async def test_x92_kinds_that_no_wait_may_expect_are_refused(engines, expected):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=expected)

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "StepMisused"
    assert "expected=" in message


@pytest.mark.parametrize("timeout", ["0s", "24h\n", None, "401d", True, 1.5])
async def test_a_wait_needs_a_timeout_that_is_one(engines, timeout):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout=timeout, expected=["yes"])

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "DurationRefused"
    assert message.startswith("timeout=")


@pytest.mark.parametrize("attempts", [0, -1, 1001, True, 1.5, "3"])
def test_retries_need_a_number_of_attempts(attempts):
    with pytest.raises(StepMisused, match="attempts"):
        Retries(attempts=attempts)


def test_current_step_has_an_answer_only_inside_a_step():
    with pytest.raises(StepMisused):
        current_step()


# -- signals that must not be caught --------------------------------------------------------------


async def test_f102_a_job_that_catches_errors_parks_all_the_same(engines):
    async def story(ctx, request):
        try:
            event = await ctx.step.wait_for_event("answer", **YES)
        except Exception:  # noqa: BLE001
            return "caught"
        return event.kind

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == "yes"


async def test_f102_a_job_that_swallows_its_parking_fails_and_says_why(engines, effects):
    async def story(ctx, request):
        with suppress(BaseException):
            await ctx.step.wait_for_event("answer", **YES)
        return "went on as if nobody had to answer"

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "SuspendSwallowed"
    assert "raise" in message
    assert (await harness.get(run)).waits == ()


async def test_f102_a_step_after_a_swallowed_parking_does_not_begin(engines, effects):
    async def story(ctx, request):
        with suppress(BaseException):
            await ctx.step.wait_for_event("answer", **YES)
        with suppress(BaseException):
            await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "SuspendSwallowed"
    assert effects.done == []


async def test_f102_closing_code_does_not_run_when_a_job_parks(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", effects.post)

    harness = await engines(a_job(story))
    run = await harness.started()
    parked = await harness.status(run), list(effects.done)

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert parked == ("waiting", [])
    assert (await harness.status(run), effects.done) == ("completed", ["letter"])


async def test_f102_a_run_that_swallowed_its_parking_waits_properly_when_it_is_mended_and_retried(
    engines,
):
    swallows = [True]

    async def story(ctx, request):
        try:
            return (await ctx.step.wait_for_event("answer", **YES)).kind
        except BaseException:
            if swallows:
                return "swallowed"
            raise

    harness = await engines(a_job(story))
    run = await harness.started()

    swallows.clear()
    await harness.retry(run)
    await harness.run()
    waits = [wait.status for wait in (await harness.get(run)).waits]
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert waits == ["open"]
    assert await harness.result(run) == "yes"


async def test_f102_a_job_that_catches_the_pause_before_a_new_attempt_goes_no_further(
    engines, effects
):
    async def story(ctx, request):
        with suppress(BaseException):
            await ctx.step.run("first", effects.post, "first")
        await ctx.step.run("second", effects.post, "second")

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]

    run = await harness.started()
    paused = await harness.status(run), list(effects.done)
    await harness.move(seconds=1)

    assert paused == ("ready", ["first"])
    assert await harness.status(run) == "completed"
    assert effects.done == ["first", "first", "second"]


async def test_f102_a_job_that_swallows_the_pause_before_a_new_attempt_fails(engines, effects):
    async def story(ctx, request):
        with suppress(BaseException):
            await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "SuspendSwallowed"
