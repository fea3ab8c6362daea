"""LocalEngine: `Engine` on our own tables, executed by the workers of this process."""

from datetime import datetime, timedelta

from store import listing, recovery, runs, waits
from store.database import Database, Tx
from store.tables import RunStatus
from workflows.clock import Clock
from workflows.duration import duration
from workflows.engine.base import (
    RETRY,
    SHORTEST_KEPT,
    BlockedRuns,
    Done,
    NotCancelled,
    NotDone,
    NotRetried,
    Pruned,
    Retry,
    RunView,
    Start,
    Started,
)
from workflows.engine.local import (
    blocked,
    cron,
    questions,
    retention,
    retrying,
    saying,
    starting,
    transitions,
    views,
)
from workflows.engine.local.living import Living
from workflows.event import Delivery, Receipt
from workflows.ids import is_run_id, run_id
from workflows.registry import Registry


class LocalEngine:
    """Starts, delivers, cancels, retries and shows runs; every answer comes after its commit."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        clock: Clock,
        living: Living | None = None,
        address: str = "",
    ) -> None:
        """*address* is that of our pages, which a run keeps as it was when it was accepted."""
        self._address = address
        self._db = db
        self._registry = registry
        self._clock = clock
        self._living = living or Living()

    async def start(self, start: Start) -> Started:
        """See `Engine.start`."""
        arguments = self._registry.get(start.job).accept(start.arguments)
        new_id = run_id(self._clock.now())
        return await self._db.write(starting.start, start, arguments, new_id, self._address)

    def deliver(self, tx: Tx, delivery: Delivery) -> Receipt:
        """See `Engine.deliver`."""
        return transitions.deliver(tx, delivery)

    async def send(self, delivery: Delivery) -> Receipt:
        """See `Engine.send`."""
        return await self._db.write(transitions.send, delivery)

    def expire(self, tx: Tx, run_id: str, name: str, nth: int) -> None:
        """See `Engine.expire`."""
        wait = waits.get(tx, run_id, name, nth)
        if wait is not None and wait.deadline_at <= tx.now:
            transitions.expire(tx, wait)

    async def cancel(
        self, run_id: str, *, by: str, via: str, force: bool = False
    ) -> Done | NotDone | NotCancelled:
        """See `Engine.cancel`."""
        return await self._db.write(transitions.cancel, run_id, by=by, via=via, force=force)

    async def retry(
        self, run_id: str, *, by: str, via: str, how: Retry = RETRY
    ) -> Done | NotDone | NotRetried:
        """See `Engine.retry`."""
        said = await saying.misfit(self._db, run_id, how) or await questions.said(
            self._db, self._registry, self._clock, run_id, how
        )
        return await self._db.write(retrying.retry, run_id, by=by, via=via, how=how, said=said)

    async def prune(self, older_than: timedelta, *, by: str | None = None, via: str = "") -> Pruned:
        """See `Engine.prune`."""
        checked = duration(older_than, "older_than", SHORTEST_KEPT)
        return await self._db.write(retention.prune, checked, by=by, via=via)

    async def prunable(self, older_than: timedelta) -> Pruned:
        """See `Engine.prunable`."""
        return await self._db.read(retention.prunable, older_than)

    async def get(self, run_id: str) -> RunView | None:
        """See `Engine.get`."""
        return await self._db.read(views.whole, run_id) if is_run_id(run_id) else None

    async def stuck(self, limit: int) -> list[RunView]:
        """Answer the runs that need a person, blocked ones first."""
        return await self._db.read(views.stuck, limit)

    async def blocked(self) -> "list[BlockedRuns]":
        """See `Engine.blocked`."""
        return await self._db.read(blocked.by_cause)

    # -- for the process that owns the clock ------------------------------------------------------

    async def recover(self) -> int:
        """Take up what the last process left behind; call once, before the workers start."""
        await self._db.write(cron.plan, self._registry)
        await self._db.write(runs.give_address, self._address)
        return await self._db.write(transitions.recover, self._registry.names())

    async def sweep(self) -> None:
        """Put right what no worker would; safe to call twice and beside anything else."""
        ended = await self._db.write(transitions.sweep, self._registry.names(), self._living)
        while ended == transitions.SWEEP:
            ended = await self._db.write(transitions.expire_due)
        for job in await self._db.read(cron.due, self._registry):
            await self._db.write(cron.fire, job, cron.arguments(job), self._address)

    async def next_due(self) -> datetime | None:
        """Answer when something is due next: a deadline, a step to try again, a job to start."""
        return await self._db.read(_next_due, self._registry)

    async def list(
        self,
        *,
        status: RunStatus | None = None,
        job: str | None = None,
        requested_by: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[RunView]:
        """See `Engine.list`."""
        found = await self._db.read(
            listing.page,
            status=status,
            job=job,
            requested_by=requested_by,
            before=before,
            limit=limit,
        )
        return [views.brief(run) for run in found]


def _next_due(tx: Tx, registry: Registry) -> datetime | None:
    due = (waits.next_deadline(tx), recovery.next_ready_at(tx), cron.next_due(tx, registry))
    return min((at for at in due if at is not None), default=None)
