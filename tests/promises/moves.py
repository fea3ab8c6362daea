"""Moves: everything that may happen next, most of it aimed at where it hurts.

A schedule is a list of moves. Seven times of ten a move is aimed: at the wait whose deadline is
nearest and within a tick of it, at the run that executes, at the commit that parks. Else its
object is anybody's.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.promises.clients import SCOPE, Clients
from tests.promises.memory import Fault
from tests.promises.world import World
from tests.workflows.kit import ANA
from workflows.approvals.gate import Choice
from workflows.event import Delivery

AIM = 0.7
NEAR = (-1.0, -0.000_001, 0.0, 0.000_001, 1.0)  # seconds from a deadline
WAITING = """SELECT waits.run_id, waits.name, waits.deadline_at, gates.id FROM waits
    LEFT JOIN gates USING (run_id, name, nth)
    WHERE waits.status = 'open' AND waits.kind = ? ORDER BY waits.deadline_at, waits.run_id"""
# What a run may come to wait for, by its job.
EVENTS: dict[str, tuple[str, ...]] = defaultdict(
    lambda: ("item",),
    closing=("answer",),
    races=("item", "answer"),
    gathers=("fan#1[0]/item", "fan#1[1]/item", "item", "item"),
)
REFUSED = ("work", "flake", "flake", "open", "took", "left last", "once 0", "once 1")
OFTEN = ("park", "record", "claim", "finish", "_decide", "send", "sweep", "cancel", "_start")


class Moves:
    """What can be done to a world; the method's name is the move's."""

    def __init__(self, world: World, clients: Clients) -> None:
        self.world = world
        self.clients = clients
        self.chance = world.chance
        self._keys = 0

    def make(self, move: str) -> None:
        """Make the move of that name; ``start NAME`` starts a run of a job."""
        name, _, job = move.partition(" ")
        if job:
            self.clients.begin(self.clients.start(job, f"{job} {len(self.clients.starts)}"))
        else:
            MOVES[name](self)

    # -- people and programs --------------------------------------------------------------------

    def click(self) -> None:
        """Vote on the gate that ends first, or on any, even one that has ended."""
        gates = [(gate, at) for _, _, at, gate in self.world.look(WAITING, "approval")]
        if not gates or not self._aimed():
            gates = [
                (gate, None) for (gate,) in self.world.look("SELECT id FROM gates ORDER BY id")
            ]
        if not gates:
            return
        gate, at = gates[0] if self._aimed() else self.chance.choice(gates)
        user = self.chance.choice(("UBO", "UCY", "UANA"))
        choice = Choice.APPROVED if self.chance.random() < 0.75 else Choice.REJECTED
        self._when_near(at, lambda: self.clients.vote(gate, user, choice))

    def click_twice(self) -> None:
        """Two people, or one twice, at once."""
        self.click()
        self.click()

    def send(self) -> None:
        """Send an event to a wait that is open, or to a run before it has come there."""
        waiting = [(run, name, at) for run, name, at, _ in self.world.look(WAITING, "event")]
        if not waiting or not self._aimed():
            runs = "SELECT id, job FROM runs ORDER BY id"
            waiting = [
                (run, self.chance.choice(EVENTS[job]), None) for run, job in self.world.look(runs)
            ]
        if not waiting:
            return
        run, name, at = waiting[0] if self._aimed() else self.chance.choice(waiting)
        self._keys += 1
        kind = self.chance.choice(("yes", "yes", "no", "perhaps"))
        delivery = Delivery(run, name, kind, ANA, "api", SCOPE, f"event {self._keys}")
        self._when_near(at, lambda: self.clients.send(delivery))

    def send_again(self) -> None:
        """Send what was sent before; sometimes another content under the same key."""
        if not self.clients.sent:
            return
        earlier = self.chance.choice(self.clients.sent[-3:])
        kind = earlier.kind if self._aimed() else "no"
        again = Delivery(earlier.run_id, earlier.name, kind, ANA, "api", SCOPE, earlier.key)
        self.clients.begin(self.clients.send(again))

    def start_again(self) -> None:
        """Ask for a run by a key that was used before."""
        if not self.clients.starts:
            return
        key = self.chance.choice(sorted(self.clients.starts))
        self.clients.begin(self.clients.start(key.partition(" ")[0], key))

    def cancel(self) -> None:
        """Cancel a run: one that waits and has an event on its way, or any."""
        run = self._a_run("'waiting'", "'running'")
        if run:
            self.clients.begin(self.clients.cancel(run, force=False))
            if self._aimed():
                self.chance.choice((self.click, self.send))()

    def force_cancel(self) -> None:
        """End a run whoever executes it."""
        run = self._a_run("'running'", "'blocked'")
        if run:
            self.clients.begin(self.clients.cancel(run, force=True))

    def retry(self) -> None:
        """A person retries what failed or is blocked."""
        run = self._a_run("'blocked'", "'failed'")
        if run:
            self.world.effects.refused.clear()
            self.clients.begin(self.clients.retry(run))

    def read(self) -> None:
        """Somebody looks."""
        run = self._a_run("'waiting'", "'ready'")
        if run:
            self.clients.begin(self.clients.read(run))

    # -- processes ------------------------------------------------------------------------------

    def crash(self) -> None:
        """Kill the server."""
        self.world.crash()

    def crash_at_commit(self) -> None:
        """Kill the server before or after the next commit of some kind."""
        self._fault(self.chance.choice(("crash_before", "crash_after")))

    def crash_worker(self) -> None:
        """Drop the memory of one worker; its leases run out."""
        server = self.world.server
        alive = [actor for actor in server.workers if not actor.is_dead] if server else []
        if server and alive:
            self.chance.choice(alive).is_dead = True
            self.world.faulted("crash_worker")
            server.add_worker()

    def trouble(self) -> None:
        """Something befalls the next effects."""
        troubles = ("crash_before", "crash_after", "raise", "raise", "dawdle", "freeze")
        wanted = self.chance.choices(troubles, k=self.chance.choice((1, 1, 3)))
        self.world.effects.troubles.extend(wanted)

    def refuse(self) -> None:
        """The other side takes something no more, until a person has it mended."""
        what = self.chance.choice(REFUSED)
        self.world.effects.refused.add(what)
        self.world.faulted("refuse", what)

    def answer_early(self) -> None:
        """What is going to fail has been sent an event before, is waited for, or makes amends."""
        self.world.effects.refused |= {"flake", "work"}
        job = self.chance.choice(("early", "parents", "amends"))
        self.clients.begin(self._answered_early(job))

    def freeze(self) -> None:
        """Stop a worker, the one that executes something if there is one."""
        server = self.world.server
        if server and server.workers:
            if len(server.workers) < 3:
                server.add_worker()
            busy = [
                actor
                for actor, node in zip(server.workers, server.nodes, strict=True)
                if node.worker._passes
            ]
            self.world.freeze(self.chance.choice(busy or server.workers))

    def slow(self) -> None:
        """One worker dawdles, or the store does, until it does not."""
        server = self.world.server
        if server and server.workers and self._aimed():
            actor = self.chance.choice(server.workers)
            actor.slowness = 0.0 if actor.slowness else 0.3
            self.world.faulted("slow_worker")
        else:
            self.world.memory.slow = not self.world.memory.slow
            self.world.faulted("slow_store")

    def deploy(self) -> None:
        """Replace the server by one of changed code."""
        self.world.deploy = self.chance.choice(sorted(self.world.deploys))
        self.world.faulted("deploy", self.world.deploy)
        self.world.crash()

    def start_by_itself(self) -> None:
        """Replace the server by one of code that starts a job every minute."""
        (self.world.deploy,) = self.world.by_itself
        self.world.faulted("deploy", self.world.deploy)
        self.world.crash()

    # -- the store and the clock ----------------------------------------------------------------

    def fail_commit(self) -> None:
        """The next commit of some kind fails."""
        self._fault("fail")

    def lose_answer(self) -> None:
        """The next commit of some kind is applied, and its callers hear that it was not."""
        self._fault("lose_answer")

    def store_down(self) -> None:
        """No commit succeeds for a while."""
        memory = self.world.memory
        if not memory.is_down:
            memory.is_down = True
            self.world.faulted("store_down")
            length = self.chance.choice((0.05, 1.0, 5.0, 65.0))
            self.world.loop.call_later(length, lambda: setattr(memory, "is_down", False))

    def lose_hints(self) -> None:
        """What a commit announces is not heard."""
        self.world.memory.hints_lost = not self.world.memory.hints_lost
        self.world.faulted("hints_lost")

    def clock_forward(self) -> None:
        """The clock on the wall jumps ahead."""
        self._jump(self.chance.choice((1.0, 29.0, 61.0, 7200.0)))

    def clock_back(self) -> None:
        """The clock on the wall jumps back."""
        self._jump(-self.chance.choice((0.5, 1.0, 30.0, 90.0)))

    # -- time -----------------------------------------------------------------------------------

    async def pause(self) -> None:
        """Let some time pass, or none: until the next deadline, a moment, a few turns."""
        dice = self.chance.random()
        if dice < 0.25:
            return
        if dice < 0.6:
            for _ in range(self.chance.randrange(1, 12)):
                await asyncio.sleep(0)
        elif dice < 0.85:
            await asyncio.sleep(self.chance.choice((0.001, 0.1, 1.0, 3.0)))
        else:
            due = self.world.until_something_is_due()
            await asyncio.sleep(max(0.0, due + self.chance.choice(NEAR)))

    # -- parts ----------------------------------------------------------------------------------

    def _aimed(self) -> bool:
        return self.chance.random() < AIM

    def _a_run(self, *favoured: str) -> str | None:
        runs = self.world.look("SELECT id FROM runs ORDER BY id")
        if self._aimed():
            favourite = f"SELECT id FROM runs WHERE status IN ({', '.join(favoured)}) ORDER BY id"  # noqa: S608
            runs = self.world.look(favourite) or runs
        return self.chance.choice(runs)[0] if runs else None

    def _when_near(self, deadline: int | None, work: Callable[[], Any]) -> None:
        """Begin *work* now, or within a tick of a deadline."""
        if deadline is None or self.chance.random() < 0.5:
            self.clients.begin(work())
            return
        until = (deadline - self.world.micros()) / 1e6 + self.chance.choice(NEAR)
        self.clients.begin(self._later(until, work))

    async def _answered_early(self, job: str) -> None:
        await self.clients.start(job, f"{job} {len(self.clients.starts)}")
        await asyncio.sleep(1.0)
        self._keys += 1
        for (run,) in self.world.look("SELECT max(id) FROM runs WHERE job = 'early'"):
            if run:
                key = f"event {self._keys}"
                await self.clients.send(Delivery(run, "item", "yes", ANA, "api", SCOPE, key))

    async def _later(self, seconds: float, work: Callable[[], Any]) -> None:
        """Do *work* in so many seconds; its commit may be so late that it is past a deadline."""
        await asyncio.sleep(max(0.0, seconds))
        self.world.memory.late = self.chance.choice((0.0, 0.0, 0.4, 1.5))
        await work()

    def _fault(self, what: str) -> None:
        function = self.chance.choice(OFTEN) if self._aimed() else None
        self.world.memory.faults.append(Fault(what, function))

    def _jump(self, seconds: float) -> None:
        self.world.clock.jumped += timedelta(seconds=seconds)
        self.world.faulted("clock_jump", seconds)


MOVES: dict[str, Callable[[Moves], None]] = {
    name: move
    for name, move in vars(Moves).items()
    if not name.startswith("_") and name not in {"make", "pause"}
}

PEOPLE = ("click", "click", "click_twice", "send", "send", "send_again", "start_again")
RARER = ("cancel", "force_cancel", "retry", "read")
FAULTS = (
    *(name for name in MOVES if name not in {*PEOPLE, *RARER}),
    *("trouble", "trouble", "crash_at_commit", "freeze"),
)
