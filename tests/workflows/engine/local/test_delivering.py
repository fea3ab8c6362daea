"""`ctx.deliver`: one run tells another, once, however often the step is tried."""

from tests.workflows.kit import Harness, a_job
from workflows import Policy, StepFailed


async def waits(ctx, request):
    event = await ctx.step.wait_for_event("decision", timeout="1h", expected=["approved"])
    return {"kind": event.kind, "by": event.actor}


def tells(payload):
    async def helper(ctx, request):
        try:
            await ctx.deliver(request.target, "decision", payload)
        except StepFailed as error:
            return {"declined": error.kind}
        return {"by": f"job:{ctx.run.id}"}

    return a_job(helper, "helper")


async def test_a_waiting_run_goes_on_and_knows_which_run_told_it(db, clock):
    harness = await Harness.opened(db, clock, a_job(waits), tells({"kind": "approved"}))
    waiting = await harness.started()

    helper = await harness.start("helper", target=waiting)
    await harness.run()

    told = await harness.result(helper)
    assert await harness.result(waiting) == {"kind": "approved", **told}


async def test_an_event_that_is_declined_is_a_failed_step_with_its_code(db, clock):
    harness = await Harness.opened(db, clock, a_job(waits), tells({"kind": "maybe"}))
    waiting = await harness.started()

    helper = await harness.start("helper", target=waiting)
    await harness.run()

    assert await harness.result(helper) == {"declined": "unexpected_kind"}
    assert await harness.status(waiting) == "waiting"


async def test_a_payload_without_a_kind_is_refused_before_anything_is_sent(db, clock):
    harness = await Harness.opened(db, clock, a_job(waits), tells({"yes": True}))
    waiting = await harness.started()

    helper = await harness.start("helper", target=waiting)
    await harness.run()

    assert await harness.result(helper) == {"declined": "invalid"}


async def test_an_approval_declines_what_a_job_delivers(db, clock):
    async def asks(ctx, request):
        policy = Policy(channel_members=True)
        decision = await ctx.approval("decision", "Pay?", policy=policy, timeout="1h")
        return type(decision).__name__

    harness = await Harness.opened(db, clock, a_job(asks), tells({"kind": "approved"}))
    waiting = await harness.started()

    helper = await harness.start("helper", target=waiting)
    await harness.run()

    assert await harness.result(helper) == {"declined": "human_required"}
    assert await harness.status(waiting) == "waiting"
