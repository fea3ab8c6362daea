"""Slash commands and the forms they open: what is typed, what is answered, what is started."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Fault, Member, Sandbox
from tests.journeys.questions import RAISED, everything, open_day
from tests.journeys.town import MovedClock, Town, town
from workflows.registry import Registry, load

WELL = {
    "title": "A title",
    "code": "ABC",
    "count": 3,
    "share": 0.5,
    "colour": "blue",
    "day": "2026-11-22",
}
WRONG: list[tuple[str, Any, str]] = [
    ("title", "ab", "at least 3 characters"),
    ("title", "a" * 21, "at most 20 characters"),
    ("title", "SHOUTING", "please do not shout"),
    ("code", "abc", "does not have the form"),
    ("count", "0", "1 or more"),
    ("count", "11", "10 or less"),
    ("count", "three", "whole number"),
    ("count", "3.5", "whole number"),
    ("count", "٣", ""),
    ("share", "1", "less than 1"),
    ("share", "nan", ""),
    ("share", "inf", ""),
    ("day", "2026-13-40", "date"),
    ("title", "", ""),
    ("day", "", ""),
]
NONSENSE = [
    "/harbor",
    "/harbor help",
    "/harbor HELP",
    "/harbor nonsense",
    "/harbor run a b c",
    "/harbor status",
    "/harbor status ../../etc/passwd",
    "/harbor cancel 42",
    "/harbor runs everything please",
    "/harbor <!channel> @everyone",
    "/harbor \u202e\u200b\x07",
    "/harbor " + "a" * 8_000,
    "/harbor " + "a " * 4_000,
]


@pytest.fixture
async def office(sandbox: Sandbox, moved_clock: MovedClock, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with a job that asks for everything, and one for guests."""
    registry = Registry([*load(()), everything, open_day])
    async with town(sandbox, tmp_path, moved_clock, registry) as found:
        yield found


async def answered(acme: Town, name: str, line: str) -> str:
    """Type a command, and answer what only that person is told."""
    member = acme.member(name)
    before = len(member.ephemerals)
    typed = await member.command(line)
    assert typed.status == 200
    said = await acme.sandbox.until(lambda: member.ephemerals[before:])
    return said[-1].words


async def opened(office: Town, name: str = "bo", job: str = "everything") -> Member:
    """Answer somebody who has a job's form open."""
    member = office.member(name)
    await member.command(f"/harbor run {job}")
    await office.sandbox.until(lambda: member.view)
    return member


# -- the grammar -----------------------------------------------------------------------------------


@pytest.mark.parametrize("line", NONSENSE, ids=lambda line: line[:30])
async def test_x25_what_is_not_understood_is_answered_with_help(acme: Town, line: str):
    words = await answered(acme, "bo", line)

    assert "/harbor status RUN" in words
    assert await acme.harbor.engine.list() == []


async def test_help_is_for_guests_and_needs_no_look_up(acme: Town):
    acme.sandbox.faults.add("users.info", Fault.status(500), times=None)

    assert "/harbor run" in await answered(acme, "gus", "/harbor help")


@pytest.mark.parametrize("line", ["/harbor runs", "/harbor inbox", "/harbor run"])
async def test_a_failed_look_up_says_to_try_again(acme: Town, line: str):
    acme.sandbox.faults.add("users.info", Fault.status(500))

    assert "try again in a minute" in await answered(acme, "bo", line)


@pytest.mark.parametrize("line", ["/harbor runs", "/harbor inbox"])
@pytest.mark.parametrize("name", ["gus", "sol", "fin", "preview-bot"])
async def test_only_full_members_are_shown_runs(acme: Town, name: str, line: str):
    assert "Only full members" in await answered(acme, name, line)


# -- runs ------------------------------------------------------------------------------------------


async def test_runs_lists_ones_own_runs_only(acme: Town):
    await acme.asked("bo")

    assert "*File a follow-up for Refund 42?*" in await answered(acme, "bo", "/harbor runs")
    assert "You have no runs yet" in await answered(acme, "cam", "/harbor runs")


async def test_status_tells_what_a_run_waits_for(acme: Town):
    await acme.asked("bo")
    run = await acme.run("waiting")

    words = await answered(acme, "cam", f"/harbor status {run.id}")

    assert "*File a follow-up for Refund 42?*" in words
    assert "Waits for people to decide *decision*" in words
    assert run.id in words


async def test_x25_a_run_that_is_none_is_called_so(acme: Town):
    assert "There is no such run" in await answered(acme, "bo", f"/harbor status {'0' * 26}")
    assert "There is no such run" in await answered(acme, "bo", f"/harbor cancel {'0' * 26}")


@pytest.mark.parametrize("name", ["bo", "ana"])
async def test_who_asked_and_an_admin_can_cancel_a_run(acme: Town, name: str):
    await acme.asked("bo")
    run = await acme.run("waiting")

    words = await answered(acme, name, f"/harbor cancel {run.id}")

    assert "is being cancelled" in words
    await acme.run("cancelled")
    done = await acme.card_says("Cancelled by")
    assert acme.member(name).id in done.words
    assert not {"approve", "reject"} & set(done.action_ids)


async def test_nobody_else_can_cancel_a_run(acme: Town):
    await acme.asked("bo")
    run = await acme.run("waiting")

    words = await answered(acme, "cam", f"/harbor cancel {run.id}")

    assert "Only the person who asked" in words
    assert (await acme.run("waiting")).id == run.id


async def test_a_run_that_has_ended_cannot_be_cancelled(acme: Town):
    card = await acme.asked("bo")
    await acme.member("cam").click(card, "approve")
    run = await acme.run("completed")

    assert "has ended already" in await answered(acme, "bo", f"/harbor cancel {run.id}")


async def test_the_inbox_lists_what_waits_for_ones_decision(acme: Town):
    await acme.asked("bo")

    assert "Refund 42" in await answered(acme, "cam", "/harbor inbox")
    assert "Nothing waits for your decision" in await answered(acme, "bo", "/harbor inbox")


# -- starting --------------------------------------------------------------------------------------


async def test_run_alone_offers_the_jobs_and_goes_on_to_the_form(office: Town):
    bo = office.member("bo")
    await bo.command("/harbor run")
    await office.sandbox.until(lambda: bo.view)

    await bo.submit({"job": "everything"})

    assert bo.view is not None
    assert bo.view.title == "everything"
    await bo.submit(WELL)
    run = await office.run("completed")
    assert run.input == WELL | {"sure": False}


async def test_run_with_a_job_that_is_none_lists_those_that_are(acme: Town):
    words = await answered(acme, "bo", "/harbor run nonsense")

    assert "no job is called 'nonsense'; known: approve-and-act" in words


async def test_x101_the_name_of_a_job_that_is_none_mentions_nobody(acme: Town):
    bo = acme.member("bo")

    await acme.sandbox.deliver(
        {
            "command": "/harbor",
            "text": "run <!channel>",
            "user_id": bo.id,
            "team_id": acme.sandbox.credentials.team_id,
            "api_app_id": acme.sandbox.credentials.app_id,
            "channel_id": "C0APPROVALS",
        }
    )

    said = await acme.sandbox.until(lambda: bo.ephemerals)
    assert "<!channel>" not in said[-1].words
    assert "no job is called" in said[-1].words


@pytest.mark.parametrize(("field", "value", "says"), WRONG)
async def test_what_is_wrong_in_a_form_is_said_under_its_field(
    office: Town, field: str, value: object, says: str
):
    bo = await opened(office)

    await bo.submit(WELL | {field: value}, force=True)

    assert list(bo.view_errors) == [field]
    assert says in bo.view_errors[field]
    assert await office.harbor.engine.list() == []


@pytest.mark.parametrize("title", RAISED)
async def test_whatever_a_validator_raises_is_said_under_its_field_in_the_form_g21(
    office: Town, title: str
):
    bo = await opened(office)

    await bo.submit(WELL | {"title": title}, force=True)

    assert list(bo.view_errors) == ["title"]
    raised = type(RAISED[title]).__name__
    assert f"Everything._no_shouting raised {raised}" in bo.view_errors["title"]
    assert await office.harbor.engine.list() == []


async def test_every_wrong_field_is_named_at_once_and_then_mended(office: Town):
    bo = await opened(office)
    await bo.submit(WELL | {"title": "ab", "count": "99", "code": "x"}, force=True)
    assert set(bo.view_errors) == {"title", "count", "code"}

    await bo.submit(WELL)

    assert (await office.run("completed")).input == WELL | {"sure": False}


async def test_a_form_submitted_twice_at_once_is_one_run(office: Town):
    bo = await opened(office)

    await asyncio.gather(bo.submit(WELL), bo.submit(WELL))

    await office.run("completed")
    assert len(await office.harbor.engine.list()) == 1


async def test_a_submission_replayed_is_one_run_and_names_it(office: Town):
    bo = await opened(office)
    await bo.submit(WELL)
    run = await office.run("completed")

    again = await office.sandbox.replay(office.sandbox.sent[-1])

    assert again.status == 200
    assert run.id in again.body
    assert len(await office.harbor.engine.list()) == 1


async def test_a_form_submitted_again_with_other_words_is_still_one_run(office: Town):
    bo = await opened(office)
    form = bo.view
    assert form is not None
    await bo.submit(WELL)
    await office.run("completed")
    office.sandbox.workspace.put_stack(bo.id, [form])

    await bo.submit(WELL | {"title": "Another"})

    assert bo.view is not None
    assert "submitted already" in bo.view.words
    assert len(await office.harbor.engine.list()) == 1


async def test_two_forms_are_two_runs(office: Town):
    for _ in range(2):
        bo = await opened(office)
        await bo.submit(WELL)
        bo._workspace.put_stack(bo.id, [])

    await office.run("completed", 1)
    assert len(await office.harbor.engine.list()) == 2


@pytest.mark.parametrize("name", ["gus", "sol"])
async def test_guests_cannot_start_a_job(office: Town, name: str):
    words = await answered(office, name, "/harbor run everything")

    assert "Only full members" in words
    assert office.member(name).view is None


@pytest.mark.parametrize("name", ["fin", "preview-bot"])
async def test_people_who_have_left_and_bots_cannot_start_a_job(office: Town, name: str):
    assert "Only full members" in await answered(office, name, "/harbor run open-day")


async def test_external_people_have_no_commands_and_their_forged_form_starts_nothing(
    office: Town,
):
    bo = await opened(office)
    form = bo.view
    assert form is not None

    await office.member("eve").send_submission(form, {})

    assert await office.harbor.engine.list() == []


async def test_somebody_who_became_a_guest_cannot_submit_the_form_they_have_open(office: Town):
    bo = await opened(office)
    office.sandbox.make_guest("bo")
    office.clock.move(seconds=61)

    await bo.submit(WELL)

    assert bo.view is not None
    assert "Only full members" in bo.view.words
    assert await office.harbor.engine.list() == []


async def test_guests_can_start_a_job_that_says_so(office: Town):
    gus = await opened(office, "gus", "open-day")

    await gus.submit({"about": "the roof"})

    assert (await office.run("completed")).result == {"said": "the roof", "votes": 0}


async def test_the_menu_offers_guests_only_what_they_may_start(office: Town):
    gus = office.member("gus")

    await gus.command("/harbor run")

    view = await office.sandbox.until(lambda: gus.view)
    assert view is not None
    assert "open-day" in view.words
    assert "everything" not in view.words
