"""The HTTP side of the Web API: reads a call, lets planned faults have their way, records it."""

import asyncio
import base64
import socket
import struct
from collections import deque
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote_plus

import orjson
from aiohttp import web

from bot.sandbox import arguments as reader
from bot.sandbox.api.methods import Method, answer
from bot.sandbox.arguments import Arguments
from bot.sandbox.calls import KEPT, Call
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

# on, for zero seconds: closing then sends a reset instead of a polite end.
LINGER_RESET = struct.pack("ii", 1, 0)
SECRETS = {"token", "client_secret"}  # not for the record of calls


class ApiDoor:
    def __init__(self, workspace: Workspace, faults: Faults, methods: dict[str, Method]) -> None:
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self._workspace = workspace
        self._faults = faults
        self._methods = methods
        self._closing = asyncio.Event()

    def close(self) -> None:
        """End every planned silence, so that the server can stop."""
        self._closing.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            arguments = await reader.read(request)
        except Refused as refused:
            return web.json_response(refused.answer())
        _add_authorization(request, arguments)
        call = Call(method=name, arguments=_without_secrets(arguments), at=self._workspace.now())
        self.calls.append(call)
        self._workspace.changed()
        response = await self._respond(request, name, arguments)
        self._record(call, response)
        return response

    async def _respond(
        self, request: web.Request, name: str, arguments: Arguments
    ) -> web.StreamResponse:
        fault = self._faults.take(name)
        act = partial(answer, self._methods, self._workspace.credentials, name, arguments)
        if fault is None:
            return web.json_response(body=orjson.dumps(act()))
        return await suffer(request, fault, act, self._closing)

    def _record(self, call: Call, response: web.StreamResponse) -> None:
        if isinstance(response, web.Response) and response.body is not None:
            call.answered = self._workspace.now()
            call.status = response.status
            call.error = _error_in(response)
        self._workspace.changed()


async def suffer(
    request: web.Request, fault: Fault, act: Callable[[], Json], closing: asyncio.Event
) -> web.StreamResponse:
    """Answer as *fault* says; *act* is the call's real work, done only if the fault lets it."""
    if fault.is_processed:
        act()
    await _silence(fault.seconds, closing)
    if fault.is_answered_well:
        return web.json_response(body=orjson.dumps(act()) + b" " * fault.padding_bytes)
    if fault.is_reset:
        reset(request)
        return web.Response()
    return web.Response(
        status=fault.http_status,
        text=fault.body,
        content_type=fault.content_type,
        headers=fault.headers,
    )


async def _silence(seconds: float, closing: asyncio.Event) -> None:
    if seconds:
        try:
            await asyncio.wait_for(closing.wait(), seconds)
        except TimeoutError:
            return


def reset(request: web.Request) -> None:
    """End the connection so that the caller sees it break, without an answer."""
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
    request.transport.abort()


def _add_authorization(request: web.Request, arguments: Arguments) -> None:
    """Read the header as if it were arguments: a token, or a client's id and secret."""
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer" and token:
        arguments.values["token"] = token.strip()
    if scheme.lower() == "basic":
        arguments.values |= _client(token)


def _client(encoded: str) -> Json:
    """Read a client's id and secret, each form-encoded before both were joined (RFC 6749, 2.3.1).

    What cannot be read is no client at all.
    """
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        client_id, secret = "", ""
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}


def _without_secrets(arguments: Arguments) -> Json:
    return {name: value for name, value in arguments.values.items() if name not in SECRETS}


def _error_in(response: web.Response) -> str | None:
    try:
        body = orjson.loads(response.body if isinstance(response.body, bytes) else b"")
    except ValueError:
        return None
    return body.get("error") if isinstance(body, dict) else None
