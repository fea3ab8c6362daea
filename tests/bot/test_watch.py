"""The watch: a process that can only do harm ends, and says why; what stopped begins again."""

import asyncio
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.scheduler import Scheduler
from bot.watch import LATE, Heartbeat, Watch
from store.database import Database, Topic
from store.errors import CannotGoOn, NotStored
from tests.workflows.kit import FakeClock, Harness, a_job
from workflows.engine.local import transitions
from workflows.engine.local.calls import Calls


@pytest.fixture
async def harness(db: Database, clock: FakeClock) -> Harness:
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="24h", expected=["yes"])

    return await Harness.opened(db, clock, a_job(story))


@pytest.fixture
def watch(harness: Harness) -> Watch:
    return Watch(harness.db, Scheduler(harness.engine, harness.clock), harness.clock, Calls())


def test_a_process_that_is_fine_is_left_alone(watch):
    for up in range(3):
        watch.look(float(up))


async def test_f41_a_file_that_was_deleted_ends_the_process_before_it_writes_to_a_ghost(
    watch, tmp_path
):
    (tmp_path / "harbor.db").unlink()

    with pytest.raises(CannotGoOn, match="deleted or replaced"):
        watch.look(0)


async def test_f41_a_file_that_was_replaced_ends_the_process(watch, tmp_path):
    other = tmp_path / "other.db"
    other.write_bytes((tmp_path / "harbor.db").read_bytes())
    other.replace(tmp_path / "harbor.db")

    with pytest.raises(CannotGoOn, match="deleted or replaced"):
        watch.look(0)


async def test_f40_a_disk_that_fails_three_times_in_a_row_ends_the_process(watch, monkeypatch):
    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    async def write() -> None:
        await watch.db.write(lambda _: None)

    monkeypatch.setattr(watch.db, "_run", fail)
    for _ in range(2):
        with pytest.raises(NotStored, match="disk I/O error"):
            await write()
        watch.look(0)
    with pytest.raises(NotStored):
        await write()

    with pytest.raises(CannotGoOn, match="failed 3 times in a row"):
        watch.look(0)


async def test_f40_a_disk_that_works_again_is_forgiven(watch, monkeypatch):
    watch.db._failures = 2

    await watch.db.write(lambda _: None)

    assert watch.db._failures == 0


async def test_f47_a_writer_that_ended_is_said_and_ends_the_process(watch, monkeypatch):
    def die(batch: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(watch.db, "_commit", die)
    answers = await asyncio.gather(
        *(watch.db.write(lambda _: None) for _ in range(3)), return_exceptions=True
    )
    late = await asyncio.gather(watch.db.write(lambda _: None), return_exceptions=True)

    assert {type(answer) for answer in (*answers, *late)} == {NotStored}
    with pytest.raises(CannotGoOn, match="writer has ended: MemoryError"):
        watch.look(0)


async def test_f72_ticks_that_stay_away_begin_again(watch, caplog):
    scheduler = watch.scheduler
    await scheduler.tick()
    scheduler.start()
    scheduler._scheduler.remove_all_jobs()
    watch.clock.move(seconds=LATE.total_seconds())

    watch.look(LATE.total_seconds())

    jobs = scheduler._scheduler.get_jobs()
    scheduler.stop()
    assert [job.id for job in jobs] == ["tick"]
    assert "the scheduler is started again" in caplog.text


class Chore:
    """Something to be done at every tick, which goes wrong or not."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.done = 0

    async def tick(self) -> None:
        self.done += 1
        if self.error:
            raise self.error


async def test_f18_a_chore_that_fails_keeps_neither_the_others_nor_the_workers_waiting(
    harness, caplog
):
    woken = []
    broken, whole = Chore(ZeroDivisionError("oh")), Chore()
    scheduler = Scheduler(
        harness.engine, harness.clock, (broken, whole), (lambda: woken.append(1),)
    )

    await scheduler.tick()

    assert (broken.done, whole.done, woken) == (1, 1, [1])
    assert scheduler.last_tick_at == harness.clock.now()
    assert "a part of the tick failed" in caplog.text


async def test_f18_a_sweep_that_fails_is_no_tick_and_the_next_one_is(harness, watch, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(transitions, "expire_due", lambda _: 1 // 0)
        await watch.scheduler.tick()
    failed = watch.scheduler.last_tick_at
    watch.look(0)  # It ticks, in vain: to begin anew would not help.

    await watch.scheduler.tick()

    assert (failed, watch.scheduler.last_tick_at) == (None, harness.clock.now())


async def test_f18_a_worker_that_meets_a_fault_of_ours_goes_on_claiming(
    harness, monkeypatch, caplog
):
    def claim(*args, **kwargs):
        raise ZeroDivisionError("oh")

    async with harness.working():
        with monkeypatch.context() as patch:
            patch.setattr(transitions, "claim", claim)
            run = await harness.start()
            while "could not be claimed" not in caplog.text:
                await harness.db.write(lambda _: None)

        harness.worker.wake()  # as the next tick does
        await harness.until("waiting", run=run)


async def test_f28_a_run_of_which_no_hint_came_is_executed_at_the_next_tick(harness):
    harness.db._listeners[Topic.READY].clear()
    scheduler = Scheduler(harness.engine, harness.clock, on_tick=(harness.worker.wake,))
    async with harness.working():
        run = await harness.start()
        await harness.db.write(lambda _: None)
        before = await harness.status(run)

        await scheduler.tick()
        await harness.until("waiting", run=run)

    assert before == "ready"


async def test_f67_a_clock_that_jumps_is_noted_and_deadlines_follow_it(watch, harness, caplog):
    run = await harness.started()
    watch.look(0)
    watch.clock.move(hours=25)

    watch.look(1)
    await watch.scheduler.tick()
    await harness.run()

    assert "the clock jumped by 1 day, 0:59:59" in caplog.text
    assert await harness.status(run) == "completed"
    assert (await harness.start()) != run


async def test_f74_a_machine_that_slept_is_no_clock_that_jumped(watch, harness, caplog):
    run = await harness.started()
    watch.look(0)
    watch.clock.move(hours=26)

    watch.look(timedelta(hours=26).total_seconds())
    await watch.scheduler.tick()
    await harness.run()

    assert "jumped" not in caplog.text
    assert await harness.status(run) == "completed"


async def test_f27_f73_a_job_that_keeps_everybody_waiting_is_named(harness, caplog):
    async def block(ctx, request):
        time.sleep(0.5)  # noqa: ASYNC251  the very mistake

    harness = await harness.deployed(a_job(block, "sleepy"))
    heartbeat = asyncio.create_task(Heartbeat(blocked_s=0.1).run())
    await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING):
        await harness.start("sleepy")
        await harness.run()
    heartbeat.cancel()

    (said,) = [line for line in caplog.messages if "blocked" in line]
    assert "of sleepy" in said
    assert "test_watch.py:" in said


def test_f41_a_server_whose_file_is_deleted_ends_with_a_line_that_says_so(tmp_path: Path):
    script = """
import asyncio, sys
from pathlib import Path
from bot.cli import _until
from bot.watch import Watch
from bot.scheduler import Scheduler
from store.opening import open_database
from workflows.clock import SystemClock
from workflows.engine.local.calls import Calls
from workflows.engine.local.engine import LocalEngine
from workflows.registry import Registry

async def main():
    clock = SystemClock()
    db = open_database(f"sqlite:///{sys.argv[1]}", clock.now)
    scheduler = Scheduler(LocalEngine(db, Registry(), clock), clock)
    print("up", flush=True)
    await _until(asyncio.Event(), Watch(db, scheduler, clock, Calls()))

asyncio.run(main())
"""
    file = tmp_path / "harbor.db"
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout.readline() == "up\n"
        file.unlink()
        _, said = server.communicate(timeout=30)
    finally:
        if server.poll() is None:
            os.kill(server.pid, signal.SIGKILL)

    assert server.returncode != 0
    assert "was deleted or replaced while it was in use" in said
