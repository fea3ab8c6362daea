"""Changing: one run whose code is changed between two passes, from beginning to end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Self, cast

from store.database import Database
from tests.promises.changes.edits import HARMLESS, edited
from tests.promises.changes.program import Key, Program, answer, kind, made_up, reference
from tests.promises.changes.rows import Rows
from tests.promises.changes.tale import TALES, Tale, interpret, note
from tests.workflows.kit import FakeClock, Harness, a_job
from workflows.approvals.gate import Choice, Vote
from workflows.approvals.view import GateStatus, GateView
from workflows.engine.base import RunStatus, RunView, WaitKind, WaitStatus, WaitView
from workflows.testing import member

OVER = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
MOST_ACTIONS = 200
PEOPLE = ("UBO", "UCY")


@dataclass(frozen=True)
class Case:
    """A program, what it becomes, and after how many answers that is deployed."""

    before: Program
    after: Program
    edit: str
    deploy_at: int
    goes_back: bool  # where it is blocked, the old code is brought back

    @classmethod
    def made_up(cls, chance: Random) -> Self:
        """Have chance decide."""
        before = made_up(chance)
        edit, after = edited(before, chance)
        parks = reference(before).parks
        return cls(before, after, edit, chance.randint(1, max(parks, 1)), chance.random() < 0.5)


@dataclass
class Outcome:
    """What came of a case."""

    case: Case
    status: str
    violations: list[str]
    was_deployed: bool
    was_blocked: bool
    is_noted: bool


class Stage:
    """An engine on a database in memory, on which one case after the other is played."""

    def __init__(self) -> None:
        self._clock = FakeClock()
        self._rows = Rows(self._clock.now)
        db = cast(Database, self._rows)
        self._harness = Harness(db, self._clock, "changes", a_job(interpret))

    async def close(self) -> None:
        TALES.clear()
        await self._rows.close()

    async def play(self, case: Case, chance: Random) -> Outcome:
        """Play one case; whatever happens, an outcome comes back."""
        self._rows.chance = chance
        return await _Play(self._harness, self._clock, case, chance).whole()


class _Play:
    """One case, being played."""

    def __init__(self, harness: Harness, clock: FakeClock, case: Case, chance: Random) -> None:
        self._harness = harness
        self._clock = clock
        self._case = case
        self._chance = chance
        self._tale = Tale(case.before, before=reference(case.before).order)
        self._run = ""
        self._was_deployed = False
        self._was_blocked = False
        self._done_at_deploy = 0

    async def whole(self) -> Outcome:
        self._run = await self._harness.start()
        TALES[self._run] = self._tale
        await self._pass()
        for actions in range(1, MOST_ACTIONS):
            view = await self._harness.get(self._run)
            if view.status in OVER:
                break
            if view.status is RunStatus.BLOCKED:
                if not await self._unblocked():
                    break
                continue
            await self._act(view)
            if actions == self._case.deploy_at:
                self._deploy()
            await self._pass()
        return await self._judged()

    def _deploy(self) -> None:
        self._was_deployed = True
        self._tale.program = self._case.after
        self._done_at_deploy = len(self._tale.effects)

    async def _pass(self) -> None:
        """Have the run go on until it waits, and look at what it has asked."""
        await self._harness.move()
        for gate in await self._harness.gates.of_run(self._run):
            self._tale.asked.setdefault((gate.name, gate.nth), _asked(gate))

    async def _unblocked(self) -> bool:
        """Bring the old code back, if that is to be done and has not been."""
        await self._note_blocked()
        if not self._case.goes_back or self._tale.program is self._case.before:
            return False
        self._tale.program = self._case.before
        await self._harness.retry(self._run)
        await self._pass()
        return True

    async def _note_blocked(self) -> None:
        self._was_blocked = True
        if not self._was_deployed or _is_harmless(self._case):
            self._tale.found.append("blocked, though nothing had changed that it could meet")
        reason = (await self._harness.get(self._run)).blocked_reason or ""
        # A step that had failed once goes on where it stands, whatever comes after it.
        tried = {
            (call.key, call.arg) for call in self._tale.calls if call.made_in < self._tale.passes
        }
        done = [each for each in self._tale.done_now() if (each.key, each.arg) not in tried]
        if done and "Nothing was executed" in reason:
            self._tale.found.append(f"blocked after something had been done: {done}")

    # -- what people and programs do --------------------------------------------------------------

    async def _act(self, view: RunView) -> None:
        """Answer one of the things that are waited for, or let the next be due."""
        open_waits = [wait for wait in view.waits if wait.status is WaitStatus.OPEN]
        if not open_waits:
            self._clock.move(seconds=5)
            return
        wait = self._chance.choice(open_waits)
        if wait.type is WaitKind.APPROVAL:
            await self._decide(wait)
        elif wait.type is WaitKind.SLEEP:
            self._wait_until(wait)
        else:
            which = kind(wait.name.rpartition("/")[2])
            await self._harness.deliver(self._run, wait.name, which)

    async def _decide(self, wait: WaitView) -> None:
        """Say what people say to the question as it is stored: nothing else is shown to them."""
        gates = await self._harness.gates.of_run(self._run)
        (gate,) = [g for g in gates if g.id == wait.gate_id and g.status is GateStatus.OPEN]
        asked = _asked(gate)
        if answer(asked) == "silence":
            self._wait_until(wait)
            return
        for user in PEOPLE[: gate.policy.need]:
            vote = Vote(member(user), Choice(answer(asked)), note(asked), via="slack")
            await self._harness.gates.decide(gate.id, vote)

    def _wait_until(self, wait: WaitView) -> None:
        self._clock.move_to(max(wait.deadline_at, self._clock.now()) + timedelta(seconds=1))

    # -- what is made of it -----------------------------------------------------------------------

    async def _judged(self) -> Outcome:
        view = await self._harness.get(self._run)
        if view.status is RunStatus.BLOCKED:
            await self._note_blocked()
        elif view.status is not RunStatus.COMPLETED:
            self._tale.found.append(f"it ended as {view.status.value}: {view.error}")
        else:
            self._judge_result(view.result)
        self._judge_effects()
        if view.status not in OVER:
            await self._harness.cancel(self._run, force=True)
        del TALES[self._run]
        return Outcome(
            self._case,
            view.status.value,
            self._tale.found,
            self._was_deployed,
            self._was_blocked,
            bool(self._tale.noted),
        )

    def _judge_result(self, result: Any) -> None:
        """It is what the program comes to that is deployed, unless a difference was allowed."""
        if self._tale.noted:
            return
        expected = reference(self._tale.program, self._tale.ways).result
        if result != expected:
            self._tale.found.append(f"it came to {result}; undisturbed: {expected}")

    def _judge_effects(self) -> None:
        """Nothing was done more often than one of the programs does it."""
        known = Counter[tuple[str, int]]()
        ways: list[Mapping[Key, bool]] = [{}, self._tale.ways]
        for program in (self._case.before, self._case.after):
            for way in ways:
                known |= reference(program, way).effects
        # What is worked out from a result that was let stand is what neither program works out.
        loose = self._tale.derived if self._tale.noted else set()
        done = Counter((e.name, e.arg) for e in self._tale.effects if e.key not in loose)
        # Of what was tried with other arguments a person has been asked, who let it be made again.
        is_let = self._was_blocked and self._tale.tried_otherwise
        if (more := done - known) and not is_let:
            self._tale.found.append(f"done more often than either program does it: {dict(more)}")
        keys = Counter(effect.key for effect in self._tale.effects)
        if twice := [key for key, times in keys.items() if times > 1]:
            self._tale.found.append(f"done twice: {twice}")


def _is_harmless(case: Case) -> bool:
    return set(case.edit.split(" and ")) <= HARMLESS


def _asked(gate: GateView) -> dict[str, Any]:
    """Answer what a stored question asks."""
    card = gate.card
    return {
        "title": int(card.title.removeprefix("Go for ").removesuffix("?")),
        "why": None if card.why is None else int(card.why.removeprefix("Because of ")[:-1]),
        "shown": None if card.shown is None else card.shown["value"],
        "need": gate.policy.need,
    }
