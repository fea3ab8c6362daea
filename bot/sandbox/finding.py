"""Finding people and channels by what tests call them, or saying who and what there is."""

from bot.sandbox.people import Person
from bot.sandbox.places import Channel
from bot.sandbox.refusal import NothingThere
from bot.sandbox.workspace import Workspace


def person(workspace: Workspace, reference: str) -> Person:
    """Find a person by name or id; raises NothingThere."""
    found = workspace.person(reference)
    if found is None:
        known = ", ".join(each.name for each in workspace.people.values())
        raise NothingThere(f"nobody is called {reference!r}; known: {known}")
    return found


def channel(workspace: Workspace, reference: str) -> Channel:
    """Find a channel by `#name`, name or id; raises NothingThere."""
    found = workspace.channel(reference)
    if found is None:
        known = ", ".join(f"#{each.name}" for each in workspace.channels.values())
        raise NothingThere(f"no channel {reference!r}; known: {known}")
    return found
