"""Private answers: said to one person only, by whichever way is open. Never silence."""

import logging
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.config import is_loopback
from bot.slack.views.kit import Block
from bot.slack.views.modals import notice

log = logging.getLogger(__name__)

HOOKS = "https://hooks.slack.com"
TIMEOUT_S = 5
OK = 200
UNREACHED = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
NOT_OPENED = "The form could not be opened. Please try again."


@dataclass(frozen=True, slots=True)
class Said:
    """Where somebody did something, and so where they can be answered."""

    user: str
    channel: str | None
    response_url: str | None
    trigger_id: str | None
    thread_ts: str | None = None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Self:
        """Read it from a payload, of a click, a submission or a command."""
        user = body.get("user")
        channel = body.get("channel")
        container = body.get("container") or {}
        return cls(
            user=str(user["id"] if isinstance(user, dict) else body.get("user_id", "")),
            channel=channel.get("id") if isinstance(channel, dict) else body.get("channel_id"),
            response_url=body.get("response_url"),
            trigger_id=body.get("trigger_id"),
            thread_ts=container.get("thread_ts"),
        )


class Private:
    """Tells one person something: at the click, in the channel, in a modal, or in a DM."""

    def __init__(self, client: AsyncWebClient, api_base_url: str) -> None:
        self._client = client
        self._api_base_url = api_base_url

    async def tell(self, said: Said, words: str, blocks: list[Block] | None = None) -> None:
        """Say *words* to whoever did it. Raises nothing: who cannot be reached is logged."""
        for way in (self._respond, self._in_channel, self._in_modal, self._in_dm):
            try:
                if await way(said, words, blocks):
                    return
            except UNREACHED as error:
                log.info("a private answer did not arrive: %s", type(error).__name__)
        log.warning("a private answer to %s could not be given by any way", said.user)

    async def ask(self, said: Said, view: Block) -> None:
        """Open a modal; whoever clicked too long ago, or twice, is told to click again."""
        try:
            await self._client.views_open(trigger_id=said.trigger_id or "", view=view)
        except UNREACHED as error:
            log.info("a form could not be opened: %s", type(error).__name__)
            await self.tell(said, NOT_OPENED)

    async def _respond(self, said: Said, words: str, blocks: list[Block] | None) -> bool:
        if said.response_url is None or not self._may_call(said.response_url):
            return False
        webhook = AsyncWebhookClient(said.response_url, timeout=TIMEOUT_S, retry_handlers=[])
        answer = await webhook.send(
            text=words, blocks=blocks, response_type="ephemeral", replace_original=False
        )
        return answer.status_code == OK

    def _may_call(self, url: str) -> bool:
        """A forged response_url must not make us call anything but Slack."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin == HOOKS:
            return True
        own = urlsplit(self._api_base_url)
        return is_loopback(self._api_base_url) and origin == f"{own.scheme}://{own.netloc}"

    async def _in_channel(self, said: Said, words: str, blocks: list[Block] | None) -> bool:
        if said.channel is None:
            return False
        await self._client.chat_postEphemeral(
            channel=said.channel, user=said.user, text=words, blocks=blocks
        )
        return True

    async def _in_modal(self, said: Said, words: str, blocks: list[Block] | None) -> bool:
        if said.trigger_id is None:
            return False
        await self._client.views_open(trigger_id=said.trigger_id, view=notice("Harbor", words))
        return True

    async def _in_dm(self, said: Said, words: str, blocks: list[Block] | None) -> bool:
        await self._client.chat_postMessage(
            channel=said.user, text=words, blocks=blocks, unfurl_links=False, unfurl_media=False
        )
        return True
