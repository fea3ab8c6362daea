"""Retention: journals go 90 days after the end; decisions, audit and every other run stay (i28)."""

import asyncio
from datetime import timedelta

import pytest

from tests.workflows.engine.oracle import everything, rows, violations
from tests.workflows.kit import ANA, Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Policy
from workflows.approvals.gates import Closed
from workflows.duration import DurationRefused
from workflows.engine.base import KEPT, NotDone, Pruned
from workflows.engine.local import retention, retrying
from workflows.errors import StepFailed
from workflows.event import Accepted, Declined, Refused

YES = {"timeout": "1h", "expected": ["yes"]}
CHANNEL = Policy(channel_members=True)


async def pay(ctx, request):
    await ctx.step.run("note", note)
    await ctx.step.wait_for_event("word", **YES)
    return type(await ctx.approval("ok", "Pay?", policy=CHANNEL, timeout="1h")).__name__


async def refuse(ctx, request):
    await ctx.step.run("note", note)
    await ctx.step.run("no", no)


async def wait(ctx, request):
    await ctx.step.wait_for_event("word", timeout="400d", expected=["yes"])


def note():
    return "noted"


def no():
    raise StepFailed("no")


JOBS = (a_job(pay, "pay"), a_job(refuse, "refuse"), a_job(wait, "wait"))


@pytest.fixture
async def harness(db, clock):
    return await Harness.opened(db, clock, *JOBS)


async def paid(harness):
    """Answer a run that has asked, been answered, and ended."""
    run = await harness.started(job="pay")
    await harness.deliver(run, "word", "yes", key="the word", why="because")
    await harness.run()
    (gate,) = await harness.gates.of_run(run)
    await harness.gates.decide(gate.id, a_vote("UBO", note="fine"))
    await harness.run()
    assert await harness.result(run) == "Approved"
    return run


async def test_journal_events_and_messages_go_and_everything_else_stays(harness, path):
    run = await paid(harness)
    harness.clock.move(days=90)
    before = everything(path)

    pruned = await harness.engine.prune(KEPT)

    after = everything(path)
    assert pruned == Pruned(1, 3 + 2 + len(before["outbox"]) + 1, more=False)
    assert [after[name] for name in ("journal", "events", "outbox")] == [[], [], []]
    assert rows(path, "SELECT name, kind FROM waits") == [("ok", "approval")]
    kept = ("gates", "votes", "cards", "audit")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert await harness.result(run) == "Approved"
    assert violations(path) == []


async def test_nothing_goes_a_moment_before_its_time(harness, path):
    await paid(harness)
    before = everything(path)
    harness.clock.move(days=90, microseconds=-1)

    assert await harness.engine.prune(KEPT) == Pruned(0, 0, more=False)
    assert everything(path) == before


async def test_i28_a_run_that_has_not_ended_never_loses_anything_however_old(harness, path):
    await harness.started(job="wait")
    blocked = await harness.started(job="wait")
    await harness.start(job="wait")
    gone = await harness.deployed(*JOBS[:2])
    await gone.deliver(blocked, "word", "yes")
    await gone.move(days=399)
    before = everything(path)
    assert [s for (s,) in rows(path, "SELECT status FROM runs ORDER BY 1")] == [
        "blocked", "blocked", "waiting",
    ]  # fmt: skip

    assert await gone.engine.prune(KEPT) == Pruned(0, 0, more=False)
    assert everything(path) == before


async def test_a_run_that_is_retried_is_not_over_any_more(harness, path):
    run = await harness.started(job="refuse")
    await harness.move(days=91)
    mended = await harness.deployed(a_job(wait, "refuse"))

    await mended.retry(run)
    pruned = await mended.engine.prune(KEPT)

    assert pruned.runs == 0
    assert rows(path, "SELECT name FROM journal") == [("note",), ("no",)]


async def test_a_failed_run_whose_journal_is_gone_is_not_retried(harness, path):
    run = await harness.started(job="refuse")
    await harness.move(days=91)
    await harness.engine.prune(KEPT)
    before = everything(path)

    assert await harness.retry(run) is NotDone.PRUNED

    assert everything(path) == before
    assert await harness.status(run) == "failed"
    assert await harness.engine.stuck(10) == []


async def test_the_timeline_says_that_the_journal_was_pruned(harness):
    run = await paid(harness)
    await harness.move(days=91)
    await harness.engine.prune(KEPT)

    timeline = (await harness.get(run)).timeline

    told = [(line.what, line.name) for line in timeline]
    assert ("approval resolved", "ok") in told
    assert ("step done", "note") not in told
    assert (timeline[-1].what, timeline[-1].at) == ("pruned", harness.clock.now())
    assert "what people decided" in timeline[-1].detail


async def test_what_was_decided_is_shown_and_a_late_click_is_told_so(harness):
    run = await paid(harness)
    await harness.move(days=91)
    await harness.engine.prune(KEPT)

    (gate,) = await harness.gates.of_run(run)
    late = await harness.gates.decide(gate.id, a_vote("UCY"))

    assert (gate.status, gate.decided_by, gate.note) == ("approved", "slack:T0HARBOR:UBO", "fine")
    assert [vote.person for vote in gate.votes] == ["slack:T0HARBOR:UBO"]
    assert late.ruling == Closed()


# -- keys -----------------------------------------------------------------------------------------


async def test_i28_a_repeated_event_gets_its_first_answer_for_a_week_after_the_end(harness):
    run = await paid(harness)
    harness.clock.move(days=7, seconds=-1)

    await harness.engine.prune(timedelta(days=7))
    again = await harness.deliver(run, "word", "yes", key="the word", why="because")

    assert isinstance(again, Accepted)
    assert again.repeated


@pytest.mark.parametrize("length", [timedelta(), timedelta(days=7, seconds=-1), -KEPT])
async def test_i28_nobody_may_ask_for_less_than_a_week(harness, length):
    with pytest.raises(DurationRefused, match="older_than"):
        await harness.engine.prune(length)


async def test_a_start_key_outlives_the_journal(harness):
    first = await harness.start(job="refuse", key="once")
    await harness.run()
    await harness.move(days=91)
    await harness.engine.prune(KEPT)

    assert await harness.start(job="refuse", key="once") == first


# -- races ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("prune_first", [True, False])
async def test_f36_an_event_that_arrives_while_its_run_is_pruned_is_declined(
    harness, path, prune_first
):
    run = await harness.started(job="refuse")
    await harness.move(days=91)
    both = [harness.engine.prune(KEPT), harness.deliver(run, "word", "yes")]

    # Of what is queued together the writer takes one after the other, in the order it was queued.
    answers = await asyncio.gather(*(both if prune_first else reversed(both)))

    (receipt,) = (each for each in answers if isinstance(each, Refused))
    (pruned,) = (each for each in answers if isinstance(each, Pruned))
    assert (receipt.code, pruned.runs) == (Declined.RUN_OVER, 1)
    assert violations(path) == []


@pytest.mark.parametrize("prune_first", [True, False])
async def test_f36_an_event_that_had_been_taken_before_is_declined_afterwards_not_taken_twice(
    harness, path, prune_first
):
    run = await paid(harness)
    await harness.move(days=91)
    deliver = harness.deliver(run, "word", "yes", key="the word", why="because")
    both = [harness.engine.prune(KEPT), deliver]

    answers = await asyncio.gather(*(both if prune_first else reversed(both)))

    receipt = answers[1] if prune_first else answers[0]
    if prune_first:
        assert receipt == Refused(Declined.RUN_OVER, {"status": "completed"})
    else:
        assert receipt.repeated
    assert rows(path, "SELECT count(*) FROM events") == [(0,)]
    assert violations(path) == []


@pytest.mark.parametrize("prune_first", [True, False])
async def test_f36_a_retry_that_meets_the_prune_either_has_its_journal_or_is_refused(
    harness, path, prune_first
):
    run = await harness.started(job="refuse")
    await harness.move(days=91)
    # The transactions themselves: before its own, a retry rehearses the code.
    retry = harness.db.write(retrying.retry, run, by="cli:ana", via="test")
    both = [harness.engine.prune(KEPT), retry]

    answers = await asyncio.gather(*(both if prune_first else reversed(both)))

    left = rows(path, "SELECT count(*) FROM journal")[0][0]
    refused = NotDone.PRUNED in answers
    assert (refused, left) == ((True, 0) if prune_first else (False, 2))


# -- batches --------------------------------------------------------------------------------------


async def test_a_batch_is_500_runs_and_says_that_there_are_more(harness, path):
    for n in range(501):
        await harness.start(job="refuse", key=str(n))
    await harness.run()
    await harness.move(days=91)

    batches = [await harness.engine.prune(KEPT) for _ in range(2)]

    assert [(batch.runs, batch.more) for batch in batches] == [(500, True), (1, False)]
    assert rows(path, "SELECT count(*) FROM journal") == [(0,)]


async def test_a_batch_ends_early_where_runs_have_many_rows(harness, monkeypatch):
    monkeypatch.setattr(retention, "MOST_ROWS", 4)  # a run has three
    for n in range(3):
        await harness.start(job="refuse", key=str(n))
    await harness.run()
    await harness.move(days=91)

    batches = [await harness.engine.prune(KEPT) for _ in range(2)]

    assert [(batch.runs, batch.more) for batch in batches] == [(2, True), (1, False)]


async def test_what_would_go_is_counted_and_nothing_written(harness, path):
    await paid(harness)
    await harness.started(job="refuse")
    await harness.move(days=91)
    before = everything(path)

    counted = await harness.engine.prunable(KEPT)

    assert everything(path) == before
    assert counted == await harness.engine.prune(KEPT)


async def test_whoever_asks_for_it_is_on_record(harness, path):
    await harness.started(job="refuse")
    await harness.move(days=91)

    for _ in range(2):
        await harness.engine.prune(KEPT, by=ANA, via="cli")

    written = rows(path, "SELECT actor, via, detail FROM audit WHERE action = 'prune'")
    assert written == [(ANA, "cli", '{"runs":1,"older_than_s":7776000}')]
