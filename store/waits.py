"""Waits: opened with a deadline, ended once."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, select, update

from store.database import Tx
from store.query import Query
from store.tables import (
    EVENTS,
    WAITS,
    EventStatus,
    WaitKind,
    WaitStatus,
    inserting,
    named,
)

_c = WAITS.c


class Wait(NamedTuple):
    """A wait as stored; `expected` lists kinds, comma-separated.

    *any_name* and *any_nth* name the entry that it shares with others, of which one ends all.
    """

    run_id: str
    name: str
    nth: int
    kind: WaitKind
    expected: str
    status: WaitStatus
    deadline_at: datetime
    event_id: int | None
    opened_at: datetime
    ended_at: datetime | None
    any_name: str | None = None
    any_nth: int | None = None

    @property
    def entry(self) -> tuple[str, int]:
        """The journal entry that the end of this wait is written into."""
        return (self.any_name or self.name, self.any_nth or self.nth)


COLUMNS = [_c[name] for name in Wait._fields]
_INSERT = Query(
    inserting(WAITS, *Wait._fields).returning(
        exists().where(
            EVENTS.c.run_id == bindparam("run_id"),
            # Under its full name, or under that which the job gave.
            EVENTS.c.name.in_([bindparam("name"), bindparam("plain")]),
            named(EVENTS.c.status, EventStatus.BUFFERED),
        )
    ),
    bool,
)
_IS_OPEN = Query(
    select(_c.status).where(
        _c.run_id == bindparam("of_run"),
        _c.name == bindparam("of_name"),
        _c.nth == bindparam("of_nth"),
        named(_c.status, WaitStatus.OPEN),
    )
)
_NEWEST = Query(
    select(*COLUMNS)
    .where(_c.run_id == bindparam("of_run"), _c.name == bindparam("of_name"))
    .order_by(_c.nth.desc())
    .limit(1),
    Wait,
)
_GET = Query(
    select(*COLUMNS).where(
        _c.run_id == bindparam("of_run"),
        _c.name == bindparam("of_name"),
        _c.nth == bindparam("of_nth"),
    ),
    Wait,
)
_OF_RUN = Query(
    select(*COLUMNS).where(_c.run_id == bindparam("of_run")).order_by(_c.opened_at, _c.name), Wait
)
_OPEN_OF_RUN = Query(
    select(*COLUMNS).where(_c.run_id == bindparam("of_run"), named(_c.status, WaitStatus.OPEN)),
    Wait,
)
_DUE = Query(
    select(*COLUMNS)
    .where(named(_c.status, WaitStatus.OPEN), _c.deadline_at <= bindparam("now"))
    .order_by(_c.deadline_at)
    .limit(bindparam("most")),
    Wait,
)
# The statement that decides: whoever changes the one open row has ended the wait.
_END = Query(
    update(WAITS)
    .where(
        _c.run_id == bindparam("of_run"),
        _c.name == bindparam("of_name"),
        _c.nth == bindparam("of_nth"),
        named(_c.status, WaitStatus.OPEN),
    )
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        event_id=bindparam("by_event"),
        ended_at=bindparam("now"),
    )
)
_END_OTHERS = Query(
    update(WAITS)
    .where(
        _c.run_id == bindparam("of_run"),
        _c.any_name == bindparam("of_any_name"),
        _c.any_nth == bindparam("of_any_nth"),
        named(_c.status, WaitStatus.OPEN),
    )
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        event_id=bindparam("by_event"),
        ended_at=bindparam("now"),
    )
)
_NEXT_DEADLINE = Query(
    select(func.min(_c.deadline_at)).where(named(_c.status, WaitStatus.OPEN)), lambda at: at
)


def insert(tx: Tx, wait: Wait) -> bool:
    """Add a wait; answers whether events of its name were there before it."""
    (early,) = tx.all(_INSERT, **wait._asdict(), plain=wait.name.rpartition("]/")[2])
    return early


def newest(tx: Tx, run_id: str, name: str) -> Wait | None:
    """Answer the latest use of a name in a run."""
    return tx.first(_NEWEST, of_run=run_id, of_name=name)


def get(tx: Tx, run_id: str, name: str, nth: int) -> Wait | None:
    """Answer one wait."""
    return tx.first(_GET, of_run=run_id, of_name=name, of_nth=nth)


def is_open(tx: Tx, wait: Wait) -> bool:
    """Whether a wait has not ended yet."""
    return bool(tx.all(_IS_OPEN, of_run=wait.run_id, of_name=wait.name, of_nth=wait.nth))


def of_run(tx: Tx, run_id: str) -> list[Wait]:
    """Answer a run's waits in the order they were opened."""
    return tx.all(_OF_RUN, of_run=run_id)


def open_of_run(tx: Tx, run_id: str) -> list[Wait]:
    """Answer a run's open waits."""
    return tx.all(_OPEN_OF_RUN, of_run=run_id)


def due(tx: Tx, limit: int) -> list[Wait]:
    """Answer open waits whose deadline has come, earliest first."""
    return tx.all(_DUE, now=tx.now, most=limit)


def end(tx: Tx, wait: Wait, status: WaitStatus, event_id: int | None = None) -> bool:
    """End an open wait; False: it had ended before, and stays as it is."""
    changed = tx.run(
        _END,
        of_run=wait.run_id,
        of_name=wait.name,
        of_nth=wait.nth,
        to_status=status,
        by_event=event_id,
        now=tx.now,
    )
    return changed == 1


def end_others(tx: Tx, wait: Wait, status: WaitStatus, event_id: int | None = None) -> None:
    """End the waits that were opened together with one that has just ended."""
    tx.run(
        _END_OTHERS,
        of_run=wait.run_id,
        of_any_name=wait.any_name,
        of_any_nth=wait.any_nth,
        to_status=status,
        by_event=event_id,
        now=tx.now,
    )


def next_deadline(tx: Tx) -> datetime | None:
    """Answer the earliest deadline of an open wait."""
    return tx.first(_NEXT_DEADLINE)
