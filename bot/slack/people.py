"""Who an actor is: facts looked up in Slack, at most 60 s old. A failed look-up is a refusal."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.identity import Identity
from workflows.approvals.gate import Person, Policy
from workflows.clock import Clock

FRESH = timedelta(seconds=60)
MOST_KEPT = 10_000
MOST_PAGES = 50
PAGE = 200
PATIENCE_S = 2.0  # Slack waits three seconds for a click's answer: a refusal has to be in time

V = TypeVar("V")


class LookupFailed(Exception):
    """Slack could not be asked; whoever depends on the answer is refused for now."""


class Fresh(Generic[V]):
    """Answers at most 60 s old; twenty who ask at once cause one call. Failures are not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[datetime, asyncio.Task[V]]] = {}

    async def get(self, key: str, look_up: Callable[[], Awaitable[V]]) -> V:
        """Answer what is known of *key*, or look it up."""
        at, task = self._kept.get(key, (None, None))
        if task is None or at is None or self._is_stale(at, task):
            task = asyncio.ensure_future(_awaited(look_up()))
            # Popped first: the newest is always last, so the first is the oldest.
            self._kept.pop(key, None)
            self._kept[key] = (self._clock.now(), task)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        # Shielded: one caller who gives up must not take the answer from the others.
        return await asyncio.shield(task)

    def forget(self, key: str) -> None:
        """Look *key* up again the next time."""
        self._kept.pop(key, None)

    def _is_stale(self, at: datetime, task: asyncio.Task[V]) -> bool:
        if task.done() and (task.cancelled() or task.exception() is not None):
            return True
        return not timedelta() <= self._clock.now() - at < FRESH


class People:
    """Looks people up; the answers go into the rules of `approvals.policy`."""

    def __init__(
        self, client: AsyncWebClient, identity: Identity, clock: Clock, admins: tuple[str, ...]
    ) -> None:
        self._client = client
        self._identity = identity
        self._admins = admins
        self._profiles: Fresh[dict[str, Any]] = Fresh(clock)
        self._members: Fresh[frozenset[str]] = Fresh(clock)
        self._groups: Fresh[frozenset[str]] = Fresh(clock)

    async def person(self, user: str, team: str | None = None) -> Person:
        """Answer the facts about a user; *team* is what the payload says. Raises LookupFailed."""
        async with _in_time():
            profile = await self._asked(self._profiles, user, lambda: self._profile(user))
        home = str(profile.get("team_id") or "")
        enterprise = (profile.get("enterprise_user") or {}).get("enterprise_id")
        ours = self._identity.owns(home, enterprise)
        # A click's own team must agree: neither source alone is enough.
        ours = ours and (team is None or self._identity.owns(team, enterprise))
        return Person(
            actor=f"slack:{home or 'unknown'}:{user}",
            user=user,
            team=home if ours or team is None or self._identity.owns(team, enterprise) else team,
            name=_name(profile),
            is_ours=ours and not profile.get("is_stranger", False),
            is_guest=bool(profile.get("is_restricted") or profile.get("is_ultra_restricted")),
            is_bot=bool(profile.get("is_bot") or profile.get("is_workflow_bot"))
            or user == "USLACKBOT",
            is_active=profile.get("deleted") is False and not profile.get("is_invited_user"),
        )

    async def voter(
        self, user: str, team: str | None, policy: Policy, channel: str | None
    ) -> Person:
        """Answer the facts that *policy* depends on; *channel* is where the card is."""
        async with _in_time():
            person = await self.person(user, team)
            groups = await self._in_groups(user, policy.groups)
            in_channel = policy.channel_members and channel is not None
            members = await self._in_channel(channel) if in_channel and channel else frozenset()
        return replace(person, groups=groups, in_channel=user in members)

    async def is_admin(self, user: str) -> bool:
        """Whether HARBOR_ADMINS names *user*, or a group they are in. Raises LookupFailed."""
        async with _in_time():
            return user in self._admins or bool(await self._in_groups(user, self._admins))

    def forget_user(self, user: str) -> None:
        """Something about a user has changed."""
        self._profiles.forget(user)

    def forget_channel(self, channel: str) -> None:
        """The members of a channel have changed."""
        self._members.forget(channel)

    def forget_group(self, group: str) -> None:
        """The members of a user group have changed."""
        self._groups.forget(group)

    # -- parts --------------------------------------------------------------------------------

    async def _in_groups(self, user: str, ids: tuple[str, ...]) -> frozenset[str]:
        found = set()
        for group in ids:
            if group.startswith("S") and user in await self._in_group(group):
                found.add(group)
        return frozenset(found)

    async def _in_group(self, group: str) -> frozenset[str]:
        async def look_up() -> frozenset[str]:
            answer = await self._client.usergroups_users_list(usergroup=group)
            return frozenset(answer["users"])

        return await self._asked(self._groups, group, look_up)

    async def _in_channel(self, channel: str) -> frozenset[str]:
        return await self._asked(self._members, channel, lambda: self._channel_members(channel))

    async def _channel_members(self, channel: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await self._client.conversations_members(
                channel=channel, limit=PAGE, cursor=cursor
            )
            members.update(answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return frozenset(members)

    async def _profile(self, user: str) -> dict[str, Any]:
        answer = await self._client.users_info(user=user)
        profile = answer["user"]
        if not isinstance(profile, dict) or profile.get("id") != user:
            raise LookupFailed(f"Slack answered about somebody else than {user}")
        return profile

    async def _asked(self, kept: Fresh[V], key: str, look_up: Callable[[], Awaitable[V]]) -> V:
        try:
            return await kept.get(key, look_up)
        except LookupFailed:
            raise
        except Exception as error:
            # Whatever it was: who cannot be looked up is refused, and told to try again.
            raise LookupFailed(f"{key} could not be looked up: {type(error).__name__}") from error


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Give up on a look-up that takes too long; its answer is kept for the next who asks."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    except TimeoutError as error:
        raise LookupFailed("Slack took too long to answer") from error


async def _awaited(awaitable: Awaitable[V]) -> V:
    return await awaitable


def _name(profile: dict[str, Any]) -> str:
    shown = (profile.get("profile") or {}).get("display_name")
    return str(shown or profile.get("real_name") or profile.get("name") or "")
