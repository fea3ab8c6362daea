"""Event: a fact delivered from outside. Delivery: one attempt to hand it to a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from workflows.truth import no_truth


@no_truth("write `match event:` with `case Event():` and `case Silence():`, or compare its kind")
@dataclass(frozen=True, slots=True)
class Event:
    """What a job gets from `wait_for_event` where one has come: its *kind* is an expected one."""

    name: str
    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    actor: str | None = None
    at: datetime | None = None


@no_truth("write `match event:` with `case Event():` and `case Silence():`, or compare its kind")
@dataclass(frozen=True, slots=True)
class Silence:
    """What a job gets from `wait_for_event` where none has come in time.

    It reads like an event of the kind "timeout" that says nothing, as jobs are used to.
    """

    name: str
    kind: Literal["timeout"] = field(default="timeout", init=False)

    @property
    def payload(self) -> Mapping[str, Any]:
        """Empty."""
        return {}

    @property
    def actor(self) -> None:
        """Nobody."""

    @property
    def at(self) -> None:
        """Never."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to hand an event to a run.

    *scope* and *key* together make a second delivery of the same event harmless. *gate* is the
    id of the decided gate where the event is a decision: an approval takes no other. With
    *must_be_open* it is not kept for a wait that is not open yet.
    """

    run_id: str
    name: str
    kind: str
    actor: str
    via: str
    scope: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    gate: str | None = None
    must_be_open: bool = False


class Disposition(StrEnum):
    """What became of an accepted event."""

    RESOLVED = "resolved"
    COUNTED = "counted"
    BUFFERED = "buffered"


class Declined(StrEnum):
    """Why an event was not accepted; the codes of the HTTP API."""

    UNKNOWN_RUN = "unknown_run"
    KEY_REUSED = "key_reused"
    ALREADY_DECIDED = "already_decided"
    EXPIRED = "expired"
    RUN_OVER = "run_over"
    UNEXPECTED_KIND = "unexpected_kind"
    HUMAN_REQUIRED = "human_required"
    NOT_ALLOWED = "not_allowed"
    QUESTION_CHANGED = "question_changed"
    NOT_WAITING = "not_waiting"
    SEVERAL_OPEN = "several_open"
    INVALID = "invalid"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event is stored. *repeated*: it had been before, and nothing was written now.

    *open_waits*: what the run waited for instead, where it was buffered.
    """

    disposition: Disposition
    event_id: int
    repeated: bool = False
    open_waits: tuple[str, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The event was not and will not be delivered. *detail* is safe to show the caller."""

    code: Declined
    detail: Mapping[str, Any] = field(default_factory=dict)


Receipt = Accepted | Refused
