"""A process is killed at every point of retention: a run keeps all of its journal or none (f12)."""

import asyncio
from itertools import count

import pytest

from store import file
from tests.workflows.engine.crashes.lives import Story, World, die_and_go_on, live, outlives
from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import Harness, a_job
from workflows.engine.base import KEPT
from workflows.failpoint import armed, dying_at
from workflows.registry import Job

RUNS = 3


def noting(world: World) -> Job:
    async def story(ctx, request):
        await ctx.step.run("note", world.post, request.model_extra["name"])
        await ctx.step.wait_for_event("word", timeout="1h", expected=["yes"])

    return a_job(story)


async def end_and_prune(harness: Harness, world: World) -> None:
    for n in range(RUNS):
        run = await harness.start(key=str(n), name=f"note {n}")
        await harness.run()
        await harness.deliver(run, "word", "yes", key="word")
    await harness.run()
    await harness.move(days=91)
    await harness.engine.prune(KEPT)


STORY = Story(noting, end_and_prune)


def test_f12_a_process_that_dies_while_it_prunes_leaves_no_orphan_and_no_half(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(file, "SETTINGS", (*file.SETTINGS, "PRAGMA synchronous = OFF"))
    worlds = (World.new(tmp_path / str(n)) for n in count())
    asyncio.run(live(STORY, next(worlds)))

    for point in count(1):
        world = next(worlds)
        # After each death `violations` asks for broken foreign keys, and for halves.
        deaths = die_and_go_on(STORY, world, point)
        assert violations(world.database) == []
        assert rows(world.database, "SELECT count(*) FROM runs WHERE pruned_at > 0") == [(RUNS,)]
        assert rows(world.database, "SELECT count(*) FROM journal") == [(0,)]
        if deaths == 0:
            break

    assert point > 30


@pytest.mark.parametrize("nth", range(1, RUNS + 1))
def test_f12_a_batch_that_was_cut_off_is_rolled_back_as_a_whole(tmp_path, nth):
    world = World.new(tmp_path / "world")

    async def prune_and_die(harness: Harness, world: World) -> None:
        with armed(dying_at(f"prune:run:{nth}")):
            await end_and_prune(harness, world)

    assert not outlives(Story(noting, prune_and_die), world, 0)

    assert rows(world.database, "SELECT count(*) FROM runs WHERE pruned_at > 0") == [(0,)]
    assert rows(world.database, "SELECT count(*) FROM journal") == [(2 * RUNS,)]
    assert violations(world.database) == []
