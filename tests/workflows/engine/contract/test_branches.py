"""`gather`: branches go on side by side; the run parks when none can, and any wait wakes it."""

import asyncio
from contextlib import suppress

import pytest

from tests.workflows.kit import Effects, Held, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Policy
from workflows.errors import RunCancelled
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
SLOWLY = Retries(backoff="10m", longest="10m")


def asking(effects):
    """Answer a branch that waits for *who*, and then does something."""

    async def branch(ctx, who):
        await ctx.step.run("ask", effects.post, f"ask {who}")
        event = await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("thank", effects.post, f"thank {who}")
        return f"{who}: {event.kind}"

    return branch


def fanning(effects, *who):
    branch = asking(effects)

    async def story(ctx, request):
        answers = await ctx.step.gather("fan", *(branch(ctx, each) for each in who))
        await ctx.step.run("after", effects.post, "after")
        return answers

    return a_job(story)


async def error_of(harness, run):
    found = await harness.get(run)
    assert found.status == "failed", found
    return found.error["kind"], found.error["message"]


async def test_the_results_come_in_the_order_of_the_branches(engines, effects):
    async def one(ctx, n):
        return (await ctx.step.run("post", effects.post, f"letter {n}"))["posted"]

    async def story(ctx, request):
        return await ctx.step.gather("fan", *(one(ctx, n) for n in range(3)))

    harness = await engines(a_job(story))

    run = await harness.started()

    assert await harness.result(run) == ["letter 0", "letter 1", "letter 2"]


async def test_a_branch_that_waits_lets_the_others_go_on_and_all_waits_are_open(engines, effects):
    harness = await engines(fanning(effects, "ana", "bo"))

    run = await harness.started()

    assert await harness.status(run) == "waiting"
    assert effects.done == ["ask ana", "ask bo"]
    assert [(w.name, w.status) for w in (await harness.get(run)).waits] == [
        ("fan#1[0]/answer", "open"),
        ("fan#1[1]/answer", "open"),
    ]


async def test_any_of_the_waits_wakes_its_branch_and_no_other(engines, effects):
    harness = await engines(fanning(effects, "ana", "bo"))
    run = await harness.started()

    await harness.deliver(run, "fan#1[1]/answer", "yes")
    await harness.run()

    assert await harness.status(run) == "waiting"
    assert effects.done == ["ask ana", "ask bo", "thank bo"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_job_goes_on_when_every_branch_has_ended_whatever_the_order(
    engines, effects, order
):
    harness = await engines(fanning(effects, "ana", "bo"))
    run = await harness.started()

    for place in order:
        await harness.deliver(run, f"fan#1[{place}]/answer", "yes")
        await harness.run()

    assert await harness.result(run) == ["ana: yes", "bo: yes"]
    assert sorted(effects.done) == ["after", "ask ana", "ask bo", "thank ana", "thank bo"]


async def test_i12_no_step_of_a_branch_is_repeated_over_restarts(engines, effects):
    harness = await engines(fanning(effects, "ana", "bo", "cy"))
    run = await harness.started()

    for place in range(3):
        harness = await harness.restarted()
        await harness.deliver(run, f"fan#1[{place}]/answer", "yes")
        await harness.run()

    assert await harness.status(run) == "completed"
    assert len(effects.done) == len(set(effects.done)) == 7
    assert len(set(effects.keys)) == 7


async def test_branches_really_run_side_by_side(engines):
    one, two = Held(), Held()

    async def story(ctx, request):
        return await ctx.step.gather(
            "fan", ctx.step.run("one", one.step), ctx.step.run("two", two.step)
        )

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())

    await asyncio.gather(one.begun.wait(), two.begun.wait())
    two.go_on.set()
    one.go_on.set()
    await passing

    assert await harness.result(run) == ["held", "held"]


async def test_a_wait_is_open_while_another_branch_is_still_at_work(engines):
    held = Held()

    async def story(ctx, request):
        return await ctx.step.gather(
            "fan", ctx.step.run("work", held.step), ctx.step.wait_for_event("answer", **YES)
        )

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    while not (await harness.get(run)).waits:  # noqa: ASYNC110  each look is a read of the store
        await asyncio.sleep(0)

    receipt = await harness.deliver(run, "fan#1[1]/answer", "yes")
    held.go_on.set()
    await passing

    assert receipt.disposition == "resolved"
    assert await harness.status(run) == "completed"


async def test_f24_an_event_that_comes_before_a_branch_waits_is_used(engines, effects):
    harness = await engines(fanning(effects, "ana", "bo"))
    run = await harness.start()
    for place in range(2):
        await harness.deliver(run, f"fan#1[{place}]/answer", "yes")

    await harness.run()

    assert await harness.result(run) == ["ana: yes", "bo: yes"]


async def test_each_branch_has_a_deadline_of_its_own(engines):
    async def patient(ctx, hours):
        event = await ctx.step.wait_for_event("answer", timeout=f"{hours}h", expected=["yes"])
        return event.kind

    async def story(ctx, request):
        return await ctx.step.gather("fan", patient(ctx, 1), patient(ctx, 3))

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(hours=2)
    after_two = [wait.status for wait in (await harness.get(run)).waits]
    await harness.move(hours=2)

    assert after_two == ["timed_out", "open"]
    assert await harness.result(run) == ["timeout", "timeout"]


async def test_approvals_can_be_asked_side_by_side(engines):
    async def ask(ctx, what):
        policy = Policy(channel_members=True)
        decision = await ctx.approval("decision", f"{what}?", policy=policy, timeout="1h")
        return type(decision).__name__

    async def story(ctx, request):
        return await ctx.step.gather("ask", ask(ctx, "Build"), ask(ctx, "Ship"))

    harness = await engines(a_job(story))
    run = await harness.started()
    gates = {gate.card.title: gate.id for gate in await harness.gates.of_run(run)}

    await harness.gates.decide(gates["Ship?"], a_vote("UBO"))
    await harness.run()
    await harness.gates.decide(gates["Build?"], a_vote("UBO", Choice.REJECTED))
    await harness.run()

    assert await harness.result(run) == ["Rejected", "Approved"]


async def test_gathers_nest(engines, effects):
    async def leaf(ctx, name):
        return (await ctx.step.wait_for_event(name, **YES)).kind

    async def branch(ctx, letters):
        return await ctx.step.gather("inner", *(leaf(ctx, letter) for letter in letters))

    async def story(ctx, request):
        return await ctx.step.gather("outer", branch(ctx, "ab"), branch(ctx, "c"))

    harness = await engines(a_job(story))
    run = await harness.started()
    names = [wait.name for wait in (await harness.get(run)).waits]

    for name in names:
        await harness.deliver(run, name, "yes")
        await harness.run()

    assert names == [
        "outer#1[0]/inner#1[0]/a", "outer#1[0]/inner#1[1]/b", "outer#1[1]/inner#1[0]/c",
    ]  # fmt: skip
    assert await harness.result(run) == [["yes", "yes"], ["yes"]]


# -- errors ---------------------------------------------------------------------------------------


async def fails(ctx):
    await ctx.step.run("fail", Effects().refuse)


async def test_the_first_error_in_order_is_raised_when_every_branch_has_ended(engines, effects):
    held = Held()

    async def breaks(ctx):
        await ctx.step.run("hold", held.step)
        raise ValueError("mine")

    async def story(ctx, request):
        await ctx.step.gather("fan", breaks(ctx), fails(ctx))

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()
    held.go_on.set()
    await passing

    assert await error_of(harness, run) == ("ValueError", "mine")


async def test_when_a_branch_fails_the_waits_of_the_others_are_over_and_their_closing_code_runs(
    engines, effects
):
    async def waits(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", effects.post, "close")

    async def story(ctx, request):
        await ctx.step.gather("fan", waits(ctx), fails(ctx))

    harness = await engines(a_job(story))

    run = await harness.started()

    assert await error_of(harness, run) == ("StepFailed", "refused")
    assert effects.done == ["close"]
    assert [w.status for w in (await harness.get(run)).waits if w.status == "open"] == []


async def test_a_wait_that_was_open_already_is_cancelled_when_another_branch_fails(
    engines, effects
):
    async def late(ctx):
        await ctx.step.sleep("rest", "10m")
        await fails(ctx)

    async def asks(ctx):
        await ctx.approval("decision", "Go?", policy=Policy(channel_members=True), timeout="1h")

    async def story(ctx, request):
        await ctx.step.gather("fan", asks(ctx), late(ctx))

    harness = await engines(a_job(story))
    run = await harness.started()
    (gate,) = await harness.gates.of_run(run)

    await harness.move(minutes=10)

    assert (await error_of(harness, run))[0] == "StepFailed"
    assert (await harness.gates.get(gate.id)).status == "cancelled"


async def test_a_job_may_catch_the_error_of_a_gather_and_go_on(engines, effects):
    async def waits(ctx):
        await ctx.step.wait_for_event("answer", **YES)

    async def story(ctx, request):
        try:
            await ctx.step.gather("fan", waits(ctx), fails(ctx))
        except Exception as error:  # noqa: BLE001
            return (await ctx.step.wait_for_event(str(error), **YES)).kind

    harness = await engines(a_job(story))
    run = await harness.started()
    harness = await harness.restarted()

    await harness.deliver(run, "refused", "yes")
    await harness.run()

    assert await harness.result(run) == "yes"


async def test_a_failed_run_is_retried_at_the_branch_that_failed_and_asks_the_others_again(
    engines, effects
):
    async def waits(ctx):
        return (await ctx.step.wait_for_event("answer", **YES)).kind

    async def posts(ctx):
        await ctx.step.run("first", effects.post, "first")
        await ctx.step.run("post", effects.post, "post", retries=Retries(attempts=1))

    async def story(ctx, request):
        return await ctx.step.gather("fan", waits(ctx), posts(ctx))

    harness = await engines(a_job(story))
    effects.troubles = [None, ConnectionError("down")]
    run = await harness.started()
    failed = await harness.status(run)

    await harness.retry(run)
    await harness.run()
    (opened,) = [w for w in (await harness.get(run)).waits if w.status == "open"]
    await harness.deliver(run, opened.name, "yes")
    await harness.run()

    assert failed == "failed"
    assert await harness.result(run) == ["yes", None]
    assert effects.done == ["first", "post", "post"]


async def test_a_step_of_one_branch_that_is_tried_again_does_not_hold_up_an_answer_to_another(
    engines, effects
):
    async def flaky(ctx):
        await ctx.step.run("flaky", effects.post, "flaky", retries=SLOWLY)

    async def asks(ctx):
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("thank", Effects().post, "thanks")

    async def story(ctx, request):
        await ctx.step.gather("fan", flaky(ctx), asks(ctx))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()

    await harness.deliver(run, "fan#1[1]/answer", "yes")
    await harness.run()
    thanked = [line.name for line in (await harness.get(run)).timeline if line.what == "step done"]
    tried_early = list(effects.done)
    await harness.move(minutes=10)

    assert thanked == ["fan#1[1]/thank"]
    assert tried_early == ["flaky"]
    assert await harness.status(run) == "completed"
    assert effects.attempts == [1, 2]


# -- cancelling -----------------------------------------------------------------------------------


async def test_cancel_runs_the_closing_code_of_every_branch_and_of_the_job(engines, effects):
    async def waits(ctx, name):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.run("close", effects.post, f"close {name}")

    async def story(ctx, request):
        try:
            await ctx.step.gather("fan", waits(ctx, "a"), waits(ctx, "b"))
        finally:
            await ctx.step.run("close", effects.post, "close")

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()

    assert await harness.status(run) == "cancelled"
    assert effects.done == ["close a", "close b", "close"]


async def test_cancel_while_one_branch_works_and_another_waits_ends_both(engines, effects):
    held = Held()

    async def works(ctx):
        await ctx.step.run("work", held.step)
        await ctx.step.run("never", effects.post, "never")

    async def waits(ctx):
        with suppress(RunCancelled):
            await ctx.step.wait_for_event("answer", **YES)

    async def story(ctx, request):
        await ctx.step.gather("fan", works(ctx), waits(ctx))

    harness = await engines(a_job(story))
    run = await harness.start()
    passing = asyncio.create_task(harness.run())
    await held.begun.wait()

    await harness.cancel(run)
    held.go_on.set()
    await passing

    assert await harness.status(run) == "cancelled"
    assert effects.done == []


async def test_cancel_of_a_run_that_backs_off_in_one_branch_and_waits_in_another_ends_both_g28(
    engines, effects
):
    async def flaky(ctx):
        await ctx.step.run("flaky", effects.post, retries=SLOWLY)

    async def story(ctx, request):
        await ctx.step.gather("fan", flaky(ctx), ctx.step.wait_for_event("answer", **YES))

    harness = await engines(a_job(story))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()

    await harness.cancel(run)
    await harness.run()
    (wait,) = (await harness.get(run)).waits
    await harness.move(minutes=10)

    assert wait.status == "cancelled"
    assert await harness.status(run) == "cancelled"
    assert len(effects.done) == 2


# -- changed code, and misuse ---------------------------------------------------------------------


async def test_f97_a_step_inserted_in_one_branch_blocks_the_run_whatever_the_others_did(
    engines, effects
):
    async def old(ctx):
        await ctx.step.wait_for_event("answer", **YES)

    async def new(ctx):
        await ctx.step.run("new", effects.post)
        await ctx.step.wait_for_event("answer", **YES)

    def story(branch):
        async def job(ctx, request):
            await ctx.step.gather("fan", branch(ctx), old(ctx))

        return a_job(job)

    harness = await engines(story(old))
    run = await harness.started()
    harness = await harness.deployed(story(new))

    await harness.deliver(run, "fan#1[1]/answer", "yes")
    await harness.run()

    found = await harness.get(run)
    assert found.status == "blocked"
    assert "'fan#1[0]/new', which is new" in found.blocked_reason
    assert effects.done == []


async def test_f97_another_number_of_branches_blocks_the_run(engines, effects):
    harness = await engines(fanning(effects, "ana", "bo"))
    run = await harness.started()
    harness = await harness.deployed(fanning(effects, "ana", "bo", "cy"))

    await harness.deliver(run, "fan#1[0]/answer", "yes")
    await harness.run()

    found = await harness.get(run)
    assert found.status == "blocked"
    assert "'fan' gathers 3 branches in the code, but 2" in found.blocked_reason
    assert effects.done == ["ask ana", "ask bo"]


@pytest.mark.parametrize("now", [["ana"], ["ana", "bo", "cy"]])
async def test_a_person_may_have_it_go_on_with_another_number_of_branches(engines, effects, now):
    harness = await engines(fanning(effects, "ana", "bo"))
    run = await harness.started()
    harness = await harness.deployed(fanning(effects, *now))
    await harness.deliver(run, "fan#1[0]/answer", "yes")
    await harness.run()

    await harness.retry(run)
    await harness.run()
    for wait in (await harness.get(run)).waits:
        if wait.status == "open":
            await harness.deliver(run, wait.name, "yes")
            await harness.run()

    assert await harness.result(run) == [f"{who}: yes" for who in now]


async def test_f98_a_gather_inserted_before_where_the_run_stood_blocks_it(engines, effects):
    async def old(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)

    async def new(ctx, request):
        await ctx.step.gather("fan", ctx.step.run("new", effects.post))
        await old(ctx, request)

    harness = await engines(a_job(old))
    run = await harness.started()
    harness = await harness.deployed(a_job(new))

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert await harness.status(run) == "blocked"
    assert effects.done == []


@pytest.mark.parametrize("given", [(), ("text",), (None,)], ids=["nothing", "text", "none"])
async def test_x93_a_gather_takes_coroutines_only(engines, given):
    async def story(ctx, request):
        await ctx.step.gather("fan", *given)

    harness = await engines(a_job(story))

    run = await harness.started()

    kind, message = await error_of(harness, run)
    assert kind == "StepMisused"
    assert "gather('fan', …)" in message


async def test_x93_a_verb_of_the_job_beside_its_gather_is_refused(engines, effects):
    async def story(ctx, request):
        async def meddles():
            return await outer.step.run("post", effects.post)

        outer = ctx
        task = asyncio.create_task(meddles())
        await ctx.step.gather("fan", ctx.step.run("hold", effects.post, "held"))
        await task

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "ConcurrentStep"
    assert effects.done == ["held"]


async def test_f102_a_branch_that_swallows_its_parking_fails_the_run_and_leaves_no_wait_open(
    engines, effects
):
    async def swallows(ctx):
        with suppress(BaseException):
            await ctx.step.wait_for_event("answer", **YES)
        return "went on"

    async def works(ctx):
        await ctx.step.run("one", effects.post)
        await ctx.step.run("two", effects.post)

    async def story(ctx, request):
        await ctx.step.gather("fan", swallows(ctx), works(ctx))

    harness = await engines(a_job(story))

    run = await harness.started()

    assert (await error_of(harness, run))[0] == "SuspendSwallowed"
    assert [w for w in (await harness.get(run)).waits if w.status == "open"] == []


async def test_when_a_branch_fails_the_closing_code_of_the_others_may_wait(engines, effects):
    async def waits(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.sleep("settle", "10s")
            await ctx.step.run("close", effects.post, "close")

    async def story(ctx, request):
        await ctx.step.gather("fan", waits(ctx), fails(ctx))

    harness = await engines(a_job(story))
    run = await harness.started()

    await harness.move(minutes=1)

    assert await error_of(harness, run) == ("StepFailed", "refused")
    assert effects.done == ["close"]


async def test_an_event_for_a_wait_that_became_a_step_ends_neither(engines, effects):
    async def waits(ctx, name):
        await ctx.step.wait_for_event(name, **YES)

    async def posts(ctx, name):
        posted = await ctx.step.run(name, effects.post, name)
        await ctx.step.wait_for_event("then", **YES)
        return posted

    def story(branch):
        async def job(ctx, request):
            return await ctx.step.gather("fan", branch(ctx, "x"), waits(ctx, "y"))

        return a_job(job)

    harness = await engines(story(waits))
    run = await harness.started()
    harness = await harness.deployed(story(posts))
    await harness.deliver(run, "fan#1[1]/y", "yes")
    await harness.run()
    await harness.retry(run)
    await harness.run()

    for name in ("x", "then"):
        await harness.deliver(run, f"fan#1[0]/{name}", "yes")
        await harness.run()

    assert await harness.result(run) == [{"posted": "x"}, None]


async def test_a_name_is_waited_for_again_though_older_code_still_waits_for_it(engines, effects):
    async def waits(ctx, name):
        await ctx.step.wait_for_event(name, **YES)

    async def posts(ctx, name):
        await ctx.step.run(name, effects.post, name)
        await waits(ctx, name)

    def story(branch):
        async def job(ctx, request):
            return await ctx.step.gather("fan", branch(ctx, "x"), waits(ctx, "y"))

        return a_job(job)

    harness = await engines(story(waits))
    run = await harness.started()
    harness = await harness.deployed(story(posts))
    await harness.deliver(run, "fan#1[1]/y", "yes")
    await harness.run()
    await harness.retry(run)
    await harness.run()

    await harness.deliver(run, "fan#1[0]/x", "yes")
    await harness.run()

    assert await harness.result(run) == [None, None]
    assert [w.status for w in (await harness.get(run)).waits if w.name == "fan#1[0]/x"] == [
        "cancelled",
        "resolved",
    ]
