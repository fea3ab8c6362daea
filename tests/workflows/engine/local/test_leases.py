"""Leases: one owner at a time, and a late one writes nothing."""

import asyncio
import threading
from datetime import timedelta

import pytest

from store.journal import Entry
from store.opening import open_database
from store.tables import EntryKind, EntryStatus, RunStatus, WaitKind
from tests.workflows.engine.oracle import everything, rows
from tests.workflows.kit import NOON, Harness, Held, Killed, a_job
from workflows.engine.local import transitions, worker
from workflows.engine.local.outcome import Broken, Later, Lease, NewWait, Waiting, Writes
from workflows.errors import Fenced

DONE = Entry(1, "post", 1, EntryKind.STEP, EntryStatus.DONE, 1, "null", NOON)
WAIT = NewWait("answer", 1, WaitKind.EVENT, ("yes",), timedelta(hours=1))
WRITES = Writes([DONE], [WAIT])


async def nothing(ctx, request):
    pass


async def claimed(harness, owner="me"):
    """Start a run, claim it, and answer the lease."""
    run = await harness.start()
    await harness.db.write(transitions.claim, ("story",), owner, 10)
    return Lease(run, 1)


@pytest.mark.parametrize(
    ("write", "arguments"),
    [
        (transitions.record, (WRITES,)),
        (transitions.extend, ()),
        (transitions.park, (WRITES, Waiting((("answer", 1),)))),
        (transitions.back_off, (WRITES, Later(timedelta(seconds=1)))),
        (transitions.release, ()),
        (transitions.block, (WRITES, Broken(RunStatus.BLOCKED, "reason"))),
        (transitions.finish, (WRITES, RunStatus.COMPLETED)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("epoch", [0, 1])
async def test_f15_a_stale_holder_is_fenced_and_writes_nothing_i16(
    db, clock, path, write, arguments, epoch
):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)
    clock.move(seconds=61)
    await harness.engine.sweep()
    await db.write(transitions.claim, ("story",), "the next owner", 10)
    before = everything(path)

    with pytest.raises(Fenced):
        await db.write(write, Lease(lease.run_id, epoch), *arguments)

    assert everything(path) == before


async def test_a_holder_whose_run_was_made_ready_again_is_fenced_before_anybody_claims_it_i16(
    db, clock
):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)

    clock.move(seconds=60)
    await harness.engine.sweep()

    with pytest.raises(Fenced):
        await db.write(transitions.record, lease, WRITES)


async def test_a_lease_holds_for_sixty_seconds_and_not_longer_i17(db, clock):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)

    clock.move(seconds=60, microseconds=-1)
    await harness.engine.sweep()
    before = await harness.status(lease.run_id)
    clock.move(microseconds=1)
    await harness.engine.sweep()

    assert (before, await harness.status(lease.run_id)) == ("running", "ready")


@pytest.mark.parametrize("write", [transitions.record, transitions.extend])
async def test_a_lease_is_extended_by_a_heartbeat_and_by_every_entry(db, clock, write):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)

    clock.move(seconds=59)
    await db.write(write, lease, *([Writes([DONE])] if write is transitions.record else []))
    clock.move(seconds=59)
    await harness.engine.sweep()

    assert await harness.status(lease.run_id) == "running"


async def test_f26_eight_workers_claim_each_run_once_i17(db, clock):
    harness = await Harness.opened(db, clock, a_job(nothing))
    runs = [await harness.start() for _ in range(100)]

    claims = await asyncio.gather(
        *(db.write(transitions.claim, ("story",), f"worker {n % 8}", 7) for n in range(80))
    )

    taken = [run.id for claim in claims for run, _ in claim]
    assert sorted(taken) == sorted(runs)


async def test_f15_a_pass_that_outlived_its_lease_changes_nothing_when_it_wakes_i16(
    db, clock, path, effects
):
    held = Held()
    holds = [held.step]

    async def story(ctx, request):
        first = holds.pop() if holds else effects.post
        answer = await ctx.step.run("slow", first)
        await ctx.step.run("after", effects.post, "after")
        return answer

    frozen = await Harness.opened(db, clock, a_job(story))
    run = await frozen.start()
    passing = asyncio.create_task(frozen.run())
    await held.begun.wait()

    clock.move(seconds=61)
    other = Harness(db, clock, frozen._installation, *frozen.registry)
    await other.engine.sweep()
    await other.run()
    before = everything(path)
    held.go_on.set()
    await passing

    assert everything(path) == before
    assert await other.result(run) == {"posted": "letter"}
    assert effects.done == ["letter", "after"]


@pytest.mark.parametrize("at_most_once", [False, True])
async def test_g17_a_clock_that_jumps_takes_no_lease_from_a_pass_that_lives(
    db, clock, effects, at_most_once
):
    held = Held()

    async def story(ctx, request):
        answer = await ctx.step.run("slow", held.step, at_most_once=at_most_once)
        await ctx.step.run("after", effects.post, "after")
        return answer

    harness = await Harness.opened(db, clock, a_job(story))
    async with harness.working():
        run = await harness.start()
        await held.begun.wait()
        clock.move(seconds=61)
        await harness.engine.sweep()
        harness.worker.wake()
        held.begun.clear()
        held.go_on.set()
        await harness.until("completed")

    assert not held.begun.is_set()
    assert await harness.result(run) == "held"
    assert effects.done == ["after"]


async def test_g17_a_clock_that_jumps_between_claim_and_pass_takes_no_lease_either(
    database_url, clock, effects
):
    async def story(ctx, request):
        return await ctx.step.run("post", effects.post)

    committed, go_on, swept = threading.Event(), threading.Event(), threading.Event()

    def hold(name):
        if name == "commit:after" and armed and not committed.is_set():
            committed.set()
            go_on.wait(10)
        elif name == "commit:after" and committed.is_set():
            swept.set()

    armed: list[bool] = []
    db = open_database(database_url, clock.now, hold)
    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()
    armed.append(True)
    claiming = asyncio.create_task(harness.run())
    await asyncio.to_thread(committed.wait, 10)
    clock.move(seconds=61)
    sweeping = asyncio.create_task(harness.engine.sweep())
    await asyncio.sleep(0)

    go_on.set()
    swept.wait(10)  # While nobody can hear that the run was claimed.
    await claiming
    await sweeping

    assert await harness.result(run) == {"posted": "letter"}
    assert effects.attempts == [1]
    await db.close()


async def test_g17_a_pass_that_broke_off_loses_its_lease_all_the_same(db, clock, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    harness = await Harness.opened(db, clock, a_job(story))
    effects.troubles = [Killed()]
    run = await harness.started()
    assert await harness.status(run) == "running"

    await harness.move(seconds=61)

    assert await harness.status(run) == "completed"


async def test_g17_a_pass_whose_lease_is_lost_calls_no_further_step(
    db, clock, effects, monkeypatch
):
    monkeypatch.setattr(worker, "HEARTBEAT_S", 0.01)
    ended = asyncio.Event()

    async def slow():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    slow.__qualname__ = "slow"

    async def story(ctx, request):
        try:
            await ctx.step.run("slow", slow)
        finally:
            await ctx.step.run("after", effects.post)

    harness = await Harness.opened(db, clock, a_job(story))
    async with harness.working():
        run = await harness.start()
        await harness.until("running")
        await harness.cancel(run)
        await harness.cancel(run, force=True)
        await asyncio.wait_for(ended.wait(), 10)

    assert await harness.status(run) == "cancelled"
    assert effects.done == []


async def test_a_first_claim_carries_no_journal_and_a_later_one_all_of_it(db, clock):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)
    await db.write(transitions.record, lease, Writes([DONE]))
    clock.move(seconds=61)
    await harness.engine.sweep()

    ((run, entries),) = await db.write(transitions.claim, ("story",), "me", 10)

    assert (run.epoch, [entry.name for entry in entries]) == (2, ["post"])


async def test_a_start_takes_up_what_the_last_process_was_running_without_waiting_for_its_lease(
    db, clock
):
    harness = await Harness.opened(db, clock, a_job(nothing))
    lease = await claimed(harness)

    await harness.restarted()

    assert await harness.status(lease.run_id) == "ready"


async def test_f14_a_worker_that_stops_lets_go_of_what_it_cannot_finish(db, clock, path):
    held = Held()

    async def story(ctx, request):
        await ctx.step.run("hold", held.step)

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()
    working = asyncio.create_task(harness.worker.run())
    harness.worker.wake()
    await held.begun.wait()

    await harness.worker.stop(grace=0)
    await working

    assert await harness.status(run) == "ready"
    assert rows(path, "SELECT owner, lease_until FROM runs") == [(None, None)]


async def test_f14_a_worker_that_stops_gives_its_passes_time_to_end(db, clock):
    held = Held()

    async def story(ctx, request):
        return await ctx.step.run("hold", held.step)

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()
    working = asyncio.create_task(harness.worker.run())
    harness.worker.wake()
    await held.begun.wait()

    asyncio.get_running_loop().call_soon(held.go_on.set)
    await harness.worker.stop(grace=60)
    await working

    assert await harness.result(run) == "held"


async def test_a_worker_goes_on_by_itself_when_a_run_is_started_or_an_event_arrives(db, clock):
    ended = asyncio.Event()

    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        ended.set()

    harness = await Harness.opened(db, clock, a_job(story))
    working = asyncio.create_task(harness.worker.run())

    run = await harness.start()
    await harness.deliver(run, "answer", "yes")
    await asyncio.wait_for(ended.wait(), 10)
    await harness.worker.stop(grace=60)
    await working

    assert await harness.status(run) == "completed"


async def test_f14_a_run_claimed_while_its_worker_was_stopping_is_let_go_unexecuted(
    database_url, clock, effects
):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    reached, go_on = threading.Event(), threading.Event()

    def hold(name):
        if name == "commit:before" and waiting:
            reached.set()
            go_on.wait(10)

    waiting: list[bool] = []
    db = open_database(database_url, clock.now, hold)
    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()
    waiting.append(True)
    working = asyncio.create_task(harness.worker.run())
    await asyncio.to_thread(reached.wait, 10)

    await harness.worker.stop(grace=0)
    waiting.clear()
    go_on.set()
    await working

    assert await harness.status(run) == "ready"
    assert effects.done == []
    await db.close()


async def test_f14_no_number_of_orderly_stops_sets_a_run_aside(db, clock):
    async def story(ctx, request):
        await ctx.step.run("hold", Held().step)

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()

    for _ in range(7):
        await harness.worker._claim_all()
        await harness.worker.stop(grace=0)
        harness = await harness.restarted()
        await harness.engine.sweep()

    assert await harness.status(run) == "ready"


async def test_f17_runs_that_died_again_and_again_are_executed_one_at_a_time(db, clock):
    held = Held()

    async def story(ctx, request):
        await ctx.step.run("hold", held.step)

    harness = await Harness.opened(db, clock, a_job(story))
    suspects = [await harness.start() for _ in range(3)]
    for _ in range(3):
        await db.write(transitions.claim, ("story",), "one that dies", 10)
        await harness.engine.recover()
    healthy = await harness.start()

    for _ in range(3):
        await harness.worker._claim_all()
    statuses = sorted([await harness.status(run) for run in suspects])
    beside = await harness.status(healthy)
    held.go_on.set()
    await harness.run()

    assert (statuses, beside) == (["ready", "ready", "running"], "running")
    assert {await harness.result(run) for run in (*suspects, healthy)} == {None}
