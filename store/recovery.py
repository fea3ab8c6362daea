"""Recovery: runs are put right that no worker would: lost owners, poison, jobs that are missing."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, func, literal, not_, null, select, update

from store.database import Tx
from store.query import Query, Row
from store.ready import MOST_IDLE_CLAIMS, is_one_of
from store.tables import RUNS, SUSPECTED, RunStatus, named

JOB_MISSING = "job_missing"


class Expired(NamedTuple):
    """A lease that has run out, and whose it was."""

    run_id: str
    epoch: int
    owner: str | None


_c = RUNS.c
_nobody = {"owner": null(), "lease_until": null(), "updated_at": bindparam("now")}
_RECOVER = Query(
    update(RUNS)
    .where(named(_c.status, RunStatus.RUNNING))
    .values(status=RunStatus.READY, ready_at=bindparam("now"), **_nobody)
)
_EXPIRED = Query(
    select(_c.id, _c.epoch, _c.owner).where(
        named(_c.status, RunStatus.RUNNING), _c.lease_until <= bindparam("now")
    ),
    Expired,
)
_EXPIRE = Query(
    update(RUNS)
    .where(_c.id == bindparam("run_id"), named(_c.status, RunStatus.RUNNING))
    .values(status=RunStatus.READY, ready_at=bindparam("now"), **_nobody)
)
_BLOCK_POISON = Query(
    update(RUNS)
    .where(SUSPECTED, _c.idle_claims >= MOST_IDLE_CLAIMS)
    .values(
        status=RunStatus.BLOCKED,
        ready_at=null(),
        blocked_reason=f"poison: started {MOST_IDLE_CLAIMS} times and died each time before it"
        " could write anything down; look at the logs, then retry or cancel it",
        updated_at=bindparam("now"),
    )
    .returning(_c.id)
)
_NEXT_READY = Query(
    select(func.min(_c.ready_at)).where(named(_c.status, RunStatus.READY)), lambda at: at
)


def recover(tx: Tx) -> int:
    """Make every running run ready: on SQLite the file's lock proves there is no other owner."""
    return tx.run(_RECOVER, now=tx.now)


def expire_leases(tx: Tx, is_kept: Callable[[Expired], bool]) -> int:
    """Make the runs ready whose owner has not been heard of; those of *is_kept* stay."""
    lost = [found for found in tx.all(_EXPIRED, now=tx.now) if not is_kept(found)]
    return sum(tx.run(_EXPIRE, run_id=found.run_id, now=tx.now) for found in lost)


def block_poison(tx: Tx) -> list[str]:
    """Set aside runs that die again and again without progress; answers their ids."""
    return [run_id for (run_id,) in tx.all(_BLOCK_POISON, now=tx.now)]


def block_unknown(tx: Tx, jobs: tuple[str, ...]) -> list[str]:
    """Set aside ready runs whose job nobody here knows; answers their ids."""
    return [run_id for (run_id,) in tx.all(_block_unknown(jobs), now=tx.now)]


def unblock_known(tx: Tx, jobs: tuple[str, ...]) -> int:
    """Make the runs ready that were set aside because their job was missing, and no longer is."""
    return tx.run(_unblock_known(jobs), now=tx.now)


def next_ready_at(tx: Tx) -> datetime | None:
    """Answer when the next ready run may be claimed."""
    return tx.first(_NEXT_READY)


@cache
def _block_unknown(jobs: tuple[str, ...]) -> Query[Row]:
    return Query(
        update(RUNS)
        .where(named(_c.status, RunStatus.READY), not_(is_one_of(jobs)))
        .values(
            status=RunStatus.BLOCKED,
            ready_at=null(),
            blocked_reason=literal(f"{JOB_MISSING}: no job is called ")
            .concat(_c.job)
            .concat(literal("; it goes on by itself when the job is back")),
            updated_at=bindparam("now"),
        )
        .returning(_c.id)
    )


@cache
def _unblock_known(jobs: tuple[str, ...]) -> Query[Row]:
    return Query(
        update(RUNS)
        .where(
            named(_c.status, RunStatus.BLOCKED),
            _c.blocked_reason.startswith(f"{JOB_MISSING}:"),
            is_one_of(jobs),
        )
        .values(
            status=RunStatus.READY,
            ready_at=bindparam("now"),
            blocked_reason=null(),
            updated_at=bindparam("now"),
        )
    )
