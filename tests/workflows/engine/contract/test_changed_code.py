"""Changed code: a run goes on as it was, or stops before it does anything new (i26)."""

import pytest

from tests.workflows.kit import a_job
from workflows.engine.base import Done

YES = {"timeout": "1h", "expected": ["yes"]}


async def replayed(engines, effects, before, after):
    """Take a run to its wait with the code *before*, and on from there with the code *after*."""

    def story(steps):
        async def job(ctx, request):
            for step in steps:
                if step == "WAIT":
                    await ctx.step.wait_for_event("answer", **YES)
                elif step == "SLEEP":
                    await ctx.step.sleep("rest", "1m")
                elif step == "NOW":
                    await ctx.step.now()
                else:
                    await ctx.step.run(step, effects.post, step)

        return a_job(job)

    harness = await engines(story(before.split()))
    run = await harness.started()
    harness = await harness.deployed(story(after.split()))
    await harness.deliver(run, "answer", "yes")
    await harness.run()
    return harness, run


@pytest.mark.parametrize(
    ("before", "after", "new", "unread"),
    [
        ("a WAIT b", "a new WAIT b", "new", "answer"),
        ("a WAIT b", "new a WAIT b", "new", "a, answer"),
        ("a WAIT b", "renamed WAIT b", "renamed", "a, answer"),
        ("a WAIT", "a a WAIT", "a#2", "answer"),
        ("a WAIT", "a NOW WAIT", "now", "answer"),
        ("a WAIT", "a SLEEP WAIT", "rest", "answer"),
    ],
)
async def test_f97_a_step_inserted_or_renamed_before_where_the_run_stood_blocks_it(
    engines, effects, before, after, new, unread
):
    harness, run = await replayed(engines, effects, before, after)

    found = await harness.get(run)
    assert found.status == "blocked"
    assert found.blocked_reason.startswith(f"nondeterminism: the code now reaches {new!r}")
    assert f"already done: {unread}." in found.blocked_reason
    assert effects.done == ["a"]


@pytest.mark.parametrize(
    ("before", "after", "done"),
    [
        ("a b WAIT c", "a WAIT c", ["a", "b", "c"]),
        ("a b WAIT c", "WAIT c", ["a", "b", "c"]),
        ("a b WAIT c", "b a WAIT c", ["a", "b", "c"]),
        ("a b WAIT c", "WAIT b a c", ["a", "b", "c"]),
        ("a WAIT", "a WAIT new", ["a", "new"]),
        ("a WAIT b", "a WAIT", ["a"]),
    ],
    ids=["removed", "all removed", "reordered", "moved", "appended", "cut"],
)
async def test_f98_steps_removed_reordered_or_added_behind_let_the_run_go_on(
    engines, effects, before, after, done
):
    harness, run = await replayed(engines, effects, before, after)

    assert await harness.status(run) == "completed"
    assert effects.done == done


@pytest.mark.parametrize(
    ("after", "gone"),
    [("a WAIT SLEEP c", "b"), ("WAIT SLEEP c", "a, b"), ("a b WAIT SLEEP c", None)],
)
async def test_f98_the_timeline_says_once_which_steps_are_no_longer_in_the_code(
    engines, effects, after, gone
):
    harness, run = await replayed(engines, effects, "a b WAIT SLEEP c", after)
    harness = await harness.restarted()
    await harness.move(minutes=1)

    found = await harness.get(run)
    told = [line.name for line in found.timeline if line.what == "no longer in the code"]
    assert found.status == "completed"
    assert told == ([gone] if gone else [])


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("a WAIT", "a answer", "'answer' is a step in the code, but was a wait"),
        ("rest WAIT", "SLEEP WAIT", "'rest' is a sleep in the code, but was a step"),
        ("now WAIT", "NOW WAIT", "'now' is a now in the code, but was a step"),
    ],
)
async def test_an_entry_is_not_the_answer_to_a_verb_of_another_kind(
    engines, effects, before, after, reason
):
    harness, run = await replayed(engines, effects, before, after)

    found = await harness.get(run)
    assert found.status == "blocked"
    assert reason in found.blocked_reason
    assert len(effects.done) == 1


async def test_f97_a_blocked_run_goes_on_when_the_old_code_is_back_and_a_person_retries_it(
    engines, effects
):
    async def old(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("post", effects.post)

    async def new(ctx, request):
        await ctx.step.run("new", effects.post, "new")
        await old(ctx, request)

    harness = await engines(a_job(old))
    run = await harness.started()
    harness = await harness.deployed(a_job(new))
    await harness.deliver(run, "answer", "yes")
    await harness.run()

    harness = await harness.deployed(a_job(old))
    retried = await harness.retry(run)
    await harness.run()

    assert isinstance(retried, Done)
    assert await harness.status(run) == "completed"
    assert effects.done == ["letter"]


async def test_a_block_that_the_job_swallows_still_executes_nothing(engines, effects):
    async def old(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)

    async def new(ctx, request):
        try:
            await ctx.step.run("new", effects.post)
        except BaseException:  # noqa: BLE001  what a job must not do
            await ctx.step.wait_for_event("answer", **YES)
            await ctx.step.run("other", effects.post)

    harness = await engines(a_job(old))
    run = await harness.started()
    harness = await harness.deployed(a_job(new))

    await harness.deliver(run, "answer", "yes")
    await harness.run()

    assert await harness.status(run) == "blocked"
    assert effects.done == []


async def test_f96_a_decision_is_taken_while_its_job_is_missing_and_the_run_goes_on_with_the_job(
    engines, effects
):
    async def story(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    run = await harness.started()

    harness = await harness.deployed(a_job(story, "other"))
    receipt = await harness.deliver(run, "answer", "yes")
    await harness.move(seconds=1)
    missing = await harness.get(run)
    harness = await harness.deployed(a_job(story))
    await harness.run()

    assert receipt.disposition == "resolved"
    assert missing.status == "blocked"
    assert missing.blocked_reason.startswith("job_missing: no job is called story")
    assert await harness.status(run) == "completed"
    assert effects.done == ["letter"]


async def test_a_process_without_any_job_claims_nothing_i27(engines, effects):
    async def story(ctx, request):
        await ctx.step.run("post", effects.post)

    harness = await engines(a_job(story))
    run = await harness.start()

    harness = await harness.deployed()
    await harness.run()

    assert await harness.status(run) == "ready"
    assert effects.done == []


# -- going on with the code as it is now ----------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "done"),
    [
        ("a WAIT b", "a new WAIT b", ["a", "new", "b"]),
        ("a WAIT b", "renamed WAIT b", ["a", "renamed", "b"]),
        ("a WAIT b", "one two a WAIT b", ["a", "one", "two", "b"]),
        ("a WAIT b", "a answer b", ["a", "answer", "b"]),
        ("rest WAIT b", "SLEEP WAIT b", ["rest", "b"]),
    ],
)
async def test_a_person_may_have_a_blocked_run_go_on_with_the_code_as_it_is_now(
    engines, effects, before, after, done
):
    harness, run = await replayed(engines, effects, before, after)
    blocked = await harness.status(run)

    await harness.retry(run)
    harness = await harness.restarted()
    await harness.run()
    await harness.move(minutes=1)

    assert blocked == "blocked"
    assert await harness.status(run) == "completed"
    assert effects.done == done


async def test_what_a_person_accepted_does_not_cover_a_later_change(engines, effects):
    harness, run = await replayed(engines, effects, "a WAIT b SLEEP c", "a new WAIT b SLEEP c")
    await harness.retry(run)
    await harness.run()

    async def changed_again(ctx, request):
        await ctx.step.run("a", effects.post, "a")
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("another", effects.post, "another")
        await ctx.step.run("b", effects.post, "b")
        await ctx.step.sleep("rest", "1m")

    harness = await harness.deployed(a_job(changed_again))
    await harness.move(minutes=1)

    found = await harness.get(run)
    assert found.status == "blocked"
    assert "'another', which is new" in found.blocked_reason
    assert effects.done == ["a", "new", "b"]


# -- guarded changes ------------------------------------------------------------------------------


def guarded(effects, *, wait_first=False):
    async def job(ctx, request):
        if wait_first:
            await ctx.step.wait_for_event("answer", **YES)
        if ctx.patched("new-flow"):
            await ctx.step.run("new", effects.post, "new")
        if not wait_first:
            await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("b", effects.post, "b")
        await ctx.step.sleep("rest", "1m")
        return "done"

    return a_job(job)


def unguarded(effects):
    async def job(ctx, request):
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("b", effects.post, "b")
        await ctx.step.sleep("rest", "1m")
        return "done"

    return a_job(job)


async def goes_on(harness, run):
    await harness.deliver(run, "answer", "yes")
    await harness.run()
    harness = await harness.restarted()
    await harness.move(minutes=1)
    return await harness.result(run)


async def test_i26_a_guarded_change_lets_a_run_that_had_gone_past_it_go_the_old_way(
    engines, effects
):
    harness = await engines(unguarded(effects))
    run = await harness.started()
    harness = await harness.deployed(guarded(effects))

    assert await goes_on(harness, run) == "done"
    assert effects.done == ["b"]


async def test_i26_a_run_that_has_not_come_so_far_goes_the_new_way(engines, effects):
    harness = await engines(unguarded(effects))
    run = await harness.started()
    harness = await harness.deployed(guarded(effects, wait_first=True))

    assert await goes_on(harness, run) == "done"
    assert effects.done == ["new", "b"]


async def test_a_new_run_goes_the_new_way_and_keeps_to_it(engines, effects):
    harness = await engines(guarded(effects))
    run = await harness.started()

    assert await goes_on(harness, run) == "done"
    assert effects.done == ["new", "b"]


@pytest.mark.parametrize("name", ["new", "rest"])
async def test_a_guard_may_be_named_like_a_step_and_be_taken_out_again(engines, effects, name):
    def job(*, is_guarded):
        async def story(ctx, request):
            if not is_guarded or ctx.patched(name):
                await ctx.step.run("new", effects.post, "new")
            await ctx.step.wait_for_event("answer", **YES)
            await ctx.step.sleep("rest", "1m")
            return "done"

        return a_job(story)

    harness = await engines(job(is_guarded=True))
    run = await harness.started()
    harness = await harness.deployed(job(is_guarded=False))

    assert await goes_on(harness, run) == "done"
    assert effects.done == ["new"]
    assert "new#2" not in [line.name for line in (await harness.get(run)).timeline]


async def test_a_guard_that_has_been_taken_out_again_does_not_matter(engines, effects):
    async def cleaned(ctx, request):
        await ctx.step.run("new", effects.post, "new")
        await ctx.step.wait_for_event("answer", **YES)
        await ctx.step.run("b", effects.post, "b")
        await ctx.step.sleep("rest", "1m")
        return "done"

    harness = await engines(guarded(effects))
    run = await harness.started()
    harness = await harness.deployed(a_job(cleaned))

    assert await goes_on(harness, run) == "done"
    assert effects.done == ["new", "b"]
