"""Clients: people and programs that ask, repeat what they got no answer to, and remember all of it.

Every request is noted as *ok* with its answer, *failed* (surely not stored) or *unknown*; after
the schedule, `check` holds the rows against what each client was told, as Jepsen's checkers do.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from store.errors import NotStored
from tests.promises.memory import AnswerLost
from tests.promises.world import Node, World
from tests.workflows.kit import ANA
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice
from workflows.approvals.gates import Answer
from workflows.approvals.policy import Counted, Decides, Repeated
from workflows.engine.base import Done, NotRetried, Objection, Retry, Start
from workflows.errors import HarborError
from workflows.event import Accepted, Delivery
from workflows.plain import dumps

SCOPE = "sim"
TRIES = 4
OVER = {"completed", "cancelled"}


@dataclass
class Told:
    """What the repetitions of one request were answered: values, and whether any is unknown."""

    answers: list[Any] = field(default_factory=list)
    is_unknown: bool = False


class Clients:
    """Everybody outside, and what they were told."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.starts: dict[str, Told] = defaultdict(Told)
        self.events: dict[tuple[str, str], Told] = defaultdict(Told)
        self.votes: dict[tuple[str, str], Told] = defaultdict(Told)
        self.cancels: dict[str, Told] = defaultdict(Told)
        self.seen: dict[str, set[str]] = defaultdict(set)  # gates and runs, as readers saw them end
        self.sent: list[Delivery] = []
        self.others: set[asyncio.Task[Any]] = set()

    def begin(self, work: Any) -> None:
        """Let a client ask while others do."""
        task = self._world.loop.create_task(work)
        self.others.add(task)
        task.add_done_callback(self.others.discard)

    async def start(self, job: str, key: str) -> None:
        start = Start(job, {}, requested_by=ANA, via="test", scope=SCOPE, key=key)
        await self._ask(self.starts[key], lambda node: node.engine.start(start))

    async def send(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        told = self.events[delivery.run_id, delivery.key]
        await self._ask(told, lambda node: node.engine.send(delivery), of=delivery.kind)

    async def vote(self, gate: str, user: str, choice: Choice) -> None:
        vote = a_vote(user, choice)
        told = self.votes[gate, vote.person.actor]
        await self._ask(told, lambda node: node.gates.decide(gate, vote))

    async def cancel(self, run: str, *, force: bool) -> None:
        def ask(node: Node) -> Awaitable[Any]:
            return node.engine.cancel(run, by=ANA, via="test", force=force)

        await self._ask(self.cancels[run], ask)

    async def retry(self, run: str) -> None:
        """Retry a run; where that takes a word about a step, look whether it happened, and say."""
        told = Told()
        await self._retry(told, run, Retry())
        for _, answer in told.answers:
            if isinstance(answer, NotRetried) and answer.why is Objection.OUTCOME_UNKNOWN:
                await self._retry(Told(), run, self._word(run, answer.steps[0]))

    async def _retry(self, told: Told, run: str, how: Retry) -> None:
        await self._ask(told, lambda node: node.engine.retry(run, by=ANA, via="test", how=how))

    def _word(self, run: str, step: str) -> Retry:
        what = step.rpartition("/")[2]
        done = {(effect.run_id, effect.what) for effect in self._world.effects.ledger}
        if (run, what) not in done:
            return Retry(happened=False, step=step)
        return Retry(happened=True, result=dumps([what, {"1": what}]), step=step)

    async def read(self, run: str) -> None:
        """Look at a run and its gates, as a page does; what has ended is remembered."""
        told = Told()
        await self._ask(told, lambda node: node.engine.get(run))
        await self._ask(told, lambda node: node.gates.of_run(run))
        if len(told.answers) == 2:
            (_, view), (_, gates) = told.answers
            self.seen[run] |= {view.status.value} & OVER
            for gate in gates:
                self.seen[gate.id] |= {gate.status.value} - {"open"}

    async def _ask(
        self, told: Told, ask: Callable[[Node], Awaitable[Any]], of: str | None = None
    ) -> None:
        for _ in range(TRIES):
            try:
                answer = await self._world.request(ask)
            except AnswerLost:
                told.is_unknown = True
            except NotStored:
                pass
            except HarborError:  # no such job, in this deploy; a key that means something else
                return
            else:
                self._world.loop.note("answer", _brief(answer))
                told.answers.append((of, answer))
                return
            await asyncio.sleep(self._world.chance.choice((0.0, 0.3, 4.0, 40.0)))

    # -- the checker ----------------------------------------------------------------------------

    def check(self) -> None:
        """Hold the rows against what clients were told."""
        for key, told in self.starts.items():
            self._check_start(key, told)
        for (run, key), told in self.events.items():
            self._check_event(run, key, told)
        for (gate, person), told in self.votes.items():
            self._check_vote(gate, person, told)
        for run, told in self.cancels.items():
            self._check_cancel(run, told)
        for subject, seen in self.seen.items():
            query = (
                "SELECT status FROM gates WHERE id = ?1 UNION SELECT status FROM runs WHERE id = ?1"
            )
            now = {status for (status,) in self._world.look(query, subject)}
            self._hold(seen <= now, f"I11 {subject} was seen {seen} and is {now}")

    def _check_start(self, key: str, told: Told) -> None:
        ids = {answer.run_id for _, answer in told.answers}
        rows = {row for (row,) in self._world.look("SELECT id FROM runs WHERE start_key = ?", key)}
        self._hold(len(ids) <= 1, f"I4 the start {key} was answered {ids}")
        self._hold(ids <= rows, f"I4 the start {key} was answered {ids}, stored is {rows}")
        self._hold(bool(ids) or told.is_unknown or not rows, f"I2 the start {key} failed: {rows}")

    def _check_event(self, run: str, key: str, told: Told) -> None:
        accepted = {(of, got.event_id) for of, got in told.answers if isinstance(got, Accepted)}
        query = "SELECT kind, id FROM events WHERE run_id = ? AND scope = ? AND key = ?"
        rows = set(self._world.look(query, run, SCOPE, key))
        self._hold(len(rows) <= 1, f"I3 the event {key} is stored as {rows}")
        self._hold(accepted <= rows, f"I1 the event {key} was accepted as {accepted}: {rows}")
        is_known = bool(accepted) or told.is_unknown
        self._hold(is_known or not rows, f"I2 the event {key} was refused, but is stored: {rows}")

    def _check_vote(self, gate: str, person: str, told: Told) -> None:
        query = "SELECT status, decided_by FROM gates WHERE id = ?"
        ((status, by),) = self._world.look(query, gate)
        cast = "SELECT choice FROM votes WHERE gate_id = ? AND person = ?"
        votes = {choice for (choice,) in self._world.look(cast, gate, person)}
        for _, answer in told.answers:
            if answer.gate is not None and answer.gate.status != "open":
                self.seen[gate].add(answer.gate.status.value)
            if isinstance(answer.ruling, Decides):
                known = (answer.ruling.choice.value, person)
                self._hold((status, by) == known, f"I6 {known} decided {gate}, which is {status}")
            if isinstance(answer.ruling, (Decides, Counted, Repeated)):
                self._hold(bool(votes), f"I1 the vote of {person} on {gate} is lost")

    def _check_cancel(self, run: str, told: Told) -> None:
        if any(isinstance(answer, Done) for _, answer in told.answers):
            query = "SELECT 1 FROM runs WHERE id = ? AND cancel_requested_at IS NOT NULL"
            self._hold(bool(self._world.look(query, run)), f"I1 the cancel of {run} is lost")

    def _hold(self, is_true: bool, what: str) -> None:  # noqa: FBT001
        if not is_true:
            self._world.oracle.found(what)


def _brief(answer: object) -> str:
    if isinstance(answer, Answer):
        return f"{answer.ruling}"
    return f"{answer!r:.100}"
