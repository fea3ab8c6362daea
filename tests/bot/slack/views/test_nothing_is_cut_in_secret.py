"""Whatever is cut or left out says so, and where all of it is; and what decides shows the whole."""

import pytest

from bot.slack.views import commands, gate, messages, modals
from bot.slack.views.home import Asked, HomeView, home
from tests.bot.slack.views.making import BO, RUN, a_gate, a_run, approval, decided
from tests.bot.slack.views.reading import words
from workflows.approvals.gate import Policy
from workflows.approvals.view import GateStatus, RunStatus

LINK = f"https://harbor.example.com/run/{RUN}/approve"
SAYS_SO = "Shortened here."
LONG = "many words " * 1_000
CROWD = Policy(users=tuple(f"U{number:04}" for number in range(40)), need=30)
CUT = {
    "a title": a_gate(title="x" * 9_000),
    "a reason to ask": a_gate(why=LONG),
    "a label": a_gate(fields=(("label " * 40, "x"),)),
    "a value": a_gate(fields=(("x", LONG),)),
    "the sixty-first field": a_gate(fields=tuple((f"Label {i}", f"{i}") for i in range(61))),
    "the job": a_gate(job="j" * 200),
    "who asked": a_gate(requested_by="token:" + "t" * 100),
    "who may decide": a_gate(policy=CROWD),
    "a note of one who approved": a_gate(
        policy=Policy(channel_members=True, need=3), votes=(approval(BO, LONG),)
    ),
    "the sixth note": a_gate(
        policy=Policy(channel_members=True, need=9),
        votes=tuple(approval(f"slack:T0HOME:U{i:04}", f"note {i}") for i in range(6)),
    ),
    "who has approved": a_gate(
        policy=CROWD, votes=tuple(approval(f"slack:T0HOME:U{i:04}") for i in range(25))
    ),
    "the reason given": decided(GateStatus.REJECTED, note=LONG),
    "an error": decided(
        GateStatus.APPROVED, run_status=RunStatus.FAILED, error={"kind": "x", "message": LONG}
    ),
}


@pytest.mark.xfail(strict=True, reason="labels, the job, notes, names are cut without a word")
def test_a_card_on_which_something_is_cut_says_so_and_where_all_of_it_is_g5():
    silent = [
        what
        for what, shown in CUT.items()
        if f"{SAYS_SO} <{LINK}|The page> shows all of it." not in words(gate.card(shown, link=LINK))
    ]
    assert silent == []


@pytest.mark.xfail(strict=True, reason="the forms show 500 characters of the title, and no field")
@pytest.mark.parametrize("ask", [modals.approve, modals.reject])
def test_a_form_that_decides_shows_all_that_the_card_shows_g1(ask):
    shown = a_gate()

    on_the_card = words([b for b in gate.card(shown, link=LINK) if b["type"] != "actions"])
    in_the_form = words(ask(shown)["blocks"])
    assert [line for line in on_the_card.split("\n") if line not in in_the_form] == []


@pytest.mark.xfail(strict=True, reason="300 characters of the title are shown")
def test_a_title_that_is_cut_at_home_says_so_and_that_its_buttons_show_the_whole_g5():
    drawn = home(HomeView(waiting=(Asked(a_gate(title=LONG)),)))

    assert f"{SAYS_SO} Its buttons show all of it." in words(drawn)


@pytest.mark.xfail(strict=True, reason="titles, notes and errors are cut without a word")
@pytest.mark.parametrize(
    "told",
    [
        messages.run_ended(a_run(status=RunStatus.FAILED, error={"kind": "x", "message": LONG})),
        messages.to_requester(a_gate(title=LONG), None),
        messages.to_requester(decided(GateStatus.REJECTED, note=LONG), None),
        commands.runs_list([a_run()], {RUN: LONG}),
    ],
)
def test_any_other_message_in_which_something_is_cut_says_so_g5(told):
    assert SAYS_SO in words(told[1])
