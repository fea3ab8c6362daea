"""What readers are shown: when something is due, what needs a person, and who did what."""

from datetime import timedelta

import pytest

from tests.workflows.engine.oracle import rows
from tests.workflows.kit import ANA, NOON, Harness, a_job
from workflows.errors import StepFailed
from workflows.step import Retries


async def sleeps(ctx, request):
    await ctx.step.sleep("rest", "1h")


async def test_nothing_is_due_where_nothing_waits(db, clock):
    harness = await Harness.opened(db, clock, a_job(sleeps))

    assert await harness.engine.next_due() is None


async def test_the_earliest_deadline_or_new_attempt_is_what_is_due_next_i10(db, clock, effects):
    async def fails(ctx, request):
        await ctx.step.run("post", effects.post, retries=Retries(backoff="10s"))

    harness = await Harness.opened(db, clock, a_job(sleeps), a_job(fails, "fails"))
    await harness.started()
    deadline = await harness.engine.next_due()
    effects.troubles = [ConnectionError("down")]

    await harness.start("fails")
    await harness.run()

    assert deadline == NOON + timedelta(hours=1)
    assert await harness.engine.next_due() == NOON + timedelta(seconds=10)


async def test_what_needs_a_person_is_listed_blocked_runs_first(db, clock):
    async def fails(ctx, request):
        raise StepFailed("no")

    harness = await Harness.opened(db, clock, a_job(fails), a_job(sleeps, "missing"))
    blocked = await harness.start("missing")
    failed = await harness.start()
    harness = await harness.deployed(a_job(fails))
    await harness.move(seconds=1)

    stuck = await harness.engine.stuck(10)

    assert [(run.id, run.status) for run in stuck] == [(blocked, "blocked"), (failed, "failed")]


async def test_the_timeline_tells_everything_in_order(db, clock, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post, retries=Retries(backoff="10s"))
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
        await ctx.step.sleep("rest", "1m")

    harness = await Harness.opened(db, clock, a_job(story))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()
    await harness.move(seconds=10)
    clock.move(seconds=1)
    await harness.deliver(run, "answer", "yes")
    await harness.run()
    await harness.move(minutes=1)

    told = [(line.what, line.name) for line in (await harness.get(run)).timeline]
    assert told == [
        ("started", "story"),
        ("step done (attempt 2)", "post"),
        ("event opened", "answer"),
        ("event resolved", "answer"),
        ("sleep opened", "rest"),
        ("deliver", ANA),
        ("sleep timed_out", "rest"),
        ("completed", None),
    ]


@pytest.mark.parametrize(
    ("act", "line"),
    [
        ("start", ("start", "done")),
        ("cancel", ("cancel", "asked")),
        ("force", ("cancel", "forced")),
        ("retry", ("retry", "done")),
    ],
)
async def test_who_started_cancelled_or_retried_a_run_is_written_down_i23(db, clock, act, line):
    async def story(ctx, request):
        if act == "retry":
            raise ValueError(act)
        await sleeps(ctx, request)

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()

    if act == "retry":
        await harness.retry(run)
    elif act != "start":
        await harness.cancel(run, force=act == "force")

    path = db._path
    last = "SELECT run_id, actor, via, action, outcome FROM audit ORDER BY id DESC LIMIT 1"
    assert rows(path, last) == [(run, ANA, "test", *line)]
