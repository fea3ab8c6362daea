"""A sandbox, a bot that records what it is told, and Slack's own client."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox

Answer = Callable[["Received"], Awaitable[web.Response]]


@dataclass(frozen=True)
class Received:
    """One delivery as the bot saw it."""

    payload: dict[str, Any]
    raw: bytes
    headers: dict[str, str]


async def acknowledge(received: Received) -> web.Response:
    return web.Response()


@dataclass
class Bot:
    """Listens like a bot; `answer` decides what it says."""

    received: list[Received] = field(default_factory=list)
    answer: Answer = acknowledge
    url: str = ""

    @property
    def last(self) -> dict[str, Any]:
        return self.received[-1].payload

    def answering(self, body: object, status: int = 200) -> None:
        async def answer(received: Received) -> web.Response:
            return web.json_response(body, status=status)

        self.answer = answer

    async def listen(self, request: web.Request) -> web.Response:
        raw = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(_payload(raw, request.content_type), raw, headers)
        self.received.append(received)
        return await self.answer(received)


def _payload(raw: bytes, content_type: str) -> dict[str, Any]:
    if content_type == "application/json":
        return json.loads(raw)
    form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
    return json.loads(form["payload"]) if "payload" in form else form


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot = Bot()
    application = web.Application()
    application.router.add_post("/slack/events", bot.listen)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield bot
    await runner.cleanup()


class MovedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_790_000_000.0

    def __call__(self) -> float:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def sandbox(bot: Bot, clock: MovedClock) -> AsyncIterator[Sandbox]:
    sandbox = await Sandbox.start(
        bot_url=bot.url, now=clock, ack_seconds=0.5, event_retries=(0.0, 0.0, 0.0)
    )
    yield sandbox
    await sandbox.stop()


def client(sandbox: Sandbox, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(
        token=token or sandbox.credentials.bot_token,
        base_url=f"{sandbox.url}/api/",
        retry_handlers=[],
    )


@pytest.fixture
def slack(sandbox: Sandbox) -> AsyncWebClient:
    return client(sandbox)


# --- Block Kit, short


def text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def button(action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": text(action_id), "action_id": action_id, **more}


def option(value: str, words: str = "") -> dict[str, Any]:
    return {"text": text(words or value), "value": value}


def field_of(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": "value", **element}
    return {"type": "input", "block_id": name, "label": text(name), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    view = {"type": "modal", "title": text("Form"), "submit": text("Send"), "blocks": list(blocks)}
    return view | more


class Kit:
    """The short forms above, for tests that build blocks."""

    text = staticmethod(text)
    button = staticmethod(button)
    option = staticmethod(option)
    field = staticmethod(field_of)
    modal = staticmethod(modal)
    client = staticmethod(client)


@pytest.fixture
def kit() -> type[Kit]:
    return Kit


@pytest.fixture
async def opened(sandbox: Sandbox, bot: Bot, slack: AsyncWebClient) -> Any:
    """Open a modal for ana the way a bot does: with the trigger of her command."""

    async def open_view(view: dict[str, Any], name: str = "ana") -> None:
        await sandbox.member(name).command("/harbor")
        await slack.views_open(trigger_id=bot.last["trigger_id"], view=view)

    return open_view
