"""Who we are in Slack: asked once at the start, and again until Slack can be reached."""

import asyncio
import logging
from dataclasses import dataclass

from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.connection import Connection
from bot.slack.errors import Trouble, failure
from workflows.errors import ConfigurationError

log = logging.getLogger(__name__)

AGAIN_S = 5.0


@dataclass
class Identity:
    """Our workspace, organisation, bot user and app. Nobody is one of ours until it is known."""

    team_id: str = ""
    enterprise_id: str | None = None
    bot_user_id: str = ""
    app_id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether Slack has told us."""
        return bool(self.team_id and self.app_id)

    def owns(self, team_id: str | None, enterprise_id: str | None) -> bool:
        """Whether somebody of this team or organisation is one of ours."""
        if self.team_id and team_id == self.team_id:
            return True
        return self.enterprise_id is not None and enterprise_id == self.enterprise_id


async def introduce(client: AsyncWebClient, connection: Connection, identity: Identity) -> None:
    """Ask Slack who we are, once. Raises ConfigurationError when it refuses our token.

    When Slack cannot be reached the identity stays unknown, and the connection says why.
    """
    try:
        me = _named(await client.auth_test())
        bot = await client.bots_info(bot=str(me["bot_id"]))
    except Exception as error:
        failed = failure(error)
        if failed.trouble is Trouble.DISCONNECTED:
            raise ConfigurationError(
                f"SLACK_BOT_TOKEN: Slack refuses it ({failed.code}). Reinstall the app at"
                " api.slack.com/apps → your app → OAuth & Permissions, and copy the token again"
            ) from error
        if failed.trouble in {Trouble.FINAL, Trouble.MENDABLE}:
            raise ConfigurationError(
                f"SLACK_BOT_TOKEN: Slack would not say whose it is ({failed.code}). Check the"
                " app's scopes against manifest.yml, then reinstall it"
            ) from error
        connection.lost(failed.code)
        return
    identity.team_id = str(me["team_id"])
    identity.enterprise_id = me.get("enterprise_id") or None
    identity.bot_user_id = str(me["user_id"])
    identity.app_id = str(bot["bot"]["app_id"])
    connection.heard()


def _named(me: AsyncSlackResponse) -> AsyncSlackResponse:
    if not (me.get("team_id") and me.get("user_id") and me.get("bot_id")):
        raise SlackRequestError("auth.test said ok without saying who we are")
    return me


async def keep_asking(client: AsyncWebClient, connection: Connection, identity: Identity) -> None:
    """Ask until Slack has told us who we are."""
    while not identity.is_known:
        await asyncio.sleep(AGAIN_S)
        try:
            await introduce(client, connection, identity)
        except ConfigurationError as error:
            # Too late to stop the start: it is said where an admin looks.
            log.error("%s", error)  # noqa: TRY400  the message is all there is to say
            connection.lost(str(error))
