"""L16: a literal that will be refused: a duration, a name, kinds of events."""

from datetime import timedelta

from acme.settings import LATE, SOON
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


PAUSE = "15 m"
RIGHT = "15m"
OFTEN = Retries(5, backoff="2 s")  # L16
RARELY = Retries(5, "2s", "1 minute")  # L16
YEARS = timedelta(days=500)
SETTINGS = {"pause": "four hours", "limit": "4h"}


class Timed(BaseModel):
    pause: str = "4hours"
    limit: str = "4h"


def charge(amount: int) -> int:
    return amount


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> object:
    await ctx.step.sleep("rest", "4hours")  # L16
    await ctx.step.sleep("rest", length="1.5h")  # L16
    await ctx.step.sleep("rest", 0)  # L16
    await ctx.step.sleep("rest", timedelta(days=500))  # L16
    await ctx.step.run("a", charge, 5, timeout="5 min")  # L16
    await ctx.step.run("b", charge, 5, retries=Retries(3, backoff="soon"))  # L16
    await ctx.step.run("c", charge, 5, retries=Retries(longest="1y"))  # L16
    await ctx.run_job("other", request, timeout="2 days")  # L16
    a = await ctx.approval("d", "Sure?", policy=POLICY, timeout="4hours")  # L16
    b = await ctx.approval("e", "Sure?", policy=POLICY, timeout="4h", remind="2 hours")  # L16
    c = await ctx.approval("f", "Sure?", policy=POLICY, timeout="4h", remind=["2h", "3hrs"])  # L16
    d = await ctx.step.wait_for_event("g", timeout=None, expected=["go"])  # L16
    e = await ctx.step.wait_for_event("h", timeout="1h", expected="go")  # L16
    f = await ctx.step.wait_for_event("i", timeout="1h", expected=["Go"])  # L16
    g = await ctx.step.wait_for_any("j", {}, timeout="1h")  # L16
    await ctx.step.run("<b>", charge, 5)  # L16
    return [a, b, c, d, e, f, g]


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> object:
    await ctx.step.sleep("rest", PAUSE)  # L16
    await ctx.step.sleep("rest", LATE)  # L16
    await ctx.step.sleep("rest", YEARS)  # L16
    pause = "1 hour"
    await ctx.step.sleep("rest", pause)  # L16
    for each in ("1h", "2 h"):
        await ctx.step.sleep("rest", each)  # L16
    await ctx.step.sleep("rest", "1h" if request.name else "1hr")  # L16
    await ctx.step.sleep("rest", f"{request.amount}hours")  # L16
    await ctx.step.sleep("rest", str(request.amount) + " h")  # L16
    await ctx.step.sleep("rest", "{}hours".format(request.amount))  # L16
    await ctx.step.sleep("rest", "%d hours" % request.amount)  # L16
    await ctx.step.sleep("rest", SETTINGS["pause"])  # L16
    await ctx.step.sleep("rest", 60 * 60 * 24 * 500)  # L16
    await ctx.step.sleep("rest", -5)  # L16
    sleep = ctx.step.sleep
    await sleep("rest", "4hours")  # L16
    wait = {"timeout": "4hours"}
    await ctx.step.first("end", a=ctx.step.sleep("b", "9 h"), b=ctx.step.sleep("c", "1h"))  # L16
    return [await ask(ctx), await ask(ctx, "4hours"), await ask_by_default(ctx), wait]


async def ask(ctx: Context, timeout: str = "4h"):
    return await ctx.approval("ask", "Sure?", policy=POLICY, timeout=timeout)  # L16


async def ask_by_default(ctx: Context, timeout: str = "4 h"):
    return await ctx.approval("ask", "Sure?", policy=POLICY, timeout=timeout)  # L16


@job(name="from-its-input")
async def from_its_input(ctx: Context, request: Timed) -> None:
    await ctx.step.sleep("rest", request.pause)  # L16


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Timed) -> object:
    await ctx.step.sleep("rest", "15m")
    await ctx.step.sleep("rest", "1d12h")
    await ctx.step.sleep("rest", RIGHT)
    await ctx.step.sleep("rest", SOON)
    await ctx.step.sleep("rest", 60)
    await ctx.step.sleep("rest", 60 * 60)
    await ctx.step.sleep("rest", timedelta(minutes=1))
    await ctx.step.sleep("rest", request.limit)
    hours = len(request.limit)
    await ctx.step.sleep("rest", f"{hours}h")
    await ctx.step.sleep("rest", f"{request.limit}")
    await ctx.step.sleep("rest", f"{hours}d{request.limit}")
    await ctx.step.sleep("rest", SETTINGS["limit"])
    await ctx.step.run("a", charge, 5, timeout=None, retries=Retries(backoff="0s"))
    await ctx.step.run("b", charge, 5, retries=Retries(3, "1s", "1m"))
    await other(timeout="soon")
    await ctx.plugins.ci.wait(timeout="soon")
    pause = None
    if hours > 5:
        pause = "2h"
    if pause is not None:
        await ctx.step.sleep("rest", pause)
    length = ""
    length = length + request.limit
    await ctx.step.sleep("rest", length)
    event = await ctx.step.wait_for_any("any", {"a": ["go"], "b": ["stop"]}, timeout="1h")
    return event, await ask_for(ctx, timeout=RIGHT)


async def ask_for(ctx: Context, timeout: str):
    return await ctx.approval("ask", "Sure?", policy=POLICY, timeout=timeout)


async def other(timeout: str) -> None:
    print(timeout)
