"""Events: stored before they are acknowledged, consumed once."""

from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from store.database import Tx
from store.query import Query
from store.tables import EVENTS, EventStatus, named

_c = EVENTS.c


class Stored(NamedTuple):
    """An event as stored; `payload` is JSON."""

    id: int
    name: str
    kind: str
    payload: str
    status: EventStatus
    disposition: str
    actor: str
    open_waits: str | None
    must_be_open: bool | None


_NEW = (
    "run_id",
    "name",
    "kind",
    "payload",
    "scope",
    "key",
    "disposition",
    "wait_nth",
    "actor",
    "via",
    "at",
    "open_waits",
    "must_be_open",
)
_COLUMNS = [_c[name] for name in Stored._fields]
_INSERT = Query(
    insert(EVENTS)
    .values(
        {name: bindparam(name) for name in _NEW}
        | {"status": bindparam("status", type_=_c.status.type)}
    )
    .returning(_c.id),
    int,
)
_BY_KEY = Query(
    select(*_COLUMNS).where(
        _c.run_id == bindparam("of_run"),
        _c.scope == bindparam("of_scope"),
        _c.key == bindparam("of_key"),
    ),
    Stored,
)
_BUFFERED = Query(
    select(*_COLUMNS)
    .where(
        _c.run_id == bindparam("of_run"),
        _c.name == bindparam("of_name"),
        named(_c.status, EventStatus.BUFFERED),
    )
    .order_by(_c.id),
    Stored,
)
_COUNT_BUFFERED = Query(
    select(func.count(), func.count().filter(_c.name == bindparam("of_name"))).where(
        _c.run_id == bindparam("of_run"), named(_c.status, EventStatus.BUFFERED)
    ),
)
_CONSUME = Query(
    update(EVENTS)
    .where(_c.id == bindparam("event_id"))
    .values(status=EventStatus.CONSUMED, wait_nth=bindparam("to_nth"))
)
_MISMATCH = Query(
    update(EVENTS).where(_c.id == bindparam("event_id")).values(status=EventStatus.MISMATCHED)
)
_EXPIRE = Query(
    update(EVENTS)
    .where(_c.run_id == bindparam("of_run"), named(_c.status, EventStatus.BUFFERED))
    .values(status=EventStatus.EXPIRED)
)
_REVIVE = Query(
    update(EVENTS)
    .where(_c.run_id == bindparam("of_run"), named(_c.status, EventStatus.EXPIRED))
    .values(status=EventStatus.BUFFERED)
)


def insert_new(
    tx: Tx,
    *,
    run_id: str,
    name: str,
    kind: str,
    payload: str,
    scope: str,
    key: str,
    status: EventStatus,
    disposition: str,
    wait_nth: int | None,
    actor: str,
    via: str,
    open_waits: str | None = None,
    must_be_open: bool = False,
) -> int:
    """Add an event and answer its id; its key has not been used in this run and scope."""
    (event_id,) = tx.all(
        _INSERT,
        run_id=run_id,
        name=name,
        kind=kind,
        payload=payload,
        scope=scope,
        key=key,
        status=status,
        disposition=disposition,
        wait_nth=wait_nth,
        actor=actor,
        via=via,
        at=tx.now,
        open_waits=open_waits,
        must_be_open=must_be_open or None,
    )
    return event_id


def by_key(tx: Tx, run_id: str, scope: str, key: str) -> Stored:
    """Answer what was delivered under a key that has been used."""
    (found,) = tx.all(_BY_KEY, of_run=run_id, of_scope=scope, of_key=key)
    return found


def buffered(tx: Tx, run_id: str, *names: str) -> list[Stored]:
    """Answer the events that arrived before a wait of these names, in commit order."""
    found = [each for name in set(names) for each in tx.all(_BUFFERED, of_run=run_id, of_name=name)]
    return sorted(found, key=lambda event: event.id)


def count_buffered(tx: Tx, run_id: str, name: str) -> tuple[int, int]:
    """Answer how many events are buffered for a run, and for a name in it."""
    (found,) = tx.all(_COUNT_BUFFERED, of_run=run_id, of_name=name)
    return found[0], found[1]


def consume(tx: Tx, event_id: int, nth: int) -> None:
    """Mark a buffered event as what ended the nth wait of its name."""
    tx.run(_CONSUME, event_id=event_id, to_nth=nth)


def mismatch(tx: Tx, event_id: int) -> None:
    """Mark a buffered event as one that its wait does not take."""
    tx.run(_MISMATCH, event_id=event_id)


def expire(tx: Tx, run_id: str) -> None:
    """Mark what is still buffered when its run ends."""
    tx.run(_EXPIRE, of_run=run_id)


def revive(tx: Tx, run_id: str) -> None:
    """Have what was buffered when its run ended be there again: the run goes on."""
    tx.run(_REVIVE, of_run=run_id)
