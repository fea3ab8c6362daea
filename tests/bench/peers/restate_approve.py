"""`approve` on Restate: one server, a Python service with a process for each core, and the load.

Each in processes of its own, as it is deployed: the service by Hypercorn with the settings that
Restate's documentation gives for production, or by Granian, which is faster.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp
import shared

SERVER = os.environ["RESTATE_SERVER"]
HOST = "127.0.0.1"
LONGEST_S = 120
HYPERCORN = "\n".join(
    f"{name} = {2**31 - 1}"
    for name in ("h2_max_concurrent_streams", "keep_alive_max_requests", "keep_alive_timeout")
)


class Restate:
    def __init__(self, by: str, client: aiohttp.ClientSession, waiting: int) -> None:
        self.versions = (
            f"restate-server {os.environ['RESTATE_VERSION']}, sdk {version('restate-sdk')},"
            f" {by} {version(by)}"
        )
        self.settings = f"defaults, single node; {os.cpu_count()} processes of the service"
        self._client = client
        self._waiting = waiting
        self._parked = 0

    async def start(self, key: str) -> None:
        await self._answer("POST", f"/approve/{key}/run/send", 1)

    async def deliver(self, key: str) -> None:
        await self._answer("POST", f"/approve/{key}/decide", "approved")

    async def completed(self, key: str) -> None:
        answer = await self._answer("GET", f"/restate/workflow/approve/{key}/attach")
        assert answer["kind"] == "approved"

    def parked(self) -> int:
        with suppress(BlockingIOError):
            self._parked += len(os.read(self._waiting, 65_536))
        return self._parked

    async def _answer(self, method: str, path: str, body: Any = None) -> Any:
        async with self._client.request(method, path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json(content_type=None)


def command(by: str, port: int, folder: Path) -> list[str]:
    """Answer what starts the service."""
    start = [sys.executable, "-m", by, "--workers", str(os.cpu_count())]
    if by == "granian":
        options = ["--interface", "asgi", "--host", HOST, "--port", str(port)]
        return [*start, *options, "restate_service:app"]
    config = folder / "hypercorn.toml"
    config.write_text(HYPERCORN)
    bind = f"{HOST}:{port}"
    return [*start, "--config", str(config), "--bind", bind, "restate_service:app"]


@asynccontextmanager
async def serving(folder: Path, by: str) -> Any:
    """Run the server and the service; answer how to reach them."""
    service, ingress, admin, node = (free_port() for _ in range(4))
    pipe = folder / "waiting"
    os.mkfifo(pipe)
    waiting = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    settings = {
        "RESTATE_BASE_DIR": str(folder),
        "RESTATE_BIND_ADDRESS": f"{HOST}:{node}",
        "RESTATE_ADVERTISED_ADDRESS": f"http://{HOST}:{node}",
        "RESTATE_INGRESS__BIND_ADDRESS": f"{HOST}:{ingress}",
        "RESTATE_ADMIN__BIND_ADDRESS": f"{HOST}:{admin}",
        "RESTATE_LOG_FILTER": "error",
        "RESTATE_DISABLE_TELEMETRY": "true",
    }
    with ExitStack() as stack:
        log = stack.enter_context((folder / "server.log").open("w"))
        stack.enter_context(started([SERVER], settings, log))
        serve = command(by, service, folder)
        stack.enter_context(started(serve, {"WAITING": str(pipe)}, log))
        await registered(f"http://{HOST}:{admin}", f"http://{HOST}:{service}")
        async with aiohttp.ClientSession(
            f"http://{HOST}:{ingress}",
            connector=aiohttp.TCPConnector(limit=shared.IN_FLIGHT),
            timeout=aiohttp.ClientTimeout(LONGEST_S),
        ) as client:
            yield Restate(by, client, waiting)


@contextmanager
def started(what: list[str], variables: dict[str, str], log: Any) -> Iterator[None]:
    """Run a program, and kill it with all that it has started."""
    process = subprocess.Popen(
        what, cwd=Path(__file__).parent, env=os.environ | variables, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def registered(admin: str, service: str) -> None:
    """Tell the server of the service, once both listen."""
    async with aiohttp.ClientSession() as client:
        for _ in range(200):
            try:
                async with client.post(f"{admin}/deployments", json={"uri": service}) as answer:
                    answer.raise_for_status()
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    raise TimeoutError("the server did not take the service")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def main() -> None:
    given = shared.options("--by")
    async with serving(Path(given.store), given.by) as peer:
        shared.tell(await shared.measure(peer, given.n))


asyncio.run(main())
