"""The door to the Linear-shaped MCP server: token, planned faults, and its slow first import."""

import asyncio
import importlib
from collections import deque
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Protocol

import orjson
from aiohttp import web

from bot.sandbox import asgi
from bot.sandbox.api.door import suffer
from bot.sandbox.calls import KEPT, Call
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


class Manager(Protocol):
    """What is used of the SDK's session manager, said here so that the SDK need not be loaded."""

    handle_request: asgi.AsgiApp

    def run(self) -> AbstractAsyncContextManager[None]: ...


class LinearDoor:
    """Loads the MCP SDK at the first request: it takes a second, and most tests never call."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self.calls: deque[Call] = deque(maxlen=KEPT)
        self._workspace = workspace
        self._faults = faults
        self._closing = asyncio.Event()
        self._opening = asyncio.Lock()
        self._manager: Manager | None = None
        self._owner: asyncio.Task[None] | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if not self._may_enter(request):
            headers = {"WWW-Authenticate": 'Bearer realm="linear"'}
            return web.json_response({"error": "invalid_token"}, status=401, headers=headers)
        body = _json(await request.read())
        fault = self._faults.take(f"linear.{_tool(body)}")
        if fault is None:
            return await self._forward(request)
        return await self._fail(request, body, fault)

    def _may_enter(self, request: web.Request) -> bool:
        expected = f"Bearer {self._workspace.credentials.linear_token}"
        return request.headers.get("Authorization") == expected

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        manager = await self._opened()
        return await asgi.serve(manager.handle_request, request)

    async def _fail(self, request: web.Request, body: Json, fault: Fault) -> web.StreamResponse:
        if fault.slack_error is not None:
            return web.json_response(_tool_error(body, fault.slack_error))
        if fault.is_answered_well:
            await suffer(request, fault, dict, self._closing)
            return await self._forward(request)
        if fault.is_processed:
            await self._do_unseen(body)
        return await suffer(request, fault, dict, self._closing)

    async def _do_unseen(self, body: Json) -> None:
        """Let the call take effect; its answer gets lost."""
        tools = await _tools()
        parameters = body["params"]
        name, arguments = parameters["name"], parameters.get("arguments") or {}
        key = (parameters.get("_meta") or {}).get(tools.KEY)
        self._note(name, arguments)
        tools.call(self._workspace, name, arguments, key)

    async def _opened(self) -> Manager:
        async with self._opening:
            if self._manager is None:
                tools = await _tools()
                self._manager = tools.manager(self._workspace, self._note)
                ready = asyncio.Event()
                self._owner = asyncio.create_task(self._own(self._manager, ready))
                await ready.wait()
            return self._manager

    async def _own(self, manager: Manager, ready: asyncio.Event) -> None:
        """Hold the session manager open: the task that opened it must be the one to close it."""
        async with manager.run():
            ready.set()
            await self._closing.wait()

    def _note(self, tool: str, arguments: Json) -> None:
        now = self._workspace.now()
        self.calls.append(Call(method=f"linear.{tool}", arguments=arguments, at=now, answered=now))

    async def close(self) -> None:
        self._closing.set()
        if self._owner is not None:
            await self._owner


async def _tools() -> ModuleType:
    # In a thread: the import takes a second, and clicks have only three.
    return await asyncio.to_thread(importlib.import_module, "bot.sandbox.tools")


def _json(raw: bytes) -> Json:
    try:
        body = orjson.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _tool(body: Json) -> str:
    if body.get("method") != "tools/call":
        return "-"
    return str((body.get("params") or {}).get("name"))


def _tool_error(body: Json, message: str) -> Json:
    content = [{"type": "text", "text": message}]
    return {
        "jsonrpc": "2.0",
        "id": body.get("id"),
        "result": {"content": content, "isError": True, "resultType": "complete"},
    }
