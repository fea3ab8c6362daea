"""Slack's door: raw bytes are judged by the gate, and only what passed is shown to Bolt."""

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack import gate
from bot.slack.app import MISREAD
from bot.slack.identity import Identity
from workflows.clock import Clock

log = logging.getLogger(__name__)

LONGEST_READ_S = 15.0
LONGEST_CHALLENGE = 1_024


@dataclass(frozen=True)
class SlackDoor:
    """`POST /slack/events`: events, interactions, commands and option loads."""

    bolt: AsyncApp
    identity: Identity
    signing_secret: str
    clock: Clock

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of Slack's: 200, or 400, 401, 413, 415 with an empty body."""
        is_compressed = request.headers.get("Content-Encoding", "identity") != "identity"
        if is_compressed or request.content_type not in {gate.FORM, gate.JSON}:
            return web.Response(status=415)
        raw = await self._read(request)
        if b"ssl_check=1" in raw.split(b"&"):
            return web.Response()
        try:
            gate.verify(self.signing_secret, raw, request.headers, self.clock.now().timestamp())
            signed = gate.read(raw, request.content_type)
        except gate.Unsigned:
            return web.Response(status=401)
        except gate.Malformed as error:
            log.warning("a signed request was malformed: %s", error)
            return web.Response(status=400)
        if signed.payload.get("type") == "url_verification":
            return _challenge(signed)
        return await self._dispatch(signed)

    async def _dispatch(self, signed: gate.Signed) -> web.StreamResponse:
        if not self.identity.is_known:
            # Whether this is meant for us cannot be told yet: Slack shows its own warning.
            return web.Response(status=503)
        # As the gate has read it: read again, the same bytes could say something else, and
        # Bolt would verify them a second time, by a clock of its own.
        try:
            asked = AsyncBoltRequest(body=signed.payload, mode="socket_mode")
            answer = await self.bolt.async_dispatch(asked)
        except MISREAD as error:
            log.warning("a signed request was malformed: %s", error)
            return web.Response(status=400)
        if answer.status == HTTPStatus.NOT_FOUND:
            log.info("nothing listens to a request of type %.40s", signed.payload.get("type"))
            return web.Response()
        return await to_aiohttp_response(answer)

    async def _read(self, request: web.Request) -> bytes:
        """Read the body, bounded in size (413) and time (408)."""
        try:
            async with asyncio.timeout(LONGEST_READ_S):
                return await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None


def _challenge(signed: gate.Signed) -> web.Response:
    """Echo Slack's challenge, as text and of bounded length."""
    challenge = signed.payload.get("challenge")
    if not isinstance(challenge, str) or len(challenge) > LONGEST_CHALLENGE:
        return web.Response(status=400)
    return web.Response(text=challenge)
