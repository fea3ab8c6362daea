"""L17: a channel without `#`."""

from acme.settings import CHANNEL

from workflows import SlackChannel
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


OPS = "ops"
RIGHT = "#ops"
CHANNELS = {"bad": "refunds", "good": "#refunds"}


class Posted(BaseModel):
    channel: str = "general"
    right: SlackChannel = SlackChannel("C0123456789")


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out", on_failure="ops")  # L17
async def written_out(ctx: Context, request: Request) -> object:
    await ctx.plugins.slack.post_message(channel="approvals", text="x")  # L17
    await ctx.plugins.slack.post_message("approvals", "x")  # L17
    await ctx.plugins.slack.post_message(channel="", text="x")  # L17
    await ctx.plugins.slack.post_message(channel="@bob", text="x")  # L17
    await ctx.plugins.slack.post_message(channel="# approvals", text="x")  # L17
    a = await ctx.approval("a", "?", policy=POLICY, timeout="1h", channel="refunds")  # L17
    return a


@job(name="hidden")
async def hidden(ctx: Context, request: Posted) -> object:
    slack = ctx.plugins.slack
    await slack.post_message(channel="approvals", text="x")  # L17
    post = ctx.plugins.slack.post_message
    await post(channel=OPS, text="x")  # L17
    await post(channel=CHANNEL, text="x")  # L17
    await post(channel=CHANNELS["bad"], text="x")  # L17
    await post(channel=request.channel, text="x")  # L17
    await post(channel=f"team-{request.channel}", text="x")  # L17
    for each in ("#a", "b"):
        await post(channel=each, text="x")  # L17
    await tell(ctx, "ops")
    await tell(ctx, "#ops")
    channel = "#ops" if request.channel else "ops"
    await post(channel=channel, text="x")  # L17
    return await ask(ctx)


async def tell(ctx: Context, channel: str) -> None:
    await ctx.plugins.slack.post_message(channel=channel, text="x")  # L17


async def ask(ctx: Context, channel: str = "refunds"):
    return await ctx.approval("a", "?", policy=POLICY, timeout="1h", channel=channel)  # L17


# -- not found ------------------------------------------------------------------------------------


@job(name="right", on_failure="#ops")
async def right(ctx: Context, request: Posted) -> object:
    post = ctx.plugins.slack.post_message
    await post(channel="#approvals", text="x")
    await post("#approvals", "approvals")
    await post(channel="C0123456789", text="x")
    await post(channel="U0123456789", text="x")
    await post(channel=RIGHT, text="x")
    await post(channel=CHANNELS["good"], text="x")
    await post(channel=request.right, text="x")
    await post(channel=f"#team-{request.channel}", text="x")
    await ctx.plugins.radio.tune(channel="4")
    return await ctx.approval("a", "?", policy=POLICY, timeout="1h", channel="#refunds")
