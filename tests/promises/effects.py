"""The outside world: a ledger of what was done to it, which outlives every process."""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.promises.loop import ACTOR
from workflows.engine.local.outcome import Lease
from workflows.ids import step_key
from workflows.step import current_step

if TYPE_CHECKING:
    from tests.promises.world import World

LEASE: ContextVar[Lease] = ContextVar("lease")
INSTALLATION = "simulated"


@dataclass(frozen=True)
class Effect:
    """Something done outside, under which key, by which release, and whether by the run's owner."""

    run_id: str
    what: str
    key: str
    attempt: int
    release: int
    by_owner: bool


class Effects:
    """Step functions whose effects are kept, and the troubles that are about to befall them."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.ledger: list[Effect] = []
        self.refused: set[str] = set()  # what the other side does not take, until it is mended
        self.troubles: list[str] = []  # crash_before, crash_after, raise, dawdle, freeze

    async def post(self, what: str) -> Any:
        """Do *what*. The answer is of a form that JSON changes."""
        trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble:
            self._world.faulted(trouble, what)
        if trouble == "crash_before":
            await self._world.die()
        if trouble == "freeze":
            self._world.freeze(ACTOR.get())
            await asyncio.sleep(0)
        self._happen(what)
        if trouble == "crash_after":
            await self._world.die()
        if trouble == "dawdle":
            await asyncio.sleep(self._world.chance.choice((0.5, 5.0, 25.0, 70.0)))
        if trouble == "raise" or what in self.refused:
            raise ConnectionResetError("no answer")
        return what, {1: what}

    def _happen(self, what: str) -> None:
        step, lease = current_step(), LEASE.get()
        memory = self._world.memory
        owner = "SELECT 1 FROM runs WHERE id = ? AND epoch = ? AND status = 'running'"
        by_owner = bool(memory.look(owner, lease.run_id, lease.epoch))
        if by_owner and step.key in self._journaled(lease.run_id):
            self._world.oracle.found(f"I12 {what} was done again though its result was durable")
        release = len(self._world.releases)
        self.ledger.append(Effect(lease.run_id, what, step.key, step.attempt, release, by_owner))
        self._world.loop.note("effect", what, step.attempt, "" if by_owner else "by a late owner")

    def _journaled(self, run_id: str) -> set[str]:
        done = """SELECT name, nth FROM journal WHERE run_id = ? AND kind = 'step'
            AND status IN ('done', 'failed')"""
        found = self._world.memory.look(done, run_id)
        return {step_key(INSTALLATION, run_id, name, nth) for name, nth in found}
