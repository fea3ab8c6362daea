"""Made-up code of other people's beside a quiet run, which must not notice; on real threads.

    python -m tests.promises.foreign --examples 5000      as many as wanted
    python -m tests.promises.foreign --first 17           one of them once more

A number decides what code there is; how its threads meet is the machine's affair.
"""

import argparse
import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from bot.passes import Passes
from store import meta
from store.database import Database
from store.opening import open_database
from tests.promises.strangers import COMPLETED, KEPT, Outside, Stranger, stranger
from tests.workflows.kit import FakeClock, Harness, a_job
from workflows.context import Context
from workflows.engine.local.calls import Calls
from workflows.testing.installation import new_installation

THREADS = 16
MOST_STRANGERS = 6
QUIET_S = 10.0  # within which a quiet run gets on; it takes a hundredth of that
LONGEST_S = 20.0
ROUNDS = 6  # of time in which every step is tried as often as it may be


def add(a: int, b: int) -> int:
    return a + b


async def double(a: int) -> int:
    return 2 * a


async def quiet(ctx: Context, request: Any) -> list[int]:
    """Take steps, wait, and take steps: nothing that others do may be noticed."""
    first = await ctx.step.run("add", add, 1, 2)
    second = await ctx.step.run("double", double, first)
    await ctx.step.wait_for_event("answer", timeout="24h", expected=["yes"])
    return [
        second,
        *await ctx.step.gather("fan", *(ctx.step.run("add", add, n, n) for n in (1, 2))),
    ]


class Example:
    """A few strangers and two quiet runs, in a process of their own making."""

    def __init__(self, number: int) -> None:
        chance = Random(number)  # noqa: S311  chance is wanted, not a secret
        self.number = number
        self.outside = Outside()
        self.broken: list[str] = []
        self.strangers = [
            stranger(chance, f"strange {n}", self.outside)
            for n in range(chance.randint(1, MOST_STRANGERS))
        ]
        self._times = [chance.choice((1, 1, 3)) for _ in self.strangers]
        self._calls = Calls(THREADS)

    async def live(self, folder: Path) -> None:
        """Run it; what is not as promised is in *broken*."""
        async with self._harness(folder) as (harness, passes):
            before = await self._begun(harness)
            runs = [
                (each, await harness.start(each.job.name))
                for each, times in zip(self.strangers, self._times, strict=True)
                for _ in range(times)
            ]
            during = await self._begun(harness)
            for run in (before, during):
                await self._quiet_is_done(harness, run)
            await self._all_tried(harness, passes)
            for each, run in runs:
                await self._ended(harness, each, run)
            self._check_calls()
            self.outside.go_on.set()
            await self._let_go()

    @asynccontextmanager
    async def _harness(self, folder: Path) -> AsyncIterator[tuple[Harness, Passes]]:
        file = folder / f"{self.number}.db"
        file.write_bytes(new_installation())
        clock = FakeClock()
        db: Database = open_database(f"sqlite:///{file}", clock.now)
        jobs = [each.job for each in self.strangers]
        installation = await db.read(meta.installation_id)
        harness = Harness(db, clock, installation, a_job(quiet, "quiet"), *jobs)
        passes = Passes(lambda: self._worker(db, clock, installation, harness))
        await passes.start()
        try:
            yield harness, passes
        finally:
            self.outside.go_on.set()
            await passes.stop(1)
            await db.close()
            file.unlink()
            KEPT.clear()

    def _worker(self, db: Database, clock: FakeClock, installation: str, of: Harness) -> Any:
        """Make the worker on the loop that is to be its own; it keeps leases of the engine's."""
        worker = Harness(db, clock, installation, *of.registry).worker
        worker.calls, worker._living = self._calls, of.worker._living
        return worker

    # -- the quiet run --------------------------------------------------------------------------

    async def _begun(self, harness: Harness) -> str:
        run = await harness.start("quiet")
        await self._until(harness, run, "waiting")
        return run

    async def _quiet_is_done(self, harness: Harness, run: str) -> None:
        await harness.deliver(run, "answer", "yes")
        await self._until(harness, run, "completed")
        found = await harness.get(run)
        if found.result != [6, 2, 4]:
            self.broken.append(f"the quiet run ended as {found.status}: {found.result}")

    async def _until(self, harness: Harness, run: str, status: str) -> None:
        end = time.monotonic() + QUIET_S
        while await harness.status(run) != status:
            if time.monotonic() > end:
                self.broken.append(f"the quiet run is {await harness.status(run)}, not {status}")
                return
            await asyncio.sleep(0.005)

    # -- the strangers --------------------------------------------------------------------------

    async def _all_tried(self, harness: Harness, passes: Passes) -> None:
        """Let time pass until every run that can has ended."""
        for _ in range(ROUNDS):
            await harness.engine.sweep()
            passes.wake()
            if not await self._settled(harness):
                return
            harness.clock.move(minutes=2)

    async def _settled(self, harness: Harness) -> bool:
        end = time.monotonic() + LONGEST_S
        while await self._busy(harness) and time.monotonic() < end:  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0.005)
        return time.monotonic() < end

    async def _busy(self, harness: Harness) -> bool:
        if await harness.engine.list(status="running", limit=1):
            return True
        ready = await harness.engine.list(status="ready")
        due = await harness.engine.next_due()
        return bool(ready) and due is not None and due <= harness.clock.now()

    async def _ended(self, harness: Harness, of: Stranger, run: str) -> None:
        found = await harness.get(run)
        status, kind = found.status.value, (found.error or {}).get("kind")
        as_promised = status == COMPLETED if of.ends == COMPLETED else kind == of.ends
        if not as_promised:
            self.broken.append(
                f"the {of.what} is {status} ({kind}, {found.blocked_reason}), not {of.ends}"
            )

    # -- threads --------------------------------------------------------------------------------

    def _check_calls(self) -> None:
        for name in self.outside.beside:
            self.broken.append(f"the step {name} was called beside itself")
        for job, number in self._calls.given_up.items():
            if number > self._calls.share:
                self.broken.append(f"{job} has {number} threads that hang")

    async def _let_go(self) -> None:
        end = time.monotonic() + LONGEST_S
        while self._calls.given_up:
            if time.monotonic() > end:
                self.broken.append(f"counted as hanging after all: {self._calls.given_up}")
                return
            await asyncio.sleep(0.005)


def main() -> NoReturn:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.foreign")
    parser.add_argument("--examples", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began, done, is_broken = time.monotonic(), 0, False
    with tempfile.TemporaryDirectory() as folder:
        while done < given.examples and not is_broken:
            example = Example(given.first + done)
            asyncio.run(example.live(Path(folder)))
            done += 1
            if is_broken := bool(example.broken):
                sys.stdout.write(_told(example))
    seconds = time.monotonic() - began
    sys.stdout.write(f"{done} examples, {int(is_broken)} of them broken, in {seconds:.0f} s\n")
    sys.stdout.flush()
    # Threads of examples may go on: nobody waits for them.
    os._exit(is_broken)


def _told(example: Example) -> str:
    code = "\n  ".join(each.what for each in example.strangers)
    found = "\n  ".join(example.broken)
    return f"{code}\nbroken:\n  {found}\nFIRST={example.number}\n"


if __name__ == "__main__":
    main()
