"""Worker: claims ready runs, makes one pass over each, settles how it ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar, assert_never, cast

from store import corrupt, ready
from store.database import Database, Topic
from store.errors import NotStored, Stopped
from store.tables import SUSPECT, RunStatus
from workflows.clock import Clock
from workflows.context import Context
from workflows.engine.local import transitions
from workflows.engine.local.accepted import accepted
from workflows.engine.local.advance import advance
from workflows.engine.local.calls import Calls
from workflows.engine.local.cancelling import CancelAsked
from workflows.engine.local.living import Living
from workflows.engine.local.outcome import Broken, Done, Later, Lease, Outcome, Waiting, Writes
from workflows.engine.local.places import Places
from workflows.engine.local.progress import Pass, Progress, Stop
from workflows.engine.local.replay import Replay
from workflows.engine.local.scope import watch
from workflows.errors import Fenced
from workflows.registry import Registry
from workflows.step import Step

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024 * 1024  # of journals in memory at a time
SELDOM = 10  # times as long as a look past the runs of a job that has its share has taken
LONGEST_PAUSE_S = 0.5
HEARTBEAT_S = 20.0  # a third of the lease
LONGEST_S = 1.0  # that a pass may take to notice that it is ended
WRITE_AGAIN_S = (0.1, 0.5, 2.0)  # pauses before what was not stored is written again

T = TypeVar("T")
NewContext = Callable[[Step, ready.Claimed], Context]


@dataclass(eq=False, slots=True)
class UnderWay:
    """A pass: by which right it writes, how it is told to end, and what its journal takes."""

    lease: Lease
    job: str
    journal_bytes: int
    stop: Stop = field(default_factory=Stop)


class Worker:
    """Executes runs until it is stopped. Several on one database do not disturb each other."""

    def __init__(
        self,
        db: Database,
        registry: Registry,
        installation: str,
        new_context: NewContext,
        clock: Clock,
        calls: Calls | None = None,
        living: Living | None = None,
    ) -> None:
        self.calls = calls or Calls()
        self._db = db
        self._registry = registry
        self._installation = installation
        self._new_context = new_context
        self._clock = clock
        self._limits = registry.limits()
        self._living = living or Living()
        self._wake = asyncio.Event()
        self._passes: dict[asyncio.Task[None], UnderWay] = {}
        self._places = Places()
        self._suspect: asyncio.Task[None] | None = None
        self._is_full = False  # for some job, when it claimed last: more may have been ready
        self._look_past_at = 0.0  # of the loop's clock
        self._is_looking_later = False
        self._stopping = False
        db.listen(Topic.READY, self.wake)
        watch(asyncio.get_running_loop())

    def wake(self) -> None:
        """Look for ready runs now."""
        self._wake.set()

    async def run(self) -> None:
        """Claim and execute until `stop`; call in a task of its own."""
        heartbeat = asyncio.create_task(self._keep_leases())
        try:
            while not self._stopping:
                await self._wake.wait()
                self._wake.clear()
                try:
                    await self._claim_all()
                except Exception:  # a fault of ours must not end the loop: nothing would run again
                    log.exception("ready runs could not be claimed; the next tick tries again")
        finally:
            heartbeat.cancel()

    async def drain(self) -> None:
        """Execute until nothing is ready and nothing under way. For tests and one-shot commands."""
        while await self._claim_all() or self._passes:
            if self._passes:
                await asyncio.wait(self._passes)

    async def stop(self, grace: float) -> None:
        """Claim nothing more, give passes *grace* seconds, and let go of the rest."""
        self._stopping = True
        self.wake()
        if self._passes:
            await asyncio.wait(self._passes, timeout=grace)
        left = dict(self._passes)
        for task, under_way in left.items():
            _end(task, under_way)
        if left:
            # A job that ignores it is left behind: its process ends, and nothing of it is written.
            await asyncio.wait(left, timeout=LONGEST_S)
        await self._let_go(each.lease for each in left.values())

    # -- parts --------------------------------------------------------------------------------

    async def _let_go(self, leases: Iterable[Lease]) -> None:
        for lease in leases:
            with suppress(Fenced, NotStored, Stopped):
                await self._db.write(transitions.release, lease)

    async def _claim_all(self) -> int:
        """Start passes while there are ready runs and room; answers how many were started."""
        self._living.is_claiming = True
        try:
            return await self._claim_while_there_is_room()
        finally:
            self._living.is_claiming = False

    async def _claim_while_there_is_room(self) -> int:
        started = 0
        while (jobs := self._with_room()) and not self._stopping:
            if self._is_full and not self._may_look_past():
                break
            # However these turn out to be of one job, it gets no more than its share.
            most = min(map(self._places.room, jobs))
            try:
                claimed = await self._claimed(jobs, most)
            except NotStored:
                log.exception("ready runs could not be claimed; the next tick tries again")
                break
            except corrupt.UNREADABLE:
                if not await self._set_aside():
                    raise
                continue
            if self._stopping:  # meanwhile: nobody would wait for these
                await self._let_go([Lease(run.id, run.epoch) for run, _ in claimed])
                break
            for claim in claimed:
                self._begin(claim)
            started += len(claimed)
            # Those that were too large together have made way for smaller ones.
            if len(claimed) < most and not any(run.journal_bytes for run, _ in claimed):
                break
        return started

    def _with_room(self) -> tuple[str, ...]:
        """Answer the jobs of which passes may begin; while it is not all, whoever ends wakes us."""
        names = self._registry.names()
        found = tuple(job for job in names if self._places.room(job) > 0)
        self._is_full = len(found) < len(names)
        return found if self._is_full else names

    def _may_look_past(self) -> bool:
        """Whether it is time to look for runs behind those of a job that has its share.

        The claim reads past all of these, which takes its time where there are many: so most of
        the time something else is done, and a look comes within half a tick.
        """
        left = self._look_past_at - asyncio.get_running_loop().time()
        if left > 0 and not self._is_looking_later:
            self._is_looking_later = True
            asyncio.get_running_loop().call_later(left, self._look_later)
        return left <= 0

    def _look_later(self) -> None:
        self._is_looking_later = False
        self.wake()

    async def _claimed(self, jobs: tuple[str, ...], most: int) -> list[transitions.Claim]:
        time, is_past = asyncio.get_running_loop().time, self._is_full
        began = time()
        try:
            return await self._claim(jobs, most)
        finally:
            if is_past:
                pause = min(SELDOM * (time() - began), LONGEST_PAUSE_S)
                self._look_past_at = time() + pause

    async def _claim(self, jobs: tuple[str, ...], most: int) -> list[transitions.Claim]:
        taken = sum(each.journal_bytes for each in self._passes.values())
        return await self._db.write(
            transitions.claim,
            jobs,
            self._living.owner,
            most,
            limits=tuple(limit for limit in self._limits if limit[0] in jobs),
            and_a_suspect=self._suspect is None,
            memory=MOST_BYTES - taken,
            is_empty=taken == 0,
        )

    async def _set_aside(self) -> int:
        """Take runs that cannot be read out of the others' way; answers how many."""
        found = await self._db.read(corrupt.find)
        for each in found:
            log.error("run %s is set aside: %s", each.run_id, each.reason)
        return await self._db.write(transitions.set_aside, found)

    def _begin(self, claim: transitions.Claim) -> None:
        run, _ = claim
        under_way = UnderWay(Lease(run.id, run.epoch), run.job, run.journal_bytes)
        task = asyncio.create_task(self._pass(claim, under_way), name=f"run {run.id} of {run.job}")
        self._passes[task] = under_way
        self._living.leases.add(under_way.lease)
        self._places.take(run.job)
        if run.idle_claims > SUSPECT:
            self._suspect = task
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        under_way = self._passes.pop(task)
        self._living.leases.discard(under_way.lease)
        self._places.give_back(under_way.job)
        was_suspect = task is self._suspect
        if was_suspect:
            self._suspect = None
        if self._is_full or was_suspect or self._limits or under_way.journal_bytes:
            self.wake()  # There is room again for what was ready before.
        if not task.cancelled() and (error := task.exception()):
            log.error("a pass broke off; its lease will run out", exc_info=error)

    async def _pass(self, claim: transitions.Claim, under_way: UnderWay) -> None:
        (run, entries), lease = claim, under_way.lease
        progress = Progress(
            entries,
            Pass(
                installation=self._installation,
                run_id=run.id,
                tries=run.idle_claims,
                cancel_requested=run.cancel_requested_at is not None,
                cancel_under_way=run.cancel_under_way,
                record=lambda writes: self._recorded(under_way, writes),
                clock=self._clock,
                accepted=accepted(run.accepted_seq, run.accepted_answers),
                requested_by=run.requested_by,
                parents=run.depth,
                address=run.address or "",
                said=run.said,
                registry=self._registry,
                calls=self.calls,
                stop=under_way.stop,
                job=run.job,
            ),
        )
        job = self._registry.get(run.job)
        try:
            context = self._new_context(cast(Step, Replay(progress)), run)
            outcome = await advance(job, run.input, context, progress)
            await self._settle(lease, progress, outcome)
        except Fenced:
            log.warning("run %s was taken over; this pass wrote nothing more", run.id)
        finally:
            progress.close()

    async def _recorded(self, under_way: UnderWay, writes: Writes) -> bool:
        under_way.journal_bytes = max(under_way.journal_bytes, writes.journal_bytes)
        lease = under_way.lease
        return await self._stored(lease, lambda: self._db.write(transitions.record, lease, writes))

    async def _settle(self, lease: Lease, progress: Progress, outcome: Outcome) -> None:
        """Write down how the pass ended, or how it ends by a cancel that it has not heard of."""
        try:
            await self._stored(lease, lambda: self._write(lease, progress.taken(), outcome))
        except CancelAsked:
            ending = progress.hear(outcome)
            await self._stored(lease, lambda: self._write(lease, progress.taken(), ending))

    async def _stored(self, lease: Lease, write: Callable[[], Awaitable[T]]) -> T:
        """Write something of a pass; repeated when the store was out of order for a moment."""
        for pause in WRITE_AGAIN_S:
            try:
                return await write()
            except NotStored:
                log.exception("run %s could not be written; trying again", lease.run_id)
                await asyncio.sleep(pause)
        return await write()

    async def _write(self, lease: Lease, writes: Writes, outcome: Outcome) -> None:
        """Write down how the pass ended."""
        db = self._db
        match outcome:
            case Waiting():
                await db.write(transitions.park, lease, writes, outcome)
            case Done(result=result):
                await db.write(
                    transitions.finish, lease, writes, RunStatus.COMPLETED, result=result
                )
            case Broken(status=RunStatus.BLOCKED):
                await db.write(transitions.block, lease, writes, outcome)
            case Broken(status=status, error=error, failed_seq=seq):
                await db.write(
                    transitions.finish, lease, writes, status, error=error, failed_seq=seq
                )
            case Later():
                await db.write(transitions.back_off, lease, writes, outcome)
            case _:
                assert_never(outcome)

    async def _keep_leases(self) -> None:
        """Extend the leases of long passes; a pass whose lease is lost is ended."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            for task, under_way in list(self._passes.items()):
                try:
                    await self._db.write(transitions.extend, under_way.lease)
                except Fenced:
                    # It may have settled meanwhile: then there is nothing left to cancel.
                    _end(task, under_way)
                except Exception:  # whatever it was: the other leases need it too
                    run = under_way.lease.run_id
                    log.exception("the lease of run %s could not be extended", run)


def _end(task: asyncio.Task[None], under_way: UnderWay) -> None:
    """End a pass from outside: it writes nothing more, and calls no further step."""
    under_way.stop.is_asked = True
    task.cancel()
