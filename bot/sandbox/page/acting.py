"""What the page's script asks for, done as the person whose page it is."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import orjson
from aiohttp import web

from bot.sandbox.deliver import Delivered
from bot.sandbox.fields import NotOffered
from bot.sandbox.member import Member
from bot.sandbox.message import Message
from bot.sandbox.refusal import NothingThere
from bot.sandbox.switchboard import Switchboard
from bot.sandbox.wire import Json

Deed: TypeAlias = Callable[[Member, Json], Awaitable[Delivered | None]]


class Acting:
    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self._workspace = switchboard.workspace

    async def handle(self, request: web.Request) -> web.Response:
        deed = DEEDS.get(request.match_info["deed"])
        wish = _json(await request.read())
        member = self._member(str(wish.get("as", "")))
        if deed is None or member is None:
            return web.json_response({"error": "nobody can do that here"}, status=404)
        try:
            delivered = await deed(member, wish)
        except (NothingThere, NotOffered, KeyError) as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response({"status": delivered.status if delivered else None})

    async def options(self, request: web.Request) -> web.Response:
        """Ask the bot for the options of an external select while somebody types."""
        member = self._member(request.query.get("as", ""))
        if member is None or member.view is None:
            return web.json_response({"options": []})
        action, query = request.query.get("action_id", ""), request.query.get("query", "")
        return web.json_response({"options": await member.options(action, query)})

    def _member(self, name: str) -> Member | None:
        person = self._workspace.person(name)
        if person is None or person.deleted or person.is_bot:
            return None
        return Member(self._switchboard, person.id)


def _json(raw: bytes) -> Json:
    try:
        wish = orjson.loads(raw)
    except ValueError:
        return {}
    return wish if isinstance(wish, dict) else {}


async def _send(member: Member, wish: Json) -> Delivered | None:
    text = str(wish["text"]).strip()
    if text.startswith("/"):
        return await member.command(text, wish["channel"])
    if text:
        await member.say(wish["channel"], text)
    return None


async def _click(member: Member, wish: Json) -> Delivered:
    message = _seen(member, wish["channel"], wish["ts"])
    return await member.click(
        message, wish["action_id"], wish.get("value"), block=wish.get("block_id")
    )


def _seen(member: Member, channel: str, ts: str) -> Message:
    for message in [*member.ephemerals, *member.history(channel)]:
        if message.ts == ts:
            return message
    raise NothingThere("this message is gone")


async def _click_home(member: Member, wish: Json) -> Delivered:
    return await member.click_home(wish["action_id"], wish.get("value"), block=wish.get("block_id"))


async def _click_view(member: Member, wish: Json) -> Delivered:
    return await member.click_view(wish["action_id"], wish.get("value"), block=wish.get("block_id"))


async def _submit(member: Member, wish: Json) -> Delivered:
    return await member.submit(wish.get("values", {}))


async def _close(member: Member, wish: Json) -> Delivered | None:
    return await member.close_modal(whole_stack=bool(wish.get("whole_stack")))


async def _open_home(member: Member, wish: Json) -> Delivered:
    return await member.open_home()


DEEDS: dict[str, Deed] = {
    "send": _send,
    "click": _click,
    "click_home": _click_home,
    "click_view": _click_view,
    "submit": _submit,
    "close": _close,
    "open_home": _open_home,
}
