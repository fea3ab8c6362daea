"""Listeners: each parses, calls one function, answers. `guarded` lets no exception escape.

Bolt 1.30 loses an `ack()` when the listener raises right after it, and Slack then shows a warning
to somebody whose click has counted.
"""

import functools
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.private import Private, Said
from bot.slack.views import answers
from store.errors import NotStored

log = logging.getLogger(__name__)


Ack = Callable[..., Awaitable[Any]]
Body = dict[str, Any]
Listener = Callable[[Ack, Body], Awaitable[None]]


def guarded(private: Private, listener: Listener) -> Listener:
    """Wrap a listener: whatever it raises is logged, answered privately, and goes no further."""

    @functools.wraps(listener)
    async def inner(ack: Ack, body: Body) -> None:
        said = Acked(ack)
        try:
            await listener(said, body)
        except NotStored:
            # No ack: Slack shows its own warning on the button, and the words say what to do.
            log.exception("nothing was recorded")
            await private.tell(Said.of(body), answers.not_recorded())
            raise NotRecorded from None
        except Exception:  # a listener's last resort; the reference finds the log line
            reference = secrets.token_hex(4)
            log.exception("a listener failed, reference %s", reference)
            await said.late()
            await private.tell(
                Said.of(body), f"Something went wrong on our side. Reference: `{reference}`"
            )
        else:
            await said.late()

    return inner


class NotRecorded(Exception):
    """The store did not take it: Slack gets a 5xx instead of an ack."""


class Acked:
    """`ack`, and whether it was called."""

    def __init__(self, ack: Ack) -> None:
        self._ack = ack
        self._done = False

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._done = True
        return await self._ack(*args, **kwargs)

    async def late(self) -> None:
        """Acknowledge, if nobody has."""
        if not self._done:
            await self()


__all__ = ["Ack", "Acked", "Body", "Listener", "NotRecorded", "guarded"]
