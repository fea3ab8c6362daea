"""An answer counts only for the question it was given to (i32)."""

import pytest
from pydantic import BaseModel, Field

from tests.workflows.engine.questions.conftest import (
    ASK,
    BO,
    CY,
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


@pytest.mark.xfail(strict=True, reason="an entry is found by its name alone")
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


@pytest.mark.xfail(strict=True, reason="an entry is found by its name alone")
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


# -- what a retry does then -----------------------------------------------------------------------
