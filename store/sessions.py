"""Sessions: browsers that are signed in, found by the hash of their cookie."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from store.database import Tx
from store.query import Query
from store.tables import SESSIONS

_c = SESSIONS.c


class Session(NamedTuple):
    """A session as stored; `content` is JSON."""

    id_hash: str
    user_id: str
    content: str
    created_at: datetime
    seen_at: datetime


_COLUMNS = [_c[name] for name in Session._fields]
_put = insert(SESSIONS).values({name: bindparam(name) for name in Session._fields})
_PUT = Query(
    _put.on_conflict_do_update(
        index_elements=["id_hash"],
        set_={name: _put.excluded[name] for name in ("content", "seen_at")},
    )
)
_GET = Query(select(*_COLUMNS).where(_c.id_hash == bindparam("of_id")), Session)
_DELETE = Query(delete(SESSIONS).where(_c.id_hash == bindparam("of_id")))
_DELETE_OF = Query(delete(SESSIONS).where(_c.user_id == bindparam("of_user")))
_DELETE_STALE = Query(
    delete(SESSIONS).where(
        or_(_c.created_at <= bindparam("too_old"), _c.seen_at <= bindparam("too_idle"))
    )
)
_newest = (
    select(_c.id_hash)
    .where(_c.user_id == bindparam("of_user"))
    .order_by(_c.created_at.desc())
    .limit(bindparam("most"))
)
_DELETE_OLDEST = Query(
    delete(SESSIONS).where(_c.user_id == bindparam("of_user"), _c.id_hash.not_in(_newest))
)


def put(tx: Tx, session: Session) -> None:
    """Write a session, over what it held before."""
    tx.run(_PUT, **session._asdict())


def get(tx: Tx, id_hash: str) -> Session | None:
    """Answer a session, however old."""
    return tx.first(_GET, of_id=id_hash)


def delete_one(tx: Tx, id_hash: str) -> None:
    """End a session."""
    tx.run(_DELETE, of_id=id_hash)


def delete_of(tx: Tx, user_id: str) -> int:
    """End every session of a user; answers how many."""
    return tx.run(_DELETE_OF, of_user=user_id)


def keep_newest(tx: Tx, user_id: str, most: int) -> None:
    """End all but the *most* newest sessions of a user."""
    tx.run(_DELETE_OLDEST, of_user=user_id, most=most)


def delete_stale(tx: Tx, too_old: datetime, too_idle: datetime) -> int:
    """End the sessions begun by *too_old* or not used since *too_idle*; answers how many."""
    return tx.run(_DELETE_STALE, too_old=too_old, too_idle=too_idle)
