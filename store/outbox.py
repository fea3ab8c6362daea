"""The outbox: messages that tell the outside, committed with the fact they follow from."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert

from store.database import Topic, Tx
from store.query import Query
from store.tables import OUTBOX, UNSENT, SendStatus, named

_c = OUTBOX.c


class Message(NamedTuple):
    """Something to tell: *what* about which run and gate; the words are found when it is sent."""

    id: int
    key: str
    what: str
    run_id: str
    gate_id: str | None
    status: SendStatus
    attempts: int
    next_at: datetime
    last_error: str | None


_COLUMNS = [_c[name] for name in Message._fields]
_INSERT = Query(
    insert(OUTBOX)
    .values(
        {name: bindparam(name) for name in ("key", "what", "run_id", "gate_id", "next_at")}
        | {"attempts": 0, "status": SendStatus.PENDING}
    )
    # The same fact told twice is told once.
    .on_conflict_do_nothing()
)
_DUE = Query(
    select(*_COLUMNS)
    .where(UNSENT, _c.next_at <= bindparam("now"))
    .order_by(_c.next_at, _c.id)
    .limit(bindparam("most")),
    Message,
)
_FAILED = Query(
    select(*_COLUMNS)
    .where(_c.last_error.is_not(None), _c.status != SendStatus.SENT)
    .order_by(_c.id.desc())
    .limit(bindparam("most")),
    Message,
)
# The statement that decides who sends: a message that was read before another attempt is not sent.
_ATTEMPT = Query(
    update(OUTBOX)
    .where(_c.id == bindparam("message_id"), UNSENT, _c.attempts == bindparam("attempts_seen"))
    .values(status=SendStatus.UNCERTAIN, attempts=_c.attempts + 1, next_at=bindparam("retry_at"))
)
_SENT = Query(
    update(OUTBOX)
    .where(_c.id == bindparam("message_id"))
    .values(status=SendStatus.SENT, last_error=None)
)
_FAIL = Query(
    update(OUTBOX)
    .where(_c.id == bindparam("message_id"))
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        last_error=bindparam("error"),
        next_at=bindparam("at"),
    )
)
_HURRY = Query(
    update(OUTBOX)
    .where(UNSENT, named(_c.status, SendStatus.UNCERTAIN), _c.next_at > bindparam("latest"))
    .values(next_at=bindparam("latest"))
)
_NEXT = Query(select(func.min(_c.next_at)).where(UNSENT), lambda at: at)


def tell(tx: Tx, what: str, *, run_id: str, gate_id: str | None = None, nth: str = "") -> None:
    """Queue a message; *what*, its subject and *nth* together are its identity."""
    key = ":".join(part for part in (what, gate_id or run_id, nth) if part)
    tx.run(_INSERT, key=key, what=what, run_id=run_id, gate_id=gate_id, next_at=tx.now)
    tx.announce(Topic.OUTBOX)


def due(tx: Tx, limit: int) -> list[Message]:
    """Answer the messages to be sent now, in the order they were queued."""
    return tx.all(_DUE, now=tx.now, most=limit)


def failed(tx: Tx, limit: int) -> list[Message]:
    """Answer the messages that could not be sent so far, newest first."""
    return tx.all(_FAILED, most=limit)


def attempt(tx: Tx, message: Message, retry_at: datetime) -> bool:
    """Note that the call is about to be made; if nothing else is heard, look at *retry_at*.

    False: it has been attempted since it was read.
    """
    changed = tx.run(
        _ATTEMPT, message_id=message.id, attempts_seen=message.attempts, retry_at=retry_at
    )
    return changed == 1


def sent(tx: Tx, message_id: int) -> None:
    """Note that a message has arrived."""
    tx.run(_SENT, message_id=message_id)


def fail(tx: Tx, message_id: int, status: SendStatus, error: str, at: datetime) -> None:
    """Note why a message was not sent, and when to try again (dead: never)."""
    tx.run(_FAIL, message_id=message_id, to_status=status, error=error, at=at)


def hurry_uncertain(tx: Tx, latest: datetime) -> None:
    """Make what nothing was heard of due at *latest*: nobody waits for those answers any more."""
    tx.run(_HURRY, latest=latest)


def next_at(tx: Tx) -> datetime | None:
    """Answer when the next message is due."""
    return tx.first(_NEXT)
