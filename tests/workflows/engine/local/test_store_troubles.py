"""A store that fails for a moment: no run ends by it, and no job learns of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.workflows.engine.oracle import violations
from tests.workflows.kit import Harness, a_job
from workflows import failpoint
from workflows.engine.local import worker

POINTS = ["record:written", "park:written", "finish:written"]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(worker, "WRITE_AGAIN_S", (0.0, 0.0, 0.0))


@contextmanager
def disk_full(point: str, times: int) -> Iterator[None]:
    """Let the write at *point* fail that often."""
    left = [sqlite3.OperationalError("database or disk is full")] * times

    def on_pass(name: str) -> None:
        if name == point and left:
            raise left.pop()

    with failpoint.armed(on_pass):
        yield
    assert not left


def story_of(effects, caught):
    async def story(ctx, request):
        try:
            await ctx.step.run("first", effects.post, "first")
            await ctx.step.run("second", effects.post, "second")
            await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        except Exception as error:  # noqa: BLE001
            caught.append(error)

    return a_job(story)


@pytest.mark.parametrize("point", POINTS)
async def test_f39_what_could_not_be_written_is_written_again(db, clock, path, effects, point):
    caught = []
    harness = await Harness.opened(db, clock, story_of(effects, caught))
    run = await harness.start()

    with disk_full(point, times=3):
        await harness.run()
        await harness.deliver(run, "answer", "yes")
        await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["first", "second"]
    assert caught == []
    assert violations(path) == []


@pytest.mark.parametrize("point", POINTS)
async def test_f39_a_pass_that_cannot_be_written_down_is_made_again_and_the_job_catches_nothing(
    db, clock, path, effects, point
):
    caught = []
    harness = await Harness.opened(db, clock, story_of(effects, caught))
    run = await harness.start()

    with disk_full(point, times=4):
        await harness.run()
        await harness.deliver(run, "answer", "yes")
        await harness.run()
    running = await harness.status(run)
    await harness.move(seconds=61)
    await harness.move(seconds=61)

    assert running == "running"
    assert await harness.status(run) == "completed"
    assert caught == []
    assert len(set(effects.keys)) == 2
    assert violations(path) == []


async def test_f39_no_effect_follows_what_could_not_be_written_down(db, clock, effects):
    caught = []
    harness = await Harness.opened(db, clock, story_of(effects, caught))
    await harness.start()

    with disk_full("record:written", times=4):
        await harness.run()

    assert effects.done == ["first"]


async def test_f39_a_worker_that_cannot_claim_does_so_later(db, clock, path, effects):
    harness = await Harness.opened(db, clock, story_of(effects, []))
    run = await harness.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA busy_timeout = 0")
    db._writer.execute("PRAGMA busy_timeout = 0")

    other.execute("BEGIN IMMEDIATE")
    await harness.run()
    meanwhile = await harness.status(run)
    other.execute("ROLLBACK")
    other.close()
    await harness.run()

    assert (meanwhile, await harness.status(run)) == ("ready", "waiting")


async def test_f39_no_effect_of_a_branch_follows_what_another_one_could_not_write_down(
    db, clock, effects
):
    async def branch(ctx, what):
        await ctx.step.run("first", effects.post, f"first {what}")
        await ctx.step.run("second", effects.post, f"second {what}")

    async def story(ctx, request):
        await ctx.step.run("before", effects.post, "before")
        await ctx.step.gather("fan", branch(ctx, "a"), branch(ctx, "b"))

    harness = await Harness.opened(db, clock, a_job(story))
    await harness.start()

    with disk_full("record:written", times=4):
        await harness.run()

    assert effects.done == ["before"]
