"""Tokens and operators decide through the same door as people, under their own names."""

import asyncio
from collections import Counter

import pytest

from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import ANA, Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Person, Policy, Vote
from workflows.engine.base import Start
from workflows.event import Accepted, Declined, Delivery, Disposition, Refused

CI, CD = Person.token("ci"), Person.token("cd")


def vote_of(person, run, kind="approved", key="k1", **payload):
    return Delivery(
        run_id=run,
        name="decision",
        kind=kind,
        actor=person.actor,
        via="api",
        scope=person.actor,
        key=key,
        payload={"kind": kind, **payload},
    )


@pytest.fixture
async def asked(db, clock):
    async def start(by=ANA, **policy):
        async def story(ctx, request):
            decision = await ctx.approval(
                "decision", "Pay?", policy=Policy(channel_members=True, **policy), timeout="1h"
            )
            return {"is": type(decision).__name__, "by": getattr(decision, "by", None)}

        harness = await Harness.opened(db, clock, a_job(story))
        run = (await harness.engine.start(Start("story", {}, by, "test"))).run_id
        await harness.run()
        return harness, run

    return start


async def test_x60_a_token_decides_only_where_the_policy_says_so(asked):
    harness, run = await asked()

    receipt = await harness.gates.deliver(vote_of(CI, run), CI)

    assert receipt == Refused(Declined.HUMAN_REQUIRED)
    assert await harness.status(run) == "waiting"


async def test_a_token_that_may_decide_does_so_under_its_own_name(asked, tmp_path):
    harness, run = await asked(tokens_may_decide=True)

    receipt = await harness.gates.deliver(vote_of(CI, run, note="green"), CI)

    assert isinstance(receipt, Accepted)
    assert receipt.disposition is Disposition.RESOLVED
    await harness.run()
    assert await harness.result(run) == {"is": "Approved", "by": "ci"}
    assert violations(tmp_path / "harbor.db") == []


async def test_a_token_does_not_approve_what_it_has_asked_for_itself(asked):
    harness, run = await asked(by=CI.actor, tokens_may_decide=True)

    own = await harness.gates.deliver(vote_of(CI, run), CI)
    another = await harness.gates.deliver(vote_of(CD, run), CD)

    assert own == Refused(Declined.NOT_ALLOWED, {"reason": "requester"})
    assert another.disposition is Disposition.RESOLVED


async def test_a_token_decides_its_own_request_where_the_policy_lets_the_requester(asked):
    harness, run = await asked(by=CI.actor, tokens_may_decide=True, requester_may_decide=True)

    receipt = await harness.gates.deliver(vote_of(CI, run), CI)

    assert receipt.disposition is Disposition.RESOLVED


async def test_a_tokens_vote_that_does_not_decide_yet_is_counted(asked):
    harness, run = await asked(tokens_may_decide=True, need=2)

    first = await harness.gates.deliver(vote_of(CI, run), CI)
    again = await harness.gates.deliver(vote_of(CI, run), CI)
    second = await harness.gates.deliver(vote_of(CD, run), CD)

    assert (first.disposition, first.repeated) == (Disposition.COUNTED, False)
    assert again == Accepted(Disposition.COUNTED, first.event_id, repeated=True)
    assert second.disposition is Disposition.RESOLVED


async def test_the_key_of_a_vote_is_not_taken_for_another_one(asked):
    harness, run = await asked(tokens_may_decide=True, need=2)
    await harness.gates.deliver(vote_of(CI, run), CI)

    receipt = await harness.gates.deliver(vote_of(CI, run, kind="rejected"), CI)

    assert receipt == Refused(Declined.KEY_REUSED)


async def test_a_token_that_gives_no_reason_where_one_is_asked_for_is_told_so(asked):
    harness, run = await asked(tokens_may_decide=True, reason_required=True)

    receipt = await harness.gates.deliver(vote_of(CI, run), CI)

    assert receipt == Refused(Declined.NOT_ALLOWED, {"reason": "reason_required"})


async def test_an_event_of_a_kind_that_no_approval_has_is_refused_before_anything_else(asked):
    harness, run = await asked()

    receipt = await harness.gates.deliver(vote_of(CI, run, kind="maybe"), CI)

    assert receipt == Refused(Declined.UNEXPECTED_KIND, {"expected": ["approved", "rejected"]})


async def test_an_operator_passes_every_policy_by_and_is_on_record(asked, tmp_path):
    harness, run = await asked(need=2, reason_required=True)
    (gate,) = await harness.gates.of_run(run)
    operator = Person.operator("root")

    answer = await harness.gates.decide(
        gate.id, Vote(operator, Choice.APPROVED, "fire drill", via="cli")
    )

    assert answer.gate.decided_by == "operator:root"
    found = rows(tmp_path / "harbor.db", "SELECT actor, outcome FROM audit WHERE action = 'decide'")
    assert found == [("operator:root", "approved")]


async def test_a_click_and_a_token_that_race_have_one_outcome_and_two_honest_answers(asked):
    for _ in range(5):
        harness, run = await asked(tokens_may_decide=True)
        (gate,) = await harness.gates.of_run(run)

        clicked, delivered = await asyncio.gather(
            harness.gates.decide(gate.id, a_vote(choice=Choice.REJECTED)),
            harness.gates.deliver(vote_of(CI, run), CI),
        )

        outcome = (await harness.gates.get(gate.id)).status
        told = Counter(
            [
                type(clicked.ruling).__name__,
                delivered.code.value if isinstance(delivered, Refused) else "resolved",
            ]
        )
        won_by_click = Counter(["Decides", "already_decided"])
        won_by_token = Counter(["Closed", "resolved"])
        assert told == (won_by_click if outcome == "rejected" else won_by_token)
