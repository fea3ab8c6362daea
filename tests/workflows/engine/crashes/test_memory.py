"""Memory: results that are too large, and runs that come and go, leave nothing behind."""

import asyncio
import gc
import json
import os
import resource
from pathlib import Path

import pytest

from store import file
from store.opening import open_database
from tests.workflows.engine.crashes.lives import Story, World, outlives
from tests.workflows.engine.crashes.sweeping import NOT_FLUSHED
from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import NOON, FakeClock, Harness, a_job

MIB = 1024 * 1024
SWOLLEN = 160
DIE_AT = 2 * SWOLLEN  # of about three points for each of them
RUNS = 1_000
PAGE = resource.getpagesize()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(file, "SETTINGS", NOT_FLUSHED)
    return World.new(tmp_path / "world")


def pages(which: int) -> int:
    """Answer how many this process has: 0, all it may use; 1, those in memory."""
    return int(Path("/proc/self/statm").read_text().split()[which])


# -- results that are too large -------------------------------------------------------------------


async def swell() -> str:
    return "x" * (4 * MIB)


def swelling(world: World):
    async def story(ctx, request):
        await ctx.step.run("swell", swell)

    return a_job(story)


async def start_many(harness: Harness, world: World) -> None:
    """Have many runs ready, and room in memory for the results of a few dozen."""
    await asyncio.gather(*(harness.start(key=f"{n}") for n in range(SWOLLEN)))
    room = pages(0) * PAGE + 256 * MIB
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    await harness.run()


def test_f16_results_that_are_too_large_are_refused_before_memory_is_and_a_killed_process_goes_on(
    world,
):
    story = Story(swelling, start_many)
    killed = outlives(story, world, 0, die_at=DIE_AT)
    left = rows(world.database, "SELECT count(*) FROM runs WHERE status <> 'failed'")
    lived = outlives(story, world, 1)

    assert (killed, lived) == (False, True)
    assert left > [(0,)]
    errors = "SELECT json_extract(error, '$.kind'), count(*) FROM runs GROUP BY 1"
    assert rows(world.database, errors) == [("ResultTooLarge", SWOLLEN)]
    assert violations(world.database) == []


# -- runs that come and go ------------------------------------------------------------------------


async def passing_by(ctx, request):
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
    await ctx.step.now()
    return event.kind


async def park_and_resume(harness: Harness, times: int) -> None:
    for _ in range(times // 100):
        runs = await asyncio.gather(*(harness.start() for _ in range(100)))
        await harness.run()
        await asyncio.gather(*(harness.deliver(run, "answer", "yes") for run in runs))
        await harness.run()


async def growth(world: World) -> tuple[float, int]:
    """Answer MiB for each thousand runs after the first ones, and how many tasks more there are."""
    db = open_database(f"sqlite:///{world.database}", FakeClock(NOON).now)
    harness = await Harness.opened(db, FakeClock(NOON), a_job(passing_by))
    await park_and_resume(harness, RUNS)
    before, tasks = resident(), len(asyncio.all_tasks())
    await park_and_resume(harness, 2 * RUNS)
    grown, left = resident() - before, len(asyncio.all_tasks()) - tasks
    await db.close()
    return grown / MIB / 2, left


def resident() -> int:
    gc.collect()
    return pages(1) * PAGE


def test_f110_runs_that_come_and_go_leave_neither_memory_nor_tasks_behind(world):
    # In a process of its own: what other tests have left is not measured.
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(asyncio.run(growth(world))).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    grown, left = json.loads(os.read(reader, 100))

    assert grown < 1.0
    assert left == 0


# -- journals that are large ----------------------------------------------------------------------

LARGE, PARTS = 16, 24  # runs, and MiB in the journal of each


async def much() -> str:
    return "x" * (MIB - 100)


async def hoarding(ctx, request):
    for _ in range(PARTS):
        await ctx.step.run("much", much)
    return (await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])).kind


async def hoard(world: World) -> None:
    """Park runs with large journals."""
    db = open_database(f"sqlite:///{world.database}", FakeClock(NOON).now)
    harness = await Harness.opened(db, FakeClock(NOON), a_job(hoarding))
    for _ in range(LARGE):
        await harness.started()
    await db.close()


async def wake_together(world: World) -> tuple[float, float, int]:
    """Wake them; answer MiB of memory at the most, what is kept of it, and how many completed."""
    db = open_database(f"sqlite:///{world.database}", FakeClock(NOON).now)
    harness = await Harness.opened(db, FakeClock(NOON), a_job(hoarding))
    runs = await harness.engine.list()
    await asyncio.gather(*(harness.deliver(run.id, "answer", "yes") for run in runs))
    before = resident()
    forget_the_peak()
    await harness.run()
    most, kept = peak() - before, pages(1) * PAGE - before
    done = len(await harness.engine.list(status="completed"))
    await db.close()
    return most / MIB, kept / MIB, done


def forget_the_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """Answer the most memory that this process had since it was reset."""
    (line,) = [
        each
        for each in Path("/proc/self/status").read_text().splitlines()
        if each.startswith("VmHWM")
    ]
    return int(line.split()[1]) * 1024


def in_a_child(work) -> list:
    """Do something in a process of its own, and answer what came of it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(asyncio.run(work)).encode())
        finally:
            os._exit(0)
    work.close()
    os.waitpid(child, 0)
    return json.loads(os.read(reader, 1_000))


def test_g26_journals_that_wake_together_are_in_memory_a_few_at_a_time(world):
    in_a_child(hoard(world))

    most, kept, done = in_a_child(wake_together(world))

    assert done == LARGE
    assert most < 110
    assert kept < 30
