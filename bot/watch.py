"""Watch: what looks after the process itself, and ends it where it could only do harm."""

import asyncio
import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.scheduler import Scheduler
from store.database import Database
from store.errors import CannotGoOn
from workflows.clock import Clock
from workflows.engine.local.calls import Calls

log = logging.getLogger(__name__)

LOOK_S = 1.0
LATE = timedelta(seconds=10)
JUMP = timedelta(minutes=1)
BLOCKED_S = 5.0
HELD_UP = "meanwhile no click is answered"


def uptime() -> float:
    """Answer the machine's seconds since its start, those that it slept included."""
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(boot)


@dataclass
class Watch:
    """Looks, once a second, at the database, the step functions, the ticks and the clock."""

    db: Database
    scheduler: Scheduler
    clock: Clock
    calls: Calls
    _seen: tuple[datetime, float] | None = None

    async def run(self) -> None:
        """Look until something is found. Raises CannotGoOn."""
        while True:
            self.look(uptime())
            await asyncio.sleep(LOOK_S)

    def look(self, up: float) -> None:
        """Look once, *up* seconds after the machine's start. Raises CannotGoOn.

        Ticks that stay away are begun again; that the clock jumped is noted: deadlines follow it.
        """
        if trouble := self.db.trouble() or self.calls.trouble():
            raise CannotGoOn(f"{trouble}; this process ends, so that a new one can begin")
        now = self.clock.now()
        self._look_at_clock(now, up)
        last = self.scheduler.last_beat_at
        if last is not None and now - last >= LATE and self.scheduler.is_idle:
            log.error(
                "no deadline was looked at for %s; the scheduler is started again", now - last
            )
            self.scheduler.restart()

    def _look_at_clock(self, now: datetime, up: float) -> None:
        if self._seen is not None:
            before, up_before = self._seen
            jump = (now - before) - timedelta(seconds=up - up_before)
            if abs(jump) >= JUMP:
                log.warning("the clock jumped by %s; deadlines follow it", jump)
        self._seen = (now, up)


@dataclass
class Heartbeat:
    """A thread that notices when a loop does nothing else any more, and says what is *held_up*.

    While a job computes or sleeps outside of a step, no other run goes on.
    """

    held_up: str = HELD_UP
    blocked_s: float = BLOCKED_S
    _beat_at: float = field(default_factory=time.monotonic)
    _stopped: threading.Event = field(default_factory=threading.Event)

    async def run(self) -> None:
        """Beat until cancelled."""
        loop, main = asyncio.get_running_loop(), threading.get_ident()
        listener = threading.Thread(
            target=self._listen, args=(loop, main), name="harbor-heartbeat", daemon=True
        )
        self._beat_at = time.monotonic()
        listener.start()
        try:
            while True:
                self._beat_at = time.monotonic()
                await asyncio.sleep(self.blocked_s / 5)
        finally:
            self._stopped.set()

    def _listen(self, loop: asyncio.AbstractEventLoop, main: int) -> None:
        told = 0.0
        while not self._stopped.wait(self.blocked_s / 5):
            beat_at = self._beat_at
            silent = time.monotonic() - beat_at
            if silent >= self.blocked_s and told != beat_at:
                told = beat_at
                _tell(loop, main, silent, self.held_up)


def _tell(loop: asyncio.AbstractEventLoop, main: int, silent: float, held_up: str) -> None:
    """Name who keeps everybody waiting, and where in its code it is."""
    task = asyncio.current_task(loop)
    frame = sys._current_frames().get(main)  # noqa: SLF001  there is no other name for it
    place = traceback.extract_stack(frame)[-1] if frame else None
    where = f" at {place.filename}:{place.lineno}" if place else ""
    log.warning(
        "the event loop has been blocked for %.0f s by %s%s: %s",
        silent,
        task.get_name() if task else "nobody we know",
        where,
        held_up,
    )
