"""Retention: a batch at a time, so that nobody waits for it."""

from datetime import timedelta

from store import audit, retention
from store.database import Tx
from workflows.engine.base import Pruned
from workflows.failpoint import failpoint
from workflows.plain import dumps

BATCH = 500  # runs in one transaction
MOST_ROWS = 10_000  # after which a batch ends early: one run may have as many


def prune(tx: Tx, older_than: timedelta, *, by: str | None, via: str) -> Pruned:
    """Take away what runs left behind that ended *older_than* ago or before; see `Engine.prune`.

    All of a run in one transaction: it has its journal, or it says that it has none.
    """
    before = tx.now - older_than
    found = retention.old(tx, before, BATCH)
    runs = rows = 0
    for run_id in found:
        if rows >= MOST_ROWS:
            break
        rows += retention.prune(tx, run_id, before) or 0
        runs += 1
        failpoint("prune:run")
    if runs and by is not None:
        detail = dumps({"runs": runs, "older_than_s": int(older_than.total_seconds())})
        audit.append(tx, actor=by, via=via, action="prune", outcome="done", detail=detail)
    return Pruned(runs, rows, more=runs < len(found) or len(found) == BATCH)


def prunable(tx: Tx, older_than: timedelta) -> Pruned:
    """Count what `prune` would take away."""
    runs, rows = retention.count(tx, tx.now - older_than)
    return Pruned(runs, rows, more=False)
