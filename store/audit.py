"""The audit: who did or tried what, when, through which door. Append-only."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from store.database import Tx
from store.query import Query
from store.tables import AUDIT, EPOCH, inserting


class Record(NamedTuple):
    """One line; `detail` is JSON or None."""

    at: datetime
    run_id: str | None
    gate_id: str | None
    actor: str
    via: str
    action: str
    outcome: str
    detail: str | None


_INSERT = Query(inserting(AUDIT, *Record._fields))
_OF_RUN = Query(
    select(*(AUDIT.c[name] for name in Record._fields))
    .where(AUDIT.c.run_id == bindparam("of_run"))
    .order_by(AUDIT.c.id),
    Record,
)
_PAGE = Query(
    select(AUDIT.c.id, *(AUDIT.c[name] for name in Record._fields))
    .where(AUDIT.c.id > bindparam("after_id"), AUDIT.c.at >= bindparam("from_at"))
    .order_by(AUDIT.c.id)
    .limit(bindparam("most"))
)


def append(
    tx: Tx,
    *,
    actor: str,
    via: str,
    action: str,
    outcome: str,
    run_id: str | None = None,
    gate_id: str | None = None,
    detail: str | None = None,
) -> None:
    """Add a line, at the time of the transaction."""
    tx.run(
        _INSERT,
        at=tx.now,
        run_id=run_id,
        gate_id=gate_id,
        actor=actor,
        via=via,
        action=action,
        outcome=outcome,
        detail=detail,
    )


def of_run(tx: Tx, run_id: str) -> list[Record]:
    """Answer a run's lines, oldest first."""
    return tx.all(_OF_RUN, of_run=run_id)


def page(tx: Tx, *, since: datetime | None, after: int, limit: int) -> list[tuple[int, Record]]:
    """Answer lines and their numbers, oldest first: those at or after *since*, above *after*."""
    found = tx.all(_PAGE, from_at=since or EPOCH, after_id=after, most=limit)
    return [(number, Record(*rest)) for number, *rest in found]
