"""A story is killed at every failpoint it passes, in turn, and always comes to the same end."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from store import file
from tests.workflows.engine.crashes.lives import Story, World, die_and_go_on, live, outlives
from tests.workflows.engine.crashes.stories import (
    ANY_OF_TWO,
    APPROVED,
    BEGUN_ONCE,
    CANCELLED,
    EARLY,
    FORCED,
    GATHERED,
    GAVE_UP_BUILDING,
    HAD_BUILT,
    HANDED_OVER,
    SCHEDULED,
    SENT_EVENTS,
    SLEPT,
    TRIED_AGAIN,
    UNANSWERED,
    WAITING_TO_CLOSE,
)
from tests.workflows.engine.crashes.sweeping import (
    NOT_FLUSHED,
    check_answers,
    sweep,
)
from tests.workflows.engine.oracle import rows
from tests.workflows.kit import Harness, a_job
from workflows.registry import Job


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # What dies is the process, not the machine: nothing depends on when the disk is written.
    monkeypatch.setattr(file, "SETTINGS", NOT_FLUSHED)
    return (World.new(tmp_path / str(n)) for n in count())


def test_f1_f4_f5_f6_f7_f10_an_approved_run_is_the_same_whenever_its_process_dies(worlds):
    assert sweep(worlds, APPROVED).points > 30


def test_f4_a_step_that_is_tried_again_is_the_same_whenever_its_process_dies(worlds):
    assert sweep(worlds, TRIED_AGAIN).points > 30


def test_f9_four_deadlines_pass_once_each_whenever_the_process_dies(worlds):
    assert sweep(worlds, UNANSWERED).points > 30


def test_f10_a_job_starts_once_at_its_time_whenever_the_process_dies(worlds):
    assert sweep(worlds, SCHEDULED).points > 15


def test_f10_a_run_that_starts_another_is_the_same_whenever_its_process_dies(worlds):
    assert sweep(worlds, HAD_BUILT).points > 30


def test_f6_a_cancel_reaches_a_run_that_is_waited_for_whenever_the_process_dies(worlds):
    assert sweep(worlds, GAVE_UP_BUILDING).points > 25


def test_f6_a_cancelled_run_closes_once_whenever_its_process_dies(worlds):
    assert sweep(worlds, CANCELLED).points > 25


def test_f1_f2_every_event_that_was_answered_is_used_whenever_the_process_dies_i5(worlds):
    assert sweep(worlds, SENT_EVENTS).points > 25


def test_f24_events_before_their_wait_are_used_in_order_whenever_the_process_dies(worlds):
    assert sweep(worlds, EARLY).points > 25


def test_f6_a_sleep_has_one_end_whenever_the_process_dies(worlds):
    assert sweep(worlds, SLEPT).points > 25


def test_f4_what_one_run_hands_to_another_arrives_once_whenever_the_process_dies(worlds):
    assert sweep(worlds, HANDED_OVER).points > 25


def test_f21_a_forced_cancel_is_the_end_whenever_the_process_dies(worlds):
    assert sweep(worlds, FORCED).points > 15


def test_f1_f4_f5_branches_are_the_same_whenever_their_process_dies(worlds):
    assert sweep(worlds, GATHERED).points > 30


def test_f1_f2_the_first_of_several_events_is_the_same_whenever_the_process_dies_i6(worlds):
    assert sweep(worlds, ANY_OF_TWO).points > 25


def test_f6_closing_code_that_waits_closes_once_whenever_its_process_dies(worlds):
    assert sweep(worlds, WAITING_TO_CLOSE).points > 25


def test_f4_a_step_that_may_begin_once_does_whenever_its_process_dies_i14(worlds):
    asyncio.run(live(BEGUN_ONCE, next(worlds)))
    for point in count(1):
        world = next(worlds)
        deaths = die_and_go_on(BEGUN_ONCE, world, point)
        done = Counter(what for what, _, _ in world.effects)

        assert done["once"] <= 1
        assert done["look"] or done["once"] == 1, "it was done, or somebody was sent to look"
        assert rows(world.database, "SELECT status FROM runs") == [("completed",)]
        check_answers(world)
        if deaths == 0:
            break
    assert point > 10


# Every story with every arm: `make soak`.
AGAIN = {
    "approved-1": (APPROVED, 1),
    "cancelled-2": (CANCELLED, 2),
    "early-4": (EARLY, 4),
    "approved-8": (APPROVED, 8),
    "cancelled-1": (CANCELLED, 1),
    "early-2": (EARLY, 2),
}


@pytest.mark.parametrize(("story", "arm"), AGAIN.values(), ids=AGAIN)
def test_f13_a_process_that_dies_again_while_it_recovers_comes_to_the_same_end(worlds, story, arm):
    assert sweep(worlds, story, arm).points > 15


# -- deaths by a job's own hand -------------------------------------------------------------------


class Deadly:
    """A step that takes its process with it."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def step(self) -> None:
        await self.world.post("deadly")
        os.kill(os.getpid(), 9)


def deadly(world: World) -> Job:
    async def story(ctx, request):
        if request.model_extra["is_deadly"]:
            await ctx.step.run("deadly", Deadly(world).step)

    return a_job(story)


async def start_both_and_sweep(harness: Harness, world: World) -> None:
    await harness.engine.sweep()
    await harness.start(key="deadly", is_deadly=True)
    for n in range(3):
        await harness.start(key=f"healthy {n}", is_deadly=False)
    await harness.run()


def test_f17_a_job_that_kills_its_process_is_set_aside_after_five_times_and_others_go_on(worlds):
    world = next(worlds)
    story = Story(deadly, start_both_and_sweep)

    lived = [outlives(story, world, life) for life in range(7)]

    assert lived == [False] * 5 + [True] * 2
    assert [attempt for _, _, attempt in world.effects] == [1, 2, 3, 4, 5]
    assert rows(world.database, "SELECT start_key, status FROM runs ORDER BY 1") == [
        ("deadly", "blocked"),
        *((f"healthy {n}", "completed") for n in range(3)),
    ]
