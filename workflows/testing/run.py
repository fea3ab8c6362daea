"""A run in a kit: what people and programs do to it, and what they would see of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from workflows.approvals.gate import Card, Choice, Person, Vote
from workflows.approvals.gates import Closed, Gates, Misplaced, Missing, Outdated
from workflows.approvals.policy import Ruling
from workflows.approvals.view import GateView
from workflows.engine.base import (
    RETRY,
    Done,
    Engine,
    NotCancelled,
    NotDone,
    NotRetried,
    Retry,
    RunStatus,
    RunView,
    WaitStatus,
    WaitView,
)
from workflows.event import Delivery, Receipt
from workflows.testing.people import member

_keys = count(1)


class NotSo(AssertionError):
    """A run is not where the test takes it to be; the message says where it is."""


class Stage(Protocol):
    """What a run needs of its kit."""

    @property
    def engine(self) -> Engine: ...
    @property
    def gates(self) -> Gates: ...
    async def settle(self) -> None: ...


@dataclass(frozen=True, slots=True)
class KitRun:
    """One run. Before a call returns, the run has gone on until it waits or has ended."""

    id: str
    _kit: Stage

    # -- what is done to it -------------------------------------------------------------------

    async def approve(
        self, by: Person, note: str | None = None, *, name: str | None = None
    ) -> Ruling | Closed:
        """Press *Approve*, as *by*; answers what that did. *name*: which of several approvals."""
        return await self._decide(Vote(by, Choice.APPROVED, note, via="slack"), name)

    async def reject(
        self, by: Person, note: str | None = None, *, name: str | None = None
    ) -> Ruling | Closed:
        """Press *Reject*, as *by*; answers what that did."""
        return await self._decide(Vote(by, Choice.REJECTED, note, via="slack"), name)

    async def deliver(
        self,
        name: str,
        payload: Mapping[str, Any],
        *,
        key: str | None = None,
        by: Person | None = None,
    ) -> Receipt:
        """Deliver an event, as the API does: *payload* has a ``kind``.

        By a token, or by *by*: where it meets an open approval it is a vote of theirs.
        """
        person = by or Person.token("kit")
        delivery = Delivery(
            run_id=self.id,
            name=name,
            kind=str(payload["kind"]),
            actor=person.actor,
            via="api",
            scope="kit",
            key=key or f"key-{next(_keys)}",
            payload=dict(payload),
        )
        receipt = await self._kit.gates.deliver(delivery, person)
        await self._kit.settle()
        return receipt

    async def cancel(
        self, by: Person | None = None, *, force: bool = False
    ) -> Done | NotDone | NotCancelled:
        """Ask it to end; *force*: now, without its closing code."""
        actor = (by or member()).actor
        done = await self._kit.engine.cancel(self.id, by=actor, via="slack", force=force)
        await self._kit.settle()
        return done

    async def retry(
        self, by: Person | None = None, how: Retry = RETRY
    ) -> Done | NotDone | NotRetried:
        """Continue it where it is blocked or has failed; *how*: what is said with that."""
        actor = (by or member()).actor
        done = await self._kit.engine.retry(self.id, by=actor, via="slack", how=how)
        await self._kit.settle()
        return done

    # -- what is seen of it -------------------------------------------------------------------

    async def view(self) -> RunView:
        """Answer all that readers are shown of it, timeline included."""
        found = await self._kit.engine.get(self.id)
        if found is None:
            raise NotSo(f"there is no run {self.id} any more")
        return found

    async def status(self) -> RunStatus:
        """Answer how it stands."""
        return (await self.view()).status

    async def result(self) -> Any:
        """Answer what it returned, as plain JSON. Raises NotSo where it has not completed."""
        found = await self.view()
        if found.status is not RunStatus.COMPLETED:
            raise NotSo(f"the run has not completed: {standing(found)}")
        return found.result

    async def error(self) -> Mapping[str, Any]:
        """Answer the ``kind``, ``message`` and ``step`` of its failure. Raises NotSo without."""
        found = await self.view()
        if found.error is None:
            raise NotSo(f"the run has not failed: {standing(found)}")
        return found.error

    async def waits(self) -> tuple[WaitView, ...]:
        """Answer what it waits for now."""
        return tuple(w for w in (await self.view()).waits if w.status is WaitStatus.OPEN)

    async def child(self, name: str | None = None) -> "KitRun":
        """Answer the run that it waits for, or waited for last. Raises NotSo where there is none.

        *name*: which of several.
        """
        started = [w for w in (await self.view()).waits if w.run_id and name in {None, w.name}]
        if not started:
            what = "a run" if name is None else f"a run {name!r}"
            raise NotSo(f"the run has not started {what}: {standing(await self.view())}")
        return KitRun(started[-1].run_id or "", self._kit)

    async def gate(self, name: str | None = None) -> GateView:
        """Answer what people are asked: card, policy, deadline, votes and outcome.

        The open approval, else the last one. Raises NotSo where nobody was asked, or where
        several are open and *name* does not say which.
        """
        asked = [g for g in await self._kit.gates.of_run(self.id) if name in {None, g.name}]
        if not asked:
            what = "anybody anything" if name is None else f"anybody {name!r}"
            raise NotSo(f"the run has not asked {what}: {standing(await self.view())}")
        opened = [gate for gate in asked if gate.status == "open"]
        if len(opened) > 1:
            names = ", ".join(gate.name for gate in opened)
            raise NotSo(f"several approvals are open, so name= one of them: {names}")
        return (opened or asked)[-1]

    async def card(self, name: str | None = None) -> Card:
        """Answer what people are shown: title, why, fields, channel."""
        return (await self.gate(name)).card

    async def _decide(self, vote: Vote, name: str | None) -> Ruling | Closed:
        gate = await self.gate(name)
        answer = await self._kit.gates.decide(gate.id, vote)
        await self._kit.settle()
        if isinstance(answer.ruling, (Misplaced, Missing, Outdated)):
            raise NotSo(f"the approval {gate.name!r} is gone")
        return answer.ruling


def standing(run: RunView) -> str:
    """Answer in a line how a run stands, and why."""
    match run.status:
        case RunStatus.FAILED if run.error is not None:
            return f"failed, {run.error['kind']}: {run.error['message']}"
        case RunStatus.BLOCKED:
            return f"blocked, {run.blocked_reason}"
        case RunStatus.WAITING:
            waits = [w for w in run.waits if w.status is WaitStatus.OPEN]
            named = ", ".join(f"{w.name} ({w.type.value}, until {w.deadline_at})" for w in waits)
            return f"waiting for {named}"
        case status:
            return status.value
