"""Opening an MCP server: the SDK's client, over HTTP with the token or over a child process."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TextIO, assert_never

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import Implementation

from workflows.plugins import exchange
from workflows.plugins.endpoint import Endpoint, Local, Remote, redacted

OURSELVES = Implementation(name="harbor", version="1")
KEPT_BYTES = 4000
SHOWN_CHARACTERS = 400


class LastWords(asyncio.Protocol):
    """The end of what a server process wrote to its standard error.

    Much more is kept than shown, so that a token cut in half by the start is not shown.
    """

    def __init__(self) -> None:
        self._written = b""

    def data_received(self, data: bytes) -> None:
        self._written = (self._written + data)[-KEPT_BYTES:]

    def shown(self, endpoint: Endpoint) -> str:
        written = redacted(endpoint, self._written.decode(errors="replace"))
        return " ".join(written.split())[-SHOWN_CHARACTERS:]


@asynccontextmanager
async def opened(
    endpoint: Endpoint, timeout: timedelta, last_words: LastWords
) -> AsyncIterator[Client]:
    """Open a session with *endpoint*; what its process writes to stderr goes to *last_words*."""
    match endpoint:
        case Remote():
            async with (
                http_client(endpoint, timeout) as http,
                Client(
                    streamable_http_client(endpoint.url, http_client=http), client_info=OURSELVES
                ) as client,
            ):
                yield client
        case Local():
            async with (
                heard(last_words) as stderr,
                Client(stdio_client(process(endpoint), stderr), client_info=OURSELVES) as client,
            ):
                yield client
        case _:
            assert_never(endpoint)


def http_client(endpoint: Remote, timeout: timedelta) -> httpx2.AsyncClient:
    """Answer a client that sends the token and notes every answer.

    The SDK never follows a redirect to another origin, so the token stays where it belongs.
    """
    token = endpoint.token
    return httpx2.AsyncClient(
        headers={"Authorization": f"Bearer {token}"} if token else None,
        # No limit on reading: a response may stream for as long as the call's own timeout lets it.
        timeout=httpx2.Timeout(timeout.total_seconds(), read=None),
        event_hooks={"request": [exchange.begin], "response": [exchange.observe]},
    )


def process(endpoint: Local) -> StdioServerParameters:
    command, *arguments = endpoint.command
    return StdioServerParameters(command=command, args=arguments, env=endpoint.environment)


@asynccontextmanager
async def heard(last_words: LastWords) -> AsyncIterator[TextIO]:
    """Answer a file to write to, whose text arrives in *last_words*."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: last_words, os.fdopen(reading, "rb"))
        try:
            yield file
        finally:
            transport.close()
