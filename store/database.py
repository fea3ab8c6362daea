"""One writer, group commit: what is queued is committed together, and answered together.

`write` hands a plain function to the one thread that owns the writing connection. The thread
takes everything queued (it never waits for more), opens one ``BEGIN IMMEDIATE``, runs each
function, commits once and answers all. Under light load that is one fsync a call; under heavy
load the batch grows by itself. `read` uses read-only connections.

A function that raises fails alone. Nearly none does, and a savepoint costs as much as two
statements: so several run without any, and where one of them raises, all is rolled back and they
run again, each in a savepoint of its own. A function may therefore be called twice: it acts on
nothing but its transaction.

Time in a transaction is ``max(clock, what was committed last)``: a clock that steps back
freezes time until it has caught up, so nothing fires early.
"""

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar
from weakref import WeakSet

from store import file
from store.errors import NotStored, Stopped
from store.query import Query
from store.tables import EPOCH, MICROSECOND

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

MOST_AT_ONCE = 256  # calls in one commit
READERS = 2
MOST_FAILURES = 3  # of the disk in a row before this process gives up
LONGEST_READ_S = 30  # a reader keeps the log from being emptied for as long as it reads
LOOKED_AT_EACH = 100_000  # instructions of SQLite's, about a millisecond
HIGH_WATER = "clock_high_water"


class Topic(StrEnum):
    """What a transaction can announce: read again, something is there."""

    READY = "ready"
    OUTBOX = "outbox"
    HOME = "home"


class Tx:
    """One transaction: executes queries, knows its time, and what it will announce."""

    __slots__ = ("_connection", "announced", "now")

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        self.announced: set[Topic] = set()

    def all(self, query: Query[R], **values: Any) -> list[R]:
        """Answer every row.

        Raises ValueError, LookupError or TypeError where a row cannot be read.
        """
        found = self._connection.execute(query.text, query.bound(values))
        try:
            rows = found.fetchall()
        except sqlite3.OperationalError as error:
            if hasattr(error, "sqlite_errorcode"):
                raise
            # The driver's own: not the store is out of order, but what is in one row of it.
            raise ValueError("a text in it is not UTF-8") from error
        finally:
            # A statement under way would keep the savepoint, and so the whole batch, from ending.
            found.close()
        return [query.value(row) for row in rows]

    def first(self, query: Query[R], **values: Any) -> R | None:
        """Answer the first row, or None."""
        found = self.all(query, **values)
        return found[0] if found else None

    def run(self, query: Query[Any], **values: Any) -> int:
        """Execute, and answer how many rows were changed."""
        return self._connection.execute(query.text, query.bound(values)).rowcount

    def many(self, query: Query[Any], rows: Iterable[Mapping[str, Any]]) -> None:
        """Execute once per mapping."""
        self._connection.executemany(query.text, map(query.bound, rows))

    def announce(self, topic: Topic) -> None:
        """Tell those who listen to *topic*, after the commit."""
        self.announced.add(topic)


class _Call(NamedTuple):
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    answer: asyncio.Future[Any]


class _Result(NamedTuple):
    answer: asyncio.Future[Any]
    value: Any
    error: BaseException | None


class _Listener(NamedTuple):
    loop: asyncio.AbstractEventLoop
    callback: Callable[[], None]


def _answer(results: list[_Result], callbacks: list[Callable[[], None]]) -> None:
    """Answer those who wait on a loop, then call those who listen on it."""
    for answer, value, error in results:
        if answer.done():
            continue  # The caller was cancelled; what it wrote stays.
        if error is None:
            answer.set_result(value)
        else:
            answer.set_exception(error)
    for callback in callbacks:
        callback()


def _nothing(name: str) -> None:
    """Pass a failpoint that nobody armed."""


class Database:
    """An open SQLite file: this process owns it until `close`."""

    def __init__(
        self,
        path: Path,
        lock: file.Lock,
        clock: Callable[[], datetime],
        failpoint: Callable[[str], None] = _nothing,
    ) -> None:
        """Use *path*, locked and with today's schema: see `store.opening`."""
        self._lock = lock
        self._path = path
        self._clock = clock
        self._failpoint = failpoint
        _opened.add(self)
        self._queue: SimpleQueue[_Call | None] = SimpleQueue()
        self._refusal: str | None = None  # why nothing is written or read any more
        self._listeners: dict[Topic, list[_Listener]] = {topic: [] for topic in Topic}
        self._writer = file.connect(path)
        self._identity = file.identity(path)
        self._failures = 0  # of the disk, one after the other
        self._broken: str | None = None
        self._now = self._high_water()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="harbor-reader")
        # As many as threads, and all of them now: where descriptors run out, nothing can be opened.
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for _ in range(READERS):
            self._idle.put(file.connect(path, read_only=True))
        self._thread = threading.Thread(target=self._work, name="harbor-writer", daemon=True)
        self._thread.start()

    async def write(
        self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *function(tx, …)* in a transaction; answer its value after the commit.

        Raises what *function* raised (then nothing of it was written), NotStored when the commit
        failed, Stopped after `close`. A caller that is cancelled goes; the work is committed
        all the same.
        """
        if self._refusal:
            raise Stopped(self._refusal)
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Call(function, args, kwargs, answer))
        if self._broken:
            self._refuse_queued()
        return await answer

    async def read(
        self, function: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *function(tx, …)* on a read-only connection and answer its value.

        Raises what *function* raised, NotStored where a query is still busy after
        `LONGEST_READ_S`, Stopped after `close`.
        """
        if self._refusal:
            raise Stopped(self._refusal)
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, lambda: self._read(lambda tx: function(tx, *args, **kwargs))
        )

    def listen(self, topic: Topic, callback: Callable[[], None]) -> None:
        """Call *callback*, on the loop that runs now, after every commit that announced *topic*."""
        self._listeners[topic].append(_Listener(asyncio.get_running_loop(), callback))

    def trouble(self) -> str | None:
        """Answer why this process can write no more, and has to make room for another; None: fine.

        Also where the disk fails again and again, or the file is no longer the one it opened:
        what is written to that is lost.
        """
        if self._broken:
            return self._broken
        if self._failures >= MOST_FAILURES:
            return f"the disk under {self._path} has failed {self._failures} times in a row"
        if file.identity(self._path) != self._identity:
            return f"{self._path} was deleted or replaced while it was in use"
        return None

    def log_size(self) -> int:
        """Answer how many bytes the ``-wal`` takes: it grows while a reader is slow."""
        return file.size(Path(f"{self._path}-wal"))

    async def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        if self._refusal:
            return
        self._refusal = "the database is closed"
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._readers.shutdown(wait=True)
        for _ in range(READERS):
            self._idle.get().close()
        self._writer.close()
        self._lock.release()

    # -- the writer's thread ------------------------------------------------------------------

    def _work(self) -> None:
        while batch := self._take():
            try:
                results, announced = self._commit(batch)
            except BaseException as error:  # noqa: BLE001  a thread that ends tells nobody why
                self._end(batch, error)
                return
            self._hand_over(results, announced)

    def _end(self, batch: list[_Call], error: BaseException) -> None:
        """The writer ends: nothing of *batch* is written, nor of what is queued from now on."""
        self._roll_back()
        self._broken = f"the database's writer has ended: {type(error).__name__}: {error}"
        self._refuse(batch)
        self._refuse_queued()

    def _refuse_queued(self) -> None:
        batch = []
        with suppress(Empty):
            while call := self._queue.get_nowait():
                batch.append(call)
        self._refuse(batch)

    def _refuse(self, batch: list[_Call]) -> None:
        failure = NotStored(f"nothing was written: {self._broken}")
        self._hand_over([_Result(call.answer, None, failure) for call in batch], set())

    def _hand_over(self, results: list[_Result], announced: set[Topic]) -> None:
        told = [each for topic in announced for each in self._listeners[topic]]
        answered = [(result.answer.get_loop(), result) for result in results]
        for loop in {loop for loop, _ in answered} | {each.loop for each in told}:
            mine = [result for of, result in answered if of is loop]
            callbacks = [each.callback for each in told if each.loop is loop]
            # The loop may be gone when a test tears down in the middle of a commit.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_answer, mine, callbacks)

    def _take(self) -> list[_Call]:
        """Wait for a call, then take all there are; empty at the end."""
        call = self._queue.get()
        batch: list[_Call] = []
        while call is not None:
            batch.append(call)
            if len(batch) == MOST_AT_ONCE:
                return batch
            try:
                call = self._queue.get_nowait()
            except Empty:
                return batch
        if batch:
            # What was queued before the end is still committed; then the end is met again.
            self._queue.put(None)
        return batch

    def _commit(self, batch: list[_Call]) -> tuple[list[_Result], set[Topic]]:
        try:
            results, announced = self._run(batch)
            self._execute(
                "UPDATE meta SET value = ? WHERE key = ?",
                (str((self._now - EPOCH) // MICROSECOND), HIGH_WATER),
            )
            self._failpoint("commit:before")
            self._execute("COMMIT")
            self._failpoint("commit:after")
        except Exception as error:  # noqa: BLE001  whatever it was, every caller is told
            self._roll_back()
            self._failures += _is_of_the_disk(error)
            failure = NotStored(f"nothing was written: {error}")
            return [_Result(call.answer, None, failure) for call in batch], set()
        self._failures = 0
        return results, announced

    def _run(self, batch: list[_Call]) -> tuple[list[_Result], set[Topic]]:
        """Begin, and run every call; one that fails is undone alone."""
        self._failpoint("begin:before")
        self._execute("BEGIN IMMEDIATE")
        self._now = max(self._now, self._clock())
        if len(batch) > 1:
            tx = Tx(self._writer, self._now)
            try:
                return [self._plainly(call, tx) for call in batch], tx.announced
            except BaseException:  # noqa: BLE001  whose it is shows the second time
                self._roll_back()
                self._execute("BEGIN IMMEDIATE")
        announced: set[Topic] = set()
        return [self._savepoint(call, announced) for call in batch], announced

    def _plainly(self, call: _Call, tx: Tx) -> _Result:
        """Run one call. Raises what it raises."""
        return _Result(call.answer, call.function(tx, *call.args, **call.kwargs), None)

    def _savepoint(self, call: _Call, announced: set[Topic]) -> _Result:
        """Run one call; if it fails, it alone is undone, and announces nothing."""
        self._execute("SAVEPOINT one")
        tx = Tx(self._writer, self._now)
        try:
            result = self._plainly(call, tx)
        except sqlite3.OperationalError as error:
            # Disk full, I/O error: SQLite may have rolled back the whole transaction by itself.
            if not self._writer.in_transaction:
                raise
            self._undo()
            return _Result(call.answer, None, NotStored(f"nothing was written: {error}"))
        except BaseException as error:  # noqa: BLE001  it belongs to the caller
            self._undo()
            return _Result(call.answer, None, error)
        self._execute("RELEASE one")
        announced |= tx.announced
        return result

    def _undo(self) -> None:
        self._execute("ROLLBACK TO one")
        self._execute("RELEASE one")

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._execute("ROLLBACK")

    def _execute(self, text: str, values: tuple[Any, ...] = ()) -> None:
        self._writer.execute(text, values)

    # -- the readers' threads -----------------------------------------------------------------

    def _read(self, function: Callable[[Tx], T]) -> T:
        connection = self._idle.get()
        try:
            return self._read_on(connection, function)
        finally:
            self._idle.put(connection)

    def _read_on(self, connection: sqlite3.Connection, function: Callable[[Tx], T]) -> T:
        end = time.monotonic() + LONGEST_READ_S
        connection.set_progress_handler(lambda: time.monotonic() > end, LOOKED_AT_EACH)
        connection.execute("BEGIN")
        try:
            return function(Tx(connection, max(self._now, self._clock())))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            message = f"reading took more than {LONGEST_READ_S} s; ask for less"
            raise NotStored(message) from error
        finally:
            connection.execute("ROLLBACK")

    def _high_water(self) -> datetime:
        found = self._writer.execute("SELECT value FROM meta WHERE key = ?", (HIGH_WATER,))
        return EPOCH + int(found.fetchone()[0]) * MICROSECOND


# A fork has neither the writer's thread nor a right to these connections: SQLite's locks are the
# parent's (sqlite.org, How To Corrupt An SQLite Database File, 2.6).
_opened: WeakSet[Database] = WeakSet()


def _refuse_all() -> None:
    for database in _opened:
        database._refusal = (  # noqa: SLF001  nobody else may say so
            "the database was opened by the process of which this one is a fork: open it in the"
            " process that uses it"
        )


os.register_at_fork(after_in_child=_refuse_all)


def _is_of_the_disk(error: Exception) -> bool:
    """Whether SQLite says that the disk, or what is on it, is broken."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says where
    return code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
