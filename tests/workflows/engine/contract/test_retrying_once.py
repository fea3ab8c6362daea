"""A step that may begin once is not begun again before a person has said that it did not happen."""

import asyncio
import json
from datetime import timedelta

import pytest

from tests.workflows.kit import Effects, Killed, a_job
from workflows.engine.base import Done, NotRetried, Objection
from workflows.errors import StepFailed, StepOutcomeUnknown

POSTED = '{"posted":"it"}'
MOMENT = timedelta(milliseconds=5)
YES = {"timeout": "1h", "expected": ["yes", "no"]}


class Typed(Effects):
    """A world that says what it answers."""

    async def post(self, what: str = "letter") -> dict[str, str]:
        return await super().post(what)


def paying(effects, name="story"):
    async def story(ctx, request):
        paid = await ctx.step.run("pay", effects.post, "pay", at_most_once=True)
        await ctx.step.run("ship", effects.post, "ship")
        return paid

    return a_job(story, name)


async def killed_in(harness, effects, deaths=1):
    """Answer a run whose process has died in its first effects, and the engine of the next one."""
    effects.troubles = [Killed()] * deaths
    run = await harness.started()
    harness = await harness.restarted()
    await harness.run()
    return harness, run


async def asked(harness, run, **said):
    """Retry, and answer of which steps nobody knows."""
    answer = await harness.retry(run, **said)
    await harness.run()
    assert isinstance(answer, NotRetried), answer
    assert answer.why is Objection.OUTCOME_UNKNOWN
    return answer.steps


async def failed(engines, effects, how="killed"):
    """Answer a run that has failed in a step that may begin once."""
    harness = await engines(paying(effects))
    if how == "killed":
        return await killed_in(harness, effects)
    troubles = {"raised": ConnectionError("down"), "refused": StepFailed("no")}
    effects.troubles = [troubles[how]]
    return harness, await harness.started()


@pytest.mark.parametrize("how", ["killed", "raised", "refused"])
async def test_a_retry_alone_does_not_begin_it_again_and_names_it_g34(engines, effects, how):
    harness, run = await failed(engines, effects, how)

    assert await asked(harness, run) == ("pay",)
    assert await asked(harness, run, ask_again=True) == ("pay",)

    assert effects.done == ["pay"]
    assert await harness.status(run) == "failed"


async def test_one_that_took_too_long_is_not_begun_again_either_g34(engines, effects):
    begun = []

    async def slow():
        begun.append(1)
        await asyncio.Event().wait()

    class Slow:
        step = staticmethod(slow)

    Slow.step.__qualname__ = "slow"

    async def story(ctx, request):
        await ctx.step.run("slow", Slow.step, at_most_once=True, timeout=MOMENT)

    harness = await engines(a_job(story))
    run = await harness.started()

    assert await asked(harness, run) == ("slow",)
    assert begun == [1]


@pytest.mark.parametrize("how", ["killed", "raised", "refused"])
async def test_where_it_happened_its_entry_answers_with_what_a_person_says_g34(
    engines, effects, how
):
    harness, run = await failed(engines, effects, how)

    await harness.retry(run, happened=True, result='{"posted":"42"}')
    await harness.run()

    assert await harness.result(run) == {"posted": "42"}
    assert effects.done == ["pay", "ship"]
    harness = await harness.restarted()
    assert await harness.result(run) == {"posted": "42"}


@pytest.mark.parametrize("how", ["killed", "raised", "refused"])
async def test_where_it_did_not_happen_it_is_begun_again_with_the_same_key_g34(
    engines, effects, how
):
    harness, run = await failed(engines, effects, how)

    await harness.retry(run, happened=False)
    await harness.run()

    assert await harness.result(run) == {"posted": "pay"}
    assert effects.done == ["pay", "pay", "ship"]
    assert effects.keys[0] == effects.keys[1]


async def test_a_second_retry_asks_again_g34(engines, effects):
    harness, run = await failed(engines, effects, "raised")
    effects.troubles = [ConnectionError("still down")]
    await harness.retry(run, happened=False)
    await harness.run()
    assert effects.done == ["pay", "pay"]

    assert await asked(harness, run) == ("pay",)
    assert effects.done == ["pay", "pay"]

    await harness.retry(run, happened=True, result=POSTED)
    await harness.run()
    assert await harness.result(run) == {"posted": "it"}


async def test_what_was_said_is_on_record_and_the_failure_stays_on_the_timeline_g34(
    engines, effects
):
    harness, run = await failed(engines, effects, "raised")

    await harness.retry(run)
    await harness.retry(run, happened=True, result='{"posted":"secret"}')
    await harness.run()

    lines = [(line.what, line.name, line.detail) for line in (await harness.get(run)).timeline]
    who = "slack:T0HARBOR:UANA"
    assert ("step superseded", "pay", "down") in lines
    assert ("retry", who, "refused:outcome_unknown") in lines
    assert ("retry", who, "done: pay happened") in lines
    assert "secret" not in json.dumps(lines)


async def test_where_the_job_has_handled_it_there_is_nothing_to_say_g34(engines, effects):
    async def story(ctx, request):
        try:
            await ctx.step.run("pay", effects.post, "pay", at_most_once=True)
        except StepOutcomeUnknown:
            await ctx.step.run("look", effects.post, "look")
        await ctx.step.run("ship", effects.refuse)

    harness, run = await killed_in(await engines(a_job(story)), effects)

    answer = await harness.retry(run, happened=False)
    assert (answer.why, answer.where) == (Objection.INVALID, "happened")
    assert isinstance(await harness.retry(run), Done)
    await harness.run()

    assert effects.done == ["pay", "look"]


async def test_a_word_about_another_step_changes_nothing_g34(engines, effects):
    harness, run = await failed(engines, effects)

    answer = await harness.retry(run, happened=False, step="ship")
    await harness.run()

    assert (answer.why, answer.where) == (Objection.INVALID, "step")
    assert "pay" in answer.detail
    assert effects.done == ["pay"]


@pytest.mark.parametrize("result", ["7", "[]", '{"posted":7}', "null"])
async def test_what_it_answered_has_to_fit_what_its_function_returns_g34(engines, result):
    harness, run = await failed(engines, Typed())

    answer = await harness.retry(run, happened=True, result=result)
    await harness.run()

    assert (answer.why, answer.where) == (Objection.INVALID, "result")
    assert "Typed.post" in answer.detail
    assert await asked(harness, run) == ("pay",), "nothing was taken"


async def test_a_result_is_checked_for_the_child_it_is_of_as_well_g34(engines):
    harness, run, _ = await failed_child(engines, Typed())

    answer = await harness.retry(run, happened=True, result="7")

    assert (answer.why, answer.where) == (Objection.INVALID, "result")


# -- blocked --------------------------------------------------------------------------------------


async def blocked(engines, effects):
    """Answer a run that died in its step, and is blocked by the code of the next process."""

    def job(first):
        async def story(ctx, request):
            await ctx.step.run("open", effects.post, "open")
            if first:
                await ctx.step.run("new", effects.post, "new")
            return await ctx.step.run("pay", effects.post, "pay", at_most_once=True)

        return a_job(story)

    harness = await engines(job(first=False))
    effects.troubles = [None, Killed()]
    run = await harness.started()
    harness = await harness.deployed(job(first=True))
    await harness.run()
    assert await harness.status(run) == "blocked"
    return harness, run


async def test_a_blocked_run_is_not_retried_without_a_word_g34(engines, effects):
    harness, run = await blocked(engines, effects)

    assert await asked(harness, run) == ("pay",)
    assert await harness.status(run) == "blocked"


@pytest.mark.parametrize(
    ("said", "result", "done"),
    [
        ({"happened": True, "result": POSTED}, {"posted": "it"}, ["open", "pay", "new"]),
        ({"happened": False}, {"posted": "pay"}, ["open", "pay", "new", "pay"]),
    ],
)
async def test_a_blocked_run_goes_on_by_what_is_said_g34(engines, effects, said, result, done):
    harness, run = await blocked(engines, effects)

    await harness.retry(run, **said)
    await harness.run()

    assert await harness.result(run) == result
    assert effects.done == done


# -- several --------------------------------------------------------------------------------------


def paying_two(effects):
    async def pay(ctx, whom):
        return await ctx.step.run(f"pay {whom}", effects.post, whom, at_most_once=True)

    async def story(ctx, request):
        return await ctx.step.gather("fan", pay(ctx, "ana"), pay(ctx, "bo"))

    return a_job(story)


async def test_of_several_a_person_says_which_g34(engines, effects):
    harness, run = await killed_in(await engines(paying_two(effects)), effects, deaths=2)
    both = ("fan#1[0]/pay ana", "fan#1[1]/pay bo")

    assert await asked(harness, run) == both
    assert await asked(harness, run, happened=False) == both

    await harness.retry(run, happened=True, result=POSTED, step=both[0])
    await harness.run()
    assert await asked(harness, run) == both[1:]
    await harness.retry(run, happened=False, step=both[1])
    await harness.run()

    assert await harness.result(run) == [{"posted": "it"}, {"posted": "bo"}]
    assert sorted(effects.done) == ["ana", "bo", "bo"]


async def test_a_word_about_the_second_of_two_does_not_begin_the_first_again_g34(engines, effects):
    harness, run = await killed_in(await engines(paying_two(effects)), effects, deaths=2)

    await harness.retry(run, happened=False, step="fan#1[1]/pay bo")
    await harness.run()

    assert sorted(effects.done) == ["ana", "bo", "bo"]
    assert await asked(harness, run) == ("fan#1[0]/pay ana",)


async def test_the_second_use_of_a_name_is_another_step_g34(engines, effects):
    async def story(ctx, request):
        for _ in range(2):
            await ctx.step.run("pay", effects.post, "pay", at_most_once=True)

    harness = await engines(a_job(story))
    effects.troubles = [None, ConnectionError("down")]
    run = await harness.started()

    assert await asked(harness, run) == ("pay#2",)
    await harness.retry(run, happened=False, step="pay#2")
    await harness.run()

    assert await harness.status(run) == "completed"
    assert len(set(effects.keys)) == 2


# -- children -------------------------------------------------------------------------------------


async def failed_child(engines, effects):
    async def story(ctx, request):
        return await ctx.run_job("child", {}, timeout="1h")

    harness = await engines(a_job(story), paying(effects, "child"))
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()
    (child,) = await harness.engine.list(job="child")
    return harness, run, child.id


async def test_a_retry_of_its_parent_does_not_begin_it_again_g34(engines, effects):
    harness, run, child = await failed_child(engines, effects)

    assert await asked(harness, run) == (f"{child}/pay",)
    assert await asked(harness, child) == ("pay",)

    assert effects.done == ["pay"]


@pytest.mark.parametrize("with_step", [False, True])
async def test_what_is_said_to_its_parent_is_said_of_the_child_g34(engines, effects, with_step):
    harness, run, child = await failed_child(engines, effects)

    named = {"step": f"{child}/pay"} if with_step else {}
    await harness.retry(run, happened=True, result=POSTED, **named)
    await harness.run()

    assert await harness.result(run) == {"posted": "it"}
    assert effects.done == ["pay", "ship"]


# -- code that says so later ----------------------------------------------------------------------


async def test_one_that_has_begun_before_the_code_said_once_is_not_begun_again_g34(
    engines, effects
):
    def job(**once):
        async def story(ctx, request):
            await ctx.step.run("pay", effects.post, "pay", **once)

        return a_job(story)

    harness = await engines(job())
    effects.troubles = [StepFailed("no")]
    run = await harness.started()
    harness = await harness.deployed(job(at_most_once=True))

    await harness.retry(run)
    await harness.run()

    assert effects.done == ["pay"]
    assert await asked(harness, run) == ("pay",)
    await harness.retry(run, happened=False)
    await harness.run()
    assert await harness.status(run) == "completed"


async def test_one_that_was_to_be_tried_again_is_not_where_the_code_says_once_now_g34(
    engines, effects
):
    def job(**once):
        async def story(ctx, request):
            await ctx.step.run("pay", effects.post, "pay", **once)

        return a_job(story)

    harness = await engines(job())
    effects.troubles = [ConnectionError("down")]
    run = await harness.started()
    harness = await harness.deployed(job(at_most_once=True))

    await harness.move(seconds=1)

    assert effects.done == ["pay"]
    assert await asked(harness, run) == ("pay",)
