"""Waits: opened with their deadline, ended once, by whatever commits first."""

import asyncio
import gc
import time
import weakref
from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.kit import NOON, Effects, Killed, a_job
from workflows.engine.base import Done, NotDone
from workflows.event import Accepted, Refused

HOUR = timedelta(hours=1)
EXPIRED = Refused("expired", {"deadline_at": (NOON + HOUR).isoformat()})


async def wait_once(ctx, request):
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes", "no"])
    return event.kind


async def test_a_parked_run_has_its_wait_and_its_deadline_i8(engines):
    harness = await engines(a_job(wait_once))

    run = await harness.started()

    found = await harness.get(run)
    assert found.status == "waiting"
    assert [(w.name, w.status, w.expected, w.deadline_at) for w in found.waits] == [
        ("answer", "open", ("yes", "no"), NOON + HOUR)
    ]


async def test_the_transaction_that_resolves_a_wait_also_makes_the_run_ready_i7(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.deliver(run, "answer", "yes")

    found = await harness.get(run)
    assert (found.status, found.waits[0].status) == ("ready", "resolved")


async def test_a_wait_is_resolved_by_one_event_only_i6(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.deliver(run, "answer", "yes")
    second = await harness.deliver(run, "answer", "no")
    await harness.run()

    assert second.code == "already_decided"
    assert await harness.result(run) == "yes"


async def test_a_late_event_is_told_that_the_wait_is_decided_also_when_the_run_has_ended_since(
    engines,
):
    harness = await engines(a_job(wait_once))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    late = await harness.deliver(run, "answer", "no")

    assert late == Refused("already_decided", {"outcome": None, "by": None, "at": NOON.isoformat()})


async def test_silence_is_an_event_called_timeout(engines):
    async def story(ctx, request):
        event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        return [event.kind, dict(event.payload), event.actor, event.at]

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(hours=1)

    assert await harness.result(run) == ["timeout", {}, None, None]


async def test_a_timeout_never_fires_before_its_deadline_i10(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.move(hours=1, microseconds=-1)
    before = await harness.status(run)
    await harness.move(microseconds=1)

    assert before == "waiting"
    assert await harness.result(run) == "timeout"


async def test_f66_a_deadline_that_passed_while_nobody_was_up_fires_once_afterwards(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    harness.clock.move(hours=26)
    harness = await harness.restarted()
    await harness.move(seconds=0)
    await harness.move(seconds=1)

    assert await harness.result(run) == "timeout"
    assert (await harness.wait(run)).status == "timed_out"


async def test_a_deadline_is_not_counted_again_by_a_restart_i8(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    harness.clock.move(minutes=30)
    harness = await harness.restarted()
    await harness.run()

    assert (await harness.wait(run)).deadline_at == NOON + HOUR


async def test_f20_an_event_at_the_deadline_finds_the_wait_expired_though_nobody_has_swept_i9(
    engines,
):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    harness.clock.move(hours=1)
    receipt = await harness.deliver(run, "answer", "yes")
    ended = (await harness.get(run)).waits[0].status
    await harness.run()

    assert receipt == EXPIRED
    assert ended == "timed_out"
    assert await harness.result(run) == "timeout"


async def test_f20_an_event_after_the_sweep_is_told_the_same_i9(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.move(hours=1)

    assert await harness.deliver(run, "answer", "yes") == EXPIRED


async def test_f20_an_event_just_before_the_deadline_stays_though_the_run_goes_on_after_it_i11(
    engines,
):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    harness.clock.move(hours=1, microseconds=-1)
    await harness.deliver(run, "answer", "yes")
    await harness.move(hours=1)

    assert (await harness.wait(run)).status == "resolved"
    assert await harness.result(run) == "yes"


async def test_f21_a_cancel_that_commits_first_wins_over_an_event_i6(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    cancelled = await harness.cancel(run)
    receipt = await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert isinstance(cancelled, Done)
    assert receipt.code == "run_over"
    assert await harness.status(run) == "cancelled"
    assert (await harness.wait(run)).status == "cancelled"


async def test_f21_an_event_that_commits_first_stays_and_the_cancel_ends_the_run_after_it_i6(
    engines, effects
):
    async def story(ctx, request):
        await wait_once(ctx, request)
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    run = await harness.started()

    receipt = await harness.deliver(run, "answer", "yes")
    await harness.cancel(run)
    await harness.run()

    assert isinstance(receipt, Accepted)
    assert (await harness.wait(run)).status == "resolved"
    assert (await harness.status(run), effects.done) == ("cancelled", [])


async def test_f21_event_deadline_and_cancel_at_one_instant_have_one_outcome_i6(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()
    harness.clock.move(hours=1)

    await asyncio.gather(
        harness.deliver(run, "answer", "yes"), harness.engine.sweep(), harness.cancel(run)
    )
    await harness.run()

    assert (await harness.wait(run)).status == "timed_out"
    assert await harness.status(run) in {"completed", "cancelled"}


async def test_f24_an_event_and_the_parking_it_races_with_meet_in_either_order(engines):
    harness = await engines(a_job(wait_once))
    runs = [await harness.start() for _ in range(20)]

    await asyncio.gather(harness.run(), *(harness.deliver(run, "answer", "yes") for run in runs))
    await harness.run()

    assert [await harness.result(run) for run in runs] == ["yes"] * 20


async def test_a_name_may_be_waited_for_again(engines):
    async def story(ctx, request):
        return [await wait_once(ctx, request) for _ in range(2)]

    harness = await engines(a_job(story))
    run = await harness.started()

    for kind in ("yes", "no"):
        await harness.deliver(run, "answer", kind)
        await harness.run()

    assert await harness.result(run) == ["yes", "no"]
    assert [(w.nth, w.status) for w in (await harness.get(run)).waits] == [
        (1, "resolved"),
        (2, "resolved"),
    ]


async def test_while_a_run_waits_nothing_of_it_is_in_memory_i19(engines):
    kept = []

    async def story(ctx, request):
        large = Effects()
        kept.append(weakref.ref(large))
        await wait_once(ctx, request)
        return large.done

    harness = await engines(a_job(story))

    run = await harness.started()

    gc.collect()
    assert await harness.status(run) == "waiting"
    assert [reference() for reference in kept] == [None]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_hundred_runs_with_one_deadline_all_go_on_f30(engines):
    harness = await engines(a_job(wait_once))
    runs = [await harness.start() for _ in range(100)]
    await harness.run()

    await harness.move(hours=1)

    assert {await harness.result(run) for run in runs} == {"timeout"}


async def test_a_deadline_further_away_than_a_sleep_of_the_clock_stays_where_it_is(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.move(hours=-5)
    backwards = await harness.status(run)
    await harness.move(hours=6)

    assert backwards == "waiting"
    assert await harness.result(run) == "timeout"


@pytest.mark.parametrize("force", [False, True])
async def test_a_run_that_is_over_cannot_be_cancelled(engines, force):
    harness = await engines(a_job(wait_once))
    run = await harness.started()
    await harness.move(hours=1)

    assert await harness.cancel(run, force=force) is NotDone.RUN_OVER


async def test_the_park_of_a_pass_that_died_before_it_is_made_by_the_next_one_f6(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)
        return await wait_once(ctx, request)

    harness = await engines(a_job(story))
    effects.troubles = [Killed()]
    run = await harness.started()

    harness.clock.move(minutes=5)
    harness = await harness.restarted()
    await harness.run()

    assert [w.deadline_at for w in (await harness.get(run)).waits] == [
        NOON + HOUR + timedelta(minutes=5)
    ]


async def test_f69_a_clock_that_flaps_around_a_deadline_ends_the_wait_once(engines, effects):
    async def story(ctx, request):
        event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        await ctx.step.run("after", effects.post, event.kind)

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.move(minutes=59, seconds=59)

    for seconds in (2, -2, 2, -1, 1):
        await harness.move(seconds=seconds)

    assert await harness.status(run) == "completed"
    assert effects.done == ["timeout"]


@pytest.mark.parametrize(
    ("zone", "noon"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
        ("America/New_York", datetime(2028, 2, 28, 12, tzinfo=UTC)),
    ],
)
async def test_f71_a_day_is_86_400_seconds_whatever_the_zone_of_the_machine_says(
    engines, clock, monkeypatch, zone, noon
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    clock.move(seconds=(noon - clock.now()).total_seconds())
    harness = await engines(a_job(waits_for_a_day))
    run = await harness.started()

    await harness.move(seconds=86_399)
    before = await harness.status(run)
    await harness.move(seconds=1)

    monkeypatch.undo()
    time.tzset()
    assert (before, await harness.status(run)) == ("waiting", "completed")


async def waits_for_a_day(ctx, request):
    await ctx.step.wait_for_event("answer", timeout="24h", expected=["yes"])
