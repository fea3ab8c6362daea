"""Apps' routes: a link asks, its form starts a job as who is signed in, and one answer counts."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.web.browser import Browser, words
from tests.bot.web.door import until_run
from tests.bot.web.jobs import water_plants
from tests.journeys.town import Town, town
from workflows import App, Route
from workflows.engine.base import RunStatus, RunView, Start
from workflows.errors import ConfigurationError
from workflows.event import Delivery
from workflows.registry import Registry


@pytest.fixture
async def run_id(acme: Town) -> str:
    """A run of dee's that waits for one of its two links to be confirmed."""
    dee = f"slack:{acme.sandbox.credentials.team_id}:{acme.member('dee').id}"
    arguments = {"context": "Refund 42", "team_id": "OPS"}
    run = await acme.harbor.engine.start(Start("approve-and-act-links", arguments, dee, "test"))
    await until_run(acme, run.run_id, RunStatus.WAITING)
    return run.run_id


async def helpers(acme: Town) -> list[RunView]:
    return [run for run in await acme.harbor.engine.list() if run.job.startswith("deliver-event")]


async def ended(acme: Town) -> list[RunView]:
    over = (RunStatus.COMPLETED, RunStatus.FAILED)
    return [await until_run(acme, run.id, *over) for run in await helpers(acme)]


async def test_a_link_asks_first_and_shows_the_run_it_is_about(
    acme: Town, cam: Browser, run_id: str
):
    page = words(await cam.get(f"/run/{run_id}/approve"))

    assert "Tell a waiting run that it is approved." in page
    assert "Nothing has happened yet." in page
    assert "approve-and-act-links , asked by dee" in page
    assert "Refund 42" in page
    assert await helpers(acme) == []


async def test_a_confirmed_link_starts_the_job_as_who_is_signed_in_and_the_run_goes_on(
    acme: Town, cam: Browser, run_id: str
):
    answered = await cam.decide(f"/run/{run_id}/approve")
    (helper,) = await ended(acme)
    assert answered.headers["Location"] == f"/run/{run_id}/approve?started={helper.id}"
    assert helper.requested_by.endswith(f":{acme.member('cam').id}")
    assert helper.input == {"run_id": run_id}
    run = await until_run(acme, run_id, RunStatus.COMPLETED)
    assert run.result["acted"] is True
    assert "Done. Your answer is on record." in words(await cam.get(answered.headers["Location"]))


async def test_the_requester_may_confirm_a_link_for_there_is_no_policy(
    acme: Town, browser: Browser, run_id: str
):
    await browser.sign_in("dee")

    await browser.decide(f"/run/{run_id}/reject")

    await ended(acme)
    run = await until_run(acme, run_id, RunStatus.COMPLETED)
    assert run.result == {"acted": False, "reason": "rejected", "issue_url": None}


async def test_x66_a_confirmation_that_is_sent_twice_starts_one_job(
    acme: Town, cam: Browser, run_id: str
):
    path = f"/run/{run_id}/approve"
    form = await cam.form(path)

    answers = await asyncio.gather(cam.post(path, form), cam.post(path, form))

    assert [each.status_code for each in answers] == [303, 303]
    assert len(await helpers(acme)) == 1


async def test_x65_a_confirmation_without_its_token_starts_nothing(
    acme: Town, cam: Browser, run_id: str
):
    path = f"/run/{run_id}/approve"
    form = await cam.form(path)

    forged = await cam.post(path, form | {"csrf": "forged"})
    foreign = await cam.post(f"/run/{run_id}/reject", form)

    assert (forged.status_code, foreign.status_code) == (403, 403)
    assert await helpers(acme) == []


async def test_x63_a_guest_starts_nothing(acme: Town, cam: Browser, run_id: str):
    form = await cam.form(f"/run/{run_id}/approve")
    acme.sandbox.make_guest("cam")

    answered = await cam.post(f"/run/{run_id}/approve", form)

    assert answered.status_code == 403
    assert await helpers(acme) == []


async def test_two_links_and_an_event_that_race_for_one_wait_have_one_outcome(
    acme: Town, cam: Browser, browsers: Callable[[], Browser], run_id: str
):
    ana = browsers()
    await ana.sign_in("ana")
    yes, no = f"/run/{run_id}/approve", f"/run/{run_id}/reject"
    form, other = await cam.form(yes), await ana.form(no, "reject")
    event = Delivery(run_id, "decision", "approved", "token:ci", "api", "token:ci", "k1")

    await asyncio.gather(cam.post(yes, form), ana.post(no, other), acme.harbor.engine.send(event))

    run = await until_run(acme, run_id, RunStatus.COMPLETED)
    helped = await ended(acme)
    resolved = [
        line for line in run.timeline if (line.what, line.detail) == ("deliver", "resolved")
    ]
    assert len(resolved) == 1
    assert len(acme.sandbox.issues) == run.result["acted"]
    refused = [each for each in helped if each.status is RunStatus.FAILED]
    assert all((each.error or {})["kind"] in {"already_decided", "run_over"} for each in refused)
    assert len(helped) - len(refused) <= 1


async def test_who_came_too_late_is_told_so(acme: Town, cam: Browser, run_id: str):
    form = await cam.form(f"/run/{run_id}/reject", "reject")
    await cam.decide(f"/run/{run_id}/approve")
    await until_run(acme, run_id, RunStatus.COMPLETED)

    late = await cam.post(f"/run/{run_id}/reject", form)
    page = await cam.get(f"/run/{run_id}/reject")

    assert late.status_code == 410
    assert "Nothing waits for an answer any more." in words(late)
    assert page.status_code == 200
    assert "Nothing waits for an answer here any more." in words(page)


async def test_an_answer_that_is_declined_says_why(acme: Town, cam: Browser):
    answered = await cam.post("/nowhere/x", await cam.form("/nowhere/x", "nowhere"))
    (run,) = await acme.harbor.engine.list()
    await until_run(acme, run.id, RunStatus.FAILED)

    page = await cam.get(answered.headers["Location"])

    assert "That run does not exist." in words(page)


async def test_the_page_that_follows_a_job_is_for_who_started_it(
    acme: Town, cam: Browser, browsers: Callable[[], Browser], run_id: str
):
    answered = await cam.decide(f"/run/{run_id}/approve")
    ana = browsers()
    await ana.sign_in("ana")

    theirs = await ana.get(answered.headers["Location"])
    other = await cam.get(f"/run/{run_id}/approve?started={run_id}")

    assert (theirs.status_code, other.status_code) == (404, 404)


async def test_an_app_has_pages_at_addresses_of_its_own(acme: Town, cam: Browser):
    asked = await cam.get("/water/window-sill")

    answered = await cam.post("/water/window-sill", await cam.form("/water/window-sill", "water"))

    (run,) = await acme.harbor.engine.list()
    await until_run(acme, run.id, RunStatus.COMPLETED)
    assert "Water the plants." in words(asked)
    assert answered.headers["Location"] == f"/water/window-sill?started={run.id}"
    assert run.input == {"place": "window-sill"}


@pytest.mark.parametrize("route", ["/run/{place}", "/runs/{place}", "/auth/{place}/login"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_route_that_meets_a_built_in_one_stops_the_start(
    sandbox: Sandbox, tmp_path: Path, method: str, route: str
):
    registry = Registry()
    water = Route(auth="workspace_member", job="water")
    registry.add_app(
        App("taken", jobs={"water": water_plants}, routes={f"{method} {route}": water})
    )

    with pytest.raises(ConfigurationError, match="exists already; give it another path"):
        async with town(sandbox, tmp_path, registry=registry):
            pass
