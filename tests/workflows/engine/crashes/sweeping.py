"""A story is killed at every failpoint it passes, in turn, and always comes to the same end.

    python -m tests.workflows.engine.crashes.sweeping     every story, point and second arm

Effects go to a file that outlives the process, and so does what clients were answered. Whatever
the point: one key for each effect, no effect after its result is durable, one outcome, and every
answer still true at the end.
"""

import argparse
import asyncio
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from store import file
from tests.workflows.engine.crashes.lives import Story, World, die_and_go_on, live
from tests.workflows.engine.crashes.stories import STORIES
from tests.workflows.engine.oracle import rows, violations

# The recovery dies, too: so many points after it has begun.
SECOND_ARMS = (1, 2, 4, 8)
NOT_FLUSHED = (*file.SETTINGS, "PRAGMA synchronous = OFF")


@dataclass(frozen=True)
class Swept:
    """How many points a story was killed at, and in how many lives and deaths of it."""

    points: int
    schedules: int


def sweep(worlds: Iterator[World], story: Story, *second: int) -> Swept:
    """Die at the first point, the second, … until nothing is left to die at."""
    # Once in this very process, undisturbed: statements are compiled here and not in every child.
    asyncio.run(live(story, next(worlds)))
    for point in count(1):
        world = next(worlds)
        deaths = die_and_go_on(story, world, point, *second)
        check(world, story, deaths)
        if deaths == 0:
            return Swept(point - 1, point - 1)
    raise AssertionError


def check(world: World, story: Story, deaths: int) -> None:
    """Assert that the world is as it would be had nothing died, but for repeated effects."""
    end = story.end
    assert end is not None
    assert violations(world.database) == []
    wanted = sorted((end.status, result or "") for result in end.results)
    found = "SELECT status, coalesce(result, '') FROM runs ORDER BY 1, 2"
    assert rows(world.database, found) == wanted
    assert set(Counter(what for what, _, _ in world.effects)) == set(end.done)
    for what, times in end.done.items():
        _check_effect(world, what, times, deaths)
    check_answers(world)


def _check_effect(world: World, what: str, times: int, deaths: int) -> None:
    """Assert that it was done as often as wanted, plus at most once for every death."""
    tried = [(key, attempt) for name, key, attempt in world.effects if name == what]
    attempts = [attempt for _, attempt in tried]
    assert len({key for key, _ in tried}) == 1
    assert attempts == sorted(set(attempts)), "every attempt has a number of its own"
    assert times <= len(tried) <= times + deaths


def check_answers(world: World) -> None:
    """Assert that every answer a client got has stayed true."""
    kept = {
        "started": "SELECT id FROM runs WHERE id = '{}'",
        "gate": "SELECT id FROM gates WHERE id = '{}' AND '{}' IN ('open', status)",
        "event": "SELECT id FROM events WHERE id = {} AND status = 'consumed'",
        "cancelled": "SELECT id FROM runs WHERE cancel_requested_at IS NOT NULL",
    }
    for what, *details in world.told:
        assert len(rows(world.database, kept[what].format(*details))) == 1, (what, details)


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.workflows.engine.crashes.sweeping")
    parser.add_argument("stories", nargs="*", default=tuple(STORIES))
    parser.add_argument("--once", action="store_true", help="no second arm")
    given = parser.parse_args()
    # What dies is the process, not the machine: nothing depends on when the disk is written.
    file.SETTINGS = NOT_FLUSHED
    with tempfile.TemporaryDirectory() as folder:
        worlds = (World.new(Path(folder) / str(n)) for n in count())
        try:
            told = _sweep_all(worlds, given.stories, () if given.once else SECOND_ARMS)
        except AssertionError as error:
            (*_, where) = traceback.extract_tb(error.__traceback__)
            told = f"{next(worlds).folder.name} schedules\nbroken:\n  {where.line} {error}"
    sys.stdout.write(f"{told}\n")
    return "broken:" in told


def _sweep_all(worlds: Iterator[World], names: Iterable[str], arms: tuple[int, ...]) -> str:
    points = schedules = 0
    for name in names:
        once = sweep(worlds, STORIES[name])
        again = [sweep(worlds, STORIES[name], arm) for arm in arms]
        points += once.points
        schedules += once.schedules + sum(swept.schedules for swept in again)
    return f"{points} points, {schedules} schedules, 0 violations"


if __name__ == "__main__":
    raise SystemExit(main())
