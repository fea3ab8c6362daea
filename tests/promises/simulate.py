"""One schedule from beginning to end, and many of them.

python -m tests.promises.simulate --seed 17           once more, with every decision
python -m tests.promises.simulate --schedules 1000000 as many as wanted, and what came of them
"""

import argparse
import asyncio
import gc
import logging
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Self

from store.errors import NotStored
from tests.promises.clients import Clients
from tests.promises.jobs import JOBS
from tests.promises.loop import Endless
from tests.promises.moves import FAULTS, PEOPLE, RARER, Moves
from tests.promises.verdict import judge
from tests.promises.world import World

LEFT = """SELECT id, status FROM runs WHERE status NOT IN ('completed', 'failed', 'cancelled')
    ORDER BY id"""
CALM = 3_600.0  # seconds of virtual time in which everything comes to its end
MOST_RETRIES = 2
OFTEN = (*JOBS, "approvals", "waits")  # what most of the rest is made of
PART = 500  # schedules after which a process reports


@dataclass(frozen=True)
class Shape:
    """What a schedule consists of; what else chance decides is decided by *seed*."""

    seed: int
    moves: tuple[str, ...]
    workers: int = 1

    @classmethod
    def of(cls, seed: int) -> "Shape":
        """Answer the shape of a seed: a few runs, some kinds of faults, and what people do."""
        chance = Random(seed)  # noqa: S311  chance is wanted, not a secret
        starts = [f"start {job}" for job in chance.choices(OFTEN, k=chance.choice((1, 1, 2, 3)))]
        # Few kinds of faults at a time reach further than a little of everything.
        faults = chance.sample(FAULTS, k=chance.choice((0, 1, 2, 3)))
        pool = (*PEOPLE, *RARER, *faults, *faults)
        if {"refuse", "answer_early"} & set(faults):
            pool += ("retry",) * 4
        moves = chance.choices(pool, k=chance.choice((4, 8, 16)))
        for start in starts:
            moves.insert(chance.randrange(4), start)
        return cls(seed, tuple(moves), chance.choice((1, 1, 2)))


@dataclass
class Report:
    """What came of a schedule."""

    shape: Shape
    violations: list[str]
    decisions: list[str]
    faults: Counter[str] = field(default_factory=Counter)
    virtual_seconds: float = 0.0
    commits: int = 0

    def __str__(self) -> str:
        found = "\n  ".join(("broken:", *self.violations) if self.violations else ("all kept",))
        return "\n".join((*self.decisions, f"{self.shape}", found, f"SEED={self.shape.seed}"))


def simulate(shape: Shape) -> Report:
    """Run one schedule; whatever it does, a report comes back."""
    chance = Random(shape.seed)  # noqa: S311
    world = World(chance, workers=shape.workers)
    clients = Clients(world)
    heard = _Heard()
    with _listening(heard), world.running():
        try:
            world.loop.finish(world.loop.create_task(_live(world, clients, shape)))
            judge(world, clients)
        except Endless as endless:
            world.oracle.found(f"I18 the schedule has no end: {endless}")
    for error in (*world.loop.troubles, *heard.errors):
        world.oracle.found(f"an error that nobody expected: {error!r}")
    return Report(
        shape,
        world.oracle.violations,
        list(world.loop.decisions),
        world.faults,
        world.loop.time() + abs(world.clock.jumped.total_seconds()),
        world.memory.commits,
    )


async def _live(world: World, clients: Clients, shape: Shape) -> None:
    moves = Moves(world, clients)
    world.boot()
    for move in shape.moves:
        await moves.pause()
        world.loop.note("move", move)
        moves.make(move)
    await moves.pause()
    await _calm(world, clients)


async def _calm(world: World, clients: Clients) -> None:
    """No more faults: every run must come to its end by itself, or by a person's retry."""
    memory = world.memory
    world.loop.note("calm")
    memory.is_down = memory.hints_lost = memory.slow = False
    memory.faults.clear()
    world.effects.troubles.clear()
    world.effects.refused.clear()
    if clients.others:
        await asyncio.wait(clients.others)
    # A run that began on changed code may need that code to go on.
    for deploy in ("today", *world.deploys):
        if world.deploy != deploy:
            world.deploy = deploy
            world.crash()
        if not await _left(world, clients):
            return
    world.oracle.found(f"I18 still under way when all was calm: {world.look(LEFT)}")


async def _left(world: World, clients: Clients) -> bool:
    """Wait until every run is over; answer whether some are not and nothing helps."""
    world.boot()
    retries = Counter[str]()
    end = world.loop.time() + CALM + abs(world.clock.jumped.total_seconds())
    while left := world.look(LEFT):
        blocked = [run for run, status in left if status == "blocked"]
        retries.update(blocked)
        if world.loop.time() > end or max(retries.values(), default=0) > MOST_RETRIES:
            return True
        for run in blocked:
            await clients.retry(run)
        await asyncio.sleep(5.0)
    return False


class _Heard(logging.Handler):
    """Hears what the engine reports as an error of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[BaseException | str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, NotStored):  # that one was sent by us
            self.errors.append(error or record.getMessage())


@contextmanager
def _listening(heard: _Heard) -> Iterator[None]:
    log = logging.getLogger("workflows")
    before = log.propagate, log.level
    log.propagate, log.level = False, logging.ERROR
    log.addHandler(heard)
    try:
        yield
    finally:
        log.removeHandler(heard)
        log.propagate, log.level = before


@dataclass
class Campaign:
    """What came of many schedules."""

    schedules: int = 0
    virtual_seconds: float = 0.0
    commits: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    broken: list[Report] = field(default_factory=list)

    def add(self, report: Report) -> None:
        self.schedules += 1
        self.virtual_seconds += report.virtual_seconds
        self.commits += report.commits
        self.faults += report.faults
        if report.violations:
            self.broken.append(report)

    def __iadd__(self, other: "Campaign") -> Self:
        self.schedules += other.schedules
        self.virtual_seconds += other.virtual_seconds
        self.commits += other.commits
        self.faults += other.faults
        self.broken += other.broken
        return self

    def __str__(self) -> str:
        kinds = ", ".join(f"{what} {times}" for what, times in sorted(self.faults.items()))
        return (
            f"{self.schedules} schedules, {len(self.broken)} of them broken;"
            f" {self.commits} commits, {self.virtual_seconds / 86_400:.1f} virtual days,"
            f" {sum(self.faults.values())} faults ({kinds})"
        )


def campaign(seeds: Iterable[int]) -> Campaign:
    """Run the schedules of *seeds*, until one of them breaks a promise."""
    done = Campaign()
    # What is imported stays; what a schedule leaves is collected now and then.
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for seed in seeds:
            done.add(simulate(Shape.of(seed)))
            if done.broken:
                break
            if done.schedules % 100 == 0:
                gc.collect()
    finally:
        gc.enable()
        gc.unfreeze()
    return done


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.simulate")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    if given.seed is not None:
        report = simulate(Shape.of(given.seed))
        sys.stdout.write(f"{report}\n")
        return bool(report.violations)
    began = time.monotonic()
    done = Campaign()
    for part in _parts(given.from_seed, given.schedules, given.processes):
        done += part
        if done.broken:
            break
    took = time.monotonic() - began
    for report in done.broken:
        sys.stdout.write(f"{report}\n")
    sys.stdout.write(f"{done} in {took:.0f} s ({done.schedules / took:.0f}/s)\n")
    return bool(done.broken)


def _parts(first: int, schedules: int, processes: int) -> Iterator[Campaign]:
    """Answer campaign after campaign; several processes share the work."""
    parts = [
        range(start, min(start + PART, first + schedules))
        for start in range(first, first + schedules, PART)
    ]
    if processes == 1:
        yield from map(campaign, parts)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(campaign, parts)


if __name__ == "__main__":
    raise SystemExit(main())
