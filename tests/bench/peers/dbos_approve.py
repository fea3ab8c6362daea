"""`approve` on DBOS: async workflows, `recv` for the wait; settings as they come."""

import asyncio
from importlib.metadata import version
from typing import Any

import shared
from dbos import DBOS, SetWorkflowID

waiting = 0


@DBOS.step()
async def post(number: int) -> dict[str, int]:
    return {"posted": number}


@DBOS.workflow()
async def approve(number: int) -> dict[str, Any]:
    global waiting  # noqa: PLW0603
    await post(number)
    waiting += 1
    kind = await DBOS.recv_async("decision", timeout_seconds=86_400)
    await post(number)
    return {"kind": kind}


class Dbos:
    versions = f"dbos {version('dbos')}"
    settings = "defaults: LISTEN/NOTIFY on Postgres, polling each second on SQLite"

    def __init__(self) -> None:
        self._handles: dict[str, Any] = {}

    async def start(self, key: str) -> None:
        with SetWorkflowID(key):
            self._handles[key] = await DBOS.start_workflow_async(approve, 1)

    async def deliver(self, key: str) -> None:
        await DBOS.send_async(key, "approved", "decision")

    async def completed(self, key: str) -> None:
        assert (await self._handles[key].get_result())["kind"] == "approved"

    def parked(self) -> int:
        return waiting


async def main(n: int) -> None:
    shared.tell(await shared.measure(Dbos(), n))


given = shared.options()
DBOS(config={"name": "bench", "system_database_url": given.store, "log_level": "ERROR",
             "run_admin_server": False})  # fmt: skip
DBOS.launch()
asyncio.run(main(given.n))
DBOS.destroy()
