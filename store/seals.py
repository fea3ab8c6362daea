"""Seals: a chain of digests over the audit, so that a line changed afterwards is noticed.

A seal covers the lines after the one before it, and that seal's digest with them (a hash chain, as
in RFC 6962 without the tree). It is made beside the lines' own transactions, which pay nothing for
it: what was added since the last seal is not covered yet. Whoever can write the whole file can seal
it anew; a digest that was noted elsewhere tells them.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, func, select

from store.audit import Record, page
from store.database import Tx
from store.query import Query
from store.tables import AUDIT, SEALS, inserting

NOTHING = ""  # what the first seal is chained to


class Seal(NamedTuple):
    """One link: the lines above *after_id* up to *last_id*, *lines* of them."""

    last_id: int
    after_id: int
    lines: int
    digest: str
    at: datetime


class Stretch(NamedTuple):
    """A seal looked at again. *next* is the seal to look at after it; None: it is the last one."""

    seal: Seal
    is_intact: bool
    next: int | None


_COLUMNS = [SEALS.c[name] for name in Seal._fields]
_PUT = Query(inserting(SEALS, *Seal._fields))
_LATEST = Query(select(*_COLUMNS).order_by(SEALS.c.last_id.desc()).limit(1), Seal)
_AFTER = Query(
    select(*_COLUMNS)
    .where(SEALS.c.last_id > bindparam("after"))
    .order_by(SEALS.c.last_id)
    .limit(bindparam("most")),
    Seal,
)
_OF = Query(select(*_COLUMNS).where(SEALS.c.last_id == bindparam("last")), Seal)
_UNSEALED = Query(select(func.count()).where(AUDIT.c.id > bindparam("after")), int)


def next_seal(tx: Tx, most: int) -> Seal | None:
    """Answer the seal of what was added since the last one, *most* lines of it; None: nothing."""
    latest = tx.first(_LATEST)
    after, before = (latest.last_id, latest.digest) if latest else (0, NOTHING)
    lines = page(tx, since=None, after=after, limit=most)
    if not lines:
        return None
    return Seal(lines[-1][0], after, len(lines), _digest(before, lines), tx.now)


def put(tx: Tx, seal: Seal) -> None:
    """Keep a seal. A second one of the same stretch is refused by its key."""
    tx.run(_PUT, **seal._asdict())


def look(tx: Tx, after: int) -> Stretch | None:
    """Look again at the first seal above line *after*; None: there is no further one."""
    found = tx.all(_AFTER, after=after, most=2)
    if not found:
        return None
    seal = found[0]
    before = tx.first(_OF, last=seal.after_id)
    # A digest is never empty: a seal whose predecessor is gone does not match.
    chained = NOTHING if seal.after_id == 0 else (before.digest if before else "gone")
    lines = page(tx, since=None, after=seal.after_id, limit=seal.lines + 1)
    lines = [line for line in lines if line[0] <= seal.last_id]
    is_intact = len(lines) == seal.lines and _digest(chained, lines) == seal.digest
    return Stretch(seal, is_intact, found[1].last_id if len(found) > 1 else None)


def unsealed(tx: Tx) -> int:
    """Answer how many lines no seal covers yet."""
    latest = tx.first(_LATEST)
    return tx.first(_UNSEALED, after=latest.last_id if latest else 0) or 0


def _digest(before: str, lines: Iterable[tuple[int, Record]]) -> str:
    """Answer the digest of a stretch: a line of JSON each, after the digest before it."""
    digest = sha256(before.encode())
    for number, record in lines:
        digest.update(b"\n" + orjson.dumps([number, *record]))
    return digest.hexdigest()
