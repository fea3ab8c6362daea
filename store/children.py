"""Children: runs that another run started, each for one of its waits."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from store.database import Tx
from store.query import Query
from store.tables import JOURNAL, RUNS, RunStatus, inserting, named


class Child(NamedTuple):
    """A run that was started for a wait of its parent; `input`, `result` and `error` are JSON."""

    id: str
    job: str
    input: str
    status: RunStatus
    cancel_requested_at: datetime | None
    cancel_under_way: bool | None
    result: str | None
    error: str | None
    pruned_at: datetime | None
    parent_id: str
    parent_name: str
    parent_nth: int


_c = RUNS.c
_COLUMNS = [_c[name] for name in Child._fields]
_of_parent = _c.parent_id == bindparam("of_parent")
# The index on a parent and its wait decides that there is one child.
_INSERT = Query(
    inserting(
        RUNS,
        *("id", "job", "input", "requested_by", "via", "ready_at"),
        *("parent_id", "parent_name", "parent_nth", "depth", "address"),
    ).values(
        status=RunStatus.READY,
        epoch=0,
        idle_claims=0,
        journal_bytes=0,
        created_at=bindparam("ready_at"),
        updated_at=bindparam("ready_at"),
    )
)
_GET = Query(select(*_COLUMNS).where(_c.id == bindparam("run_id")), Child)
_NEWEST = Query(
    select(*_COLUMNS)
    .where(_of_parent, _c.parent_name == bindparam("of_name"))
    .order_by(_c.parent_nth.desc())
    .limit(1),
    Child,
)
_OF_WAIT = Query(
    select(_c.id).where(
        _of_parent,
        _c.parent_name == bindparam("of_name"),
        _c.parent_nth == bindparam("of_nth"),
    ),
    str,
)
_OF_RUN = Query(select(*_COLUMNS).where(_of_parent), Child)
_FAILED_AT = Query(
    select(_c.id)
    .select_from(
        RUNS.join(
            JOURNAL,
            (JOURNAL.c.run_id == _c.parent_id)
            & (JOURNAL.c.name == _c.parent_name)
            & (JOURNAL.c.nth == _c.parent_nth),
        )
    )
    .where(
        _of_parent,
        JOURNAL.c.run_id == bindparam("of_parent"),
        JOURNAL.c.seq == bindparam("of_seq"),
        named(_c.status, RunStatus.FAILED),
    ),
    str,
)
_ADOPT = Query(
    update(RUNS)
    .where(_c.id == bindparam("run_id"))
    .values(parent_nth=bindparam("to_nth"), updated_at=bindparam("now"))
)


def insert(
    tx: Tx,
    *,
    run_id: str,
    job: str,
    arguments: str,
    requested_by: str,
    parent: tuple[str, str, int],
    depth: int,
    address: str,
) -> None:
    """Add a run for a wait (the run, its name, which use), ready now."""
    parent_id, name, nth = parent
    tx.run(
        _INSERT,
        id=run_id,
        job=job,
        input=arguments,
        requested_by=requested_by,
        via="job",
        ready_at=tx.now,
        parent_id=parent_id,
        parent_name=name,
        parent_nth=nth,
        depth=depth,
        address=address,
    )


def find(tx: Tx, run_id: str) -> Child | None:
    """Answer a run that may be there."""
    return tx.first(_GET, run_id=run_id)


def get(tx: Tx, run_id: str) -> Child:
    """Answer a run that has a parent."""
    (found,) = tx.all(_GET, run_id=run_id)
    return found


def newest(tx: Tx, parent_id: str, name: str) -> Child | None:
    """Answer the child of the latest use of a name."""
    return tx.first(_NEWEST, of_parent=parent_id, of_name=name)


def of_wait(tx: Tx, parent_id: str, name: str, nth: int) -> str | None:
    """Answer the id of a wait's child."""
    return tx.first(_OF_WAIT, of_parent=parent_id, of_name=name, of_nth=nth)


def of_run(tx: Tx, parent_id: str) -> list[Child]:
    """Answer every child of a run."""
    return tx.all(_OF_RUN, of_parent=parent_id)


def failed_at(tx: Tx, parent_id: str, seq: int) -> str | None:
    """Answer the child that has failed and whose end is this entry of its parent's journal."""
    return tx.first(_FAILED_AT, of_parent=parent_id, of_seq=seq)


def adopt(tx: Tx, run_id: str, nth: int) -> None:
    """Have a child belong to a later use of its wait's name."""
    tx.run(_ADOPT, run_id=run_id, to_nth=nth, now=tx.now)
