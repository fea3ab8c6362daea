"""An MCP server as we use it: its tools, one call at a time, and the session that comes and goes.

Everything that imports the SDK is reached through this module alone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import mcp_types
from mcp import Client

from workflows.errors import StepFailed
from workflows.plugins import results
from workflows.plugins.base import PluginUnavailable, Tool
from workflows.plugins.endpoint import Endpoint, quoted, redacted
from workflows.plugins.failures import SessionLost
from workflows.plugins.session import Answer, Session, Work

KEY = "harbor/key"
LISTING_KEPT = timedelta(minutes=1)
IDLE = timedelta(minutes=5)
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as the server lists it."""

    tool: Tool
    output_schema: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the server offered in a session, believed until *stale_at* (loop time)."""

    session: Session
    offers: Mapping[str, Offer]
    stale_at: float


class Server:
    """A `Plugin` over the SDK. Opens a session when one is needed and none is open."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        timeout: timedelta,
        allowed: frozenset[str] | None = None,
        idle: timedelta = IDLE,
    ) -> None:
        self.name = name
        self._endpoint = endpoint
        self._timeout = timeout
        self._allowed = allowed
        self._idle = idle
        self._sessions: list[Session] = []
        self._listing: Listing | None = None

    async def tools(self) -> Mapping[str, Tool]:
        return {name: offer.tool for name, offer in (await self._offers()).items()}

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        offer = (await self._offers()).get(tool)
        if offer is None:
            raise StepFailed(f"{self.name} has no tool {tool!r}", kind="ToolNotFound")
        result = await self._ask(lambda client: _call(client, tool, arguments, key))
        if result.is_error:
            complaint = quoted(self._endpoint, results.complaint(result))
            raise StepFailed(f"{self.name}.{tool} failed: {complaint}")
        return redacted(self._endpoint, results.value(result, offer.output_schema))

    async def close(self) -> None:
        await asyncio.gather(*(session.close() for session in self._sessions))

    async def _offers(self) -> Mapping[str, Offer]:
        """Answer what may be called; asked for again after a while and in every new session."""
        # A new session may be with another version of the server.
        session, kept, now = self._session(), self._listing, asyncio.get_running_loop().time()
        if kept is not None and kept.session is session and now < kept.stale_at:
            return kept.offers
        offers = {
            tool.name: _offer(tool)
            for tool in await self._ask(_list)
            if self._allowed is None or tool.name in self._allowed
        }
        self._listing = Listing(session, offers, now + LISTING_KEPT.total_seconds())
        return offers

    async def _ask(self, work: Work[Answer]) -> Answer:
        try:
            return await self._ask_once(work)
        except SessionLost:
            # The server answered without looking at the call, so making it again is no second
            # attempt. It is what the protocol asks for when a session is gone.
            pass
        try:
            return await self._ask_once(work)
        except SessionLost as lost:
            raise StepFailed(f"{lost} (twice in a row)") from lost

    async def _ask_once(self, work: Work[Answer]) -> Answer:
        session = self._session()
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                return await session.ask(work)
        except TimeoutError:
            session.retire()
            seconds = f"{self._timeout.total_seconds():g}"
            raise PluginUnavailable(f"{self.name} did not answer within {seconds} s") from None
        except (PluginUnavailable, SessionLost):
            # Nothing tells a broken session from a whole one but a call that fails in it.
            session.retire()
            raise

    def _session(self) -> Session:
        self._sessions = [session for session in self._sessions if not session.has_ended]
        if self._sessions and self._sessions[-1].is_open:
            return self._sessions[-1]
        opened = Session(self.name, self._endpoint, timeout=self._timeout, idle=self._idle)
        self._sessions.append(opened)
        return opened


async def _call(
    client: Client, tool: str, arguments: dict[str, Any], key: str
) -> mcp_types.CallToolResult:
    # An open map; its type says so in a way that only newer type checkers read.
    meta = cast(mcp_types.RequestParamsMeta, {KEY: key})
    return await client.call_tool(tool, arguments, meta=meta)


async def _list(client: Client) -> list[mcp_types.Tool]:
    page = await client.list_tools()
    tools = list(page.tools)
    for _ in range(MOST_PAGES):
        if page.next_cursor is None:
            break
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    return tools


def _offer(tool: mcp_types.Tool) -> Offer:
    return Offer(Tool(tool.name, tool.description or "", tool.input_schema), tool.output_schema)
