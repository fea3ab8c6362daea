"""The channels where people are asked, and the people who administer: are they there for us?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import Settings
from bot.doctor.finding import Finding, Mark, bad, good, warning
from bot.slack.errors import failure
from workflows.job import Job

CHANNEL = re.compile(r"#[\w-]{1,79}")
KINDS = "public_channel,private_channel"
PAGE = 1_000
MOST_PAGES = 20
CHANNELS, ADMINS = "channels", "admins"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel and what wants it there: the setting, or jobs as far as their code tells."""

    channel: str
    wanted_by: str
    mark: Mark = Mark.WARNING  # where it cannot be posted to


def wanted(settings: Settings, jobs: Iterable[Job]) -> tuple[Place, ...]:
    """Answer the approvals channel, and those that jobs name in their code."""
    first = Place(settings.approvals_channel, "HARBOR_APPROVALS_CHANNEL", Mark.BAD)
    named: dict[str, list[str]] = {}
    for job in jobs:
        for channel in _named_in(job):
            named.setdefault(channel, []).append(job.name)
    named.pop(first.channel, None)
    return (first, *(Place(channel, ", ".join(names)) for channel, names in sorted(named.items())))


def _named_in(job: Job) -> set[str]:
    """Answer the channels that a job's function names; one made up at run time is not seen."""
    function: Any = job.function
    here = [function.__globals__.get(name) for name in function.__code__.co_names]
    named = (*function.__code__.co_consts, *here)
    return {each for each in named if isinstance(each, str) and CHANNEL.fullmatch(each)}


async def channels(client: AsyncWebClient, places: Iterable[Place]) -> list[Finding]:
    """Look every channel up."""
    ours = await _listed(client, only_ours=True)
    return [await _channel(client, place, ours) for place in places]


async def _channel(client: AsyncWebClient, place: Place, ours: list[dict[str, Any]]) -> Finding:
    found = _among(ours, place.channel) or await _anywhere(client, place.channel)
    said = f"{place.channel} ({place.wanted_by})"
    if problem := _problem(found, place.channel):
        why, step = problem
        return Finding(CHANNELS, place.mark, f"{said} {why}", step)
    return good(CHANNELS, f"{said}: the bot is in it")


def _problem(found: dict[str, Any] | None, name: str) -> tuple[str, str] | None:
    """Answer why nobody can be asked there, and what to do; None: they can."""
    invite = f"type /invite @harbor in {name}"
    if found is None:
        step = f"create it, then {invite}; a private one is seen once the bot is in it"
        return "is not there, or is private and without the bot", step
    if found.get("is_archived"):
        return "is archived", "unarchive it, or name another channel"
    if not found.get("is_member", True):
        return "is there, but the bot is not in it", invite
    return None


def _among(channels: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    key = "name" if wanted.startswith("#") else "id"
    name = wanted.removeprefix("#")
    return next((channel for channel in channels if channel.get(key) == name), None)


async def _anywhere(client: AsyncWebClient, wanted: str) -> dict[str, Any] | None:
    if wanted.startswith("#"):
        return _among(await _listed(client, only_ours=False), wanted)
    try:
        answer = await client.conversations_info(channel=wanted)
    except SlackApiError as error:
        if failure(error).code == "channel_not_found":
            return None
        raise
    return dict(answer["channel"])


async def _listed(client: AsyncWebClient, *, only_ours: bool) -> list[dict[str, Any]]:
    """List the channels that the bot is in, or all it may know of; the first 20,000."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        if only_ours:
            answer = await client.users_conversations(types=KINDS, limit=PAGE, cursor=cursor)
        else:
            answer = await client.conversations_list(types=KINDS, limit=PAGE, cursor=cursor)
        found += answer["channels"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    return found


async def admins(client: AsyncWebClient, settings: Settings) -> list[Finding]:
    """Look up who has the admin Home tab."""
    if not settings.admins:
        step = "set HARBOR_ADMINS to Slack user ids (profile → ⋮ → Copy member ID)"
        return [warning(ADMINS, "nobody: no one sees what is stuck", step)]
    unknown = [one for one in settings.admins if not await _is_somebody(client, one)]
    if unknown:
        said = f"HARBOR_ADMINS names {', '.join(unknown)}, whom Slack does not know"
        return [bad(ADMINS, said, "copy the id again: profile → ⋮ → Copy member ID")]
    return [good(ADMINS, ", ".join(settings.admins))]


async def _is_somebody(client: AsyncWebClient, one: str) -> bool:
    try:
        if one.startswith("S"):
            await client.usergroups_users_list(usergroup=one)
        else:
            await client.users_info(user=one)
    except SlackApiError as error:
        if failure(error).code in {"user_not_found", "no_such_subteam", "user_not_visible"}:
            return False
        raise
    return True
