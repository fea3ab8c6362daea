"""The Home tab, for everybody and for admins."""

from datetime import timedelta

from bot.slack.views.admin import AdminView, Connection, ConnectionState, Failure
from bot.slack.views.home import Asked, HomeView, home
from tests.bot.slack.views.making import GATE, NOON, RUN, a_gate, a_run, at, decided
from tests.bot.slack.views.reading import action_ids, elements, words
from workflows.approvals.view import GateStatus, RunStatus

CARD = "https://team.slack.com/archives/C1/p1795356120"
UP = Connection(ConnectionState.UP, "Socket Mode", NOON)


def drawn(**parts):
    return home(HomeView(**parts))["blocks"]


def for_admins(**parts):
    return drawn(admin=AdminView(**{"connection": UP} | parts))


def by_action(blocks, action):
    return [each for each in elements(blocks) if each["action_id"] == action]


def test_an_empty_home_is_friendly_and_offers_to_run_a_job():
    blocks = drawn()

    assert action_ids(blocks) == ["run_job"]
    assert "Nothing waits for you right now." in words(blocks)
    assert "You have not asked for anything yet." in words(blocks)
    assert "You have not decided anything yet." in words(blocks)


def test_what_needs_a_decision_has_its_buttons_and_the_way_to_its_card():
    blocks = drawn(waiting=(Asked(a_gate(), CARD),))

    deadline = at(NOON + timedelta(hours=24), "{ago}")
    assert "File a follow-up for checkout?" in words(blocks)
    assert f"Asked by <@U0ANA> · expires {deadline} · <{CARD}|In channel>" in words(blocks)
    assert action_ids(blocks) == ["run_job", "approve", "reject"]
    assert {each["value"] for each in by_action(blocks, "approve")} == {f"{GATE}.1"}


def test_a_card_that_is_not_in_slack_yet_has_no_link():
    assert "In channel" not in words(drawn(waiting=(Asked(a_gate()),)))


def test_your_requests_say_how_they_stand_and_since_when():
    runs = (a_run(status=RunStatus.COMPLETED, finished_at=NOON), a_run(status=RunStatus.BLOCKED))

    said = words(drawn(requests=runs))

    assert f"● completed · *approve-and-act* · {at(NOON)}" in said
    assert "⚠ blocked · *approve-and-act*" in said


def test_recent_decisions_say_by_whom():
    said = words(drawn(decisions=(Asked(decided(GateStatus.REJECTED), CARD),)))

    assert "Rejected by <@U0BO>" in said
    assert f"<{CARD}|In channel>" in said


def test_your_requests_say_first_what_they_asked():
    said = words(drawn(requests=(a_run(),), titles={RUN: "Refund *42* <!channel>?"}))

    assert "*Refund \u221742\u2217 &lt;!channel&gt;?*\n" in said
    assert " · approve-and-act · " in said


def test_more_requests_than_are_shown_can_be_listed():
    said = words(drawn(requests=(a_run(),) * 9))

    assert "`/harbor runs` lists more" in said
    assert "lists more" not in words(drawn(requests=(a_run(),) * 8))


def test_admins_see_what_each_run_asked():
    stuck = a_run(status=RunStatus.BLOCKED)

    assert "*Refund 42?*\n" in words(for_admins(runs=(a_run(),), titles={RUN: "Refund 42?"}))
    assert "*Refund 42?*\n" in words(for_admins(stuck=(stuck,), titles={RUN: "Refund 42?"}))


def test_more_that_is_stuck_than_is_shown_is_not_kept_quiet():
    stuck = a_run(status=RunStatus.BLOCKED)

    assert "There are more." in words(for_admins(stuck=(stuck,) * 5))
    assert "There are more." not in words(for_admins(stuck=(stuck,) * 4))


def test_a_long_list_says_how_many_are_left_out():
    blocks = drawn(waiting=(Asked(a_gate()),) * 20)

    assert len(by_action(blocks, "approve")) == 8
    assert "12 more" in words(blocks)


def test_only_admins_see_the_admins_part():
    assert "For admins" not in words(drawn())
    assert "For admins" in words(for_admins())
    assert HomeView(admin=AdminView(UP)).is_admin
    assert not HomeView().is_admin


def test_admins_see_the_connection():
    down = Connection(ConnectionState.DOWN, "HTTP", NOON, "invalid_auth")

    assert f"✓ Connected to Slack over Socket Mode since {at(NOON)}" in words(for_admins())
    assert "✕ Not connected to Slack (HTTP)" in words(for_admins(connection=down))
    assert "invalid_auth" in words(for_admins(connection=down))


def test_what_is_stuck_comes_with_the_reason_and_both_ways_out():
    run = a_run(status=RunStatus.BLOCKED, blocked_reason="poison: started 5 times")

    blocks = for_admins(stuck=(run,))

    assert "the program died several times" in words(blocks)
    assert "poison: started 5 times" in words(blocks)
    for action in ("retry_run", "cancel_run"):
        (button,) = by_action(blocks, action)
        assert button["value"] == RUN
        assert "confirm" in button


def test_a_failed_run_among_the_stuck_can_be_retried_but_not_cancelled():
    run = a_run(status=RunStatus.FAILED, error={"kind": "StepFailed", "message": "no route"})

    blocks = for_admins(stuck=(run,))

    assert "no route (StepFailed)" in words(blocks)
    assert len(by_action(blocks, "retry_run")) == 1
    assert by_action(blocks, "cancel_run") == []


def test_stuck_runs_come_before_all_runs():
    said = words(for_admins(stuck=(a_run(status=RunStatus.BLOCKED),), runs=(a_run(),)))

    assert said.index("*Stuck*") < said.index("*All runs*")


def test_failed_deliveries_say_what_where_and_why():
    failures = (
        Failure("card", RUN, "channel_not_found", 9, NOON, is_final=True),
        Failure("thread_result", RUN, "ratelimited", 2),
    )

    said = words(for_admins(failures=failures))

    assert f"✕ Card of run `{RUN}` · 9 attempts, last {at(NOON)}, given up" in said
    assert "channel_not_found" in said
    assert f"✕ Thread result of run `{RUN}` · 2 attempts, will be tried again" in said


def test_a_quiet_admin_part_says_that_all_is_well():
    said = words(for_admins())

    assert "Nothing is stuck." in said
    assert "Every message reached Slack." in said
    assert "No run matches." in said


def test_every_run_can_be_cancelled_retried_or_neither_by_its_status():
    running, failed, done = (
        a_run(status=status)
        for status in (RunStatus.WAITING, RunStatus.FAILED, RunStatus.COMPLETED)
    )

    def verbs(run):
        return [each for each in action_ids(for_admins(runs=(run,))) if each.endswith("_run")]

    assert verbs(running) == ["cancel_run"]
    assert verbs(failed) == ["retry_run"]
    assert verbs(done) == []


def test_the_filters_offer_every_status_and_job_and_show_what_is_chosen():
    blocks = for_admins(jobs=("deploy", "file"), status=RunStatus.BLOCKED, job="file")

    (status,), (job,) = by_action(blocks, "filter_status"), by_action(blocks, "filter_job")
    assert [each["value"] for each in status["options"]] == ["*", *RunStatus]
    assert status["initial_option"]["value"] == "blocked"
    assert [each["value"] for each in job["options"]] == ["*", "deploy", "file"]
    assert job["initial_option"]["value"] == "file"


def test_no_filter_is_shown_as_everything():
    blocks = for_admins(jobs=("deploy",))

    (status,), (job,) = by_action(blocks, "filter_status"), by_action(blocks, "filter_job")
    assert status["initial_option"]["value"] == job["initial_option"]["value"] == "*"


def test_a_job_that_is_gone_leaves_its_filter_without_a_choice():
    (job,) = by_action(for_admins(jobs=("deploy",), job="gone"), "filter_job")

    assert "initial_option" not in job


def test_pages_lead_to_older_runs_and_back_to_the_newest():
    first = for_admins(runs=(a_run(),), older="cursor")
    last = for_admins(runs=(a_run(),), is_first_page=False)

    assert [each["value"] for each in by_action(first, "runs_older")] == ["cursor"]
    assert by_action(first, "runs_newest") == []
    assert by_action(last, "runs_older") == []
    assert len(by_action(last, "runs_newest")) == 1
