"""Private answers: a click that changed nothing says why, and who could change it."""

from datetime import timedelta

import pytest

from bot.slack.views import gate as answers
from tests.bot.slack.views.making import ANA, NOON, a_gate, approval, at, decided
from workflows.approvals.gate import Choice, Policy
from workflows.approvals.policy import Reason
from workflows.approvals.view import GateStatus, RunStatus

TWO = Policy(channel_members=True, need=2)
LATER = NOON + timedelta(hours=1)
DEADLINE = NOON + timedelta(hours=24)


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        (Policy(users=("U0ANA",)), "any one of: <@U0ANA>; not the requester"),
        (
            Policy(users=("U0ANA",), groups=("S0OPS",), channel_members=True, need=2),
            "2 of: <@U0ANA>, members of <!subteam^S0OPS>, members of <#C1>; not the requester",
        ),
        (
            Policy(channel_members=True, requester_may_decide=True, guests=True),
            "any one of: members of <#C1>; guests too",
        ),
        (
            Policy(users=("U0ANA",), teams=("T0EXT",), reason_required=True),
            (
                "any one of: <@U0ANA>; not the requester; people of partner workspaces too;"
                " with a reason"
            ),
        ),
        (
            Policy(tokens_may_decide=True, requester_may_decide=True),
            "any one of: API tokens that may decide",
        ),
    ],
)
def test_a_policy_is_said_in_words(policy, line):
    assert answers.policy_line(policy, "<#C1>") == line


def test_a_policy_of_a_hundred_people_names_the_first_ten():
    policy = Policy(users=tuple(f"U{i:04}" for i in range(100)))

    line = answers.policy_line(policy)

    assert "<@U0009>, 90 more" in line
    assert "<@U0010>" not in line


def test_somebody_who_is_no_approver_hears_who_is():
    told = answers.not_allowed(Reason.NOT_NAMED, Policy(users=("U0BO",)), ANA)

    assert told == (
        "You are not an approver of this request."
        " Who may decide: any one of: <@U0BO>; not the requester."
    )


def test_the_requester_hears_that_somebody_else_has_to_decide():
    told = answers.not_allowed(Reason.REQUESTER, TWO, ANA)

    assert told.startswith("This was asked for by <@U0ANA>: somebody else has to decide.")


@pytest.mark.parametrize("reason", [Reason.EXTERNAL, Reason.GUEST, Reason.NOT_NAMED])
def test_guests_and_outsiders_hear_that_they_are_no_approvers(reason):
    told = answers.not_allowed(reason, TWO, ANA)

    assert told.startswith("You are not an approver of this request")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason):
    assert answers.not_allowed(reason, TWO, ANA)


def test_a_missing_reason_is_asked_for():
    told = answers.not_allowed(Reason.REASON_REQUIRED, TWO, ANA)

    assert told == "Please give a reason: this request asks for one."


def test_a_late_click_hears_by_whom_and_when_it_was_decided():
    told = answers.already_decided(decided(GateStatus.REJECTED, note="too <risky>"))

    assert told == f"Already rejected by <@U0BO>, {at(LATER)}. Reason: too &lt;risky&gt;"


def test_a_click_after_the_deadline_hears_that_the_run_went_on():
    told = answers.already_decided(a_gate(status=GateStatus.EXPIRED))

    assert told == (
        f"This request expired ({at(DEADLINE)}); the run continued as *timeout*."
        " Your click changed nothing."
    )


def test_a_click_on_a_cancelled_request_hears_who_cancelled_it():
    told = answers.already_decided(decided(GateStatus.CANCELLED, ANA))

    assert told == (
        f"This request was cancelled by <@U0ANA>, {at(LATER)}. Your click changed nothing."
    )


def test_a_card_that_is_behind_asks_for_another_click():
    assert answers.already_decided(a_gate()) == "This request is still open. Please click again."


def test_a_second_click_of_the_same_person_is_already_recorded():
    shown = a_gate(policy=TWO, votes=(approval(ANA),))

    told = answers.repeated(shown, Choice.APPROVED)

    assert told == "Your approval is already recorded. 1 of 2 so far."


def test_a_repeated_rejection_is_called_one():
    told = answers.repeated(decided(GateStatus.REJECTED), Choice.REJECTED)

    assert told == "Your rejection is already recorded."


def test_a_vote_that_counts_hears_how_many_are_needed():
    told = answers.counted(a_gate(policy=TWO), 1, 2)

    assert told == "Your approval is recorded: 1 of 2. 1 more needed."


def test_a_decision_on_a_blocked_run_says_that_it_cannot_go_on_yet():
    shown = decided(
        GateStatus.APPROVED, run_status=RunStatus.BLOCKED, blocked_reason="job_missing: x"
    )

    told = answers.recorded(shown, Choice.APPROVED)

    assert told.startswith(
        "Your approval is recorded. The job cannot continue yet: its code is missing."
    )


def test_what_was_not_stored_says_so_and_what_to_do():
    assert answers.missing() == "This request no longer exists."
    assert answers.not_recorded() == "Not recorded. Please click again in a minute."
    assert answers.unconfirmed() == (
        "We could not confirm this. Click again: it cannot count twice."
    )
