"""The web door from end to end: a link in Slack, a browser, one outcome whoever came first."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, async_playwright, expect

from bot.sandbox import Sandbox
from tests.bot.web.browser import Browser
from tests.bot.web.door import town_with_pages
from tests.bot.web.issuer import Issuer
from tests.journeys.town import MovedClock, Town
from workflows.approvals.gate import Choice
from workflows.approvals.view import GateStatus

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def issuer(sandbox: Sandbox, moved_clock: MovedClock) -> AsyncIterator[Issuer]:
    found = Issuer(moved_clock, sandbox.credentials.team_id)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def acme(
    sandbox: Sandbox, issuer: Issuer, moved_clock: MovedClock, tmp_path: Path
) -> AsyncIterator[Town]:
    async with town_with_pages(sandbox, issuer, tmp_path, moved_clock) as found:
        yield found


@pytest.fixture
async def chromium() -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        yield found
        await found.close()


@pytest.fixture
async def page(chromium: Chromium, acme: Town) -> AsyncIterator[Page]:
    """A phone's page; nothing may go wrong in it, and nothing may be asked of anybody else."""
    troubles: list[str] = []
    found = await (await chromium.new_context(viewport={"width": 390, "height": 800})).new_page()
    found.on("pageerror", lambda error: troubles.append(str(error)))
    found.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    yield found
    assert troubles == []


async def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_a_link_in_slack_leads_through_sign_in_to_a_confirmation_and_the_run_goes_on(
    acme: Town, issuer: Issuer, page: Page
):
    await acme.start("dee", "approve-and-act-links")
    asked = await acme.card()
    issuer.asks, issuer.user = True, acme.member("bo").id
    link = re.search(r"Approve: <?(\S+?)>?\s", asked.text)
    assert link

    await page.goto(link[1])
    await page.get_by_role("link", name="Allow").click()

    await expect(page.get_by_text("Signed in as bo")).to_be_visible()
    assert acme.sandbox.issues == []
    assert await is_as_wide_as_the_screen(page)
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("status")).to_have_text("Done. Your answer is on record.")
    await acme.sandbox.until(lambda: acme.sandbox.issues)
    await page.get_by_role("link", name="See the run it is about").click()
    await expect(page.get_by_role("status")).to_have_text("Completed")
    assert await is_as_wide_as_the_screen(page)


async def test_a_request_is_decided_from_the_keyboard_alone(acme: Town, issuer: Issuer, page: Page):
    await acme.asked("bo")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    issuer.user = acme.member("cam").id

    await page.goto(f"{acme.settings.public_url}/run/{run.id}/reject")
    await page.get_by_label("Why (optional").focus()
    await page.keyboard.type("Too dear")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Rejected by cam")).to_be_visible()
    await acme.card_says("Rejected by")


async def test_the_story_of_a_run_moves_while_somebody_looks(
    acme: Town, issuer: Issuer, page: Page
):
    card = await acme.asked("bo")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    issuer.user = acme.member("dee").id
    await page.goto(f"{acme.settings.public_url}/run/{run.id}")
    await expect(page.get_by_role("status")).to_have_text("Waiting")

    await acme.member("cam").click(card, "approve")

    await expect(page.get_by_role("status")).to_have_text("Completed", timeout=15_000)
    await expect(page.get_by_text("cam U00000CAM approved")).to_be_visible()


async def test_a_click_and_a_link_that_race_for_one_request_have_one_outcome(
    acme: Town, issuer: Issuer
):
    card = await acme.asked("bo")
    await acme.harbor.dispatcher.drain()
    (run,) = await acme.harbor.engine.list()
    browser = Browser(acme, issuer)
    await browser.sign_in("ana")
    form = await browser.form(f"/run/{run.id}/reject", "reject")

    clicked, sent = await asyncio.gather(
        acme.member("cam").click(card, "approve"), browser.post(f"/run/{run.id}/reject", form)
    )

    await browser.http.aclose()
    (gate,) = await acme.harbor.gates.of_run(run.id)
    assert clicked.status == 200
    assert sent.status_code == (303 if gate.status is GateStatus.REJECTED else 409)
    assert [cast.choice for cast in gate.votes] == [Choice(gate.status.value)]
    await acme.card_says("Approved by" if gate.status is GateStatus.APPROVED else "Rejected by")
