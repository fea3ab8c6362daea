"""Drafts: which job a form is for and what its earlier pages said, kept on our side.

A modal carries an opaque id alone. One draft is one run, however often its submission arrives.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from store import drafts
from store.database import Database
from workflows.clock import Clock
from workflows.ids import gate_id
from workflows.plain import dumps, loads

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that *person* (an actor) has begun; *page* is the one they are filling in."""

    id: str
    person: str
    job: str
    page: int
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Drafts:
    """The forms under way."""

    db: Database
    clock: Clock

    async def begin(self, person: str, job: str) -> str:
        """Begin a form and answer its id."""
        draft = gate_id()
        await self.db.write(drafts.begin, draft, person, job, self.clock.now() - FORGOTTEN)
        return draft

    async def get(self, draft: str, person: str) -> Draft | None:
        """Answer a form that *person* has begun; nobody else's."""
        found = await self.db.read(drafts.get, draft)
        if found is None or found.person != person:
            return None
        return Draft(found.id, found.person, found.job, found.page, loads(found.arguments))

    async def turn(self, draft: Draft, arguments: dict[str, Any]) -> None:
        """Keep a page's answers and go to the next."""
        await self.db.write(drafts.turn, draft.id, draft.page + 1, dumps(arguments))
