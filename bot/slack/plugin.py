"""The built-in plugin `slack`: a job posts a message, durably, with unfurling off."""

from collections.abc import Mapping
from typing import Any

from bot.slack.errors import Trouble, failure
from bot.slack.sending import Slack
from workflows.errors import StepFailed
from workflows.plugins import PLUGIN_RETRIES, PluginProxy, PluginUnavailable, Tool, typed
from workflows.step import Verb

POST_MESSAGE = Tool(
    name="post_message",
    description="Post a message to a channel.",
    input_schema={
        "type": "object",
        "properties": {
            "channel": {"type": "string", "minLength": 1},
            "text": {"type": "string", "minLength": 1, "maxLength": 40_000},
        },
        "required": ["channel", "text"],
        "additionalProperties": False,
    },
)


class SlackPlugin:
    """Slack as a plugin; the step's key travels as message metadata."""

    name = "slack"

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def tools(self) -> Mapping[str, Tool]:
        """See `Plugin.tools`."""
        return {POST_MESSAGE.name: POST_MESSAGE}

    async def call(self, tool: str, arguments: dict[str, Any], key: str) -> Any:
        """See `Plugin.call`. Answers ``{"channel", "ts"}``."""
        try:
            posted = await self._slack.post(
                arguments["channel"], (arguments["text"], []), f"step:{key}"
            )
        except Exception as error:
            failed = failure(error)
            if failed.trouble in {Trouble.FINAL, Trouble.MENDABLE, Trouble.DISCONNECTED}:
                raise StepFailed(
                    f"Slack refused the message: {failed.code}", kind=failed.code
                ) from error
            raise PluginUnavailable(
                f"Slack could not take the message: {failed.code}", failed.retry_after
            ) from error
        return {"channel": posted.channel, "ts": posted.message_ts}

    async def close(self) -> None:
        """See `Plugin.close`: the client is closed by whoever made it."""


@typed("slack")
class SlackProxy(PluginProxy):
    """`ctx.plugins.slack`."""

    def post_message(self, channel: str, text: str) -> Verb[Any]:
        """Post a message; answers ``{"channel", "ts"}``.

        *text* is Slack's mrkdwn: what people wrote is to be escaped by whoever puts it in.
        """
        return self._step.run(
            "slack.post_message",
            self._plugins.call,
            "slack",
            "post_message",
            {"channel": channel, "text": text},
            retries=PLUGIN_RETRIES,
        )
