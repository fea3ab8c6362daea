"""The jobs of the stored runs, kept word for word as they were when those runs began.

Whatever stands here was executed by the version that wrote the file: a change of it is a deploy.
"""

from typing import Any

from pydantic import BaseModel

from tests.stored.outside import post
from workflows import (
    Approved,
    ChildFailed,
    Context,
    Policy,
    Rejected,
    Retries,
    RunCancelled,
    StepOutcomeUnknown,
    job,
)

ANYBODY = Policy(channel_members=True)
TWO = Policy(channel_members=True, need=2)
NAMED = Policy(users=("U024BE7LH", "U000000CAM"), groups=("S0614TZR7",), reason_required=True)
PROGRAMS = Policy(channel_members=True, tokens_may_decide=True, requester_may_decide=True)


class Story(BaseModel):
    """What a run is about, and whom it is for."""

    about: str = "Refund 42"
    team_id: str = "OPS"


class Amount(BaseModel):
    """What is shown."""

    order: str
    amount: int
    lines: list[str] = []


async def do(ctx: Context, name: str, about: str = "", **how: Any) -> dict[str, str]:
    return await ctx.step.run(name, post, about or name, **how)


def said(decision: Any) -> dict[str, object]:
    """Answer a decision in plain words."""
    match decision:
        case Approved(by=by, note=note, votes=votes):
            return {"said": "approved", "by": by, "note": note, "votes": len(votes)}
        case Rejected(by=by, note=note):
            return {"said": "rejected", "by": by, "note": note}
        case _:
            return {"said": "expired"}


@job(name="steps", description="Two steps.")
async def steps(ctx: Context, story: Story) -> dict[str, object]:
    first = await do(ctx, "first")
    second = await do(ctx, "second", f"second {story.about}")
    return {"first": first, "second": second}


@job(name="tries", description="A step that is tried again.")
async def tries(ctx: Context, story: Story) -> dict[str, object]:
    await do(ctx, "before the try")
    return await do(ctx, "try", retries=Retries(attempts=4, backoff="5m", longest="1h"))


@job(name="once", description="A step that is begun at most once.")
async def once(ctx: Context, story: Story) -> dict[str, object]:
    try:
        return await do(ctx, "once", at_most_once=True)
    except StepOutcomeUnknown:
        return {"unknown": await do(ctx, "look")}


@job(name="asks", description="Asks, and acts on the answer.")
async def asks(ctx: Context, story: Story) -> dict[str, object]:
    await do(ctx, "before asking")
    decision = await ctx.approval(
        "decision",
        f"Pay {story.about}?",
        show=Amount(order=story.about, amount=5, lines=["one", "two"]),
        why="The customer asked twice.",
        policy=ANYBODY,
        timeout="24h",
    )
    if isinstance(decision, Approved):
        await do(ctx, "pay", f"pay {story.about}")
    return said(decision)


@job(name="asks-plainly", description="Asks without a payload.")
async def asks_plainly(ctx: Context, story: Story) -> dict[str, object]:
    return said(
        await ctx.approval("decision", f"Close {story.about}?", policy=ANYBODY, timeout="24h")
    )


@job(name="asks-two", description="Asks two people.")
async def asks_two(ctx: Context, story: Story) -> dict[str, object]:
    decision = await ctx.approval(
        "both", "Both of you?", show={"story": story.about}, policy=TWO, timeout="24h"
    )
    if isinstance(decision, Approved):
        await do(ctx, "both agreed")
    return said(decision)


@job(name="asks-named", description="Asks people and a group by their ids, with a reason.")
async def asks_named(ctx: Context, story: Story) -> dict[str, object]:
    return said(
        await ctx.approval(
            "named", "You?", show={"amount": 1.5}, policy=NAMED, timeout="24h", channel="#ops"
        )
    )


@job(name="asks-programs", description="Asks people or programs.")
async def asks_programs(ctx: Context, story: Story) -> dict[str, object]:
    return said(await ctx.approval("program", "Program?", policy=PROGRAMS, timeout="24h"))


@job(name="asks-again", description="One name, asked again and again.")
async def asks_again(ctx: Context, story: Story) -> list[dict[str, object]]:
    answers = []
    for n in range(3):
        decision = await ctx.approval(
            "again", f"Round {n}?", show={"round": n}, policy=ANYBODY, timeout="24h"
        )
        answers.append(said(decision))
        await do(ctx, f"round {n}")
    return answers


@job(name="asks-quickly", description="Asks, and does not wait long.")
async def asks_quickly(ctx: Context, story: Story) -> dict[str, object]:
    return said(await ctx.approval("quick", "Now?", policy=ANYBODY, timeout="1m"))


@job(name="waits", description="Waits for an event.")
async def waits(ctx: Context, story: Story) -> dict[str, object]:
    event = await ctx.step.wait_for_event("paid", timeout="24h", expected=["yes", "no"])
    await do(ctx, f"told {event.kind}")
    return {"kind": event.kind, "payload": event.payload, "actor": event.actor}


@job(name="waits-any", description="Waits for the first of two events.")
async def waits_any(ctx: Context, story: Story) -> dict[str, object]:
    expected = {"paid": ["yes"], "abort": ["now", "later"]}
    event = await ctx.step.wait_for_any("first", expected, timeout="24h")
    await do(ctx, f"first was {event.name}")
    return {"name": event.name, "kind": event.kind}


@job(name="buffers", description="Waits for one event after the other; the later may come first.")
async def buffers(ctx: Context, story: Story) -> list[str]:
    kinds = []
    for name in ("first", "second", "second"):
        event = await ctx.step.wait_for_event(name, timeout="24h", expected=["yes", "no"])
        kinds.append(f"{name} {event.kind} {event.payload.get('n')}")
    return kinds


@job(name="sleeps", description="Sleeps between two steps.")
async def sleeps(ctx: Context, story: Story) -> str:
    await do(ctx, "before the sleep")
    await ctx.step.sleep("nap", "2h")
    await do(ctx, "after the sleep")
    return "slept"


@job(name="facts", description="Time, ids and chance, and a message; then waits.")
async def facts(ctx: Context, story: Story) -> dict[str, object]:
    known = {
        "now": (await ctx.step.now()).isoformat(),
        "uuid": str(await ctx.step.uuid()),
        "random": await ctx.step.random(),
        "patched": ctx.patched("new-flow"),
        "sent": await ctx.plugins.slack.post_message(channel="#ops", text="Hello"),
    }
    await ctx.step.wait_for_event("go", timeout="24h", expected=["yes"])
    return known


async def _asking(ctx: Context) -> dict[str, object]:
    decision = await ctx.approval(
        "inner", "In a branch?", show={"branch": 0}, policy=ANYBODY, timeout="24h"
    )
    await do(ctx, "asked in a branch")
    return said(decision)


async def _sleeping(ctx: Context) -> str:
    await do(ctx, "before the nap")
    await ctx.step.sleep("nap", "1h")
    await do(ctx, "after the nap")
    return "slept"


async def _waiting(ctx: Context) -> str:
    event = await ctx.step.wait_for_event("item", timeout="24h", expected=["yes"])
    return event.kind


@job(name="gathers", description="Three things at once.")
async def gathers(ctx: Context, story: Story) -> dict[str, object]:
    both = await ctx.step.gather("fan", _asking(ctx), _sleeping(ctx), _waiting(ctx))
    await do(ctx, "joined")
    return {"branches": both}


@job(name="orders", description="Has another job do it.")
async def orders(ctx: Context, story: Story) -> dict[str, object]:
    try:
        found = await ctx.run_job(asks, Story(about=f"{story.about}, part"), timeout="2d")
    except ChildFailed as error:
        found = {"failed": error.kind}
    await do(ctx, "ordered")
    return {"part": found}


@job(name="orders-in-vain", description="Has another job do it, which fails.")
async def orders_in_vain(ctx: Context, story: Story) -> dict[str, object]:
    found = await ctx.run_job(fails, story, timeout="2d")
    return {"part": found}


@job(name="fails", description="Fails at its second step.")
async def fails(ctx: Context, story: Story) -> dict[str, object]:
    await do(ctx, "before the failure")
    return await do(ctx, "bad")


@job(name="closes", description="Tidies up after itself, with steps and with a question.")
async def closes(ctx: Context, story: Story) -> dict[str, object]:
    try:
        await do(ctx, "open")
        await ctx.step.wait_for_event("paid", timeout="24h", expected=["yes"])
    except RunCancelled:
        asked = await ctx.approval("closing", "Close it?", policy=ANYBODY, timeout="24h")
        await do(ctx, "close", f"closed, {said(asked)['said']}")
        raise
    return {"open": True}


@job(name="changes", description="Is about to be changed.")
async def changes(ctx: Context, story: Story) -> list[str]:
    await do(ctx, "first")
    event = await ctx.step.wait_for_event("go", timeout="24h", expected=["yes"])
    await do(ctx, "last")
    return [event.kind]


@job(name="missing", description="Is about to be removed.")
async def missing(ctx: Context, story: Story) -> list[str]:
    event = await ctx.step.wait_for_event("go", timeout="24h", expected=["yes"])
    await do(ctx, "found again")
    return [event.kind]


@job(name="dies", description="Takes its process with it.")
async def dies(ctx: Context, story: Story) -> list[str]:
    await do(ctx, "before death")
    await do(ctx, "death")
    return ["alive"]


@job(name="ticks", description="Starts by itself.", cron="0 9 * * *", timezone="Europe/Berlin")
async def ticks(ctx: Context, story: Story) -> dict[str, str]:
    return await do(ctx, "tick", f"tick {story.about}")


class Long(BaseModel):
    """More than one page of a form."""

    a: str
    b: str
    c: str
    d: str
    e: str
    f: str
    g: str
    h: str
    i: str
    j: str


@job(name="form", description="Is started by a long form.")
async def form(ctx: Context, long: Long) -> Long:
    return long
