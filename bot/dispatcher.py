"""Dispatcher: drains the outbox. Cards are redrawn, messages sent; one writer per message."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.slack.cards import Cards
from bot.slack.connection import Connection
from bot.slack.sender import Sender
from store import cards, outbox
from store.database import Database, Topic, Tx
from store.errors import NotStored, Stopped

log = logging.getLogger(__name__)

AT_ONCE = 8  # in each lane: five hundred cards waiting to be posted must not hold up a rewrite
ARRIVED = timedelta(seconds=3)  # how long Slack may take for what it was sent

Send = Callable[[Any], Awaitable[None]]
Due = tuple[list[cards.Card], list[cards.Card], list[outbox.Message]]


@dataclass
class Dispatcher:
    """Sends what is due whenever something was committed, and at every tick."""

    db: Database
    cards: Cards
    sender: Sender
    connection: Connection
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: dict[Hashable, asyncio.Task[None]] = field(default_factory=dict)
    _lanes: Counter[str] = field(default_factory=Counter)
    _stopping: bool = False

    def __post_init__(self) -> None:
        self.db.listen(Topic.OUTBOX, self.wake)

    def wake(self) -> None:
        """Look for due messages now."""
        self._wake.set()

    async def recover(self) -> None:
        """Look soon for what the last process did not hear of; call once, before `run`."""
        await self.db.write(_hurry)

    async def run(self) -> None:
        """Send until `stop`; call in a task of its own."""
        while not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._begin_due()
            except Exception:  # a fault of ours must not end the loop: nobody would be told
                log.exception("the outbox could not be read; the next tick tries again")

    async def drain(self) -> None:
        """Send until nothing is due and nothing under way. For tests and one-shot commands."""
        while await self._begin_due() or self._under_way:
            if self._under_way:
                await asyncio.wait(self._under_way.values())

    async def stop(self, grace: float) -> None:
        """Begin nothing more, and give what is under way *grace* seconds."""
        self._stopping = True
        self.wake()
        if left := list(self._under_way.values()):
            _, late = await asyncio.wait(left, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _begin_due(self) -> int:
        if self.connection.is_paused or self._stopping:
            return 0
        posts, updates, letters = await self.db.read(_due)
        begun = [self._begin("post", _card_key(card), self.cards.refresh, card) for card in posts]
        begun += [
            self._begin("update", _card_key(card), self.cards.refresh, card) for card in updates
        ]
        begun += [self._begin("letter", letter.id, self.sender.send, letter) for letter in letters]
        return sum(begun)

    def _begin(self, lane: str, key: Hashable, send: Send, what: Any) -> bool:
        """Begin to send, unless this very message is under way or its lane is full."""
        if key in self._under_way or self._lanes[lane] >= AT_ONCE:
            return False
        task = asyncio.create_task(self._guarded(send(what)))
        self._under_way[key] = task
        self._lanes[lane] += 1
        task.add_done_callback(lambda _: self._ended(lane, key))
        return True

    def _ended(self, lane: str, key: Hashable) -> None:
        del self._under_way[key]
        self._lanes[lane] -= 1
        self.wake()

    async def _guarded(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (NotStored, Stopped):
            log.warning("a message could not be noted as sent; it is looked for and tried again")
        except Exception:  # one message that cannot be drawn must not stop the others
            log.exception("a message could not be sent; it is tried again")


def _due(tx: Tx) -> Due:
    most = 2 * AT_ONCE  # those under way are still due
    return cards.due_posts(tx, most), cards.due_updates(tx, most), outbox.due(tx, most)


def _hurry(tx: Tx) -> None:
    # Not at once: what was on its way when the last process died may still arrive.
    latest = tx.now + ARRIVED
    cards.hurry_uncertain(tx, latest)
    outbox.hurry_uncertain(tx, latest)


def _card_key(card: cards.Card) -> Hashable:
    return card.gate_id, card.asked_in
