"""Sending to the bot: what is delivered, by which door, and events again when not taken.

A `Delivery` says what Slack has to tell; a `Door` knows how it travels: as signed HTTP requests
or, in Socket Mode, in envelopes through WebSockets.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import orjson

from bot.sandbox.wire import Json

KEPT = 1000
OK = 200


class Kind(StrEnum):
    """Slack's own names for what an envelope may hold."""

    EVENT = "events_api"
    INTERACTION = "interactive"
    COMMAND = "slash_commands"


def kind_of(payload: Json) -> Kind:
    if payload.get("type") in {"event_callback", "url_verification"}:
        return Kind.EVENT
    return Kind.COMMAND if "command" in payload else Kind.INTERACTION


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Which attempt after the first this is, and in Slack's words why there is one."""

    number: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    kind: Kind
    payload: Json
    retry: Retry | None = None


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came back: `status` is None when nothing did, `seconds` is how long it took."""

    status: int | None
    seconds: float = 0.0
    body: str = ""
    error: str | None = None  # Slack's name for what went wrong
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_acknowledged(self) -> bool:
        return self.status == OK

    @property
    def json(self) -> Json:
        """The body as a JSON object; empty if it is none."""
        try:
            found = orjson.loads(self.body) if self.body else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request or envelope as it went out, kept so that a test can send it again."""

    body: bytes
    headers: Mapping[str, str]
    delivered: Delivered


class Door(Protocol):
    """A way to the bot; neither of its verbs raises for what the bot does."""

    sent: deque[Sent]

    async def send(self, delivery: Delivery) -> Delivered: ...

    async def repeat(self, sent: Sent, headers: Mapping[str, str]) -> Delivered:
        """Send again, byte for byte, what went through this door; *headers* where it has some."""
        ...

    async def close(self) -> None: ...


class Courier:
    """Brings deliveries to the bot's door, and events again when they were not taken."""

    def __init__(self, door: Door, retry_seconds: Sequence[float]) -> None:
        self.door = door
        self._retry_seconds = retry_seconds
        self._retrying: set[asyncio.Task[None]] = set()

    async def once(self, delivery: Delivery) -> Delivered:
        """Deliver what Slack delivers once: clicks, submissions, commands."""
        return await self.door.send(delivery)

    async def event(self, event: Json) -> Delivered:
        """Deliver an event; what was not taken is retried in the background, as Slack does."""
        delivery = Delivery(kind=Kind.EVENT, payload=event)
        first = await self.door.send(delivery)
        if not first.is_acknowledged and "X-Slack-No-Retry" not in first.headers:
            task = asyncio.create_task(self._retry(delivery, first))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return first

    async def _retry(self, delivery: Delivery, last: Delivered) -> None:
        for number, seconds in enumerate(self._retry_seconds, start=1):
            await asyncio.sleep(seconds)
            retry = Retry(number=number, reason=_reason(last))
            last = await self.door.send(replace(delivery, retry=retry))
            if last.is_acknowledged or "X-Slack-No-Retry" in last.headers:
                return

    async def close(self) -> None:
        """Give up what is still to be retried; the doors are for their owner to close."""
        for task in list(self._retrying):
            task.cancel()
        await asyncio.gather(*self._retrying, return_exceptions=True)


def _reason(delivered: Delivered) -> str:
    if delivered.status is not None:
        return "http_error"
    return "http_timeout" if delivered.error == "operation_timeout" else "connection_failed"
