"""The workspace as a running server, and the handle that tests and the demo hold."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox import finding, keep, limits, payloads, until
from bot.sandbox.api.door import ApiDoor
from bot.sandbox.api.methods import table
from bot.sandbox.calls import Call
from bot.sandbox.control import Control
from bot.sandbox.credentials import Credentials
from bot.sandbox.deliver import Courier, Delivered, Delivery, Kind, Sent, kind_of
from bot.sandbox.faults import Faults
from bot.sandbox.http_door import FORM, HttpDoor, encoded
from bot.sandbox.issues import Issue
from bot.sandbox.linear import LinearDoor
from bot.sandbox.listening import Listening, listen
from bot.sandbox.member import Member
from bot.sandbox.message import Message
from bot.sandbox.page.routes import Page
from bot.sandbox.places import Channel
from bot.sandbox.responses import ResponseUrls
from bot.sandbox.sign_in.issuer import SignIn
from bot.sandbox.socket_mode import Sockets
from bot.sandbox.socket_mode.door import PATH as SOCKET_PATH
from bot.sandbox.switchboard import Switchboard
from bot.sandbox.triggers import Triggers
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

Found = TypeVar("Found")
MAX_BODY = 4 * 1024 * 1024
COMMANDS = ("/harbor",)
EVENTS = ("app_home_opened",)


class Sandbox:
    """Made with `await Sandbox.start(…)`; ended with `await sandbox.stop()`."""

    def __init__(
        self, workspace: Workspace, http: HttpDoor, sockets: Sockets, switchboard: Switchboard
    ) -> None:
        self.workspace = workspace
        self.faults = faults = Faults()
        self.sockets = sockets
        self.sign_in = SignIn(workspace, faults, lambda: http.bot_url)
        self._http = http
        self._switchboard = switchboard
        methods = table(workspace, switchboard.triggers) | self.sign_in.methods()
        methods["apps.connections.open"] = sockets.open
        self._api = ApiDoor(workspace, faults, methods)
        self._linear = LinearDoor(workspace, faults)
        self._page = Page(switchboard)
        self._control = Control(workspace, faults)
        self._keeper: keep.Keeper | None = None
        self._listening: Listening | None = None

    @classmethod
    async def start(
        cls,
        *,
        bot_url: str = "",
        host: str = "127.0.0.1",
        port: int = 0,
        state: Path | None = None,
        credentials: Credentials | None = None,
        now: Callable[[], float] = time.time,
        ack_seconds: float = limits.ACK_SECONDS,
        event_retries: Sequence[float] = limits.EVENT_RETRY_SECONDS,
        commands: Iterable[str] = COMMANDS,
        events: Iterable[str] = EVENTS,
        socket_mode: bool = False,
    ) -> "Sandbox":
        """Listen at *host*:*port* (0: any free one) and answer until `stop()`.

        *state* is the file to keep the workspace in; credentials kept there serve if none are
        given. *now* is the workspace's clock, in seconds since the epoch. *events* are those
        that the app subscribes to. With *socket_mode* nothing is sent to *bot_url*. Raises
        PortTaken and keep.UnreadableState.
        """
        kept = keep.read(state)
        known = credentials or keep.credentials_in(kept) or Credentials()
        workspace = Workspace(known, now)
        keep.restore(workspace, kept)
        http = HttpDoor(known.signing_secret, now, ack_seconds)
        http.bot_url = bot_url
        switchboard = Switchboard(
            workspace=workspace,
            triggers=Triggers(now),
            responses=ResponseUrls(workspace, now),
            courier=Courier(http, event_retries),
            commands=tuple(commands),
            events=frozenset(events),
        )
        sandbox = cls(workspace, http, Sockets(workspace, ack_seconds), switchboard)
        sandbox.socket_mode = socket_mode
        await sandbox._open(host, port, state)
        return sandbox

    async def _open(self, host: str, port: int, state: Path | None) -> None:
        self._listening = await listen(self._application(), host, port)
        self.workspace.url = self._listening.url
        if state is not None:
            self._keeper = keep.Keeper(self.workspace, state)
            self._keeper.write()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_BODY)
        routes = application.router
        routes.add_route("*", "/api/{method}", self._api.handle)
        routes.add_post("/response/{app}/{ticket}", self._switchboard.responses.handle)
        routes.add_post("/mcp", self._linear.handle)
        routes.add_get(SOCKET_PATH, self.sockets.handle)
        # When nobody can connect any more: a bot whose socket ends comes back at once.
        application.on_shutdown.append(self.sockets.hang_up)
        self.sign_in.add_routes(application)
        self._control.add_routes(application)
        self._page.add_routes(application)
        return application

    async def stop(self) -> None:
        """Stop listening, end planned silences, write the state file a last time."""
        self._api.close()
        self.sign_in.close()
        self._page.close()
        if self._listening is not None:
            await self._listening.close()
        await self._linear.close()
        await self._switchboard.courier.close()
        await self._http.close()
        for browser in self._switchboard.browsers:
            await browser.close()
        if self._keeper is not None:
            self._keeper.close()

    # --- what it is

    @property
    def url(self) -> str:
        return self.workspace.url

    @property
    def credentials(self) -> Credentials:
        return self.workspace.credentials

    @property
    def bot_url(self) -> str:
        return self._http.bot_url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._http.bot_url = url

    @property
    def redirect_urls(self) -> tuple[str, ...]:
        """Where Sign in with Slack may send people back to."""
        return self.sign_in.redirect_urls

    @redirect_urls.setter
    def redirect_urls(self, urls: tuple[str, ...]) -> None:
        self.sign_in.redirect_urls = urls

    # --- Socket Mode

    @property
    def socket_mode(self) -> bool:
        """Whether deliveries go through sockets; while they do, none goes over HTTP."""
        return self.sockets.is_on

    @socket_mode.setter
    def socket_mode(self, is_on: bool) -> None:
        self.sockets.is_on = is_on
        self._switchboard.courier.door = self.sockets if is_on else self._http

    async def refresh_sockets(self, *ids: str, warning: bool = False) -> None:
        """Ask sockets (all, if none is named) to reconnect, or warn that this will come."""
        await self.sockets.refresh(*ids, warning=warning)

    def drop_sockets(self, *ids: str) -> None:
        """Break sockets (all, if none is named) without a word."""
        self.sockets.drop(*ids)

    async def disable_link(self) -> None:
        """Switch Socket Mode off, and say so to every socket; deliveries go over HTTP again."""
        self.socket_mode = False
        await self.sockets.disable()

    # --- people

    def member(self, name: str) -> Member:
        """Act as a person, named or by id."""
        return Member(self._switchboard, finding.person(self.workspace, name).id)

    def deactivate(self, name: str) -> None:
        self._change(name, deleted=True)

    def make_guest(self, name: str) -> None:
        self._change(name, is_restricted=True)

    # Any: any field of Person.
    def _change(self, name: str, **facts: Any) -> None:
        self.workspace.put_person(replace(self.member(name).person, **facts))

    def add_to_channel(self, name: str, channel: str) -> None:
        place, person = self._place(channel), self.member(name)
        kept = [each for each in place.members if each != person.id]
        self.workspace.put_channel(replace(place, members=(*kept, person.id)))

    def remove_from_channel(self, name: str, channel: str) -> None:
        place, person = self._place(channel), self.member(name)
        members = tuple(each for each in place.members if each != person.id)
        self.workspace.put_channel(replace(place, members=members))

    def archive(self, channel: str) -> None:
        self.workspace.put_channel(replace(self._place(channel), is_archived=True))

    def set_group(self, handle: str, names: Iterable[str]) -> None:
        """Say who is in a user group, named by its handle."""
        users = tuple(self.member(each).id for each in names)
        for group in list(self.workspace.groups.values()):
            if group.handle == handle.removeprefix("@"):
                self.workspace.put_group(replace(group, users=users))

    # --- what was said and done

    def messages(self, channel: str) -> list[Message]:
        """List what stands in a channel (`#name` or id), oldest first, replies left out."""
        return self.workspace.history(self._place(channel).id)

    def message(self, message: Message) -> Message | None:
        """Look a message up as it is now; None if it was deleted."""
        return self.workspace.message(message.channel, message.ts)

    def replies(self, message: Message) -> list[Message]:
        return self.workspace.thread(message.channel, message.thread_ts or message.ts)

    def delete(self, message: Message) -> None:
        """Delete a message behind the bot's back, as an admin may."""
        self.workspace.drop_message(message)

    @property
    def issues(self) -> list[Issue]:
        return list(self.workspace.issues)

    @property
    def calls(self) -> list[Call]:
        """Every Web API call, oldest first; the last few thousand."""
        return list(self._api.calls)

    @property
    def tool_calls(self) -> list[Call]:
        """Every tool call that reached the Linear-shaped server."""
        return list(self._linear.calls)

    @property
    def sent(self) -> list[Sent]:
        """Every request made and every envelope sent to the bot, with what it answered."""
        return [*self._http.sent, *self.sockets.sent]

    async def until(self, condition: Callable[[], Found], timeout: float = 15.0) -> Found:
        """Wait until *condition* is truthy, and return that; AssertionError with a picture."""
        return await until.until(self.workspace, condition, timeout, self.picture)

    def picture(self) -> str:
        return until.picture(self.workspace, self._api.calls)

    # --- raw deliveries

    def sign(self, body: bytes, timestamp: str | None = None) -> dict[str, str]:
        """Make the two signature headers for *body*."""
        return self._http.sign(body, timestamp)

    async def deliver(
        self,
        payload: Json | bytes,
        *,
        headers: Mapping[str, str] | None = None,
        timestamp: str | None = None,
    ) -> Delivered:
        """Send anything, rightly signed; *headers* are added last, and so may spoil it.

        An object is sent as what it is: an event, a command, else an interaction. In Socket Mode
        it goes into an envelope, and neither *headers* nor *timestamp* mean anything. Bytes are
        sent over HTTP as they are, as a form unless *headers* name another type.
        """
        if isinstance(payload, bytes):
            return await self._post(payload, FORM, headers, timestamp)
        delivery = Delivery(kind=kind_of(payload), payload=payload)
        if self.socket_mode:
            return await self.sockets.send(delivery)
        return await self._post(*encoded(delivery), headers, timestamp)

    async def _post(
        self,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None,
        timestamp: str | None,
    ) -> Delivered:
        signed = {"Content-Type": content_type, **self.sign(body, timestamp)}
        return await self._http.post(body, {**signed, **(headers or {})})

    async def replay(self, sent: Sent, headers: Mapping[str, str] | None = None) -> Delivered:
        """Send again, byte for byte: a request with its old signature, or an envelope."""
        return await self._switchboard.courier.door.repeat(sent, headers or {})

    async def event(self, event: Json) -> Delivered | None:
        """Send an event of the Events API, if the app subscribes to it."""
        if event.get("type") not in self._switchboard.events:
            return None
        envelope = payloads.event(self.workspace, event)
        return await self._switchboard.courier.event(envelope)

    async def verify_url(self) -> Delivered:
        """Ask the bot to prove that it listens, as Slack does when a request URL is entered."""
        challenge = {"type": "url_verification", "challenge": "sandbox-challenge"}
        challenge["token"] = payloads.VERIFICATION_TOKEN
        return await self._http.send(Delivery(kind=Kind.EVENT, payload=challenge))

    def _place(self, reference: str) -> Channel:
        return finding.channel(self.workspace, reference)
