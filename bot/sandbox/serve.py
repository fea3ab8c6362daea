"""The sandbox as a process of its own: runs until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from bot.sandbox.credentials import Credentials
from bot.sandbox.server import Sandbox

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


async def serve(
    host: str,
    port: int,
    bot_url: str,
    state: Path | None,
    credentials: Credentials | None,
    ready: Callable[[Sandbox], None] | None = None,
    *,
    socket_mode: bool = False,
) -> None:
    """Serve until cancelled, SIGTERM or SIGINT; *ready* is called once it listens.

    Raises PortTaken, whose message is the one line to print.
    """
    sandbox = await Sandbox.start(
        bot_url=bot_url,
        host=host,
        port=port,
        state=state,
        credentials=credentials,
        socket_mode=socket_mode,
    )
    stopping = asyncio.Event()
    _on_signals(stopping)
    try:
        if ready is not None:
            ready(sandbox)
        await stopping.wait()
    finally:
        await sandbox.stop()


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for each in STOP_SIGNALS:
        loop.add_signal_handler(each, stopping.set)
