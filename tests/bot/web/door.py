"""A town with an open web door: its own port, known under its own address, and an issuer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox import Sandbox
from tests.bot.web.issuer import CLIENT_ID, CLIENT_SECRET, Issuer
from tests.journeys.town import MovedClock, Town, town
from workflows.engine.base import RunStatus, RunView
from workflows.registry import load


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def until_run(town: Town, run_id: str, *wanted: RunStatus) -> RunView:
    """Answer a run once it has one of the statuses that are wanted."""
    async with asyncio.timeout(20):
        while True:
            run = await town.harbor.engine.get(run_id)
            if run is not None and run.status in wanted:
                return run
            await asyncio.sleep(0)


@asynccontextmanager
async def town_with_pages(
    sandbox: Sandbox, issuer: Issuer, folder: Path, clock: MovedClock, *modules: str
) -> AsyncIterator[Town]:
    port = free_port()
    async with town(
        sandbox,
        folder,
        clock,
        load(modules),
        HARBOR_PORT=port,
        HARBOR_PUBLIC_URL=f"http://127.0.0.1:{port}",
        SLACK_SIGN_IN_CLIENT_ID=CLIENT_ID,
        SLACK_SIGN_IN_CLIENT_SECRET=CLIENT_SECRET,
        SLACK_SIGN_IN_ISSUER=issuer.url,
    ) as found:
        yield found
