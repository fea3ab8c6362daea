"""Listening at an address, and saying plainly when that address is taken."""

import errno
from dataclasses import dataclass

from aiohttp import web

SHUTDOWN_SECONDS = 0.5  # open streams are live pages: they reconnect


class PortTaken(Exception):
    """Another program listens there; the message says where, and what to do."""


@dataclass(frozen=True)
class Listening:
    url: str
    runner: web.AppRunner

    async def close(self) -> None:
        await self.runner.cleanup()


async def listen(application: web.Application, host: str, port: int) -> Listening:
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(_advice(host, port)) from error
        raise
    bound = runner.addresses[0][1]
    name = f"[{host}]" if ":" in host else host
    return Listening(url=f"http://{name}:{bound}", runner=runner)


def _advice(host: str, port: int) -> str:
    return (
        f"port {port} on {host} is taken by another program: stop it, or choose another port "
        f"(make demo SLACK_PORT={port + 100})"
    )
