"""A process under load: runs start, wait and are answered, and every answer is written down.

python -m tests.workflows.engine.crashes.loaded DATABASE ANSWERS
"""

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

from store.opening import open_database
from tests.workflows.kit import Harness, a_job
from workflows.clock import SystemClock
from workflows.engine.local.worker import Worker

AT_ONCE = 16


async def post(n: int) -> int:
    return n


async def story(ctx, request):
    await ctx.step.run("before", post, 1)
    event = await ctx.step.wait_for_event("answer", timeout="1h", expected=["yes"])
    await ctx.step.run("after", post, 2)
    return event.kind


async def feed(harness: Harness, worker: Worker, answers: int, numbers: "count[int]") -> None:
    """Start run after run and answer it; what was accepted is written down at once."""
    for n in numbers:
        run = await harness.start(key=f"start {n}")
        os.write(answers, f"run {run}\n".encode())
        worker.wake()
        receipt = await harness.deliver(run, "answer", "yes", key=f"answer {n}")
        os.write(answers, f"event {receipt.event_id}\n".encode())
        worker.wake()


async def main(database: Path, answers: Path) -> None:
    """Go on until killed."""
    clock = SystemClock()
    db = open_database(f"sqlite:///{database}", clock.now)
    harness = await Harness.opened(db, clock, a_job(story))
    descriptor = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    working = asyncio.create_task(harness.worker.run())
    numbers = count()
    await asyncio.gather(
        *(feed(harness, harness.worker, descriptor, numbers) for _ in range(AT_ONCE)), working
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
