"""How each stored run is brought to its end, by the ordinary doors; and what that comes to.

Executed twice: by the code that wrote the file, whose outcomes are kept, and by today's.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.stored import changed, jobs
from tests.stored.outside import OUTSIDE
from workflows.event import Accepted
from workflows.registry import Job, Registry
from workflows.testing import Kit, KitRun, member

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEAM = "T0HARBOR"
OPENED = NOON + timedelta(minutes=10)
DEE = member("UDEE", name="Dee")

Act = Callable[[Kit, KitRun], Awaitable[object]]


@dataclass(frozen=True)
class Ending:
    """What is done to a run until it ends, and with which jobs."""

    act: Act
    jobs: tuple[Job, ...]


def of_today() -> tuple[Job, ...]:
    """Answer the jobs as they were when the runs began."""
    registry = Registry()
    registry.add_module(jobs)
    return tuple(registry)


async def ended(story: str, database: Path) -> dict[str, Any]:
    """Open a copy of *database*, end the run of *story*, and answer what that came to."""
    ending = ENDINGS[story]
    OUTSIDE.done.clear()
    OUTSIDE.troubles.clear()
    async with Kit(*ending.jobs, at=OPENED, database=database) as kit:
        run = KitRun(run_of(database, story), kit)
        answered = await ending.act(kit, run)
        return await outcome(kit, run) | {"answered": _plain(answered)}


def run_of(database: Path, story: str) -> str:
    """Answer the run of a story: that is the key with which it was started."""
    story = SAME_RUN.get(story, story)
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT id FROM runs WHERE start_scope = 'stored' AND start_key = ?"
        ((found,),) = connection.execute(query, (story,))
    return str(found)


async def outcome(kit: Kit, run: KitRun) -> dict[str, Any]:
    """Answer all of a run that must not depend on the version that ended it."""
    view = await run.view()
    children = sorted(wait.run_id for wait in view.waits if wait.run_id)
    return {
        "status": view.status.value,
        "result": view.result,
        "error": view.error and [view.error["kind"], view.error["step"]],
        "done": OUTSIDE.of_run(run.id),
        "done by children": [OUTSIDE.of_run(child) for child in children],
        "waits": [[w.name, w.nth, w.type.value, w.status.value] for w in view.waits],
        "gates": [_gate(gate) for gate in await kit.gates.of_run(run.id)],
    }


def _gate(gate: Any) -> list[object]:
    votes = [[cast.person, cast.choice.value, cast.note] for cast in gate.votes]
    return [gate.name, gate.nth, gate.status.value, gate.decided_by, gate.note, votes]


def _plain(answered: object) -> object:
    match answered:
        case None | str() | bool():
            return answered
        case Accepted(disposition=disposition, repeated=repeated):
            return [disposition.value, repeated]
        case list():
            return [_plain(each) for each in answered]
        case _:
            return type(answered).__name__


# -- what is done --------------------------------------------------------------------------------


async def nothing(kit: Kit, run: KitRun) -> None:
    """It goes on by itself."""


async def approve(kit: Kit, run: KitRun) -> object:
    return await run.approve(DEE, "Checked")


async def reject(kit: Kit, run: KitRun) -> object:
    return await run.reject(DEE, "Too much")


async def retry(kit: Kit, run: KitRun) -> object:
    return await run.retry(DEE)


async def cancel(kit: Kit, run: KitRun) -> object:
    return await run.cancel(DEE)


def delivered(name: str, kind: str, **payload: Any) -> Act:
    async def act(kit: Kit, run: KitRun) -> object:
        return await run.deliver(name, {"kind": kind} | payload, key="after")

    return act


def moved(**length: float) -> Act:
    async def act(kit: Kit, run: KitRun) -> None:
        await kit.move(**length)

    return act


async def by_token(kit: Kit, run: KitRun) -> object:
    return await run.deliver("program", {"kind": "approved", "note": "By rule"}, key="after")


async def by_name(kit: Kit, run: KitRun) -> object:
    """Somebody who is not named is refused; who is named needs a reason; then it counts."""
    named = member("U024BE7LH", in_channel=False)
    return [
        await run.approve(DEE, "Me"),
        await run.approve(named),
        await run.approve(named, "Looked at it"),
    ]


async def again_and_again(kit: Kit, run: KitRun) -> object:
    return [await run.approve(DEE), await run.reject(DEE)]


async def first_then_second(kit: Kit, run: KitRun) -> object:
    """What came early answers the later waits, in the order in which it came."""
    early = await run.deliver("second", {"kind": "yes", "n": 0}, key="early-0")
    return [early, await run.deliver("first", {"kind": "yes", "n": 9}, key="after")]


async def all_branches(kit: Kit, run: KitRun) -> object:
    """The branches end one after the other; the question may have been answered before."""
    waits = {wait.name for wait in await run.waits()}
    answers: list[object] = []
    for name in sorted(waits):
        if name.endswith("inner"):
            answers.append(await run.approve(DEE, name=name))
        if name.endswith("item"):
            answers.append(await run.deliver(name, {"kind": "yes"}, key="after"))
    await kit.move(hours=2)
    return answers


async def child_approved(kit: Kit, run: KitRun) -> object:
    return await (await run.child()).approve(DEE, "For the child")


async def child_cancelled(kit: Kit, run: KitRun) -> object:
    return await (await run.child()).cancel(DEE)


async def closing_answered(kit: Kit, run: KitRun) -> object:
    return await run.approve(DEE)


async def cancelled_then_closed(kit: Kit, run: KitRun) -> object:
    return [await run.cancel(DEE), await run.approve(DEE)]


async def tried_until_it_works(kit: Kit, run: KitRun) -> None:
    await kit.move(hours=1)


async def tried_in_vain(kit: Kit, run: KitRun) -> None:
    OUTSIDE.troubles["try"] = "down"
    await kit.move(hours=5)


async def missed_ticks(kit: Kit, run: KitRun) -> None:
    await kit.move(days=1)


SAME_RUN = {
    "retrying, in vain": "retrying",
    "job missing, still": "job missing",
    "failed, as it is": "failed",
}
BEFORE, CHANGED = of_today(), tuple(changed.registry())

ENDINGS: Mapping[str, Ending] = {
    story: act if isinstance(act, Ending) else Ending(act, BEFORE)
    for story, act in {
        "ready": nothing,
        "running": nothing,
        "retrying": tried_until_it_works,
        "retrying, in vain": tried_in_vain,
        "at most once": nothing,
        "approval": approve,
        "approval, rejected": reject,
        "approval, silence": moved(hours=25),
        "approval, an event": by_token,
        "approval without payload": approve,
        "approval by name": by_name,
        "a reason is being given": reject,
        "a card without an answer": approve,
        "a card that is not sent": approve,
        "one vote of two": approve,
        "one vote of two, rejected": reject,
        "second question": again_and_again,
        "bare wait": delivered("paid", "yes", amount=5),
        "bare wait, silence": moved(hours=25),
        "any": delivered("abort", "later"),
        "any, silence": moved(hours=25),
        "buffered": first_then_second,
        "sleep": moved(hours=3),
        "facts": delivered("go", "yes"),
        "gather": all_branches,
        "gather, one branch done": all_branches,
        "child": child_approved,
        "child, cancelled": child_cancelled,
        "closing": closing_answered,
        "cancelled while it waits": cancelled_then_closed,
        "nondeterminism": Ending(retry, CHANGED),
        "nondeterminism, old code": retry,
        "job missing": nothing,
        "job missing, still": Ending(nothing, CHANGED),
        "poison": retry,
        "failed": retry,
        "failed at a child": retry,
        "failed, as it is": nothing,
        "cancelled": approve,
        "completed": nothing,
        "expired": approve,
        "decided, approve": reject,
        "decided, reject": approve,
    }.items()
}
