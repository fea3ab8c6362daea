"""Schedules: when jobs start by themselves next."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from store.database import Tx
from store.query import Query
from store.tables import SCHEDULES


class Planned(NamedTuple):
    """The next start of a job, and the expression it was worked out from."""

    job: str
    cron: str
    timezone: str
    next_at: datetime


_c = SCHEDULES.c
_job = _c.job == bindparam("of_job")
_adding = insert(SCHEDULES).values({name: bindparam(name) for name in Planned._fields})
_PUT = Query(
    _adding.on_conflict_do_update(
        index_elements=[_c.job],
        set_={name: _adding.excluded[name] for name in ("cron", "timezone", "next_at")},
    )
)
_ALL = Query(select(*(_c[name] for name in Planned._fields)), Planned)
_DELETE = Query(delete(SCHEDULES).where(_job))
_ADVANCE = Query(
    update(SCHEDULES)
    .where(_job, _c.next_at == bindparam("due"), _c.next_at < bindparam("to"))
    .values(next_at=bindparam("to"))
)


def every(tx: Tx) -> list[Planned]:
    """Answer what is planned: one row of each job that starts by itself."""
    return tx.all(_ALL)


def put(tx: Tx, planned: Planned) -> None:
    """Plan a job's next start, in the place of what was planned."""
    tx.run(_PUT, **planned._asdict())


def remove(tx: Tx, job: str) -> None:
    """Plan no start of a job."""
    tx.run(_DELETE, of_job=job)


def advance(tx: Tx, planned: Planned, to: datetime) -> bool:
    """Go from one start to a later one; False: somebody has, so the start is not the caller's."""
    return tx.run(_ADVANCE, of_job=planned.job, due=planned.next_at, to=to) == 1
