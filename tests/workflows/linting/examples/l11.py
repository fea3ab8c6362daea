"""L11: an event that nobody looks at."""

from pydantic import BaseModel

from workflows import Approved, Context, Event, Expired, Policy, Rejected, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


async def hear(ctx: Context) -> Event:
    return await ctx.step.wait_for_event("go", timeout="1h", expected=["go"])


def deploy() -> None:
    print("deployed")


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    await ctx.step.wait_for_event("a", timeout="1h", expected=["go"])  # L11
    _ = await ctx.step.wait_for_event("b", timeout="1h", expected=["go"])  # L11
    event = await ctx.step.wait_for_event("c", timeout="1h", expected=["go"])  # L11
    await ctx.step.wait_for_any("d", {"go": ["now"], "stop": ["now"]}, timeout="1h")  # L11
    (await ctx.step.wait_for_event("e", timeout="1h", expected=["go"])).payload  # L11
    await ctx.step.run("deploy", deploy)


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    wait = ctx.step.wait_for_event
    await wait("f", timeout="1h", expected=["go"])  # L11
    await hear(ctx)  # L11
    events = [await hear(ctx) for _ in range(3)]  # L11
    for _ in range(3):
        await hear(ctx)  # L11
    await ctx.step.gather("both", hear(ctx), hear(ctx))  # L11
    event = await hear(ctx)  # L11
    event = await hear(ctx)
    request.name = event.kind
    await inside(ctx)
    step = ctx.step
    await step.wait_for_event("g", timeout="1h", expected=["go"])  # L11
    heard = await hear(ctx)  # L11
    ctx.log.info("heard", kind=heard)


async def inside(ctx: Context) -> None:
    arrived = await hear(ctx)  # L11


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    event = await ctx.step.wait_for_event("a", timeout="1h", expected=["go"])
    if event.kind != "go":
        return event.kind
    match await hear(ctx):
        case Event(kind="go"):
            print("go")
        case _:
            return "late"
    while (event := await hear(ctx)).kind == "again":
        await ctx.step.run("deploy", deploy)
    if (await hear(ctx)).kind == "timeout":
        return "late"
    return (await hear(ctx)).kind


@job(name="right-too")
async def right_too(ctx: Context, request: Request) -> Event:
    event = await hear(ctx)
    await ctx.step.run("note", str, event.kind)
    return event
