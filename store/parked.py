"""Runs that have not ended, with what a pass over them needs."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from store.database import Tx
from store.query import Query
from store.tables import RUNS, RunStatus


class Parked(NamedTuple):
    """A run that has not ended; `input` is JSON."""

    id: str
    job: str
    input: str
    requested_by: str
    status: RunStatus
    cancel_requested_at: datetime | None
    cancel_under_way: bool | None
    accepted_seq: int | None


_c = RUNS.c
_PAGE = Query(
    select(*(_c[name] for name in Parked._fields))
    .where(_c.id > bindparam("after_id"), _c.finished_at.is_(None))
    .order_by(_c.id)
    .limit(bindparam("most")),
    Parked,
)


def page(tx: Tx, after: str, limit: int) -> list[Parked]:
    """Answer runs that have not ended, oldest first: those with an id above *after*."""
    return tx.all(_PAGE, after_id=after, most=limit)
