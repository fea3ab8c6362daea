"""`make bench`: figures a to h of a run's cost, measured on this machine. Never a verdict.

The workload is `approve`: a job with a journaled step, a wait, another step; JSON in, JSON out,
64 calls in flight, SQLite with synchronous=FULL, journal and audit on.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import chart, machine, serving, table, throughput, timers

Figures = dict[str, float]


def main() -> int:
    """Measure, print a table, and write JSON and the chart where asked to."""
    options = _options()
    measured: dict[str, Figures] = {}
    for n in options.n:
        measured[str(n)] = _repeated(lambda folder, n=n: _parked(folder, n), options, f"{n:,}")
    at_once = _repeated(lambda folder: _at_once(folder, options.timers), options, "timers, storm")
    table.show(measured, at_once, machine.described(), options.repeat)
    found = {"machine": machine.described(), "parked": measured, "at_once": at_once}
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    if options.chart:
        options.chart.write_text(chart.drawn(measured))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--n", type=int, nargs="+", default=[1_000, 10_000], help="parked runs")
    parser.add_argument("--timers", type=int, default=10_000, help="waits due at one instant")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions; medians are shown")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--chart", type=Path, help="where to write the chart (SVG)")
    parser.add_argument("--folder", type=Path, help="where the databases are made")
    return parser.parse_args()


async def _parked(folder: Path, n: int) -> Figures:
    """a to e and g, one after the other, on one database."""
    found = await throughput.parked(folder, n)
    await serving.asked(folder, serving.CLICKS + 2)
    found |= await throughput.singles(folder)
    await serving.sealed(folder)
    found |= await serving.idle_and_clicked(folder)
    return found | await throughput.delivered(folder)


async def _at_once(folder: Path, n: int) -> Figures:
    """f and h, each on its own database."""
    first, second = folder / "timers", folder / "storm"
    first.mkdir()
    second.mkdir()
    return await timers.timers(first, n) | await serving.storm(second, n)


def _repeated(
    measure: Callable[[Path], Awaitable[Figures]], options: argparse.Namespace, what: str
) -> Figures:
    """Answer the median of every figure over the repetitions."""
    runs: list[Figures] = []
    for nth in range(options.repeat):
        table.progress(f"{what}: {nth + 1} of {options.repeat}")
        with TemporaryDirectory(dir=options.folder) as folder:
            runs.append(asyncio.run(measure(Path(folder))))
    return {name: median(run[name] for run in runs) for name in runs[0]}


if __name__ == "__main__":
    raise SystemExit(main())
