"""Whether what is parked makes an event dearer: few parked and many, turn by turn.

    python -m tests.bench.flat --n 1000000

On a shared machine two figures taken minutes apart differ by more than what is asked here. So
both databases are made first, and every round measures one right after the other.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import machine, throughput
from tests.bench.workload import Watch, deliver, each, start, working

FEW = 1_000
RUNS = 3_000  # started, and as many delivered to, on either in every round


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.bench.flat")
    parser.add_argument("--n", type=int, default=1_000_000, help="parked runs")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        few, many = Path(name) / "few", Path(name) / "many"
        for folder, n in ((few, FEW), (many, options.n)):
            _note(f"{n:,} runs are started and park …")
            folder.mkdir()
            asyncio.run(throughput.parked(folder, n))
        rounds = []
        for nth in range(options.rounds):
            _note(f"round {nth + 1} of {options.rounds} …")
            rounds.append([asyncio.run(_measured(folder)) for folder in (few, many)])
    _print(rounds, options.n)
    return 0


async def _measured(folder: Path) -> tuple[float, float]:
    """Answer µs a run: start → parked, deliver → completed. As many are parked as before."""
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        started = await _took(
            watch, each(lambda number: start(engine, "approve", number=number), range(RUNS))
        )
        ids = throughput.waiting(watch, RUNS)
        completed = await _took(watch, each(lambda run_id: deliver(engine, run_id), ids))
        watch.close()
    return started, completed


async def _took(watch: Watch, work: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await work
    await watch.idle()
    return (time.perf_counter() - began) / RUNS * 1e6


def _print(rounds: list[list[tuple[float, float]]], n: int) -> None:
    console = Console()
    facts = ", ".join(f"{name} {value}" for name, value in machine.described().items())
    console.print(f"µs a run, medians of {len(rounds)} rounds, and of their ratios; {facts}")
    table = Table("", f"{FEW:,} parked", f"{n:,} parked", "ratio")
    for place, title in enumerate(("a  start → parked", "b  deliver → completed")):
        few, many = ([pair[place] for pair in column] for column in zip(*rounds, strict=True))
        ratio = median(m / f for f, m in zip(few, many, strict=True))
        table.add_row(title, f"{median(few):.0f}", f"{median(many):.0f}", f"{ratio:.2f}")
    console.print(table)


def _note(text: str) -> None:
    sys.stderr.write(f"  {text}\n")


if __name__ == "__main__":
    sys.exit(main())
