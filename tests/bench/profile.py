"""Where the time of one event goes, µs by µs: from the call that delivers it to the completed run.

    python -m tests.bench.profile --n 10000

Events are delivered one after another, with N runs parked. What the points that tests die at passed
when gives the stretches between them; each statement is timed where it is executed. Medians.
"""

import argparse
import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from store.database import Tx
from store.query import Query
from tests.bench import machine, throughput
from tests.bench.workload import Watch, deliver, working
from workflows import failpoint

EVENTS = 500
# What lies behind each point, in the order in which one event passes them.
STRETCHES = (
    ("begin:before", "the call reaches the writer's thread"),
    ("deliver:ended", "BEGIN; the wait, its run and the key are looked up; the wait is ended"),
    ("commit:before", "the run is made ready; audit"),
    ("commit:after", "COMMIT: one fsync"),
    ("begin:before", "the answer reaches its caller (202), the worker wakes and claims"),
    ("commit:before", "BEGIN; the run is claimed, its journal loaded"),
    ("commit:after", "COMMIT: one fsync"),
    ("step:before-effect", "the job is called and answered from its journal up to the new step"),
    ("step:after-effect", "the step function"),
    ("begin:before", "its result, the job's return; the call reaches the writer's thread"),
    ("finish:written", "BEGIN; the run ends, its journal is written"),
    ("commit:before", "the time of the last commit is noted"),
    ("commit:after", "COMMIT: one fsync"),
)
POINTS = tuple(point for point, _ in STRETCHES)

Passed = list[tuple[str, float]]
Timed = dict[str, list[float]]


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.bench.profile")
    parser.add_argument("--n", type=int, default=10_000, help="parked runs")
    n = parser.parse_args().n
    with TemporaryDirectory() as folder:
        stretches, statements = asyncio.run(profiled(Path(folder), n))
    console = Console()
    of = ", ".join(f"{name} {value}" for name, value in machine.described().items())
    console.print(f"one event of {EVENTS}, {n:,} runs parked; {of}")
    console.print(_table("stretch", [(what, each) for (_, what), each in stretches]))
    console.print(_table("statement", sorted(statements.items(), key=lambda row: -sum(row[1]))))
    return 0


async def profiled(folder: Path, n: int) -> tuple[list[tuple[tuple[str, str], list[float]]], Timed]:
    """Answer how long each stretch took, and each statement, in seconds, event by event."""
    await throughput.parked(folder, n)
    stretches: list[list[float]] = [[] for _ in STRETCHES]
    statements: Timed = defaultdict(list)
    async with working(folder) as (_, engine, _):
        watch = Watch(folder)
        for run_id in throughput.waiting(watch, EVENTS):
            passed: Passed = []
            with failpoint.armed(_noting(passed)), timed(statements):
                began = time.perf_counter()
                await deliver(engine, run_id)
                await watch.completed(run_id, pause=0.001)
            if tuple(name for name, _ in passed[: len(POINTS)]) == POINTS:
                times = [began, *(at for _, at in passed)]
                for stretch, first, last in zip(stretches, times, times[1:], strict=False):
                    stretch.append(last - first)
        watch.close()
    return list(zip(STRETCHES, stretches, strict=True)), statements


def _noting(passed: Passed) -> Callable[[str], None]:
    return lambda name: passed.append((name, time.perf_counter()))


@contextmanager
def timed(into: Timed) -> Iterator[None]:
    """Note how long each statement takes to be executed and read, for the block."""
    before = {name: getattr(Tx, name) for name in ("all", "run", "many")}
    for name, method in before.items():
        setattr(Tx, name, _timing(method, into))
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(Tx, name, method)


def _timing(method: Callable[..., Any], into: Timed) -> Callable[..., Any]:
    @wraps(method)
    def measured(tx: Tx, query: Query[Any], *args: Any, **values: Any) -> Any:
        began = time.perf_counter()
        answer = method(tx, query, *args, **values)
        into[" ".join(query.text.split())].append(time.perf_counter() - began)
        return answer

    return measured


def _table(what: str, rows: list[tuple[str, list[float]]]) -> Table:
    table = Table(what, "µs", title_justify="left")
    for name, seconds in rows:
        if len(seconds) >= EVENTS // 2:
            table.add_row(name[:110], f"{median(seconds) * 1e6:.0f}")
    total = sum(median(seconds) for _, seconds in rows if len(seconds) >= EVENTS // 2)
    table.add_row("together", f"{total * 1e6:.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
