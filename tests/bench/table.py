"""The figures as a table for people."""

import sys
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

Figures = Mapping[str, float]

PARKED = {
    "a_per_s": ("a  start → parked, runs/s", "{:,.0f}"),
    "b_per_s": ("b  deliver → completed, events/s", "{:,.0f}"),
    "c_p50_ms": ("c  one event, p50 ms", "{:.2f}"),
    "c_p99_ms": ("c  one event, p99 ms", "{:.2f}"),
    "d_rss_mib": ("d  memory of `harbor serve`, MiB", "{:,.0f}"),
    "d_cpu_percent": ("d  its CPU when idle, %", "{:.1f}"),
    "d_bytes_per_run": ("d  disk, bytes per parked run", "{:,.0f}"),
    "e_again_s": ("e  kill -9 → an event has completed, s", "{:.2f}"),
    "e_missing": ("e  missing after delivering to all", "{:.0f}"),
    "g_200_p50_ms": ("g  a click → 200, p50 ms", "{:.1f}"),
    "g_200_p99_ms": ("g  a click → 200, p99 ms", "{:.1f}"),
    "g_done_p99_ms": ("g  a click → completed, p99 ms", "{:.1f}"),
}
AT_ONCE = {
    "f_per_s": ("f  timers/s until the last is complete", "{:,.0f}"),
    "f_lag_p50_s": ("f  lag p50, s", "{:.2f}"),
    "f_lag_p99_s": ("f  lag p99, s", "{:.2f}"),
    "f_early": ("f  ended early", "{:.0f}"),
    "h_p50_ms": ("h  a click meanwhile → 200, p50 ms", "{:.1f}"),
    "h_p99_ms": ("h  a click meanwhile → 200, p99 ms", "{:.1f}"),
    "h_clicks": ("h  clicks meanwhile", "{:.0f}"),
}


def show(
    parked: Mapping[str, Figures], at_once: Figures, machine: Mapping[str, str], repeat: int
) -> None:
    """Print everything."""
    console = Console()
    console.print(
        f"approve, median of {repeat}; " + ", ".join(f"{k} {v}" for k, v in machine.items())
    )
    console.print(
        _table("parked runs", {f"{int(n):,}": found for n, found in parked.items()}, PARKED)
    )
    console.print(_table("due at one instant", {"": at_once}, AT_ONCE))


def progress(what: str) -> None:
    """Say what is being measured, to who watches."""
    sys.stderr.write(f"  {what} …\n")
    sys.stderr.flush()


def _table(
    title: str, columns: Mapping[str, Figures], rows: Mapping[str, tuple[str, str]]
) -> Table:
    table = Table(title, *columns)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, (words, form) in rows.items():
        table.add_row(words, *(form.format(figures[name]) for figures in columns.values()))
    return table
