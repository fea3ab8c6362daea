"""Modals and the private answers to ``/harbor``."""

from datetime import timedelta

from pydantic import BaseModel

from bot.sandbox.blocks import problems_of_message, problems_of_view
from bot.slack.views import modals
from bot.slack.views.form import form
from tests.bot.slack.views.making import GATE, NOON, RUN, a_gate, a_run, at
from tests.bot.slack.views.reading import elements, words
from workflows.approvals.gate import Policy
from workflows.approvals.view import RunStatus
from workflows.engine.base import TimelineView, WaitKind, WaitStatus, WaitView


class Request(BaseModel):
    context: str
    team_id: str = "OPS"


def note_of(view):
    (block,) = [block for block in view["blocks"] if block.get("block_id") == "note"]
    return block


def wait(kind, **changes):
    known = {"name": "decision", "nth": 1, "status": WaitStatus.OPEN, "expected": ()}
    return WaitView(type=kind, deadline_at=NOON + timedelta(hours=1), **known | changes)


def test_jobs_are_picked_by_name():
    jobs = [modals.JobLine("deploy", "Ship it"), modals.JobLine("file")]

    view = modals.pick_job(jobs)

    (menu,) = elements(view["blocks"])
    assert view["callback_id"] == "pick_job"
    assert [each["value"] for each in menu["options"]] == ["deploy", "file"]
    assert menu["options"][0]["description"]["text"] == "Ship it"
    assert "description" not in menu["options"][1]
    assert problems_of_view(view) == []


def test_without_jobs_the_modal_says_so():
    view = modals.pick_job([])

    assert "No jobs are set up yet." in words(view)
    assert problems_of_view(view) == []


def test_more_jobs_than_a_menu_holds_can_be_run_by_name():
    view = modals.pick_job([modals.JobLine(f"job-{i}") for i in range(101)])

    assert "`/harbor run JOB` runs any of them" in words(view)
    assert problems_of_view(view) == []


def test_a_jobs_form_carries_the_draft_and_the_inputs():
    view = modals.run_form("deploy", "Ship <it>.", form(Request).blocks(), "draft-1")

    assert (view["callback_id"], view["private_metadata"]) == ("run", "draft-1")
    assert [block.get("block_id") for block in view["blocks"]][-2:] == ["context", "team_id"]
    assert "Ship <it>." in words(view)
    assert problems_of_view(view) == []


def test_a_job_that_asks_for_nothing_can_still_be_started():
    view = modals.run_form("deploy", "", [], "draft-1")

    assert "asks for nothing" in words(view)
    assert view["submit"]["text"] == "Start"


def test_the_title_of_a_modal_is_cut_to_what_slack_takes():
    view = modals.run_form("approve-and-act-with-a-long-name", "", [], "")

    assert view["title"]["text"] == "approve-and-act-with-a-…"


def test_rejecting_asks_for_a_reason_that_may_stay_empty():
    view = modals.reject(a_gate())

    assert (view["callback_id"], view["private_metadata"]) == ("reject", f"{GATE}.1")
    assert note_of(view)["optional"] is True
    assert note_of(view)["element"]["multiline"] is True
    assert "File a follow-up for checkout?" in words(view)
    assert problems_of_view(view) == []


def test_a_policy_that_wants_a_reason_makes_it_needed():
    gate = a_gate(policy=Policy(channel_members=True, reason_required=True))

    assert note_of(modals.reject(gate))["optional"] is False
    assert note_of(modals.approve(gate))["optional"] is False


def test_approving_with_a_reason_has_a_modal_of_its_own():
    view = modals.approve(a_gate())

    assert (view["callback_id"], view["private_metadata"]) == ("approve", f"{GATE}.1")


def test_a_notice_only_tells():
    view = modals.notice("A title that is far too long for it", "Not recorded.")

    assert len(view["title"]["text"]) <= 24
    assert "submit" not in view
    assert problems_of_view(view) == []


def test_help_names_every_command():
    told = modals.help_text()

    for command in ("run", "run JOB", "runs", "status RUN", "cancel RUN", "inbox", "help"):
        assert f"`/harbor {command}`" in told


def test_a_started_run_is_named():
    assert modals.started(RUN, "deploy") == (
        f"Started *deploy*, run `{RUN}`. `/harbor status {RUN}` shows how it stands."
    )


def test_without_runs_the_list_says_how_to_start_one():
    told, blocks = modals.runs_list([], {})

    assert told == "You have no runs yet. `/harbor run` starts one."
    assert problems_of_message(blocks) == []


def test_runs_are_listed_with_status_job_time_and_id():
    _, blocks = modals.runs_list([a_run(status=RunStatus.WAITING)], {})

    assert words(blocks) == f"◷ waiting · *approve-and-act* · {at(NOON)}\n`{RUN}`"


def test_a_long_list_of_runs_is_cut():
    told, blocks = modals.runs_list([a_run()] * 30, {})

    assert told == "Your runs: 20"
    assert "The latest 20 are shown." in words(blocks)


def test_a_runs_status_says_what_it_waits_for_and_what_happened():
    run = a_run(
        status=RunStatus.WAITING,
        waits=(
            wait(WaitKind.APPROVAL),
            wait(WaitKind.EVENT, name="deployed"),
            wait(WaitKind.SLEEP, name="cool down"),
            wait(WaitKind.EVENT, name="over", status=WaitStatus.RESOLVED),
        ),
        timeline=(TimelineView(NOON, "started"), TimelineView(NOON, "step", "<file>", "done")),
    )

    told, blocks = modals.run_status(run)

    deadline = at(NOON + timedelta(hours=1))
    assert told == "◷ waiting: approve-and-act"
    said = words(blocks)
    assert f"◷ Waits for people to decide *decision*, until {deadline}" in said
    assert f"◷ Waits for the event *deployed*, until {deadline}" in said
    assert f"◷ Sleeps (*cool down*) until {deadline}" in said
    assert "over" not in said
    assert f"{at(NOON)} · step · &lt;file&gt; · done" in said
    assert problems_of_message(blocks) == []
