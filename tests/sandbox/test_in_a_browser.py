"""The page in a real browser: live updates, focus, dialogs, two people at once."""

import pytest
from aiohttp import web
from playwright.async_api import expect

pytest_plugins = ["tests.browser"]


@pytest.fixture
def look(sandbox, open_page):
    """Open the page as somebody."""

    async def opened(name="ana", at="approvals", **context):
        return await open_page(f"{sandbox.url}/?as={name}&at={at}", **context)

    return opened


@pytest.fixture
async def card(sandbox, slack, kit):
    blocks = [{"type": "actions", "block_id": "b", "elements": [kit.button("approve")]}]
    await slack.chat_postMessage(channel="#approvals", text="card", blocks=blocks)
    return sandbox.messages("#approvals")[0]


async def test_a_click_reaches_the_bot_and_its_update_reaches_the_page(look, bot, slack, card):
    async def decide(received):
        await slack.chat_update(channel=card.channel, ts=card.ts, text="Approved", blocks=[])
        return web.Response()

    bot.answer = decide
    page, other = await look("ana"), await look("bo")

    await page.get_by_role("button", name="approve").click()

    for each in (page, other):
        await expect(each.get_by_test_id("message")).to_contain_text("Approved")
        await expect(each.get_by_test_id("action")).to_have_count(0)
    assert bot.last["user"]["name"] == "ana"
    # The button is gone; the focus stays with the message it was in.
    assert await page.evaluate("document.activeElement.dataset.testid") == "message"


async def test_a_form_opens_takes_the_focus_shows_errors_and_closes(look, bot, slack, kit):
    view = kit.modal(
        kit.field("context", {"type": "plain_text_input"}),
        kit.field("note", {"type": "plain_text_input"}, optional=True),
    )

    async def answer(received):
        if "command" in received.payload:
            await slack.views_open(trigger_id=received.payload["trigger_id"], view=view)
        return web.Response()

    bot.answer = answer
    page = await look()
    await page.get_by_test_id("composer").get_by_role("combobox").fill("/harbor run")
    await page.keyboard.press("Enter")
    dialog = page.get_by_test_id("dialog")
    await expect(dialog.get_by_label("context")).to_be_focused()

    await dialog.get_by_label("note").fill("kept")
    await page.get_by_test_id("dialog-submit").click()
    await expect(page.get_by_test_id("field-error")).to_have_text(
        "Please complete this required field."
    )
    await expect(dialog.get_by_label("context")).to_be_focused()
    await expect(dialog.get_by_label("note")).to_have_value("kept")
    await dialog.get_by_label("context").fill("Refund")
    await page.keyboard.press("Enter")

    await expect(dialog).to_have_count(0)
    await expect(page.get_by_test_id("composer").get_by_role("combobox")).to_be_focused()
    values = bot.last["view"]["state"]["values"]
    assert values["context"]["value"]["value"] == "Refund"
    assert values["note"]["value"]["value"] == "kept"


async def test_escape_closes_a_modal_in_the_workspace_too(look, sandbox, opened, kit):
    page = await look()
    await opened(kit.modal({"type": "divider"}))
    await expect(page.get_by_test_id("dialog")).to_be_visible()

    await page.keyboard.press("Escape")

    await expect(page.get_by_test_id("dialog")).to_have_count(0)
    assert sandbox.member("ana").view is None


async def test_what_is_half_typed_survives_what_arrives(look, slack):
    page = await look()
    box = page.get_by_test_id("composer").get_by_role("combobox")
    await box.fill("half a sen")

    await slack.chat_postMessage(channel="#approvals", text="news")

    await expect(page.get_by_test_id("message")).to_contain_text("news")
    await expect(box).to_have_value("half a sen")
    await expect(box).to_be_focused()


async def test_home_asks_the_bot_and_shows_what_it_publishes(look, bot, slack, kit):
    async def publish(received):
        view = {"type": "home", "blocks": [{"type": "header", "text": kit.text("Welcome")}]}
        await slack.views_publish(user_id=received.payload["event"]["user"], view=view)
        return web.Response()

    bot.answer = publish

    page = await look(at="home")

    await expect(page.get_by_test_id("home")).to_contain_text("Welcome")


async def test_becoming_somebody_else_keeps_the_place(look):
    page = await look("ana", "general")

    await page.get_by_test_id("member-switch").select_option("bo")

    await page.wait_for_url("**as=bo**")
    await expect(page.get_by_test_id("member-switch")).to_have_value("bo")
    await expect(page.get_by_role("heading", level=1)).to_have_text("#general")


async def test_text_with_markup_stays_text(look, slack):
    evil = "&lt;img src=x onerror=alert(1)&gt; <javascript:alert(1)|click>"
    await slack.chat_postMessage(channel="#approvals", text=evil)

    page = await look()

    await expect(page.get_by_test_id("message")).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(page.get_by_test_id("message").get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("at", ["approvals", "home", "linear"])
async def test_nothing_sticks_out_on_a_phone(look, slack, at):
    await slack.chat_postMessage(channel="#approvals", text="x" * 300)

    page = await look(at=at, viewport={"width": 390, "height": 800})

    assert await page.evaluate("document.documentElement.scrollWidth") == 390
