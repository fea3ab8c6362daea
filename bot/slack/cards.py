"""Cards: posted once, then every copy rewritten from its gate until it shows the latest version."""

import re
from dataclasses import dataclass

from bot.slack.links import Pages
from bot.slack.sending import UNHEARD, Again, Posted, Slack
from bot.slack.views import gate as view
from bot.slack.views.kit import Block
from store import cards
from store.database import Database
from store.tables import SendStatus
from workflows.approvals.gates import load
from workflows.approvals.view import GateStatus, GateView
from workflows.clock import Clock

CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{2,20}", re.ASCII)
PAGE = 1_000
MOST_PAGES = 20
# Ended before anybody could be asked: a card would only puzzle the channel.
UNASKED = frozenset({GateStatus.EXPIRED, GateStatus.CANCELLED})


@dataclass
class Cards:
    """The one writer of every card."""

    db: Database
    slack: Slack
    clock: Clock
    pages: Pages

    async def refresh(self, card: cards.Card) -> None:
        """Bring one copy up to the version that was wanted when it was read."""
        gate = await self.db.read(load, card.gate_id)
        if gate is None:
            return
        if not await self.db.write(cards.attempt, card, self.clock.now() + UNHEARD):
            return
        try:
            at = await self._posted(card)
        except Exception as error:  # noqa: BLE001  it raises what is none of Slack's
            await self._fail(card, self.slack.still_unheard(error, card.attempts + 1))
            return
        try:
            if at is not None:
                await self.slack.update(at, self.words(gate))
            elif gate.status not in UNASKED:
                await self._post(card, gate)
        except Exception as error:  # noqa: BLE001  `again` raises what is none of Slack's
            await self._fail(card, self.slack.again(error, card.attempts + 1))
        else:
            await self.db.write(cards.sent, card, card.want_version)

    async def _fail(self, card: cards.Card, again: Again) -> None:
        await self.db.write(cards.fail, card, again.status, again.error, again.at)

    def words(self, gate: GateView) -> tuple[str, list[Block]]:
        """Answer the text for notifications and the blocks."""
        return view.summary(gate), view.card(gate, link=self.pages.of_gate(gate))

    async def _posted(self, card: cards.Card) -> Posted | None:
        """Answer where the copy is; one whose post was never answered is looked for first."""
        if card.channel and card.message_ts:
            return Posted(card.channel, card.message_ts)
        if card.status is not SendStatus.UNCERTAIN:
            return None
        channel = await self._channel_id(card.asked_in)
        found = None if channel is None else await self.slack.find(channel, key(card))
        if found is not None:
            await self.db.write(cards.posted, card, found.channel, found.message_ts)
        return found

    async def _post(self, card: cards.Card, gate: GateView) -> None:
        at = await self.slack.post(card.asked_in, self.words(gate), key(card))
        await self.db.write(cards.posted, card, at.channel, at.message_ts)

    async def _channel_id(self, name: str) -> str | None:
        """Answer the id of a channel that was named; history is asked for by id only."""
        if CHANNEL_ID.fullmatch(name):
            return name
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await self.slack.client.users_conversations(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor,
            )
            for channel in answer["channels"]:
                if channel.get("name") == name.removeprefix("#"):
                    return str(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None


def key(card: cards.Card) -> str:
    """Answer what a copy is found again by."""
    return f"card:{card.gate_id}:{card.asked_in}"
