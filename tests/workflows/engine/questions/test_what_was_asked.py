"""An answer counts only for the question it was given to (i32)."""

import pytest
from pydantic import BaseModel, Field

from tests.workflows.engine.questions.conftest import (
    AGAIN,
    ASK,
    BO,
    CY,
    STANDS,
    TEAM,
    asking,
    deployed,
)
from tests.workflows.kit import a_job
from workflows import Approved, Policy
from workflows.testing import Kit


class Payment(BaseModel):
    amount: int
    to: str


class Labelled(BaseModel):
    amount: int = Field(title="Amount in EUR")
    to: str


class Relabelled(BaseModel):
    amount: int = Field(title="Amount in USD")
    to: str


PAID = Payment(amount=5, to="BOB")
QUESTIONS = [
    ("title", {}, "Pay 5000 to MALLORY?", {}),
    ("payload", {"show": PAID}, None, {"show": Payment(amount=5000, to="BOB")}),
    ("field", {"show": {"amount": 5}}, None, {"show": {"amount": 5, "fee": 1}}),
    ("label", {"show": Labelled(amount=5, to="B")}, None, {"show": Relabelled(amount=5, to="B")}),
    ("no payload", {"show": PAID}, None, {}),
    ("why", {"why": "Order 1."}, None, {"why": "Order 2."}),
    ("no why", {"why": "Order 1."}, None, {}),
    ("policy", {}, None, {"policy": Policy(channel_members=True, need=2)}),
    ("people", {"policy": Policy(users=("UBO",))}, None, {"policy": Policy(users=("UCY", "UBO"))}),
    ("channel", {"channel": "#pay"}, None, {"channel": "#other"}),
    ("a channel", {}, None, {"channel": "#other"}),
]
CHANGES = pytest.mark.parametrize(
    ("before", "title", "after"), [q[1:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS]
)


@CHANGES
async def test_a_question_that_a_deploy_has_changed_is_not_answered_by_the_old_answer_g3_i32(
    effects, before, title, after
):
    async with Kit(a_job(asking(effects, **before))) as kit:
        run = await kit.start("story")
        await deployed(kit, asking(effects, *filter(None, [title]), **after))
        await run.approve(BO)

        view = await run.view()
        assert view.status == "blocked"
        assert "the code asks something else under 'pay'" in (view.blocked_reason or "")
        assert effects.done == []


@pytest.mark.parametrize(
    "after",
    [
        {"timeout": "2d"},
        {"policy": Policy(channel_members=True, need=1)},
        {"policy": Policy(users=("UCY", "UBO"))},
        {"show": {"to": "BOB", "amount": 5}},
    ],
    ids=["timeout", "a default said", "order of ids", "order of keys"],
)
async def test_what_is_no_part_of_the_question_may_change_g7_i32(effects, after):
    before = {"policy": Policy(users=("UBO", "UCY"))} if "UCY" in str(after) else {}
    before |= {"show": {"amount": 5, "to": "BOB"}} if "show" in after else {}
    async with Kit(a_job(asking(effects, **before))) as kit:
        run = await kit.start("story")
        await deployed(kit, asking(effects, **{**before, **after}))
        await run.approve(BO)

        assert (await run.status(), effects.done) == ("waiting", ["Pay 5 to BOB?"])


async def test_two_questions_that_change_places_are_not_answered_for_one_another_g2_i32(effects):
    def both(*order):
        async def ask(ctx, what):
            policy = Policy(users=("UBO",) if what == "docs" else ("UCY",))
            said = await ctx.approval("ok", f"Release {what}?", **{**ASK, "policy": policy})
            if isinstance(said, Approved):
                await ctx.step.run("release", effects.post, what)

        async def job(ctx, request):
            await ctx.step.gather("both", *(ask(ctx, what) for what in order))

        return job

    async with Kit(a_job(both("docs", "payments"))) as kit:
        run = await kit.start("story")
        docs, payments = [wait.name for wait in await run.waits()]
        await run.approve(BO, name=docs)
        assert effects.done == ["docs"]
        await deployed(kit, both("payments", "docs"))
        await run.reject(CY, name=payments)

        assert (await run.status(), effects.done) == ("blocked", ["docs"])


async def test_an_open_question_that_has_changed_blocks_the_run_at_its_next_pass_i32(effects):
    def two(title):
        async def job(ctx, request):
            async def ask():
                return await ctx.approval("pay", title, **ASK)

            await ctx.step.gather("two", ask(), ctx.step.sleep("nap", "1m"))

        return job

    async with Kit(a_job(two("Pay 5?"))) as kit:
        run = await kit.start("story")
        await deployed(kit, two("Pay 6?"))
        assert await run.status() == "waiting"  # nobody has asked the code yet
        await kit.move(minutes=2)

        assert await run.status() == "blocked"


async def test_words_that_are_mended_behind_the_run_are_noted_and_it_goes_on_i32(effects):
    async with Kit(a_job(asking(effects, "Pay 5 to BOBB?", show=PAID))) as kit:
        run = await kit.start("story")
        await run.approve(BO)
        await deployed(kit, asking(effects, "Pay 5 to BOB?", show=PAID, why="Order 1."))
        await run.deliver("more", {"kind": "go"})

        told = [line.name for line in (await run.view()).timeline if "other words" in line.what]
        assert (await run.status(), told) == ("completed", ["pay"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"title": "Pay 6?"}),
        ({"show": PAID}, {"show": Payment(amount=6, to="BOB")}),
        ({}, {"policy": Policy(users=("UBO",))}),
    ],
    ids=["words that were all there was", "payload", "policy"],
)
async def test_what_matters_may_not_change_behind_the_run_either_i32(effects, before, after):
    async with Kit(a_job(asking(effects, **before))) as kit:
        run = await kit.start("story")
        await run.approve(BO)
        title = after.pop("title", None)
        await deployed(kit, asking(effects, *filter(None, [title]), **{**before, **after}))
        await run.deliver("more", {"kind": "go"})

        assert (await run.status(), len(effects.done)) == ("blocked", 1)


async def test_the_pages_address_may_change_while_people_are_asked_g7_i32(effects, monkeypatch):
    async def job(ctx, request):
        await ctx.approval("pay", f"Pay? See {ctx.run.url}", **ASK)

    async with Kit(a_job(job)) as kit:
        run = await kit.start("story")
        monkeypatch.setattr("workflows.testing.assembly.PUBLIC_URL", "https://elsewhere.example")
        await kit.restart()
        await run.approve(BO)

        assert await run.status() == "completed"


# -- what a retry does then -----------------------------------------------------------------------


async def blocked(kit, effects, **after):
    run = await kit.start("story")
    await deployed(kit, asking(effects, "Pay 5000 to MALLORY?", **after))
    await run.approve(BO)
    assert await run.status() == "blocked"
    return run


async def test_a_retry_says_that_the_question_has_changed_and_what_both_are_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await blocked(kit, effects)
        refused = await run.retry()

        assert refused.why == "question_changed"
        (both,) = refused.questions
        assert (both.asked, both.asks) == ("Pay 5 to BOB?", "Pay 5000 to MALLORY?")
        assert (await run.status(), effects.done) == ("blocked", [])


async def test_a_retry_that_asks_again_supersedes_the_answer_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await blocked(kit, effects)
        await run.retry(how=AGAIN)

        old, new = await kit.gates.of_run(run.id)
        assert (old.status, old.asked_again_at) == ("approved", kit.clock.now())
        assert (new.status, new.card.title) == ("open", "Pay 5000 to MALLORY?")
        assert effects.done == []
        await run.reject(CY)
        assert await run.result() == "refused"


async def test_a_question_that_is_still_open_is_closed_and_asked_in_its_new_words_i32(effects):
    def two(title):
        async def job(ctx, request):
            async def ask():
                return await ctx.approval("pay", title, **ASK)

            await ctx.step.gather("two", ask(), ctx.step.sleep("nap", "1m"))

        return job

    async with Kit(a_job(two("Pay 5?"))) as kit:
        run = await kit.start("story")
        await deployed(kit, two("Pay 6?"))
        await kit.move(minutes=2)
        await run.retry(how=AGAIN)

        old, new = await kit.gates.of_run(run.id)
        assert (old.status, new.status) == ("cancelled", "open")
        await run.approve(BO)
        assert await run.status() == "completed"


async def test_break_glass_lets_the_answer_stand_on_record_and_on_the_card_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await blocked(kit, effects)
        await run.retry(by=CY, how=STANDS)

        (gate,) = await kit.gates.of_run(run.id)
        assert (gate.stands_by, gate.stands_note) == (CY.actor, "It is the same refund.")
        assert effects.done == ["Pay 5000 to MALLORY?"]


async def test_break_glass_for_one_deploy_says_nothing_of_the_next_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await blocked(kit, effects)
        await run.retry(by=CY, how=STANDS)
        await deployed(kit, asking(effects, "Pay 9999 to MALLORY?"))
        await run.deliver("more", {"kind": "go"})

        assert (await run.status(), len(effects.done)) == ("blocked", 1)


async def test_the_old_question_back_goes_on_without_a_word_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await blocked(kit, effects)
        await deployed(kit, asking(effects))
        await run.retry()

        assert (await run.status(), effects.done) == ("waiting", ["Pay 5 to BOB?"])


async def test_what_the_run_has_done_about_an_answer_is_not_asked_again_i32_i37(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await kit.start("story")
        await run.approve(BO)
        await deployed(kit, asking(effects, "Pay 5000 to MALLORY?"))
        await run.deliver("more", {"kind": "go"})
        refused = await run.retry(how=AGAIN)

        assert (refused.why, refused.steps[0]) == ("acted_on", "act")
        assert await run.status() == "blocked"


async def test_questions_that_were_asked_later_are_asked_again_with_the_first_i32(effects):
    def stages(first):
        async def job(ctx, request):
            await ctx.approval("first", first, **ASK)
            await ctx.approval("second", "And now?", **ASK)
            return await ctx.step.run("act", effects.post, first)

        return job

    async with Kit(a_job(stages("Pay 5?"))) as kit:
        run = await kit.start("story")
        await run.approve(BO)
        await deployed(kit, stages("Pay 6?"))
        await run.approve(BO)
        await run.retry(how=AGAIN)

        assert [gate.name for gate in await kit.gates.of_run(run.id) if gate.status == "open"] == [
            "first"
        ]
        await run.approve(BO)
        await run.approve(BO)
        assert effects.done == ["Pay 6?"]


async def test_a_failed_run_is_not_retried_into_another_question_either_i32(effects):
    def failing(title):
        async def job(ctx, request):
            await ctx.approval("pay", title, **ASK)
            await ctx.step.run("act", effects.refuse)

        return job

    async with Kit(a_job(failing("Pay 5?"))) as kit:
        run = await kit.start("story")
        await run.approve(BO)
        await deployed(kit, failing("Pay 6?"))
        refused = await run.retry()

        assert (refused.why, await run.status()) == ("question_changed", "failed")


async def test_the_policy_that_was_asked_is_told_beside_the_one_that_is_asked_now_i32(effects):
    async with Kit(a_job(asking(effects))) as kit:
        run = await kit.start("story")
        await deployed(kit, asking(effects, policy=Policy(users=("UCY",))))
        await run.approve(BO)
        (both,) = (await run.retry()).questions

        assert both.asked == 'Pay 5 to BOB?; policy: {"channel_members":true}'
        assert both.asks == 'Pay 5 to BOB?; policy: {"users":["UCY"]}'
        assert TEAM.channel_members
