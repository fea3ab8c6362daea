"""ctx.log: a job's own lines, each once however many passes go by, with its run and its job."""

from contextlib import suppress

import pytest
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from store.query import Query
from store.tables import RUNS
from tests.workflows.kit import Killed, a_job
from workflows.engine.local.outcome import Writes
from workflows.errors import StepFailed
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}


class Posting:
    """A step function that writes to the log and fails once."""

    ctx = None
    tried = 0

    async def post(self):
        self.tried += 1
        self.ctx.log.info("attempt", n=self.tried)
        if self.tried == 1:
            raise OSError("down")


@pytest.fixture
def lines(caplog):
    """Answer the lines that jobs have written so far, in order."""
    caplog.set_level("INFO")
    own = lambda: (each for each in caplog.records if each.name == "workflows.log")  # noqa: E731
    return lambda: [
        f"{each.getMessage()} {each.facts['n']}" if "n" in each.facts else each.getMessage()
        for each in own()
    ]


async def answered(harness, run, name="answer"):
    (full,) = [
        each.name
        for each in (await harness.get(run)).waits
        if each.name.rpartition("/")[2] == name and each.status == "open"
    ]
    await harness.deliver(run, full, "yes")
    await harness.run()


async def test_a_line_is_written_once_however_many_passes_go_by(engines, effects, lines):
    async def story(ctx, request):
        ctx.log.info("begun")
        await ctx.step.run("one", effects.post)
        ctx.log.info("one done")
        ctx.log.info("asking")
        for n in range(3):
            await ctx.step.wait_for_event("answer", **YES)
            ctx.log.info("answer", n=n)
        ctx.log.info("returning")

    harness = await engines(a_job(story))
    run = await harness.started()
    assert lines() == ["begun", "one done", "asking"]

    for _ in range(3):
        harness = await harness.restarted()
        await answered(harness, run)

    assert await harness.status(run) == "completed"
    assert lines() == [
        *("begun", "one done", "asking"),
        *("answer 0", "answer 1", "answer 2", "returning"),
    ]


async def test_a_line_says_of_which_run_and_job_it_is_and_its_facts_as_plain_values(
    engines, caplog
):
    class Order(BaseModel):
        what: str
        key: SecretStr

    class Odd:
        def __repr__(self):
            raise RuntimeError("no")

    async def story(ctx, request):
        order = Order(what="tea", key=SecretStr("s3cret"))
        ctx.log.warning("ordered", order=order, tags={"a"}, odd=Odd(), job="mine", message=5)
        try:
            int("oh")
        except ValueError:
            ctx.log.exception("failed %s %d")

    harness = await engines(a_job(story))
    run = await harness.started()

    first, second = [each for each in caplog.records if each.name == "workflows.log"]
    assert first.facts == {
        "run_id": run,
        "job": "story",
        "order": {"what": "tea", "key": "**********"},
        "tags": "{'a'}",
        "odd": "<Odd>",
        "job_": "mine",
        "message": 5,
    }
    assert (first.levelname, second.levelname) == ("WARNING", "ERROR")
    assert second.getMessage() == "failed %s %d"
    assert second.exc_info[0] is ValueError


async def test_branches_write_each_of_their_lines_once_also_those_that_have_ended(
    engines, effects, lines
):
    async def quick(ctx):
        await ctx.step.run("quick", effects.post)
        ctx.log.info("quick has ended")

    async def silent(ctx):
        ctx.log.info("nothing to do")

    async def slow(ctx, name):
        await ctx.step.wait_for_event(name, **YES)
        ctx.log.info("came", n=name)
        await ctx.step.wait_for_event(f"{name} again", **YES)
        ctx.log.info("came again", n=name)

    async def story(ctx, request):
        await ctx.step.gather("fan", quick(ctx), silent(ctx), slow(ctx, "a"), slow(ctx, "b"))
        ctx.log.info("together")
        await ctx.step.wait_for_event("last", **YES)
        ctx.log.info("over")

    harness = await engines(a_job(story))
    run = await harness.started()
    for name in ("b", "a", "b again", "a again", "last"):
        harness = await harness.restarted()
        await answered(harness, run, name)

    assert await harness.status(run) == "completed"
    assert sorted(lines()) == sorted(
        [
            *("nothing to do", "quick has ended", "came b", "came a"),
            *("came again b", "came again a", "together", "over"),
        ]
    )
    assert lines()[-2:] == ["together", "over"]


async def test_a_branch_inside_a_branch_writes_its_lines_once(engines, lines):
    async def leaf(ctx, n):
        ctx.log.info("leaf", n=n)

    async def branch(ctx, n):
        await ctx.step.gather("leaves", leaf(ctx, n), leaf(ctx, n + 1))
        ctx.log.info("branch", n=n)
        await ctx.step.wait_for_event(f"wait {n}", **YES)

    async def story(ctx, request):
        await ctx.step.gather("outer", branch(ctx, 0), branch(ctx, 2))
        await ctx.step.wait_for_event("last", **YES)

    harness = await engines(a_job(story))
    run = await harness.started()
    for name in ("wait 0", "wait 2", "last"):
        await answered(harness, run, name)

    assert sorted(lines()) == ["branch 0", "branch 2", "leaf 0", "leaf 1", "leaf 2", "leaf 3"]


async def test_those_that_were_not_the_first_write_once_while_they_close(engines, lines):
    async def branch(ctx, name):
        ctx.log.info("begun", n=name)
        try:
            await ctx.step.wait_for_event(name, **YES)
        finally:
            ctx.log.info("over", n=name)

    async def story(ctx, request):
        end = await ctx.step.first("race", a=branch(ctx, "a"), b=branch(ctx, "b"))
        ctx.log.info("won", n=end.name)
        await ctx.step.wait_for_event("last", **YES)

    harness = await engines(a_job(story))
    run = await harness.started()
    for name in ("a", "last"):
        harness = await harness.restarted()
        await answered(harness, run, name)

    assert await harness.status(run) == "completed"
    assert sorted(lines()) == ["begun a", "begun b", "over a", "over b", "won a"]


async def test_closing_code_at_the_end_of_a_pass_writes_nothing_and_at_the_end_it_does(
    engines, lines
):
    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            ctx.log.info("closing")

    harness = await engines(a_job(story))
    run = await harness.started()
    assert lines() == []

    await answered(harness, run)

    assert lines() == ["closing"]


async def test_closing_code_of_a_cancelled_run_writes_once(engines, effects, lines):
    async def story(ctx, request):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            ctx.log.info("closing")
            await ctx.step.wait_for_event("closed", **YES)
            ctx.log.info("closed")

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.cancel(run)
    await harness.run()
    await answered(harness, run, "closed")

    assert await harness.status(run) == "cancelled"
    assert lines() == ["closing", "closed"]


async def test_a_step_that_is_tried_again_repeats_no_line(engines, effects, lines):
    effects.troubles += [OSError("down"), OSError("down")]

    async def story(ctx, request):
        ctx.log.info("posting")
        await ctx.step.run("post", effects.post, retries=Retries(5, backoff="1m"))
        ctx.log.info("posted")

    harness = await engines(a_job(story))
    run = await harness.started()
    for _ in range(4):
        await harness.move(minutes=5)

    assert await harness.status(run) == "completed"
    assert lines() == ["posting", "posted"]


async def test_a_run_that_a_person_retries_repeats_no_line(engines, effects, lines):
    effects.troubles.append(StepFailed("not yet"))

    async def story(ctx, request):
        await ctx.step.run("one", effects.post)
        ctx.log.info("one done")

    async def first(ctx, request):
        ctx.log.info("begun")
        await story(ctx, request)

    harness = await engines(a_job(first))
    run = await harness.started()
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert lines() == ["begun", "one done"]


async def test_a_run_that_is_blocked_and_goes_on_repeats_no_line(engines, effects, lines):
    async def before(ctx, request):
        await ctx.step.run("one", effects.post)
        await ctx.step.wait_for_event("answer", **YES)

    async def after(ctx, request):
        await ctx.step.run("one", effects.post)
        ctx.log.info("a line that is new says nothing of what is behind the run")
        await ctx.step.run("put in", effects.post)
        await ctx.step.wait_for_event("answer", **YES)
        ctx.log.info("answered")

    harness = await engines(a_job(before))
    run = await harness.started()
    harness = await harness.deployed(a_job(after))
    await answered(harness, run)
    assert await harness.status(run) == "blocked"

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert lines() == ["answered"]


async def test_lines_of_branches_that_are_over_are_not_repeated_by_a_retry(engines, effects, lines):
    effects.troubles.append(StepFailed("not yet"))

    async def branch(ctx, n):
        ctx.log.info("branch", n=n)

    async def story(ctx, request):
        await ctx.step.gather("fan", branch(ctx, 0), branch(ctx, 1))
        ctx.log.info("together")
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert lines() == ["branch 0", "branch 1", "together"]


async def test_a_line_that_is_put_behind_the_end_of_a_branch_says_nothing(engines, effects, lines):
    async def branch(ctx, name):
        await ctx.step.run(name, effects.post)

    async def before(ctx, request):
        await ctx.step.gather("fan", branch(ctx, "a"), branch(ctx, "b"))
        await ctx.step.wait_for_event("answer", **YES)

    async def speaking(ctx, name):
        await branch(ctx, name)
        ctx.log.info("new")

    async def after(ctx, request):
        await ctx.step.gather("fan", speaking(ctx, "a"), speaking(ctx, "b"))
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(before))
    run = await harness.started()
    harness = await harness.deployed(a_job(after))
    await answered(harness, run)

    assert await harness.status(run) == "completed"
    assert lines() == []


async def test_what_is_kept_of_the_log_does_not_grow_with_it(engines, db, lines):
    async def branch(ctx, n):
        ctx.log.info("branch", n=n)

    async def story(ctx, request):
        for n in range(20):
            await ctx.step.gather("fan", *[branch(ctx, n) for _ in range(5)])
            ctx.log.info("together")
        await ctx.step.wait_for_event("answer", **YES)

    harness = await engines(a_job(story))
    await harness.started()

    assert len(lines()) == 20 * 6
    kept = await db.read(lambda tx: tx.all(Query(select(RUNS.c.said), str)))
    assert [len(said) < 20 for said in kept] == [True]


def test_what_was_said_is_kept_where_a_pass_writes_twice():
    assert Writes(said="first").before(Writes()).said == "first"
    assert Writes(said="first").before(Writes(said="later")).said == "later"
    assert Writes(said="first").without_waits().said == "first"


async def test_a_line_that_is_put_into_a_job_blocks_no_run(engines, effects, lines):
    async def before(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)

    async def after(ctx, request):
        ctx.log.info("new")
        await ctx.step.wait_for_event("answer", **YES)
        ctx.log.info("answered")

    harness = await engines(a_job(before))
    run = await harness.started()
    harness = await harness.deployed(a_job(after))
    await answered(harness, run)

    assert await harness.status(run) == "completed"
    assert lines() == ["answered"]


@pytest.mark.parametrize(("kills", "begun"), [("one", 2), ("two", 1)])
async def test_a_process_that_dies_repeats_only_what_was_not_yet_written_down(
    engines, effects, lines, kills, begun
):
    """Twice beats never; and what has an entry behind it is written down with that."""

    async def story(ctx, request):
        ctx.log.info("begun")
        await ctx.step.run("one", effects.post, "one")
        ctx.log.info("one done")
        await ctx.step.run("two", effects.post, "two")

    harness = await engines(a_job(story))
    effects.troubles += [None] * (kills == "two") + [Killed()]
    run = await harness.start()
    with suppress(Killed):
        await harness.run()
    harness = await harness.restarted()
    await harness.run()

    assert await harness.status(run) == "completed"
    assert lines() == ["begun"] * begun + ["one done"]


async def test_a_step_function_writes_at_every_attempt(engines, lines):
    posting = Posting()

    async def story(ctx, request):
        posting.ctx = ctx
        await ctx.step.run("post", posting.post)

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.move(minutes=1)

    assert await harness.status(run) == "completed"
    assert lines() == ["attempt 1", "attempt 2"]
