"""On the page: a form that was drawn from an earlier version of a question."""

import pytest

from store import gates
from tests.bot.web.browser import Browser, words
from tests.bot.web.test_gate_pages import run_id
from tests.journeys.town import Town

__all__ = ["run_id"]


async def changed(acme: Town) -> None:
    gate = await acme.gate()
    await acme.harbor.db.write(gates.next_version, gate.id)


async def test_a_form_names_the_version_that_it_was_drawn_from_i33(
    acme: Town, cam: Browser, run_id: str
):
    await changed(acme)

    assert (await cam.form(f"/run/{run_id}/approve"))["version"] == "2"


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_form_of_an_earlier_version_is_a_page_that_says_so_and_shows_what_is_asked_i33(
    acme: Town, cam: Browser, run_id: str, verb: str
):
    form = await cam.form(f"/run/{run_id}/{verb}", verb)
    await changed(acme)

    answered = await cam.post(f"/run/{run_id}/{verb}", form | {"note": "I have read it"})

    assert answered.status_code == 409
    assert "The question has changed" in words(answered)
    assert "File a follow-up for Refund 42?" in words(answered)
    assert "I have read it" in words(answered)
    assert 'name="version" value="2"' in answered.text
    gate = await acme.gate()
    assert (gate.status, gate.votes) == ("open", ())


async def test_a_form_of_0_1_0_that_names_no_version_is_of_the_first(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    del form["version"]

    assert (await cam.post(f"/run/{run_id}/approve", form)).status_code == 303


async def test_a_form_of_0_1_0_does_not_answer_a_later_version_i33(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    del form["version"]
    await changed(acme)

    assert (await cam.post(f"/run/{run_id}/approve", form)).status_code == 409


@pytest.mark.parametrize("version", ["", "one", "-1", "1.0", "9" * 30, "\u0661"])
async def test_a_version_that_is_no_number_answers_nothing_i33(
    acme: Town, cam: Browser, run_id: str, version: str
):
    form = await cam.form(f"/run/{run_id}/approve") | {"version": version}

    assert (await cam.post(f"/run/{run_id}/approve", form)).status_code == 409
    assert (await acme.gate()).status == "open"


async def test_the_story_of_a_run_says_that_somebody_answered_an_earlier_version(
    acme: Town, cam: Browser, run_id: str
):
    form = await cam.form(f"/run/{run_id}/approve")
    await changed(acme)
    await cam.post(f"/run/{run_id}/approve", form)

    page = words(await cam.get(f"/run/{run_id}"))

    assert "cam U00000CAM answered an earlier version of the question It did not count." in page
