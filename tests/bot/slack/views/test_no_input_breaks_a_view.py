"""Whatever people, jobs and plugins write: no limit of Slack breaks, and no markup gets through."""

from dataclasses import replace
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.blocks import problems_of_message, problems_of_view
from bot.slack.views import admin, answers, commands, gate, messages, modals, retrying
from bot.slack.views.home import Asked, HomeView, home
from bot.visible import hidden
from tests.bot.slack.views.making import (
    ACTORS,
    GATES,
    INSTANTS,
    MAYBE,
    POLICIES,
    RUNS,
    TEXTS,
    a_gate,
    a_run,
)
from tests.bot.slack.views.reading import every_text, leaks, texts
from workflows.approvals.gate import Choice
from workflows.approvals.policy import Reason
from workflows.approvals.view import RunStatus
from workflows.engine.base import BlockedRuns, ChangedQuestion

PAGES = st.none() | st.sampled_from(["https://harbor.example.com/run/1/approve"]) | TEXTS
thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def assert_safe(words: str) -> None:
    """A text of ours: short enough for chat.update, and nothing in it but our own markup."""
    assert 0 < len(words) <= 4_000
    assert leaks(words) == ""
    assert not any(hidden(words))
    words.encode()


def assert_message(told: str, blocks: list[dict[str, Any]]) -> None:
    assert_safe(told)
    assert problems_of_message(blocks) == []
    assert_no_leaks(blocks)


def assert_view(view: dict[str, Any]) -> None:
    assert problems_of_view(view) == []
    assert len(orjson.dumps(view)) < 250_000
    assert_no_leaks(view)


def assert_no_leaks(drawn: Any) -> None:
    orjson.dumps(drawn)
    assert [each for each in every_text(drawn) if any(hidden(each))] == []  # G6
    assert [leaked for each in texts(drawn, "mrkdwn") if (leaked := leaks(each))] == []


@given(GATES, PAGES)
@thorough
def test_x101_any_card_is_accepted_by_slack_and_says_only_our_markup(shown, link):
    assert_message(gate.summary(shown), gate.card(shown, link=link))


@given(GATES, PAGES)
@thorough
def test_any_message_about_a_gate_is_accepted(shown, link):
    assert_message(*messages.thread_result(shown))
    assert_message(*messages.to_requester(shown, link))


@given(RUNS, st.lists(RUNS, max_size=25), TEXTS)
@thorough
def test_any_message_about_runs_is_accepted(run, runs, title):
    assert_message(*messages.run_ended(run))
    assert_message(*commands.run_status(run))
    assert_message(*commands.run_status(run, title))
    assert_message(*commands.runs_list(runs, {each.id: title for each in runs[::2]}))


@given(GATES)
@thorough
def test_any_modal_about_a_gate_is_accepted(shown):
    assert_view(modals.reject(shown))
    assert_view(modals.approve(shown))


JOB_NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,62}[a-z0-9]", fullmatch=True)


@given(st.lists(JOB_NAMES, max_size=150, unique=True), TEXTS)
@thorough
def test_any_list_of_jobs_can_be_picked_from(names, description):
    jobs = [modals.JobLine(name, description) for name in names]

    view = modals.pick_job(jobs)

    assert_view(view)


@given(JOB_NAMES, TEXTS)
@thorough
def test_any_job_without_fields_can_be_started(name, description):
    assert_view(modals.run_form(name, description, [], "draft"))
    assert_safe(commands.started("01h", name))


@given(GATES, st.sampled_from(Choice), st.integers(0, 100), POLICIES, ACTORS)
@thorough
def test_any_private_answer_is_short_and_says_only_our_markup(shown, choice, have, policy, actor):
    told = [
        answers.already_decided(shown),
        answers.expired(shown),
        answers.cancelled(shown),
        answers.repeated(shown, choice),
        answers.counted(shown, have, have + 1),
        answers.recorded(shown, choice),
        *(answers.not_allowed(reason, policy, actor) for reason in Reason),
    ]

    for each in told:
        assert_safe(each)
        assert_view(modals.notice("Not counted", each))


@given(st.data())
@thorough
def test_any_home_tab_stays_within_a_hundred_blocks(data):
    view = data.draw(HOMES)

    drawn = home(view)

    assert_view(drawn)


CHANGED = ChangedQuestion("q", "Pay 1?", "Pay 2?")
QUESTIONS = st.builds(ChangedQuestion, TEXTS, TEXTS, TEXTS)
BLOCKED = st.builds(
    BlockedRuns,
    cause=TEXTS,
    job=TEXTS,
    runs=st.lists(st.just("01h"), max_size=3).map(tuple),
    reason=TEXTS,
    questions=st.lists(QUESTIONS, max_size=1).map(tuple),
)


@given(st.lists(TEXTS, min_size=1, max_size=120), st.none() | st.booleans())
@thorough
def test_any_steps_can_be_asked_about(steps, happened):
    assert_view(retrying.word("01h", steps, happened=happened))


@given(st.lists(QUESTIONS, max_size=3), st.sampled_from(["", retrying.AGAIN, retrying.STAND]))
@thorough
def test_any_changed_questions_can_be_shown(questions, chosen):
    assert_view(retrying.changed({"run": "01h"}, questions, chosen))


def test_the_fullest_home_tab_stays_within_a_hundred_blocks():
    stuck = a_run(status=RunStatus.BLOCKED, blocked_reason="poison: x")
    failure = admin.Failure("card", "01h", "channel_not_found", 9)
    fullest = admin.AdminView(
        admin.Connection(admin.ConnectionState.DOWN, "HTTP"),
        stuck=(replace(stuck, unknown=("pay",), changed=(CHANGED,)),) * 50,
        blocked=(BlockedRuns("question_changed:q", "job", ("01h",) * 9, "", (CHANGED,)),) * 50,
        failures=(failure,) * 50,
        runs=(a_run(),) * 50,
        jobs=tuple(f"job-{i}" for i in range(150)),
        older="cursor",
        is_first_page=False,
    )
    asked = (Asked(a_gate(), "https://team.slack.com/archives/C1/p1"),) * 50

    drawn = home(HomeView(asked, (a_run(),) * 50, asked, admin=fullest))

    assert_view(drawn)
    assert len(drawn["blocks"]) > 80  # the fixture is as full as it claims


def different(runs):
    """Answer runs as different ones: a tab lists none twice."""
    return tuple(replace(run, id=f"{number:026}") for number, run in enumerate(runs))


ASKED = st.builds(Asked, GATES, PAGES)
TITLES = st.dictionaries(st.just(a_run().id), TEXTS)
ADMINS = st.builds(
    admin.AdminView,
    connection=st.builds(
        admin.Connection,
        st.sampled_from(admin.ConnectionState),
        TEXTS,
        st.none() | INSTANTS,
        MAYBE,
    ),
    stuck=st.lists(RUNS, max_size=6).map(different),
    blocked=st.lists(BLOCKED, max_size=2).map(tuple),
    failures=st.lists(
        st.builds(admin.Failure, TEXTS, TEXTS, TEXTS, st.integers(0, 99)), max_size=7
    ).map(tuple),
    runs=st.lists(RUNS, max_size=15).map(different),
    jobs=st.lists(JOB_NAMES, max_size=3, unique=True).map(tuple),
    status=st.none() | st.sampled_from(RunStatus),
    job=st.none() | JOB_NAMES,
    older=st.none() | st.just("cursor"),
    is_first_page=st.booleans(),
    titles=TITLES,
)
HOMES = st.builds(
    HomeView,
    waiting=st.lists(ASKED, max_size=3).map(tuple),
    requests=st.lists(RUNS, max_size=10).map(tuple),
    decisions=st.lists(ASKED, max_size=3).map(tuple),
    titles=TITLES,
    admin=st.none() | ADMINS,
)
