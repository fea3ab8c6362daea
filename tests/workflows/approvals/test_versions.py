"""The version of a question: an answer to an earlier one is none, whatever door it came by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.views import carried
from store import audit, gates
from tests.bot.slack.views.making import GATE, a_gate
from tests.workflows.kit import Harness, a_job
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Person, Policy
from workflows.approvals.gates import Closed, Outdated
from workflows.approvals.policy import Decides
from workflows.event import Accepted, Declined, Delivery, Disposition, Refused


async def test_a_question_begins_at_version_one_and_counts_on_while_it_is_open(asked):
    harness, run, gate = await asked()

    assert await harness.db.write(gates.next_version, gate)
    assert (await harness.gates.get(gate)).version == 2
    assert (await harness.wait(run)).version == 2

    await harness.gates.decide(gate, a_vote())

    assert not await harness.db.write(gates.next_version, gate)
    assert (await harness.gates.get(gate)).version == 2


async def test_an_answer_to_an_earlier_version_changes_nothing_and_is_on_record_i33(asked):
    harness, run, gate = await asked()
    await harness.db.write(gates.next_version, gate)

    answer = await harness.gates.decide(gate, a_vote(version=1))

    assert answer.ruling == Outdated(answered=1, asked=2)
    assert (answer.gate.status, answer.gate.votes) == ("open", ())
    assert ("decide", "outdated:1") in await told(harness, run)


@pytest.mark.parametrize("choice", Choice)
async def test_an_answer_to_the_version_that_is_asked_counts_i33(asked, choice):
    harness, _, gate = await asked()
    await harness.db.write(gates.next_version, gate)

    answer = await harness.gates.decide(gate, a_vote(choice=choice, version=2))

    assert answer.ruling == Decides(choice)


async def test_one_of_two_votes_for_an_earlier_version_is_not_counted_i33(asked):
    harness, _, gate = await asked(need=2)
    await harness.gates.decide(gate, a_vote("UBO", version=1))
    await harness.db.write(gates.next_version, gate)

    answer = await harness.gates.decide(gate, a_vote("UCY", version=1))

    assert isinstance(answer.ruling, Outdated)
    assert len(answer.gate.votes) == 1


async def test_what_is_decided_is_decided_whatever_version_a_late_answer_was_to(asked):
    harness, _, gate = await asked()
    await harness.db.write(gates.next_version, gate)
    await harness.gates.decide(gate, a_vote("UBO", version=2))

    answer = await harness.gates.decide(gate, a_vote("UCY", version=1))

    assert answer.ruling == Closed()


@pytest.mark.parametrize("version", [0, -1, 3, 2**62])
async def test_a_version_that_never_was_is_none_i33(asked, version):
    harness, _, gate = await asked()
    await harness.db.write(gates.next_version, gate)

    answer = await harness.gates.decide(gate, a_vote(version=version))

    assert answer.ruling == Outdated(answered=version, asked=2)


async def test_a_delivered_vote_for_an_earlier_version_is_refused_with_both_i33(asked):
    harness, run, gate = await asked(tokens_may_decide=True)
    await harness.db.write(gates.next_version, gate)

    receipt = await delivered(harness, run, "key", version=1)

    assert receipt == Refused(Declined.QUESTION_CHANGED, {"answered": 1, "version": 2})
    again = await delivered(harness, run, "key", version=2)
    assert isinstance(again, Accepted)
    assert again.disposition is Disposition.RESOLVED


@pytest.mark.parametrize("version", ["1", True, 1.0, [1], {}])
async def test_a_delivered_vote_whose_version_is_no_number_is_refused_i33(asked, version):
    harness, run, gate = await asked(tokens_may_decide=True)

    receipt = await delivered(harness, run, "key", version=version)

    assert receipt.code is Declined.INVALID
    assert receipt.detail["errors"][0]["where"] == "payload.version"
    assert (await harness.gates.get(gate)).status == "open"


async def test_a_delivered_vote_need_not_name_a_version(asked):
    harness, run, gate = await asked(tokens_may_decide=True)
    await harness.db.write(gates.next_version, gate)

    receipt = await delivered(harness, run, "key")

    assert receipt.disposition is Disposition.RESOLVED


def test_what_a_button_carries_is_the_gate_and_the_version_it_was_drawn_from_i33():
    assert carried.written(a_gate(version=7)) == f"{GATE}.7"
    assert carried.read(f"{GATE}.7") == (GATE, 7)


def test_a_button_of_a_card_of_0_1_0_is_of_the_first_version():
    assert carried.read(GATE) == (GATE, 1)


@given(st.text() | st.from_regex(r"[0-9a-f]{32}\.[^0-9]"))
def test_what_is_no_button_of_ours_names_no_version_that_is_asked(value):
    found = carried.read(value)

    assert found.version == carried.NEVER or value.startswith(found.gate)


async def told(harness, run):
    return [(line.action, line.outcome) for line in await harness.db.read(audit.of_run, run)]


async def delivered(harness, run, key, **payload):
    payload = {"kind": "approved", **payload}
    delivery = Delivery(run, "decision", "approved", "token:ci", "api", "token:ci", key, payload)
    return await harness.gates.deliver(delivery, Person.token("ci"))


@pytest.fixture
async def asked(db, clock):
    """Ask something; answer the harness, the run, the gate."""

    async def ask(**policy):
        async def story(ctx, request):
            decision = await ctx.approval(
                "decision", "Pay?", policy=Policy(channel_members=True, **policy), timeout="1h"
            )
            return type(decision).__name__

        harness = await Harness.opened(db, clock, a_job(story))
        run = await harness.started()
        (gate,) = await harness.gates.of_run(run)
        return harness, run, gate.id

    return ask
