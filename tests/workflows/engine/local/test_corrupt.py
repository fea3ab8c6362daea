"""Rows that somebody has written over by hand: one run is set aside, and says why; no other is."""

import sqlite3
from contextlib import closing

import pytest

from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import Harness, a_job


def by_hand(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


async def story(ctx, request):
    await ctx.step.now()
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
    await ctx.step.sleep("nap", "1m")
    return event.kind


DAMAGES = {
    "no JSON": "UPDATE journal SET value = '{\"kind' WHERE run_id = ? AND kind = 'wait'",
    "another form": "UPDATE journal SET value = '[1]' WHERE run_id = ? AND kind = 'wait'",
    "no time": "UPDATE journal SET value = '\"noon\"' WHERE run_id = ? AND kind = 'now'",
    "an unknown status": "UPDATE journal SET status = 'odd' WHERE run_id = ? AND kind = 'now'",
    "a time that is none": "UPDATE journal SET at = 'noon' WHERE run_id = ? AND kind = 'now'",
    "no text": "UPDATE journal SET value = CAST(x'ff' AS TEXT) WHERE run_id = ? AND kind = 'now'",
    "an input that is no text": "UPDATE runs SET input = CAST(x'ff' AS TEXT) WHERE id = ?",
    "an input that is no JSON": "UPDATE runs SET input = '{' WHERE id = ?",
    "a cancel at no time": "UPDATE runs SET cancel_requested_at = 'noon' WHERE id = ?",
}


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES)
async def test_f106_a_run_with_a_row_that_cannot_be_read_is_set_aside_and_the_others_go_on(
    db, clock, path, statement
):
    harness = await Harness.opened(db, clock, a_job(story))
    damaged, *others = [await harness.started() for _ in range(4)]
    for run in (damaged, *others):
        await harness.deliver(run, "answer", "yes")

    by_hand(path, statement, damaged)
    await harness.run()
    await harness.move(minutes=2)

    ((run, reason),) = rows(path, "SELECT id, blocked_reason FROM runs WHERE status = 'blocked'")
    assert (run, reason.partition(":")[0]) == (damaged, "corrupt")
    assert [await harness.result(run) for run in others] == ["yes"] * 3
    assert violations(path) == []


@pytest.mark.parametrize("damage", ["no JSON", "an unknown status", "an input that is no JSON"])
async def test_f106_a_run_that_cannot_be_read_can_be_looked_at_and_cancelled(
    db, clock, path, damage
):
    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")
    by_hand(path, DAMAGES[damage], run)
    await harness.run()

    looked_at = await harness.get(run)
    await harness.cancel(run, force=True)

    assert looked_at.blocked_reason.startswith("corrupt:")
    assert await harness.status(run) == "cancelled"


async def test_f106_a_row_that_was_mended_goes_on_when_a_person_retries(db, clock, path):
    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")
    ((before,),) = rows(path, "SELECT value FROM journal WHERE name = 'answer'")
    by_hand(path, DAMAGES["no JSON"], run)
    await harness.run()

    mend = "UPDATE journal SET value = ? WHERE run_id = ? AND name = 'answer'"
    by_hand(path, mend, before, run)
    await harness.retry(run)
    await harness.run()
    await harness.move(minutes=2)

    assert await harness.result(run) == "yes"


async def test_f106_a_job_cannot_catch_that_its_journal_cannot_be_read(db, clock, path):
    caught = []

    async def catching(ctx, request):
        try:
            return await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        except Exception as error:  # noqa: BLE001
            caught.append(error)

    harness = await Harness.opened(db, clock, a_job(catching))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")
    by_hand(path, DAMAGES["another form"], run)

    await harness.run()

    assert (await harness.status(run), caught) == ("blocked", [])
