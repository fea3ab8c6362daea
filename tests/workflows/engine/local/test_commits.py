"""Every commit, looked at from outside at the moment it is made: what must hold, holds (i7, i8)."""

import pytest

from store.opening import open_database
from tests.workflows.engine.oracle import everything, rows, violations
from tests.workflows.kit import Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Policy
from workflows.errors import StepFailed

POLICY = Policy(channel_members=True, need=2)


@pytest.fixture
async def watched(database_url, clock, path):
    """A database that is looked at after each commit, and what was seen wrong."""
    seen = []

    def look(name):
        if name == "commit:after":
            seen.extend(violations(path))

    db = open_database(database_url, clock.now, look)
    yield db, seen
    await db.close()


def story_of(effects):
    async def story(ctx, request):
        try:
            await ctx.step.run("before", effects.post, "before")
            decision = await ctx.approval("decision", "Go?", policy=POLICY, timeout="1h")
            event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
            await ctx.step.sleep("rest", "1m")
            await ctx.step.run("after", effects.post, "after")
            return [type(decision).__name__, event.kind]
        finally:
            await ctx.step.run("close", effects.post, "close")

    return a_job(story)


async def decide(harness, run, *choices):
    (gate,) = await harness.gates.of_run(run)
    for n, choice in enumerate(choices):
        await harness.gates.decide(gate.id, a_vote(f"U{n}PERSON", choice))
    await harness.run()


async def test_the_commits_of_an_approved_run_i7_i8(watched, clock, effects):
    db, seen = watched
    harness = await Harness.opened(db, clock, story_of(effects))
    run = await harness.start()
    await harness.deliver(run, "answer", "yes")
    await harness.deliver(run, "decision", "approved")
    await harness.run()

    effects.troubles = [ConnectionError("down")]
    await decide(harness, run, Choice.APPROVED, Choice.APPROVED)
    await harness.move(minutes=1)
    await harness.move(minutes=1)

    assert await harness.result(run) == ["Approved", "yes"]
    assert seen == []


@pytest.mark.parametrize("force", [False, True])
async def test_the_commits_of_a_cancelled_run_i7_i8(watched, clock, effects, force):
    db, seen = watched
    harness = await Harness.opened(db, clock, story_of(effects))
    run = await harness.started()

    await harness.cancel(run, force=force)
    await harness.run()

    assert await harness.status(run) == "cancelled"
    assert seen == []


async def test_the_commits_of_a_run_that_nobody_answers_i7_i8(watched, clock, effects):
    db, seen = watched
    harness = await Harness.opened(db, clock, story_of(effects))
    run = await harness.started()

    await harness.move(hours=1)
    await harness.move(hours=1)
    await harness.move(minutes=1)

    assert await harness.result(run) == ["Expired", "timeout"]
    assert seen == []


async def test_the_commits_of_a_run_that_fails_and_is_retried_i7_i8(watched, clock, effects):
    db, seen = watched
    harness = await Harness.opened(db, clock, story_of(effects))
    run = await harness.started()
    await decide(harness, run, Choice.REJECTED)
    await harness.deliver(run, "answer", "yes")
    await harness.run()
    effects.troubles = [None, StepFailed("no")]  # the closing step's
    await harness.move(minutes=1)
    failed = await harness.status(run)

    await harness.retry(run)
    await harness.run()

    assert failed == "failed"
    assert await harness.result(run) == ["Rejected", "yes"]
    assert seen == []


# -- what became of events ------------------------------------------------------------------------


async def test_an_early_event_that_an_approval_was_reached_instead_of_is_kept_as_mismatched(
    db, clock, path, effects
):
    harness = await Harness.opened(db, clock, story_of(effects))
    run = await harness.start()

    await harness.deliver(run, "decision", "approved")
    await harness.run()

    assert await harness.status(run) == "waiting"
    assert rows(path, "SELECT name, status FROM events") == [("decision", "mismatched")]


async def test_early_events_of_unexpected_kinds_are_kept_as_mismatched_i1(db, clock, path):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.start()

    for kind in ("no", "yes", "later"):
        await harness.deliver(run, "answer", kind)
    await harness.run()

    assert rows(path, "SELECT kind, status FROM events ORDER BY id") == [
        ("no", "mismatched"),
        ("yes", "consumed"),
        ("later", "expired"),
    ]


@pytest.mark.parametrize("end", ["complete", "fail", "cancel", "force"])
async def test_events_that_no_wait_took_expire_when_their_run_ends_i1(db, clock, path, end):
    async def story(ctx, request):
        await ctx.step.sleep("rest", "1h")
        if end == "fail":
            raise ValueError(end)

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")

    if end in {"cancel", "force"}:
        await harness.cancel(run, force=end == "force")
    await harness.move(hours=1)

    assert rows(path, "SELECT status FROM events") == [("expired",)]


@pytest.mark.parametrize(
    ("name", "kind", "key", "outcome"),
    [
        ("answer", "maybe", None, "refused:unexpected_kind"),
        ("answer", "no", "first", "refused:key_reused"),
        ("answer", "yes", None, "resolved"),
        ("other", "yes", None, "buffered"),
    ],
)
async def test_every_attempt_to_deliver_an_event_is_written_down_i23_i25(
    db, clock, path, name, kind, key, outcome
):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes", "no"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    await harness.deliver(run, "early", "yes", key="first")

    await harness.deliver(run, name, kind, key=key)

    last = "SELECT actor, via, action, outcome, run_id FROM audit ORDER BY id DESC LIMIT 1"
    assert rows(path, last) == [("slack:T0HARBOR:UANA", "api", "deliver", outcome, run)]


async def test_a_repeated_event_is_not_written_down_again(db, clock, path):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()

    for _ in range(3):
        await harness.deliver(run, "answer", "yes", key="k")

    assert rows(path, "SELECT count(*) FROM events") == [(1,)]
    assert rows(path, "SELECT count(*) FROM audit WHERE action = 'deliver'") == [(1,)]


async def test_f30_a_sweep_of_more_waits_than_a_batch_ends_them_all(db, clock, path):
    async def story(ctx, request):
        await ctx.step.sleep("rest", "1h")

    harness = await Harness.opened(db, clock, a_job(story))
    for _ in range(501):
        await harness.start()
    await harness.run()

    await harness.move(hours=1)

    assert rows(path, "SELECT status, count(*) FROM runs GROUP BY 1") == [("completed", 501)]


async def test_to_expire_a_wait_that_has_ended_changes_nothing_i6_i11(db, clock, path):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    await harness.deliver(run, "answer", "yes")
    clock.move(hours=2)
    before = everything(path)

    await db.write(harness.engine.expire, run, "answer", 1)

    assert everything(path) == before


async def test_to_expire_a_wait_before_its_deadline_changes_nothing_i10(db, clock, path):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])

    harness = await Harness.opened(db, clock, a_job(story))
    run = await harness.started()
    clock.move(minutes=59)
    before = everything(path)

    await db.write(harness.engine.expire, run, "answer", 1)

    assert everything(path) == before
