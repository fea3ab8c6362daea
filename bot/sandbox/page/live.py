"""Server-sent events: they say that something changed; the page then asks what."""

import asyncio

from aiohttp import web

from bot.sandbox.workspace import Workspace

GATHER_SECONDS = 0.03  # several writes of one answer become one refresh
BEAT_SECONDS = 15.0  # a comment now and then, so that a page that has gone is noticed


class Live:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._streams: set[asyncio.Event] = set()
        self._is_closing = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        changed = asyncio.Event()
        self._streams.add(changed)
        self._workspace.listeners.append(changed.set)
        try:
            await self._stream(response, changed)
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._workspace.listeners.remove(changed.set)
            self._streams.discard(changed)
        return response

    async def _stream(self, response: web.StreamResponse, changed: asyncio.Event) -> None:
        while not self._is_closing:
            version = str(self._workspace.version).encode()
            await response.write(b"data: " + version + b"\n\n")
            await _next(response, changed)
            await asyncio.sleep(GATHER_SECONDS)
            changed.clear()

    def close(self) -> None:
        self._is_closing = True
        for stream in self._streams:
            stream.set()


async def _next(response: web.StreamResponse, changed: asyncio.Event) -> None:
    while not changed.is_set():
        try:
            await asyncio.wait_for(changed.wait(), BEAT_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
