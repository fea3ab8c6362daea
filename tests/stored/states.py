"""Runs brought into every state there is, as people and programs bring them there."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from bot.sandbox import Fault
from bot.seals import Seals
from store import tokens
from tests.journeys.town import Town
from tests.stored.endings import NOON, TEAM
from tests.stored.outside import OUTSIDE
from workflows.approvals.gate import Person
from workflows.engine.base import Start, TimelineView
from workflows.event import Delivery

LONG = dict.fromkeys("abcdef", "x")
ANA = f"slack:{TEAM}:UANA"
TOKEN = "b7f3"


async def eventually(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not await is_so():  # noqa: ASYNC110  what else would tell
            await asyncio.sleep(0.01)


class Writer:
    """Brings runs into their states, as people and programs would."""

    def __init__(self, at: Town) -> None:
        self.town = at

    async def start(self, story: str, job: str, **arguments: Any) -> str:
        """Start a run whose key is its story."""
        bo = f"slack:{TEAM}:{self.town.member('bo').id}"
        given = {"about": story} | arguments
        asked = Start(job, given, requested_by=bo, via="api", scope="stored", key=story)
        return (await self.town.harbor.engine.start(asked)).run_id

    async def until(self, run_id: str, *wanted: str) -> None:
        """Wait until a run is in one of these states, and its cards are out."""

        async def is_there() -> bool:
            found = await self.town.harbor.engine.get(run_id)
            return found is not None and found.status.value in wanted

        await eventually(is_there)
        await self.town.harbor.dispatcher.drain()

    async def parked(self, story: str, job: str, **arguments: Any) -> str:
        run = await self.start(story, job, **arguments)
        await self.until(run, "waiting")
        return run

    async def timeline(self, run_id: str) -> tuple[TimelineView, ...]:
        found = await self.town.harbor.engine.get(run_id)
        return found.timeline if found else ()

    async def click(self, name: str, run_id: str, action: str, note: str | None = None) -> None:
        """Press a button of a run's latest card."""
        member = self.town.member(name)
        gate = (await self.town.harbor.gates.of_run(run_id))[-1]
        cards = [
            message
            for channel in ("#approvals", "#ops")
            for message in self.town.sandbox.messages(channel)
            if gate.id in orjson.dumps(message.blocks).decode()
        ]
        await member.click(cards[-1], action)
        if note is not None:
            await self.town.sandbox.until(lambda: member.view)
            await member.submit({"note": note})
        await self.town.harbor.dispatcher.drain()

    async def deliver(self, run_id: str, name: str, kind: str, key: str, **payload: Any) -> None:
        delivery = Delivery(
            run_id=run_id,
            name=name,
            kind=kind,
            actor="token:shop",
            via="api",
            scope="token:shop",
            key=key,
            payload={"kind": kind} | payload,
        )
        await self.town.harbor.gates.deliver(delivery, Person.token("shop"))


async def before_the_deploy(writer: Writer) -> None:
    """What the deploy that blocks runs is going to meet; and what has ended by then."""
    engine = writer.town.harbor.engine
    OUTSIDE.troubles["death"] = "dies"
    poisoned = await writer.start("poison", "dies")
    while (await engine.get(poisoned)).status != "blocked":
        await asyncio.sleep(0.05)
        await writer.town.move(seconds=61)
    await writer.parked("nondeterminism", "changes")
    await writer.parked("nondeterminism, old code", "changes")
    await writer.parked("job missing", "missing")
    expired = await writer.parked("expired", "asks-quickly")
    await writer.town.move(seconds=90)
    await writer.until(expired, "completed")


async def after_the_deploy(writer: Writer) -> None:
    """The changed runs are blocked; every other state is made."""
    engine = writer.town.harbor.engine
    for run in await engine.list():
        if run.job in {"changes", "missing"}:
            await writer.deliver(run.id, "go", "yes", "go")
            await writer.until(run.id, "blocked")
    await _ended(writer)
    await _waiting(writer)
    await _asked(writer)
    await _troubled(writer)


async def _ended(writer: Writer) -> None:
    done = await writer.start("completed", "steps")
    await writer.until(done, "completed")
    OUTSIDE.troubles["bad"] = "refused"
    await writer.until(await writer.start("failed", "fails"), "failed")
    await writer.until(await writer.start("failed at a child", "orders-in-vain"), "failed")
    gone = await writer.parked("cancelled", "asks-plainly")
    await writer.town.harbor.engine.cancel(gone, by=ANA, via="slack")
    await writer.until(gone, "cancelled")
    for action in ("approve", "reject"):
        run = await writer.parked(f"decided, {action}", "asks")
        await writer.click("cam", run, action, "Not now" if action == "reject" else None)
        await writer.until(run, "completed")


async def _waiting(writer: Writer) -> None:
    for story, job in (
        ("bare wait", "waits"),
        ("bare wait, silence", "waits"),
        ("any", "waits-any"),
        ("any, silence", "waits-any"),
        ("sleep", "sleeps"),
        ("facts", "facts"),
        ("child", "orders"),
        ("child, cancelled", "orders"),
        ("cancelled while it waits", "closes"),
    ):
        await writer.parked(story, job)
    early = await writer.parked("buffered", "buffers")
    for n, kind in enumerate(("yes", "maybe", "no")):
        await writer.deliver(early, "second", kind, f"early-{n}", n=n)
    closing = await writer.parked("closing", "closes")
    await writer.town.harbor.engine.cancel(closing, by=ANA, via="slack")
    await writer.until(closing, "waiting")
    for story in ("gather", "gather, one branch done"):
        await writer.parked(story, "gathers")
    await writer.click("cam", await _id(writer, "gather, one branch done"), "approve")
    await writer.until(await _id(writer, "gather, one branch done"), "waiting")


async def _asked(writer: Writer) -> None:
    for story, job in (
        ("approval", "asks"),
        ("approval, rejected", "asks"),
        ("approval, silence", "asks"),
        ("approval, an event", "asks-programs"),
        ("approval without payload", "asks-plainly"),
        ("approval by name", "asks-named"),
    ):
        await writer.parked(story, job)
    half = await writer.parked("one vote of two", "asks-two")
    await writer.click("cam", half, "approve")
    turned = await writer.parked("one vote of two, rejected", "asks-two")
    await writer.click("cam", turned, "approve")
    again = await writer.parked("second question", "asks-again")
    await writer.click("cam", again, "approve")

    async def is_asked_again() -> bool:
        return len(await writer.town.harbor.gates.of_run(again)) > 1

    await eventually(is_asked_again)
    await writer.until(again, "waiting")
    asking = await writer.parked("a reason is being given", "asks-plainly")
    await writer.click("dee", asking, "reject")
    dee = writer.town.member("dee")
    await writer.town.sandbox.until(lambda: dee.view)
    await _filling(writer)


async def _filling(writer: Writer) -> None:
    """A form of two pages, of which the first has been filled in."""
    cam = writer.town.member("cam")
    await cam.command("/harbor run form")
    await writer.town.sandbox.until(lambda: cam.view and cam.view.callback_id == "run")
    await cam.submit(LONG)


async def _troubled(writer: Writer) -> None:
    """What is under way, about to be tried again, not yet begun, and not arrived."""
    OUTSIDE.troubles |= {"try": "down", "first": "hangs", "once": "hangs"}
    await writer.until(await writer.start("retrying", "tries"), "ready")
    await _tried(writer, "retrying")
    for story, job in (("running", "steps"), ("at most once", "once")):
        await writer.until(await writer.start(story, job), "running")
    await asyncio.sleep(0.2)  # what was begun is written down
    faults = writer.town.sandbox.faults
    faults.add("chat.postMessage", Fault.reset_after())
    for look_up in ("users.conversations", "conversations.history"):
        faults.add(look_up, Fault.rate_limited(3_600), times=None)
    await writer.parked("a card without an answer", "asks-plainly")
    faults.add("chat.postMessage", Fault.rate_limited(3_600), times=None)
    await writer.parked("a card that is not sent", "asks-plainly")
    await Seals(writer.town.harbor.db, writer.town.clock).tick()
    await writer.town.harbor.db.write(
        tokens.insert,
        tokens.Token(
            public_id=TOKEN,
            name="shop",
            secret_hash="0" * 64,
            scopes="runs:read runs:write",
            job=None,
            created_by="operator:test",
            created_at=NOON,
            revoked_at=None,
        ),
    )


async def _tried(writer: Writer, story: str) -> None:
    """Wait until the last step of a run is about to be tried again."""
    run = await _id(writer, story)

    async def is_tried() -> bool:
        return "step retrying" in {line.what for line in await writer.timeline(run)}

    await eventually(is_tried)


async def _id(writer: Writer, story: str) -> str:
    (found,) = [
        run.id
        for run in await writer.town.harbor.engine.list(limit=1_000)
        if (run.input or {}).get("about") == story
    ]
    return found
