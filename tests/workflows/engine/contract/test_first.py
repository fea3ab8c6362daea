"""`first`: several things at once, of which the first to end ends the others."""

import asyncio
from contextlib import suppress

import pytest

from tests.workflows.kit import Held, Killed, a_job
from tests.workflows.people import a_vote
from workflows import First
from workflows.approvals.gate import Approved, Choice, Policy
from workflows.errors import RunCancelled, StepFailed, TruthRefused
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
ANYBODY = Policy(channel_members=True)


async def waits(ctx, name, effects=None):
    try:
        return (await ctx.step.wait_for_event(name, **YES)).kind
    finally:
        if effects is not None:
            await ctx.step.run("close", effects.post, f"close {name}")


def racing(**branches):
    """Answer a job that races these branches, made of functions of its context."""

    async def story(ctx, request):
        found = await ctx.step.first("end", **{n: make(ctx) for n, make in branches.items()})
        return [found.name, found.value]

    return a_job(story)


async def test_the_first_to_end_is_answered_and_the_others_are_given_up(engines, effects):
    harness = await engines(
        racing(go=lambda ctx: waits(ctx, "go", effects), stop=lambda ctx: waits(ctx, "stop"))
    )
    run = await harness.started()

    await harness.deliver(run, "stop", "yes")
    await harness.run()

    assert await harness.result(run) == ["stop", "yes"]
    assert effects.done == ["close go"]
    assert [w.status for w in (await harness.get(run)).waits] == ["cancelled", "resolved"]


async def test_it_is_matched_by_name(engines):
    async def story(ctx, request):
        match await ctx.step.first("end", go=waits(ctx, "go"), late=ctx.step.sleep("late", "5m")):
            case First("go", kind):
                return kind
            case First("late"):
                return "late"

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(minutes=6)

    assert await harness.result(run) == "late"


def test_it_is_neither_true_nor_false():
    with pytest.raises(TruthRefused):
        bool(First("a", 1))


async def test_a_card_that_is_given_up_is_closed(engines):
    async def asks(ctx):
        return type(await ctx.approval("abort", "Stop?", policy=ANYBODY, timeout="1d")).__name__

    harness = await engines(racing(abort=asks, go=lambda ctx: waits(ctx, "go")))
    run = await harness.started()
    (gate,) = await harness.gates.of_run(run)

    await harness.deliver(run, "go", "yes")
    await harness.run()

    assert await harness.result(run) == ["go", "yes"]
    assert (await harness.gates.get(gate.id)).status == "cancelled"


async def test_a_run_that_is_given_up_is_asked_to_end(engines, effects):
    async def child(ctx, request):
        return await waits(ctx, "never", effects)

    async def builds(ctx):
        return await ctx.run_job("child", {}, timeout="1d")

    harness = await engines(
        racing(built=builds, stop=lambda ctx: waits(ctx, "stop")), a_job(child, "child")
    )
    run = await harness.started()

    await harness.deliver(run, "stop", "yes")
    await harness.run()

    (found,) = [each for each in await harness.engine.list() if each.job == "child"]
    assert await harness.result(run) == ["stop", "yes"]
    assert found.status == "cancelled"
    assert effects.done == ["close never"]


async def test_of_two_that_end_in_one_pass_the_one_named_first_was_it(engines):
    harness = await engines(
        racing(one=lambda ctx: waits(ctx, "one"), two=lambda ctx: waits(ctx, "two"))
    )
    run = await harness.started()

    await harness.deliver(run, "two", "yes")
    await harness.deliver(run, "one", "yes")
    await harness.run()

    assert await harness.result(run) == ["one", "yes"]


async def test_every_later_pass_agrees_on_who_was_first(engines, effects):
    """Though the other one has an answer, too, by then."""

    async def one(ctx):
        try:
            return await waits(ctx, "one")
        except RunCancelled:
            await ctx.step.wait_for_event("goodbye", **YES)
            return "swallowed"

    async def story(ctx, request):
        found = await ctx.step.first("end", one=one(ctx), two=waits(ctx, "two"))
        await ctx.step.run("after", effects.post, found.name)
        return (await ctx.step.wait_for_event("end", **YES)).kind + found.name

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.deliver(run, "two", "yes")
    await harness.run()
    for name in ("goodbye", "end"):
        harness = await harness.restarted()
        await harness.deliver(run, name, "yes")
        await harness.run()

    assert await harness.result(run) == "yestwo"
    assert effects.done == ["two"]


async def test_a_step_under_way_is_awaited_and_no_other_one_begins(engines, effects):
    held = Held()

    async def works(ctx):
        try:
            for n in range(3):
                await ctx.step.run(f"work {n}", held.step if n == 0 else effects.post)
        finally:
            await ctx.step.run("undo", effects.post, "undo")

    harness = await engines(racing(made=works, abort=lambda ctx: waits(ctx, "abort")))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    while not (await harness.get(run)).waits:  # noqa: ASYNC110  each look is a read of the store
        await asyncio.sleep(0)

    await harness.deliver(run, "abort", "yes")
    held.go_on.set()
    await passing

    done = [line.name for line in (await harness.get(run)).timeline if "step done" in line.what]
    assert await harness.result(run) == ["abort", "yes"]
    assert done == ["end#1[made]/work 0", "end#1[made]/undo"]


async def test_a_step_that_waits_for_its_retry_is_awaited(engines, effects):
    async def works(ctx):
        await ctx.step.run("work", effects.post, "work", retries=Retries(backoff="10m"))
        await ctx.step.run("never", effects.post, "never")

    harness = await engines(racing(made=works, abort=lambda ctx: waits(ctx, "abort")))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()

    await harness.deliver(run, "abort", "yes")
    await harness.run()
    at_once = await harness.status(run)
    await harness.move(minutes=11)

    assert at_once == "ready"
    assert await harness.result(run) == ["abort", "yes"]
    assert effects.done == ["work", "work"]


async def test_an_error_that_comes_first_is_raised_when_the_others_have_closed(engines, effects):
    async def fails(ctx):
        await waits(ctx, "fail")
        await ctx.step.run("fail", effects.refuse)

    harness = await engines(racing(go=lambda ctx: waits(ctx, "go", effects), bad=fails))
    run = await harness.started()

    await harness.deliver(run, "fail", "yes")
    await harness.run()

    found = await harness.get(run)
    assert (found.status, found.error["message"]) == ("failed", "refused")
    assert effects.done == ["close go"]


async def test_closing_code_of_the_others_runs_in_every_process_once(engines, effects):
    harness = await engines(
        racing(go=lambda ctx: waits(ctx, "go", effects), stop=lambda ctx: waits(ctx, "stop"))
    )
    run = await harness.started()
    effects.troubles = [Killed()]

    await harness.deliver(run, "stop", "yes")
    await harness.run()
    harness = await harness.restarted()
    await harness.run()

    assert await harness.result(run) == ["stop", "yes"]
    assert len(set(effects.keys)) == 1


async def test_a_cancel_ends_all_of_them(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.first("end", a=waits(ctx, "a", effects), b=waits(ctx, "b", effects))
        finally:
            await ctx.step.run("close", effects.post, "close")

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()

    assert await harness.status(run) == "cancelled"
    assert effects.done == ["close a", "close b", "close"]


async def test_they_nest_with_gather(engines, effects):
    async def both(ctx):
        return await ctx.step.gather("both", waits(ctx, "a", effects), waits(ctx, "b", effects))

    harness = await engines(racing(both=both, stop=lambda ctx: waits(ctx, "stop")))
    run = await harness.started()
    await harness.deliver(run, "a", "yes")
    await harness.run()

    await harness.deliver(run, "stop", "yes")
    await harness.run()

    assert await harness.result(run) == ["stop", "yes"]
    assert effects.done == ["close a", "close b"]


async def test_other_branches_in_the_code_block_the_run(engines):
    harness = await engines(racing(a=lambda ctx: waits(ctx, "a"), b=lambda ctx: waits(ctx, "b")))
    run = await harness.started()
    harness = await harness.deployed(
        racing(a=lambda ctx: waits(ctx, "a"), c=lambda ctx: waits(ctx, "c"))
    )

    await harness.deliver(run, "a", "yes")
    await harness.run()

    assert await harness.status(run) == "blocked"


async def test_branches_may_change_places(engines):
    a, b = (lambda ctx: waits(ctx, "a")), (lambda ctx: waits(ctx, "b"))
    harness = await engines(racing(a=a, b=b))
    run = await harness.started()
    harness = await harness.deployed(racing(b=b, a=a))

    await harness.deliver(run, "a", "yes")
    await harness.run()

    assert await harness.result(run) == ["a", "yes"]


# -- gather ---------------------------------------------------------------------------------------


async def test_what_is_given_up_is_closed_while_another_branch_is_still_in_its_step_g37(
    engines, effects
):
    held = Held()

    async def asks(ctx):
        await ctx.approval("decision", "Go?", policy=ANYBODY, timeout="1d")

    async def fails(ctx):
        await ctx.step.sleep("rest", "1m")
        await ctx.step.run("fail", effects.refuse)

    async def works(ctx):
        await ctx.step.sleep("rest", "1m")
        await ctx.step.run("work", held.step)

    async def story(ctx, request):
        await ctx.step.gather("all", asks(ctx), fails(ctx), works(ctx))

    harness = await engines(a_job(story))
    run = await harness.started()
    (gate,) = await harness.gates.of_run(run)
    harness.clock.move(minutes=2)
    await harness.engine.sweep()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    async with asyncio.timeout(20):
        while (await harness.gates.get(gate.id)).status == "open":  # noqa: ASYNC110
            await asyncio.sleep(0)
    is_working = not passing.done()
    held.go_on.set()
    await passing

    assert is_working
    assert await harness.status(run) == "failed"


async def test_a_rejected_branch_that_fails_closes_the_other_cards_g37(engines):
    async def asks(ctx, what):
        decision = await ctx.approval(what, f"{what}?", policy=ANYBODY, timeout="1d")
        if not isinstance(decision, Approved):
            raise StepFailed(f"{what} was rejected")
        return what

    async def story(ctx, request):
        return await ctx.step.gather("all", asks(ctx, "a"), asks(ctx, "b"), asks(ctx, "c"))

    harness = await engines(a_job(story))
    run = await harness.started()
    gates = {gate.card.title: gate.id for gate in await harness.gates.of_run(run)}

    await harness.gates.decide(gates["b?"], a_vote("UBO", Choice.REJECTED))
    await harness.run()

    states = [gate.status for gate in await harness.gates.of_run(run)]
    assert states == ["cancelled", "rejected", "cancelled"]


async def test_results_and_errors_are_there_to_compensate_with_g37(engines, effects):
    async def reserves(ctx, what):
        await ctx.step.run("reserve", effects.post, what)
        if what == "b":
            await ctx.step.run("fail", effects.refuse)
        return (await ctx.step.wait_for_event(f"go {what}", **YES)).kind + what

    async def story(ctx, request):
        found = await ctx.step.gather(
            "all", *(reserves(ctx, what) for what in "abc"), return_exceptions=True
        )
        said = [each if isinstance(each, str) else str(each) for each in found]
        for n, each in enumerate(said):
            await ctx.step.run(f"undo {n}", effects.post, each)
        await ctx.step.wait_for_event("end", **YES)
        return [said, type(found[1]).__name__, found[1].step]

    harness = await engines(a_job(story))
    run = await harness.started()
    parked = [w.status for w in (await harness.get(run)).waits]

    for name in ("go a", "go c", "end"):
        harness = await harness.restarted()
        await harness.deliver(run, name, "yes")
        await harness.run()

    assert parked == ["open", "open"]
    assert await harness.result(run) == [
        ["yesa", "refused", "yesc"], "StepFailed", "all#1[1]/fail",
    ]  # fmt: skip
    assert effects.done == ["a", "b", "c", "yesa", "refused", "yesc"]


async def test_errors_are_taken_and_no_signal_is_g37(engines, effects):
    async def raises(ctx):
        raise ValueError("mine")

    async def story(ctx, request):
        with suppress(Exception):
            await ctx.step.gather(
                "all", waits(ctx, "a", effects), raises(ctx), return_exceptions=True
            )
        await ctx.step.run("never", effects.post, "never")

    harness = await engines(a_job(story))
    run = await harness.started()
    parked = await harness.status(run)

    await harness.cancel(run)
    await harness.run()

    assert parked == "waiting"
    assert await harness.status(run) == "cancelled"
    assert effects.done == ["close a"]
