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
    accepted_answers: str | None
    address: str | None
    failed_seq: int | None


_c = RUNS.c
_columns = select(*(_c[name] for name in Parked._fields))
_ONE = Query(_columns.where(_c.id == bindparam("run_id")), Parked)
_PAGE = Query(
    _columns.where(_c.id > bindparam("after_id"), _c.finished_at.is_(None))
    .order_by(_c.id)
    .limit(bindparam("most")),
    Parked,
)


def page(tx: Tx, after: str, limit: int) -> list[Parked]:
    """Answer runs that have not ended, oldest first: those with an id above *after*."""
    return tx.all(_PAGE, after_id=after, most=limit)


def one(tx: Tx, run_id: str) -> Parked | None:
    """Answer a run, whether or not it has ended."""
    return tx.first(_ONE, run_id=run_id)
