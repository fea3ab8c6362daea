"""Builds the Bolt app: who is authorised, what is ignored, and which listener hears what."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.slack.identity import Identity
from bot.slack.listeners import (
    Ack,
    Body,
    NotRecorded,
    commands,
    decide,
    guarded,
    home,
    retrying,
    start,
)
from bot.slack.private import Said
from bot.slack.services import Services
from bot.slack.views import answers

log = logging.getLogger(__name__)

UNAVAILABLE = 503
MALFORMED = 400
# Listeners let nothing escape: this is Bolt, meeting a part of another type than Slack's.
MISREAD = (AttributeError, KeyError, TypeError)


def build(services: Services, identity: Identity, token: str, signing_secret: str) -> AsyncApp:
    """Answer the app, every listener registered. It makes no call by itself."""

    async def authorize(**_: Any) -> AuthorizeResult:
        # Given, not asked for: `token=` would call auth.test inside the three seconds of a click.
        return AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_user_id=identity.bot_user_id,
            bot_token=token,
        )

    app = AsyncApp(
        # Else Bolt looks for one in the source files of the whole call stack: 90 ms of the start.
        name="harbor",
        authorize=authorize,
        signing_secret=signing_secret,
        client=services.client,
        # Else Bolt's loggers copy the root's level, and say at every start that we know the token.
        logger=logging.getLogger("slack_bolt"),
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(_only_ours(identity))
    app.error(_refuse)
    for listeners in (decide, start, commands, home, retrying):
        listeners.register(app, services)
    _register_rest(app, services)
    return app


def _only_ours(identity: Identity) -> Callable[..., Awaitable[Any]]:
    """Ignore what was sent to another app, or from another workspace's installation of ours.

    Bolt checks neither: a payload of another installation carries the same signature.
    """

    async def middleware(body: Body, next: Callable[[], Awaitable[Any]]) -> Any:  # noqa: A002  Bolt's name
        if is_ours(body, identity):
            return await next()
        log.warning("ignored a payload of another app or workspace")
        return BoltResponse(status=200, body="")

    return middleware


def is_ours(body: Body, identity: Identity) -> bool:
    """Whether a payload was meant for this installation."""
    app_id = body.get("api_app_id")
    if app_id != identity.app_id:
        return False
    team, enterprise = _installation(body)
    return identity.owns(team, enterprise)


def _installation(body: Body) -> tuple[str | None, str | None]:
    """Answer where the payload was installed: the *place*, not the person who acted.

    A click in a shared channel by somebody of another workspace still names ours as the place.
    """
    authorizations = body.get("authorizations") or []
    if authorizations and isinstance(authorizations[0], dict):
        return authorizations[0].get("team_id"), authorizations[0].get("enterprise_id")
    view, team, enterprise = body.get("view"), body.get("team"), body.get("enterprise")
    installed = view.get("app_installed_team_id") if isinstance(view, dict) else None
    team_id = team.get("id") if isinstance(team, dict) else body.get("team_id")
    enterprise_id = (
        enterprise.get("id") if isinstance(enterprise, dict) else body.get("enterprise_id")
    )
    return installed or team_id, enterprise_id


async def _refuse(error: Exception) -> BoltResponse:
    if isinstance(error, MISREAD):
        log.warning("a signed request was malformed: %s", error)
        return BoltResponse(status=MALFORMED, body="")
    if not isinstance(error, NotRecorded):
        log.error("a request from Slack failed", exc_info=error)
    return BoltResponse(status=UNAVAILABLE, body="")


def _register_rest(app: AsyncApp, services: Services) -> None:
    """Answer what no listener knows: whoever pressed an older version's button is told so."""

    async def unknown(ack: Ack, body: Body) -> None:
        await ack()
        await services.private.tell(Said.of(body), answers.unsupported())

    async def ignore(ack: Ack, body: Body) -> None:
        await ack()

    anything = re.compile(".*")
    # Last: Bolt takes the first that matches.
    app.action(anything)(guarded(services.private, unknown))
    app.view(anything)(guarded(services.private, unknown))
    app.event(anything)(guarded(services.private, ignore))
