"""However often and from wherever people answer, a request is decided once and acted on once."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox import Member, Message, Sandbox
from tests.journeys.questions import say_why, two_of_us
from tests.journeys.town import MovedClock, Town, town
from workflows import failpoint
from workflows.registry import Registry, load

CROWD = 20
RETRIED = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}


@pytest.fixture
async def quorum(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose jobs need two people, or a reason."""
    registry = Registry([*load(()), two_of_us, say_why])
    async with town(sandbox, tmp_path, moved_clock, registry) as found:
        yield found


async def asked_both(quorum: Town) -> Message:
    return await quorum.asked("bo", job="two-of-us", about="the roof")


async def outcomes(acme: Town) -> list[str]:
    """Answer what the audit says about every answer that was given."""
    return [line.outcome for line in await acme.audited() if line.action == "decide"]


async def filed(acme: Town) -> int:
    """Answer how many issues there are once the run has told its result."""
    await acme.run("completed")
    return len(acme.sandbox.issues)


def crowd(acme: Town) -> list[Member]:
    """Have twenty people more in the channel."""
    ana = acme.member("ana").person
    members = []
    for number in range(CROWD):
        name = f"p{number:02}"
        person = replace(ana, id=f"U0{name.upper()}00", name=name, real_name=name, is_admin=False)
        acme.sandbox.workspace.put_person(person)
        acme.sandbox.add_to_channel(person.id, "#approvals")
        members.append(acme.member(person.id))
    return members


# -- many clicks -----------------------------------------------------------------------------------


async def test_of_twenty_people_who_click_at_once_one_decides(acme: Town):
    card = await acme.asked("bo")
    people = crowd(acme)

    clicks = await asyncio.gather(*(person.click(card, "approve") for person in people))

    assert {clicked.status for clicked in clicks} == {200}
    assert await filed(acme) == 1
    found = await outcomes(acme)
    assert found.count("approved") == 1
    assert found.count("late:approved") == CROWD - 1


async def test_those_who_came_too_late_are_told_who_decided(acme: Town):
    card = await acme.asked("bo")
    people = crowd(acme)[:5]

    await asyncio.gather(*(person.click(card, "approve") for person in people))

    done = await acme.card_says("Approved by")
    (winner,) = (person for person in people if person.id in done.words)
    for person in people:
        if person.id != winner.id:
            said = await acme.sandbox.until(lambda person=person: person.ephemerals)
            assert f"Already approved by <@{winner.id}>" in said[-1].words


async def test_twenty_clicks_of_one_person_are_one_answer(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")

    clicks = await asyncio.gather(*(cam.click(card, "approve") for _ in range(CROWD)))

    assert {clicked.status for clicked in clicks} == {200}
    assert await filed(acme) == 1
    assert (await outcomes(acme)).count("approved") == 1
    (vote,) = (await acme.gate()).votes
    assert vote.person.endswith(cam.id)


async def test_approve_and_reject_at_once_leave_one_outcome_that_the_card_shows(acme: Town):
    card = await acme.asked("bo")
    cam, dee = acme.member("cam"), acme.member("dee")
    await dee.click(card, "reject")
    await acme.sandbox.until(lambda: dee.view)

    await asyncio.gather(cam.click(card, "approve"), dee.submit({"note": "No"}))

    run = await acme.run("completed")
    gate = await acme.gate()
    assert len(gate.votes) == 1
    assert run.result["acted"] is (gate.status == "approved")
    done = await acme.card_says(f"{gate.status.value.capitalize()} by <@")
    assert not {"approve", "reject"} & set(done.action_ids)
    assert len(acme.sandbox.issues) == (gate.status == "approved")


async def test_an_approval_then_a_rejection_is_an_approval(acme: Town):
    card = await acme.asked("bo")
    dee = acme.member("dee")
    await dee.click(card, "reject")
    await acme.sandbox.until(lambda: dee.view)
    await acme.member("cam").click(card, "approve")

    await dee.submit({"note": "No"})

    assert dee.view is not None
    assert "Already approved by" in dee.view.words
    assert await filed(acme) == 1


# -- the same request again ------------------------------------------------------------------------


async def test_x6_a_click_replayed_within_its_five_minutes_has_one_effect(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    click = acme.sandbox.sent[-1]

    again = [await acme.sandbox.replay(click) for _ in range(3)]

    assert [delivered.status for delivered in again] == [200, 200, 200]
    assert await filed(acme) == 1
    assert (await outcomes(acme)).count("approved") == 1


async def test_x7_a_click_replayed_after_ten_minutes_is_refused_at_the_door(acme: Town):
    card = await acme.asked("bo")
    await acme.member("gus").click(card, "approve")
    click = acme.sandbox.sent[-1]
    before = await outcomes(acme)
    acme.clock.move(minutes=10)

    again = await acme.sandbox.replay(click)

    assert again.status == 401
    assert await outcomes(acme) == before


@pytest.fixture
async def impatient(
    moved_clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A town whose Slack gives up on an answer soon."""
    sandbox = await Sandbox.start(now=moved_clock.timestamp, ack_seconds=1.5)
    monkeypatch.setenv("TEST_LINEAR_KEY", sandbox.credentials.linear_token)
    async with town(sandbox, tmp_path, moved_clock) as found:
        yield found
    await sandbox.stop()


async def test_f93_a_click_whose_commit_takes_too_long_is_warned_about_and_counts_once(
    impatient: Town,
):
    card = await impatient.asked("bo")
    cam = impatient.member("cam")
    go_on = threading.Event()

    def hold(point: str) -> None:
        if point == "deliver:ended":
            go_on.wait(10)

    with failpoint.armed(hold):
        late = await cam.click(card, "approve")
        go_on.set()
        again = await cam.click(card, "approve")

    assert (late.status, again.status) == (None, 200)
    assert await filed(impatient) == 1
    assert (await outcomes(impatient)).count("approved") == 1
    said = await impatient.sandbox.until(lambda: cam.ephemerals)
    assert "Already approved" in said[-1].words


async def test_f88_a_click_that_slack_repeats_has_one_effect(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")

    again = await acme.sandbox.replay(acme.sandbox.sent[-1], RETRIED)

    assert again.status == 200
    assert await filed(acme) == 1


async def test_f90_a_click_of_which_only_the_repetition_arrives_counts(acme: Town):
    card = await acme.asked("bo")
    bot_url, acme.sandbox.bot_url = acme.sandbox.bot_url, "http://127.0.0.1:9"
    await acme.member("cam").click(card, "approve")
    acme.sandbox.bot_url = bot_url

    arrived = await acme.sandbox.replay(acme.sandbox.sent[-1], RETRIED)

    assert arrived.status == 200
    assert await filed(acme) == 1


async def test_f89_a_click_repeated_after_a_restart_has_one_effect(
    sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path
):
    async with town(sandbox, tmp_path, moved_clock) as acme:
        card = await acme.asked("bo")
        await acme.member("cam").click(card, "approve")
        await acme.run("completed")
        click = sandbox.sent[-1]

    async with town(sandbox, tmp_path, moved_clock) as acme:
        again = await sandbox.replay(click)

        assert again.status == 200
        assert (await outcomes(acme)).count("approved") == 1
        assert len(sandbox.issues) == 1


async def test_the_submission_of_a_reason_replayed_is_one_rejection(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await cam.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view)
    await cam.submit({"note": "No"})

    again = await acme.sandbox.replay(acme.sandbox.sent[-1])

    assert again.status == 200
    assert (await outcomes(acme)).count("rejected") == 1


# -- several surfaces ------------------------------------------------------------------------------


async def test_card_home_and_form_used_at_once_are_one_answer(acme: Town):
    card = await acme.asked("bo")
    ana, cam, dee = (acme.member(name) for name in ("ana", "cam", "dee"))
    await cam.open_home()
    await acme.sandbox.until(lambda: cam.home)
    await cam.click_home("approve")
    await dee.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view and dee.view)

    await asyncio.gather(ana.click(card, "approve"), cam.submit({}), dee.submit({"note": "No"}))

    gate = await acme.gate()
    assert len(gate.votes) == 1
    await acme.card_says(f"{gate.status.value.capitalize()} by <@")
    found = await outcomes(acme)
    assert sorted(outcome.partition(":")[0] for outcome in found)[-2:] == ["late", "late"] or (
        found.count(f"late:{gate.status.value}") == 2
    )


async def test_one_person_on_card_and_home_at_once_is_one_answer(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await cam.open_home()
    await acme.sandbox.until(lambda: cam.home)
    await cam.click_home("approve")
    await acme.sandbox.until(lambda: cam.view)

    await asyncio.gather(cam.click(card, "approve"), cam.submit({}))

    assert await filed(acme) == 1
    assert len((await acme.gate()).votes) == 1


# -- the deadline ----------------------------------------------------------------------------------


async def test_a_click_after_the_deadline_does_not_count_though_no_tick_has_seen_it(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    acme.harbor.scheduler.stop()
    acme.clock.move(hours=24, seconds=1)

    clicked = await cam.click(card, "approve")

    assert clicked.status == 200
    said = await acme.sandbox.until(lambda: cam.ephemerals)
    assert "This request expired" in said[-1].words
    assert "the run continued as *timeout*" in said[-1].words
    assert (await acme.run("completed")).result["reason"] == "timeout"
    assert acme.sandbox.issues == []


async def test_a_click_a_second_before_the_deadline_counts(acme: Town):
    card = await acme.asked("bo")
    acme.clock.move(hours=23, minutes=59, seconds=58)

    await acme.member("cam").click(card, "approve")

    assert await filed(acme) == 1


async def test_a_reason_submitted_after_the_deadline_is_told_so_in_the_form(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    await cam.click(card, "reject")
    await acme.sandbox.until(lambda: cam.view)
    acme.harbor.scheduler.stop()
    acme.clock.move(hours=25)

    await cam.submit({"note": "No"})

    assert cam.view is not None
    assert "This request expired" in cam.view.words
    assert (await acme.gate()).status == "expired"


async def test_a_click_on_a_cancelled_request_is_told_so(acme: Town):
    card = await acme.asked("bo")
    cam = acme.member("cam")
    run = await acme.run("waiting")
    await acme.member("bo").command(f"/harbor cancel {run.id}")
    await acme.run("cancelled")

    await cam.click(card, "approve")

    said = await acme.sandbox.until(lambda: cam.ephemerals)
    assert "This request was cancelled by" in said[-1].words
    assert acme.sandbox.issues == []


# -- two are needed --------------------------------------------------------------------------------


async def test_the_first_of_two_is_counted_and_told_how_many_are_missing(quorum: Town):
    card = await asked_both(quorum)
    cam = quorum.member("cam")

    await cam.click(card, "approve")

    said = await quorum.sandbox.until(lambda: cam.ephemerals)
    assert "Your approval is recorded: 1 of 2. 1 more needed." in said[-1].words
    shown = await quorum.card_says("1 of 2")
    assert {"approve", "reject"} <= set(shown.action_ids)
    assert (await quorum.gate()).status == "open"


async def test_two_different_people_complete_a_request_for_two(quorum: Town):
    card = await asked_both(quorum)

    await quorum.member("cam").click(card, "approve")
    await quorum.member("dee").click(card, "approve")

    assert (await quorum.run("completed")).result == {"said": "yes", "votes": 2}
    done = await quorum.card_says("Approved by")
    assert quorum.member("cam").id in done.words
    assert quorum.member("dee").id in done.words


async def test_two_people_at_once_complete_a_request_for_two(quorum: Town):
    card = await asked_both(quorum)
    cam, dee = quorum.member("cam"), quorum.member("dee")

    await asyncio.gather(cam.click(card, "approve"), dee.click(card, "approve"))

    assert (await quorum.run("completed")).result == {"said": "yes", "votes": 2}
    assert sorted(await outcomes(quorum)) == ["approved", "counted"]


async def test_the_second_click_of_one_person_does_not_count_twice(quorum: Town):
    card = await asked_both(quorum)
    cam = quorum.member("cam")
    await cam.click(card, "approve")

    await cam.click(card, "approve")

    said = await quorum.sandbox.until(lambda: len(cam.ephemerals) > 1 and cam.ephemerals)
    assert "Your approval is already recorded. 1 of 2 so far." in said[-1].words
    assert (await quorum.gate()).status == "open"
    assert await outcomes(quorum) == ["counted", "repeated"]


async def test_twenty_clicks_of_one_person_never_complete_a_request_for_two(quorum: Town):
    card = await asked_both(quorum)
    cam = quorum.member("cam")

    await asyncio.gather(*(cam.click(card, "approve") for _ in range(CROWD)))

    assert (await quorum.gate()).status == "open"
    assert len((await quorum.gate()).votes) == 1


async def test_rejecting_after_ones_own_approval_counts_as_the_rejection(quorum: Town):
    card = await asked_both(quorum)
    cam = quorum.member("cam")
    await cam.click(card, "approve")
    await cam.click(card, "reject")
    await quorum.sandbox.until(lambda: cam.view)

    await cam.submit({"note": "On second thoughts, no"})

    assert (await quorum.run("completed")).result == {"said": "no", "votes": 0}
    (vote,) = (await quorum.gate()).votes
    assert vote.choice == "rejected"
    assert "On second thoughts, no" in (await quorum.card_says("Rejected by")).words


async def test_one_rejection_decides_whatever_others_have_approved(quorum: Town):
    card = await asked_both(quorum)
    await quorum.member("cam").click(card, "approve")
    dee = quorum.member("dee")
    await dee.click(card, "reject")
    await quorum.sandbox.until(lambda: dee.view)

    await dee.submit({"note": "No"})

    assert (await quorum.run("completed")).result["said"] == "no"


async def test_a_requester_does_not_complete_a_request_for_two(quorum: Town):
    card = await asked_both(quorum)
    await quorum.member("cam").click(card, "approve")

    await quorum.member("bo").click(card, "approve")

    await quorum.sandbox.until(lambda: quorum.member("bo").ephemerals)
    assert (await quorum.gate()).status == "open"


# -- a reason is needed ----------------------------------------------------------------------------


async def test_an_approval_that_needs_a_reason_asks_for_it_and_carries_it(quorum: Town):
    card = await quorum.asked("bo", job="say-why", about="the roof")
    cam = quorum.member("cam")
    await cam.click(card, "approve")
    await quorum.sandbox.until(lambda: cam.view)
    assert (await quorum.gate()).status == "open"

    await cam.submit({"note": "It leaks"})

    assert (await quorum.run("completed")).result["said"] == "It leaks"
    assert "It leaks" in (await quorum.card_says("Approved by")).words


async def test_an_approval_that_needs_a_reason_does_not_count_without_one(quorum: Town):
    card = await quorum.asked("bo", job="say-why", about="the roof")
    cam = quorum.member("cam")
    await cam.click(card, "approve")
    await quorum.sandbox.until(lambda: cam.view)

    await cam.submit({"note": "   "}, force=True)

    assert "it is needed" in cam.view_errors["note"]
    assert (await quorum.gate()).status == "open"
