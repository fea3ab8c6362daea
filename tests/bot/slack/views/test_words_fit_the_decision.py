"""The words under a decided card, and about its run, fit what was decided."""

import pytest

from bot.slack.views import commands, messages
from tests.bot.slack.views.making import NOON, a_run, decided
from tests.bot.slack.views.reading import words
from workflows.approvals.view import GateStatus, RunStatus
from workflows.engine.base import WaitKind, WaitStatus, WaitView

RESULT = {"acted": False, "reason": "rejected"}
NO = {
    GateStatus.REJECTED: "✕ Rejected; the run has ended.",
    GateStatus.EXPIRED: "⊖ Nobody decided in time; the run has ended.",
    GateStatus.CANCELLED: "⊘ The request was cancelled; the run has ended.",
}


def asked(outcome: str | None) -> WaitView:
    kind, status = WaitKind.APPROVAL, WaitStatus.RESOLVED
    return WaitView("decision", 1, kind, status, (), NOON, gate_id="g", outcome=outcome)


@pytest.mark.parametrize(("status", "told"), NO.items())
def test_no_tick_stands_under_a_request_that_was_not_approved_g9(status, told):
    title, blocks = messages.thread_result(decided(status, result=RESULT))

    said = words(blocks)
    assert told in said
    assert "✓" not in said
    assert "complete" not in title + said
    assert "*Acted*\n*Reason*\nno\nrejected" in said


@pytest.mark.parametrize(("status", "told"), NO.items())
def test_whoever_asked_is_told_in_words_that_fit_the_decision_g9(status, told):
    run = a_run(status=RunStatus.COMPLETED, result=RESULT, waits=(asked(status.value),))

    for title, blocks in (messages.run_ended(run), commands.run_status(run, "Pay?")):
        assert told in words(blocks)
        assert "✓" not in title + words(blocks)


def test_an_approval_after_a_rejection_is_what_was_decided_last():
    waits = (asked("rejected"), asked("approved"))

    _, blocks = messages.run_ended(a_run(status=RunStatus.COMPLETED, waits=waits))

    assert "✓ The run is complete." in words(blocks)


@pytest.mark.parametrize("status", NO)
@pytest.mark.parametrize(
    ("run_status", "told"),
    [
        (RunStatus.FAILED, "✕ The run failed."),
        (RunStatus.CANCELLED, "⊘ The run was cancelled."),
        (RunStatus.RUNNING, "▶ The run goes on."),
    ],
)
def test_what_else_became_of_a_run_is_said_as_ever(status, run_status, told):
    _, blocks = messages.thread_result(decided(status, run_status=run_status))

    assert told in words(blocks)


def test_a_run_in_a_list_has_no_tick_because_its_decision_is_not_known_there_g9():
    _, blocks = commands.runs_list([a_run(status=RunStatus.COMPLETED)], {})

    assert "● completed" in words(blocks)
