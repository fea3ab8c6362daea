"""Processes that die: what survives them, and how one is made, killed and followed by the next."""

import asyncio
import gc
import os
import traceback
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from store.opening import open_database
from tests.workflows.engine.oracle import rows, violations
from tests.workflows.kit import NOON, FakeClock, Harness
from workflows.failpoint import armed, dying_at, failpoint
from workflows.registry import Job
from workflows.step import current_step
from workflows.testing.installation import new_installation


@dataclass(frozen=True)
class World:
    """What outlives a process: the database, what was done outside, and what clients were told."""

    folder: Path

    @classmethod
    def new(cls, folder: Path) -> "World":
        folder.mkdir()
        (folder / "harbor.db").write_bytes(new_installation())
        return cls(folder)

    @property
    def database(self) -> Path:
        return self.folder / "harbor.db"

    async def post(self, what: str) -> str:
        """A step function: append what was done, with its key and attempt."""
        step = current_step()
        self.append("effects", f"{what}|{step.key}|{step.attempt}")
        return what

    async def post_and_lose_the_answer_twice(self, what: str) -> str:
        """A step function whose effect happens, but whose first two answers are lost."""
        await self.post(what)
        if sum(done == what for done, _, _ in self.effects) <= 2:
            raise ConnectionResetError("no answer")
        return what

    def tell(self, *words: object) -> None:
        """Note what a client has been answered."""
        self.append("told", "|".join(map(str, words)))

    @property
    def effects(self) -> list[tuple[str, str, int]]:
        found = (line.split("|") for line in self._lines("effects"))
        return [(what, key, int(attempt)) for what, key, attempt in found]

    @property
    def told(self) -> list[tuple[str, ...]]:
        return [tuple(line.split("|")) for line in self._lines("told")]

    def journaled(self) -> set[str]:
        """Answer the steps whose results are durable."""
        query = "SELECT name FROM journal WHERE status = 'done' AND kind = 'step'"
        return {name for (name,) in rows(self.database, query)}

    def append(self, name: str, line: str) -> None:
        # One write to a descriptor that appends: it is whole, or it never was.
        descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)

    def _lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []


@dataclass(frozen=True)
class End:
    """How every run of a story ends, what they return, and how often each thing is done."""

    status: str
    results: list[str | None]
    done: dict[str, int]


@dataclass(frozen=True)
class Story:
    """A job, and a client that asks for the same again, by the same keys, until it is through."""

    job: Callable[[World], Job]
    client: Callable[[Harness, World], Awaitable[Any]]
    end: End | None = None


def outlives(story: Story, world: World, life: int, die_at: int | None = None) -> bool:
    """Live the story in a child that is killed at the nth failpoint; answer whether it was not.

    *life* counts the processes: the clock of each begins a minute later.
    """
    child = os.fork()
    if child == 0:
        gc.disable()  # It would touch, and so copy, every page of the parent.
        try:
            with armed(dying_at(f"#{die_at}")) if die_at else nullcontext():
                asyncio.run(live(story, world, life))
        except BaseException:  # noqa: BLE001  whatever it was, the parent is told
            world.append("error", traceback.format_exc())
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not (world.folder / "error").exists(), (world.folder / "error").read_text()
    return not os.WIFSIGNALED(status)


async def live(story: Story, world: World, life: int = 0) -> None:
    """Start as a process does, do what the client asks, and stop in good order."""
    clock = FakeClock(NOON + timedelta(minutes=life))
    db = open_database(f"sqlite:///{world.database}", clock.now, failpoint)
    harness = await Harness.opened(db, clock, story.job(world))
    await story.client(harness, world)
    await db.close()


def die_and_go_on(story: Story, world: World, *die_at: int) -> int:
    """Die at each of the points in turn, then live to the end; answer the number of deaths.

    After every death: the rows are sound, and what was journaled is not done again.
    """
    deaths = 0
    for life, point in enumerate(die_at):
        durable, before = _durable(world)
        if outlives(story, world, life, point):
            return deaths
        deaths += 1
        assert violations(world.database) == []
        assert _done_again(world, durable, before) == []
    durable, before = _durable(world)
    assert outlives(story, world, len(die_at))
    assert _done_again(world, durable, before) == []
    return deaths


def _durable(world: World) -> tuple[set[str], int]:
    return world.journaled(), len(world.effects)


def _done_again(world: World, durable: set[str], before: int) -> list[str]:
    return [what for what, _, _ in world.effects[before:] if what in durable]
