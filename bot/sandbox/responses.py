"""response_url: five answers in thirty minutes to the person who acted, or to their channel."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson
from aiohttp import web

from bot.sandbox import limits
from bot.sandbox.api import chat
from bot.sandbox.arguments import Arguments
from bot.sandbox.message import Message
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What an answer refers to: who acted, where, and on which message if it was one."""

    user_id: str
    channel: str
    original: Message | None = None


@dataclass(frozen=True, kw_only=True)
class Ticket:
    origin: Origin
    made_at: float
    uses: int = 0


class ResponseUrls:
    def __init__(self, workspace: Workspace, now: Callable[[], float]) -> None:
        self._workspace = workspace
        self._now = now
        self._tickets: dict[str, Ticket] = {}

    def make(self, origin: Origin) -> str:
        name = secrets.token_urlsafe(24)
        self._tickets[name] = Ticket(origin=origin, made_at=self._now())
        while len(self._tickets) > KEPT:
            self._tickets.pop(next(iter(self._tickets)))
        return f"{self._workspace.url}/response/{self._workspace.credentials.app_id}/{name}"

    async def handle(self, request: web.Request) -> web.Response:
        try:
            origin = self._use(request.match_info["ticket"])
        except Refused as refused:
            return web.Response(status=404, text=refused.error)
        try:
            body = orjson.loads(await request.read())
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        try:
            show(self._workspace, origin, body)
        except Refused as refused:
            return web.json_response(refused.answer(), status=400)
        return web.Response(text="ok")

    def _use(self, name: str) -> Origin:
        ticket = self._tickets.get(name)
        if ticket is None:
            raise Refused("no_such_url")
        if self._now() - ticket.made_at > limits.RESPONSE_URL_SECONDS:
            raise Refused("expired_url")
        if ticket.uses >= limits.RESPONSE_URL_USES:
            raise Refused("used_url")
        self._tickets[name] = replace(ticket, uses=ticket.uses + 1)
        return ticket.origin


def show(workspace: Workspace, origin: Origin, body: Json) -> None:
    """Do what an answer asks: show it to one person or to all, or change the original."""
    arguments = Arguments(body)
    if arguments.flag("delete_original", default=False):
        _delete(workspace, origin)
    elif arguments.flag("replace_original", default=False) and origin.original:
        _replace(workspace, origin, arguments)
    else:
        _add(workspace, origin, arguments)


def _add(workspace: Workspace, origin: Origin, arguments: Arguments) -> None:
    channel = workspace.channels[origin.channel]
    message = chat.written(workspace, channel, arguments)
    if arguments.optional("response_type", "ephemeral") == "in_channel":
        workspace.put_message(message)
    else:
        workspace.whisper(origin.user_id, replace(message, is_ephemeral=True))


def _replace(workspace: Workspace, origin: Origin, arguments: Arguments) -> None:
    """Rewrite the original where it stands: what was private stays private."""
    original = origin.original
    if original is None:
        return
    written = chat.written(workspace, workspace.channels[origin.channel], arguments)
    new = replace(original, text=written.text, blocks=written.blocks, edited=written.ts)
    if original.is_ephemeral:
        workspace.whisper(origin.user_id, new)
    elif workspace.message(original.channel, original.ts):
        workspace.put_message(new)
    else:
        raise Refused("message_not_found")


def _delete(workspace: Workspace, origin: Origin) -> None:
    if origin.original is None:
        raise Refused("message_not_found")
    if origin.original.is_ephemeral:
        workspace.hush(origin.user_id, origin.original.ts)
    else:
        workspace.drop_message(origin.original)
