"""Drafts: forms that somebody has begun, and how far they are."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from store.database import Tx
from store.query import Query
from store.tables import DRAFTS, inserting

_c = DRAFTS.c


class Draft(NamedTuple):
    """A form as far as it is filled in; `arguments` is JSON, `page` counts from 0."""

    id: str
    person: str
    job: str
    page: int
    arguments: str
    begun_at: datetime


_INSERT = Query(inserting(DRAFTS, *Draft._fields))
_GET = Query(select(*(_c[n] for n in Draft._fields)).where(_c.id == bindparam("of_id")), Draft)
_TURN = Query(
    update(DRAFTS)
    .where(_c.id == bindparam("of_id"))
    .values(page=bindparam("to_page"), arguments=bindparam("to_arguments"))
)
_DELETE_BEFORE = Query(delete(DRAFTS).where(_c.begun_at < bindparam("before")))


def begin(tx: Tx, draft_id: str, person: str, job: str, forgotten: datetime) -> None:
    """Add a draft, and forget those begun before *forgotten*."""
    forget(tx, forgotten)
    draft = Draft(draft_id, person, job, 0, "{}", tx.now)
    tx.run(_INSERT, **draft._asdict())


def forget(tx: Tx, before: datetime) -> None:
    """Forget the drafts begun before *before*."""
    tx.run(_DELETE_BEFORE, before=before)


def get(tx: Tx, draft_id: str) -> Draft | None:
    """Answer a draft."""
    return tx.first(_GET, of_id=draft_id)


def turn(tx: Tx, draft_id: str, page: int, arguments: str) -> None:
    """Note the answers so far, and the page that comes next."""
    tx.run(_TURN, of_id=draft_id, to_page=page, to_arguments=arguments)
