"""Health: is the process alive, and can it do its work."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.scheduler import Scheduler
from bot.slack.connection import Connection
from workflows.clock import Clock

LATE = timedelta(seconds=10)


@dataclass(frozen=True)
class Health:
    """`/healthz` and `/readyz`."""

    scheduler: Scheduler
    connection: Connection
    clock: Clock

    async def alive(self, request: web.Request) -> web.Response:
        """Answer 200 while the process answers at all."""
        return web.json_response({"status": "ok"})

    async def ready(self, request: web.Request) -> web.Response:
        """Answer 200 when Slack hears us and the clock ticks; else 503, saying which does not."""
        last = self.scheduler.last_tick_at
        ticks = last is not None and self.clock.now() - last < LATE
        slack = self.connection.detail or "connected"
        ready = ticks and self.connection.is_up
        return web.json_response(
            {"ready": ready, "slack": slack, "scheduler": "ticking" if ticks else "late"},
            status=200 if ready else 503,
        )
