"""Outcome: how a pass ended, as data. It is settled in one place, `worker.settle`."""

from dataclasses import dataclass, field
from datetime import timedelta

from store.journal import Entry
from store.tables import EntryStatus, RunStatus, WaitKind
from workflows.step import Opening


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's right to write to a run; *epoch* fences out a late one."""

    run_id: str
    epoch: int


@dataclass(frozen=True, slots=True)
class NewWait:
    """A wait reached for the first time; its deadline is counted from the commit."""

    name: str
    nth: int
    kind: WaitKind
    expected: tuple[str, ...]
    length: timedelta
    opening: Opening | None = None


@dataclass(slots=True)
class Writes:
    """What a pass has to write down, together, before its next effect or its end."""

    entries: list[Entry] = field(default_factory=list)
    waits: list[NewWait] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.entries or self.waits)

    def without_waits(self) -> "Writes":
        """Answer the same without the waits that would have been opened."""
        return Writes([e for e in self.entries if e.status is not EntryStatus.STARTED])


@dataclass(frozen=True, slots=True)
class Waiting:
    """The job waits; *on* lists the waits (name, nth), any of which wakes it."""

    on: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The job returned; *result* is JSON."""

    result: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The job cannot go on: `failed` with an error (JSON), `cancelled`, or `blocked`.

    *failed_seq* is the journal entry whose failure ended it; for `blocked`, *error* is the reason.
    """

    status: RunStatus
    error: str | None = None
    failed_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """A step is tried again after *pause*, counted from the commit."""

    pause: timedelta


Outcome = Waiting | Done | Broken | Later
