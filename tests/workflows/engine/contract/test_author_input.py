"""Names and results that a job gives: what may repeat, and what is refused where."""

import asyncio
import json
import os
from datetime import UTC, datetime

import pytest

from tests.workflows.kit import a_job


async def test_x94_a_name_that_is_used_again_is_another_step(engines, effects):
    async def story(ctx, request):
        return [await ctx.step.run("post", effects.post, str(n)) for n in range(3)]

    harness = await engines(a_job(story))

    run = await harness.started()

    timeline = [line.name for line in (await harness.get(run)).timeline if line.name]
    assert effects.done == ["0", "1", "2"]
    assert [name for name in timeline if name.startswith("post")] == ["post", "post#2", "post#3"]
    assert len(set(effects.keys)) == 3


async def test_x94_a_wait_in_a_loop_is_another_wait_each_time(engines):
    async def story(ctx, request):
        kinds = []
        for _ in range(3):
            event = await ctx.step.wait_for_event("word", timeout="1h", expected=["a", "b"])
            kinds.append(event.kind)
        return kinds

    harness = await engines(a_job(story))
    run = await harness.started()

    for kind in "aba":
        await harness.deliver(run, "word", kind)
        await harness.run()

    assert await harness.result(run) == ["a", "b", "a"]


async def test_x93_two_branches_wait_by_one_name_at_once_and_each_is_its_own_wait(engines):
    async def asked(ctx):
        event = await ctx.step.wait_for_event("word", timeout="1h", expected=["a", "b"])
        return event.kind

    async def story(ctx, request):
        return await ctx.step.gather("both", asked(ctx), asked(ctx))

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.deliver(run, "both#1[1]/word", "b")
    await harness.run()
    await harness.deliver(run, "both#1[0]/word", "a")
    await harness.run()

    assert await harness.result(run) == ["a", "b"]


@pytest.mark.parametrize("name", ["B", "A B"])
async def test_f99_a_body_that_takes_another_way_at_the_replay_is_stopped_before_it_does_anything(
    engines, effects, monkeypatch, name
):
    async def story(ctx, request):
        await ctx.step.run("first", effects.post, "first")
        for way in os.environ["WAY"].split():
            await ctx.step.run(way, effects.post, way)
        await ctx.step.wait_for_event("word", timeout="1h", expected=["a"])

    monkeypatch.setenv("WAY", "A")
    harness = await engines(a_job(story))
    run = await harness.started()
    monkeypatch.setenv("WAY", name)

    await harness.deliver(run, "word", "a")
    await harness.run()

    found = await harness.get(run)
    assert found.status == "blocked"
    assert "reaches 'B', which is new" in found.blocked_reason
    assert effects.done == ["first", "A"]


class Giving:
    """A step function that returns what it was made with, and counts."""

    def __init__(self, make):
        self.make = make
        self.times = 0

    async def step(self):
        self.times += 1
        return self.make()


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: {1, 2}, "is a set"),
        (lambda: b"x", "is a bytes"),
        (lambda: float("nan"), "nan"),
        (lambda: 10**400, "beyond 64 bits"),
        (lambda: {"to": [object()]}, "result.to[0] is a object"),
        (lambda: asyncio.sleep(0), "not awaited"),
        (lambda: open("/dev/null"), "is a TextIOWrapper"),  # noqa: PTH123, SIM115  it is refused
    ],
    ids=["set", "bytes", "nan", "huge", "object", "coroutine", "file"],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::RuntimeWarning")
async def test_x99_a_step_that_returns_no_json_fails_once_and_says_where(engines, make, path):
    giving = Giving(make)

    async def story(ctx, request):
        await ctx.step.run("give", giving.step)

    harness = await engines(a_job(story))

    run = await harness.started()

    error = (await harness.get(run)).error
    assert (error["kind"], error["step"]) == ("NotSerializable", "give")
    assert path in error["message"]
    assert giving.times == 1


async def test_x99_a_step_may_return_a_time_which_becomes_text(engines):
    giving = Giving(lambda: datetime(2026, 3, 2, tzinfo=UTC))

    async def story(ctx, request):
        return await ctx.step.run("give", giving.step)

    harness = await engines(a_job(story))

    run = await harness.started()

    assert json.dumps(await harness.result(run)) == '"2026-03-02T00:00:00+00:00"'
