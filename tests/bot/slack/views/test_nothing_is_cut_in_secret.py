"""Whatever is cut or left out says so, and where all of it is; and what decides shows the whole."""

from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from bot.slack.views import commands, gate, messages, modals, text
from bot.slack.views.form import form
from bot.slack.views.home import Asked, HomeView, home
from tests.bot.slack.views.making import ANA, BO, CARDS, RUN, a_gate, a_run, approval, decided
from tests.bot.slack.views.reading import action_ids, texts, words
from workflows.approvals.gate import Card, Policy
from workflows.approvals.view import GateStatus, RunStatus
from workflows.engine.base import TimelineView

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


@pytest.mark.parametrize("shown", CUT.values(), ids=CUT.keys())
def test_a_card_on_which_something_is_cut_says_so_and_where_all_of_it_is_g5(shown):
    assert f"{SAYS_SO} <{LINK}|The page> shows all of it." in words(gate.card(shown, link=LINK))
    assert f"{SAYS_SO} `harbor show {RUN}` shows all of it." in words(gate.card(shown, link=None))


def test_a_card_on_which_nothing_is_cut_does_not_say_so_g5():
    fields = tuple((f"Label {i}", f"value {i}") for i in range(60))

    assert SAYS_SO not in words(gate.card(a_gate(title="x" * 2_000, fields=fields), link=LINK))


def cards_of(shown: Card) -> list[str]:
    """Every text of somebody's that an answer may depend on."""
    pairs = [each for pair in shown.fields for each in pair]
    return [each for each in (shown.title, shown.why or "", *pairs) if text.one_line(each)]


def said(blocks: Any) -> str:
    """What blocks say, on one line, the escaping of mrkdwn undone."""
    told = "\n".join(texts(blocks, "mrkdwn"))
    told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    everything = "\n".join([told, *texts(blocks, "plain_text")])
    return " ".join(everything.replace("∗", "*").replace("ˋ", "`").split())  # noqa: RUF001


@given(
    CARDS
    | st.builds(
        Card,
        title=st.text(min_size=1),
        why=st.none() | st.text(max_size=3_000),
        fields=st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=80).map(tuple),
        channel=st.just("#x"),
        job=st.just("job"),
        requested_by=st.just(ANA),
    )
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_on_any_card_and_in_any_form_every_word_is_there_or_it_says_that_it_is_not_g5(shown):
    asked = a_gate(title=shown.title, why=shown.why, fields=shown.fields)

    for blocks in (
        gate.card(asked, link=LINK),
        modals.reject(asked, LINK)["blocks"],
        modals.approve(asked, LINK)["blocks"],
    ):
        everything = said(blocks)
        missing = [
            each
            for each in cards_of(shown)
            if text.one_line(each).replace("∗", "*").replace("ˋ", "`") not in everything  # noqa: RUF001
        ]
        assert not missing or SAYS_SO in everything


@pytest.mark.parametrize("ask", [modals.approve, modals.reject])
@pytest.mark.parametrize("shown", [a_gate(), *CUT.values()])
def test_a_form_that_decides_shows_all_that_the_card_shows_g1(ask, shown):
    view = ask(shown, LINK)

    on_the_card = words([b for b in gate.card(shown, link=LINK) if b["type"] != "actions"])
    in_the_form = words(view["blocks"])
    assert [line for line in on_the_card.split("\n") if line not in in_the_form] == []


def test_a_form_that_decides_leads_to_the_card_g1():
    said_there = words(modals.approve(a_gate(), None, "https://team.slack.com/archives/C1/p1"))

    assert "<https://team.slack.com/archives/C1/p1|In channel>" in said_there


def test_a_title_that_is_cut_at_home_says_so_and_that_its_buttons_show_the_whole_g5():
    drawn = home(HomeView(waiting=(Asked(a_gate(title=LONG)),)))

    assert f"{SAYS_SO} Its buttons show all of it." in words(drawn)
    assert {"approve", "reject"} <= set(action_ids(drawn["blocks"]))


ENDED = a_run(status=RunStatus.COMPLETED, result={"x": LONG})
MANY = a_run(status=RunStatus.COMPLETED, result={f"name {i}": i for i in range(30)})
FAILED = a_run(status=RunStatus.FAILED, error={"kind": "x", "message": LONG})
BLOCKED = a_run(status=RunStatus.BLOCKED, blocked_reason=f"nondeterminism: {LONG}")
TOLD = a_run(timeline=(TimelineView(ENDED.created_at, "step failed", "x", LONG),))


@pytest.mark.parametrize("run", [ENDED, MANY, FAILED, BLOCKED])
def test_a_message_about_a_run_of_which_something_is_cut_says_so_g5(run):
    of_gate = decided(
        GateStatus.APPROVED,
        run_status=run.status,
        result=run.result,
        error=run.error,
        blocked_reason=run.blocked_reason,
    )

    for told in (
        messages.run_ended(run),
        messages.thread_result(of_gate),
        commands.run_status(run, "Deploy?"),
    ):
        assert f"{SAYS_SO} `harbor show {RUN}` shows all of it." in words(told[1])
    assert f"{SAYS_SO} <{LINK}|The page> shows" in words(messages.run_ended(run, LINK)[1])


@pytest.mark.parametrize(
    "told",
    [
        messages.to_requester(a_gate(title=LONG), None),
        messages.to_requester(decided(GateStatus.REJECTED, note=LONG), None),
        commands.run_status(TOLD),
        commands.runs_list([a_run()], {RUN: LONG}),
    ],
)
def test_any_other_message_in_which_something_is_cut_says_so_g5(told):
    assert SAYS_SO in words(told[1])


class Offered(BaseModel):
    plan: Literal["a plan " * 20, "b"] = "b"


class Labelled(BaseModel):
    name: str = Field(title="label " * 40)


class Hinted(BaseModel):
    name: str = Field(description="words " * 500)


class Defaulted(BaseModel):
    words: str = "x" * 5_000


@pytest.mark.parametrize("model", [Defaulted, Labelled, Hinted, Offered])
def test_a_form_in_which_a_label_or_a_hint_is_cut_says_so_g5(model):
    assert f"{SAYS_SO} `harbor jobs --json` shows all of it." in words(form(model).blocks())


def test_a_menu_of_jobs_whose_description_is_cut_says_so_g5():
    assert SAYS_SO in words(modals.pick_job([modals.JobLine("deploy", LONG)]))


def test_a_long_description_of_a_job_that_is_cut_says_so_g5():
    assert SAYS_SO in words(modals.run_form("deploy", LONG, []))
