"""The story in a real browser: first with `harbor demo` as people run it, then what it is like
for those who use a keyboard, a screen reader or a phone.
"""

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox import Message
from tests.demo import Started, demo
from tests.journeys.town import Town
from tests.page import OpenPage, nameless, sticks_out, tab_to

pytest_plugins = ["tests.browser"]

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Started]:
    with demo(tmp_path / ".demo") as started:
        yield started


def composer(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Message or command")


def card(page: Page, words: str) -> Locator:
    return page.get_by_test_id("message").filter(has=page.get_by_role("heading", name=words))


async def become(page: Page, name: str) -> None:
    await page.get_by_label("You are").select_option(name)
    await page.wait_for_url(f"**as={name}**")
    await page.wait_for_selector("body[data-ready]")


async def ask(page: Page, context: str) -> Locator:
    """Start a run as a person does; answers its card."""
    await composer(page).fill("/harbor run approve-and-act")
    await composer(page).press("Enter")
    dialog = page.get_by_test_id("dialog")
    await dialog.get_by_label("Context").fill(context)
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog).to_contain_text("Started")
    await dialog.get_by_test_id("dialog-close").click()
    await expect(dialog).to_have_count(0)
    asked = card(page, context)
    await expect(asked.get_by_role("button", name="Approve")).to_be_visible()
    return asked


# --- harbor demo


async def test_a_request_is_refused_to_who_asks_approved_by_another_and_filed(
    running: Started, open_page: OpenPage
):
    page = await open_page(running.url)
    await become(page, "bo")
    asked = await ask(page, "Refund 42")
    private = page.get_by_test_id("message").filter(has_text="Only visible to you")

    await asked.get_by_role("button", name="Approve").click()
    await expect(private).to_have_count(1)
    await become(page, "cam")
    await expect(private).to_have_count(0)
    await asked.get_by_role("button", name="Approve").click()

    await expect(asked).to_contain_text("Approved by @Cam Okafor")
    await expect(asked.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_test_id("issue-count")).to_have_text("1")
    await page.get_by_test_id("place-linear").click()
    await expect(page.get_by_test_id("issue")).to_contain_text("Follow-up: Refund 42")
    await become(page, "bo")
    await page.get_by_test_id("place-dm").click()
    await expect(page.get_by_test_id("message")).to_contain_text("Approved by @Cam Okafor")


async def test_a_rejection_takes_its_reason_to_the_card_and_to_who_asked(
    running: Started, open_page: OpenPage
):
    page = await open_page(f"{running.url}/?as=bo")
    asked = await ask(page, "Refund 43")
    await become(page, "cam")

    await asked.get_by_role("button", name="Reject").click()
    dialog = page.get_by_test_id("dialog")
    await dialog.get_by_label("Reason").fill("Too expensive")
    await dialog.get_by_role("button", name="Reject").click()

    await expect(asked).to_contain_text("Rejected by @Cam Okafor")
    await expect(asked).to_contain_text("Too expensive")
    await expect(asked.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_test_id("issue-count")).to_have_count(0)
    await become(page, "bo")
    await page.get_by_test_id("place-dm").click()
    await expect(page.get_by_test_id("message")).to_contain_text("Too expensive")


async def test_a_bot_killed_while_a_run_waits_goes_on_and_files_exactly_one_issue(
    running: Started, open_page: OpenPage
):
    page = await open_page(f"{running.url}/?as=bo")
    asked = await ask(page, "Refund 44")
    await become(page, "cam")

    os.kill(running.bot, signal.SIGKILL)
    await asked.get_by_role("button", name="Approve").click()
    await expect(page.get_by_test_id("notice")).to_be_visible()
    await asyncio.to_thread(running.comes_back)
    await asked.get_by_role("button", name="Approve").click()

    await expect(asked).to_contain_text("Approved by @Cam Okafor")
    await expect(asked.get_by_test_id("reply")).to_contain_text("complete")
    await page.get_by_test_id("place-linear").click()
    await expect(page.get_by_test_id("issue")).to_have_count(1)


# --- for everybody

# Who looks at what, and the words that say that it is all there.
SURFACES = [
    ("ana", "home", "Cancel"),
    ("cam", "approvals", "New"),
    ("bo", "dm", "Old"),
    ("bo", "linear", "Old"),
]


async def pending(acme: Town, context: str) -> Message:
    """Have Bo ask, and close what the form became."""
    asked = await acme.asked("bo", context=context, team_id="OPS")
    await acme.member("bo").close_modal()
    return asked


async def decided(acme: Town, context: str) -> None:
    """Have Bo ask and Cam approve; then the issue is filed and Bo has been told."""
    await acme.member("cam").click(await pending(acme, context), "approve")
    await acme.sandbox.until(lambda: acme.sandbox.issues)
    bo = acme.member("bo")
    await acme.sandbox.until(lambda: bo.history(bo.dm))


async def see(page: Page, name: str, at: str, words: str) -> None:
    parts = urlsplit(page.url)
    await page.goto(f"{parts.scheme}://{parts.netloc}/?as={name}&at={at}")
    await expect(page.locator("#content")).to_contain_text(words)


async def test_the_keyboard_alone_tells_the_story(acme: Town, open_page: OpenPage):
    page = await open_page(f"{acme.sandbox.url}/?as=bo")
    dialog = page.get_by_test_id("dialog")
    await tab_to(page, composer(page))
    await page.keyboard.type("/harbor run approve-and-act")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Context")).to_be_focused()
    await page.keyboard.type("Refund 42")
    await tab_to(page, dialog.get_by_role("button", name="Start"))
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("Started")
    await page.keyboard.press("Escape")
    await expect(composer(page)).to_be_focused()

    await tab_to(page, page.get_by_label("You are"))
    await page.keyboard.type("Cam")
    await page.wait_for_url("**as=cam**")
    asked = card(page, "Refund 42")
    await tab_to(page, asked.get_by_role("button", name="Approve"))
    await page.keyboard.press("Enter")

    await expect(asked).to_contain_text("Approved by @Cam Okafor")
    # The button is gone; who goes on with Tab goes on from the message it was in.
    await expect(asked).to_be_focused()


async def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(acme: Town, open_page: OpenPage):
    await acme.asked("bo")
    page = await open_page(f"{acme.sandbox.url}/?as=cam")
    dialog = page.get_by_test_id("dialog")
    reject = page.get_by_role("button", name="Reject")
    await reject.click()
    await expect(dialog.get_by_label("Reason")).to_be_focused()

    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate("!document.activeElement.closest('main, aside')")
    await page.keyboard.press("Escape")

    await expect(dialog).to_have_count(0)
    await expect(reject).to_be_focused()


async def test_what_is_wrong_in_a_form_is_tied_to_its_field(acme: Town, open_page: OpenPage):
    await acme.member("bo").command("/harbor run approve-and-act")
    page = await open_page(f"{acme.sandbox.url}/?as=bo")
    dialog = page.get_by_test_id("dialog")

    await dialog.get_by_role("button", name="Start").click()

    field = dialog.get_by_label("Context")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile("required"))


async def test_a_new_message_is_announced_and_nothing_else_is(acme: Town, open_page: OpenPage):
    await pending(acme, "Old")
    page = await open_page(f"{acme.sandbox.url}/?as=cam")
    await page.evaluate(
        """() => {
            window.announced = [];
            new MutationObserver((records) => {
                for (const { addedNodes } of records)
                    window.announced.push(...[...addedNodes].map((each) => each.textContent));
            }).observe(document.querySelector("[aria-live=polite]"), { childList: true });
        }"""
    )

    await pending(acme, "New")
    await expect(card(page, "New")).to_be_visible()

    announced = await page.evaluate("window.announced")
    assert any("New" in each for each in announced)
    assert not any("Old" in each for each in announced)


async def test_every_control_has_a_name(acme: Town, open_page: OpenPage):
    await decided(acme, "Old")
    await pending(acme, "New")
    page = await open_page(acme.sandbox.url)

    unnamed = {}
    for name, at, words in SURFACES:
        await see(page, name, at, words)
        unnamed[at] = await nameless(page)

    assert unnamed == {"home": [], "approvals": [], "dm": [], "linear": []}


async def test_every_control_of_a_form_has_a_name(acme: Town, open_page: OpenPage):
    await acme.member("bo").command("/harbor run approve-and-act")
    page = await open_page(f"{acme.sandbox.url}/?as=bo")
    await expect(page.get_by_test_id("dialog")).to_be_visible()

    assert await nameless(page) == []


async def test_a_phone_never_scrolls_sideways(acme: Town, open_page: OpenPage):
    await decided(acme, "Old" + "W" * 190)
    await pending(acme, "New" + "W" * 190)
    page = await open_page(acme.sandbox.url, viewport=PHONE)

    too_wide = {}
    for name, at, words in SURFACES:
        await see(page, name, at, words)
        too_wide[at] = await sticks_out(page)

    assert too_wide == {"home": [], "approvals": [], "dm": [], "linear": []}


async def test_a_form_fits_a_phone(acme: Town, open_page: OpenPage):
    await acme.member("bo").command("/harbor run approve-and-act")
    page = await open_page(f"{acme.sandbox.url}/?as=bo", viewport=PHONE)
    dialog = page.get_by_test_id("dialog")
    await expect(dialog).to_be_visible()

    box = await dialog.bounding_box()

    assert await sticks_out(page) == []
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    await expect(dialog.get_by_role("button", name="Start")).to_be_in_viewport()


async def test_a_link_that_the_bot_wrote_keeps_who_one_is(acme: Town, open_page: OpenPage):
    asked = await acme.asked("bo")
    await acme.member("cam").click(asked, "approve")
    page = await open_page(f"{acme.sandbox.url}/?as=cam")
    link = card(page, "Refund 42").get_by_role("link").first

    async with page.context.expect_page() as opening:
        await link.click()
    issues = await opening.value

    await expect(issues.get_by_label("You are")).to_have_value("cam")
    await expect(issues.get_by_test_id("issue")).to_be_visible()
