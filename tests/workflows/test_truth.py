"""The truth of a decision or an event: nobody can ask for it, so nobody can misread it."""

from collections import Counter

import pytest

import workflows
from tests.workflows.kit import NOON, a_job
from workflows import Approved, Event, Expired, Policy, Rejected
from workflows.errors import StepMisused
from workflows.testing import Kit, member

ANYBODY = Policy(channel_members=True)
SAID = {"by": "UANA", "note": None, "at": NOON}


OUTCOMES = [
    lambda: Approved(**SAID),
    lambda: Rejected(**SAID),
    Expired,
    lambda: Event("decision", "approved"),
    lambda: workflows.Silence("decision"),
    lambda: workflows.First("end", 1),
]
ASKED = [
    bool,
    lambda it: not it,
    lambda it: it or "else",
    lambda it: 1 if it else 2,
    lambda it: any([it]),
    lambda it: list(filter(None, [it])),
]


@pytest.mark.parametrize("make", OUTCOMES)
@pytest.mark.parametrize("ask", ASKED)
def test_the_truth_of_what_was_answered_is_refused_with_the_words_to_write_l9(make, ask):
    with pytest.raises(StepMisused, match=r"write `match ") as refused:
        ask(make())

    assert isinstance(refused.value, TypeError)
    assert type(make()).__name__ in str(refused.value)


async def test_a_job_that_asks_whether_a_decision_is_true_does_not_act_on_a_rejection_l9():
    deployed = Counter()

    async def story(ctx, request):
        if await ctx.approval("deploy", "Deploy?", policy=ANYBODY, timeout="1h"):
            deployed["done"] += 1

    async with Kit(a_job(story)) as kit:
        run = await kit.start("story")
        await run.reject(member("UBO"))

        error = await run.error()

    assert (error["kind"], deployed) == ("TruthRefused", Counter())
    assert "case Rejected()" in error["message"]


async def test_a_job_that_asks_whether_an_event_came_is_told_how_to_ask_l9():
    async def story(ctx, request):
        event = await ctx.step.wait_for_event("pong", timeout="1h", expected=["pong"])
        return "came" if event else "did not"

    async with Kit(a_job(story)) as kit:
        run = await kit.start("story")
        await kit.move(hours=2)

        error = await run.error()

    assert error["kind"] == "TruthRefused"
    assert "case Silence()" in error["message"]


async def test_silence_has_a_type_of_its_own_and_says_what_was_waited_for():
    async def story(ctx, request):
        one = await ctx.step.wait_for_event("pong", timeout="1h", expected=["pong"])
        any_of = await ctx.step.wait_for_any("either", {"a": ["x"], "b": ["x"]}, timeout="1h")
        return [(type(each) is workflows.Silence, each.name, each.kind) for each in (one, any_of)]

    async with Kit(a_job(story)) as kit:
        run = await kit.start("story")
        await kit.move(hours=2)
        await kit.move(hours=2)

        assert await run.result() == [[True, "pong", "timeout"], [True, "either", "timeout"]]


def test_what_was_answered_can_still_be_compared_kept_and_shown():
    assert Approved(**SAID) == Approved(**SAID) != Rejected(**SAID)
    assert {Expired(), Expired()} == {Expired()}
    assert "UANA" in repr(Approved(**SAID))
