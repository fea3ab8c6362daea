"""Scheduler: APScheduler wakes us at the earliest deadline and every second; it holds nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from workflows.clock import Clock
from workflows.engine.local.engine import LocalEngine

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)


class Chore(Protocol):
    """What is done now and then, beside the work: it knows itself whether it is time."""

    async def tick(self) -> None:
        """Do a piece of it, if it is time."""


def _new_scheduler() -> AsyncIOScheduler:
    return AsyncIOScheduler(
        timezone=UTC,
        # Late is better than never, and once is enough: by default a late tick is dropped.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )


@dataclass
class Scheduler:
    """Sweeps when something is due. Every replica runs one; a sweep is safe to run twice.

    *last_tick_at* is when deadlines were last looked at, *last_beat_at* when a tick last ended,
    whatever came of it.
    """

    engine: LocalEngine
    clock: Clock
    chores: tuple[Chore, ...] = ()
    on_tick: tuple[Callable[[], None], ...] = ()
    last_tick_at: datetime | None = None
    last_beat_at: datetime | None = None
    _scheduler: AsyncIOScheduler = field(default_factory=_new_scheduler)
    _under_way: int = 0

    @property
    def is_idle(self) -> bool:
        """Whether no tick is under way: then the next one must come by itself."""
        return not self._under_way

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(self._beat, "interval", seconds=TICK.total_seconds(), id="tick")
        self._scheduler.start()

    async def tick(self) -> None:
        """Sweep what is due, arm the next deadline, do the chores, wake those who send and work."""
        if await _done(self.engine.sweep):
            self.last_tick_at = self.clock.now()
        for work in (self._arm, *(chore.tick for chore in self.chores)):
            await _done(work)
        self.last_beat_at = self.clock.now()
        for wake in self.on_tick:
            wake()

    def restart(self) -> None:
        """Begin to tick anew: whatever has become of the ticks before."""
        with suppress(Exception):
            self.stop()
        self._scheduler = _new_scheduler()
        self.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _beat(self) -> None:
        """Tick; APScheduler cancels what is under way when it stops, and would call it an error."""
        self._under_way += 1
        try:
            with suppress(asyncio.CancelledError):
                await self.tick()
        finally:
            self._under_way -= 1

    async def _arm(self) -> None:
        """Wake at the next deadline itself where it comes before the next tick."""
        due = await self.engine.next_due()
        # What is due already is somebody's work by now: to wake for it again would be a busy loop.
        if due is None or not timedelta() < due - self.clock.now() <= TICK:
            return
        self._scheduler.add_job(self._beat, "date", run_date=due, id="due", replace_existing=True)


async def _done(work: Callable[[], Awaitable[None]]) -> bool:
    """Do a part of a tick; whatever goes wrong in it, the others are done."""
    try:
        await work()
    except Exception:  # a fault of ours must not keep deadlines from being looked at
        log.exception("a part of the tick failed; the next tick tries again")
        return False
    return True
