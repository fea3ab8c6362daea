"""Kept: a document of the issuer's that is fetched rarely, and outlives the issuer's bad hours."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from workflows.clock import Clock

GOOD_FOR = timedelta(hours=1)
AT_MOST_EVERY = timedelta(minutes=1)
AGAIN = timedelta(seconds=5)  # while there is nothing to go by at all

V = TypeVar("V")


class Unavailable(Exception):
    """The issuer cannot be asked now, or answers nothing that makes sense."""


@dataclass
class Kept(Generic[V]):
    """A document; many who ask at once cause one request."""

    fetch: Callable[[], Awaitable[V]]
    clock: Clock
    _value: V | None = None
    _fetched_at: datetime | None = None
    _tried_at: datetime | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self) -> V:
        """Answer the document, at most an hour old where it can be had. Raises Unavailable."""
        if self._value is None or self._is_older(self._fetched_at, GOOD_FOR):
            await self.renew()
        if self._value is None:
            raise Unavailable("it could not be asked a moment ago")
        return self._value

    async def renew(self) -> None:
        """Fetch it, at most once a minute. A failure is raised only while there is no document."""
        async with self._lock:
            wait = AGAIN if self._value is None else AT_MOST_EVERY
            if not self._is_older(self._tried_at, wait):
                return
            self._tried_at = self.clock.now()
            try:
                self._value = await self.fetch()
            except Unavailable:
                if self._value is None:
                    raise
            else:
                self._fetched_at = self._tried_at

    def _is_older(self, at: datetime | None, age: timedelta) -> bool:
        # A clock that was set back must not make a document fresh for ever.
        return at is None or not timedelta() <= self.clock.now() - at < age
