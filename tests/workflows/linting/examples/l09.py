"""L9: the truth of a decision or an event."""

import operator

from pydantic import BaseModel

from workflows import Approved, Context, Event, Expired, Policy, Rejected, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


async def ask(ctx: Context):
    return await ctx.approval("ask", "Sure?", policy=POLICY, timeout="1h")


async def hear(ctx: Context) -> Event:
    return await ctx.step.wait_for_event("go", timeout="1h", expected=["go"])


def ask_without_waiting(ctx: Context):
    return ctx.approval("ask", "Sure?", policy=POLICY, timeout="1h")


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> str:
    if await ctx.approval("a", "Sure?", policy=POLICY, timeout="1h"):  # L9
        return "yes"
    decision = await ctx.approval("b", "Sure?", policy=POLICY, timeout="1h")
    if not decision:  # L9
        return "no"
    if not (await ctx.step.wait_for_event("go", timeout="1h", expected=["go"])):  # L9
        return "late"
    while await ask(ctx):  # L9
        print("again")
    if decision and request.amount > 5:  # L9
        return "much"
    if request.amount > 5 or decision:  # L9
        return "little"
    assert decision  # L9
    answer = "yes" if decision else "no"  # L9
    if second := await ask(ctx):  # L9
        return str(second)
    if bool(decision):  # L9
        return answer
    return "deployed" if await hear(ctx) else "late"  # L9


@job(name="several")
async def several(ctx: Context, request: Request) -> str:
    answers = [await ask(ctx) for _ in range(3)]
    if any(answers):  # L9
        return "any"
    if all([await ask(ctx), await ask(ctx)]):  # L9
        return "all"
    given = [each for each in answers if each]  # L9
    kept = list(filter(None, answers))  # L9
    both = await ctx.step.gather("both", ask(ctx), ask(ctx))
    if both[0]:  # L9
        return "first"
    left, right = await ctx.step.gather("two", ask(ctx), hear(ctx))
    if left or right:  # L9
        return "one"
    for each in answers:
        if each:  # L9
            return "one of them"
    if all(each for each in answers):  # L9
        return "every"
    by_name = {"a": await ask(ctx)}
    if by_name["a"]:  # L9
        return "a"
    if by_name.get("a"):  # L9
        return "a"
    return f"{given} {kept}"


@job(name="hidden")
async def hidden(ctx: Context, request: Request) -> str:
    approve = ctx.approval
    if await approve("c", "Sure?", policy=POLICY, timeout="1h"):  # L9
        return "yes"
    if await ask_without_waiting(ctx):  # L9
        return "yes"
    gate = Gate(ctx)
    if await gate.ask():  # L9
        return "yes"
    await gate.keep()
    if gate.decision:  # L9
        return "kept"
    decision = await ask(ctx)
    if operator.truth(decision):  # L9
        return "true"
    approved = decision and request.name  # L9
    if say_yes(decision):
        return "said"
    match request.amount:
        case 5 if decision:  # L9
            return "five"
    if await ctx.step.first("end", a=ask(ctx), b=ctx.step.sleep("late", "1d")):  # L9
        return "ended"
    return str(approved)


def say_yes(decision) -> bool:
    return not decision  # L9


class Gate:
    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def ask(self):
        return await self.ctx.approval("gate", "Sure?", policy=POLICY, timeout="1h")

    async def keep(self) -> None:
        self.decision = await self.ask()


@job(name="compared")
async def compared(ctx: Context, request: Request) -> str:
    decision = await ask(ctx)
    if decision == "approved":  # L9
        return "yes"
    if decision is True:  # L9
        return "yes"
    if decision is not None:  # L9
        return "yes"
    event = await hear(ctx)
    if event != "timeout":  # L9
        return "heard"
    if event in ("approved", "go"):  # L9
        return "one of"
    match decision:  # L9
        case True:
            return "yes"
    match event:  # L9
        case "go":
            return "go"
    return "no"


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> str:
    decision = await ask(ctx)
    match decision:
        case Approved(by=by) if request.amount > 5 and by:
            return "much"
        case Approved():
            return "yes"
        case Rejected(note=note):
            return note or "no"
        case Expired():
            return "late"


@job(name="right-too")
async def right_too(ctx: Context, request: Request) -> str:
    event = await hear(ctx)
    if event.kind == "go":
        return "go"
    if event.kind != "timeout" and event.payload.get("sure"):
        return "sure"
    decision = await ask(ctx)
    if isinstance(decision, Approved) or request.amount < 5:
        return "yes"
    if not isinstance(decision, Rejected):
        return "late"
    answers = await ctx.step.gather("both", ask(ctx), ask(ctx))
    if answers and all(isinstance(each, Approved) for each in answers):
        return "both"
    if any(each.kind == "go" for each in [event]):
        return "go"
    yes = sum(isinstance(each, Approved) for each in answers)
    return "yes" if yes > 1 else "no"


@job(name="only-where-it-is-asked")
async def only_where_it_is_asked(ctx: Context, request: Request) -> str:
    decision = None
    if request.amount > 100:
        decision = await ask(ctx)
    if decision is None:
        return "small"
    approved = isinstance(decision, Approved)
    if approved and await is_sure(ctx):
        return "yes"
    return "no"


async def is_sure(ctx: Context) -> bool:
    return isinstance(await ask(ctx), Approved)
