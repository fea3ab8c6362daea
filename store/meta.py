"""Meta: facts about the installation, by name."""

from sqlalchemy import bindparam, select

from store.database import Tx
from store.query import Query
from store.tables import META

_GET = Query(select(META.c.value).where(META.c.key == bindparam("of_key")), str)


def installation_id(tx: Tx) -> str:
    """Answer what tells this installation from every other: part of every step's key."""
    (found,) = tx.all(_GET, of_key="installation_id")
    return found
