"""Who is looking at the page, and at what: both stand in its address, so that two tabs may be
two people.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.people import Person
from bot.sandbox.places import Channel
from bot.sandbox.workspace import Workspace

Surface: TypeAlias = Literal["channel", "home", "linear"]
WITHOUT_CHANNEL: dict[str, Surface] = {"home": "home", "linear": "linear"}
DEFAULT_PERSON = "ana"
DEFAULT_CHANNEL = "approvals"


@dataclass(frozen=True, kw_only=True)
class Look:
    person: Person
    at: str  # a channel's name, "dm", "home" or "linear"
    surface: Surface
    channel: Channel | None = None

    @property
    def may_act(self) -> bool:
        """People who have left and bots can be looked over the shoulder, not acted as."""
        return not self.person.deleted and not self.person.is_bot

    def address(self, at: str | None = None, person: str | None = None) -> str:
        return "/?" + urlencode({"as": person or self.person.name, "at": at or self.at})


def look(workspace: Workspace, request: web.Request) -> Look:
    """Read the address; what it names and is not there becomes what is always there."""
    person = workspace.person(request.query.get("as", DEFAULT_PERSON))
    if person is None or person.id == workspace.bot.id:
        person = workspace.person(DEFAULT_PERSON) or workspace.bot
    at = request.query.get("at", DEFAULT_CHANNEL)
    if at in WITHOUT_CHANNEL:
        return Look(person=person, at=at, surface=WITHOUT_CHANNEL[at])
    channel = _channel(workspace, person, at)
    return Look(person=person, at=at_of(channel), surface="channel", channel=channel)


def at_of(channel: Channel) -> str:
    return "dm" if channel.is_im else channel.name


def _channel(workspace: Workspace, person: Person, at: str) -> Channel:
    mine = places(workspace, person)
    named = [each for each in mine if at in {at_of(each), each.id}]
    return (named or mine or [workspace.direct_message(person.id)])[0]


def places(workspace: Workspace, person: Person) -> list[Channel]:
    """List the channels a person is in; what they are not in they cannot see."""
    return [
        each for each in workspace.channels.values() if person.id in each.members and not each.is_im
    ] + ([workspace.direct_message(person.id)] if not person.is_bot else [])
