"""Corrupt: ready runs with rows that cannot be read, found one by one so that the others go on.

Rows are claimed together, so one that somebody has written over by hand would keep every run from
being claimed.
"""

from typing import NamedTuple

from sqlalchemy import bindparam, null, select, update

from store import journal, runs
from store.database import Tx
from store.query import Query
from store.tables import RUNS, RunStatus, named

# What reading a row raises where a column holds something that this code has never written.
UNREADABLE = (ValueError, LookupError, TypeError)
LONGEST_REASON = 200  # what was not understood is in it

_c = RUNS.c
_READY = Query(select(_c.id).where(named(_c.status, RunStatus.READY)), lambda run_id: run_id)
_SET_ASIDE = Query(
    update(RUNS)
    .where(_c.id == bindparam("run_id"), named(_c.status, RunStatus.READY))
    .values(
        status=RunStatus.BLOCKED,
        ready_at=null(),
        blocked_reason=bindparam("reason"),
        updated_at=bindparam("now"),
    )
)


class Corrupt(NamedTuple):
    """A run with a row that cannot be read, and what is wrong with it."""

    run_id: str
    reason: str


def find(tx: Tx) -> list[Corrupt]:
    """Answer the ready runs that cannot be claimed; reads every ready run, so ask seldom."""
    found = []
    for run_id in tx.all(_READY):
        try:
            runs.get(tx, run_id)
            journal.load(tx, run_id)
        except UNREADABLE as error:
            why = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
            found.append(Corrupt(run_id, f"corrupt: a row of this run cannot be read ({why})"))
    return found


def set_aside(tx: Tx, corrupt: Corrupt) -> bool:
    """ready ▶ blocked; False: it is not ready any more."""
    return tx.run(_SET_ASIDE, run_id=corrupt.run_id, reason=corrupt.reason, now=tx.now) == 1
