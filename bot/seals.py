"""Seals of the audit: made once a minute beside the work, looked at again when somebody asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from store import seals
from store.database import Database
from workflows.clock import Clock

EVERY = timedelta(minutes=1)
MOST_LINES = 2_000  # of one seal: what a reader's thread hashes in one go


@dataclass(frozen=True, slots=True)
class Verification:
    """What looking at every seal came to. *head* is the digest of the last one.

    *broken* is the first stretch (from line, to line) that is not what it was; None: all are.
    *knows* says whether the digest that was asked for is one of the chain's.
    """

    seals: int
    lines: int
    unsealed: int
    head: str | None
    broken: tuple[int, int] | None
    knows: bool


@dataclass
class Seals:
    """Seals what was added to the audit, and tells whether it is still the same."""

    db: Database
    clock: Clock
    _due_at: datetime | None = None

    async def tick(self) -> None:
        """Seal what has been added, if it is time. Raises NotStored; the next tick tries again."""
        now = self.clock.now()
        if self._due_at is not None and now < self._due_at:
            return
        found = await self.db.read(seals.next_seal, MOST_LINES)
        if found is not None:
            await self.db.write(seals.put, found)
        if found is None or found.lines < MOST_LINES:
            self._due_at = now + EVERY  # else there is more: at the next tick

    async def verify(self, noted: str | None = None) -> Verification:
        """Look at every seal again, oldest first; ends at the first that is broken."""
        count = lines = 0
        head: str | None = None
        broken: tuple[int, int] | None = None
        knows = noted is None
        after: int | None = 0
        while after is not None and (found := await self.db.read(seals.look, after)):
            seal = found.seal
            if not found.is_intact:
                broken = (seal.after_id + 1, seal.last_id)
                break
            count, lines, head = count + 1, lines + seal.lines, seal.digest
            knows = knows or seal.digest == noted
            after = seal.last_id if found.next is not None else None
        return Verification(count, lines, await self.db.read(seals.unsealed), head, broken, knows)
