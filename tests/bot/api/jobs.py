"""Jobs that wait in every way a program can meet."""

from pydantic import BaseModel, Field, field_validator

from workflows import Approved, Context, Policy, Retries, SlackUser, StepFailed, job

RAISED = {"a key": KeyError("item"), "an exit": SystemExit("usage"), "a dive": RecursionError()}
BROKEN: set[str] = set()  # names whose step fails for good
TITLE = ["Old words?"]  # what `ask-words` asks


class Nothing(BaseModel):
    """No input."""


class Order(BaseModel):
    """Something with fields of several types."""

    item: str = Field(min_length=1)
    amount: int = 1
    urgent: bool = False
    tags: list[str] = []

    @field_validator("item")
    @classmethod
    def known(cls, item: str) -> str:
        if item in RAISED:
            raise RAISED[item]
        return item


class Outcome(BaseModel):
    """What a run came to."""

    kind: str
    by: str | None = None


@job(name="echo", description="Answer the input.")
async def echo(ctx: Context, order: Order) -> Order:
    return order


@job(name="ask-people", description="Ask people, who may not be programs.")
async def ask_people(ctx: Context, request: Nothing) -> Outcome:
    return await _asked(ctx, Policy(channel_members=True))


@job(name="ask-programs", description="Ask anybody, one program is enough.")
async def ask_programs(ctx: Context, request: Nothing) -> Outcome:
    return await _asked(ctx, Policy(channel_members=True, tokens_may_decide=True))


@job(name="ask-two", description="Ask two programs.")
async def ask_two(ctx: Context, request: Nothing) -> Outcome:
    return await _asked(ctx, Policy(need=2, tokens_may_decide=True))


class Payee(BaseModel):
    """Who gets something."""

    who: SlackUser


@job(name="pay", description="Pay somebody, if people agree.")
async def pay(ctx: Context, request: Payee) -> Payee:
    policy = Policy(channel_members=True)
    title = f"Pay {request.who}?"
    await ctx.approval("decision", title, show=request, policy=policy, timeout="24h")
    return request


@job(name="listen", description="Wait for an event.")
async def listen(ctx: Context, request: Nothing) -> Outcome:
    event = await ctx.step.wait_for_event(
        "decision", timeout="24h", expected=["approved", "rejected"]
    )
    return Outcome(kind=event.kind, by=event.actor)


@job(name="listen-later", description="Wait for one event, then for another.")
async def listen_later(ctx: Context, request: Nothing) -> Outcome:
    await ctx.step.wait_for_event("first", timeout="24h", expected=["go"])
    event = await ctx.step.wait_for_event("second", timeout="24h", expected=["go"])
    return Outcome(kind=event.kind, by=event.actor)


async def _listen_here(ctx: Context) -> str:
    return (await ctx.step.wait_for_event("go", timeout="24h", expected=["go"])).kind


@job(name="listen-in-branches", description="Wait for the same event in two branches.")
async def listen_in_branches(ctx: Context, request: Nothing) -> Outcome:
    await ctx.step.gather("all", _listen_here(ctx), _listen_here(ctx))
    return Outcome(kind="go")


@job(name="mend", description="Fail for as long as it is broken.")
async def mend(ctx: Context, order: Order) -> Order:
    await ctx.step.run("mend", mended, order.item, retries=Retries(1))
    return order


@job(name="mend-or-tell", description="Fail for as long as it is broken, and tell.")
async def mend_or_tell(ctx: Context, order: Order) -> Order:
    try:
        await ctx.step.run("mend", mended, order.item, retries=Retries(1))
    except StepFailed:
        await ctx.step.run("tell", told, order.item)
        raise
    return order


def told(item: str) -> str:
    return f"{item} is broken"


def mended(item: str) -> None:
    """Fail where the item is broken."""
    if item in BROKEN:
        raise StepFailed(f"{item} is broken")


@job(name="charge", description="Charge once, and fail for as long as it is broken.")
async def charge(ctx: Context, order: Order) -> int:
    return await ctx.step.run("charge", charged, order.item, at_most_once=True)


def charged(item: str) -> int:
    """Answer what was charged, unless the item is broken."""
    if item in BROKEN:
        raise ConnectionError(f"{item} is broken")
    return len(item)


@job(name="ask-words", description="Ask in words that may change.")
async def ask_words(ctx: Context, request: Nothing) -> Outcome:
    decision = await ctx.approval(
        "words", TITLE[0], policy=Policy(channel_members=True), timeout="24h"
    )
    return Outcome(kind="approved" if isinstance(decision, Approved) else "other")


async def _asked(ctx: Context, policy: Policy) -> Outcome:
    decision = await ctx.approval(
        "decision", "May it?", show={"amount": 7}, policy=policy, timeout="24h"
    )
    if isinstance(decision, Approved):
        return Outcome(kind="approved", by=decision.by)
    return Outcome(kind="other")
