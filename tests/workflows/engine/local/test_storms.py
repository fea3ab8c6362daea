"""Many at once: what is answered is kept, and no more is under way than there is room for."""

import asyncio

import pytest

from tests.workflows.engine.oracle import violations
from tests.workflows.kit import ANA, Harness, a_job
from workflows.engine.base import Start
from workflows.engine.local import starting, transitions
from workflows.engine.local.places import AT_ONCE
from workflows.event import Accepted, Declined, Delivery, Refused
from workflows.ids import run_id

STORM = 1_000


async def story(ctx, request):
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
    return event.kind


@pytest.mark.parametrize("order", ["before", "with", "after"])
async def test_f25_an_event_races_the_start_of_its_run_and_is_refused_or_kept(db, clock, order):
    harness = await Harness.opened(db, clock, a_job(story))
    for _ in range(50):
        run = run_id(clock.now())
        start = Start("story", {}, requested_by=ANA, via="test")
        begin = db.write(starting.start, start, "{}", run, "")
        event = Delivery(run, "answer", "yes", ANA, "api", "test", "key", {})
        deliver = db.write(transitions.send, event)

        match order:
            case "before":
                receipt, _ = await deliver, await begin
            case "with":
                _, receipt = await asyncio.gather(begin, deliver)
            case "after":
                _, receipt = await begin, await deliver
        await harness.run()

        assert (await harness.status(run) == "completed") == isinstance(receipt, Accepted)
        assert isinstance(receipt, Accepted) or receipt == Refused(Declined.UNKNOWN_RUN)


async def test_f29_a_storm_of_events_wakes_every_run_with_bounded_room(db, clock, path):
    harness = await Harness.opened(db, clock, a_job(story))
    runs = await asyncio.gather(*(harness.start() for _ in range(STORM)))
    await harness.run()
    most, begin = 0, harness.worker._begin

    def counting(claim):
        nonlocal most
        begin(claim)
        most = max(most, len(harness.worker._passes))

    harness.worker._begin = counting
    async with harness.working():
        receipts = await asyncio.gather(*(harness.deliver(run, "answer", "yes") for run in runs))
        await harness.until("completed")

    assert all(isinstance(receipt, Accepted) for receipt in receipts)
    assert len(await harness.engine.list(status="completed", limit=2 * STORM)) == STORM
    assert most <= AT_ONCE
    assert violations(path) == []
