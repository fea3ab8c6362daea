"""A small bridge: serves an ASGI application at one aiohttp route."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from aiohttp import web

# Any: ASGI's own types for its messages.
Event: TypeAlias = MutableMapping[str, Any]
AsgiApp: TypeAlias = Callable[
    [Event, Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]], Awaitable[None]
]


async def serve(application: AsgiApp, request: web.Request) -> web.StreamResponse:
    body = await request.read()
    exchange = _Exchange(request, body)
    await application(_scope(request), exchange.receive, exchange.send)
    return exchange.response


class _Exchange:
    """One request and its response, as ASGI's receive and send see them."""

    def __init__(self, request: web.Request, body: bytes) -> None:
        self.response = web.StreamResponse(status=500)
        self._request = request
        self._body: bytes | None = body

    async def receive(self) -> Event:
        if self._body is None:
            # The body was handed over; what is left to hear of is the caller's leaving, and
            # aiohttp cancels this handler's task for that.
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            await self._start(event)
            return
        await self.response.write(event.get("body", b""))
        if not event.get("more_body", False):
            await self.response.write_eof()

    async def _start(self, event: Event) -> None:
        self.response = web.StreamResponse(status=event["status"])
        for name, value in event.get("headers", []):
            self.response.headers.add(name.decode("latin-1"), value.decode("latin-1"))
        await self.response.prepare(self._request)


def _scope(request: web.Request) -> Event:
    host, _, port = request.host.partition(":")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.raw_path.encode("latin-1"),
        "query_string": request.query_string.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.raw_headers],
        "client": (request.remote, 0),
        "server": (host, int(port or 80)),
        "state": {},
    }
