"""A simulated world: a server that dies and comes back, what outlives it, and its outside."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from store.errors import NotStored
from store.ready import Claimed
from tests.promises.effects import INSTALLATION, LEASE, Effects
from tests.promises.jobs import by_itself, registries
from tests.promises.loop import OUTSIDE, Actor, ChosenLoop, belonging_to
from tests.promises.memory import AnswerLost, Memory, Opened
from tests.promises.watch import Oracle
from tests.workflows.kit import NOON, Harness
from workflows import ids
from workflows.context import Context
from workflows.engine.local.outcome import Lease
from workflows.step import Step


class Down(NotStored):
    """Nobody answers."""


class Unheard(AnswerLost):
    """The server died before it answered."""


class Clock:
    """Virtual time, and what somebody did to the clock on the wall."""

    def __init__(self, loop: ChosenLoop) -> None:
        self._loop = loop
        self.jumped = timedelta()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._loop.time()) + self.jumped


class Node(Harness):
    """A worker with its engine; what its passes do outside is known to be theirs."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._new_context = self.worker._new_context
        self.worker._new_context = self._known

    def _known(self, step: Step, run: Claimed) -> Context:
        LEASE.set(Lease(run.id, run.epoch))
        return self._new_context(step, run)


class Server:
    """One process: workers, a sweeper, and whoever answers requests. They die together."""

    def __init__(self, world: "World", deploy: str) -> None:
        self.opened = Opened(world.memory)
        self.requests = Actor("requests")
        self.sweeper = Actor("sweeper")
        self.workers: list[Actor] = []
        self.nodes: list[Node] = []
        self.unanswered: set[asyncio.Future[Any]] = set()
        self._world = world
        self._jobs = (world.deploys | world.by_itself)[deploy]
        self.front = self._node()

    def start(self, workers: int) -> None:
        """Take up what the last process left behind, and begin."""
        self.spawn(self.requests, self._start(workers))

    def add_worker(self) -> None:
        """Begin to execute in one more worker."""
        node, actor = self._node(), Actor(f"worker {len(self.workers)}")
        self.nodes.append(node)
        self.workers.append(actor)
        node.worker.wake()
        self.spawn(actor, node.worker.run())

    def die(self) -> None:
        """End at once; nobody is told anything."""
        self.opened.die()
        for actor in (self.requests, self.sweeper, *self.workers):
            actor.is_dead = True
        for answer in self.unanswered:
            if not answer.done():
                answer.set_exception(Unheard("the server died"))

    def spawn(self, actor: Actor, work: Any) -> "asyncio.Task[Any]":
        return self._world.loop.create_task(work, context=belonging_to(actor))

    def _node(self) -> Node:
        return Node(self.opened, self._world.clock, INSTALLATION, *self._jobs)

    async def _start(self, workers: int) -> None:
        while True:
            try:
                await self.front.engine.recover()
            except NotStored:
                await asyncio.sleep(1)
            else:
                break
        for _ in range(workers):
            self.add_worker()
        self.spawn(self.sweeper, self._sweep())

    async def _sweep(self) -> None:
        """Do what the scheduler does each second, at the seconds when there is something to do."""
        while True:
            with suppress(NotStored):
                await self.front.engine.sweep()
            for node in self.nodes:
                node.worker.wake()
            await asyncio.sleep(self._world.until_something_is_due())


class World:
    """Everything there is, and chance, which decides."""

    def __init__(self, chance: Random, *, workers: int = 1, look_every: int = 4) -> None:
        self.chance = chance
        self.loop = ChosenLoop(chance)
        self.clock = Clock(self.loop)
        self.oracle = Oracle(look_every)
        self.memory = Memory(self.loop, chance, self.clock.now, self.oracle, self.crash)
        self.effects = Effects(self)
        self.deploys = registries(self)
        self.by_itself = {"by itself": by_itself(self)}  # chosen by a move of its own
        self.workers = workers
        self.deploy = "today"
        self.releases = ["today"]  # the deploys that were ever booted, one after the other
        self.server: Server | None = None
        self.faults: Counter[str] = Counter()
        self.is_calm = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Be what this thread runs; ids come from chance as well."""
        real, ids.secrets = ids.secrets, _Seeded(self.chance)
        try:
            with self.loop.running():
                yield
        finally:
            ids.secrets = real
            self.faults.update(self.memory.happened)

    # -- the server's life ----------------------------------------------------------------------

    def boot(self) -> None:
        """Start a server, unless there is one."""
        if self.server is None:
            self.loop.note("boot", self.deploy)
            if self.deploy != self.releases[-1]:
                self.releases.append(self.deploy)
            self.server = Server(self, self.deploy)
            self.server.start(self.workers)

    def crash(self) -> None:
        """Kill the server; it comes back after a while."""
        if self.server is None:
            return
        self.loop.note("crash")
        self.faults["crash"] += 1
        server, self.server = self.server, None
        server.die()
        away = self.chance.choice((0.0, 0.5, 3.0, 30.0, 70.0))
        self.loop.call_later(away, self.boot, context=belonging_to(OUTSIDE))

    async def die(self) -> None:
        """Kill the server from within."""
        self.crash()
        await self.loop.create_future()

    def freeze(self, actor: Actor) -> None:
        """Stop an actor for a time that may be longer than its lease."""
        if actor.is_frozen or actor.name == "outside":
            return
        self.loop.note("freeze", actor.name)
        self.faults["freeze"] += 1
        actor.is_frozen = actor.was_frozen = True
        length = self.chance.choice((5.0, 61.0, 62.0, 130.0))
        self.loop.call_later(length, self.loop.thaw, actor, context=belonging_to(OUTSIDE))

    def faulted(self, what: str, *where: object) -> None:
        """Note a fault that came to pass."""
        self.faults[what] += 1
        self.loop.note("fault", what, *where)

    # -- requests -------------------------------------------------------------------------------

    async def request(self, ask: Callable[[Node], Awaitable[Any]]) -> Any:
        """Ask the server something. Raises Down, Unheard, or what its answer is."""
        server = self.server
        if server is None:
            raise Down("nobody listens")
        answer = self.loop.create_future()
        server.unanswered.add(answer)
        server.spawn(server.requests, _answered(ask, server.front, answer))
        try:
            return await answer
        finally:
            server.unanswered.discard(answer)

    # -- what a test may know -------------------------------------------------------------------

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Answer what is committed."""
        return self.memory.look(query, *values)

    def micros(self) -> int:
        """Answer the time as the store writes it."""
        return ids_micros(self.clock.now())

    def until_something_is_due(self) -> float:
        """Answer seconds until a deadline, a back-off or a lease ends; a tick at the least."""
        ((due,),) = self.look(_NEXT_DUE, self.micros())
        late = self.chance.choice((0.0, 0.001, 0.9))
        if due is None:
            return 15.0
        return min(max((due - self.micros()) / 1e6, 0.0), 15.0) + late


_NEXT_DUE = """SELECT min(at) FROM (
    SELECT min(deadline_at) AS at FROM waits WHERE status = 'open' AND deadline_at > ?1
    UNION ALL SELECT min(next_at) FROM schedules WHERE next_at > ?1
    UNION ALL SELECT min(ready_at) FROM runs WHERE status = 'ready' AND ready_at > ?1
    UNION ALL SELECT min(lease_until) FROM runs WHERE status = 'running' AND lease_until > ?1)"""


def ids_micros(at: datetime) -> int:
    """Answer microseconds since 1970."""
    return (at - ids.EPOCH) // timedelta(microseconds=1)


async def _answered(
    ask: Callable[[Node], Awaitable[Any]], node: Node, answer: "asyncio.Future[Any]"
) -> None:
    try:
        value = await ask(node)
    except Exception as error:  # noqa: BLE001  it belongs to who asked
        if not answer.done():
            answer.set_exception(error)
    else:
        if not answer.done():
            answer.set_result(value)


class _Seeded:
    """`secrets`, of chance."""

    def __init__(self, chance: Random) -> None:
        self.randbits = chance.getrandbits

    def token_hex(self, nbytes: int) -> str:
        return f"{self.randbits(nbytes * 8):0{nbytes * 2}x}"
