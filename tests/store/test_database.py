"""The one writer: what is queued is committed together, fails alone, and is answered after."""

import asyncio
import os
import sqlite3
import threading

import pytest

from store import database
from store.database import MOST_AT_ONCE, Topic
from store.errors import NotStored, Stopped
from store.opening import open_database


def put(tx, key, value="x"):
    tx._connection.execute("INSERT INTO meta VALUES (?, ?)", (key, value))
    return key


def put_and_fail(tx, key):
    put(tx, key)
    raise ValueError(key)


def keys(tx):
    found = tx._connection.execute("SELECT key FROM meta WHERE key LIKE 'k%' ORDER BY key")
    return [key for (key,) in found]


class Points:
    """Failpoints of the writer's thread: counted, and where a test asks for it held or failing."""

    def __init__(self):
        self.passed = []
        self.fail_at = None
        self.hold_at = None
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, name):
        self.passed.append(name)
        if name == self.hold_at:
            self.reached.set()
            self.go_on.wait(10)
        if name == self.fail_at:
            self.fail_at = None
            raise sqlite3.OperationalError("disk I/O error")


@pytest.fixture
def points():
    return Points()


@pytest.fixture
async def db(database_url, clock, points):
    opened = open_database(database_url, clock.now, points)
    yield opened
    points.go_on.set()
    await opened.close()


async def held(db, points, *writes):
    """Queue *writes* behind one that is held, so that they make one batch; answer their tasks."""
    points.hold_at = "commit:after"
    first = asyncio.create_task(db.write(keys))
    await asyncio.to_thread(points.reached.wait, 10)
    tasks = [asyncio.create_task(db.write(*write)) for write in writes]
    await asyncio.sleep(0)
    points.hold_at = None
    points.passed.clear()
    return first, tasks


async def test_a_write_answers_what_its_function_answers(db):
    assert await db.write(put, "k1") == "k1"
    assert await db.read(keys) == ["k1"]


async def test_what_is_queued_is_one_commit(db, points):
    first, tasks = await held(db, points, *((put, f"k{n}") for n in range(9)))

    points.go_on.set()
    await asyncio.gather(first, *tasks)

    assert points.passed == ["begin:before", "commit:before", "commit:after"]
    assert len(await db.read(keys)) == 9


async def test_more_than_fits_into_one_commit_is_committed_in_the_next(db, points):
    first, tasks = await held(db, points, *((put, f"k{n}") for n in range(MOST_AT_ONCE + 1)))

    points.go_on.set()
    await asyncio.gather(first, *tasks)

    assert points.passed.count("commit:after") == 2
    assert len(await db.read(keys)) == MOST_AT_ONCE + 1


async def test_nothing_is_answered_before_the_commit_i1(db, points):
    points.hold_at = "commit:before"
    writes = [asyncio.create_task(db.write(put, f"k{n}")) for n in range(3)]
    await asyncio.to_thread(points.reached.wait, 10)
    await asyncio.sleep(0.05)
    before = [write.done() for write in writes], await db.read(keys)

    points.go_on.set()
    await asyncio.gather(*writes)

    assert before == ([False] * 3, [])
    assert len(await db.read(keys)) == 3


async def test_f46_a_call_that_fails_fails_alone(db, points):
    first, tasks = await held(db, points, (put, "k1"), (put_and_fail, "k2"), (put, "k3"))

    points.go_on.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await first

    assert (answers[0], str(answers[1]), answers[2]) == ("k1", "k2", "k3")
    assert await db.read(keys) == ["k1", "k3"]


async def test_f46_a_call_that_breaks_a_constraint_fails_alone(db, points):
    first, tasks = await held(db, points, (put, "k1"), (put, "k1"), (put, "k3"))

    points.go_on.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await first

    assert isinstance(answers[1], sqlite3.IntegrityError)
    assert await db.read(keys) == ["k1", "k3"]


async def test_f46_what_is_announced_by_a_call_that_fails_beside_others_is_told_to_nobody(
    db, points
):
    told = []
    db.listen(Topic.READY, lambda: told.append("ready"))
    first, tasks = await held(db, points, (put, "k1"), (announcing_and_failing, "k2"))

    points.go_on.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await first

    assert (answers[0], str(answers[1]), told) == ("k1", "k2", [])


async def test_calls_that_all_succeed_take_no_savepoints(db, points):
    statements = []
    db._writer.set_trace_callback(statements.append)
    first, tasks = await held(db, points, (put, "k1"), (put, "k2"))

    points.go_on.set()
    await asyncio.gather(first, *tasks)

    # The call that was held was alone.
    assert sum(statement.startswith("SAVEPOINT") for statement in statements) == 1


async def test_f40_a_commit_that_fails_is_not_stored_for_all_and_the_next_write_works(db, points):
    first, tasks = await held(db, points, (put, "k1"), (put, "k2"))
    points.fail_at = "commit:before"

    points.go_on.set()
    await first
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await db.write(put, "k3")

    assert [type(answer) for answer in answers] == [NotStored, NotStored]
    assert await db.read(keys) == ["k3"]


async def test_f39_a_full_disk_is_not_stored_and_the_next_write_works_when_there_is_room(db):
    (pages,) = db._writer.execute("PRAGMA page_count").fetchone()
    db._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(NotStored, match="full"):
        await db.write(put, "k1", "x" * 1_000_000)

    db._writer.execute("PRAGMA max_page_count = 1073741823")
    await db.write(put, "k2")

    assert await db.read(keys) == ["k2"]


async def test_f37_a_file_that_somebody_else_has_locked_is_not_stored(db, tmp_path):
    db._writer.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "harbor.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(NotStored, match="locked"):
        await db.write(put, "k1")
    other.execute("ROLLBACK")
    other.close()

    assert await db.write(put, "k2") == "k2"


async def test_f94_what_a_cancelled_caller_asked_for_is_committed_all_the_same(db, points):
    points.hold_at = "commit:before"
    caller = asyncio.create_task(db.write(put, "k1"))
    await asyncio.to_thread(points.reached.wait, 10)

    caller.cancel()
    points.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert await db.write(keys) == ["k1"]


async def test_f94_a_cancelled_caller_does_not_keep_the_others_of_its_batch_from_their_answers(
    db, points
):
    first, (gone, stayed) = await held(db, points, (put, "k1"), (put, "k2"))

    gone.cancel()
    points.go_on.set()
    await first

    assert await asyncio.wait_for(stayed, 10) == "k2"
    assert await db.read(keys) == ["k1", "k2"]


async def test_what_is_queued_is_committed_before_the_database_closes(db, database_url, clock):
    writes = [asyncio.create_task(db.write(put, f"k{n}")) for n in range(5)]
    await asyncio.sleep(0)

    await db.close()
    await asyncio.gather(*writes)

    again = open_database(database_url, clock.now)
    assert len(await again.read(keys)) == 5
    await again.close()


async def test_a_closed_database_takes_nothing(db):
    await db.close()
    await db.close()

    with pytest.raises(Stopped):
        await db.write(put, "k1")
    with pytest.raises(Stopped):
        await db.read(keys)


def exit_code(child):
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


async def test_f19_a_fork_of_the_process_can_neither_write_nor_read(db):
    child = os.fork()
    if child == 0:
        refused = 0
        for use in (db.write(put, "k1"), db.read(keys)):
            try:
                use.send(None)
            except Stopped as stopped:
                refused += "fork" in str(stopped)
            except BaseException:  # noqa: BLE001  what else it was, the parent sees by the status
                break
        os._exit(refused)

    assert await asyncio.to_thread(exit_code, child) == 2
    assert await db.write(put, "k2") == "k2"
    assert await db.read(keys) == ["k2"]


async def test_a_reader_cannot_write(db):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await db.read(put, "k1")

    assert await db.read(keys) == []


async def test_a_reader_sees_what_was_committed_before_it_began(db):
    for n in range(5):
        await db.write(put, f"k{n}")

        assert len(await db.read(keys)) == n + 1


def endless(tx):
    return tx._connection.execute(
        """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT max(i) FROM n"""
    ).fetchone()


async def test_f45_a_reader_that_takes_too_long_is_ended_and_the_next_one_reads(db, monkeypatch):
    monkeypatch.setattr(database, "LONGEST_READ_S", 0.05)

    with pytest.raises(NotStored, match=r"more than 0\.05 s"):
        await db.read(endless)

    assert await db.write(put, "k1") == "k1"
    assert await db.read(keys) == ["k1"]


def grow(tx, n):
    for part in range(16):
        put(tx, f"k{n}-{part}", "x" * 1_000_000)


def slowly(tx, reading, go_on):
    found = keys(tx)
    reading.set()
    go_on.wait(10)
    return found


async def test_f45_the_log_that_grew_under_a_reader_is_cut_when_it_has_gone(db):
    reading, go_on = threading.Event(), threading.Event()
    reader = asyncio.create_task(db.read(slowly, reading, go_on))
    await asyncio.to_thread(reading.wait, 10)
    for n in range(8):
        await db.write(grow, n)
    grown = db.log_size()

    go_on.set()
    await reader
    for n in range(3):
        await db.write(put, f"k{n}")

    assert grown > 120_000_000
    assert db.log_size() <= 64 * 1024 * 1024


# -- listeners ------------------------------------------------------------------------------------


def announcing(tx, key):
    tx.announce(Topic.READY)
    return put(tx, key)


def announcing_and_failing(tx, key):
    tx.announce(Topic.READY)
    return put_and_fail(tx, key)


async def test_listeners_are_told_once_a_commit_and_after_it(db):
    told = []
    db.listen(Topic.READY, lambda: told.append("ready"))
    db.listen(Topic.OUTBOX, lambda: told.append("outbox"))

    await db.write(announcing, "k1")
    after_one = list(told)
    await db.write(put, "k2")

    assert after_one == told == ["ready"]


@pytest.mark.parametrize("broken", ["call", "commit"])
async def test_listeners_are_not_told_of_what_was_not_stored(db, points, broken):
    told = []
    db.listen(Topic.READY, lambda: told.append("ready"))
    points.fail_at = "commit:before" if broken == "commit" else None

    with pytest.raises((NotStored, ValueError)):
        await db.write(announcing if broken == "commit" else announcing_and_failing, "k1")

    assert told == []


# -- time -----------------------------------------------------------------------------------------


def now_of(tx):
    return tx.now


async def test_f68_a_clock_that_steps_back_freezes_time_until_it_has_caught_up(db, clock):
    before = await db.write(now_of)

    clock.move(hours=-2)
    frozen = [await db.write(now_of), await db.read(now_of)]
    clock.move(hours=2, seconds=1)

    assert frozen == [before, before]
    assert await db.write(now_of) == clock.now() > before


async def test_f68_time_stays_frozen_across_a_restart(db, database_url, clock):
    before = await db.write(now_of)
    await db.close()

    clock.move(hours=-2)
    again = open_database(database_url, clock.now)
    frozen = await again.write(now_of), await again.read(now_of)
    await again.close()

    assert frozen == (before, before)


async def test_time_in_a_transaction_is_the_clocks_and_stands_still(db, clock):
    def twice(tx):
        first = tx.now
        clock.move(seconds=1)
        return first, tx.now

    assert await db.write(twice) == (clock.now().replace(second=0),) * 2
