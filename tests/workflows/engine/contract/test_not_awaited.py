"""A step or wait that a job has called and not awaited: the run fails, and says which it was."""

import asyncio
import gc
import warnings
from collections import Counter
from contextlib import contextmanager

import pytest

from tests.workflows.kit import a_job
from workflows import Policy
from workflows.errors import StepFailed, StepMisused
from workflows.testing import Kit

YES = {"timeout": "1h", "expected": ["yes"]}
ANYBODY = Policy(channel_members=True)

VERBS = {
    "ctx.step.run('it')": lambda ctx, effects: ctx.step.run("it", effects.post),
    "ctx.step.wait_for_event('it')": lambda ctx, _: ctx.step.wait_for_event("it", **YES),
    "ctx.step.wait_for_any('it')": lambda ctx, _: ctx.step.wait_for_any(
        "it", {"a": ["yes"]}, timeout="1h"
    ),
    "ctx.step.gather('it')": lambda ctx, effects: ctx.step.gather(
        "it", ctx.step.run("a", effects.post), ctx.step.run("b", effects.post)
    ),
    "ctx.step.first('it')": lambda ctx, effects: ctx.step.first(
        "it", a=ctx.step.run("a", effects.post), b=ctx.step.sleep("b", "1h")
    ),
    "ctx.step.sleep('it')": lambda ctx, _: ctx.step.sleep("it", "1h"),
    "ctx.step.now()": lambda ctx, _: ctx.step.now(),
    "ctx.step.uuid()": lambda ctx, _: ctx.step.uuid(),
    "ctx.step.random()": lambda ctx, _: ctx.step.random(),
    "ctx.approval('it')": lambda ctx, _: ctx.approval(
        "it", "It?", policy=ANYBODY, timeout="1h", channel="#c"
    ),
    "ctx.run_job('story')": lambda ctx, _: ctx.run_job("story", {}, timeout="1h"),
    "ctx.deliver('it')": lambda ctx, _: ctx.deliver("0" * 26, "it", {"kind": "yes"}),
}
MISSED = "it is not noticed"


@contextmanager
def without_a_word_of_the_interpreters():
    """Fail the test where a coroutine was never awaited by anybody, nor closed."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(each.message) for each in said if each.category is RuntimeWarning] == []


async def error_of(harness, run):
    found = await harness.get(run)
    assert found.status == "failed", found
    return found.error["kind"], found.error["message"]


def called(verb, effects):
    async def story(ctx, request):
        verb(ctx, effects)

    return a_job(story)


@pytest.mark.parametrize("said", VERBS)
async def test_a_verb_that_is_not_awaited_fails_the_run_and_is_named_l8(engines, effects, said):
    harness = await engines(called(VERBS[said], effects))

    with without_a_word_of_the_interpreters():
        run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "StepNotAwaited"
    assert said in message
    assert message.count("ctx.") == 1  # what it was given to do is its own
    assert "await" in message
    assert effects.done == []


@pytest.mark.parametrize(
    ("plugin", "tool"), [("linear", "create_issue"), ("jira", "create"), ("slack", "post_message")]
)
async def test_a_call_of_a_plugin_that_is_not_awaited_is_named_like_its_step_l8(plugin, tool):
    made = Counter()

    def create(**arguments):
        made[tool] += 1

    async def story(ctx, request):
        getattr(getattr(ctx.plugins, plugin), tool)(**request.model_dump())

    async with Kit(a_job(story), plugins={plugin: {tool: create}}) as kit:
        asked = {"team_id": "OPS", "title": "It"} if plugin == "linear" else {}
        asked = {"channel": "#c", "text": "It"} if plugin == "slack" else asked
        run = await kit.start("story", asked)

        error = await run.error()

    assert (error["kind"], made) == ("StepNotAwaited", Counter())
    assert f"'{plugin}.{tool}'" in error["message"]


def in_a_helper(ctx, effects):
    def helper():
        return ctx.step.run("post", effects.post)

    helper()


def in_a_list(ctx, effects):
    ctx.kept = [ctx.step.run("post", effects.post) for _ in range(3)]


def asked_for_its_truth(ctx, effects):
    if not ctx.step.run("post", effects.post):
        raise AssertionError


def in_a_task(ctx, effects):
    asyncio.get_running_loop().create_task(ctx.step.run("post", effects.post))


def in_a_gather_that_refuses_it(ctx, effects):
    ctx.step.gather("both", ctx.step.run("post", effects.post), "no coroutine")


@pytest.mark.parametrize(
    "spelling",
    [in_a_helper, in_a_list, asked_for_its_truth, in_a_task, in_a_gather_that_refuses_it],
)
async def test_it_is_noticed_however_it_is_written_l8(engines, effects, caplog, spelling):
    harness = await engines(called(spelling, effects))

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "StepNotAwaited"
    assert effects.done == []


async def test_a_verb_that_is_refused_in_a_task_that_nobody_awaits_fails_the_run_l8(
    engines, effects
):
    async def story(ctx, request):
        ctx.kept = asyncio.create_task(ctx.step.run("post", effects.post))
        await asyncio.sleep(0)
        return "done"

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert (kind, effects.done) == ("ConcurrentStep", [])
    assert "'post'" in message


async def test_a_refusal_that_the_job_has_heard_of_is_its_own_to_judge(engines, effects):
    async def story(ctx, request):
        task = asyncio.create_task(ctx.step.run("post", effects.post))
        try:
            await task
        except StepMisused:
            return "heard"

    harness = await engines(a_job(story))

    assert await harness.result(await harness.started()) == "heard"


async def test_it_is_noticed_in_a_branch_of_a_gather_l8(engines, effects):
    async def branch(ctx):
        ctx.step.run("post", effects.post)
        return await ctx.step.now()

    async def story(ctx, request):
        await ctx.step.gather("fan", branch(ctx), branch(ctx))

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert (kind, effects.done) == ("StepNotAwaited", [])
    assert "'post'" in message


async def test_all_that_was_forgotten_is_named_the_first_first_l8(engines, effects):
    async def story(ctx, request):
        ctx.step.run("one", effects.post)
        await ctx.step.run("two", effects.post)
        ctx.step.sleep("three", "1h")

    harness = await engines(a_job(story))

    run = await harness.started()

    _, message = await error_of(harness, run)
    assert message.index("'one'") < message.index("'three'")
    assert "'two'" not in message
    assert effects.done == ["letter"]


async def test_it_is_noticed_in_the_pass_that_returns_l8(engines, effects):
    """A pass that parks proves nothing: the job may await it after the wait."""

    async def story(ctx, request):
        ctx.step.run("forgotten", effects.post)
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(story))
    run = await harness.started()
    assert await harness.status(run) == "waiting"

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert (await error_of(harness, run))[0] == "StepNotAwaited"


async def test_what_is_kept_for_later_and_awaited_then_is_in_order(engines, effects):
    async def story(ctx, request):
        later = [ctx.step.run(f"post {n}", effects.post) for n in range(3)]
        await ctx.step.wait_for_event("answer", **YES)
        for each in reversed(later):
            await each
        return await ctx.step.gather("both", ctx.step.now(), ctx.step.random()) != []

    harness = await engines(a_job(story))
    with without_a_word_of_the_interpreters():
        run = await harness.started()

        await harness.deliver(run, "answer", "yes")
        await harness.run()

    assert await harness.result(run) is True
    assert effects.done == ["letter"] * 3


async def test_an_error_of_the_jobs_own_comes_first(engines, effects):
    async def story(ctx, request):
        ctx.step.run("post", effects.post)
        raise ValueError("mine")

    harness = await engines(a_job(story))

    with without_a_word_of_the_interpreters():
        run = await harness.started()

    assert await error_of(harness, run) == ("ValueError", "mine")


async def test_a_failed_step_comes_first(engines, effects):
    async def story(ctx, request):
        ctx.step.run("post", effects.post)
        await ctx.step.run("refuse", effects.refuse)

    harness = await engines(a_job(story))

    with without_a_word_of_the_interpreters():
        run = await harness.started()

    assert (await error_of(harness, run))[0] == StepFailed.__name__


async def test_a_run_that_is_cancelled_is_cancelled(engines, effects):
    async def story(ctx, request):
        ctx.step.run("post", effects.post)
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(story))
    with without_a_word_of_the_interpreters():
        run = await harness.started()

        await harness.cancel(run)
        await harness.run()

    assert await harness.status(run) == "cancelled"


async def test_coroutines_of_a_gather_that_refuses_them_are_let_go(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.gather("both", ctx.step.run("post", effects.post), "no coroutine")
        except StepMisused:
            return "refused"

    harness = await engines(a_job(story))

    assert await harness.result(await harness.started()) == "refused"


async def test_a_run_that_failed_so_goes_on_when_the_code_is_mended(engines, effects):
    async def forgets(ctx, request):
        await ctx.step.run("one", effects.post, "one")
        ctx.step.run("two", effects.post, "two")

    async def mended(ctx, request):
        await ctx.step.run("one", effects.post, "one")
        await ctx.step.run("two", effects.post, "two")

    harness = await engines(a_job(forgets))
    run = await harness.started()
    await error_of(harness, run)

    harness = await harness.deployed(a_job(mended))
    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["one", "two"]
