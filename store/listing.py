"""Listing: runs a page at a time, and those that need a person."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, select

from store.database import Tx
from store.query import Query
from store.runs import RUN_COLUMNS, Run
from store.tables import RUNS, RunStatus, named

_c = RUNS.c


class Blocked(NamedTuple):
    """A run that is set aside, and why: in words, and for programs (JSON)."""

    id: str
    job: str
    blocked_reason: str | None
    blocked_by: str | None


_BLOCKED = Query(
    select(*(_c[name] for name in Blocked._fields))
    .where(named(_c.status, RunStatus.BLOCKED))
    .order_by(_c.id.desc()),
    Blocked,
)


def page(
    tx: Tx,
    *,
    status: RunStatus | None = None,
    job: str | None = None,
    requested_by: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Run]:
    """Answer runs, newest first, those with an id below *before*."""
    given = {"status": status, "job": job, "requested_by": requested_by, "before": before}
    values = {f"of_{name}": value for name, value in given.items() if value is not None}
    return tx.all(_page(frozenset(values)), most=limit, **values)


def blocked(tx: Tx) -> list[Blocked]:
    """Answer every run that is set aside, newest first."""
    return tx.all(_BLOCKED)


def stuck(tx: Tx, limit: int) -> list[Run]:
    """Answer the runs that need a person: blocked first, then failed ones that can be retried."""
    found = tx.all(_newest(RunStatus.BLOCKED), most=limit)
    return found + tx.all(_newest(RunStatus.FAILED), most=limit - len(found))


@cache
def _newest(status: RunStatus) -> Query[Run]:
    return Query(
        select(*RUN_COLUMNS)
        .where(named(_c.status, status), _c.pruned_at.is_(None))
        .order_by(_c.updated_at.desc())
        .limit(bindparam("most")),
        Run,
    )


@cache
def _page(given: frozenset[str]) -> Query[Run]:
    conditions = {
        "of_status": _c.status == bindparam("of_status", type_=_c.status.type),
        "of_job": _c.job == bindparam("of_job"),
        "of_requested_by": _c.requested_by == bindparam("of_requested_by"),
        "of_before": _c.id < bindparam("of_before"),
    }
    chosen: Sequence[str] = sorted(given)
    return Query(
        select(*RUN_COLUMNS)
        .where(*(conditions[name] for name in chosen))
        .order_by(_c.id.desc())
        .limit(bindparam("most")),
        Run,
    )
