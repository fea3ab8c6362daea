"""The store of a simulated world: real SQLite in memory, the product's own `Tx`, faults on order.

`Memory` is the file: it outlives every process. `Opened` is what one process has in the place of
`store.database.Database`: the same calls, the same batches and savepoints, the same answers.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random
from typing import Any, Protocol

from store.database import Topic, Tx
from store.errors import NotStored, Stopped
from tests.promises.loop import ACTOR, Actor, ChosenLoop, belonging_to
from workflows.engine.local.outcome import Lease
from workflows.testing.installation import new_installation

HEADER = slice(18, 20)  # the file format: 2, 2 is WAL, which memory does not have
ROLLBACK_JOURNAL = b"\x01\x01"
EMPTIED = (
    "votes",
    "cards",
    "gates",
    "outbox",
    "events",
    "waits",
    "journal",
    "runs",
    "audit",
    "schedules",
    "broken",
)


class AnswerLost(NotStored):
    """The commit happened, and nobody was told: to its caller it is unknown."""


@dataclass
class Fault:
    """Something that goes wrong at the next commit with a call of *function* (None: of any)."""

    what: str  # fail | lose_answer | crash_before | crash_after
    function: str | None = None


@dataclass
class _Call:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    answer: "asyncio.Future[Any]"
    process: "Opened"
    by: Actor

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass
class Memory:
    """The rows, the calls that wait to be committed, and what is about to go wrong."""

    loop: ChosenLoop
    chance: Random
    clock: Callable[[], datetime]
    watch: "Watch"
    crash: Callable[[], None] = lambda: None
    is_down: bool = False
    hints_lost: bool = False
    slow: bool = False
    late: float = 0.0  # seconds by which the next commit is late
    faults: list[Fault] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)  # faults that came to pass
    commits: int = 0
    queue: list[_Call] = field(default_factory=list)
    _is_called: bool = False

    def __post_init__(self) -> None:
        self.connection = _emptied(self.watch.schema)
        self.now = self.clock()
        self._context = belonging_to(Actor("store"))

    def look(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Answer what is committed: how a test looks, at no time and no cost."""
        return self.connection.execute(query, values).fetchall()

    def call(self, call: _Call) -> None:
        """Queue a call; it is committed at a moment of the store's own."""
        self.queue.append(call)
        if not self._is_called:
            self._is_called = True
            late, self.late = self.late, 0.0
            late = late or (self.chance.choice((0.0, 0.01, 0.5)) if self.slow else 0.0)
            if late:
                self.loop.call_later(late, self._work, context=self._context)
            else:
                self.loop.call_soon(self._work, context=self._context)

    def _work(self) -> None:
        self._is_called = False
        # Concurrent calls have no order of their own.
        batch, self.queue = self.queue, []
        self.chance.shuffle(batch)
        batch = [call for call in batch if not call.process.is_dead]
        if batch:
            self._commit(batch)

    def _commit(self, batch: list[_Call]) -> None:
        fault = self._fault(batch)
        if self.is_down or fault == "fail":
            self._answer([(call, None, NotStored("nothing was written: sim")) for call in batch])
            return
        self.connection.execute("BEGIN IMMEDIATE")
        announced: dict[Opened, set[Topic]] = {}
        results = [self._savepoint(call, announced) for call in batch]
        if fault == "crash_before":
            self.connection.execute("ROLLBACK")
            self.crash()
            return
        self.connection.execute("COMMIT")
        self.commits += 1
        self.watch.committed(self)
        if fault == "crash_after":
            self.crash()
            return
        if fault == "lose_answer":
            results = [_lost(*result) for result in results]
        self._answer(results)
        if not self.hints_lost:
            for process, topics in announced.items():
                process.tell(topics)

    def _fault(self, batch: list[_Call]) -> str | None:
        for fault in self.faults:
            if fault.function is None or any(call.name == fault.function for call in batch):
                self.faults.remove(fault)
                self.happened.append(fault.what)
                self.loop.note("fault", fault.what, "at", *(call.name for call in batch))
                return fault.what
        return None

    def _savepoint(self, call: _Call, announced: "dict[Opened, set[Topic]]") -> tuple[Any, ...]:
        execute = self.connection.execute
        self.now = max(self.now, self.clock())
        tx = Tx(self.connection, self.now)
        execute("SAVEPOINT one")
        stale = self._stale(call)
        before = self.connection.total_changes
        try:
            value = call.function(tx, *call.args, **call.kwargs)
        except BaseException as error:  # noqa: BLE001  it belongs to the caller
            execute("ROLLBACK TO one")
            execute("RELEASE one")
            return call, None, error
        if stale and self.connection.total_changes != before:
            self.watch.found(f"a stale holder wrote in {call.name}: {stale}")
        execute("RELEASE one")
        announced.setdefault(call.process, set()).update(tx.announced)
        self.loop.note("commit", call.name, type(value).__name__)
        return call, value, None

    def _stale(self, call: _Call) -> Lease | None:
        """Answer the lease a call writes under, where it is no longer the run's."""
        lease = call.args[0] if call.args and isinstance(call.args[0], Lease) else None
        if lease is None:
            return None
        query = "SELECT 1 FROM runs WHERE id = ? AND epoch = ? AND status = 'running'"
        return None if self.look(query, lease.run_id, lease.epoch) else lease

    def _answer(self, results: list[tuple[Any, ...]]) -> None:
        for call, value, error in results:
            if call.answer.done() or call.process.is_dead:
                continue
            if error is None:
                call.answer.set_result(value)
            else:
                call.answer.set_exception(error)


class Opened:
    """One process's `Database`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._listeners: dict[Topic, list[Callable[[], None]]] = {topic: [] for topic in Topic}
        self.is_dead = False
        self._is_closed = False

    async def write(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """See `Database.write`."""
        if self._is_closed:
            raise Stopped("the database is closed")
        answer = self._memory.loop.create_future()
        self._memory.call(_Call(function, args, kwargs, answer, self, ACTOR.get()))
        return await answer

    async def read(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """See `Database.read`."""
        if self._is_closed:
            raise Stopped("the database is closed")
        return await self._memory.loop.run_in_executor(None, self._read, function, args, kwargs)

    def listen(self, topic: Topic, callback: Callable[[], None]) -> None:
        """See `Database.listen`."""
        self._listeners[topic].append(callback)

    def tell(self, topics: set[Topic]) -> None:
        """Call who listens."""
        for topic in sorted(topics):
            for callback in self._listeners[topic]:
                callback()

    async def close(self) -> None:
        """See `Database.close`."""
        self._is_closed = True

    def die(self) -> None:
        """What was not committed is gone, and nobody waits for an answer."""
        self.is_dead = self._is_closed = True

    def _read(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        memory = self._memory
        return function(Tx(memory.connection, max(memory.now, memory.clock())), *args, **kwargs)


class Watch(Protocol):
    """Looks on at every commit; what it finds is a broken promise."""

    schema: tuple[str, ...] = ()

    def found(self, what: str) -> None:
        """Note a broken promise."""

    def committed(self, memory: Memory) -> None:
        """Look at what has just been committed."""


def _lost(call: _Call, value: Any, error: BaseException | None) -> tuple[Any, ...]:
    """Keep an answer from a client. A worker's process always hears what became of a commit."""
    is_client = call.by.name == "requests" and error is None
    return (call, None, AnswerLost("sim")) if is_client else (call, value, error)


@cache
def _connection(schema: tuple[str, ...]) -> sqlite3.Connection:
    """Answer a new installation in memory, made once: it keeps its compiled statements."""
    pages = bytearray(new_installation())
    pages[HEADER] = ROLLBACK_JOURNAL
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
    connection.deserialize(bytes(pages))
    for statement in schema:
        connection.execute(statement)
    for setting in ("journal_mode = MEMORY", "synchronous = OFF", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _emptied(schema: tuple[str, ...]) -> sqlite3.Connection:
    connection = _connection(schema)
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("UPDATE watched SET value = 0")
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
    connection.execute("UPDATE watched SET value = 1")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
