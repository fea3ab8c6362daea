"""What a person types, as Slack hands it on: escaped, with names turned into ids."""

import re

from bot.sandbox.workspace import Workspace

WRITTEN = re.compile(r"(?<!\S)([@#])([a-z0-9][a-z0-9_-]*)")


def escaped(workspace: Workspace, text: str) -> str:
    """Escape the three characters Slack escapes, then link @names and #channels that exist."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return WRITTEN.sub(lambda found: _linked(workspace, found), safe)


def _linked(workspace: Workspace, found: re.Match[str]) -> str:
    sign, name = found.groups()
    if sign == "@" and (person := workspace.person(name)):
        return f"<@{person.id}|{person.name}>"
    if sign == "@" and (group := _group(workspace, name)):
        return f"<!subteam^{group}|@{name}>"
    if sign == "#" and (channel := workspace.channel(name)):
        return f"<#{channel.id}|{channel.name}>"
    return found.group()


def _group(workspace: Workspace, handle: str) -> str | None:
    return next((each.id for each in workspace.groups.values() if each.handle == handle), None)
