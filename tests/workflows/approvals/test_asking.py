"""Asking: what a job gives, what is stored of it, and what the job gets back."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

import pytest
from pydantic import BaseModel, Field

from tests.workflows.engine.oracle import rows
from tests.workflows.kit import ANA, NOON, Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.ask import fields
from workflows.approvals.digest import digest
from workflows.approvals.gate import Approved, Cast, Choice, Expired, Policy, Rejected
from workflows.plain import plain

CHANNEL = Policy(channel_members=True)
BO, CY = "UBO", "UCY"


class Payment(BaseModel):
    amount: Decimal = Field(title="How much")
    paid_to: str
    urgent: bool = False
    note: str | None = None


PAYMENT = Payment(amount=Decimal("7.50"), paid_to="Ana")


def asking(given, **arguments):
    """Answer a job that asks, and puts the decision where the test finds it."""
    arguments = {"title": "Pay?", "policy": CHANNEL, "timeout": "1h", **arguments}

    async def story(ctx, request):
        given.append(await ctx.approval("decision", **arguments))

    return a_job(story)


@pytest.fixture
async def harness(db, clock):
    async def opened(job):
        return await Harness.opened(db, clock, job)

    return opened


async def only_gate(harness, run):
    (gate,) = await harness.gates.of_run(run)
    return gate


async def test_a_job_that_asks_parks_with_an_open_gate_and_a_card_to_be_posted_i8(
    harness, tmp_path
):
    engine = await harness(asking([], show=PAYMENT, why="The invoice is due."))

    run = await engine.started()

    gate = await only_gate(engine, run)
    assert await engine.status(run) == "waiting"
    assert (gate.status, gate.name, gate.nth, gate.job) == ("open", "decision", 1, "story")
    assert (gate.requested_by, gate.deadline_at) == (ANA, NOON.replace(hour=13))
    assert (gate.policy, gate.card.title, gate.card.why) == (CHANNEL, "Pay?", "The invoice is due.")
    card = "SELECT gate_id, asked_in, status, want_version, sent_version FROM cards"
    assert rows(tmp_path / "harbor.db", card) == [(gate.id, "#approvals", "pending", 1, 0)]


async def test_what_is_shown_is_drawn_as_fields_and_kept_as_it_is(harness):
    engine = await harness(asking([], show=PAYMENT))

    run = await engine.started()

    card = (await only_gate(engine, run)).card
    assert card.fields == (
        ("How much", "7.50"),
        ("Paid to", "Ana"),
        ("Urgent", "no"),
        ("Note", "-"),
    )
    assert card.shown == {"amount": "7.50", "paid_to": "Ana", "urgent": False, "note": None}


async def test_a_card_goes_where_the_job_says(harness):
    engine = await harness(asking([], channel="#payments"))

    run = await engine.started()

    assert (await only_gate(engine, run)).card.channel == "#payments"


async def test_an_approved_job_is_told_by_whom_why_and_when(harness):
    given = []
    policy = Policy(channel_members=True, need=2)
    engine = await harness(asking(given, policy=policy))
    run = await engine.started()
    gate = await only_gate(engine, run)

    await engine.gates.decide(gate.id, a_vote("UBO", note="fine"))
    engine.clock.move(minutes=1)
    await engine.gates.decide(gate.id, a_vote("UCY", note="go"))
    await engine.run()

    later = NOON.replace(minute=1)
    votes = (Cast(BO, Choice.APPROVED, "fine", NOON), Cast(CY, Choice.APPROVED, "go", later))
    assert given == [Approved(by=CY, note="go", at=later, votes=votes)]


async def test_a_rejected_job_is_told_by_whom_why_and_when(harness):
    given = []
    engine = await harness(asking(given))
    run = await engine.started()
    gate = await only_gate(engine, run)

    await engine.gates.decide(gate.id, a_vote("UBO", Choice.REJECTED, "too dear"))
    await engine.run()

    vote = Cast(BO, Choice.REJECTED, "too dear", NOON)
    assert given == [Rejected(by=BO, note="too dear", at=NOON, votes=(vote,))]


async def test_a_job_that_nobody_answers_is_given_expired(harness):
    given = []
    engine = await harness(asking(given))
    run = await engine.started()

    await engine.move(hours=1)

    gate = await only_gate(engine, run)
    assert given == [Expired()]
    assert (gate.status, gate.decided_by, gate.decided_at) == ("expired", None, engine.clock.now())


async def test_a_decision_is_the_same_on_replay_i11(harness):
    given = []

    async def story(ctx, request):
        given.append(await ctx.approval("decision", "Pay?", policy=CHANNEL, timeout="1h"))
        await ctx.step.sleep("rest", "1m")

    engine = await harness(a_job(story))
    run = await engine.started()
    gate = await only_gate(engine, run)

    await engine.gates.decide(gate.id, a_vote(note="fine"))
    await engine.run()
    await engine.move(minutes=1)

    assert len(given) == 2
    assert given[0] == given[1]


async def test_a_card_and_its_policy_stay_as_asked_though_the_code_has_changed_i24(harness):
    engine = await harness(asking([], title="Pay?", policy=Policy(users=("UBO",))))
    run = await engine.started()

    engine = await engine.deployed(asking([], title="Pay double?", policy=Policy(users=("UCY",))))
    gate = await only_gate(engine, run)
    answer = await engine.gates.decide(gate.id, a_vote("UCY"))

    assert answer.ruling.reason == "not_named"
    assert answer.gate.card.title == "Pay?"


async def test_an_approval_takes_no_event_from_a_program_i24(harness):
    given = []
    engine = await harness(asking(given))
    run = await engine.started()

    receipt = await engine.deliver(run, "decision", "approved", note=None, votes=[])
    await engine.run()

    assert receipt.code == "human_required"
    assert given == []


async def test_asking_again_by_the_same_name_opens_another_gate(harness):
    async def story(ctx, request):
        for _ in range(2):
            await ctx.approval("decision", "Pay?", policy=CHANNEL, timeout="1h")

    engine = await harness(a_job(story))
    run = await engine.started()
    first = await only_gate(engine, run)
    await engine.gates.decide(first.id, a_vote())
    await engine.run()

    gates = await engine.gates.of_run(run)
    again = await engine.gates.decide(first.id, a_vote("UCY"))

    assert [(gate.nth, gate.status) for gate in gates] == [(1, "approved"), (2, "open")]
    assert again.gate.id == first.id
    assert (await engine.gates.get(gates[1].id)).votes == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {"title": ""},
        {"title": " \n"},
        {"title": None},
        {"policy": None},
        {"policy": {"users": ["UBO"]}},
        {"timeout": "soon"},
        {"show": "seven"},
        {"show": {"ids": {1}}},
    ],
)
async def test_a_question_that_cannot_be_asked_fails_the_job_and_opens_nothing(harness, arguments):
    engine = await harness(asking([], **arguments))

    run = await engine.started()

    assert await engine.status(run) == "failed"
    assert await engine.gates.of_run(run) == []


def test_the_digest_of_equal_payloads_is_equal_whatever_their_order():
    first = digest("Pay?", plain({"amount": 7, "to": {"name": "Ana", "id": 1}}))
    second = digest("Pay?", plain({"to": {"id": 1, "name": "Ana"}, "amount": 7}))

    assert first == second
    assert len(first) == 64


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Pay!", {"amount": 7, "to": "Ana"}),
        ("Pay?", {"amount": 8, "to": "Ana"}),
        ("Pay?", {"amount": "7", "to": "Ana"}),
        ("Pay?", {"amount": 7, "to": "Ana", "note": None}),
        ("Pay?", {"amount": 7}),
        ("Pay?", None),
        ("Pay?", [["amount", 7], ["to", "Ana"]]),
    ],
)
def test_the_digest_of_anything_else_differs(title, shown):
    assert digest(title, shown) != digest("Pay?", {"amount": 7, "to": "Ana"})


async def test_the_digest_is_stored_with_the_gate_and_is_the_same_for_a_model_and_its_mapping(
    harness,
):
    engine = await harness(asking([], show=PAYMENT))
    run = await engine.started()

    gate = await only_gate(engine, run)

    assert gate.digest == digest("Pay?", plain(PAYMENT.model_dump(mode="json")))


@pytest.mark.parametrize(
    ("shown", "drawn"),
    [
        (None, ()),
        ({}, ()),
        ({"due_on": "Monday"}, (("Due on", "Monday"),)),
        ({"": "x"}, (("", "x"),)),
        ({"ids": [1, 2]}, (("Ids", "[1,2]"),)),
        ({"yes": True, "no": False, "none": None}, (("Yes", "yes"), ("No", "no"), ("None", "-"))),
    ],
)
def test_how_a_mapping_is_drawn(shown, drawn):
    assert fields(shown, shown) == drawn


async def test_a_decision_is_a_value_that_a_job_can_return(harness):
    async def story(ctx, request):
        return await ctx.approval("decision", "Pay?", policy=CHANNEL, timeout="1h")

    engine = await harness(a_job(story))
    run = await engine.started()
    await engine.gates.decide((await only_gate(engine, run)).id, a_vote())
    await engine.run()

    result = await engine.result(run)
    assert result["by"] == BO
    assert datetime.fromisoformat(result["at"]) == NOON
    assert set(result) == set(asdict(Approved(BO, None, NOON)))
