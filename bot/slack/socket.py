"""Socket Mode: two WebSockets that we open, so that one hears while the other is replaced.

Slack may send any payload through either. What comes in passes the gate as it would over HTTP,
and is acknowledged after the commit. The SDK reconnects by itself, except when it does not
(slack-sdk #1110, #1940; bolt #1529): a socket that stays down is thrown away and made anew.
"""

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.config import HOW_TO_GET
from bot.slack import gate
from bot.slack.connection import Connection
from bot.slack.errors import Trouble, failure
from bot.slack.identity import Identity
from workflows.errors import ConfigurationError

log = logging.getLogger(__name__)

# The SDK's own lines: a traceback a second while Slack is away, with one-time addresses in it.
silent = logging.getLogger(f"{__name__}.sdk")
silent.setLevel(logging.CRITICAL + 1)

SOCKETS = 2  # of the ten that Slack allows
DEAF = "no socket to Slack is open"
SWITCHED_OFF = (
    "Socket Mode is switched off for this app (link_disabled);"
    " switch it on at api.slack.com/apps → your app → Socket Mode"
)


@dataclass(frozen=True, slots=True)
class Timings:
    """How patient we are, in seconds."""

    look: float = 1.0  # between two looks at a socket
    ping: float = 5.0  # of the SDK; after four without an answer it reconnects
    patience: float = 30.0  # a socket that is down for longer is made anew
    disabled: float = 60.0  # before another try where Socket Mode is switched off
    stagger: float = 5.0  # between the first socket and the second: they age apart
    answer: float = 3.0  # what has come in is answered before a socket is closed
    close: float = 2.0  # for Slack to say goodbye


class Handler(AsyncSocketModeHandler):
    """One socket. Bolt's own handler, with our gate before it."""

    def __init__(self, sockets: "Sockets", app_token: str) -> None:
        super().__init__(sockets.bolt, app_token, logger=silent, ping_interval=sockets.timings.ping)
        self.is_disabled = False
        self._is_greeted = False
        self._sockets = sockets
        self.client.on_message_listeners.append(self._note)

    async def handle(  # type: ignore[override]  # Bolt narrows it in the same way
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """Answer one payload; what is not acknowledged Slack shows as not taken."""
        self._sockets.begun()
        try:
            answer = await self._sockets.answer(req)
            await send_async_response(client, req, answer, 0)
        except (OSError, aiohttp.ClientError) as error:
            log.warning("a payload was taken, but Slack did not hear so: %s", type(error).__name__)
        finally:
            self._sockets.ended()

    async def is_open(self) -> bool:
        """Whether payloads can come in here."""
        socket = self.client
        return self._is_greeted and await socket.is_connected()

    async def discard(self, patience: float) -> None:
        """Close it; a socket whose other end is gone is not waited for."""
        try:
            async with asyncio.timeout(patience):
                await self.close_async()  # type: ignore[no-untyped-call]
        except (TimeoutError, OSError, aiohttp.ClientError):
            client = self.client
            loops = (client.message_processor, client.current_session_monitor)
            for each in filter(None, (*loops, client.message_receiver)):
                each.cancel()
            await client.aiohttp_client_session.close()

    async def _note(self, message: aiohttp.WSMessage) -> None:
        """Look at what Slack says about the socket itself; the SDK keeps that to itself."""
        match _read(message.data):
            case {"type": "hello", **rest}:
                self._is_greeted = True
                self._sockets.greeted(rest.get("num_connections"))
            case {"type": "disconnect", "reason": reason}:
                log.info("Slack ends a socket: %.40s", reason)
                self._is_greeted = False
                self.is_disabled = reason == "link_disabled"


@dataclass
class Sockets:
    """Hears Slack without an address of its own. `open`, then `close`."""

    bolt: AsyncApp
    identity: Identity
    connection: Connection
    app_token: str
    timings: Timings = field(default_factory=Timings)
    counted: int | None = None  # the connections of our app, as Slack said last
    _handlers: dict[int, Handler] = field(default_factory=dict)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _under_way: int = 0
    _is_idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Begin to hear. Raises ConfigurationError where Slack refuses the token.

        Slack being away is no reason not to start: the sockets go on trying.
        """
        self._is_idle.set()
        self.connection.deafened(DEAF)
        # Asked for here to learn of a refusal, and used: Slack gives out few a minute.
        addresses = [await self._address()] + [None] * (SOCKETS - 1)
        self._keepers = [
            asyncio.create_task(self._keep(slot, address), name=f"socket {slot}")
            for slot, address in enumerate(addresses)
        ]

    async def close(self) -> None:
        """Hear nothing more: what has come in is answered first, one socket after the other."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for slot in sorted(self._handlers):
            await self._answered()
            await self._handlers[slot].discard(self.timings.close)
        await self._answered()

    async def answer(self, request: SocketModeRequest) -> BoltResponse:
        """Hand a payload to Bolt as the HTTP door does; anything but a 200 is not acknowledged."""
        if not self.identity.is_known:
            return BoltResponse(status=503)
        try:
            payload = _checked(request.payload)
        except gate.Malformed as error:
            log.warning("a payload was malformed: %s", error)
            return BoltResponse(status=400)
        answer = await self.bolt.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
        # Nothing of ours listens to it: to Slack that is an answer, not a failure.
        return BoltResponse(status=200) if answer.status == 404 else answer  # noqa: PLR2004

    def greeted(self, count: object) -> None:
        """Note how many connections Slack counts for the app."""
        self.counted = count if isinstance(count, int) else None
        if self.counted is not None and self.counted > SOCKETS:
            log.warning(
                "Slack counts %s connections of this app, %s are ours: the others take payloads"
                " that are then missing here. Is another Harbor running with the same app token?",
                self.counted,
                SOCKETS,
            )

    def begun(self) -> None:
        """Something has come in."""
        self._under_way += 1
        self._is_idle.clear()

    def ended(self) -> None:
        """It was answered."""
        self._under_way -= 1
        if not self._under_way:
            self._is_idle.set()

    # -- parts --------------------------------------------------------------------------------

    async def _address(self) -> str | None:
        """Ask for a socket's address. Raises ConfigurationError where the token is refused."""
        try:
            answer = await self.bolt.client.apps_connections_open(app_token=self.app_token)
        except Exception as error:
            failed = failure(error)
            if failed.trouble in {Trouble.LATER, Trouble.UNCLEAR}:
                self.connection.deafened(f"{DEAF} ({failed.code})")
                return None
            raise ConfigurationError(
                f"SLACK_APP_TOKEN: Slack refuses it ({failed.code}). It needs the scope"
                f" connections:write. Find it at {HOW_TO_GET['SLACK_APP_TOKEN']}"
            ) from error
        return str(answer["url"])

    async def _address_again(self) -> str | None:
        """Ask for an address on the way: what cannot be had is asked for later."""
        try:
            return await self._address()
        except ConfigurationError as error:
            self.connection.deafened(str(error))
            return None

    async def _keep(self, slot: int, address: str | None) -> None:
        """Have a socket in *slot*, whatever happens to it; *address* opens the first one."""
        await asyncio.sleep(slot * self.timings.stagger)
        while True:
            handler = self._handlers[slot] = Handler(self, self.app_token)
            handler.client.wss_uri = address
            connecting = asyncio.create_task(
                handler.connect_async()  # type: ignore[no-untyped-call]
            )
            try:
                await self._until_useless(handler)
            finally:
                connecting.cancel()
            await handler.discard(self.timings.close)
            if handler.is_disabled:
                await asyncio.sleep(self.timings.disabled)
            else:
                log.warning("a socket was down for too long; it is made anew")
            # A new one every time: an address is good for one attempt.
            address = await self._address_again()

    async def _until_useless(self, handler: Handler) -> None:
        """Return once the socket was down for too long, or Socket Mode is switched off."""
        loop = asyncio.get_running_loop()
        last_open = loop.time()
        while loop.time() - last_open < self.timings.patience and not handler.is_disabled:
            if await handler.is_open():
                last_open = loop.time()
            await self._tell()
            await asyncio.sleep(self.timings.look)
        await self._tell()

    async def _tell(self) -> None:
        """Have the connection be up only while a socket is."""
        found = [await handler.is_open() for handler in self._handlers.values()]
        if any(found):
            self.connection.hears()
        elif any(handler.is_disabled for handler in self._handlers.values()):
            self.connection.deafened(SWITCHED_OFF)
        elif self.connection.deaf is None:
            self.connection.deafened(DEAF)

    async def _answered(self) -> None:
        try:
            async with asyncio.timeout(self.timings.answer):
                await self._is_idle.wait()
        except TimeoutError:
            log.warning("what came in through a socket was not answered in time")


def _read(text: object) -> dict[str, Any]:
    """Answer what Slack says; {} for its pings, which are no JSON."""
    try:
        said = json.loads(str(text))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _checked(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer a payload as the gate reads it. Raises Malformed for what Slack would not send.

    In the form in which it would come over HTTP, so that the gate has one way in.
    """
    form = urlencode({"payload": json.dumps(payload)})
    return gate.read(form.encode(), gate.FORM).payload
