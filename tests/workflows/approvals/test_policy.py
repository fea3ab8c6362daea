"""Who may decide, and what an answer does: tables of cases over pure rules."""

import pytest
from pydantic import ValidationError

from tests.workflows.kit import ANA, NOON
from tests.workflows.people import a_vote
from workflows.approvals.gate import Card, Cast, Choice, Policy
from workflows.approvals.policy import (
    Counted,
    Decides,
    NotAllowed,
    Reason,
    Repeated,
    judge,
    objection,
)
from workflows.testing import member

YES, NO = Choice.APPROVED, Choice.REJECTED
CHANNEL = Policy(channel_members=True)
BOTH = Policy(channel_members=True, need=2)


def cast(user, choice=YES):
    return Cast(f"slack:T0HARBOR:{user}", choice, None, NOON)


@pytest.mark.parametrize(
    ("policy", "person", "reason"),
    [
        (CHANNEL, member(), None),
        (CHANNEL, member(in_channel=False), Reason.NOT_NAMED),
        (Policy(users=("UBO",)), member(in_channel=False), None),
        (Policy(users=("UCY",)), member(), Reason.NOT_NAMED),
        (Policy(groups=("SOPS",)), member(groups=frozenset({"SOPS"})), None),
        (Policy(groups=("SOPS",)), member(groups=frozenset({"SDEV"})), Reason.NOT_NAMED),
        (Policy(groups=("SOPS",)), member(), Reason.NOT_NAMED),
        (Policy(users=("UCY",), channel_members=True), member(), None),
        (CHANNEL, member("UANA"), Reason.REQUESTER),
        (Policy(users=("UANA",)), member("UANA"), Reason.REQUESTER),
        (Policy(users=("UANA",), requester_may_decide=True), member("UANA"), None),
        (CHANNEL, member("UANA", team="T0OTHER", is_ours=False), Reason.EXTERNAL),
        (CHANNEL, member(is_guest=True), Reason.GUEST),
        (Policy(users=("UBO",)), member(is_guest=True), Reason.GUEST),
        (Policy(channel_members=True, guests=True), member(is_guest=True), None),
        (CHANNEL, member(is_bot=True), Reason.BOT),
        (Policy(users=("UBO",)), member(is_bot=True), Reason.BOT),
        (CHANNEL, member(is_active=False), Reason.DEACTIVATED),
        (CHANNEL, member(team="T0OTHER", is_ours=False), Reason.EXTERNAL),
        (Policy(users=("UBO",)), member(team="T0OTHER", is_ours=False), Reason.EXTERNAL),
        (
            Policy(channel_members=True, teams=("T0OTHER",)),
            member(team="T0OTHER", is_ours=False),
            None,
        ),
        (
            Policy(channel_members=True, teams=("T0THIRD",)),
            member(team="T0OTHER", is_ours=False),
            Reason.EXTERNAL,
        ),
        (
            Policy(channel_members=True, teams=("T0OTHER",)),
            member(team="T0OTHER", is_ours=False, is_guest=True),
            Reason.GUEST,
        ),
        (Policy(tokens_may_decide=True), member(), Reason.NOT_NAMED),
    ],
)
def test_who_may_decide(policy, person, reason):
    assert objection(policy, ANA, person) is reason


@pytest.mark.parametrize(
    ("policy", "earlier", "vote", "ruling"),
    [
        (CHANNEL, [], a_vote(), Decides(YES)),
        (CHANNEL, [], a_vote(choice=NO), Decides(NO)),
        (BOTH, [], a_vote(), Counted(1, 2)),
        (BOTH, [cast("UCY")], a_vote(), Decides(YES)),
        (BOTH, [cast("UBO")], a_vote(), Repeated()),
        (BOTH, [cast("UCY"), cast("UDEE")], a_vote(), Decides(YES)),
        (BOTH, [cast("UCY")], a_vote(choice=NO), Decides(NO)),
        (BOTH, [cast("UBO")], a_vote(choice=NO), Decides(NO)),
        (BOTH, [], a_vote("UANA"), NotAllowed(Reason.REQUESTER)),
        (BOTH, [], a_vote("UANA", NO), NotAllowed(Reason.REQUESTER)),
        (BOTH, [cast("UBO")], a_vote(in_channel=False), NotAllowed(Reason.NOT_NAMED)),
        (Policy(channel_members=True, need=3), [cast("UCY")], a_vote(), Counted(2, 3)),
    ],
)
def test_what_an_answer_does(policy, earlier, vote, ruling):
    assert judge(policy, ANA, earlier, vote) == ruling


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize(
    ("note", "counts"), [(None, False), ("", False), (" \n", False), ("because", True)]
)
def test_a_policy_that_requires_a_reason_takes_no_answer_without_one(choice, note, counts):
    policy = Policy(channel_members=True, reason_required=True)

    ruling = judge(policy, ANA, [], a_vote(choice=choice, note=note))

    assert ruling == (Decides(choice) if counts else NotAllowed(Reason.REASON_REQUIRED))


def test_who_may_not_decide_is_told_so_rather_than_asked_for_a_reason():
    policy = Policy(channel_members=True, reason_required=True)

    ruling = judge(policy, ANA, [], a_vote("UANA"))

    assert ruling == NotAllowed(Reason.REQUESTER)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"requester_may_decide": True},
        {"guests": True, "teams": ["T0OTHER"]},
        {"users": []},
        {"users": ["@ana"]},
        {"users": ["ana@example.com"]},
        {"users": ["*"]},
        {"users": ["S0614TZR7"]},
        {"users": ["u024be7lh"]},
        {"users": ["U024BE7LH\n"]},
        {"users": "U024BE7LH"},
        {"users": [7]},
        {"users": [None]},
        {"groups": ["U024BE7LH"]},
        {"groups": ["@ops"]},
        {"teams": ["acme"], "channel_members": True},
        {"users": [f"U{n:05}" for n in range(101)]},
        {"users": ["UANA"], "need": 2},
        {"users": ["UANA", "UANA"], "need": 2},
        {"channel_members": True, "need": 0},
        {"channel_members": True, "need": -1},
        {"channel_members": True, "need": 101},
        {"channel_members": True, "need": 1.0},
        {"channel_members": True, "need": "1"},
        {"channel_members": True, "need": True},
        {"channel_members": "yes"},
        {"channel_members": 1},
        {"channel_members": True, "quorum": 2},
    ],
)
def test_x100_policies_that_name_nobody_or_cannot_be_met_are_refused(given):
    with pytest.raises(ValidationError):
        Policy(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"users": ["UANA", "W0WIDE"]},
        {"users": ("UANA",)},
        {"groups": ["S0614TZR7"], "need": 5},
        {"channel_members": True, "need": 100},
        {"tokens_may_decide": True},
        {"users": ["UANA"], "groups": ["S0614TZR7"], "need": 2},
    ],
)
def test_policies_that_can_be_met_and_come_back_from_the_store_as_they_were(given):
    policy = Policy(**given)

    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_a_card_comes_back_from_the_store_as_it_was():
    card = Card(
        title="Go?",
        fields=(("Amount", "7"),),
        shown={"amount": 7, "to": ["Ana"]},
        channel="#approvals",
        job="pay",
        requested_by=ANA,
    )

    assert Card.model_validate_json(card.model_dump_json()) == card
