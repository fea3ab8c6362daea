"""Addressing: what the name of an event means in a run, in whatever branch it is waited for.

A wait in a branch is stored under its full name, ``all#1[1]/abort``; who sends an event says
``abort``, as the job does. The full name says which, where there are several.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select

from store.database import Tx
from store.query import Query
from store.tables import (
    EVENTS,
    JOURNAL,
    RUNS,
    WAITS,
    EntryStatus,
    RunStatus,
    WaitKind,
    WaitStatus,
    named,
)
from store.waits import COLUMNS, Wait

BRANCH = "]/"  # ends the name of a branch; no name that a job gives has it
_c = WAITS.c
_other = WAITS.alias("other")


class Addressed(NamedTuple):
    """What an event meets: its run, whether its key was used there, the latest use of its name.

    *is_elsewhere*: a branch waits for that name as well.
    """

    status: RunStatus
    is_repeated: bool
    is_elsewhere: bool
    wait: Wait | None


def plain(name: str) -> str:
    """Answer the name that the job gave, without the branch."""
    return name.rpartition(BRANCH)[2]


def is_called(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a name is the one that is meant, in whatever branch."""
    ending = func.substr(column, bindparam("from_end")) == bindparam("as_ending")
    return or_(column == bindparam("of_name"), ending)


def meaning(name: str) -> dict[str, Any]:
    """Answer the parameters of `is_called`; a full name means itself alone."""
    ending = BRANCH + name
    return {"of_name": name, "from_end": -len(ending), "as_ending": ending}


_ADDRESSED = Query(
    select(
        RUNS.c.status,
        exists().where(
            EVENTS.c.run_id == bindparam("of_run"),
            EVENTS.c.scope == bindparam("of_scope"),
            EVENTS.c.key == bindparam("of_key"),
        ),
        exists().where(
            _other.c.run_id == bindparam("of_run"),
            named(_other.c.status, WaitStatus.OPEN),
            func.substr(_other.c.name, bindparam("from_end")) == bindparam("as_ending"),
        ),
        *COLUMNS,
    )
    .select_from(
        RUNS.outerjoin(WAITS, and_(_c.run_id == RUNS.c.id, _c.name == bindparam("of_name")))
    )
    .where(RUNS.c.id == bindparam("of_run"))
    .order_by(_c.nth.desc())
    .limit(1),
    lambda status, repeated, elsewhere, *columns: Addressed(
        status, bool(repeated), bool(elsewhere), None if columns[0] is None else Wait(*columns)
    ),
)
_opened = WAITS.join(
    JOURNAL,
    and_(
        JOURNAL.c.run_id == _c.run_id,
        JOURNAL.c.name == func.coalesce(_c.any_name, _c.name),
        JOURNAL.c.nth == func.coalesce(_c.any_nth, _c.nth),
        named(JOURNAL.c.status, EntryStatus.STARTED),
    ),
)
_for_events = or_(named(_c.kind, WaitKind.EVENT), named(_c.kind, WaitKind.APPROVAL))
# In the order in which they were opened, which is that of their entries.
_OPEN = Query(
    select(*COLUMNS)
    .select_from(_opened)
    .where(
        _c.run_id == bindparam("of_run"),
        named(_c.status, WaitStatus.OPEN),
        is_called(_c.name),
        _for_events,
    )
    .order_by(JOURNAL.c.seq),
    Wait,
)
_ENDED = Query(
    select(*COLUMNS)
    .where(_c.run_id == bindparam("of_run"), is_called(_c.name), _for_events)
    .order_by(_c.ended_at.desc(), _c.nth.desc())
    .limit(1),
    Wait,
)
_OPEN_NAMES = Query(
    select(_c.name)
    .select_from(_opened)
    .where(
        _c.run_id == bindparam("of_run"),
        named(_c.status, WaitStatus.OPEN),
        _for_events,
    )
    .order_by(JOURNAL.c.seq),
    str,
)


def addressed(tx: Tx, run_id: str, name: str, scope: str, key: str) -> Addressed | None:
    """Answer all that decides what becomes of an event; None: there is no such run."""
    return tx.first(_ADDRESSED, of_run=run_id, of_scope=scope, of_key=key, **meaning(name))


def open_waits(tx: Tx, run_id: str, name: str) -> list[Wait]:
    """Answer the open waits that are called so, the one that was opened first at first."""
    return tx.all(_OPEN, of_run=run_id, **meaning(name))


def last_ended(tx: Tx, run_id: str, name: str) -> Wait | None:
    """Answer the wait of that name that ended last, where none is open."""
    return tx.first(_ENDED, of_run=run_id, **meaning(name))


def open_names(tx: Tx, run_id: str) -> list[str]:
    """Answer what a run waits for from outside, by the names that the job gave."""
    return list(dict.fromkeys(plain(name) for name in tx.all(_OPEN_NAMES, of_run=run_id)))
