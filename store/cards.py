"""Cards: the copies of a gate that people see, redrawn until they show the latest version."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, func, select, update

from store.database import Topic, Tx
from store.query import Query
from store.tables import CARDS, GATES, UNSENT, SendStatus, inserting, named

_c = CARDS.c
_card = and_(_c.gate_id == bindparam("of_gate"), _c.asked_in == bindparam("of_place"))


class Card(NamedTuple):
    """One copy; `channel` and `message_ts` are None until Slack has said where it is."""

    gate_id: str
    asked_in: str
    channel: str | None
    message_ts: str | None
    want_version: int
    sent_version: int
    status: SendStatus
    next_at: datetime
    attempts: int
    last_error: str | None


_COLUMNS = [_c[name] for name in Card._fields]
_INSERT = Query(
    inserting(CARDS, "gate_id", "asked_in", "next_at").values(
        want_version=1, sent_version=0, attempts=0, status=SendStatus.PENDING
    )
)
_OF_GATE = Query(
    select(*_COLUMNS).where(_c.gate_id == bindparam("of_gate")).order_by(_c.asked_in), Card
)
_due = (
    select(*_COLUMNS)
    .where(UNSENT, _c.next_at <= bindparam("now"))
    .order_by(_c.next_at)
    .limit(bindparam("most"))
)
_DUE_POSTS = Query(_due.where(_c.message_ts.is_(None)), Card)
_DUE_UPDATES = Query(_due.where(_c.message_ts.is_not(None)), Card)
_FAILED = Query(
    select(*_COLUMNS)
    .where(_c.last_error.is_not(None), _c.status != SendStatus.SENT)
    .order_by(_c.next_at)
    .limit(bindparam("most")),
    Card,
)
_REDRAW = Query(
    update(CARDS)
    .where(_c.gate_id == bindparam("of_gate"))
    .values(
        want_version=_c.want_version + 1,
        # An uncertain copy stays so: whether it was posted has to be found out first.
        status=func.iif(_c.status == SendStatus.UNCERTAIN, _c.status, SendStatus.PENDING.value),
        next_at=bindparam("now"),
    )
)
_REDRAW_RUN = Query(
    update(CARDS)
    .where(_c.gate_id.in_(select(GATES.c.id).where(GATES.c.run_id == bindparam("of_run"))))
    .values(
        want_version=_c.want_version + 1,
        status=func.iif(_c.status == SendStatus.UNCERTAIN, _c.status, SendStatus.PENDING.value),
        next_at=bindparam("now"),
    )
)
_ATTEMPT = Query(
    # Before the call: a process that dies in it finds the copy uncertain when it is back. The
    # statement that decides who sends: a copy that was read before another attempt is not sent.
    update(CARDS)
    .where(
        _card,
        UNSENT,
        _c.attempts == bindparam("attempts_seen"),
        _c.sent_version == bindparam("version_seen"),
    )
    .values(status=SendStatus.UNCERTAIN, attempts=_c.attempts + 1, next_at=bindparam("retry_at"))
)
_POSTED = Query(
    update(CARDS)
    .where(_card)
    .values(channel=bindparam("to_channel"), message_ts=bindparam("to_ts"))
)
_SENT = Query(
    update(CARDS)
    .where(_card)
    .values(
        sent_version=bindparam("version"),
        attempts=0,
        last_error=None,
        next_at=bindparam("now"),
        status=func.iif(
            _c.want_version > bindparam("version"),
            SendStatus.PENDING.value,
            SendStatus.SENT.value,
        ),
    )
)
_WITHDRAW = Query(delete(CARDS).where(_c.gate_id == bindparam("of_gate"), _c.attempts == 0))
_FAIL = Query(
    update(CARDS)
    .where(_card)
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        last_error=bindparam("error"),
        next_at=bindparam("at"),
    )
)
_HURRY = Query(
    update(CARDS)
    .where(UNSENT, named(_c.status, SendStatus.UNCERTAIN), _c.next_at > bindparam("latest"))
    .values(next_at=bindparam("latest"))
)
_NEXT = Query(select(func.min(_c.next_at)).where(UNSENT), lambda at: at)


def insert(tx: Tx, gate_id: str, asked_in: str) -> None:
    """Add a copy that is to be posted now."""
    tx.run(_INSERT, gate_id=gate_id, asked_in=asked_in, next_at=tx.now)
    tx.announce(Topic.OUTBOX)


def of_gate(tx: Tx, gate_id: str) -> list[Card]:
    """Answer a gate's copies."""
    return tx.all(_OF_GATE, of_gate=gate_id)


def due_posts(tx: Tx, limit: int) -> list[Card]:
    """Answer the copies to be posted now, longest waiting first."""
    return tx.all(_DUE_POSTS, now=tx.now, most=limit)


def due_updates(tx: Tx, limit: int) -> list[Card]:
    """Answer the copies to be rewritten now, longest waiting first."""
    return tx.all(_DUE_UPDATES, now=tx.now, most=limit)


def failed(tx: Tx, limit: int) -> list[Card]:
    """Answer the copies that could not be sent so far."""
    return tx.all(_FAILED, most=limit)


def withdraw(tx: Tx, gate_id: str) -> None:
    """Take back the copies of a gate that were never sent."""
    tx.run(_WITHDRAW, of_gate=gate_id)


def redraw(tx: Tx, gate_id: str) -> None:
    """Have every copy of a gate drawn again."""
    tx.run(_REDRAW, of_gate=gate_id, now=tx.now)
    tx.announce(Topic.OUTBOX)


def redraw_run(tx: Tx, run_id: str) -> None:
    """Have every copy of every gate of a run drawn again."""
    if tx.run(_REDRAW_RUN, of_run=run_id, now=tx.now):
        tx.announce(Topic.OUTBOX)


def attempt(tx: Tx, card: Card, retry_at: datetime) -> bool:
    """Note that the call is about to be made; if nothing else is heard, look at *retry_at*.

    False: it has been attempted since it was read.
    """
    changed = tx.run(
        _ATTEMPT,
        of_gate=card.gate_id,
        of_place=card.asked_in,
        attempts_seen=card.attempts,
        version_seen=card.sent_version,
        retry_at=retry_at,
    )
    return changed == 1


def posted(tx: Tx, card: Card, channel: str, message_ts: str) -> None:
    """Note where Slack keeps the copy."""
    tx.run(
        _POSTED,
        of_gate=card.gate_id,
        of_place=card.asked_in,
        to_channel=channel,
        to_ts=message_ts,
    )


def sent(tx: Tx, card: Card, version: int) -> None:
    """Note that the copy shows *version*; if a later one is wanted, it is due again."""
    tx.run(_SENT, of_gate=card.gate_id, of_place=card.asked_in, version=version, now=tx.now)


def fail(tx: Tx, card: Card, status: SendStatus, error: str, at: datetime) -> None:
    """Note why the copy was not sent, and when to try again (dead: never)."""
    tx.run(
        _FAIL,
        of_gate=card.gate_id,
        of_place=card.asked_in,
        to_status=status,
        error=error,
        at=at,
    )


def hurry_uncertain(tx: Tx, latest: datetime) -> None:
    """Make what nothing was heard of due at *latest*: nobody waits for those answers any more."""
    tx.run(_HURRY, latest=latest)


def next_at(tx: Tx) -> datetime | None:
    """Answer when the next copy is due."""
    return tx.first(_NEXT)
