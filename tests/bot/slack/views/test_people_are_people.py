"""Whoever the author's types name is drawn as who it is; what is merely typed mentions nobody."""

from dataclasses import replace

import pytest

from bot.sandbox.blocks import problems_of_message
from bot.slack.views import commands, gate, messages, modals
from bot.slack.views.home import Asked, HomeView, home
from tests.bot.slack.views.making import RUN, a_gate, a_run, decided
from tests.bot.slack.views.reading import texts, words
from workflows.approvals.gate import Card
from workflows.approvals.gates import Title
from workflows.approvals.view import GateStatus, RunStatus

DEE = "U00000DEE"


def asked(title="Pay?", why=None, fields=(), named=(DEE, "C0OPS")):
    card = Card(
        title=title,
        why=why,
        fields=fields,
        channel="#approvals",
        job="pay",
        requested_by="slack:T0HOME:U0ANA",
        named=frozenset(named),
    )
    return replace(a_gate(), card=card)


@pytest.mark.parametrize("written", [DEE, f"<@{DEE}>"])
def test_a_person_is_mentioned_in_title_reason_and_value_g8(written):
    shown = asked(f"Pay {written}?", f"{written} asked for it", (("Payee", written),))

    blocks = gate.card(shown, link=None)

    assert problems_of_message(blocks) == []
    drawn = list(texts(blocks, "mrkdwn"))
    assert f"*Pay <@{DEE}>?*" in drawn
    assert f"<@{DEE}> asked for it" in drawn
    assert f"<@{DEE}>" in drawn
    assert f"Pay <@{DEE}>?" in gate.summary(shown)


def test_a_channel_and_people_in_a_list_are_drawn_as_such_g8():
    shown = asked(fields=(("Where", "C0OPS"), ("Who", f'["{DEE}","U0EVIL"]')))

    drawn = list(texts(gate.card(shown, link=None), "mrkdwn"))

    assert "<#C0OPS>" in drawn
    assert f'["<@{DEE}>","U0EVIL"]' in drawn


@pytest.mark.parametrize(
    "typed", ["<@UEVIL>", "UEVIL", "<!channel>", "<@UEVIL|x>", "<#CEVIL>", "&lt;@UEVIL&gt;"]
)
def test_what_somebody_typed_mentions_nobody_g8(typed):
    shown = asked(
        f"Pay {typed} and {DEE}?", f"{typed} {DEE}", (("Payee", f"{typed} {DEE}"), ("x", typed))
    )

    for drawn in texts(gate.card(shown, link=None), "mrkdwn"):
        assert "<@UEVIL" not in drawn
        assert "<#CEVIL" not in drawn
        assert "<!channel" not in drawn
    assert f"<@{DEE}>" in words(gate.card(shown, link=None))


def test_a_longer_word_that_holds_an_id_names_nobody_g8():
    assert f"<@{DEE}>" not in words(gate.card(asked(f"Pay {DEE}X or x{DEE}?"), link=None))


def test_nothing_formats_beside_a_mention_g8():
    drawn = list(texts(gate.card(asked(f"*Pay* _{DEE}_ `now` ~x~"), link=None), "mrkdwn"))

    (title,) = [each for each in drawn if DEE in each]
    assert title == f"*∗Pay∗ ＿<@{DEE}>＿ ˋnowˋ ∼x∼*"  # noqa: RUF001


def test_people_are_people_in_forms_at_home_in_lists_and_messages_g8():
    shown = asked(f"Pay {DEE}?")
    title = Title.of(shown.card)

    for drawn in (
        modals.approve(shown),
        home(HomeView(waiting=(Asked(shown),), decisions=(Asked(shown),))),
        home(HomeView(requests=(a_run(),), titles={RUN: title})),
        commands.runs_list([a_run()], {RUN: title})[1],
        commands.run_status(a_run(), title)[1],
        commands.inbox([shown], lambda gate: None)[1],
        messages.to_requester(shown, None)[1],
    ):
        assert f"Pay <@{DEE}>?" in words(drawn)


def test_people_are_people_in_results_g8():
    result = {"paid": DEE, "by": "U0EVIL"}
    run = a_run(status=RunStatus.COMPLETED, result=result)
    of_gate = decided(GateStatus.APPROVED, result=result)

    for drawn in (
        messages.thread_result(of_gate, None, frozenset({DEE}))[1],
        messages.run_ended(run, None, frozenset({DEE}))[1],
        commands.run_status(run, "Pay?", frozenset({DEE}))[1],
    ):
        assert f"<@{DEE}>" in words(drawn)
        assert "<@U0EVIL>" not in words(drawn)
