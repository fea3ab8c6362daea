"""A retry contradicts nothing that a job, or its parent, has done about a failure."""

import pytest

from tests.workflows.kit import a_job
from workflows.approvals.gate import Policy
from workflows.engine.base import Done, NotRetried, Objection
from workflows.errors import ChildFailed, StepFailed
from workflows.step import Retries

YES = {"timeout": "1h", "expected": ["yes", "no"]}
ONCE = Retries(attempts=1)
ANYBODY = Policy(channel_members=True)


def steps(ctx, effects):
    async def step(name):
        return await ctx.step.run(name, effects.post, name, retries=ONCE)

    return step


async def ended(engines, effects, story, *troubles):
    """Answer a run that has come to its end, its first effects in trouble."""

    async def job(ctx, request):
        return await story(ctx, steps(ctx, effects))

    harness = await engines(a_job(job))
    effects.troubles = list(troubles)
    return harness, await harness.started()


async def refused(harness, run):
    """Retry, and answer what the refusal names."""
    answer = await harness.retry(run)
    await harness.run()
    assert isinstance(answer, NotRetried), answer
    assert answer.why is Objection.ACTED_ON
    return answer.steps


# -- what the job has done ------------------------------------------------------------------------


async def test_a_failure_that_was_handled_stays_a_fact_whatever_ends_the_run_then_g32(
    engines, effects
):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed:
            await step("refund")
        raise RuntimeError("no more of this")

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))

    assert isinstance(await harness.retry(run), Done)
    await harness.run()

    assert (await harness.get(run)).error["kind"] == "RuntimeError"
    assert effects.done == ["reserve", "refund"]


async def test_an_error_raised_while_another_was_handled_does_not_have_that_one_repeated_g32(
    engines, effects
):
    mended = []

    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed:
            await step("refund")
            if not mended:
                raise RuntimeError("a bug in what handles it")  # noqa: B904  the case
        return "refunded"

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))

    mended.append(True)
    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == "refunded"
    assert effects.done == ["reserve", "refund"]


async def test_a_bare_raise_after_something_was_done_is_not_retried_g32(engines, effects):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed:
            await step("refund")
            raise
        await step("ship")

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))

    assert await refused(harness, run) == ("refund",)
    assert effects.done == ["reserve", "refund"]
    assert await harness.status(run) == "failed"


async def test_closing_code_that_ran_because_of_it_is_something_that_was_done_g32(engines, effects):
    async def story(ctx, step):
        await step("grant")
        try:
            await step("work")
        finally:
            await step("revoke")

    harness, run = await ended(engines, effects, story, None, StepFailed("no"))

    assert await refused(harness, run) == ("revoke",)
    assert effects.done == ["grant", "work", "revoke"]


async def test_what_is_raised_from_it_after_something_was_done_is_not_retried_g32(engines, effects):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed as error:
            failure = error
        await step("refund")
        raise RuntimeError("gave up") from failure

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))

    assert await refused(harness, run) == ("refund",)


@pytest.mark.parametrize("how", ["sleep", "approval", "event", "child"])
async def test_whatever_was_waited_for_since_is_something_that_was_done_g32(engines, effects, how):
    async def other(ctx, request):
        return "done"

    async def story(ctx, request):
        step = steps(ctx, effects)
        try:
            await step("reserve")
        except StepFailed:
            match how:
                case "sleep":
                    await ctx.step.sleep("since", "1m")
                case "child":
                    await ctx.run_job("other", {}, timeout="1h")
                case "approval":
                    await ctx.approval("since", "And now?", policy=ANYBODY, timeout="1h")
                case _:
                    await ctx.step.wait_for_event("since", **YES)
            raise

    harness = await engines(a_job(story), a_job(other, "other"))
    effects.troubles = [StepFailed("sold out")]
    run = await harness.started()
    await harness.move(hours=1)

    assert len(await refused(harness, run)) == 1


async def test_the_time_or_a_number_taken_since_is_nothing_that_was_done_g32(engines, effects):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed:
            ctx.step.patched("tell when")
            await ctx.step.now()
            raise
        return [await step("ship"), (await ctx.step.now()).isoformat()]

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))
    await harness.move(hours=1)

    await harness.retry(run)
    await harness.run()

    _, at = await harness.result(run)
    assert effects.done == ["reserve", "reserve", "ship"]
    assert at == harness.clock.now().isoformat(), "and is taken anew"


@pytest.mark.parametrize("way", ["bare", "from", "itself"])
async def test_where_nothing_was_done_a_retry_goes_on_at_what_ended_the_run_g32(
    engines, effects, way
):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed as error:
            if way == "from":
                raise RuntimeError("could not") from error
            raise
        return await step("ship")

    async def plain(ctx, step):
        await step("reserve")
        return await step("ship")

    told = plain if way == "itself" else story
    harness, run = await ended(engines, effects, told, StepFailed("sold out"))

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["reserve", "reserve", "ship"]


async def test_an_error_that_looks_like_a_steps_is_the_jobs_own_g32(engines, effects):
    async def story(ctx, step):
        try:
            await step("reserve")
        except StepFailed as error:
            failure = error
        raise StepFailed("mine", step=failure.step)

    harness, run = await ended(engines, effects, story, StepFailed("sold out"))

    await harness.retry(run)
    await harness.run()

    assert effects.done == ["reserve"]
    assert await harness.status(run) == "failed"


async def test_a_loop_that_goes_on_has_handled_its_failures_g32(engines, effects):
    async def story(ctx, step):
        for order in ("one", "two", "three"):
            try:
                await step(order)
            except StepFailed:
                continue
        raise RuntimeError("not all")

    harness, run = await ended(engines, effects, story, None, StepFailed("sold out"))

    await harness.retry(run)
    await harness.run()

    assert effects.done == ["one", "two", "three"]


async def test_the_last_failure_of_a_loop_is_repeated_and_no_earlier_one_g32(engines, effects):
    async def story(ctx, step):
        for order in ("one", "two"):
            try:
                await step(order)
            except StepFailed:
                if order == "two":
                    raise

    harness, run = await ended(engines, effects, story, StepFailed("no"), StepFailed("no"))

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["one", "two", "two"]


async def test_what_was_refused_is_on_record_g32(engines, effects):
    async def story(ctx, step):
        try:
            await step("work")
        finally:
            await step("revoke")

    harness, run = await ended(engines, effects, story, StepFailed("no"))

    await harness.retry(run)

    lines = [(line.what, line.detail) for line in (await harness.get(run)).timeline]
    assert ("retry", "refused:acted_on") in lines


# -- side by side ---------------------------------------------------------------------------------


async def test_what_a_branch_did_of_its_own_accord_is_no_answer_to_another_ones_failure_g32(
    engines, effects
):
    async def busy(step):
        for n in range(3):
            await step(f"busy {n}")

    async def fails(step):
        await step("work")

    async def story(ctx, step):
        await ctx.step.gather("fan", fails(step), busy(step))

    harness, run = await ended(engines, effects, story, StepFailed("no"))

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert sorted(effects.done) == ["busy 0", "busy 1", "busy 2", "work", "work"]


async def test_a_failure_that_another_branch_has_handled_stays_a_fact_g32(engines, effects):
    async def handles(step):
        try:
            await step("reserve")
        except StepFailed:
            await step("refund")

    async def fails(step):
        await step("work")

    async def story(ctx, step):
        await ctx.step.gather("fan", handles(step), fails(step))

    harness, run = await ended(engines, effects, story, StepFailed("no"), StepFailed("no"))

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert sorted(effects.done) == ["refund", "reserve", "work", "work"]


async def test_closing_code_of_a_branch_given_up_is_something_that_was_done_g32(engines, effects):
    async def grants(ctx, step):
        await step("grant")
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await step("revoke")

    async def fails(ctx, step):
        await ctx.step.sleep("later", "1m")
        await step("work")

    async def story(ctx, step):
        await ctx.step.gather("fan", grants(ctx, step), fails(ctx, step))

    harness, run = await ended(engines, effects, story, None, StepFailed("no"))
    await harness.move(minutes=1)

    assert await refused(harness, run) == ("fan#1[0]/revoke",)
    assert effects.done == ["grant", "work", "revoke"]


async def test_what_was_done_after_the_branches_came_together_is_an_answer_g32(engines, effects):
    async def fails(step):
        await step("work")

    async def story(ctx, step):
        try:
            await ctx.step.gather("fan", fails(step))
        except StepFailed:
            await step("refund")
            raise

    harness, run = await ended(engines, effects, story, StepFailed("no"))

    assert await refused(harness, run) == ("refund",)


async def test_closing_code_beside_an_error_of_the_jobs_own_is_something_that_was_done_g32(
    engines, effects
):
    async def grants(ctx, step):
        await step("grant")
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await step("revoke")

    async def breaks(ctx):
        await ctx.step.sleep("later", "1m")
        raise RuntimeError("a bug")

    async def story(ctx, step):
        await ctx.step.gather("fan", grants(ctx, step), breaks(ctx))

    harness, run = await ended(engines, effects, story)
    await harness.move(minutes=1)

    assert await refused(harness, run) == ("fan#1[0]/revoke",)
    assert effects.done == ["grant", "revoke"]


async def test_beside_an_error_of_the_jobs_own_what_was_given_up_is_asked_again_g32(
    engines, effects
):
    mended = []

    async def asks(ctx):
        return (await ctx.step.wait_for_event("answer", **YES)).kind

    async def breaks(ctx):
        await ctx.step.sleep("later", "1m")
        if not mended:
            raise RuntimeError("a bug")

    async def story(ctx, step):
        return await ctx.step.gather("fan", asks(ctx), breaks(ctx))

    harness, run = await ended(engines, effects, story)
    await harness.move(minutes=1)

    mended.append(True)
    await harness.retry(run)
    await harness.run()
    (opened,) = [wait for wait in (await harness.get(run)).waits if wait.status == "open"]
    await harness.deliver(run, opened.name, "yes")
    await harness.run()

    assert await harness.result(run) == ["yes", None]


async def test_a_retry_goes_on_at_the_failure_that_ended_a_race_g32(engines, effects):
    async def made(ctx, step):
        await ctx.step.sleep("later", "1m")
        return await step("make")

    async def abort(ctx):
        return (await ctx.step.wait_for_event("abort", **YES)).kind

    async def story(ctx, step):
        first = await ctx.step.first("end", made=made(ctx, step), abort=abort(ctx))
        return [first.name, first.value]

    harness, run = await ended(engines, effects, story, StepFailed("no"))
    await harness.move(minutes=1)
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.result(run) == ["made", {"posted": "make"}]
    assert effects.done == ["make", "make"]


async def test_closing_code_of_who_lost_a_race_is_something_that_was_done_g32(engines, effects):
    async def made(ctx, step):
        await ctx.step.sleep("later", "1m")
        return await step("make")

    async def abort(ctx, step):
        try:
            await ctx.step.wait_for_event("abort", **YES)
        finally:
            await step("told")

    async def story(ctx, step):
        await ctx.step.first("end", made=made(ctx, step), abort=abort(ctx, step))

    harness, run = await ended(engines, effects, story, StepFailed("no"))
    await harness.move(minutes=1)

    assert await refused(harness, run) == ("end#1[abort]/told",)


async def test_who_lost_a_race_that_was_decided_is_not_asked_again_by_a_retry_g32(engines, effects):
    async def made(ctx):
        await ctx.step.sleep("later", "1m")

    async def abort(ctx, step):
        try:
            await ctx.step.wait_for_event("abort", **YES)
        finally:
            await step("told")

    async def story(ctx, step):
        await ctx.step.first("end", made=made(ctx), abort=abort(ctx, step))
        await step("ship")

    harness, run = await ended(engines, effects, story, None, StepFailed("no"))
    await harness.move(minutes=1)
    assert await harness.status(run) == "failed"

    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["told", "ship", "ship"]


# -- parents --------------------------------------------------------------------------------------


def shipping(effects, then):
    """A parent that does *then* where its child has failed, and a child that fails first."""

    async def child(ctx, request):
        await steps(ctx, effects)("ship")

    async def story(ctx, request):
        try:
            return await ctx.run_job("child", {}, timeout="1h")
        except ChildFailed:
            return await then(ctx, steps(ctx, effects))

    return a_job(story), a_job(child, "child")


async def child_of(harness, run):
    (found,) = [each for each in await harness.engine.list(job="child") if each.parent_id == run]
    return found.id


async def failed_child(engines, effects, then):
    harness = await engines(*shipping(effects, then))
    effects.troubles = [StepFailed("no ship")]
    run = await harness.started()
    child = await child_of(harness, run)
    assert await harness.status(child) == "failed"
    return harness, run, child


async def refunds(ctx, step):
    await step("refund")
    return "refunded"


async def says_so(ctx, step):
    return "not shipped"


async def refunds_and_fails(ctx, step):
    await step("refund")
    raise RuntimeError("gave up")


async def waits_for_somebody(ctx, step):
    await ctx.step.wait_for_event("look", **YES)


@pytest.mark.parametrize("then", [refunds, says_so, refunds_and_fails, waits_for_somebody])
async def test_a_child_whose_parent_went_on_by_its_failure_is_not_retried_g33(
    engines, effects, then
):
    harness, run, child = await failed_child(engines, effects, then)

    assert await refused(harness, child) == ()
    assert run in (await harness.retry(child)).detail

    assert effects.done.count("ship") == 1
    assert await harness.status(child) == "failed"


async def test_a_child_whose_parent_failed_with_it_is_retried_with_it_or_before_it_g33(
    engines, effects
):
    async def child(ctx, request):
        await steps(ctx, effects)("ship")

    async def story(ctx, request):
        await ctx.run_job("child", {}, timeout="1h")

    harness = await engines(a_job(story), a_job(child, "child"))
    effects.troubles = [StepFailed("no ship")]
    run = await harness.started()

    await harness.retry(await child_of(harness, run))
    await harness.run()
    await harness.retry(run)
    await harness.run()

    assert await harness.status(run) == "completed"
    assert effects.done == ["ship", "ship"]


async def test_a_grandchild_is_not_retried_where_anybody_above_went_on_g33(engines, effects):
    async def child(ctx, request):
        await steps(ctx, effects)("ship")

    async def middle(ctx, request):
        await ctx.run_job("child", {}, timeout="1h")

    async def story(ctx, request):
        try:
            await ctx.run_job("middle", {}, timeout="1h")
        except ChildFailed:
            await steps(ctx, effects)("refund")

    harness = await engines(a_job(story), a_job(middle, "middle"), a_job(child, "child"))
    effects.troubles = [StepFailed("no ship")]
    await harness.started()
    (grandchild,) = await harness.engine.list(job="child")
    (between,) = await harness.engine.list(job="middle")

    assert await refused(harness, grandchild.id) == ()
    assert await refused(harness, between.id) == ()

    assert effects.done == ["ship", "refund"]


async def test_a_parent_is_not_retried_where_its_child_has_done_something_about_it_g33(
    engines, effects
):
    async def child(ctx, request):
        try:
            await steps(ctx, effects)("ship")
        finally:
            await steps(ctx, effects)("unpack")

    async def story(ctx, request):
        await ctx.run_job("child", {}, timeout="1h")

    harness = await engines(a_job(story), a_job(child, "child"))
    effects.troubles = [StepFailed("no ship")]
    run = await harness.started()
    (found,) = await harness.engine.list(job="child")

    assert await refused(harness, run) == (f"{found.id}/unpack",)
    assert (await harness.status(run), effects.done) == ("failed", ["ship", "unpack"])


async def test_a_child_in_a_branch_is_not_retried_while_its_parent_goes_on_g33(engines, effects):
    async def child(ctx, request):
        await steps(ctx, effects)("ship")

    async def starts(ctx):
        await ctx.run_job("child", {}, timeout="1h")

    async def asks(ctx):
        try:
            await ctx.step.wait_for_event("answer", **YES)
        finally:
            await ctx.step.wait_for_event("closed", **YES)

    async def story(ctx, request):
        await ctx.step.gather("fan", starts(ctx), asks(ctx))

    harness = await engines(a_job(story), a_job(child, "child"))
    effects.troubles = [StepFailed("no ship")]
    run = await harness.started()
    (found,) = await harness.engine.list(job="child")

    assert await harness.status(run) == "waiting"
    assert await refused(harness, found.id) == ()
