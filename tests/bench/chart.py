"""The chart: what a run costs, against how many are parked. SVG, one line a figure."""

import math
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment

WIDTH, HEIGHT = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 24, 48
LINES = {
    "a_us_per_run": ("start → parked", "#1d6fb8"),
    "b_us_per_event": ("deliver → completed", "#b8501d"),
}
TEMPLATE = Path(__file__).with_name("chart.svg.jinja")


def drawn(parked: Mapping[str, Mapping[str, float]]) -> str:
    """Answer the chart of microseconds a run against parked runs (a scale of powers of ten)."""
    counts = sorted(int(n) for n in parked)
    highest = max(parked[str(n)][name] for n in counts for name in LINES)
    top = 100 * math.ceil(highest * 1.1 / 100)

    def x(n: int) -> float:
        low, high = math.log10(counts[0]), math.log10(counts[-1])
        return LEFT + (math.log10(n) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(us: float) -> float:
        return HEIGHT - BOTTOM - us / top * (HEIGHT - TOP - BOTTOM)

    lines = [
        (words, colour, [(x(n), y(parked[str(n)][name])) for n in counts])
        for name, (words, colour) in LINES.items()
    ]
    return (
        Environment(autoescape=True)
        .from_string(TEMPLATE.read_text())
        .render(
            width=WIDTH,
            height=HEIGHT,
            left=LEFT,
            right=WIDTH - RIGHT,
            bottom=HEIGHT - BOTTOM,
            marks_x=[(x(n), f"{n:,}") for n in counts],
            marks_y=[(y(us), us) for us in range(0, top + 1, 50 if top <= 400 else 100)],
            lines=lines,
        )
    )
