"""L8: a verb without `await`."""

from pydantic import BaseModel

from workflows import Approved, Context, Event, Expired, Policy, Rejected, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


def charge(amount: int) -> int:
    return amount


# -- found ----------------------------------------------------------------------------------------


@job(name="written-out")
async def written_out(ctx: Context, request: Request) -> None:
    ctx.step.sleep("rest", "1h")  # L8
    ctx.step.run("charge", charge, 5)  # L8
    ctx.approval("pay", "Pay?", policy=POLICY, timeout="1h")  # L8
    ctx.plugins.linear.create_issue(title="x")  # L8
    ctx.step.wait_for_event("go", timeout="1h", expected=["go"])  # L8
    ctx.run_job("other", request, timeout="1h")  # L8
    ctx.deliver("run", "go", {"kind": "go"})  # L8
    ctx.say("done")  # L8
    ctx.step.gather("both", ctx.step.run("a", charge, 1))  # L8
    ctx.step.now()  # L8


@job(name="never-awaited")
async def never_awaited(ctx: Context, request: Request) -> None:
    task = ctx.step.run("charge", charge, 5)  # L8
    _ = ctx.step.sleep("rest", "1h")  # L8
    tasks = [ctx.step.run("charge", charge, n) for n in range(5)]  # L8
    for n in range(3):
        ctx.step.run("charge", charge, n)  # L8
    [ctx.say(str(n)) for n in range(3)]  # L8
    later = []
    later.append(ctx.step.run("charge", charge, 5))  # L8
    request.name and ctx.say("named")  # L8
    ctx.say("a") if request.name else ctx.say("b")  # L8
    (said := ctx.say("c"))  # L8


@job(name="used-as-if-it-were-its-answer")
async def used_as_if_it_were_its_answer(ctx: Context, request: Request) -> str:
    if ctx.step.run("charge", charge, 5):  # L8
        return "yes"
    paid = ctx.step.run("charge", charge, 5)
    if paid > 3:  # L8
        return "much"
    print(f"paid {paid}")  # L8
    issue = ctx.plugins.linear.create_issue(title="x")  # L8
    print(issue["url"])  # L8
    match ctx.approval("pay", "Pay?", policy=POLICY, timeout="1h"):  # L8
        case Approved():
            return "yes"
    now = ctx.step.now()  # L8
    print(now.isoformat())  # L8
    await ctx.step.run("twice", charge, ctx.step.run("once", charge, 5))  # L8
    return str(ctx.step.uuid())  # L8


@job(name="through-others")
async def through_others(ctx: Context, request: Request) -> None:
    ask(ctx)  # L8
    hand_on(ctx)  # L8
    verb = ctx.step.run
    verb("charge", charge, 5)  # L8
    step = ctx.step
    step.sleep("rest", "1h")  # L8
    await quiet(ctx)
    Teller(ctx).tell()  # L8
    await Teller(ctx).say()


async def ask(ctx: Context) -> None:
    await ctx.step.sleep("rest", "1h")


def hand_on(context):
    return context.say("x")


async def quiet(ctx: Context) -> None:
    ctx.say("forgotten")  # L8


class Teller:
    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    async def tell(self) -> None:
        await self.ctx.say("x")

    async def say(self) -> None:
        self.ctx.say("y")  # L8


@job(name="answers-it")
async def answers_it(ctx: Context, request: Request) -> str:  # L8
    return ctx.step.run("charge", charge, 5)


# -- not found ------------------------------------------------------------------------------------


@job(name="right")
async def right(ctx: Context, request: Request) -> int:
    await ctx.step.sleep("rest", "1h")
    task = ctx.step.run("charge", charge, 5)
    paid = await task
    a, b = await ctx.step.gather("both", ctx.step.run("a", charge, 1), ctx.step.run("b", charge, 2))
    every = await ctx.step.gather("all", *[ctx.step.run("c", charge, n) for n in range(5)])
    later = []
    later.append(ctx.step.run("charge", charge, 5))
    each = await ctx.step.gather("later", *later)
    first = await ctx.step.first("end", a=ctx.step.sleep("s", "1h"), b=ctx.step.run("c", charge, 1))
    branches = {"x": ctx.step.sleep("s", "1h"), "y": ctx.step.run("c", charge, 1)}
    other = await ctx.step.first("other", **branches)
    await hand_on(ctx)
    if ctx.patched("new"):
        await ctx.say("new")
    ctx.log.info("paid", amount=paid)
    return paid + a + b + sum(every) + sum(each) + (first.value or 0) + (other.value or 0)


@job(name="awaited-elsewhere")
async def awaited_elsewhere(ctx: Context, request: Request) -> None:
    pending = ctx.say("x") if request.name else ctx.say("y")
    await pending
    for each in (ctx.say("a"), ctx.say("b")):
        await each
    await finish(ctx.say("z"))


async def finish(coroutine):
    await coroutine
