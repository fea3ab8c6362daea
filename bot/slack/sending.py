"""Sending: one post that can be found again, and how long to wait after one that failed."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.connection import Connection
from bot.slack.errors import Failure, NoTimestamp, Trouble, failure
from store.tables import SendStatus
from workflows.clock import Clock
from workflows.failpoint import failpoint

EVENT_TYPE = "harbor"
LOOK_BACK = 100  # messages searched for one of ours
UNHEARD = timedelta(seconds=15)  # when a call that nothing was heard of is looked at again
SLOWLY = timedelta(seconds=60)
STEPS_S = (1.0, 2.0, 4.0, 8.0, 10.0)  # at most 10 s apart in the first minutes
FIRST_MINUTES = 30  # attempts, that is
BURST = 4  # posts to one channel before one a second
DEAD_AFTER = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where Slack keeps a message."""

    channel: str
    message_ts: str


@dataclass(frozen=True, slots=True)
class Again:
    """What becomes of a message that was not sent, and when it is looked at again."""

    status: SendStatus
    error: str
    at: datetime


class Slack:
    """The calls of the outbox, each with a deadline; tells the connection how they went."""

    def __init__(self, client: AsyncWebClient, connection: Connection, clock: Clock) -> None:
        self.client = client
        self.connection = connection
        self._clock = clock
        self._pace = Pace()

    async def post(
        self,
        channel: str,
        words: tuple[str, list[dict[str, Any]]],
        key: str,
        thread_ts: str | None = None,
    ) -> Posted:
        """Post a message whose metadata carries *key*. Raises what the client raises."""
        text, blocks = words
        await self._pace.wait(channel)
        failpoint("slack:before-post")
        answer = await self.client.chat_postMessage(
            channel=channel,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            # Slack's own servers fetch links they find: that must touch nothing of ours.
            unfurl_links=False,
            unfurl_media=False,
        )
        failpoint("slack:after-post")
        self.connection.heard()
        return _where(answer)

    async def update(self, at: Posted, words: tuple[str, list[dict[str, Any]]]) -> None:
        """Rewrite one of our messages."""
        text, blocks = words
        answer = await self.client.chat_update(
            channel=at.channel, ts=at.message_ts, text=text, blocks=blocks
        )
        self.connection.heard()
        _where(answer)

    async def find(self, channel: str, key: str, thread_ts: str | None = None) -> Posted | None:
        """Look for a message of ours by its key. Raises what the client raises."""
        if thread_ts is None:
            answer = await self.client.conversations_history(
                channel=channel, limit=LOOK_BACK, include_all_metadata=True
            )
        else:
            answer = await self.client.conversations_replies(
                channel=channel, ts=thread_ts, limit=LOOK_BACK, include_all_metadata=True
            )
        for message in answer["messages"]:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return Posted(channel, str(message["ts"]))
        return None

    def again(self, error: Exception, attempts: int) -> Again:
        """Answer what to do about a call that raised *error* at its nth attempt."""
        failed = failure(error)
        if failed.trouble is Trouble.DISCONNECTED:
            self.connection.lost(failed.code, pause=True)
        elif failed.trouble in {Trouble.LATER, Trouble.UNCLEAR} and failed.retry_after is None:
            self.connection.lost(failed.code)
        else:
            self.connection.heard()  # A refusal is an answer.
        return Again(_status(failed), failed.code, self._clock.now() + _pause(failed, attempts))

    def still_unheard(self, error: Exception, attempts: int) -> Again:
        """Answer the same for a call that only looked for a message that may have arrived.

        Whatever kept us from looking, it is not known to be missing: it must not be sent again.
        """
        again = self.again(error, attempts)
        is_final = again.status is SendStatus.DEAD
        return again if is_final else replace(again, status=SendStatus.UNCERTAIN)


class Pace:
    """One post a second and channel, after a burst: what Slack asks for."""

    def __init__(self) -> None:
        self._posts: dict[str, deque[float]] = {}

    async def wait(self, channel: str) -> None:
        """Wait until a post to *channel* is in order."""
        now = asyncio.get_running_loop().time()
        posts = self._posts.setdefault(channel, deque(maxlen=BURST))
        # The post may go out once the BURST-th last one is BURST seconds old.
        due = posts[0] + BURST if len(posts) == BURST else now
        posts.append(max(now, due))
        if due > now:
            await asyncio.sleep(due - now)


def _where(answer: Any) -> Posted:
    channel, ts = answer.get("channel"), answer.get("ts")
    if not (isinstance(channel, str) and channel and isinstance(ts, str) and ts):
        raise NoTimestamp("Slack said ok without channel and ts")
    return Posted(channel, ts)


def _status(failed: Failure) -> SendStatus:
    match failed.trouble:
        case Trouble.UNCLEAR:
            return SendStatus.UNCERTAIN
        case Trouble.FINAL:
            return SendStatus.DEAD
        case _:
            return SendStatus.PENDING


def _pause(failed: Failure, attempts: int) -> timedelta:
    if failed.retry_after is not None:
        return timedelta(seconds=failed.retry_after)
    match failed.trouble:
        case Trouble.FINAL:
            return DEAD_AFTER
        case Trouble.MENDABLE:
            return SLOWLY
        case _ if attempts > FIRST_MINUTES:
            return SLOWLY
        case _:
            return timedelta(seconds=STEPS_S[min(max(attempts, 1), len(STEPS_S)) - 1])
