"""One open socket to the bot."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import TypeAlias

import orjson
from aiohttp import web

from bot.sandbox.api.door import reset
from bot.sandbox.socket_mode.envelope import Farewell, disconnect
from bot.sandbox.wire import Json

REFRESH_SECONDS = 10.0  # "about 10 s" after it asked for a refresh, Slack ends the socket itself


class Connection:
    """`is_leaving` once it was asked to refresh: it still acknowledges, and gets nothing new
    while there is another.
    """

    def __init__(self, name: str, request: web.Request, websocket: web.WebSocketResponse) -> None:
        self.id = name
        self.is_leaving = False
        self._request = request
        self._websocket = websocket
        self._ending: asyncio.Task[None] | None = None

    async def say(self, message: Json) -> None:
        """Send a message; raises ConnectionError when the other end is gone."""
        await self._websocket.send_str(orjson.dumps(message).decode())

    async def part(self, reason: Farewell) -> None:
        """Tell the bot that this socket will end, and why; end it if the bot does not."""
        await self.say(disconnect(reason, self.id))
        if reason is Farewell.REFRESH_REQUESTED:
            self.is_leaving = True
            self._ending = asyncio.create_task(self._end_later())

    async def _end_later(self) -> None:
        await asyncio.sleep(REFRESH_SECONDS)
        await self.close()

    async def ping(self) -> None:
        await self._websocket.ping(f"Ping from {self.id}".encode())

    async def close(self) -> None:
        """End it politely."""
        await self._websocket.close()

    def abort(self) -> None:
        """End it as a broken cable does, without a word."""
        reset(self._request)

    def forget(self) -> None:
        """Drop what was planned for it: it has ended."""
        if self._ending is not None:
            self._ending.cancel()


# Which of the open sockets gets a delivery; Slack promises no pattern.
Choice: TypeAlias = Callable[[Sequence[Connection]], Connection]


def taking_turns() -> Choice:
    """Choose each in turn, in the order in which they were opened."""
    turns = count()
    return lambda connections: connections[next(turns) % len(connections)]
