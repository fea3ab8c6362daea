"""`approve` on Restate: a workflow with a durable promise, one server and one Python service."""

import asyncio
import os
import signal
import socket
import subprocess
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import restate
import shared
from hypercorn.asyncio import serve
from hypercorn.config import Config

SERVER = Path(os.environ["RESTATE_SERVER"])
waiting: set[str] = set()

workflow = restate.Workflow("approve")


async def post(number: int) -> dict[str, int]:
    return {"posted": number}


@workflow.main()
async def run(ctx: restate.WorkflowContext, number: int) -> dict[str, Any]:
    await ctx.run_typed("post", post, number=number)
    waiting.add(ctx.key())
    decision = ctx.promise("decision", type_hint=str).value()
    deadline = ctx.sleep(timedelta(hours=24))
    match await restate.select(decision=decision, deadline=deadline):
        case ["decision", kind]:
            await ctx.run_typed("act", post, number=number)
            return {"kind": kind}
    return {"kind": "timeout"}


@workflow.handler()
async def decide(ctx: restate.WorkflowSharedContext, kind: str) -> None:
    await ctx.promise("decision", type_hint=str).resolve(kind)


class Restate:
    versions = f"restate-server {os.environ['RESTATE_VERSION']}, sdk {version('restate-sdk')}"
    settings = "defaults, single node"

    def __init__(self, ingress: httpx.AsyncClient) -> None:
        self._ingress = ingress

    async def start(self, key: str) -> None:
        (await self._ingress.post(f"/approve/{key}/run/send", json=1)).raise_for_status()

    async def deliver(self, key: str) -> None:
        (await self._ingress.post(f"/approve/{key}/decide", json="approved")).raise_for_status()

    async def completed(self, key: str) -> None:
        answer = await self._ingress.get(f"/restate/workflow/approve/{key}/attach")
        assert answer.raise_for_status().json()["kind"] == "approved"

    def parked(self) -> int:
        return len(waiting)


@asynccontextmanager
async def serving(folder: Path) -> Any:
    """Run the server and the service; answer the server's ingress."""
    service, ingress, admin, node = (free_port() for _ in range(4))
    environment = os.environ | {
        "RESTATE_BASE_DIR": str(folder),
        "RESTATE_BIND_ADDRESS": f"127.0.0.1:{node}",
        "RESTATE_ADVERTISED_ADDRESS": f"http://127.0.0.1:{node}",
        "RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{ingress}",
        "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
        "RESTATE_LOG_FILTER": "error",
        "RESTATE_DISABLE_TELEMETRY": "true",
    }
    config = Config()
    config.bind = [f"127.0.0.1:{service}"]
    stop = asyncio.Event()
    app = restate.app(services=[workflow])
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
    with (folder / "server.log").open("w") as log:
        # A group of its own: npm's launcher does not take the server along when it is killed.
        server = subprocess.Popen(  # noqa: ASYNC220  it starts beside us
            [SERVER], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    limits = httpx.Limits(max_connections=shared.IN_FLIGHT)
    try:
        await registered(f"http://127.0.0.1:{admin}", f"http://127.0.0.1:{service}")
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{ingress}", timeout=120, limits=limits
        ) as client:
            yield client
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        stop.set()
        await serving


async def registered(admin: str, service: str) -> None:
    """Tell the server of the service, once it listens."""
    async with httpx.AsyncClient(timeout=30) as client:
        for _ in range(200):
            try:
                answer = await client.post(f"{admin}/deployments", json={"uri": service})
                answer.raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.2)
            else:
                return
    raise TimeoutError("the server did not take the service")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def main() -> None:
    given = shared.options()
    async with serving(Path(given.store)) as ingress:
        shared.tell(await shared.measure(Restate(ingress), given.n))


asyncio.run(main())
