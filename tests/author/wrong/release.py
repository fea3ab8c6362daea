"""The jobs of an author's project with the mistakes that mypy must find, each with its code."""

from pydantic import BaseModel

from steps import announce, build, charge
from workflows import Approved, Context, Event, Policy, Rejected, Retries, job

LEADS = Policy(groups=("S0614TZR7",))


class Order(BaseModel):
    what: str


class Other(BaseModel):
    number: int


@job(name="build")
async def build_it(ctx: Context, order: Order) -> list[str]:
    return await ctx.step.run("build", build, order.what)


@job(name="no-context")  # mypy: arg-type
async def no_context(order: Order) -> None:
    print(order)


@job(name="no-model")  # mypy: type-var
async def no_model(ctx: Context, order: str) -> None:
    print(ctx, order)


async def helper(ctx: Context) -> None:
    await ctx.step.sleep("a moment", "1s")


@job(name="forgets")
async def forgets_to_await(ctx: Context, order: Order) -> None:
    helper(ctx)  # mypy: unused-coroutine
    ctx.step.run("charge", charge, 5)  # mypy: unused-coroutine
    ctx.step.run("build", build, order.what)  # mypy: unused-coroutine
    ctx.step.sleep("cool down", "15m")  # mypy: unused-coroutine
    ctx.step.wait_for_event("event", timeout="1h", expected=["yes"])  # mypy: unused-coroutine
    ctx.step.wait_for_any("any", {"a": ["x"]}, timeout="1h")  # mypy: unused-coroutine
    ctx.step.gather("one", helper(ctx))  # mypy: unused-coroutine
    ctx.step.gather("many", *[helper(ctx) for _ in range(9)])  # mypy: unused-coroutine
    ctx.step.gather("both", helper(ctx), helper(ctx), return_exceptions=True)  # mypy: unused-coroutine
    ctx.step.first("end", a=helper(ctx), b=helper(ctx))  # mypy: unused-coroutine
    ctx.step.now()  # mypy: unused-coroutine
    ctx.step.uuid()  # mypy: unused-coroutine
    ctx.step.random()  # mypy: unused-coroutine
    ctx.approval("ship", "Ship?", policy=LEADS, timeout="1h")  # mypy: unused-coroutine
    ctx.run_job(build_it, order, timeout="1h")  # mypy: unused-coroutine
    ctx.run_job("build", order, timeout="1h")  # mypy: unused-coroutine
    ctx.deliver(ctx.run.id, "event", {"kind": "yes"})  # mypy: unused-coroutine
    ctx.plugins.linear.create_issue(team_id="OPS", title="It")  # mypy: unused-coroutine


async def takes_what_was_not_awaited(ctx: Context) -> str:
    event = ctx.step.wait_for_event("event", timeout="1h", expected=["yes"])
    return event.kind  # mypy: attr-defined, no-any-return


async def passes_wrong_arguments(ctx: Context) -> None:
    await ctx.step.run("charge", charge, "five")  # mypy: arg-type
    await ctx.step.run("charge", charge)  # mypy: arg-type, call-arg
    await ctx.step.run("charge", charge, 5, "EUR", 1)  # mypy: arg-type, call-arg
    await ctx.step.run("charge", charge, 5, currency="EUR")  # mypy: call-overload
    await ctx.step.run("announce", announce, "#ops")  # mypy: arg-type
    await ctx.step.run("announce", announce, "#ops", 5)  # mypy: arg-type, call-arg
    await ctx.step.run("build", build(5))  # mypy: arg-type, call-overload
    await ctx.step.run("build", build, "it", retries=5)  # mypy: call-overload
    await ctx.step.sleep("cool down", 1.5)  # mypy: arg-type
    await ctx.run_job(build_it, Other(number=1), timeout="1h")  # mypy: misc
    await ctx.run_job(build_it, Order(what="it"))  # mypy: call-overload
    await ctx.approval("ship", "Ship?", policy=LEADS)  # mypy: call-arg
    await ctx.approval("ship", "Ship?", timeout="1h")  # mypy: call-arg
    await ctx.step.wait_for_event("event", expected=["yes"])  # mypy: call-arg


async def misreads_results(ctx: Context, order: Order) -> None:
    number: int = await ctx.step.run("charge", charge, 5, retries=Retries(3))  # mypy: arg-type
    words = await ctx.step.run("build", build, "it") + "!"  # mypy: operator
    nothing = await ctx.step.run("announce", announce, "#ops", "it")  # mypy: func-returns-value
    built = await ctx.run_job(build_it, order, timeout="1h")
    built.url  # mypy: attr-defined
    at, key = await ctx.step.gather("facts", ctx.step.now(), ctx.step.uuid())
    print(number, words, nothing, at.hex, key)  # mypy: attr-defined
    for either in await ctx.step.gather("two", ctx.step.now(), ctx.step.uuid(), return_exceptions=True):
        either.year  # mypy: union-attr
    for each in await ctx.step.gather("all", *[ctx.step.now() for _ in range(9)]):
        each.hex  # mypy: attr-defined


async def asks_for_the_truth(ctx: Context) -> None:
    if await ctx.approval("ship", "Ship?", policy=LEADS, timeout="1h"):  # mypy: truthy-bool
        return
    if ctx.approval("ship", "Ship?", policy=LEADS, timeout="1h"):  # mypy: truthy-bool
        return
    event = await ctx.step.wait_for_event("event", timeout="1h", expected=["yes"])
    print("came" if event else "did not")  # mypy: truthy-bool


async def forgets_that_nobody_may_decide(ctx: Context) -> str | None:
    decision = await ctx.approval("ship", "Ship?", policy=LEADS, timeout="1h")
    print(decision.by)  # mypy: union-attr
    match decision:  # mypy: exhaustive-match
        case Approved():
            return None
        case Rejected(note=note):
            return note
    return None


async def forgets_that_nothing_may_come(ctx: Context) -> str:  # mypy: return
    event = await ctx.step.wait_for_event("event", timeout="1h", expected=["yes"])
    match event:  # mypy: exhaustive-match
        case Event(kind=kind):
            return kind
