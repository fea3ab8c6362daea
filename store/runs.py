"""Runs: start, prove the lease, park, wake, end.

How they are claimed is in `ready`, how they are put right in `recovery`.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from store.database import Tx
from store.query import Query, Row
from store.tables import (
    EVENTS,
    GATES,
    RUNS,
    SUSPECT,
    EventStatus,
    RunStatus,
    inserting,
    named,
)

_c = RUNS.c
_run = _c.id == bindparam("run_id")
# Whoever writes to a running run proves in the same statement that it is still the owner.
_owned = and_(_run, _c.epoch == bindparam("of_epoch"), named(_c.status, RunStatus.RUNNING))
_nobody = {"owner": null(), "lease_until": null(), "updated_at": bindparam("now")}


class Run(NamedTuple):
    """A run as stored; `input`, `result` and `error` are JSON."""

    id: str
    job: str
    input: str
    requested_by: str
    via: str
    status: RunStatus
    ready_at: datetime | None
    epoch: int
    cancel_requested_at: datetime | None
    cancelled_by: str | None
    blocked_reason: str | None
    blocked_by: str | None
    result: str | None
    error: str | None
    failed_seq: int | None
    accepted_seq: int | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    pruned_at: datetime | None
    parent_id: str | None


class Started(NamedTuple):
    """What a start key was used for."""

    id: str
    job: str
    input: str


class Told(NamedTuple):
    """Who is told of a run, which time round it is, and what else there is to look after."""

    requested_by: str
    epoch: int
    has_buffered: bool
    has_gates: bool
    parent_id: str | None
    is_to_end: bool


RUN_COLUMNS = [_c[name] for name in Run._fields]
# Asked of the row that is read or written anyway: most runs have neither, and are spared the
# statements that would look for them.
_has_buffered = exists().where(
    EVENTS.c.run_id == bindparam("run_id"), named(EVENTS.c.status, EventStatus.BUFFERED)
)
_has_gates = exists().where(GATES.c.run_id == bindparam("run_id"))
# IS NULL of a column that this statement does not write is never true in SQLite's RETURNING.
_is_to_end = func.coalesce(_c.cancel_requested_at, literal_column("0")) > literal_column("0")
_told = (_c.requested_by, _c.epoch, _has_buffered, _has_gates, _c.parent_id, _is_to_end)

_INSERT = Query(
    inserting(
        RUNS,
        *("id", "job", "input", "requested_by", "via", "ready_at"),
        *("start_scope", "start_key", "address"),
    ).values(
        status=RunStatus.READY,
        epoch=0,
        idle_claims=0,
        depth=0,
        journal_bytes=0,
        created_at=bindparam("ready_at"),
        updated_at=bindparam("ready_at"),
    )
)
_BY_START_KEY = Query(
    select(_c.id, _c.job, _c.input).where(
        _c.start_scope == bindparam("start_scope"),
        _c.start_key == bindparam("start_key"),
        _c.start_key.is_not(None),
    ),
    Started,
)
_GET = Query(select(*RUN_COLUMNS).where(_run), Run)
_TOLD = Query(select(*_told).where(_run), Told)
_STATUS = Query(select(_c.status).where(_run), RunStatus)
_EPOCH = Query(select(_c.epoch).where(_run), int)
_PARK = Query(
    update(RUNS)
    .where(_owned)
    .values(status=RunStatus.WAITING, idle_claims=0, **_nobody)
    .returning(_c.cancel_requested_at)
)
_KEEP = Query(
    update(RUNS)
    .where(_owned)
    .values(
        lease_until=bindparam("until"),
        # 1: the pass that wrote this entry is still under way, and may start the next step.
        idle_claims=1,
        updated_at=bindparam("now"),
    )
    .returning(_c.cancel_requested_at)
)
_SAY = Query(update(RUNS).where(_run).values(said=bindparam("to_said")))
_WEIGH = Query(update(RUNS).where(_run).values(journal_bytes=bindparam("bytes")))
_COMPLETE = Query(update(RUNS).where(_run).values(input=bindparam("to_input")))
_GROW = Query(update(RUNS).where(_run).values(journal_bytes=_c.journal_bytes + bindparam("bytes")))
_EXTEND = Query(update(RUNS).where(_owned).values(lease_until=bindparam("until")))
_BACK_OFF = Query(
    update(RUNS)
    .where(_owned)
    .values(status=RunStatus.READY, ready_at=bindparam("at"), idle_claims=0, **_nobody)
    .returning(_c.cancel_requested_at)
)
_RELEASE = Query(
    update(RUNS)
    .where(_owned)
    .values(
        status=RunStatus.READY,
        ready_at=bindparam("now"),
        # The step that was cut off has been tried; but orderly stops make nothing suspect.
        idle_claims=func.min(_c.idle_claims, SUSPECT - 1),
        **_nobody,
    )
)
_FINISH = Query(
    update(RUNS)
    .where(_owned)
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        result=bindparam("to_result"),
        error=bindparam("to_error"),
        failed_seq=bindparam("to_failed_seq"),
        finished_at=bindparam("now"),
        **_nobody,
    )
    .returning(*_told),
    Told,
)
_BLOCK = Query(
    update(RUNS)
    .where(_owned)
    .values(
        status=RunStatus.BLOCKED,
        blocked_reason=bindparam("reason"),
        blocked_by=bindparam("to_blocked_by"),
        **_nobody,
    )
)
_GIVE_ADDRESS = Query(
    update(RUNS)
    .where(_c.address.is_(None), _c.finished_at.is_(None))
    .values(address=bindparam("to_address"))
)
_WAKE = Query(
    update(RUNS)
    .where(
        _run,
        or_(
            named(_c.status, RunStatus.WAITING),
            # It backs off in one branch, and waits in another.
            and_(named(_c.status, RunStatus.READY), _c.ready_at > bindparam("now")),
        ),
    )
    .values(status=RunStatus.READY, ready_at=bindparam("now"), updated_at=bindparam("now"))
)
_CANCEL = Query(
    update(RUNS)
    .where(_run, _c.cancel_requested_at.is_(None))
    .values(
        cancel_requested_at=bindparam("now"),
        cancelled_by=bindparam("by"),
        cancel_under_way=or_(named(_c.status, RunStatus.RUNNING), _c.idle_claims > 0),
        # What waits beside a step that backs off is told now.
        ready_at=func.iif(named(_c.status, RunStatus.READY), bindparam("now"), _c.ready_at),
        updated_at=bindparam("now"),
    )
)
_FORCE_CANCEL = Query(
    update(RUNS)
    .where(_run)
    .values(
        status=RunStatus.CANCELLED,
        ready_at=null(),
        # The owner, if there is one, is fenced out by the epoch.
        epoch=_c.epoch + 1,
        cancel_requested_at=func.coalesce(_c.cancel_requested_at, bindparam("now")),
        cancelled_by=func.coalesce(_c.cancelled_by, bindparam("by")),
        finished_at=bindparam("now"),
        **_nobody,
    )
    .returning(*_told),
    Told,
)
_REVIVE = Query(
    update(RUNS)
    # Without its journal a run would do everything again.
    .where(_run, _c.pruned_at.is_(None))
    .values(
        status=RunStatus.READY,
        ready_at=bindparam("now"),
        idle_claims=0,
        blocked_reason=null(),
        blocked_by=null(),
        error=null(),
        failed_seq=null(),
        finished_at=null(),
        accepted_seq=bindparam("to_accepted_seq"),
        accepted_answers=bindparam("to_accepted_answers"),
        updated_at=bindparam("now"),
    )
)
_GO_ON = Query(
    update(RUNS)
    .where(_run)
    .values(
        status=RunStatus.READY,
        ready_at=bindparam("now"),
        idle_claims=0,
        error=null(),
        failed_seq=null(),
        finished_at=null(),
        cancel_requested_at=null(),
        cancelled_by=null(),
        cancel_under_way=null(),
        updated_at=bindparam("now"),
    )
)


def insert(
    tx: Tx,
    *,
    run_id: str,
    job: str,
    arguments: str,
    requested_by: str,
    via: str,
    start_scope: str | None,
    start_key: str | None,
    address: str,
) -> None:
    """Add a run, ready now; *address* is that of our pages."""
    tx.run(
        _INSERT,
        id=run_id,
        job=job,
        input=arguments,
        requested_by=requested_by,
        via=via,
        ready_at=tx.now,
        start_scope=start_scope,
        start_key=start_key,
        address=address,
    )


def by_start_key(tx: Tx, scope: str, key: str) -> Started | None:
    """Answer the run that was started with this key."""
    return tx.first(_BY_START_KEY, start_scope=scope, start_key=key)


def get(tx: Tx, run_id: str) -> Run | None:
    """Answer a run."""
    return tx.first(_GET, run_id=run_id)


def told(tx: Tx, run_id: str) -> Told:
    """Answer whom the news of a run is for. The run exists."""
    (found,) = tx.all(_TOLD, run_id=run_id)
    return found


def status(tx: Tx, run_id: str) -> RunStatus | None:
    """Answer where a run is."""
    return tx.first(_STATUS, run_id=run_id)


def has_begun(tx: Tx, run_id: str) -> bool:
    """Whether anybody has executed a run so far."""
    return tx.all(_EPOCH, run_id=run_id) != [0]


def park(tx: Tx, run_id: str, epoch: int) -> list[Row]:
    """Let go of a run that waits; answers as `keep` does."""
    return tx.all(_PARK, run_id=run_id, of_epoch=epoch, now=tx.now)


def keep(tx: Tx, run_id: str, epoch: int, until: datetime) -> list[Row]:
    """Prove and extend the lease with a journal write; a row with when a cancel was asked for, or
    none: fenced."""
    return tx.all(_KEEP, run_id=run_id, of_epoch=epoch, until=until, now=tx.now)


def weigh(tx: Tx, run_id: str, size: int) -> None:
    """Note how much memory a run's journal takes."""
    tx.run(_WEIGH, run_id=run_id, bytes=size)


def complete(tx: Tx, run_id: str, given: str) -> None:
    """Keep with what a run is given what its job's newer model has added."""
    tx.run(_COMPLETE, run_id=run_id, to_input=given)


def grow(tx: Tx, run_id: str, size: int) -> None:
    """Note that a run's journal takes more memory than before."""
    tx.run(_GROW, run_id=run_id, bytes=size)


def extend(tx: Tx, run_id: str, epoch: int, until: datetime) -> bool:
    """Extend the lease during a long step; False: fenced."""
    return tx.run(_EXTEND, run_id=run_id, of_epoch=epoch, until=until) == 1


def back_off(tx: Tx, run_id: str, epoch: int, at: datetime) -> list[Row]:
    """Make a running run ready at *at*; answers as `keep` does."""
    return tx.all(_BACK_OFF, run_id=run_id, of_epoch=epoch, at=at, now=tx.now)


def release(tx: Tx, run_id: str, epoch: int) -> bool:
    """Make a running run ready for another process; False: fenced."""
    return tx.run(_RELEASE, run_id=run_id, of_epoch=epoch, now=tx.now) == 1


def finish(
    tx: Tx,
    run_id: str,
    epoch: int,
    status: RunStatus,
    *,
    result: str | None = None,
    error: str | None = None,
    failed_seq: int | None = None,
) -> Told | None:
    """End a running run; None: fenced."""
    return tx.first(
        _FINISH,
        run_id=run_id,
        of_epoch=epoch,
        to_status=status,
        to_result=result,
        to_error=error,
        to_failed_seq=failed_seq,
        now=tx.now,
    )


def block(tx: Tx, run_id: str, epoch: int, reason: str, by: str | None) -> bool:
    """Set a running run aside for a person, *by* a cause (JSON); False: fenced."""
    changed = tx.run(
        _BLOCK, run_id=run_id, of_epoch=epoch, reason=reason, to_blocked_by=by, now=tx.now
    )
    return changed == 1


def give_address(tx: Tx, address: str) -> int:
    """Keep an address for runs that began before one was kept; answers how many."""
    return tx.run(_GIVE_ADDRESS, to_address=address)


def wake(tx: Tx, run_id: str) -> bool:
    """Make a waiting run ready; False: it was neither waiting nor backing off."""
    return tx.run(_WAKE, run_id=run_id, now=tx.now) == 1


def request_cancel(tx: Tx, run_id: str, by: str) -> bool:
    """Ask a run to end; False: it had been asked before."""
    return tx.run(_CANCEL, run_id=run_id, by=by, now=tx.now) == 1


def say(tx: Tx, run_id: str, said: str) -> None:
    """Note how far a run has come in its log."""
    tx.run(_SAY, run_id=run_id, to_said=said)


def force_cancel(tx: Tx, run_id: str, by: str) -> Told:
    """End a run now, whoever executes it. The run exists."""
    (ended,) = tx.all(_FORCE_CANCEL, run_id=run_id, by=by, now=tx.now)
    return ended


def go_on(tx: Tx, run_id: str) -> None:
    """Make a run ready that was asked to end, as if it had not been. Nobody executes it."""
    tx.run(_GO_ON, run_id=run_id, now=tx.now)


def revive(tx: Tx, run_id: str, *, accepted_seq: int | None, accepted_answers: str | None) -> bool:
    """Make a blocked or failed run ready, on code that is accepted up to an entry.

    *accepted_answers* (JSON): what was said of questions that have changed. False: its journal
    was pruned.
    """
    changed = tx.run(
        _REVIVE,
        run_id=run_id,
        to_accepted_seq=accepted_seq,
        to_accepted_answers=accepted_answers,
        now=tx.now,
    )
    return changed == 1
