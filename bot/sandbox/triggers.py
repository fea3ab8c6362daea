"""Trigger ids: three seconds, one use, then a modal can no longer be opened with them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.sandbox import limits
from bot.sandbox.refusal import Refused

KEPT = 1000  # the oldest are forgotten; they have expired long before


@dataclass(frozen=True, kw_only=True)
class Trigger:
    id: str
    user_id: str
    made_at: float
    view_id: str | None  # the modal in which the click happened, if it was one
    is_used: bool = False


class Triggers:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: dict[str, Trigger] = {}

    def make(self, user_id: str, view_id: str | None = None) -> str:
        name = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._known[name] = Trigger(id=name, user_id=user_id, made_at=self._now(), view_id=view_id)
        while len(self._known) > KEPT:
            self._known.pop(next(iter(self._known)))
        return name

    def exchange(self, name: str) -> Trigger:
        """Use a trigger up; raises Refused with Slack's own error names."""
        trigger = self._known.get(name)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.is_used:
            raise Refused("exchanged_trigger_id")
        if self._now() - trigger.made_at > limits.TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        self._known[name] = replace(trigger, is_used=True)
        return trigger
