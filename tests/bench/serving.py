"""Figures d, e, g and h: the real `harbor serve` in a process of its own, clicked over HTTP."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox
from store import seals
from tests.bench.timers import gone, in_time_for
from tests.bench.workload import FILE, Watch, each, percentile, start, working

CLICKS = 300
CLICKS_PER_S = 50
IDLE_S = 10.0
STORM_CLICKS = 200
LOOK_AGAIN_S = 0.002
LONGEST_S = 60.0
SEALED_AT_ONCE = 20_000  # lines
PERSON = "ana"
# What decides at Home: the form that shows the whole of the request, sent.
FORM = {"id": "V0BENCH", "type": "modal", "callback_id": "approve", "state": {"values": {}}}
TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """`harbor serve` as a child in *folder*, in a sandbox's workspace."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox, self._folder = sandbox, folder
        self._port = _free_port()
        self.child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it; it is not waited for."""
        credentials = self._sandbox.credentials
        self._sandbox.bot_url = f"http://127.0.0.1:{self._port}"
        self.child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"),
            cwd=self._folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "SLACK_BOT_TOKEN": credentials.bot_token,
                "SLACK_SIGNING_SECRET": credentials.signing_secret,
                "SLACK_API_BASE_URL": f"{self._sandbox.url}/api/",
                "HARBOR_DATABASE_URL": f"sqlite:///{self._folder / FILE}",
                "HARBOR_PORT": str(self._port),
                "HARBOR_JOBS": "tests.bench.workload",
            },
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def kill(self) -> None:
        """`kill -9`."""
        if self.child is not None and self.child.returncode is None:
            self.child.kill()
            await self.child.wait()

    async def click(self, gate: str) -> float:
        """Click until it is answered 200; answer how many seconds the last click took."""
        body = self._body(gate)
        async with asyncio.timeout(LONGEST_S):
            while True:
                answer = await self._sandbox.deliver(body)
                if answer.is_acknowledged:
                    return answer.seconds
                await asyncio.sleep(LOOK_AGAIN_S)

    def _body(self, gate: str) -> dict[str, Any]:
        person = self._sandbox.member(PERSON).person
        return {
            "type": "view_submission",
            "team": self._sandbox.workspace.team(),
            "user": {"id": person.id, "name": person.name, "team_id": person.team_id},
            "api_app_id": self._sandbox.credentials.app_id,
            "trigger_id": "bench",
            "view": FORM | {"private_metadata": gate},
        }

    def usage(self) -> tuple[float, float]:
        """Answer its memory in MiB and the CPU seconds it has used."""
        assert self.child is not None
        process = Path(f"/proc/{self.child.pid}")
        status = (process / "status").read_text().split("VmRSS:")[1]
        fields = (process / "stat").read_text().rsplit(") ", 1)[1].split()
        return int(status.split()[0]) / 1024, (int(fields[11]) + int(fields[12])) / TICKS


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Served]:
    """A workspace, and a Harbor in it that is not started yet."""
    sandbox = await Sandbox.start()
    served = Served(sandbox, folder)
    try:
        yield served
    finally:
        await served.kill()
        await sandbox.stop()


async def asked(folder: Path, n: int) -> None:
    """Park *n* runs that ask a person."""
    sandbox = await Sandbox.start()
    person = sandbox.member(PERSON).id
    await sandbox.stop()
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        await each(lambda _: start(engine, "ask", person=person), range(n))
        await watch.idle()
        watch.close()


async def sealed(folder: Path) -> None:
    """Seal the audit, as a server does as it grows: idle is when nothing is left to be done."""
    async with working(folder) as (db, _, _):
        while found := await db.read(seals.next_seal, SEALED_AT_ONCE):
            await db.write(seals.put, found)


async def idle_and_clicked(folder: Path) -> dict[str, float]:
    """d, g, e: with all that is parked in *folder*; it must have CLICKS + 2 open gates."""
    async with serving(folder) as served:
        watch = Watch(folder)
        gates = watch.rows("SELECT id, run_id FROM gates WHERE status = 'open' ORDER BY id")
        await served.start()
        await served.click(gates[0][0])
        idle = await _idle(served)
        clicks = await _clicked(served, watch, gates[1 : CLICKS + 1], CLICKS_PER_S)
        await served.kill()
        began = time.perf_counter()
        await served.start()
        await served.click(gates[-1][0])
        again = await watch.completed(gates[-1][1], LOOK_AGAIN_S) - began
        watch.close()
    return idle | clicks | {"e_again_s": again}


async def storm(folder: Path, n: int) -> dict[str, float]:
    """h: single clicks while *n* waits of other runs are due at one instant."""
    await asked(folder, STORM_CLICKS + 1)
    due = in_time_for(n)
    async with working(folder) as (_, engine, _):
        await each(lambda _: start(engine, "due", at=due), range(n))
    async with serving(folder) as served:
        watch = Watch(folder)
        gates = watch.rows("SELECT id FROM gates WHERE status = 'open' ORDER BY id")
        await served.start()
        await served.click(gates[0][0])
        await asyncio.sleep(max(due - time.time(), 0))
        storm = asyncio.create_task(gone(watch))
        took: list[float] = []
        while not storm.done() and len(took) < STORM_CLICKS:
            took.append(await served.click(gates[len(took) + 1][0]))
        await storm
        watch.close()
    return {
        "h_p50_ms": percentile(took, 50) * 1000,
        "h_p99_ms": percentile(took, 99) * 1000,
        "h_clicks": float(len(took)),
    }


async def _idle(served: Served) -> dict[str, float]:
    await asyncio.sleep(2)
    _, before = served.usage()
    await asyncio.sleep(IDLE_S)
    memory, after = served.usage()
    return {"d_rss_mib": memory, "d_cpu_percent": (after - before) / IDLE_S * 100}


async def _clicked(
    served: Served, watch: Watch, gates: list[Any], per_s: float
) -> dict[str, float]:
    """g: click at a steady rate; until the answer, and until the run is completed."""

    async def one(nth: int, gate: str, run: str) -> tuple[float, float]:
        await asyncio.sleep(nth / per_s)
        began = time.perf_counter()
        answered = await served.click(gate)
        return answered, await watch.completed(run, LOOK_AGAIN_S) - began

    took = await asyncio.gather(*(one(n, *gate) for n, gate in enumerate(gates)))
    answers, ends = ([seconds * 1000 for seconds in each] for each in zip(*took, strict=True))
    return {
        "g_200_p50_ms": percentile(answers, 50),
        "g_200_p99_ms": percentile(answers, 99),
        "g_done_p50_ms": percentile(ends, 50),
        "g_done_p99_ms": percentile(ends, 99),
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
