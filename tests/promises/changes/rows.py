"""The store of a case: real SQLite in memory, no thread, and as many turns of the loop as it likes.

What the branches of a job do between two commits has no order of its own: chance decides it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from store.database import Topic, Tx
from workflows.testing.installation import new_installation

HEADER = slice(18, 20)  # the file format: 2, 2 is WAL, which memory does not have
ROLLBACK_JOURNAL = b"\x01\x01"
SETTINGS = ("journal_mode = MEMORY", "synchronous = OFF", "foreign_keys = ON")
MOST_TURNS = 4


class Rows:
    """`store.database.Database`, without anything that takes time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        pages = bytearray(new_installation())
        pages[HEADER] = ROLLBACK_JOURNAL
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self._connection.deserialize(bytes(pages))
        for setting in SETTINGS:
            self._connection.execute(f"PRAGMA {setting}")
        self._clock = clock
        self._now = clock()
        self._listeners: dict[Topic, list[Callable[[], None]]] = {topic: [] for topic in Topic}
        self.chance = Random(0)  # noqa: S311  of the case that is played

    async def write(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """See `Database.write`."""
        await self._turns()
        tx = self._tx()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            value = function(tx, *args, **kwargs)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        for topic in sorted(tx.announced):
            for callback in self._listeners[topic]:
                callback()
        return value

    async def read(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """See `Database.read`."""
        await self._turns()
        return function(self._tx(), *args, **kwargs)

    def listen(self, topic: Topic, callback: Callable[[], None]) -> None:
        """See `Database.listen`."""
        self._listeners[topic].append(callback)

    async def close(self) -> None:
        """See `Database.close`."""
        self._connection.close()

    async def _turns(self) -> None:
        for _ in range(self.chance.randrange(MOST_TURNS)):
            await asyncio.sleep(0)

    def _tx(self) -> Tx:
        self._now = max(self._now, self._clock())
        return Tx(self._connection, self._now)
