"""A message as the workspace stores it."""

from dataclasses import dataclass, field

from bot.sandbox import reading
from bot.sandbox.wire import Json


@dataclass(frozen=True, kw_only=True)
class Message:
    """Times are Slack's `ts`: seconds and microseconds as text, unique in the workspace."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: str | None = None  # when, as a ts
    bot_id: str | None = None
    app_id: str | None = None
    team: str = ""
    is_ephemeral: bool = False
    unfurl_links: bool = True
    unfurl_media: bool = True

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def words(self) -> str:
        """All text a reader sees: the blocks if there are any, else the text."""
        return reading.words(self.blocks) if self.blocks else self.text

    @property
    def action_ids(self) -> list[str]:
        return [element["action_id"] for _, element in reading.elements(self.blocks)]

    def as_slack(self, *, with_metadata: bool = True) -> Json:
        message: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        message |= {"team": self.team}
        if self.bot_id:
            message |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            message["blocks"] = self.blocks
        if self.thread_ts:
            message["thread_ts"] = self.thread_ts
        if self.edited:
            message["edited"] = {"user": self.user, "ts": self.edited}
        if self.metadata and with_metadata:
            message["metadata"] = self.metadata
        return message


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What Slack itself tells a person when an app does not answer."""

    text: str
    ts: str
    channel: str | None = None
