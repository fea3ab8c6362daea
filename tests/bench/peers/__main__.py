"""`make bench-peers`: Harbor beside what people would pick instead, on the same workload.

Every system in an environment of its own, with its own way of doing it and its own settings;
repetitions take turns, so that a noisy minute hits all of them. Figures and ratios, no verdict.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import machine
from tests.bench.peers.environments import (
    HERE,
    PEERS,
    Peer,
    Unavailable,
    python_of,
    store_of,
    variables_of,
)
from tests.bench.throughput import delivered, parked, singles

HARBOR = "Harbor, SQLite"
FIGURES = {
    "a_started_and_parked_per_s": "a  start → parked, runs/s",
    "b_delivered_and_completed_per_s": "b  deliver → completed, events/s",
    "c_p50_ms": "c  one event, p50 ms",
    "c_p99_ms": "c  one event, p99 ms",
}
LONGEST_S = 600.0

Figures = dict[str, Any]


def main() -> int:
    """Measure all in turn, print figures and ratios, and write them as JSON where asked to."""
    options = _options()
    results: dict[str, list[Figures]] = {HARBOR: []}
    skipped: dict[str, str] = {}
    for nth in range(options.repeat):
        _note(f"{HARBOR}, {nth + 1} of {options.repeat}")
        results[HARBOR].append(asyncio.run(_harbor(options.n)))
        for peer in PEERS:
            if peer.name in skipped:
                continue
            _note(f"{peer.name}, {nth + 1} of {options.repeat}")
            try:
                results.setdefault(peer.name, []).append(_measured(peer, options.n, nth))
            except Unavailable as error:
                skipped[peer.name] = str(error)
    medians = {name: _median(runs) for name, runs in results.items() if runs}
    _print(medians, skipped, options)
    if options.json:
        content = {"machine": machine.described(), "n": options.n, "figures": medians}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--n", type=int, default=1_000, help="parked runs")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions; medians are shown")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    return parser.parse_args()


async def _harbor(n: int) -> Figures:
    with TemporaryDirectory() as name:
        folder = Path(name)
        found = await parked(folder, n)
        found |= await singles(folder)
        found |= await delivered(folder)
    described = machine.described()
    return {
        "a_started_and_parked_per_s": found["a_per_s"],
        "b_delivered_and_completed_per_s": found["b_per_s"],
        "c_p50_ms": found["c_p50_ms"],
        "c_p99_ms": found["c_p99_ms"],
        "versions": f"SQLite {described['SQLite']}, Python {described['Python']}",
        "settings": "defaults: synchronous=FULL, journal and audit on",
    }


def _measured(peer: Peer, n: int, nth: int) -> Figures:
    """Run a peer's script once. Raises Unavailable with its last words where it fails."""
    python = python_of(peer)
    with store_of(peer, nth) as store:
        script = str(HERE / peer.script)
        command = [str(python), script, "--n", str(n), "--store", store, *peer.options]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=LONGEST_S,
                env=variables_of(peer),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Unavailable(f"it took longer than {LONGEST_S:.0f} s") from None
    for line in reversed(done.stdout.splitlines()):
        with suppress(ValueError):
            figures: Figures = json.loads(line)
            return figures
    last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
    raise Unavailable(f"its script failed and said: {last[:200]}")


def _median(runs: list[Figures]) -> Figures:
    return {
        **{name: median(run[name] for run in runs) for name in FIGURES},
        "versions": runs[0]["versions"],
        "settings": runs[0]["settings"],
    }


def _print(medians: dict[str, Figures], skipped: dict[str, str], options: Any) -> None:
    console = Console(width=150)
    facts = ", ".join(f"{name} {value}" for name, value in machine.described().items())
    console.print(f"approve, N = {options.n:,}, 64 in flight, median of {options.repeat}; {facts}")
    table = Table("", *medians)
    for name, title in FIGURES.items():
        table.add_row(title, *(f"{figures[name]:,.1f}" for figures in medians.values()))
    table.add_section()
    for name, title in FIGURES.items():
        ours = medians[HARBOR][name]
        ratios = (_ratio(name, ours, figures[name]) for figures in medians.values())
        table.add_row(f"Harbor is better by: {title[0]} {title.split(',')[-1]}", *ratios)
    console.print(table)
    for name, figures in medians.items():
        console.print(f"{name}: {figures['versions']}; {figures['settings']}")
    for name, why in skipped.items():
        console.print(f"SKIPPED {name}: {why}")


def _ratio(name: str, ours: float, theirs: float) -> str:
    return f"{ours / theirs if name.endswith('per_s') else theirs / ours:.1f}x"


def _note(text: str) -> None:
    sys.stderr.write(f"  {text} …\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
