"""Tokens: keys of other programs, found by their public half."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from store.database import Tx
from store.query import Query
from store.tables import TOKENS, inserting

_c = TOKENS.c


class Token(NamedTuple):
    """A token as stored; `scopes` are space-separated, `job` None means every job."""

    public_id: str
    name: str
    secret_hash: str
    scopes: str
    job: str | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


_COLUMNS = [_c[name] for name in Token._fields]
_INSERT = Query(inserting(TOKENS, *Token._fields))
_GET = Query(select(*_COLUMNS).where(_c.public_id == bindparam("of_id")), Token)
_BY_NAME = Query(select(*_COLUMNS).where(_c.name == bindparam("of_name")), Token)
_ALL = Query(select(*_COLUMNS).order_by(_c.created_at, _c.name), Token)
_REVOKE = Query(
    update(TOKENS)
    .where(_c.name == bindparam("of_name"), _c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


_FORGET = Query(
    update(TOKENS)
    .where(_c.revoked_at <= bindparam("before"), _c.secret_hash != "")
    .values(secret_hash="")
)


def insert(tx: Tx, token: Token) -> None:
    """Add a token; its name must be new."""
    tx.run(_INSERT, **token._asdict())


def get(tx: Tx, public_id: str) -> Token | None:
    """Answer the token with this public half, revoked ones included."""
    return tx.first(_GET, of_id=public_id)


def by_name(tx: Tx, name: str) -> Token | None:
    """Answer the token of this name, revoked ones included."""
    return tx.first(_BY_NAME, of_name=name)


def all_tokens(tx: Tx) -> list[Token]:
    """Answer every token, oldest first."""
    return tx.all(_ALL)


def revoke(tx: Tx, name: str) -> bool:
    """End a token now; False: there is none of this name, or it had ended before."""
    return tx.run(_REVOKE, of_name=name, now=tx.now) == 1


def forget_secrets(tx: Tx, before: datetime) -> int:
    """Forget the hashes of tokens revoked by *before*; names stay, so that none is used again."""
    return tx.run(_FORGET, before=before)
