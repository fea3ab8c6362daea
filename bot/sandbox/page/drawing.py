"""The page as HTML: the shell once, then its parts again whenever something changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32

import jinja2

from bot.sandbox import fields, reading
from bot.sandbox.issues import TEAMS
from bot.sandbox.message import Message, Notice
from bot.sandbox.page import dates, place
from bot.sandbox.page.markdown import markdown
from bot.sandbox.page.mrkdwn import mrkdwn, plain
from bot.sandbox.page.names import Names
from bot.sandbox.page.place import Look
from bot.sandbox.people import Person
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

TEMPLATES = Path(__file__).parent.parent / "templates"
REGIONS = ("sidebar", "heading", "content", "modal")
COLOURS = 8
SUGGESTIONS = ("run", "runs", "inbox", "help")


@dataclass(frozen=True)
class Entry:
    """One line of a conversation: a message, or Slack's own complaint."""

    ts: str
    message: Message | None = None
    notice: Notice | None = None
    replies: tuple[Message, ...] = ()


class Drawing:
    def __init__(self, workspace: Workspace, commands: tuple[str, ...]) -> None:
        self._workspace = workspace
        self._commands = commands

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        names = Names(self._workspace)
        environment.filters |= {
            "mrkdwn": partial(mrkdwn, names=names),
            "markdown": markdown,
            "plain": plain,
            "time_of_ts": dates.of_ts,
            "urlquote": quote,
        }
        environment.globals |= {
            "names": names,
            "colour": colour,
            "initials": initials,
            "moment": dates.moment,
            "initial": initial,
            "options_of": reading.options_of,
            "at_of": place.at_of,
        }
        return environment

    def page(self, look: Look) -> str:
        return self._environment.get_template("page.html").render(self._scene(look))

    def parts(self, look: Look) -> dict[str, str]:
        """Draw the parts that change, by the id of the element each belongs into."""
        scene = self._scene(look)
        return {
            name: self._environment.get_template(f"{name}.html").render(scene) for name in REGIONS
        }

    def _scene(self, look: Look) -> dict[str, Any]:
        workspace = self._workspace
        stack = workspace.stack(look.person.id)
        return {
            "look": look,
            "workspace": workspace,
            "people": [each for each in workspace.people.values() if each != workspace.bot],
            "places": place.places(workspace, look.person),
            "latest": self._latest(look.person),
            "entries": list(self._entries(look)),
            "home": workspace.homes.get(look.person.id),
            "view": stack[-1] if stack else None,
            "depth": len(stack),
            "issues": list(reversed(workspace.issues)),
            "teams": TEAMS,
            "suggestions": self._suggestions(),
        }

    def _suggestions(self) -> list[str]:
        return [f"{command} {word}" for command in self._commands for word in SUGGESTIONS]

    def _latest(self, person: Person) -> dict[str, str]:
        """Find the newest ts of each place, so that the page can mark what is unread."""
        found = {}
        for channel in place.places(self._workspace, person):
            stamps = self._workspace.messages.get(channel.id, {})
            private = [
                each.ts
                for each in self._workspace.ephemerals.get(person.id, [])
                if each.channel == channel.id
            ]
            found[channel.id] = max([*stamps, *private], default="")
        return found

    def _entries(self, look: Look) -> Iterator[Entry]:
        if look.channel is None:
            return
        found = [*self._messages(look.channel.id), *self._private(look)]
        yield from sorted(found, key=lambda entry: entry.ts)

    def _messages(self, channel: str) -> Iterator[Entry]:
        for message in self._workspace.history(channel):
            replies = self._workspace.thread(channel, message.ts)
            yield Entry(message.ts, message=message, replies=tuple(replies))

    def _private(self, look: Look) -> Iterator[Entry]:
        """Yield what this person alone sees; complaints without a place are shown everywhere."""
        channel = look.channel.id if look.channel else None
        for message in self._workspace.ephemerals.get(look.person.id, []):
            if message.channel == channel:
                yield Entry(message.ts, message=message)
        for notice in self._workspace.notices.get(look.person.id, []):
            if notice.channel in {channel, None}:
                yield Entry(notice.ts, notice=notice)


def colour(user_id: str) -> int:
    return crc32(user_id.encode()) % COLOURS


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2])


def initial(element: Json) -> Any:  # Any: as Slack's state for that element
    """Find what an element shows before anybody touched it, as plain values."""
    field = fields.FIELDS[element["type"]]
    found = element.get(field.initial)
    if isinstance(found, list):
        return [each["value"] if isinstance(each, dict) else each for each in found]
    if isinstance(found, dict):
        return found.get("value", reading.words(found))
    return found
