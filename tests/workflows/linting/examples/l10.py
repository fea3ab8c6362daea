"""L10: a decision that nobody looks at."""

import logging

from pydantic import BaseModel

from workflows import Approved, Context, Event, Expired, Policy, Rejected, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


log = logging.getLogger(__name__)


async def ask(ctx: Context):
    return await ctx.approval("ask", "Sure?", policy=POLICY, timeout="1h")


def deploy() -> None:
    print("deployed")


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    await ctx.approval("a", "Sure?", policy=POLICY, timeout="1h")  # L10
    _ = await ctx.approval("b", "Sure?", policy=POLICY, timeout="1h")  # L10
    decision = await ctx.approval("c", "Sure?", policy=POLICY, timeout="1h")  # L10
    decision: object = await ctx.approval("d", "Sure?", policy=POLICY, timeout="1h")  # L10
    (await ctx.approval("e", "Sure?", policy=POLICY, timeout="1h"))  # L10
    await ctx.step.run("deploy", deploy)


@job(name="bound-anew")
async def bound_anew(ctx: Context, request: Request) -> str:
    decision = await ctx.approval("legal", "Sure?", policy=POLICY, timeout="1h")  # L10
    decision = await ctx.approval("finance", "Sure?", policy=POLICY, timeout="1h")
    match decision:
        case Approved():
            return "yes"
        case _:
            return "no"


@job(name="several")
async def several(ctx: Context, request: Request) -> None:
    for team in ("legal", "finance"):
        await ctx.approval(team, "Sure?", policy=POLICY, timeout="1h")  # L10
    await ctx.step.gather("both", ask(ctx), ask(ctx))  # L10
    answers = await ctx.step.gather("two", ask(ctx), ask(ctx))  # L10
    [await ask(ctx) for _ in range(3)]  # L10
    kept = []
    kept.append(await ask(ctx))  # L10
    by_name = {}
    for team in ("legal", "finance"):
        by_name[team] = await ask(ctx)  # L10
    for each in await ctx.step.gather("three", ask(ctx), ask(ctx)):  # L10
        await ctx.step.run("deploy", deploy)
    first, second = await ctx.step.gather("pair", ask(ctx), ctx.step.run("deploy", deploy))  # L10
    print(second)
    await ctx.step.first("end", a=ask(ctx), b=ctx.step.sleep("late", "1d"))  # L10


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> None:
    approve = ctx.approval
    await approve("f", "Sure?", policy=POLICY, timeout="1h")  # L10
    await ask(ctx)  # L10
    await Gate(ctx).ask()  # L10
    await inside(ctx)
    decision = await ask(ctx)
    handle(decision)
    match await ask(ctx):  # L10
        case _:
            await ctx.step.run("deploy", deploy)


async def inside(ctx: Context) -> None:
    await ask(ctx)  # L10


def handle(decision) -> str:  # L10
    return "deployed"


class Gate:
    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def ask(self):
        return await self.ctx.approval("gate", "Sure?", policy=POLICY, timeout="1h")


@job(name="only-written-down")
async def only_written_down(ctx: Context, request: Request) -> None:
    decision = await ask(ctx)  # L10
    ctx.log.info("decided", decision=decision)
    second = await ask(ctx)  # L10
    log.info("decided %s", second)
    third = await ask(ctx)  # L10
    print(third)
    fourth = await ask(ctx)  # L10
    fourth
    try:
        fifth = await ask(ctx)  # L10
    except ValueError:
        return
    if request.name:
        sixth = await ask(ctx)  # L10
    (await ask(ctx)).note  # L10


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    match await ask(ctx):
        case Approved():
            await ctx.step.run("deploy", deploy)
        case Rejected() | Expired():
            return "no"
    decision = await ask(ctx)
    if isinstance(decision, Approved):
        await ctx.step.run("deploy", deploy)
    answers = await ctx.step.gather("two", ask(ctx), ask(ctx))
    if not all(isinstance(each, Approved) for each in answers):
        return "no"
    for each in answers:
        match each:
            case Approved():
                continue
            case _:
                return "no"
    kept = []
    for team in ("legal", "finance"):
        kept.append(await ctx.approval(team, "Sure?", policy=POLICY, timeout="1h"))
    if any(isinstance(each, Rejected) for each in kept):
        return "no"
    return await answered(ctx)


async def answered(ctx: Context) -> str:
    return type(await ask(ctx)).__name__


@job(name="right-in-a-loop")
async def right_in_a_loop(ctx: Context, request: Request) -> str:
    decision = None
    while not isinstance(decision, Approved):
        decision = await ask(ctx)
    return "yes"


@job(name="right-after-an-error")
async def right_after_an_error(ctx: Context, request: Request) -> str:
    decision = await ask(ctx)
    try:
        await ctx.step.run("deploy", deploy)
    except ValueError:
        return describe(decision)
    return "fine"


def describe(decision) -> str:
    return "yes" if isinstance(decision, Approved) else "no"


@job(name="answers-it")
async def answers_it(ctx: Context, request: Request) -> object:
    ask_again = lambda: ask(ctx)  # noqa: E731
    return await ask_again()
