"""The jobs of an author's project, as they should be: mypy finds nothing."""

from datetime import datetime
from typing import assert_never, assert_type
from uuid import UUID

from pydantic import BaseModel

from steps import Receipt, announce, build, charge
from workflows import (
    App,
    Approved,
    ChildFailed,
    Context,
    Event,
    Expired,
    First,
    Operator,
    Policy,
    Program,
    Rejected,
    Retries,
    Route,
    RunCancelled,
    Silence,
    SlackChannel,
    SlackUser,
    StepFailed,
    StepOutcomeUnknown,
    job,
)

LEADS = Policy(groups=("S0614TZR7",), need=2)


class Order(BaseModel):
    what: str
    owner: SlackUser
    channel: SlackChannel


class Built(BaseModel):
    parts: list[str]


class Shipped(BaseModel):
    receipt: Receipt | None = None
    reason: str | None = None


@job(name="build", description="Build what is ordered.")
async def build_it(ctx: Context, order: Order) -> Built:
    parts = await ctx.step.run("build", build, order.what)
    assert_type(parts, list[str])
    return Built(parts=parts)


@job(name="ship", description="Ship what is built.", cron="0 9 * * *", timezone="Europe/Berlin")
async def ship(ctx: Context, order: Order) -> Shipped:
    built = await ctx.run_job(build_it, order, timeout="2d")
    assert_type(built, Built)
    by_name = await ctx.run_job("build", {"what": order.what}, timeout="2d", name="again")
    decision = await ctx.approval(
        "ship",
        f"Ship {len(built.parts)} parts?",
        why=f"{by_name} was built as well",
        show=order,
        policy=LEADS,
        timeout="24h",
    )
    match decision:
        case Approved(note=note):
            return await paid(ctx, order, note)
        case Rejected(by=by):
            return Shipped(reason=f"rejected by {who(by)}")
        case Expired():
            return Shipped(reason="nobody decided")


def who(by: SlackUser | Program | Operator) -> str:
    match by:
        case SlackUser():
            return f"{by.mention} of {by.team}"
        case Program() | Operator():
            return by
        case _:
            assert_never(by)


async def paid(ctx: Context, order: Order, note: str | None) -> Shipped:
    at, key = await ctx.step.gather("facts", ctx.step.now(), ctx.step.uuid())
    assert_type(at, datetime)
    assert_type(key, UUID)
    try:
        receipt = await ctx.step.run("charge", charge, 10, retries=Retries(3), timeout="30s")
        await ctx.step.run("charge once", charge, 10, "USD", at_most_once=True)
    except (StepOutcomeUnknown, ChildFailed, StepFailed) as error:
        return Shipped(reason=f"{error.kind} in {error.step}")
    except RunCancelled:
        await ctx.step.run("announce", announce, order.channel, f"{key}: cancelled")
        raise
    assert_type(receipt, Receipt)
    await ctx.step.run("announce", announce, order.channel, f"{at}: {note or receipt.number}")
    await ctx.plugins.linear.create_issue(team_id="OPS", title=order.what)
    return await delivered(ctx, receipt)


async def delivered(ctx: Context, receipt: Receipt) -> Shipped:
    many = await ctx.step.gather("all", *[ctx.step.run("build", build, str(n)) for n in range(9)])
    assert_type(many, list[list[str]])
    at, key = await ctx.step.gather(
        "facts", ctx.step.now(), ctx.step.uuid(), return_exceptions=True
    )
    assert_type(at, datetime | Exception)
    assert_type(key, UUID | Exception)
    some = await ctx.step.gather(
        "some", *[ctx.step.now() for _ in range(9)], return_exceptions=True
    )
    assert_type(some, list[datetime | Exception])
    end = await ctx.step.first(
        "end",
        stop=ctx.approval("stop", "Stop?", policy=LEADS, timeout="5d"),
        made=ctx.run_job(build_it, {"what": "it"}, timeout="2d"),
        late=ctx.step.sleep("late", "2d"),
    )
    match end:
        case First("stop", Approved() | Rejected() as decision):
            assert_type(decision, Approved | Rejected)
        case First("made", Built() as built):
            assert_type(built.parts, list[str])
        case First():
            ctx.log.info("late", end=end.name)
    ctx.log.info("built", parts=many, receipt=receipt)
    await ctx.step.sleep("cool down", "15m")
    event = await ctx.step.wait_for_event("delivered", timeout="3d", expected=["yes", "no"])
    either = await ctx.step.wait_for_any("end", {"a": ["x"], "b": ["x"]}, timeout="1d")
    if either.kind == "timeout" and await ctx.step.random() < 1 and ctx.patched("quietly"):
        await ctx.deliver(ctx.run.id, "delivered", {"kind": "no"})
    match event:
        case Event(kind="yes"):
            return Shipped(receipt=receipt)
        case Event():
            return Shipped(reason=f"{event.actor} says {dict(event.payload)}")
        case Silence():
            return Shipped(reason=event.kind)
        case _:
            assert_never(event)


shipping = App("shipping", jobs={"ship": ship}, routes={"GET /{what}": Route("member", "ship")})
