"""What a step was called with tells the uses of one name apart (i32)."""

import pytest

from tests.workflows.engine.oracle import rows
from tests.workflows.engine.questions.conftest import deployed
from tests.workflows.kit import a_job
from workflows.engine.base import Retry
from workflows.testing import Kit

GO = {"timeout": "1d", "expected": ["go"]}


def calling(effects, *calls, **options):
    """Answer a job that makes these calls of one name, waits, and answers their results."""

    async def job(ctx, request):
        found = [await ctx.step.run("post", effects.post, call) for call in calls]
        await ctx.step.wait_for_event("more", **GO)
        return [each["posted"] for each in found]

    return job


def gathering(effects, *calls):
    async def job(ctx, request):
        found = await ctx.step.gather(
            "all", *(ctx.step.run("post", effects.post, call) for call in calls)
        )
        await ctx.step.wait_for_event("more", **GO)
        return [each["posted"] for each in found]

    return job


def plugged(*titles):
    async def job(ctx, request):
        found = [await ctx.plugins.linear.file(title=title) for title in titles]
        await ctx.step.wait_for_event("more", **GO)
        return found

    return job


def children(*calls):
    async def job(ctx, request):
        found = [await ctx.run_job("echo", {"what": c}, timeout="1d", name="out") for c in calls]
        await ctx.step.wait_for_event("more", **GO)
        return found

    return job


async def echo(ctx, request):
    return request.what


async def met(kit, before, after):
    """Take a run to its wait, deploy, and let it go on."""
    run = await kit.start("story")
    await kit.deploy(a_job(after), a_job(echo, "echo"))
    await run.deliver("more", {"kind": "go"})
    return run


@pytest.mark.parametrize(
    ("shape", "before", "after"),
    [
        (calling, "ab", "ba"),
        (calling, "abc", "bc"),
        (calling, "abc", "acb"),
        (calling, "ab", "bb"),
        (gathering, "ab", "ba"),
        (gathering, "abc", "acb"),
        (gathering, "ab", "bb"),
    ],
)
async def test_calls_that_have_changed_places_block_the_run_g4_i32(effects, shape, before, after):
    body = shape(effects, *before)
    async with Kit(a_job(body)) as kit:
        run = await met(kit, body, shape(effects, *after))

        view = await run.view()
        assert (view.status, effects.done) == ("blocked", list(before))
        assert "the calls have changed places" in (view.blocked_reason or "")


async def test_calls_of_one_plugin_tool_that_have_changed_places_block_the_run_g4_i32():
    body = plugged("a", "b")
    tools = {"linear": {"file": lambda title: {"title": title}}}
    async with Kit(a_job(body), plugins=tools) as kit:
        run = await met(kit, body, plugged("b", "a"))

        assert await run.status() == "blocked"


async def test_child_runs_that_have_changed_places_block_the_run_g4_i32():
    body = children("a", "b")
    async with Kit(a_job(body), a_job(echo, "echo")) as kit:
        run = await met(kit, body, children("b", "a"))

        assert await run.status() == "blocked"


async def test_arguments_that_merely_differ_are_noted_and_the_run_goes_on_i32(effects):
    body = calling(effects, "a", "b")
    async with Kit(a_job(body)) as kit:
        run = await met(kit, body, calling(effects, "a", "reworded"))

        told = [line.name for line in (await run.view()).timeline if "arguments" in line.what]
        assert (await run.result(), told) == (["a", "b"], ["post#2"])


async def test_a_person_who_goes_on_gets_each_call_its_own_result_i32(effects):
    body = calling(effects, "a", "b")
    async with Kit(a_job(body)) as kit:
        run = await met(kit, body, calling(effects, "b", "a"))
        await run.retry(how=Retry())

        assert (await run.result(), effects.done) == (["b", "a"], ["a", "b"])


async def test_branches_that_have_changed_places_stay_blocked_after_a_retry_i32(effects):
    body = gathering(effects, "a", "b")
    async with Kit(a_job(body)) as kit:
        run = await met(kit, body, gathering(effects, "b", "a"))
        await run.retry()
        assert await run.status() == "blocked"

        await deployed(kit, body)
        await run.retry()
        assert await run.result() == ["a", "b"]


async def test_the_same_arguments_twice_are_no_exchange_i32(effects):
    body = calling(effects, "a", "a")
    async with Kit(a_job(body)) as kit:
        run = await met(kit, body, body)

        assert await run.result() == ["a", "a"]


async def test_what_a_step_was_called_with_is_stored_as_a_digest_salted_by_the_run_i32(effects):
    body = calling(effects, "secret")
    async with Kit(a_job(body)) as kit:
        first, second = await kit.start("story"), await kit.start("story")
        asked = rows(kit.path, "SELECT run_id, asked FROM journal WHERE kind = 'step'")

        assert {run for run, _ in asked} == {first.id, second.id}
        assert len({digest for _, digest in asked}) == len(asked)
        assert "secret" not in str(asked)
