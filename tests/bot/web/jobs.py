"""Jobs for the pages: one that needs two people with reasons, and an app with its own address."""

from typing import Any

from pydantic import BaseModel

from workflows import App, Approved, Context, Policy, Route, SlackUser, job


class Nothing(BaseModel):
    """No input."""


class Shown(BaseModel):
    """What is asked."""

    title: str = "Deploy the payment service?"
    fields: dict[str, Any] = {}


class Place(BaseModel):
    """A path's parameter."""

    place: str


TWO = Policy(channel_members=True, need=2, reason_required=True)
ONE = Policy(channel_members=True)
ANYBODY = Policy(channel_members=True, tokens_may_decide=True)


@job(name="ask-two", description="Ask two people, with reasons.")
async def ask_two(ctx: Context, request: Shown) -> Nothing:
    await ctx.approval("deploy", request.title, show=request.fields, policy=TWO, timeout="1h")
    return Nothing()


@job(name="ask-one", description="Ask one person.")
async def ask_one(ctx: Context, request: Shown) -> Nothing:
    decision = await ctx.approval(
        "deploy",
        request.title,
        show=request.fields,
        why=request.title,
        policy=ONE,
        timeout="1h",
    )
    if isinstance(decision, Approved):
        await ctx.approval("again", "And again?", policy=ONE, timeout="1h")
    return Nothing()


@job(name="ask-anybody", description="Ask one person, or one program.")
async def ask_anybody(ctx: Context, request: Place) -> Nothing:
    await ctx.approval("deploy", f"Deploy to {request.place}?", policy=ANYBODY, timeout="1h")
    return Nothing()


class Payment(BaseModel):
    """Who gets what, and somebody's words."""

    who: SlackUser
    words: str = ""


@job(name="pay", description="Pay somebody, if somebody else agrees.")
async def pay(ctx: Context, request: Payment) -> Payment:
    first = await ctx.approval(
        "pay", f"Pay {request.who} {request.words}?", show=request, policy=ONE, timeout="1h"
    )
    match first:
        case Approved(by=by):
            why = f"{ctx.mention(by)} agreed to {ctx.mention(request.who)}"
            await ctx.approval("sure", "Sure?", why=why, policy=ONE, timeout="1h")
    return request


@job(name="water-plants", description="Water the plants.")
async def water_plants(ctx: Context, request: Place) -> Place:
    return request


@job(name="deliver-nowhere", description="Tell a run that does not exist.")
async def deliver_nowhere(ctx: Context, request: Place) -> Nothing:
    await ctx.deliver("0" * 26, "decision", {"kind": "approved"})
    return Nothing()


watering = App(
    "watering",
    jobs={"water": water_plants, "nowhere": deliver_nowhere},
    routes={
        "GET /water/{place}": Route(auth="workspace_member", job="water"),
        "GET /nowhere/{place}": Route(auth="workspace_member", job="nowhere"),
    },
)
