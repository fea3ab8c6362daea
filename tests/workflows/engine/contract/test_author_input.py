"""Names and results that a job gives: what may repeat, and what is refused where."""

import asyncio
import json
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
