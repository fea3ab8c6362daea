"""Rehearsal: what would become of parked runs on other code, with nothing executed or written."""

import pytest
from pydantic import BaseModel

from tests.workflows.engine.oracle import everything
from tests.workflows.kit import Harness, a_job
from workflows.approvals.gate import Policy
from workflows.engine.local.rehearsal import Verdict, rehearse
from workflows.errors import StepFailed
from workflows.job import Job
from workflows.registry import Registry
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes"]}
CHANNEL = Policy(channel_members=True)


REVIVED = """
    UPDATE runs SET status = 'ready', ready_at = created_at, finished_at = NULL,
    failed_seq = NULL, error = NULL"""


def no():
    raise StepFailed("no")


def story(effects, words):
    """Answer a job that takes these steps, one after the other; small words are steps."""

    async def one(ctx):
        await ctx.step.wait_for_event("left", **YES)

    async def new(ctx):
        await ctx.step.run("new", effects.post, "new")
        await one(ctx)

    async def two(ctx):
        await ctx.step.wait_for_event("right", **YES)

    async def guarded(ctx):
        if ctx.patched("new-flow"):
            await ctx.step.run("new", effects.post, "new")

    async def broken(ctx):
        raise KeyError("gone")

    often = Retries(5, backoff="1h")
    verbs = {
        "WAIT": lambda ctx: ctx.step.wait_for_event("answer", **YES),
        "ASK": lambda ctx: ctx.approval("decision", "Pay?", policy=CHANNEL, timeout="1h"),
        "SLEEP": lambda ctx: ctx.step.sleep("rest", "1m"),
        "PLUGIN": lambda ctx: ctx.plugins.linear.create_issue(team_id="OPS", title="x"),
        "ONCE": lambda ctx: ctx.step.run("once", effects.post, "once", at_most_once=True),
        "GATHER": lambda ctx: ctx.step.gather("fan", one(ctx), two(ctx)),
        "GATHER-NEW": lambda ctx: ctx.step.gather("fan", new(ctx), two(ctx)),
        "PATCHED": guarded,
        "RAISE": broken,
        "NO": lambda ctx: ctx.step.run("no", no),
        "FLAKY": lambda ctx: ctx.step.run("flaky", effects.post, retries=often),
    }

    async def job(ctx, request):
        for word in words.split():
            verb = verbs.get(word)
            await (verb(ctx) if verb else ctx.step.run(word, effects.post, word))

    return a_job(job)


@pytest.fixture
async def judged(db, clock, effects, path):
    """Answer what becomes of a run that parked on the code *before*, on the code *after*."""

    async def judge(before, after, then=None):
        harness = await Harness.opened(db, clock, story(effects, before))
        run = await harness.started()
        if then:
            await then(harness, run)
        done, rows = list(effects.done), everything(path)

        registry = Registry([story(effects, after)])
        found = [each async for each in rehearse(db, registry, clock)]

        assert effects.done == done, "something was executed"
        assert everything(path) == rows, "something was written"
        return found[0].verdict, found[0].reason or ""

    return judge


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a WAIT b", "a WAIT b"),
        ("a WAIT b", "a WAIT new b"),
        ("a WAIT b", "WAIT b"),
        ("a c WAIT b", "c a WAIT b"),
        ("a WAIT b", "a"),
        ("a ASK b", "a ASK PLUGIN"),
        ("a SLEEP b", "a SLEEP ONCE"),
        ("GATHER b", "GATHER new"),
        ("a WAIT b", "a PATCHED WAIT b"),
    ],
)
async def test_a_change_that_parked_runs_do_not_meet_lets_them_go_on(judged, before, after):
    assert await judged(before, after) == (Verdict.GOES_ON, "")


@pytest.mark.parametrize(
    ("before", "after", "part"),
    [
        ("a WAIT b", "a new WAIT b", "reaches 'new', which is new"),
        ("a WAIT b", "renamed WAIT b", "reaches 'renamed', which is new"),
        ("a WAIT b", "a ASK b", "reaches 'decision', which is new"),
        ("a WAIT b", "a PLUGIN WAIT b", "reaches 'linear.create_issue', which is new"),
        ("a WAIT", "a answer", "'answer' is a step in the code, but was a wait"),
        ("GATHER", "GATHER-NEW", "reaches 'fan#1[0]/new', which is new"),
    ],
)
async def test_a_change_before_the_point_where_a_run_stands_would_block_it(
    judged, before, after, part
):
    verdict, reason = await judged(before, after)

    assert verdict is Verdict.BLOCKS
    assert reason.startswith("nondeterminism: ")
    assert part in reason


async def test_a_job_that_is_not_there_would_block_its_runs(db, clock, effects):
    harness = await Harness.opened(db, clock, story(effects, "WAIT"))
    run = await harness.started()

    (found,) = [each async for each in rehearse(db, Registry(), clock)]

    assert (found.run_id, found.job, found.status) == (run, "story", "waiting")
    assert found.verdict is Verdict.BLOCKS
    assert found.reason == "job_missing: no job is called 'story'; known: none"


class Narrow(BaseModel):
    who: int


async def test_an_input_that_no_longer_fits_would_block_its_run(db, clock, effects):
    old = story(effects, "WAIT")
    harness = await Harness.opened(db, clock, old)
    await harness.started(who="Ana")
    new = Job(name="story", description="", function=old.function, model=Narrow)

    (found,) = [each async for each in rehearse(db, Registry([new]), clock)]

    assert found.verdict is Verdict.BLOCKS
    assert found.reason.startswith("input: story does not accept this input: who:")


async def test_code_that_raises_over_its_own_journal_would_fail_its_run(judged):
    assert await judged("a WAIT b", "a RAISE") == (Verdict.FAILS, "KeyError: 'gone'")


async def test_a_step_that_has_failed_ends_the_run_on_any_code_and_is_no_finding(
    judged, db, clock, effects
):
    async def cut_off(harness, run):
        # The failure is journaled, and the process ends before the run does.
        await db.write(lambda tx: tx._connection.execute(REVIVED))

    assert await judged("a NO", "a NO", cut_off) == (Verdict.GOES_ON, "")


async def test_a_step_that_is_to_be_tried_again_is_not_tried(judged, effects):
    effects.troubles = [ConnectionError("down")]

    assert await judged("FLAKY b", "FLAKY c") == (Verdict.GOES_ON, "")


async def test_a_blocked_run_is_judged_by_the_code_at_hand_too(db, clock, effects):
    harness = await Harness.opened(db, clock, story(effects, "a WAIT b"))
    run = await harness.started()
    harness = await harness.deployed(story(effects, "a new WAIT b"))
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    async def verdict(words):
        registry = Registry([story(effects, words)])
        (found,) = [each async for each in rehearse(db, registry, clock)]
        return found.status, found.verdict

    assert await verdict("a new WAIT b") == ("blocked", Verdict.BLOCKS)
    assert await verdict("a WAIT b") == ("blocked", Verdict.GOES_ON)


@pytest.mark.parametrize(
    "words", ["a WAIT", "ONCE WAIT", "PLUGIN WAIT", "GATHER-NEW b", "NO", "FLAKY", "SLEEP", "ASK"]
)
async def test_a_run_that_would_go_on_now_does_nothing_in_a_rehearsal(
    db, clock, effects, path, words
):
    harness = await Harness.opened(db, clock, story(effects, words))
    await harness.start()
    rows = everything(path)

    registry = Registry([story(effects, words)])
    (found,) = [each async for each in rehearse(db, registry, clock)]

    assert (found.status, found.verdict) == ("ready", Verdict.GOES_ON)
    assert effects.done == []
    assert everything(path) == rows


async def test_a_run_that_was_answered_and_has_not_gone_on_yet_does_nothing_in_a_rehearsal(judged):
    async def answer(harness, run):
        await harness.deliver(run, "answer", "yes")

    assert await judged("a WAIT b", "a WAIT b", answer) == (Verdict.GOES_ON, "")


async def test_what_a_person_has_accepted_does_not_block_again(db, clock, effects):
    harness = await Harness.opened(db, clock, story(effects, "a WAIT b SLEEP"))
    run = await harness.started()
    harness = await harness.deployed(story(effects, "a new WAIT b SLEEP"))
    await harness.deliver(run, "answer", "yes")
    await harness.run()
    await harness.retry(run)

    registry = Registry([story(effects, "a new WAIT b SLEEP")])
    (found,) = [each async for each in rehearse(db, registry, clock)]

    assert (found.status, found.verdict) == ("ready", Verdict.GOES_ON)


async def test_a_cancelled_run_takes_the_way_of_its_closing_code(judged):
    async def cancel(harness, run):
        await harness.engine.cancel(run, by="slack:T0HARBOR:UANA", via="test")

    assert await judged("a WAIT b", "a WAIT b", cancel) == (Verdict.GOES_ON, "")


async def test_every_run_that_has_not_ended_is_there_and_no_other(db, clock, effects, monkeypatch):
    monkeypatch.setattr("workflows.engine.local.rehearsal.PAGE", 2)
    harness = await Harness.opened(db, clock, story(effects, "WAIT"))
    runs = [await harness.started() for _ in range(5)]
    await harness.deliver(runs[0], "answer", "yes")
    await harness.run()
    runs.append(await harness.start())

    registry = Registry([story(effects, "WAIT")])
    found = [each async for each in rehearse(db, registry, clock)]

    assert [each.run_id for each in found] == sorted(runs[1:])
    assert {each.verdict for each in found} == {Verdict.GOES_ON}
