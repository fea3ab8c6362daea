"""`make bench`: what a run costs, measured on this machine. Figures, never a verdict.

The workload is `approve`: a job with a journaled step, a wait, another step; JSON in, JSON out,
64 calls in flight, SQLite with synchronous=FULL, journal and audit on.
"""

import argparse
import asyncio
import json
import os
import platform
import sqlite3
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.workload import Figures, measure

COLUMNS = {
    "a_started_and_parked_per_s": ("a  start → parked, runs/s", "{:,.0f}"),
    "b_delivered_and_completed_per_s": ("b  deliver → completed, events/s", "{:,.0f}"),
    "c_p50_ms": ("c  one event, p50 ms", "{:.2f}"),
    "c_p99_ms": ("c  one event, p99 ms", "{:.2f}"),
    "disk_bytes_per_parked_run": ("   disk, bytes per parked run", "{:,.0f}"),
}


def main() -> int:
    """Measure, print a table, and write the figures as JSON where asked to."""
    options = _options()
    results = {n: _measured(n, options.repeat) for n in options.n}
    _print(results, options.repeat)
    if options.json:
        options.json.write_text(json.dumps({"machine": _machine(), "figures": results}, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--n", type=int, nargs="+", default=[1_000, 10_000], help="parked runs")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions; medians are shown")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    return parser.parse_args()


def _measured(n: int, repeat: int) -> dict[str, float]:
    runs: list[Figures] = []
    for nth in range(repeat):
        sys.stderr.write(f"\r  {n:,} parked, {nth + 1} of {repeat} …   ")
        sys.stderr.flush()
        with TemporaryDirectory() as folder:
            runs.append(asyncio.run(measure(Path(folder), n)))
    sys.stderr.write("\r" + " " * 40 + "\r")
    return {name: median(run[name] for run in runs) for name in COLUMNS}


def _print(results: dict[int, dict[str, float]], repeat: int) -> None:
    machine = _machine()
    print(f"approve, median of {repeat}; " + ", ".join(f"{k} {v}" for k, v in machine.items()))
    print(f"{'parked runs':<36}" + "".join(f"{n:>14,}" for n in results))
    for name, (title, form) in COLUMNS.items():
        cells = "".join(f"{form.format(figures[name]):>14}" for figures in results.values())
        print(f"{title:<36}{cells}")


def _machine() -> dict[str, str]:
    return {
        "Python": platform.python_version(),
        "SQLite": f"{sqlite3.sqlite_version} WAL synchronous=FULL",
        "cores": str(len(os.sched_getaffinity(0))),
    }


if __name__ == "__main__":
    raise SystemExit(main())
