"""The door of Socket Mode: sockets that the bot opened, envelopes through any one of them."""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Mapping
from itertools import count

import orjson
from aiohttp import WSMsgType, web

from bot.sandbox import limits
from bot.sandbox.arguments import Arguments
from bot.sandbox.deliver import KEPT, OK, Delivered, Delivery, Sent
from bot.sandbox.socket_mode import envelope
from bot.sandbox.socket_mode.connection import Connection, taking_turns
from bot.sandbox.socket_mode.envelope import Farewell
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

PATH = "/link/"
CLOSING_SECONDS = 0.5


class Sockets:
    """A Door. `is_on` is the app's setting: while it is off, who connects is sent away.

    `choose` picks among the open connections for each delivery, and may be replaced.
    """

    def __init__(self, workspace: Workspace, ack_seconds: float) -> None:
        self.is_on = False
        self.choose = taking_turns()
        self.sent: deque[Sent] = deque(maxlen=KEPT)
        self._workspace = workspace
        self._ack_seconds = ack_seconds
        self._names = count(1)
        self._tickets: set[str] = set()
        self._connections: dict[str, Connection] = {}
        self._pending: dict[asyncio.Future[Json | None], str] = {}  # to the envelope's id

    # --- what a test sees and does

    @property
    def count(self) -> int:
        return len(self._connections)

    @property
    def ids(self) -> list[str]:
        """The open sockets, oldest first; `hello` tells its own as `debug_info.host`."""
        return list(self._connections)

    async def refresh(self, *ids: str, warning: bool = False) -> None:
        """Ask sockets (all, if none is named) to reconnect, or warn that this will come."""
        reason = Farewell.WARNING if warning else Farewell.REFRESH_REQUESTED
        await asyncio.gather(*(each.part(reason) for each in self._named(ids)))

    async def ping(self) -> None:
        await asyncio.gather(*(each.ping() for each in self._named(())))

    def drop(self, *ids: str) -> None:
        """Break sockets (all, if none is named): no farewell, the connection is reset."""
        for each in self._named(ids):
            each.abort()

    async def disable(self) -> None:
        """Switch Socket Mode off in the app's settings, as its owner may."""
        self.is_on = False
        parting = self._named(())
        await asyncio.gather(*(each.part(Farewell.LINK_DISABLED) for each in parting))
        await self.close()

    def _named(self, ids: tuple[str, ...]) -> list[Connection]:
        return [self._connections[each] for each in ids or self.ids]

    # --- the bot's side

    def open(self, arguments: Arguments) -> Json:
        """Answer apps.connections.open: an address that is good for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        address = self._workspace.url.replace("http", "ws", 1) + PATH
        return {"url": f"{address}?ticket={ticket}&app_id={self._workspace.credentials.app_id}"}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this address was used, or never given out\n")
        self._tickets.discard(ticket)
        websocket = web.WebSocketResponse(
            heartbeat=limits.SOCKET_PING_SECONDS, timeout=CLOSING_SECONDS
        )
        await websocket.prepare(request)
        connection = Connection(f"socket-{next(self._names)}", request, websocket)
        if refusal := self._refusal():
            await connection.part(refusal)
            await connection.close()
            return websocket
        await self._hold(connection, websocket, request)
        return websocket

    def _refusal(self) -> Farewell | None:
        if not self.is_on:
            return Farewell.LINK_DISABLED
        return Farewell.TOO_MANY_WEBSOCKETS if self.count >= limits.SOCKETS else None

    async def _hold(
        self, connection: Connection, websocket: web.WebSocketResponse, request: web.Request
    ) -> None:
        """Keep a connection among the open ones for as long as it lasts."""
        self._connections[connection.id] = connection
        is_debugging = request.query.get("debug_reconnects") == "true"
        app_id = self._workspace.credentials.app_id
        try:
            await connection.say(
                envelope.hello(app_id, connection.id, self.count, is_debugging=is_debugging)
            )
            self._workspace.changed()
            async for message in websocket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        except ConnectionError:
            return  # it was gone before it was greeted
        finally:
            connection.forget()
            del self._connections[connection.id]
            self._workspace.changed()

    def _acknowledge(self, text: str) -> None:
        """Take an acknowledgement, whichever socket brings it: clients retry on a new one."""
        found = envelope.acknowledged(text)
        if found is None:
            return
        name, answer = found
        for waiting, expected in self._pending.items():
            if expected == name and not waiting.done():
                waiting.set_result(answer)

    # --- the workspace's side

    async def send(self, delivery: Delivery) -> Delivered:
        return await self._deliver(envelope.wrapped(delivery))

    async def repeat(self, sent: Sent, headers: Mapping[str, str]) -> Delivered:
        return await self._deliver(orjson.loads(sent.body))

    async def _deliver(self, wrapped: Json) -> Delivered:
        started = time.monotonic()
        try:
            answer = await self._exchange(wrapped)
            body = "" if answer is None else orjson.dumps(answer).decode()
            delivered = Delivered(status=OK, seconds=time.monotonic() - started, body=body)
        except TimeoutError:
            seconds = time.monotonic() - started
            delivered = Delivered(status=None, seconds=seconds, error="operation_timeout")
        except ConnectionError as error:
            delivered = Delivered(status=None, body=str(error), error="dispatch_failed")
        self.sent.append(Sent(body=orjson.dumps(wrapped), headers={}, delivered=delivered))
        return delivered

    async def _exchange(self, wrapped: Json) -> Json | None:
        """Send an envelope and wait for its acknowledgement, which may bring an answer.

        A socket that breaks meanwhile does not end the wait: the bot may acknowledge on another.
        """
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._pending[waiting] = wrapped["envelope_id"]
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self._chosen().say(wrapped)
                answer = await waiting
        finally:
            del self._pending[waiting]
        return answer if wrapped["accepts_response_payload"] else None

    def _chosen(self) -> Connection:
        staying = [each for each in self._connections.values() if not each.is_leaving]
        candidates = staying or list(self._connections.values())
        if not candidates:
            raise ConnectionError("no socket is open")
        return self.choose(candidates)

    async def hang_up(self, application: web.Application) -> None:
        """Close when the server stops, as aiohttp asks its applications to."""
        await self.close()

    async def close(self) -> None:
        await asyncio.gather(*(each.close() for each in self._named(())))
