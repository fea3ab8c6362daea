"""Retention: what runs that ended long ago leave behind. Never anything of another run.

Deleted are journal, events, messages sent, and the waits that asked nobody. A run's own row stays
(its start key with it), and what was decided and by whom: gates, their waits, votes, cards, audit.
"""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from store.database import Tx
from store.query import Query
from store.tables import EVENTS, GATES, JOURNAL, OUTBOX, RUNS, WAITS, RunStatus, named

OVER = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)

_c = RUNS.c
# Said in every statement that takes something away, or decides that something is.
_old = and_(
    _c.finished_at.is_not(None),
    _c.pruned_at.is_(None),
    _c.finished_at <= bindparam("before"),
    or_(*(named(_c.status, status) for status in OVER)),
)
_OLD = Query(select(_c.id).where(_old).order_by(_c.finished_at).limit(bindparam("most")), str)
# The statement that decides: a run that was retried meanwhile has not ended.
_MARK = Query(
    update(RUNS).where(_c.id == bindparam("run_id"), _old).values(pruned_at=bindparam("now"))
)
_asked_nobody = ~exists().where(
    GATES.c.run_id == WAITS.c.run_id, GATES.c.name == WAITS.c.name, GATES.c.nth == WAITS.c.nth
)
_of_run = {
    JOURNAL: JOURNAL.c.run_id == bindparam("run_id"),
    EVENTS: EVENTS.c.run_id == bindparam("run_id"),
    OUTBOX: OUTBOX.c.run_id == bindparam("run_id"),
    WAITS: and_(WAITS.c.run_id == bindparam("run_id"), _asked_nobody),
}
_DELETE = [Query(delete(table).where(condition)) for table, condition in _of_run.items()]
_COUNT = Query(select(func.count()).select_from(RUNS).where(_old), int)
_COUNT_ROWS = [
    Query(
        select(func.count())
        .select_from(table.join(RUNS, _c.id == table.c.run_id))
        .where(_old, *([_asked_nobody] if table is WAITS else [])),
        int,
    )
    for table in _of_run
]


def old(tx: Tx, before: datetime, limit: int) -> list[str]:
    """Answer runs that ended by *before* and still have a journal, the oldest first."""
    return tx.all(_OLD, before=before, most=limit)


def prune(tx: Tx, run_id: str, before: datetime) -> int | None:
    """Delete what a run left behind and answer how many rows; None: it is not over, or is new."""
    if tx.run(_MARK, run_id=run_id, before=before, now=tx.now) == 0:
        return None
    return sum(tx.run(query, run_id=run_id) for query in _DELETE)


def count(tx: Tx, before: datetime) -> tuple[int, int]:
    """Answer how many runs `prune` would take something of, and how many rows."""
    runs = tx.first(_COUNT, before=before) or 0
    return runs, sum(tx.first(query, before=before) or 0 for query in _COUNT_ROWS)
