"""What every peer's script measures, and how: the same workload, the same numbers in flight.

Runs inside a peer's own environment: imports nothing but the standard library.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from statistics import quantiles
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

IN_FLIGHT = 64
SINGLES = 100  # events delivered one after another, for the latency
LOOK_AGAIN_S = 0.005


class Peer(Protocol):
    """A system that executes `approve`: a step, a wait of 24 h, a step."""

    versions: str
    settings: str

    async def start(self, key: str) -> Any:
        """Start a run; answer once it is accepted."""

    async def deliver(self, key: str) -> Any:
        """Send the run its decision; answer once that is accepted."""

    async def completed(self, key: str) -> Any:
        """Wait until the run has completed."""

    def parked(self) -> int:
        """Answer how many runs have done their first step and wait."""


def options(*more: str) -> argparse.Namespace:
    """Read how many runs, where the peer keeps them, and what *more* its script is to be told."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--store", required=True, help="a database URL, or a folder")
    for option in more:
        parser.add_argument(option, required=True)
    return parser.parse_args()


async def measure(peer: Peer, n: int) -> dict[str, Any]:
    """Start runs and let them park; single events, for the latency; then all the others at once."""
    keys = [f"run-{number}" for number in range(n + SINGLES)]
    began = time.perf_counter()
    await gathered(peer.start, keys)
    while peer.parked() < len(keys):
        await asyncio.sleep(LOOK_AGAIN_S)
    parked_s = time.perf_counter() - began
    latencies = [await timed(peer, key) for key in keys[:SINGLES]]
    began = time.perf_counter()
    await gathered(peer.deliver, keys[SINGLES:])
    await gathered(peer.completed, keys[SINGLES:])
    completed_s = time.perf_counter() - began
    cuts = quantiles(latencies, n=100)
    return {
        "versions": peer.versions,
        "settings": peer.settings,
        "a_started_and_parked_per_s": len(keys) / parked_s,
        "b_delivered_and_completed_per_s": n / completed_s,
        "c_p50_ms": cuts[49] * 1000,
        "c_p99_ms": cuts[98] * 1000,
    }


async def timed(peer: Peer, key: str) -> float:
    """Answer the seconds from the call to the run completed."""
    began = time.perf_counter()
    await peer.deliver(key)
    await peer.completed(key)
    return time.perf_counter() - began


async def gathered(call: Callable[[str], Awaitable[T]], keys: Iterable[str]) -> list[T]:
    """Call for every key, 64 at a time."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def one(key: str) -> T:
        async with room:
            return await call(key)

    return await asyncio.gather(*(one(key) for key in keys))


def tell(figures: dict[str, Any]) -> None:
    """Print the figures as the last line: the runner reads it."""
    print(json.dumps(figures), flush=True)
