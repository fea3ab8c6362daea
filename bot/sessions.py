"""Sessions: who is signed in, kept on the server's side; a cookie carries nothing but a random id.

Here and not beside the cookie, because the web's own modules do not reach the store.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from store import sessions
from store.database import Database, Tx
from workflows.plain import dumps, loads

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
MOST = 10  # of one user; the oldest end
NOTED = timedelta(minutes=1)  # how exactly it is known when a session was last used
IDENTITY = re.compile(r"[\w-]{43}", re.ASCII)  # 256 random bits


@dataclass(frozen=True)
class Sessions:
    """Begins, finds and ends sessions. Ids are stored as hashes: a stolen table opens nothing."""

    db: Database

    async def begin(self, user: str, content: Mapping[str, Any]) -> str:
        """Answer the id of a new session of *user*; *content* is plain JSON."""
        identity = secrets.token_urlsafe(32)
        await self.db.write(_begin, _hash(identity), user, dumps(dict(content)))
        return identity

    async def find(self, identity: str) -> dict[str, Any] | None:
        """Answer what a session holds; None where there is none, or it is too old, or too idle."""
        if not IDENTITY.fullmatch(identity):
            return None
        found = await self.db.read(_live, _hash(identity))
        if found is None:
            return None
        content, is_noted = found
        if not is_noted:
            await self.db.write(_note, _hash(identity))
        return content

    async def end(self, identity: str) -> None:
        """End one session."""
        await self.db.write(sessions.delete_one, _hash(identity))

    async def end_all(self, user: str) -> int:
        """End every session of a user; answers how many there were."""
        return await self.db.write(sessions.delete_of, user)


def _begin(tx: Tx, id_hash: str, user: str, content: str) -> None:
    sessions.delete_stale(tx, tx.now - LONGEST, tx.now - IDLE)
    sessions.put(tx, sessions.Session(id_hash, user, content, tx.now, tx.now))
    sessions.keep_newest(tx, user, MOST)


def _live(tx: Tx, id_hash: str) -> tuple[dict[str, Any], bool] | None:
    """Answer a session's content, and whether its last use is noted exactly enough."""
    found = sessions.get(tx, id_hash)
    if found is None or tx.now - found.created_at >= LONGEST or tx.now - found.seen_at >= IDLE:
        return None
    return loads(found.content), tx.now - found.seen_at < NOTED


def _note(tx: Tx, id_hash: str) -> None:
    """Note that a session is used. Read again here: one that has just ended must stay ended."""
    found = sessions.get(tx, id_hash)
    if found is not None:
        sessions.put(tx, found._replace(seen_at=tx.now))


def _hash(identity: str) -> str:
    return sha256(identity.encode()).hexdigest()
