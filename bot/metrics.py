"""Metrics: the installation's figures, in the text that Prometheus reads.

Nothing is counted where work is done: a scrape reads, on a reader's connection, what is stored.
Only errors are counted as they are logged, from the start of the process.
Stocks are read at most once in `FRESH`; of the audit each scrape reads only what was added since
the one before, and the totals are those of the whole audit, so that a restart does not reset them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from bot.logs import ERRORS
from bot.scheduler import Scheduler
from store import figures
from store.database import Database
from store.figures import Stock
from workflows.clock import Clock
from workflows.engine.local.calls import Calls

FRESH = timedelta(seconds=15)
THREADS = "harbor_step_threads"
GIVEN_UP = f"{THREADS}_given_up"
NAMES = {
    "decide": ("harbor_decisions", "Answers to approvals, by what became of them"),
    "deliver": ("harbor_deliveries", "Events delivered, by what became of them"),
}


@dataclass
class Metrics:
    """Draws the figures."""

    db: Database
    scheduler: Scheduler
    calls: Calls
    clock: Clock
    _noted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _last_id: int = 0
    _stock: Stock | None = None
    _stock_at: datetime | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def drawn(self) -> bytes:
        """Answer the figures as they are now."""
        async with self._one_at_a_time:  # two would add the same lines of the audit twice
            await self._read_on()
            stock = await self._fresh_stock()
            found = [
                *_stocks(stock),
                *self._counted(),
                *self._tick(),
                *self._log(),
                *_threads(self.calls),
                *_errors(),
            ]
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Found(found))
        return generate_latest(registry)

    async def _read_on(self) -> None:
        for line in await self.db.read(figures.noted, self._last_id):
            self._noted[line.action, line.outcome, line.via] += line.times
            self._last_id = max(self._last_id, line.last_id)

    async def _fresh_stock(self) -> Stock:
        now = self.clock.now()
        if self._stock is None or self._stock_at is None or now - self._stock_at >= FRESH:
            self._stock, self._stock_at = await self.db.read(figures.stock), now
        return self._stock

    def _counted(self) -> Iterator[Metric]:
        for action, (name, about) in NAMES.items():
            family = CounterMetricFamily(name, about, labels=["outcome", "via"])
            for (found, outcome, via), times in sorted(self._noted.items()):
                if found == action:
                    family.add_metric([outcome, via], times)
            yield family

    def _tick(self) -> Iterator[Metric]:
        last = self.scheduler.last_tick_at
        if last is not None:
            age = (self.clock.now() - last).total_seconds()
            yield GaugeMetricFamily("harbor_last_tick_age_seconds", "Since the last sweep", age)

    def _log(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "harbor_wal_bytes", "The database's write-ahead log", self.db.log_size()
        )


@dataclass(frozen=True, eq=False)  # the registry keeps it by what it is
class _Found:
    """A collector of what was read before."""

    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        """Answer it."""
        return self.families


def _errors() -> Iterator[Metric]:
    family = CounterMetricFamily("harbor_errors", "Errors logged", labels=["logger"])
    for name, times in sorted(ERRORS.seen.items()):
        family.add_metric([name], times)
    yield family


def _threads(calls: Calls) -> Iterator[Metric]:
    yield GaugeMetricFamily(THREADS, "Step functions that may block at a time", calls.most)
    for name, about, by_job in (
        (f"{THREADS}_taken", "Those under way or given up on, by job", calls.taken),
        (GIVEN_UP, "Those that go on though their step has timed out, by job", calls.given_up),
    ):
        family = GaugeMetricFamily(name, about, labels=["job"])
        for job, number in sorted(by_job.items()):
            family.add_metric([job], number)
        yield family


def _stocks(stock: Stock) -> Iterator[Metric]:
    runs = GaugeMetricFamily("harbor_runs", "Runs, by status", labels=["status"])
    for status, number in stock.runs.items():
        runs.add_metric([status.value], number)
    yield runs
    yield GaugeMetricFamily("harbor_waits_open", "Waits that are open", stock.open_waits)
    yield GaugeMetricFamily("harbor_outbox_depth", "Messages and cards to send", stock.unsent)
    yield GaugeMetricFamily("harbor_outbox_dead", "Those that Slack refuses for good", stock.dead)
