"""The approval card, before and after, and its line for notifications."""

from datetime import timedelta

import pytest

from bot.sandbox.blocks import problems_of_message
from bot.slack.views import gate
from tests.bot.slack.views.making import (
    ANA,
    BO,
    CY,
    GATE,
    NOON,
    RUN,
    a_gate,
    approval,
    at,
    decided,
)
from tests.bot.slack.views.reading import action_ids, elements, words
from workflows.approvals.gate import Policy
from workflows.approvals.view import GateStatus, RunStatus

PAGE = f"https://harbor.example.com/run/{RUN}/approve?gate={GATE}"
LATER = NOON + timedelta(hours=1)


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text):
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text):
    return {"type": "section", "text": text}


BODY = [
    {"type": "header", "text": plain("File a follow-up for checkout?")},
    section(mrkdwn("Asked by <@U0ANA> · job *approve-and-act*")),
    section(plain("Three orders failed since Friday.")),
    {
        "type": "section",
        "fields": [mrkdwn("*Context*"), plain("checkout"), mrkdwn("*Team*"), plain("OPS")],
    },
    section(mrkdwn("*Who may decide* any one of: members of this channel; not the requester")),
]
FINE_PRINT = {
    "type": "context",
    "elements": [mrkdwn(f"Digest `9f86d081884c` · run `{RUN}`")],
}


def button(text, action, spoken, **more):
    return {
        "type": "button",
        "action_id": action,
        "text": plain(text),
        "value": f"{GATE}.1",
        "accessibility_label": spoken,
    } | more


def without_ids(blocks):
    return [{key: each for key, each in block.items() if key != "block_id"} for block in blocks]


def test_an_open_card_says_what_who_why_until_when_and_has_its_buttons():
    blocks = gate.card(a_gate(), link=PAGE)

    title = "File a follow-up for checkout?"
    assert without_ids(blocks) == [
        *BODY,
        section(mrkdwn(f"◷ Waiting · expires {at(NOON + timedelta(hours=24), '{ago}')}")),
        {
            "type": "actions",
            "elements": [
                button("Approve", "approve", f"Approve: {title}", style="primary"),
                button("Reject", "reject", f"Reject: {title}", style="danger"),
                button("Open in browser", "open", f"Open in browser: {title}", url=PAGE),
            ],
        },
        FINE_PRINT,
    ]


def test_an_approved_card_keeps_its_body_says_who_and_when_and_leaves_the_result_to_its_thread():
    shown = decided(
        GateStatus.APPROVED,
        note="go ahead",
        result={"acted": True, "reason": None, "issue_url": "https://linear.app/ops/12"},
    )

    blocks = gate.card(shown, link=PAGE)

    assert without_ids(blocks) == [
        *BODY,
        section(mrkdwn(f"✓ Approved by <@U0BO> · {at(LATER)}")),
        section(plain("Reason: go ahead")),
        FINE_PRINT,
    ]


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (decided(GateStatus.REJECTED), f"✕ Rejected by <@U0BO> · {at(LATER)}"),
        (decided(GateStatus.CANCELLED, ANA), f"⊘ Cancelled by <@U0ANA> · {at(LATER)}"),
        (decided(GateStatus.CANCELLED, None), f"⊘ Cancelled · {at(LATER)}"),
        (decided(GateStatus.APPROVED, "operator:ana"), f"✓ Approved by operator ana · {at(LATER)}"),
        (
            a_gate(status=GateStatus.EXPIRED),
            f"⊖ Expired · {at(NOON + timedelta(hours=24))}",
        ),
    ],
)
def test_every_outcome_has_a_status_line_and_no_buttons(shown, line):
    blocks = gate.card(shown, link=PAGE)

    assert line in words(blocks)
    assert action_ids(blocks) == []


@pytest.mark.parametrize("status", [each for each in GateStatus if each is not GateStatus.OPEN])
def test_the_body_is_the_same_after_every_outcome(status):
    blocks = gate.card(decided(status), link=PAGE)

    assert without_ids(blocks)[: len(BODY)] == BODY


def test_a_card_without_a_page_has_no_button_to_open_it():
    assert action_ids(gate.card(a_gate(), link=None)) == ["approve", "reject"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://harbor.example.com/run", "x"])
def test_x103_a_page_that_is_not_https_is_never_opened(link):
    assert action_ids(gate.card(a_gate(), link=link)) == ["approve", "reject"]


def test_the_value_of_a_button_is_the_gates_id_and_the_version_of_its_question_i33():
    blocks = gate.card(a_gate(version=3), link=PAGE)

    assert {each["value"] for each in elements(blocks)} == {f"{GATE}.3"}


def test_votes_so_far_are_counted_and_named_where_more_than_one_is_needed():
    policy = Policy(channel_members=True, need=2)
    shown = a_gate(policy=policy, votes=(approval(ANA, "looks right to me"),))

    said = words(gate.card(shown, link=None))

    assert "1 of 2 · <@U0ANA>" in said
    assert "looks right to me" in said


def test_a_quorum_of_two_is_complete_on_the_approved_card():
    policy = Policy(channel_members=True, need=2)
    votes = (approval(ANA), approval(BO))

    said = words(gate.card(decided(GateStatus.APPROVED, policy=policy, votes=votes), link=None))

    assert "Approved by <@U0BO>" in said
    assert "2 of 2 · <@U0ANA>, <@U0BO>" in said


def test_block_ids_differ_on_one_card_and_change_with_every_version():
    policy = Policy(channel_members=True, need=2)
    versions = [
        a_gate(policy=policy),
        a_gate(policy=policy, version=2),
        a_gate(policy=policy, votes=(approval(ANA),)),
        decided(GateStatus.APPROVED, policy=policy, votes=(approval(ANA), approval(CY))),
        decided(GateStatus.REJECTED, policy=policy, run_status=RunStatus.FAILED),
    ]

    ids = [block["block_id"] for each in versions for block in gate.card(each, link=None)]

    assert len(ids) == len(set(ids))
    assert all(each.startswith(GATE[:12]) for each in ids)


def test_a_failed_run_says_what_went_wrong_on_the_card():
    error = {"kind": "PluginRejected", "message": "linear refused the issue"}
    shown = decided(GateStatus.APPROVED, run_status=RunStatus.FAILED, error=error)

    said = words(gate.card(shown, link=None))

    assert "✕ The run failed." in said
    assert "linear refused the issue (PluginRejected)" in said


def test_a_blocked_run_says_why_in_words_on_an_open_card_and_keeps_the_buttons():
    shown = a_gate(run_status=RunStatus.BLOCKED, blocked_reason="job_missing: no job is called x")

    blocks = gate.card(shown, link=None)

    assert "its code is missing" in words(blocks)
    assert action_ids(blocks) == ["approve", "reject"]


def test_x101_a_long_value_is_shortened_and_the_card_says_where_the_rest_is():
    blocks = gate.card(a_gate(fields=(("Payload", "x" * 10_000),)), link=PAGE)

    said = words(blocks)
    assert "x…" in said
    assert f"Shortened here. <{PAGE}|The page> shows all of it." in said


def test_without_a_page_the_rest_is_found_on_the_command_line():
    said = words(gate.card(a_gate(fields=(("Payload", "x" * 10_000),)), link=None))

    assert f"`harbor show {RUN}` shows all of it" in said


def test_x101_sixty_fields_are_all_on_the_card():
    fields = tuple((f"Label {i}", f"value {i}") for i in range(60))

    blocks = gate.card(a_gate(fields=fields), link=None)

    assert problems_of_message(blocks) == []
    assert all(value in words(blocks) for _, value in fields)


def test_x101_sixty_long_fields_share_the_room_so_that_the_card_stays_readable():
    fields = tuple((f"Label {i}", "x" * 10_000) for i in range(60))

    blocks = gate.card(a_gate(fields=fields), link=None)

    assert len(words(blocks)) < 12_000


def test_x101_a_title_longer_than_a_header_is_also_shown_whole():
    title = "Deploy " + "x" * 400

    blocks = gate.card(a_gate(title=title), link=None)

    assert blocks[0]["text"]["text"].endswith("…")
    assert blocks[1]["text"] == plain(title)


def test_x101_words_of_people_are_plain_text_and_so_mention_nobody():
    shown = a_gate(title="<!channel> now", why="<@U0BO>", fields=(("a", "*<!here>*"),))

    blocks = gate.card(shown, link=None)

    assert blocks[0]["text"] == plain("<!channel> now")
    assert plain("<@U0BO>") in [block.get("text") for block in blocks]
    assert plain("*<!here>*") in [cell for block in blocks for cell in block.get("fields", [])]


def test_x101_a_label_is_escaped():
    blocks = gate.card(a_gate(fields=(("<!here>", "x"),)), link=None)

    assert mrkdwn("*&lt;!here&gt;*") in [
        cell for block in blocks for cell in block.get("fields", [])
    ]


def test_the_summary_of_an_open_gate_names_the_asker_and_the_deadline():
    deadline = at(NOON + timedelta(hours=24), "{ago}")

    assert gate.summary(a_gate()) == (
        f"File a follow-up for checkout? · asked by <@U0ANA> · expires {deadline}"
    )


def test_the_summary_of_a_decided_gate_says_the_outcome_first():
    shown = decided(GateStatus.REJECTED, title="<!channel> deploy")

    assert gate.summary(shown) == "Rejected by <@U0BO>: &lt;!channel&gt; deploy"


def test_a_card_whose_question_was_asked_again_says_so_and_has_no_buttons_i32():
    asked_again = decided(GateStatus.APPROVED, asked_again_at=NOON)
    blocks = gate.card(asked_again, link=None)

    assert "Asked again: the question has changed since." in str(blocks)
    assert "actions" not in [block["type"] for block in blocks]


def test_a_card_says_whose_word_lets_its_answer_stand_and_why_i32():
    told = {"stands_by": "slack:T0HARBOR:UCY", "stands_note": "Only a typo."}
    drawn = str(gate.card(decided(GateStatus.APPROVED, **told), link=None))

    assert "The question has changed since; <@UCY> lets the answer stand." in drawn
    assert "Why the answer stands: Only a typo." in drawn
