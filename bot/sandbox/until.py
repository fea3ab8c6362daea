"""Waiting for something to become true, and a picture of the workspace when it does not."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from bot.sandbox.calls import Call
from bot.sandbox.workspace import Workspace

Found = TypeVar("Found")
# A condition may also look at things outside the workspace, which do not tell us of changes.
LOOK_AGAIN_SECONDS = 0.1
CALLS_SHOWN = 15


async def until(
    workspace: Workspace,
    condition: Callable[[], Found],
    timeout: float,
    picture: Callable[[], str],
) -> Found:
    """Return the first truthy value of *condition*; raises AssertionError with *picture*."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    changed = asyncio.Event()
    workspace.listeners.append(changed.set)
    try:
        while not (found := condition()):
            left = deadline - loop.time()
            if left <= 0:
                raise AssertionError(f"not so within {timeout} s\n{picture()}")
            await _wait(changed, min(left, LOOK_AGAIN_SECONDS))
        return found
    finally:
        workspace.listeners.remove(changed.set)


async def _wait(changed: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return
    changed.clear()


def picture(workspace: Workspace, calls: Iterable[Call]) -> str:
    """Draw everything a person might see, and the last calls of the bot."""
    return "\n".join([*_channels(workspace), *_people(workspace), *_calls(list(calls))])


def _channels(workspace: Workspace) -> Iterator[str]:
    for channel in workspace.channels.values():
        messages = workspace.messages.get(channel.id, {})
        yield f"#{channel.name or channel.id}: {len(messages)} messages"
        for ts in sorted(messages):
            message = messages[ts]
            mark = "↳ " if message.is_reply else ""
            buttons = f" {message.action_ids}" if message.action_ids else ""
            yield f"  {mark}{ts} {message.user}: {message.words or message.text}{buttons}"


def _people(workspace: Workspace) -> Iterator[str]:
    for person in workspace.people.values():
        for message in workspace.ephemerals.get(person.id, []):
            yield f"only {person.name} sees: {message.words}"
        for notice in workspace.notices.get(person.id, []):
            yield f"notice to {person.name}: {notice.text}"
        for view in workspace.stack(person.id):
            yield f"modal of {person.name}: {view.words}"


def _calls(calls: list[Call]) -> Iterator[str]:
    yield f"calls: {len(calls)}"
    for call in calls[-CALLS_SHOWN:]:
        outcome = call.error or ("ok" if call.status else "no answer")
        yield f"  {call.method} -> {call.status} {outcome}"
