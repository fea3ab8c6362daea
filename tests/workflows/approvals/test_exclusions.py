"""Who may decide, as a product: nothing that rules a person out is undone by how they are named."""

from itertools import product

import pytest

from tests.workflows.kit import ANA
from tests.workflows.people import a_vote
from workflows.approvals.gate import Choice, Policy
from workflows.approvals.policy import Decides, NotAllowed, Reason, judge, objection
from workflows.testing import member

NAMED = {
    "users": Policy(users=("UBO", "UANA")),
    "groups": Policy(groups=("SOPS",)),
    "channel": Policy(channel_members=True),
    "users and groups": Policy(users=("UCY",), groups=("SOPS",)),
    "groups and channel": Policy(groups=("SDEV",), channel_members=True),
    "everything": Policy(users=("UBO", "UANA"), groups=("SOPS",), channel_members=True),
}
OUTSIDE = {"team": "T0OTHER", "is_ours": False}
RULED_OUT = {
    "guest": ({"is_guest": True}, Reason.GUEST, {"guests": True}),
    "outsider": (OUTSIDE, Reason.EXTERNAL, {"teams": ("T0OTHER",)}),
    "outside guest": (OUTSIDE | {"is_guest": True}, Reason.EXTERNAL, {}),
    "deactivated": ({"is_active": False}, Reason.DEACTIVATED, {}),
    "bot": ({"is_bot": True}, Reason.BOT, {}),
    "deactivated guest": ({"is_active": False, "is_guest": True}, Reason.DEACTIVATED, {}),
}
NAMES = frozenset({"SOPS"})


@pytest.mark.parametrize(("how", "why"), list(product(NAMED, RULED_OUT)))
def test_nobody_who_is_ruled_out_gets_in_however_they_are_named(how, why):
    facts, reason, _ = RULED_OUT[why]

    assert objection(NAMED[how], ANA, member(groups=NAMES, **facts)) is reason


@pytest.mark.parametrize("how", NAMED)
def test_the_requester_does_not_decide_however_they_are_named(how):
    asked = member("UANA", groups=NAMES)
    may = NAMED[how].model_copy(update={"requester_may_decide": True})

    assert objection(NAMED[how], ANA, asked) is Reason.REQUESTER
    assert objection(may, ANA, asked) is None


@pytest.mark.parametrize(("how", "why"), list(product(NAMED, ("guest", "outsider"))))
def test_what_a_policy_lets_in_must_be_named_all_the_same(how, why):
    facts, _, opened = RULED_OUT[why]
    policy = NAMED[how].model_copy(update=opened)
    nowhere = member("UZOE", in_channel=False, **facts)

    assert objection(policy, ANA, member(groups=NAMES, **facts)) is None
    assert objection(policy, ANA, nowhere) is Reason.NOT_NAMED


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"SDEV"}), frozenset({"SOPS2", "S"})])
def test_only_a_member_of_the_group_itself_is_named_by_it(groups):
    policy = Policy(groups=("SOPS",))

    assert objection(policy, ANA, member(groups=groups)) is Reason.NOT_NAMED


@pytest.mark.parametrize(("choice", "why"), list(product(Choice, RULED_OUT)))
def test_who_may_not_approve_may_not_reject_either(choice, why):
    facts, reason, _ = RULED_OUT[why]
    vote = a_vote(choice=choice, groups=NAMES, **facts)

    assert judge(NAMED["everything"], ANA, [], vote) == NotAllowed(reason)
    assert judge(NAMED["everything"], ANA, [], a_vote(choice=choice)) == Decides(choice)
