"""Names: what the people on a page are called in Slack, looked up before it is drawn."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.slack.people import LookupFailed, People
from bot.web.drawing import name_of
from workflows.approvals.gate import USER

MOST = 60  # look-ups for one page; the rest are shown by their ids


@dataclass(frozen=True, slots=True)
class Names:
    """Names of actors (``slack:T…:U…``, ``token:NAME``, …) and of bare user ids."""

    known: Mapping[str, str]

    def __call__(self, actor: str) -> str:
        """Answer what to call an actor."""
        user = user_of(actor)
        known = self.known.get(user, "")
        return name_of(f"slack::{user}" if USER.fullmatch(user) else actor, known)

    def id(self, actor: str) -> str | None:
        """Answer a person's Slack id, which is what tells two of one name apart."""
        user = user_of(actor)
        return user if USER.fullmatch(user) else None


async def names(people: People, actors: Iterable[str | None]) -> Names:
    """Look up whoever is a person of Slack; who cannot be looked up is shown by their id."""
    users = dict.fromkeys(user_of(actor) for actor in actors if actor)
    wanted = [user for user in users if USER.fullmatch(user)][:MOST]
    found = await asyncio.gather(*(_name(people, user) for user in wanted))
    return Names(dict(zip(wanted, found, strict=True)))


def user_of(actor: str) -> str:
    """Answer the user id of an actor of Slack's; any other actor as it is."""
    return actor.rpartition(":")[2] if actor.startswith("slack:") else actor


async def _name(people: People, user: str) -> str:
    try:
        return (await people.person(user)).name
    except LookupFailed:
        return ""
