"""The Home tab: what waits for you, what you asked for, and for admins everything else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Fault, Member, Sandbox, View
from tests.bot.slack.views.reading import words
from tests.journeys.questions import ask_cam, everything
from tests.journeys.town import MovedClock, Town, town
from workflows.engine.base import Start
from workflows.registry import Registry, load

WELL = {"title": "A title", "code": "ABC", "count": 3, "share": 0.5, "colour": "red"}
WELL |= {"day": "2026-11-22"}
MOST_RUNS = 12  # runs on one page of an admin's tab


@pytest.fixture
async def office(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    registry = Registry([*load(()), everything, ask_cam])
    async with town(sandbox, tmp_path, moved_clock, registry) as found:
        yield found


async def home(acme: Town, name: str, *says: str) -> View:
    """Open somebody's Home tab, and answer it once it says everything asked for."""
    member = acme.member(name)
    await member.open_home()
    return await shown(acme, member, *says)


async def shown(acme: Town, member: Member, *says: str) -> View:
    """Answer somebody's Home tab once it says everything asked for."""

    def found() -> View | None:
        view = member.home
        return view if view and all(words in view.words for words in says) else None

    view = await acme.sandbox.until(found)
    assert view is not None
    return view


async def many_runs(office: Town, count: int) -> None:
    """Have *count* runs complete that nobody in Slack has asked for."""
    for number in range(count):
        arguments = WELL | {"title": f"Title {number}"}
        start = Start("everything", arguments, requested_by="token:ci", via="test")
        await office.harbor.engine.start(start)
    await office.run("completed", count - 1)


async def failed(acme: Town) -> None:
    """Have a run of bo's fail, its issue being refused."""
    acme.sandbox.faults.add("linear.save_issue", Fault.error("the team is archived"), times=None)
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    await acme.run("failed")
    acme.sandbox.faults.clear()


# -- everybody's -----------------------------------------------------------------------------------


async def test_what_waits_for_me_is_at_home_with_buttons_that_lead_to_the_whole_of_it_g1(
    acme: Town,
):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await home(acme, "cam", "Needs your decision", "Refund 42", "|In channel>")

    clicked = await cam.click_home("approve")

    assert clicked.status == 200
    assert (await acme.gate()).status == "open"
    view = await acme.sandbox.until(lambda: cam.view)
    on_the_card = words([each for each in card.blocks if each["type"] != "actions"])
    assert [each for each in on_the_card.split("\n") if each not in words(view.blocks)] == []
    await cam.submit({})
    done = await acme.card_says("Approved by")
    assert cam.id in done.words
    await shown(acme, cam, "Nothing waits for you", "Recent decisions", "Approved by")


async def test_a_rejection_from_home_asks_for_the_reason(acme: Town):
    await acme.asked("bo")
    cam = acme.member("cam")
    await home(acme, "cam", "Refund 42")
    await cam.click_home("reject")
    await acme.sandbox.until(lambda: cam.view)

    await cam.submit({"note": "Too expensive"})

    assert "Too expensive" in (await acme.card_says("Rejected by")).words


async def test_whoever_presses_at_home_may_change_their_mind_g1(acme: Town):
    await acme.asked("bo")
    cam = acme.member("cam")
    await home(acme, "cam", "Refund 42")
    await cam.click_home("approve")
    await acme.sandbox.until(lambda: cam.view)

    await cam.close_modal()

    gate = await acme.gate()
    assert (gate.status, gate.votes) == ("open", ())


async def test_the_whole_of_a_long_request_is_shown_before_it_is_approved_at_home_g1(office: Town):
    start = Start("ask-cam", {"about": "x" * 400}, requested_by="token:ci", via="test")
    await office.harbor.engine.start(start)
    cam = office.member("cam")
    await office.card()
    view = await home(office, "cam", "Shortened here. Its buttons show all of it.")
    assert "x" * 400 not in view.words

    await cam.click_home("approve")

    form = await office.sandbox.until(lambda: cam.view)
    assert f"Cam, do {'x' * 400}?" in form.words
    assert "Digest" in form.words


async def test_what_i_asked_for_is_at_home_and_is_not_mine_to_decide(acme: Town):
    await acme.asked("bo")

    view = await home(acme, "bo", "Your requests", "*File a follow-up for Refund 42?*")

    assert "◷ waiting · approve-and-act" in view.words
    assert "Nothing waits for you" in view.words
    assert "approve" not in view.action_ids


@pytest.mark.parametrize("name", ["gus", "sol", "eve", "fin"])
async def test_who_may_not_decide_is_shown_nothing_to_decide(acme: Town, name: str):
    await acme.asked("bo")

    view = await home(acme, name, "Needs your decision")

    assert "Refund 42" not in view.words
    assert not {"approve", "reject", "cancel_run", "retry_run"} & set(view.action_ids)


async def test_a_job_can_be_started_from_home(office: Town):
    bo = office.member("bo")
    await home(office, "bo")
    await bo.click_home("run_job")
    await office.sandbox.until(lambda: bo.view)
    await bo.submit({"job": "everything"})

    await bo.submit(WELL)

    await office.run("completed")
    await shown(office, bo, "● completed")


async def test_home_is_drawn_again_after_a_change_elsewhere(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await home(acme, "cam", "Refund 42")

    await acme.member("dee").click(card, "approve")

    await shown(acme, cam, "Nothing waits for you")


async def test_home_is_drawn_again_when_something_new_waits(acme: Town):
    cam = acme.member("cam")
    await home(acme, "cam", "Nothing waits for you")

    await acme.asked("bo")

    await shown(acme, cam, "Refund 42")


async def test_the_messages_tab_is_not_home(acme: Town):
    cam = acme.member("cam")

    heard = await cam.open_home("messages")

    assert heard.status == 200
    assert cam.home is None


async def test_a_stale_button_at_home_is_answered_though_home_has_no_response_url(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await home(acme, "cam", "Refund 42")
    stale = cam.home
    await acme.member("dee").click(card, "approve")
    await shown(acme, cam, "Nothing waits for you")
    assert stale is not None
    acme.sandbox.workspace.homes[cam.id] = stale

    await cam.click_home("approve")

    view = await acme.sandbox.until(lambda: cam.view)
    assert view is not None
    assert "Already approved by" in view.words


# -- admins' ---------------------------------------------------------------------------------------


async def test_only_admins_are_shown_every_run(acme: Town):
    await acme.asked("bo")

    admins = await home(acme, "ana", "For admins", "All runs", "*File a follow-up for Refund 42?*")
    others = await home(acme, "cam", "Refund 42")

    assert "cancel_run" in admins.action_ids
    assert "For admins" not in others.words
    assert "cancel_run" not in others.action_ids


async def test_an_admin_cancels_a_run_from_home(acme: Town):
    await acme.asked("bo")
    ana = acme.member("ana")
    await home(acme, "ana", "All runs")

    await ana.click_home("cancel_run")

    await acme.run("cancelled")
    assert ana.id in (await acme.card_says("Cancelled by")).words
    await shown(acme, ana, "⊘ cancelled")


async def test_an_admin_sees_why_a_run_failed_and_retries_it(acme: Town):
    await failed(acme)
    ana = acme.member("ana")
    await home(acme, "ana", "Stuck", "the team is archived")

    await ana.click_home("retry_run")

    await acme.run("completed")
    assert len(acme.sandbox.issues) == 1
    await shown(acme, ana, "Nothing is stuck")


async def test_an_admin_sees_why_a_run_is_blocked_and_cancels_it(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path
):
    registry = Registry([*load(()), ask_cam])
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        await acme.asked("bo", job="ask-cam", about="the roof")

    async with town(sandbox, tmp_path, moved_clock) as acme:
        await acme.member("cam").click(sandbox.messages("#approvals")[0], "approve")
        await acme.move(seconds=1)
        await acme.run("blocked")
        ana = acme.member("ana")
        view = await home(acme, "ana", "Stuck", "its code is missing")
        assert "retry_run" in view.action_ids
        bo, run = acme.member("bo"), await acme.run("blocked")
        await bo.command(f"/harbor cancel {run.id}")
        (told,) = await sandbox.until(lambda: bo.ephemerals)
        assert "its closing steps will not run" in told.words
        assert f"/harbor cancel {run.id} force" in told.words

        await ana.click_home("cancel_run")

        await acme.run("cancelled")


async def test_a_blocked_run_goes_on_when_its_job_is_back(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path
):
    registry = Registry([*load(()), ask_cam])
    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        await acme.asked("bo", job="ask-cam", about="the roof")
    async with town(sandbox, tmp_path, moved_clock) as acme:
        await acme.member("cam").click(sandbox.messages("#approvals")[0], "approve")
        await acme.move(seconds=1)
        await acme.run("blocked")

    async with town(sandbox, tmp_path, moved_clock, registry) as acme:
        assert (await acme.run("completed")).result["said"] == "Approved"


@pytest.mark.parametrize("action", ["cancel_run", "retry_run"])
@pytest.mark.parametrize("name", ["cam", "bo", "gus", "eve"])
async def test_a_forged_admins_button_does_nothing_for_others(acme: Town, name: str, action: str):
    await failed(acme)
    await acme.asked("bo", context="Refund 43")
    running = await acme.run("waiting", 1)
    stopped = await acme.run("failed")
    member = acme.member(name)
    await home(acme, name)
    admins = await home(acme, "ana", "All runs")
    acme.sandbox.workspace.homes[member.id] = admins

    await member.click_home(action, running.id if action == "cancel_run" else stopped.id)

    view = await acme.sandbox.until(lambda: member.view and "admins" in member.view.words)
    assert view
    assert (await acme.run("waiting", 1)).id == running.id
    assert (await acme.run("failed")).id == stopped.id


@pytest.mark.parametrize("value", ["", "0" * 26, "../x", "a" * 2_000, "<!channel>", "\x00"])
@pytest.mark.parametrize("action", ["cancel_run", "retry_run"])
async def test_an_admins_button_for_a_run_that_is_none_is_answered(
    acme: Town, action: str, value: str
):
    await failed(acme)
    await acme.asked("bo", context="Refund 43")
    ana = acme.member("ana")
    await home(acme, "ana", "All runs", "Stuck")

    clicked = await ana.click_home(action, value)

    assert clicked.status == 200
    await acme.sandbox.until(lambda: ana.view)
    assert (await acme.run("waiting", 1)).status == "waiting"


async def test_a_failed_look_up_does_not_make_anybody_an_admin(acme: Town):
    await acme.asked("bo")
    ana = acme.member("ana")
    await home(acme, "ana", "All runs")
    acme.clock.move(seconds=61)
    acme.sandbox.faults.add("users.info", Fault.status(500))

    await ana.click_home("cancel_run")

    view = await acme.sandbox.until(lambda: ana.view)
    assert view is not None
    assert "click again in a minute" in view.words
    await acme.run("waiting")


async def test_runs_are_filtered_by_status_and_by_job(office: Town):
    ana = office.member("ana")
    await office.asked("bo")
    await office.start("bo", "everything", **WELL)
    await office.run("completed", 1)
    await home(office, "ana", "◷ waiting", "● completed")

    await ana.click_home("filter_status", "completed")
    await office.sandbox.until(lambda: ana.home and "◷ waiting ·" not in ana.home.words)
    await ana.click_home("filter_job", "approve-and-act")
    await shown(office, ana, "No run matches")
    await ana.click_home("filter_status", "*")

    await shown(office, ana, "◷ waiting ·")


async def test_an_admin_turns_the_pages_of_all_runs(office: Town):
    ana = office.member("ana")
    await many_runs(office, MOST_RUNS + 2)
    oldest = (await office.harbor.engine.list())[-1]
    first = await home(office, "ana", "All runs")
    assert oldest.id not in first.words

    await ana.click_home("runs_older")
    second = await shown(office, ana, oldest.id)
    assert "runs_older" not in second.action_ids
    await ana.click_home("runs_newest")

    await office.sandbox.until(lambda: ana.home and oldest.id not in ana.home.words)


@pytest.mark.parametrize("value", ["", "nonsense", "' OR 1=1 --", "\x00"])
async def test_a_forged_page_or_filter_is_no_error(office: Town, value: str):
    ana = office.member("ana")
    await many_runs(office, MOST_RUNS + 1)
    await home(office, "ana", "All runs")
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}

    for action, forged in (("filter_status", option), ("filter_job", option)):
        assert (await ana.click_home(action, forged)).status == 200
    await ana.open_home()
    await office.sandbox.until(lambda: ana.home and "runs_older" in ana.home.action_ids)
    assert (await ana.click_home("runs_older", value)).status == 200

    assert ana.view is None
