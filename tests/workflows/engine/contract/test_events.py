"""Events: stored before they are answered, each used once, in the order of their commits."""

import asyncio
from collections import Counter

import pytest

from tests.workflows.kit import ANA, NOON, a_job
from workflows.event import Accepted, Disposition, Refused


async def wait_once(ctx, request):
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes", "no"])
    return [event.kind, dict(event.payload)]


async def wait_after_a_sleep(ctx, request):
    await ctx.step.sleep("rest", "10m")
    return await wait_once(ctx, request)


async def wait_three_times(ctx, request):
    await ctx.step.sleep("rest", "10m")
    events = [
        await ctx.step.wait_for_event("item", timeout="1h", expected=["new"]) for _ in range(3)
    ]
    return [event.payload["n"] for event in events]


async def end_at_once(ctx, request):
    await ctx.step.sleep("rest", "10m")


async def test_an_accepted_event_is_what_the_job_is_given_i1(engines):
    async def story(ctx, request):
        event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        return [event.name, event.kind, dict(event.payload), event.actor, event.at == NOON]

    harness = await engines(a_job(story))
    run = await harness.started()

    receipt = await harness.deliver(run, "answer", "yes", amount=7, who="Ana")
    await harness.run()

    assert isinstance(receipt, Accepted)
    assert receipt.disposition is Disposition.RESOLVED
    assert await harness.result(run) == ["answer", "yes", {"amount": 7, "who": "Ana"}, ANA, True]


async def test_whoever_gave_up_before_the_answer_and_repeats_it_has_sent_one_event_i3(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    impatient = asyncio.create_task(harness.deliver(run, "answer", "no", key="once"))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    receipt = await harness.deliver(run, "answer", "no", key="once")
    await harness.run()

    assert isinstance(receipt, Accepted)
    assert (receipt.disposition, receipt.repeated) == (Disposition.RESOLVED, True)
    assert await harness.result(run) == ["no", {}]


async def test_an_accepted_event_survives_the_process_that_accepted_it_i1(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    await harness.deliver(run, "answer", "no")
    harness = await harness.restarted()
    await harness.run()

    assert await harness.result(run) == ["no", {}]


async def test_a_refused_event_is_not_delivered_later_i2(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    refused = await harness.deliver(run, "answer", "maybe", key="k")
    accepted = await harness.deliver(run, "answer", "yes", key="k")
    await harness.run()

    assert refused == Refused("unexpected_kind", {"expected": ["yes", "no"]})
    assert isinstance(accepted, Accepted)
    assert not accepted.repeated
    assert await harness.result(run) == ["yes", {}]


async def test_an_event_for_a_run_that_does_not_exist_is_refused(engines):
    harness = await engines(a_job(wait_once))

    receipt = await harness.deliver("0" * 26, "answer", "yes")

    assert receipt == Refused("unknown_run")


async def test_an_event_that_comes_before_its_wait_is_what_the_wait_gets(engines):
    harness = await engines(a_job(wait_after_a_sleep))
    run = await harness.started()

    receipt = await harness.deliver(run, "answer", "yes", early=True)
    await harness.move(minutes=10)

    assert receipt.disposition is Disposition.BUFFERED
    assert await harness.result(run) == ["yes", {"early": True}]


async def test_an_event_that_comes_before_the_first_pass_is_what_the_wait_gets(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.start()

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert await harness.result(run) == ["yes", {}]


async def test_an_early_event_of_another_kind_is_passed_over_and_the_wait_takes_the_next(engines):
    harness = await engines(a_job(wait_after_a_sleep))
    run = await harness.started()

    await harness.deliver(run, "answer", "maybe")
    await harness.deliver(run, "answer", "no")
    await harness.deliver(run, "answer", "yes")
    await harness.move(minutes=10)

    assert await harness.result(run) == ["no", {}]


async def test_an_early_event_of_another_kind_leaves_the_wait_open(engines):
    harness = await engines(a_job(wait_after_a_sleep))
    run = await harness.started()

    await harness.deliver(run, "answer", "maybe")
    await harness.move(minutes=10)
    still_waiting = await harness.status(run)
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert still_waiting == "waiting"
    assert await harness.result(run) == ["yes", {}]


async def test_events_of_one_name_are_consumed_in_the_order_they_were_stored_i20(engines):
    harness = await engines(a_job(wait_three_times))
    run = await harness.started()

    for n in (1, 2, 3):
        await harness.deliver(run, "item", "new", n=n)
    await harness.move(minutes=10)

    assert await harness.result(run) == [1, 2, 3]


async def test_an_event_never_touches_another_run_i21(engines):
    harness = await engines(a_job(wait_once))
    mine, other = await harness.started(), await harness.started()

    await harness.deliver(mine, "answer", "yes")
    await harness.run()

    assert await harness.status(mine) == "completed"
    assert await harness.status(other) == "waiting"


async def test_names_of_waits_are_compared_byte_for_byte_i21(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    receipt = await harness.deliver(run, "Answer", "yes")
    await harness.run()

    assert receipt.disposition is Disposition.BUFFERED
    assert await harness.status(run) == "waiting"


async def test_the_same_key_and_content_again_is_answered_as_the_first_time(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    first = await harness.deliver(run, "answer", "yes", key="k", a=1, b=2)
    at_once = await harness.deliver(run, "answer", "yes", key="k", b=2, a=1)
    await harness.run()
    afterwards = await harness.deliver(run, "answer", "yes", key="k", a=1, b=2)

    assert not first.repeated
    assert at_once == afterwards == Accepted(Disposition.RESOLVED, first.event_id, repeated=True)


async def test_a_buffered_event_sent_again_is_answered_buffered_even_when_it_has_been_used(engines):
    harness = await engines(a_job(wait_after_a_sleep))
    run = await harness.started()

    first = await harness.deliver(run, "answer", "yes", key="k")
    await harness.move(minutes=10)
    again = await harness.deliver(run, "answer", "yes", key="k")

    assert again == Accepted(Disposition.BUFFERED, first.event_id, repeated=True)


@pytest.mark.parametrize(
    ("name", "kind", "payload"),
    [("answer", "no", {"a": 1}), ("answer", "yes", {"a": 2}), ("other", "yes", {"a": 1})],
)
async def test_the_same_key_with_other_content_is_refused(engines, name, kind, payload):
    harness = await engines(a_job(wait_once))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes", key="k", a=1)

    receipt = await harness.deliver(run, name, kind, key="k", **payload)

    assert receipt == Refused("key_reused")


async def test_the_same_key_in_another_run_is_another_event(engines):
    harness = await engines(a_job(wait_once))
    runs = [await harness.started(), await harness.started()]

    receipts = [await harness.deliver(run, "answer", "yes", key="k") for run in runs]

    assert [receipt.repeated for receipt in receipts] == [False, False]


async def test_sixteen_events_wait_for_one_name_and_the_next_is_refused(engines):
    harness = await engines(a_job(end_at_once))
    run = await harness.started()

    receipts = [await harness.deliver(run, "item", "new") for _ in range(17)]

    assert [isinstance(receipt, Accepted) for receipt in receipts] == [True] * 16 + [False]
    assert receipts[16] == Refused("rate_limited")


async def test_sixty_four_events_wait_for_one_run_and_the_next_is_refused(engines):
    harness = await engines(a_job(end_at_once))
    run = await harness.started()

    receipts = [await harness.deliver(run, f"item{n % 5}", "new") for n in range(65)]

    assert [isinstance(receipt, Accepted) for receipt in receipts] == [True] * 64 + [False]


async def test_events_that_wait_for_one_run_take_no_room_from_another(engines):
    harness = await engines(a_job(end_at_once))
    full, other = await harness.started(), await harness.started()
    for _ in range(16):
        await harness.deliver(full, "item", "new")

    receipt = await harness.deliver(other, "item", "new")

    assert isinstance(receipt, Accepted)


async def test_a_run_that_is_over_takes_no_event(engines):
    harness = await engines(a_job(end_at_once))
    run = await harness.started()
    await harness.move(minutes=10)

    receipt = await harness.deliver(run, "item", "new")

    assert receipt == Refused("run_over", {"status": "completed"})


async def test_of_twenty_events_at_once_exactly_one_ends_the_wait_f31(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    receipts = await asyncio.gather(
        *(harness.deliver(run, "answer", ("yes", "no")[n % 2], key=f"k{n}") for n in range(20))
    )
    await harness.run()

    told = Counter(
        receipt.disposition if isinstance(receipt, Accepted) else receipt.code
        for receipt in receipts
    )
    assert told == {"resolved": 1, "already_decided": 19}
    winner = next(n for n, receipt in enumerate(receipts) if isinstance(receipt, Accepted))
    assert await harness.result(run) == [("yes", "no")[winner % 2], {}]


async def test_of_twenty_copies_of_one_event_at_once_one_is_stored_f23(engines):
    harness = await engines(a_job(wait_once))
    run = await harness.started()

    receipts = await asyncio.gather(
        *(harness.deliver(run, "answer", "yes", key="k") for _ in range(20))
    )

    assert all(isinstance(receipt, Accepted) for receipt in receipts)
    assert len({receipt.event_id for receipt in receipts}) == 1
    assert sum(not receipt.repeated for receipt in receipts) == 1
