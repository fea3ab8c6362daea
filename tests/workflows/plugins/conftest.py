"""A real MCP server behind real HTTP, faults that can be put in front of it, and a bare step."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, ImageContent, TextContent
from pydantic import BaseModel

from workflows.plugins import Plugins, journaled
from workflows.plugins.endpoint import Remote
from workflows.plugins.mcp import McpPlugin
from workflows.step import CurrentStep, Retries, entered

TOKEN = "lin_api_0123456789abcdef"
STEP = CurrentStep("installation", "run", "step", nth=1, attempt=1)

Fault = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Issue(BaseModel):
    id: str
    url: str


class Report(BaseModel):
    """An answer whose only field has the name that SDKs wrap bare values in."""

    result: int


class Outside:
    """The world: what tools were called with which keys, and what goes wrong next.

    *faults* maps a JSON-RPC method to an ASGI application that answers in the server's place.
    """

    def __init__(self, *, is_old: bool) -> None:
        self.is_old = is_old
        self.calls: list[tuple[str, dict[str, Any], str]] = []
        self.requests: list[str] = []
        self.authorizations: set[str] = set()
        self.faults: dict[str, Fault] = {}
        self.meeting = asyncio.Barrier(3)
        self.gate = asyncio.Event()
        self.arrivals = asyncio.Semaphore(0)
        self.server = MCPServer("outside", log_level="CRITICAL")
        self._socket = listening(0)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        offer_answers(self)
        offer_oddities(self)

    def note(self, tool: str, context: Context[Any, Any], **arguments: Any) -> None:
        meta: Any = context.request_context.meta or {}
        self.calls.append((tool, arguments, meta.get("harbor/key", "")))

    async def start(self) -> None:
        if self._socket.fileno() < 0:
            self._socket = listening(self.port)
        app = self._guard(self.server.streamable_http_app())
        config = uvicorn.Config(app, log_config=None, lifespan="on", date_header=False)
        config.load()
        # Started and stopped by hand: its own loop looks only every tenth of a second.
        self._uvicorn = uvicorn.Server(config)
        self._uvicorn.lifespan = config.lifespan_class(config)
        await self._uvicorn.startup([self._socket])

    async def stop(self) -> None:
        """Be gone at once, in the middle of whatever was going on."""
        for listener in self._uvicorn.servers:
            listener.close()
        state = self._uvicorn.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        await self._uvicorn.lifespan.shutdown()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        self._socket.close()

    def _guard(self, app: Any) -> Any:
        async def guarded(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "POST":
                await app(scope, receive, send)
                return
            body = await read_body(receive)
            method = json.loads(body).get("method", "")
            self.requests.append(method)
            self.authorizations.add(dict(scope["headers"]).get(b"authorization", b"").decode())
            fault = self.faults.get(method)
            if fault is None and self.is_old and method == "server/discover":
                fault = answering(404)
            await (fault or app)(scope, replayed(body, receive), send)

        return guarded


def listening(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


async def read_body(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def replayed(body: bytes, receive: Any) -> Any:
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return parts.pop() if parts else await receive()

    return again


def answering(status: int, body: str = "", **headers: str) -> Fault:
    """Answer every request with *status*; an underscore in a header's name is a hyphen."""
    listed = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": listed})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


def offer_answers(outside: Outside) -> None:
    """Offer a tool for each kind of answer."""
    tool = outside.server.tool

    @tool(description="File an issue.")
    async def create_issue(
        team_id: str, title: str, context: Context, description: str | None = None
    ) -> Issue:
        outside.note("create_issue", context, team_id=team_id, title=title, description=description)
        return Issue(id="1", url="https://linear.example/1")

    @tool()
    async def numbers() -> list[int]:
        return [1, 2, 3]

    @tool()
    async def report() -> Report:
        return Report(result=7)

    @tool()
    async def nothing() -> None:
        return None

    @tool(structured_output=False)
    async def say(text: str) -> str:
        return text

    @tool(structured_output=False)
    async def verses() -> list[TextContent]:
        return [TextContent(type="text", text="one"), TextContent(type="text", text="two")]

    @tool(structured_output=False)
    async def picture() -> ImageContent:
        return ImageContent(type="image", data="AAAA", mime_type="image/png")


def offer_oddities(outside: Outside) -> None:
    """Offer tools that fail, wait, or say too much."""
    tool = outside.server.tool

    @tool()
    async def fail(words: str) -> CallToolResult:
        return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)

    @tool(name="with-hyphens")
    async def with_hyphens() -> str:
        return "found"

    @tool()
    async def meet() -> str:
        outside.arrivals.release()
        await outside.meeting.wait()
        return "met"

    @tool()
    async def hang() -> str:
        outside.arrivals.release()
        await outside.gate.wait()
        return "late"

    @tool()
    async def reveal(context: Context) -> dict[str, str]:
        headers = context.request_context.request.headers
        return {"authorization": headers["authorization"]}

    @tool(structured_output=False)
    async def complain(context: Context) -> CallToolResult:
        words = f"cannot use {context.request_context.request.headers['authorization']}"
        return CallToolResult(content=[TextContent(type="text", text=words)], is_error=True)


class InlineStep:
    """A step that calls at once and keeps no journal, but what it was asked for."""

    def __init__(self) -> None:
        self.key = STEP.key
        self.names: list[str] = []
        self.retries: list[Retries | None] = []

    async def run(
        self, name: str, call: Callable[..., Any], *args: Any, retries: Retries | None = None
    ) -> Any:
        self.names.append(name)
        self.retries.append(retries)
        with entered(STEP):
            return await call(*args)


@pytest.fixture
def is_old() -> bool:
    """Whether the server is of the generation with sessions; tests of both parametrize this."""
    return False


@pytest.fixture
async def outside(is_old: bool) -> AsyncIterator[Outside]:  # noqa: FBT001 - a fixture
    world = Outside(is_old=is_old)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def plugin(outside: Outside) -> AsyncIterator[McpPlugin]:
    opened = McpPlugin("linear", Remote(outside.url, TOKEN), timeout=timedelta(seconds=5))
    yield opened
    await opened.close()


@pytest.fixture
def plugins(plugin: McpPlugin) -> Plugins:
    return Plugins([plugin])


@pytest.fixture
def step() -> InlineStep:
    return InlineStep()


@pytest.fixture
def door(plugins: Plugins, step: InlineStep) -> Any:
    """What a job sees as ``ctx.plugins``."""
    return journaled(plugins, step)


@pytest.fixture
async def resetting() -> AsyncIterator[str]:
    """The address of a server that hangs up on whoever calls."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


@pytest.fixture
def refusing() -> str:
    """The address of nobody."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/mcp"


@pytest.fixture
def fault() -> Callable[..., Fault]:
    return answering
