"""The workspace on disk: one JSON file, replaced whole, so that a kill leaves old or new."""

import asyncio
import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

from bot.sandbox.credentials import Credentials
from bot.sandbox.issues import Issue
from bot.sandbox.message import Message, Notice
from bot.sandbox.people import Group, Person
from bot.sandbox.places import Channel
from bot.sandbox.sign_in.keys import SigningKey
from bot.sandbox.view import View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace

DEBOUNCE_SECONDS = 0.03
VERSION = 1
Kept = TypeVar("Kept")


class UnreadableState(Exception):
    """The state file is not one of ours; the message says what to do."""


def dump(workspace: Workspace) -> bytes:
    """Write down everything that outlives a restart, the workspace's credentials included."""
    return orjson.dumps(
        {
            "version": VERSION,
            "credentials": workspace.credentials,
            "last_ts": workspace.last_ts,
            "people": workspace.people,
            "groups": workspace.groups,
            "channels": workspace.channels,
            "messages": {
                channel: list(messages.values()) for channel, messages in workspace.messages.items()
            },
            "ephemerals": workspace.ephemerals,
            "notices": workspace.notices,
            "modals": workspace.modals,
            "homes": workspace.homes,
            "issues": workspace.issues,
            "signing_keys": workspace.signing_keys,
        }
    )


def read(path: Path | None) -> Json:
    """Read a state file; empty if there is none yet."""
    if path is None or not path.exists():
        return {}
    try:
        found = orjson.loads(path.read_bytes())
    except ValueError as error:
        raise UnreadableState(f"{path} is damaged; move it away to start afresh") from error
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise UnreadableState(f"{path} is not a state file of this version; move it away")
    return found


def credentials_in(state: Json) -> Credentials | None:
    return _made(Credentials, state["credentials"]) if state else None


def restore(workspace: Workspace, state: Json) -> None:
    """Put what was kept in the place of the workspace as delivered."""
    if not state:
        return
    workspace.last_ts = state["last_ts"]
    workspace.people = _by_key(Person, state["people"])
    workspace.groups = _by_key(Group, state["groups"])
    workspace.channels = _by_key(Channel, state["channels"])
    workspace.messages = {
        channel: {each["ts"]: _made(Message, each) for each in messages}
        for channel, messages in state["messages"].items()
    }
    workspace.ephemerals = _lists(Message, state["ephemerals"])
    workspace.notices = _lists(Notice, state["notices"])
    workspace.modals = _lists(View, state["modals"])
    workspace.homes = _by_key(View, state["homes"])
    workspace.issues = [_made(Issue, each) for each in state["issues"]]
    # Files written before there was an issuer have no keys.
    workspace.signing_keys = [SigningKey(**each) for each in state.get("signing_keys", [])]


def _by_key(kind: type[Kept], values: Json) -> dict[str, Kept]:
    return {key: _made(kind, each) for key, each in values.items()}


def _lists(kind: type[Kept], values: Json) -> dict[str, list[Kept]]:
    return {key: [_made(kind, each) for each in found] for key, found in values.items()}


def _made(kind: type[Kept], values: Json) -> Kept:
    """Build a value; JSON knows no tuples, so those fields that are tuples are made so again."""
    tuples = {
        field.name
        for field in (fields(kind) if is_dataclass(kind) else ())
        if str(field.type).startswith("tuple")
    }
    # Any: JSON holds what the dataclass declares.
    ready: dict[str, Any] = {
        name: tuple(value) if name in tuples else value for name, value in values.items()
    }
    return kind(**ready)


class Keeper:
    """Writes the state a moment after it changes, and once more at the end."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self._workspace = workspace
        self._path = path
        self._pending: asyncio.TimerHandle | None = None
        self._written = b""
        workspace.listeners.append(self._soon)

    def _soon(self) -> None:
        if self._pending is None:
            loop = asyncio.get_running_loop()
            self._pending = loop.call_later(DEBOUNCE_SECONDS, self.write)

    def write(self) -> None:
        self._pending = None
        current = dump(self._workspace)
        if current != self._written:
            self._replace(current)
            self._written = current

    def _replace(self, content: bytes) -> None:
        """Write beside the file and rename: a reader never sees half of it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(self._path.name + ".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        fresh.replace(self._path)

    def close(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
        self.write()
