"""A plugin that is an MCP server; the SDK (nearly a second to import) waits for its first use."""

import asyncio
import importlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from workflows.plugins.base import Plugin, PluginUnavailable, Tool
from workflows.plugins.endpoint import Endpoint

TIMEOUT = timedelta(seconds=30)


class McpPlugin:
    """An MCP server as a plugin. *timeout* is for one answer; *allowed* names the only tools.

    Nothing is imported, opened or started before the first use.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        timeout: timedelta = TIMEOUT,
        allowed: frozenset[str] | None = None,
    ) -> None:
        self.name = name
        self._endpoint = endpoint
        self._timeout = timeout
        self._allowed = allowed
        self._server: Plugin | None = None
        self._is_closed = False

    async def tools(self) -> Mapping[str, Tool]:
        return await (await self._opened()).tools()

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        return await (await self._opened()).call(tool, arguments, key)

    async def close(self) -> None:
        self._is_closed = True
        if self._server is not None:
            await self._server.close()

    async def _opened(self) -> Plugin:
        if self._server is None:
            # In a thread: clicks go on being answered while the SDK is read from disk.
            await asyncio.to_thread(importlib.import_module, "workflows.plugins.server")
        if self._is_closed:
            raise PluginUnavailable(f"{self.name} is closed")
        if self._server is None:
            self._server = self._made()
        return self._server

    def _made(self) -> Plugin:
        from workflows.plugins.server import Server  # noqa: PLC0415 - the module's sentence

        return Server(self.name, self._endpoint, timeout=self._timeout, allowed=self._allowed)

    def __repr__(self) -> str:
        return f"<MCP server {self.name} at {self._endpoint}>"
