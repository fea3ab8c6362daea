"""What is told beside the card: the result in the thread, and word to who asked."""

from datetime import timedelta

import pytest

from bot.slack.views import messages
from tests.bot.slack.views.making import NOON, RUN, a_gate, a_run, at, decided
from tests.bot.slack.views.reading import action_ids, words
from workflows.approvals.view import GateStatus, RunStatus

CARD = "https://team.slack.com/archives/C1/p1795356120"


def test_the_thread_hears_the_result_with_addresses_as_links():
    result = {"acted": True, "issue_url": "https://linear.app/ops/12", "labels": ["a", "b"]}

    told, blocks = messages.thread_result(decided(GateStatus.APPROVED, result=result))

    assert told == "Completed: approve-and-act"
    assert [each["text"] for each in blocks[1]["fields"]] == [
        "*Acted*",
        "yes",
        "*Issue url*",
        "<https://linear.app/ops/12>",
        "*Labels*",
        '["a", "b"]',
    ]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "see https://x.example", "https://x.example|bank"]
)
def test_what_is_no_address_alone_is_not_linked(address):
    _, blocks = messages.thread_result(decided(GateStatus.APPROVED, result={"url": address}))

    assert blocks[1]["fields"][1]["type"] == "plain_text"


def test_a_result_that_is_one_value_is_called_the_result():
    _, blocks = messages.thread_result(decided(GateStatus.APPROVED, result="done <b>"))

    assert [each["text"] for each in blocks[1]["fields"]] == ["*Result*", "done <b>"]


def test_a_run_without_a_result_is_just_complete():
    _, blocks = messages.thread_result(decided(GateStatus.APPROVED))

    assert words(blocks) == "✓ The run is complete."


def test_the_thread_hears_why_a_run_failed():
    error = {"kind": "StepFailed", "message": "linear said no"}
    shown = decided(GateStatus.APPROVED, run_status=RunStatus.FAILED, error=error)

    told, blocks = messages.thread_result(shown)

    assert told == "Failed: approve-and-act"
    assert "linear said no (StepFailed)" in words(blocks)


def test_an_error_without_words_still_says_something():
    shown = decided(GateStatus.APPROVED, run_status=RunStatus.FAILED)

    _, blocks = messages.thread_result(shown)

    assert "No reason was recorded." in words(blocks)


def test_the_thread_hears_that_a_run_was_cancelled():
    told, blocks = messages.thread_result(
        decided(GateStatus.CANCELLED, run_status=RunStatus.CANCELLED)
    )

    assert told == "Cancelled: approve-and-act"
    assert words(blocks) == "⊘ The run was cancelled."


def test_a_long_result_says_that_it_is_shortened():
    result = {f"field {i}": "x" for i in range(30)}

    _, blocks = messages.thread_result(decided(GateStatus.APPROVED, result=result))

    assert "Shortened here." in words(blocks)


@pytest.mark.parametrize(
    ("shown", "told", "line"),
    [
        (
            decided(GateStatus.APPROVED),
            "Your request was approved: File a follow-up for checkout?",
            f"✓ Approved by <@U0BO> · {at(NOON + timedelta(hours=1))}",
        ),
        (
            decided(GateStatus.REJECTED),
            "Your request was rejected: File a follow-up for checkout?",
            f"✕ Rejected by <@U0BO> · {at(NOON + timedelta(hours=1))}",
        ),
        (
            a_gate(status=GateStatus.EXPIRED),
            "Your request expired: File a follow-up for checkout?",
            f"⊖ Expired · {at(NOON + timedelta(hours=24))}",
        ),
        (
            decided(GateStatus.CANCELLED),
            "Your request was cancelled: File a follow-up for checkout?",
            f"⊘ Cancelled by <@U0BO> · {at(NOON + timedelta(hours=1))}",
        ),
        (
            a_gate(),
            "Your request is waiting: File a follow-up for checkout?",
            "◷ Waiting",
        ),
    ],
)
def test_the_requester_hears_every_outcome(shown, told, line):
    text, blocks = messages.to_requester(shown, CARD)

    assert text == told
    assert line in words(blocks)
    assert f"<{CARD}|See the request>" in words(blocks)
    assert action_ids(blocks) == []


def test_the_requester_reads_the_reason():
    _, blocks = messages.to_requester(decided(GateStatus.REJECTED, note="too *risky*"), None)

    assert {"type": "plain_text", "text": "Reason: too *risky*", "emoji": False} in [
        block.get("text") for block in blocks
    ]


def test_a_run_that_ended_tells_who_started_it():
    told, blocks = messages.run_ended(a_run(status=RunStatus.COMPLETED, result={"sent": 3}))

    assert told == "Completed: approve-and-act"
    assert "Your run of *approve-and-act*" in words(blocks)
    assert "*Sent*" in words(blocks)
    assert RUN in words(blocks)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("job_missing: no job is called x", "its code is missing"),
        ("nondeterminism: unknown step", "code has changed"),
        ("poison: started 5 times", "the program died several times"),
        ("corrupt: row 7", "cannot be read"),
        ("something new", "cannot go on by itself"),
        (None, "cannot go on by itself"),
    ],
)
def test_a_run_that_is_stuck_says_why_in_human_words(reason, said):
    run = a_run(status=RunStatus.BLOCKED, blocked_reason=reason)

    told, blocks = messages.run_ended(run)

    assert told == "Stuck: approve-and-act"
    assert said in words(blocks)
    assert (reason or "") in words(blocks)
