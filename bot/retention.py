"""Retention: once a day, what is old goes; a batch at a tick, so that nobody waits for it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sessions import IDLE, LONGEST
from bot.slack.drafts import FORGOTTEN
from store import drafts, sessions, tokens
from store.database import Database, Tx
from workflows.clock import Clock
from workflows.engine.base import KEPT, Engine

log = logging.getLogger(__name__)

DAILY = timedelta(days=1)


@dataclass
class Retention:
    """Takes away journals of runs that ended long ago, and what nobody can use any more."""

    db: Database
    engine: Engine
    clock: Clock
    _due_at: datetime | None = None  # None: since the start nothing has been looked at

    async def tick(self) -> None:
        """Take away a batch, if it is time; raises NotStored, and is due again at the next tick."""
        now = self.clock.now()
        if self._due_at is not None and now < self._due_at:
            return
        pruned = await self.engine.prune(KEPT)
        if pruned.runs:
            log.info("the journals of %d old runs were deleted", pruned.runs)
        if pruned.more:
            return
        await self.db.write(_tidy)
        self._due_at = now + DAILY


def _tidy(tx: Tx) -> None:
    """Forget sessions that have ended, forms that nobody finished, hashes of revoked tokens."""
    sessions.delete_stale(tx, tx.now - LONGEST, tx.now - IDLE)
    drafts.forget(tx, tx.now - FORGOTTEN)
    tokens.forget_secrets(tx, tx.now - KEPT)
