"""The engine itself raises, at every point in turn: what was asked still happens, and once."""

import asyncio
from contextlib import suppress
from itertools import count

import pytest

from store import file
from store.errors import NotStored
from store.opening import open_database
from tests.workflows.engine.crashes.lives import Story, World, live
from tests.workflows.engine.crashes.stories import APPROVED, HAD_BUILT, UNANSWERED
from tests.workflows.engine.crashes.sweeping import NOT_FLUSHED, check
from tests.workflows.kit import NOON, FakeClock, Harness
from workflows.failpoint import armed, failpoint

# What raises around a step function is the step's own failure; after a commit nothing is left
# that could raise before it is answered.
NOT_OURS = {"step:before-effect", "step:after-effect", "commit:after"}


class Bug(Exception):
    """A fault of ours."""


def raising_at(nth):
    """Answer what raises at the nth point passed, and how often it has."""
    raised = []
    left = count(nth, -1)

    def on_pass(name):
        if name not in NOT_OURS and next(left) == 1:
            raised.append(name)
            raise Bug(name)

    return on_pass, raised


async def lived_through(story: Story, world: World, nth: int) -> list[str]:
    """Live a story in one process, at whose nth point something raises; answer where it did."""
    clock = FakeClock(NOON)
    db = open_database(f"sqlite:///{world.database}", clock.now, failpoint)
    on_pass, raised = raising_at(nth)
    with armed(on_pass):
        harness = await opened(db, clock, story, world)
        with suppress(Exception):  # the client hears of it, or does not find what it looks for
            await story.client(harness, world)
    await harness.move(seconds=61)  # a pass that broke off is taken up when its lease has run out
    await story.client(harness, world)
    await harness.run()
    await db.close()
    return raised


async def opened(db, clock, story, world):
    try:
        return await Harness.opened(db, clock, story.job(world))
    except (Bug, NotStored):
        return await Harness.opened(db, clock, story.job(world))


@pytest.mark.parametrize(
    "story",
    [APPROVED, UNANSWERED, HAD_BUILT],
    ids=["approved", "unanswered", "had built"],
)
def test_f18_a_fault_at_any_point_loses_no_run_and_does_nothing_twice(tmp_path, monkeypatch, story):
    monkeypatch.setattr(file, "SETTINGS", NOT_FLUSHED)
    worlds = (World.new(tmp_path / str(n)) for n in count())
    asyncio.run(live(story, next(worlds)))

    for nth in count(1):
        world = next(worlds)
        raised = asyncio.run(lived_through(story, world, nth))
        check(world, story, len(raised))
        if not raised:
            break

    assert nth > 20
