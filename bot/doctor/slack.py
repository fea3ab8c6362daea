"""Slack as our tokens see it: who we are, what we may do, and whether our clocks agree."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot import manifest
from bot.config import HOW_TO_GET, Settings
from bot.doctor.finding import Finding, bad, good, warning
from bot.slack.errors import Failure, Trouble, failure
from workflows.clock import Clock

TOKEN, SCOPES, WAY_IN, CLOCK = "bot token", "scopes", "way in", "clock"
NOTABLE = timedelta(seconds=10)
TOO_MUCH = timedelta(seconds=60)  # the door takes what is at most a minute ahead of our clock
REINSTALL = "api.slack.com/apps → your app → OAuth & Permissions"
AWAY = {Trouble.LATER, Trouble.UNCLEAR}


async def bot_token(client: AsyncWebClient, settings: Settings, clock: Clock) -> list[Finding]:
    """Ask Slack who we are: the answer's headers say what we may do, and what time it is."""
    asked_at = clock.now()
    try:
        me = await client.auth_test()
    except Exception as error:  # noqa: BLE001  `failure` raises what is none of Slack's
        return [_not_known(failure(error), settings)]
    heard_at = clock.now()
    headers = {str(name).lower(): str(value) for name, value in me.headers.items()}
    return [
        good(TOKEN, f"Slack knows us as {me.get('user')} in {me.get('team')} ({me['team_id']})"),
        _scopes(headers),
        _clock(headers, asked_at + (heard_at - asked_at) / 2),
    ]


def _not_known(failed: Failure, settings: Settings) -> Finding:
    if failed.trouble in AWAY:
        return away(TOKEN, failed, settings)
    return bad(
        TOKEN,
        f"Slack refuses SLACK_BOT_TOKEN ({failed.code})",
        f"reinstall the app, and copy the token again: {HOW_TO_GET['SLACK_BOT_TOKEN']}",
    )


def away(about: str, failed: Failure, settings: Settings) -> Finding:
    """Answer that Slack could not be asked."""
    return bad(
        about,
        f"Slack does not answer at {settings.slack_api_base_url} ({failed.code})",
        "check this machine's network and proxy, SLACK_API_BASE_URL, and status.slack.com",
    )


def _scopes(headers: Mapping[str, str]) -> Finding:
    given = headers.get("x-oauth-scopes")
    if given is None:
        return warning(SCOPES, "Slack did not say which scopes the token has")
    has, wanted = {each.strip() for each in given.split(",")}, manifest.scopes()
    if missing := sorted(wanted - has):
        step = f"add them at {REINSTALL} → Scopes, then reinstall the app"
        return bad(SCOPES, f"the token lacks {', '.join(missing)}", step)
    if more := sorted(has - wanted - {""}):
        step = f"take them away at {REINSTALL} → Scopes: what is not granted cannot be misused"
        return warning(SCOPES, f"the token may do more than Harbor needs: {', '.join(more)}", step)
    return good(SCOPES, f"all {len(wanted)} that manifest.yml asks for")


def _clock(headers: Mapping[str, str], ours: datetime) -> Finding:
    try:
        theirs = parsedate_to_datetime(headers["date"])
        apart = ours - theirs
    except (KeyError, ValueError, TypeError):
        return warning(CLOCK, "Slack did not say what time it is")
    off = f"{abs(apart).total_seconds():.0f} s {'ahead of' if apart > timedelta() else 'behind'}"
    step = "let this machine's clock be set by NTP: timedatectl set-ntp true"
    if abs(apart) > TOO_MUCH:
        said = f"this machine is {off} Slack's clock: clicks would be refused, deadlines wrong"
        return bad(CLOCK, said, step)
    if abs(apart) > NOTABLE:
        return warning(CLOCK, f"this machine is {off} Slack's clock", step)
    return good(CLOCK, "agrees with Slack's")


async def way_in(client: AsyncWebClient, settings: Settings) -> list[Finding]:
    """Look at how Slack's payloads reach us: over a socket that we open, or over HTTP, signed.

    No socket is opened: it would take payloads away from the server.
    """
    if settings.app_token is None:
        said = "HTTP at /slack/events; Slack's first request shows whether the secret is right"
        return [good(WAY_IN, said)]
    try:
        await client.apps_connections_open(app_token=settings.app_token.get_secret_value())
    except Exception as error:  # noqa: BLE001  `failure` raises what is none of Slack's
        failed = failure(error)
        return [away(WAY_IN, failed, settings) if failed.trouble in AWAY else _no_socket(failed)]
    return [good(WAY_IN, "Socket Mode: Slack would let us connect")]


def _no_socket(failed: Failure) -> Finding:
    return bad(
        WAY_IN,
        f"Slack refuses SLACK_APP_TOKEN ({failed.code})",
        f"it needs the scope connections:write: {HOW_TO_GET['SLACK_APP_TOKEN']}; and Socket Mode"
        " switched on: your app → Socket Mode",
    )
