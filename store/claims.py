"""Claims where only so many runs of some jobs are executed at once; else those of `store.ready`.

The one statement that claims also counts: a limited job has as many candidates as it has room,
its oldest ready runs, and the oldest of all candidates are taken. What has no room is not looked
at, so it stands in nobody's way; who has waited longest comes first, so nobody starves. Writers
follow one another, so no two claims count the same room.
"""

from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from store import ready
from store.database import Tx
from store.query import Query
from store.ready import Claimed, Room
from store.tables import RUNS, RunStatus, named

Limits = tuple[tuple[str, int], ...]

_c = RUNS.c
_under_way = RUNS.alias("under_way")


def claim(
    tx: Tx, jobs: tuple[str, ...], limits: Limits, owner: str, until: datetime, room: Room
) -> list[Claimed]:
    """See `ready.claim`; of a job in *limits* no more runs are taken than it has room."""
    if not limits:
        return ready.claim(tx, jobs, owner, until, room)
    return tx.all(
        _claim(jobs, limits),
        now=tx.now,
        of_owner=owner,
        until=until,
        most=room.runs,
        widest=room.widest,
    )


def claim_suspect(
    tx: Tx, jobs: tuple[str, ...], limits: Limits, owner: str, until: datetime, widest: int
) -> list[Claimed]:
    """See `ready.claim_suspect`; the run's job has room."""
    if not limits:
        return ready.claim_suspect(tx, jobs, owner, until, widest)
    return tx.all(
        _claim_suspect(jobs, limits),
        now=tx.now,
        of_owner=owner,
        until=until,
        most=1,
        widest=widest,
    )


@cache
def _claim(jobs: tuple[str, ...], limits: Limits) -> Query[Claimed]:
    limited = dict(limits)
    unlimited = tuple(job for job in jobs if job not in limited)
    most: ColumnElement[int] = bindparam("most")
    candidates = [_oldest(unlimited, most)]
    # `min` of two values: no more than there is room for in this process either.
    candidates += [_oldest((job,), func.min(most, _room(job, n))) for job, n in limits]
    found = union_all(*candidates).subquery()
    return ready.claiming(select(found.c.id).order_by(found.c.ready_at, found.c.id))


@cache
def _claim_suspect(jobs: tuple[str, ...], limits: Limits) -> Query[Claimed]:
    unlimited = _c.job.not_in([literal(job) for job, _ in limits])
    has_room = [and_(_c.job == literal(job), _room(job, n) > 0) for job, n in limits]
    return ready.claiming(ready.suspects(jobs).where(or_(unlimited, *has_room)))


def _oldest(jobs: tuple[str, ...], most: ColumnElement[int]) -> Select[tuple[str, datetime]]:
    # A part of a UNION may be ordered and limited only as a query of its own.
    oldest = ready.healthy(jobs).add_columns(_c.ready_at).limit(most).subquery()
    return select(oldest.c.id, oldest.c.ready_at)


def _room(job: str, at_once: int) -> ColumnElement[int]:
    """How many more runs of *job* may be executed; never below 0, which would be no limit."""
    executed = (
        select(func.count())
        .where(named(_under_way.c.status, RunStatus.RUNNING), _under_way.c.job == literal(job))
        .scalar_subquery()
    )
    return func.max(literal_column("0"), literal_column(str(at_once)) - executed)
