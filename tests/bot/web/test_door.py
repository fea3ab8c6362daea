"""The web door as a whole: shut without its settings, and out of nobody's way."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot import app
from bot.sandbox import Sandbox
from tests.bot.web.browser import Browser, words
from tests.journeys.town import Town, town


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/auth/slack/login"),
        ("GET", "/auth/slack/callback?code=1&state=2"),
        ("POST", "/auth/logout"),
        ("GET", "/run/0000000000000000000000000a"),
        ("GET", "/run/0000000000000000000000000a/approve"),
        ("POST", "/run/0000000000000000000000000a/approve"),
    ],
)
async def test_without_its_settings_every_page_says_which_to_set(
    sandbox: Sandbox, tmp_path: Path, method: str, path: str
):
    async with (
        town(sandbox, tmp_path) as acme,
        httpx.AsyncClient(base_url=acme.harbor.url) as client,
    ):
        answered = await client.request(method, path)

    assert answered.status_code == 503
    assert "SLACK_SIGN_IN_CLIENT_ID" in words(answered)
    assert "api.slack.com/apps" in words(answered)


async def test_without_its_settings_cards_carry_no_link_to_a_page(sandbox: Sandbox, tmp_path: Path):
    async with town(sandbox, tmp_path) as acme:
        card = await acme.asked("bo")

        assert set(card.action_ids) == {"approve", "reject"}


async def test_cards_lead_to_the_page_of_their_own_request(acme: Town, cam: Browser):
    card = await acme.asked("bo")
    await acme.harbor.dispatcher.drain()

    (button,) = [
        each
        for block in card.blocks
        for each in block.get("elements", [])
        if each.get("action_id") == "open"
    ]

    page = await cam.get(button["url"])
    assert button["url"].startswith(f"{acme.settings.public_url}/run/")
    assert "File a follow-up for Refund 42?" in words(page)
    assert "Approve" in words(page)


async def test_under_another_name_of_this_machine_signing_in_moves_to_the_right_one(acme: Town):
    url = acme.settings.public_url
    async with httpx.AsyncClient(base_url=url.replace("127.0.0.1", "localhost")) as client:
        answered = await client.get("/auth/slack/login?next=/")

    assert answered.status_code == 303
    assert answered.headers["Location"] == f"{url}/auth/slack/login?next=/"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_a_method_that_a_page_does_not_have_is_refused(cam: Browser, method: str):
    answered = await cam.http.request(method, "/run/0000000000000000000000000a/approve")

    assert answered.status_code == 405
    assert set(answered.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\nHost: "], ids=["nothing", "half"])
async def test_x48_who_connects_and_asks_nothing_whole_is_hung_up_on(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
):
    monkeypatch.setattr(app, "IDLE_S", 0.2)
    async with town(sandbox, tmp_path) as acme:
        address = urlsplit(acme.harbor.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(said)
        try:
            async with asyncio.timeout(10):
                heard = await reader.read()
        finally:
            writer.close()

    assert heard == b""
