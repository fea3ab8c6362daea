"""Sender: the other messages of the outbox. Results go to the card's thread, news to who asked."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.slack.links import Pages
from bot.slack.sending import UNHEARD, Again, Posted, Slack
from bot.slack.views import messages
from store import cards, outbox
from store.database import Database
from store.tables import SendStatus
from workflows.approvals.gates import load
from workflows.approvals.view import GateView
from workflows.clock import Clock
from workflows.engine.base import Engine
from workflows.registry import Registry

AFTER_CARD = timedelta(seconds=1)  # how long to wait for the card whose thread is meant

Words = tuple[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Letter:
    """What to send where; *thread_ts* puts it into a card's thread."""

    channel: str
    words: Words
    thread_ts: str | None = None


@dataclass
class Sender:
    """Turns a queued fact into a message, and sends it once."""

    db: Database
    slack: Slack
    engine: Engine
    clock: Clock
    pages: Pages
    registry: Registry

    async def send(self, message: outbox.Message) -> None:
        """Send one message, or note why not and when to try again."""
        copies = await self.db.read(cards.of_gate, message.gate_id) if message.gate_id else []
        if _comes_too_early(message, copies):
            again = self.clock.now() + AFTER_CARD
            await self._fail(message, Again(message.status, "its card is not posted yet", again))
            return
        if not await self.db.write(outbox.attempt, message, self.clock.now() + UNHEARD):
            return
        try:
            letter = await self._letter(message, copies)
            has_arrived = letter is None or await self._has_arrived(message, letter)
        except Exception as error:  # noqa: BLE001  it raises what is none of Slack's
            await self._fail(message, self.slack.still_unheard(error, message.attempts + 1))
            return
        try:
            if letter is not None and not has_arrived:
                await self.slack.post(letter.channel, letter.words, message.key, letter.thread_ts)
        except Exception as error:  # noqa: BLE001  `again` raises what is none of Slack's
            await self._fail(message, self.slack.again(error, message.attempts + 1))
        else:
            await self.db.write(outbox.sent, message.id)

    async def _fail(self, message: outbox.Message, again: Again) -> None:
        await self.db.write(outbox.fail, message.id, again.status, again.error, again.at)

    async def _letter(self, message: outbox.Message, copies: list[cards.Card]) -> Letter | None:
        """Answer what is to be said, from how things stand now; None: there is nobody to tell."""
        gate = await self.db.read(load, message.gate_id) if message.gate_id else None
        if gate is None:
            return await self._about_run(message.run_id)
        if message.what == "decided":
            return await self._about_decision(gate, copies)
        posted = _posted(copies)
        if posted is None:
            return await self._about_run(message.run_id)
        return Letter(
            posted.channel,
            messages.thread_result(
                gate, self.pages.of_run(gate.run_id), self.registry.named_in(gate.job, gate.result)
            ),
            posted.message_ts,
        )

    async def _about_decision(self, gate: GateView, copies: list[cards.Card]) -> Letter | None:
        asker = _slack_user(gate.requested_by)
        if asker is None:
            return None
        return Letter(
            asker,
            messages.to_requester(gate, await self._permalink(copies), self.pages.of_gate(gate)),
        )

    async def _about_run(self, run_id: str) -> Letter | None:
        run = await self.engine.get(run_id)
        asker = _slack_user(run.requested_by) if run else None
        if run is None or asker is None:
            return None
        return Letter(
            asker,
            messages.run_ended(
                run, self.pages.of_run(run.id), self.registry.named_in(run.job, run.result)
            ),
        )

    async def _permalink(self, copies: list[cards.Card]) -> str | None:
        posted = _posted(copies)
        if posted is None:
            return None
        try:
            answer = await self.slack.client.chat_getPermalink(
                channel=posted.channel, message_ts=posted.message_ts
            )
        except SlackApiError:
            return None  # The news is worth sending without it.
        return str(answer["permalink"])

    async def _has_arrived(self, message: outbox.Message, letter: Letter) -> bool:
        """Whether an earlier attempt, of which nothing was heard, did arrive."""
        if message.status is not SendStatus.UNCERTAIN:
            return False
        channel = letter.channel
        if _is_user(channel):
            answer = await self.slack.client.conversations_open(users=channel)
            channel = str(answer["channel"]["id"])
        return await self.slack.find(channel, message.key, letter.thread_ts) is not None


def _comes_too_early(message: outbox.Message, copies: list[cards.Card]) -> bool:
    """A result belongs under its card, so it waits for a card that is still on its way."""
    on_its_way = {SendStatus.PENDING, SendStatus.UNCERTAIN}
    waits = bool(copies) and _posted(copies) is None
    return waits and any(copy.status in on_its_way and copy.attempts < 3 for copy in copies)  # noqa: PLR2004


def _posted(copies: list[cards.Card]) -> Posted | None:
    for copy in copies:
        if copy.channel and copy.message_ts:
            return Posted(copy.channel, copy.message_ts)
    return None


def _slack_user(actor: str) -> str | None:
    kind, _, rest = actor.partition(":")
    return rest.rpartition(":")[2] if kind == "slack" else None


def _is_user(channel: str) -> bool:
    return channel[:1] in {"U", "W"}
