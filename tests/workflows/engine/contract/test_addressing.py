"""An event is addressed by the name that the job gave its wait, in whatever branch that is."""

import pytest

from tests.workflows.kit import a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Person, Policy
from workflows.event import Declined, Delivery, Refused

YES = {"timeout": "1h", "expected": ["yes"]}
ANYBODY = Policy(channel_members=True, tokens_may_decide=True)


async def waits(ctx, name="abort", expected="yes", first=None):
    if first is not None:
        await ctx.step.sleep("first", first)
    event = await ctx.step.wait_for_event(name, timeout="1h", expected=[expected])
    return event.kind


def gathering(*branches):
    async def story(ctx, request):
        return await ctx.step.gather("all", *(branch(ctx) for branch in branches))

    return a_job(story)


async def test_an_event_finds_its_wait_in_a_branch_g36(engines):
    harness = await engines(gathering(waits))
    run = await harness.started()

    receipt = await harness.deliver(run, "abort", "yes")
    await harness.run()

    assert receipt.disposition == "resolved"
    assert await harness.result(run) == ["yes"]


async def test_it_finds_it_in_a_branch_of_a_branch_g36(engines):
    async def outer(ctx):
        return await ctx.step.gather("inner", waits(ctx))

    harness = await engines(gathering(outer))
    run = await harness.started()

    await harness.deliver(run, "abort", "yes")
    await harness.run()

    assert await harness.result(run) == [["yes"]]


async def test_it_finds_one_of_several_events_in_a_branch_g36(engines):
    async def any_of(ctx):
        event = await ctx.step.wait_for_any("any", {"stop": ["yes"], "go": ["yes"]}, timeout="1h")
        return event.name

    harness = await engines(gathering(any_of))
    run = await harness.started()

    await harness.deliver(run, "go", "yes")
    await harness.run()

    assert await harness.result(run) == ["go"]


async def test_what_was_opened_first_takes_it_and_the_next_one_the_next_g36(engines):
    async def late(ctx):
        return await waits(ctx, first="1m")

    harness = await engines(gathering(late, *[waits] * 10))
    run = await harness.started()
    await harness.move(minutes=2)

    for _ in range(11):
        assert (await harness.deliver(run, "abort", "yes")).disposition == "resolved"
    ended = sorted((w for w in (await harness.get(run)).waits if w.type == "event"), key=_order)
    await harness.run()

    assert [w.name for w in ended][-1] == "all#1[0]/abort"
    assert await harness.result(run) == ["yes"] * 11


def _order(wait):
    return (wait.deadline_at, int(wait.name.partition("[")[2].partition("]")[0]))


async def test_the_first_one_opened_is_told_apart_within_one_pass_g36(engines):
    harness = await engines(gathering(*[waits] * 11))
    run = await harness.started()

    taken = []
    for _ in range(11):
        await harness.deliver(run, "abort", "yes")
        ended = [w.name for w in (await harness.get(run)).waits if w.status == "resolved"]
        taken += [name for name in ended if name not in taken]

    assert taken == [f"all#1[{n}]/abort" for n in range(11)]


async def test_the_full_name_still_addresses_one_g36(engines):
    harness = await engines(gathering(waits, waits))
    run = await harness.started()

    await harness.deliver(run, "all#1[1]/abort", "yes")

    states = {w.name: w.status for w in (await harness.get(run)).waits}
    assert states == {"all#1[0]/abort": "open", "all#1[1]/abort": "resolved"}


async def test_one_that_expects_the_kind_takes_it_g36(engines):
    async def other(ctx):
        return await waits(ctx, expected="no")

    harness = await engines(gathering(other, waits))
    run = await harness.started()

    taken = await harness.deliver(run, "abort", "yes")
    refused = await harness.deliver(run, "abort", "perhaps")

    assert taken.disposition == "resolved"
    assert refused == Refused(Declined.UNEXPECTED_KIND, {"expected": ["no"]})


async def test_an_early_event_is_taken_by_the_first_wait_of_its_name_in_any_branch_g36(engines):
    harness = await engines(gathering(waits, waits))
    run = await harness.start()
    early = await harness.deliver(run, "abort", "yes")
    full = await harness.deliver(run, "all#1[1]/abort", "yes")

    await harness.run()

    assert (early.disposition, full.disposition) == ("buffered", "buffered")
    assert await harness.result(run) == ["yes", "yes"]


async def test_one_that_ended_and_none_open_is_as_in_a_loop_g36(engines):
    async def both(ctx):
        return [await waits(ctx), await waits(ctx, "other")]

    harness = await engines(gathering(both))
    run = await harness.started()
    await harness.deliver(run, "abort", "yes")
    await harness.run()

    decided = await harness.deliver(run, "abort", "yes")
    await harness.move(hours=2)
    expired = await harness.deliver(run, "other", "yes")

    assert (decided.code, expired.code) == (Declined.ALREADY_DECIDED, Declined.EXPIRED)


async def test_a_deadline_that_has_come_is_seen_before_the_next_open_one_is_taken_g36(engines):
    async def brief(ctx):
        event = await ctx.step.wait_for_event("abort", timeout="1m", expected=["yes"])
        return event.kind

    harness = await engines(gathering(brief, waits))
    run = await harness.started()
    harness.clock.move(minutes=2)

    receipt = await harness.deliver(run, "abort", "yes")
    await harness.move(seconds=1)

    assert receipt.disposition == "resolved"
    assert await harness.result(run) == ["timeout", "yes"]


def asking(title):
    async def ask(ctx):
        decision = await ctx.approval("decision", title, policy=ANYBODY, timeout="1h")
        return type(decision).__name__

    return ask


def by_program(run, name, kind="approved", key="k"):
    return Delivery(run, name, kind, "token:ci", "api", "token:ci", key, {"kind": kind})


async def test_a_vote_finds_its_approval_in_a_branch_g36(engines):
    harness = await engines(gathering(asking("Go?")))
    run = await harness.started()

    receipt = await harness.gates.deliver(by_program(run, "decision"), Person.token("ci"))
    await harness.run()

    assert receipt.disposition == "resolved"
    assert await harness.result(run) == ["Approved"]


async def test_several_open_approvals_are_told_apart_by_their_full_names_g36(engines):
    harness = await engines(gathering(asking("Build?"), asking("Ship?")))
    run = await harness.started()
    names = [f"all#1[{n}]/decision" for n in range(2)]

    refused = await harness.gates.deliver(by_program(run, "decision"), Person.token("ci"))
    taken = await harness.gates.deliver(by_program(run, names[1]), Person.token("ci"))
    left = await harness.gates.deliver(by_program(run, "decision", key="l"), Person.token("ci"))
    await harness.run()

    assert refused == Refused(Declined.SEVERAL_OPEN, {"open": names})
    assert (taken.disposition, left.disposition) == ("resolved", "resolved")
    assert await harness.result(run) == ["Approved", "Approved"]


async def test_a_click_in_a_branch_goes_to_its_own_gate_g36(engines):
    harness = await engines(gathering(asking("Build?"), asking("Ship?")))
    run = await harness.started()
    gates = {gate.card.title: gate.id for gate in await harness.gates.of_run(run)}

    await harness.gates.decide(gates["Ship?"], a_vote("UBO", Choice.REJECTED))
    await harness.gates.decide(gates["Build?"], a_vote("UBO"))
    await harness.run()

    assert await harness.result(run) == ["Approved", "Rejected"]


async def test_a_job_hands_an_event_to_a_branch_of_another_by_its_name_g36(engines):
    async def send(ctx, request):
        await ctx.deliver(request.model_extra["to"], "abort", {"kind": "yes"})

    harness = await engines(gathering(waits), a_job(send, "send"))
    run = await harness.started()

    await harness.start("send", to=run)
    await harness.run()

    assert await harness.result(run) == ["yes"]


async def test_what_is_buffered_says_what_the_run_waits_for_the_second_time_too_g36(engines):
    harness = await engines(gathering(waits, waits, asking("Go?")))
    run = await harness.started()

    first = await harness.deliver(run, "abrot", "yes", key="k")
    await harness.deliver(run, "abort", "yes")
    again = await harness.deliver(run, "abrot", "yes", key="k")

    assert first.open_waits == again.open_waits == ("abort", "decision")
    assert (first.repeated, again.repeated) == (False, True)


@pytest.mark.parametrize("name", ["abort", "all#1[0]/abort"])
async def test_what_must_be_open_and_is_not_is_not_stored_g36(engines, name):
    harness = await engines(gathering(waits))
    run = await harness.start()
    delivery = Delivery(run, name, "yes", "token:ci", "api", "ci", "k", must_be_open=True)

    refused = await harness.engine.send(delivery)
    await harness.run()
    parked = await harness.status(run)
    taken = await harness.engine.send(delivery)
    again = await harness.engine.send(delivery)
    other = Delivery(run, name, "yes", "token:ci", "api", "ci", "k")
    reused = await harness.engine.send(other)

    assert refused == Refused(Declined.NOT_WAITING, {"open_waits": []})
    assert parked == "waiting"
    assert (taken.disposition, again.repeated) == ("resolved", True)
    assert reused == Refused(Declined.KEY_REUSED)
