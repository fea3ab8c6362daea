"""A story is killed at every failpoint it passes, in turn, and always comes to the same end.

Effects go to a file that outlives the process, and so does what clients were answered. Whatever
the point: one key for each effect, no effect after its result is durable, one outcome, and every
answer still true at the end.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from store import file
from tests.workflows.engine.crashes.lives import Story, World, die_and_go_on, live, outlives
from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Policy
from workflows.errors import StepOutcomeUnknown
from workflows.registry import Job
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}


# -- the stories ----------------------------------------------------------------------------------


def approved(world: World) -> Job:
    async def story(ctx, request):
        await ctx.step.run("before", world.post, "before")
        policy = Policy(channel_members=True, need=2)
        decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        await ctx.step.run("after", world.post, "after")
        return type(decision).__name__

    return a_job(story)


async def approve(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    (gate,) = await harness.gates.of_run(run)
    for user in ("UBO", "UCY"):
        answer = await harness.gates.decide(gate.id, a_vote(user))
        world.tell("gate", answer.gate.id, answer.gate.status)
    await harness.run()


def tried_again(world: World) -> Job:
    async def story(ctx, request):
        retries = Retries(attempts=1000, backoff="10s")
        flaky = world.post_and_lose_the_answer_twice
        await ctx.step.run("flaky", flaky, "flaky", retries=retries)
        await ctx.step.run("after", world.post, "after")

    return a_job(story)


async def try_again(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    for _ in range(3):
        await harness.move(minutes=1)


def unanswered(world: World) -> Job:
    async def story(ctx, request):
        policy = Policy(channel_members=True)
        decision = await ctx.approval("decision", "Go?", policy=policy, timeout="1h")
        return type(decision).__name__

    return a_job(story)


async def answer_nothing(harness: Harness, world: World) -> None:
    for n in range(4):
        world.tell("started", await harness.start(key=f"start {n}"))
    await harness.run()
    await harness.move(hours=2)


def cancelled(world: World) -> Job:
    async def story(ctx, request):
        try:
            await ctx.step.run("before", world.post, "before")
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", world.post, "close")

    return a_job(story)


async def cancel(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    world.tell("cancelled", await harness.cancel(run))
    await harness.run()


def sent_events(world: World) -> Job:
    async def story(ctx, request):
        kinds = [(await ctx.step.wait_for_event(name, **YES)).kind for name in ("early", "late")]
        await ctx.step.run("after", world.post, "after")
        return kinds

    return a_job(story)


async def send_events(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    for name in ("early", "late"):
        receipt = await harness.deliver(run, name, "yes", key=name, n=1)
        world.tell("event", receipt.event_id, receipt.disposition)
        await harness.run()


def gathered(world: World) -> Job:
    async def letter(ctx, what):
        await ctx.step.run("first", world.post, f"first {what}")
        event = await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("last", world.post, f"last {what}")
        return event.kind

    async def story(ctx, request):
        return await ctx.step.gather("fan", letter(ctx, "a"), letter(ctx, "b"))

    return a_job(story)


async def answer_both(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    await harness.run()
    for place in (1, 0):
        name = f"fan#1[{place}]/answer"
        receipt = await harness.deliver(run, name, "yes", key=name)
        world.tell("event", receipt.event_id, receipt.disposition)
        await harness.run()


def any_of_two(world: World) -> Job:
    async def story(ctx, request):
        events = {"approve": ["yes"], "abort": ["now"]}
        first = await ctx.step.wait_for_any("first", events, timeout="1h")
        second = await ctx.step.wait_for_any("second", events, timeout="1h")
        await ctx.step.run("after", world.post, "after")
        return [first.name, second.name]

    return a_job(story)


async def send_either(harness: Harness, world: World) -> None:
    run = await harness.start(key="start")
    world.tell("started", run)
    for name, kind in (("abort", "now"), ("approve", "yes")):
        await harness.run()
        receipt = await harness.deliver(run, name, kind, key=name)
        world.tell("event", receipt.event_id, receipt.disposition)
    await harness.run()


def waiting_to_close(world: World) -> Job:
    async def leaf(ctx, what):
        await ctx.step.sleep("settle", "10s")
        await ctx.step.run("close", world.post, what)

    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.gather("close", leaf(ctx, "close a"), leaf(ctx, "close b"))

    return a_job(story)


async def cancel_and_wait(harness: Harness, world: World) -> None:
    await cancel(harness, world)
    await harness.move(minutes=1)


def begun_once(world: World) -> Job:
    async def story(ctx, request):
        try:
            await ctx.step.run("once", world.post, "once", at_most_once=True)
        except StepOutcomeUnknown:
            await ctx.step.run("look", world.post, "look")

    return a_job(story)


async def start_only(harness: Harness, world: World) -> None:
    world.tell("started", await harness.start(key="start"))
    await harness.run()


APPROVED = Story(approved, approve)
GATHERED = Story(gathered, answer_both)
ANY_OF_TWO = Story(any_of_two, send_either)
WAITING_TO_CLOSE = Story(waiting_to_close, cancel_and_wait)
BEGUN_ONCE = Story(begun_once, start_only)
TRIED_AGAIN = Story(tried_again, try_again)
UNANSWERED = Story(unanswered, answer_nothing)
CANCELLED = Story(cancelled, cancel)
SENT_EVENTS = Story(sent_events, send_events)


# -- the sweep ------------------------------------------------------------------------------------


@pytest.fixture
def worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # What dies is the process, not the machine: nothing depends on when the disk is written.
    monkeypatch.setattr(file, "SETTINGS", (*file.SETTINGS, "PRAGMA synchronous = OFF"))
    return (World.new(tmp_path / str(n)) for n in count())


def check(world: World, deaths: int, status: str, ends: list[str | None], done: dict[str, int]):
    """Assert that the world is as it would be had nothing died, but for repeated effects."""
    assert violations(world.database) == []
    assert rows(world.database, "SELECT status, result FROM runs") == [(status, e) for e in ends]
    assert set(Counter(what for what, _, _ in world.effects)) == set(done)
    for what, times in done.items():
        tried = [(key, attempt) for name, key, attempt in world.effects if name == what]
        attempts = [attempt for _, attempt in tried]
        assert len({key for key, _ in tried}) == 1
        assert attempts == sorted(set(attempts)), "every attempt has a number of its own"
        assert times <= len(tried) <= times + deaths
    check_answers(world)


def check_answers(world: World) -> None:
    """Assert that every answer a client got has stayed true."""
    kept = {
        "started": "SELECT id FROM runs WHERE id = '{}'",
        "gate": "SELECT id FROM gates WHERE id = '{}' AND '{}' IN ('open', status)",
        "event": "SELECT id FROM events WHERE id = {} AND status = 'consumed'",
        "cancelled": "SELECT id FROM runs WHERE cancel_requested_at IS NOT NULL",
    }
    for what, *details in world.told:
        assert len(rows(world.database, kept[what].format(*details))) == 1, (what, details)


def sweep(worlds: Iterator[World], story: Story, *second: int, **wanted) -> int:
    """Die at the first point, the second, … until nothing is left to die at; answer how many."""
    # Once in this very process, undisturbed: statements are compiled here and not in every child.
    asyncio.run(live(story, next(worlds)))
    for point in count(1):
        world = next(worlds)
        deaths = die_and_go_on(story, world, point, *second)
        check(world, deaths, **wanted)
        if deaths == 0:
            return point - 1
    raise AssertionError


def test_f1_f4_f5_f6_f7_f10_an_approved_run_is_the_same_whenever_its_process_dies(worlds):
    points = sweep(
        worlds,
        APPROVED,
        status="completed",
        ends=['"Approved"'],
        done={"before": 1, "after": 1},
    )

    assert points > 20


def test_f4_a_step_that_is_tried_again_is_the_same_whenever_its_process_dies(worlds):
    points = sweep(
        worlds,
        TRIED_AGAIN,
        status="completed",
        ends=["null"],
        done={"flaky": 3, "after": 1},
    )

    assert points > 20


def test_f9_four_deadlines_pass_once_each_whenever_the_process_dies(worlds):
    points = sweep(worlds, UNANSWERED, status="completed", ends=['"Expired"'] * 4, done={})

    assert points > 20


def test_f6_a_cancelled_run_closes_once_whenever_its_process_dies(worlds):
    points = sweep(
        worlds, CANCELLED, status="cancelled", ends=[None], done={"before": 1, "close": 1}
    )

    assert points > 15


def test_f1_f2_every_event_that_was_answered_is_used_whenever_the_process_dies_i5(worlds):
    points = sweep(
        worlds, SENT_EVENTS, status="completed", ends=['["yes","yes"]'], done={"after": 1}
    )

    assert points > 15


def test_f1_f4_f5_branches_are_the_same_whenever_their_process_dies(worlds):
    points = sweep(
        worlds,
        GATHERED,
        status="completed",
        ends=['["yes","yes"]'],
        done={"first a": 1, "first b": 1, "last a": 1, "last b": 1},
    )

    assert points > 20


def test_f1_f2_the_first_of_several_events_is_the_same_whenever_the_process_dies_i6(worlds):
    points = sweep(
        worlds,
        ANY_OF_TWO,
        status="completed",
        ends=['["abort","approve"]'],
        done={"after": 1},
    )

    assert points > 15


def test_f6_closing_code_that_waits_closes_once_whenever_its_process_dies(worlds):
    points = sweep(
        worlds,
        WAITING_TO_CLOSE,
        status="cancelled",
        ends=[None],
        done={"close a": 1, "close b": 1},
    )

    assert points > 15


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


@pytest.mark.parametrize("again", [1, 2, 7])
def test_f13_a_process_that_dies_again_while_it_recovers_comes_to_the_same_end(worlds, again):
    sweep(
        worlds,
        APPROVED,
        again,
        status="completed",
        ends=['"Approved"'],
        done={"before": 1, "after": 1},
    )


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
