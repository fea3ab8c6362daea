"""A modal or Home tab as the workspace stores it."""

from dataclasses import dataclass, field

from bot.sandbox import reading
from bot.sandbox.wire import Json


@dataclass(frozen=True, kw_only=True)
class View:
    """What the bot sent (`content`) and what Slack adds to it."""

    id: str
    hash: str
    content: Json
    root_view_id: str
    previous_view_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)  # block_id -> what the bot said about it

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.content.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.content.get("private_metadata", ""))

    @property
    def external_id(self) -> str:
        return str(self.content.get("external_id", ""))

    @property
    def notify_on_close(self) -> bool:
        return bool(self.content.get("notify_on_close", False))

    @property
    def words(self) -> str:
        return reading.words(self.content)

    @property
    def fields(self) -> list[str]:
        """The block ids of its inputs, in order."""
        return [block["block_id"] for block in reading.inputs(self.blocks)]

    @property
    def action_ids(self) -> list[str]:
        return [element["action_id"] for _, element in reading.elements(self.blocks)]
