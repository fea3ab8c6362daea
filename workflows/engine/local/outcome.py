"""Outcome: how a pass ended, as data. It is settled in one place, `worker.settle`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

from store.journal import Entry
from store.tables import EntryKind, EntryStatus, RunStatus, WaitKind
from workflows.plain import dumps
from workflows.step import Opening


class Lease(NamedTuple):
    """A worker's right to write to a run; *epoch* fences out a late one."""

    run_id: str
    epoch: int


Key = tuple[str, int]  # the nth use of a name


class NewWait(NamedTuple):
    """A wait reached for the first time; its deadline is counted from the commit.

    *any_of* is the entry it shares with other waits, of which the first to end ends all.
    """

    name: str
    nth: int
    kind: WaitKind
    expected: tuple[str, ...]
    length: timedelta
    opening: Opening | None = None
    any_of: Key | None = None

    @property
    def entry(self) -> Key:
        """The journal entry that its end is written into."""
        return self.any_of or (self.name, self.nth)


@dataclass(slots=True)
class Writes:
    """What a pass has to write down, together, before its next effect or its end.

    *superseded* are places of entries that are not to answer again; *given_up* what the names of
    waits begin with that nobody waits for any more, but for those of some entries; *asked_again*
    waits whose question is asked in other words now; *restated* the question that an answer stands
    for by somebody's word, by entry; *notes* what people should know of the code: what is so, and
    of which steps. *has_heard*: that a cancel was asked for; a pass that has not writes nothing.
    *said*: how far the run has come in its log, which goes along and is no reason to write.
    *journal_bytes* is what the whole journal takes in memory with it. *watched* are entries of
    waits whose end is news to branches that race. *input* is what the run is given, where a deploy
    has added to it what has to be the same at every pass.
    """

    entries: list[Entry] = field(default_factory=list)
    waits: list[NewWait] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    given_up: list[tuple[str, tuple[Key, ...]]] = field(default_factory=list)
    asked_again: list[Key] = field(default_factory=list)
    restated: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    has_heard: bool = False
    watched: tuple[Key, ...] = ()
    said: str | None = None
    journal_bytes: int = 0
    input: str | None = None

    def __bool__(self) -> bool:
        return bool(
            (self.entries or self.waits or self.superseded or self.given_up or self.restated)
            or self.input
        )

    def without_waits(self) -> "Writes":
        """Answer the same as if no wait had been reached that is not open yet."""
        if not self.waits:
            return self
        entries = [entry for entry in self.entries if not is_open_wait(entry)]
        return replace(self, entries=entries, waits=[])

    def before(self, later: "Writes") -> "Writes":
        """Answer both together, *later* after this."""
        return Writes(
            self.entries + later.entries,
            self.waits + later.waits,
            self.superseded + later.superseded,
            self.given_up + later.given_up,
            self.asked_again + later.asked_again,
            {**self.restated, **later.restated},
            has_heard=self.has_heard or later.has_heard,
            said=later.said or self.said,
            journal_bytes=max(self.journal_bytes, later.journal_bytes),
            input=later.input or self.input,
        )

    def forget(self, names: str) -> None:
        """Leave out everything whose name begins so, as if it had not been."""
        self.waits = [wait for wait in self.waits if not wait.name.startswith(names)]
        self.entries = [entry for entry in self.entries if not entry.name.startswith(names)]

    def forget_wait(self, key: Key) -> None:
        """Leave out a wait that was reached and is not open yet, as if it had not been."""
        self.waits = [wait for wait in self.waits if wait.entry != key]
        self.entries = [
            entry
            for entry in self.entries
            if not is_open_wait(entry) or (entry.name, entry.nth) != key
        ]

    def give_up_waits(self, branch: str, keeping: tuple[Key, ...] = ()) -> None:
        """Let go of the waits of a branch: those not opened yet have ended before they began.

        Their entries say which branch it was, "" being the run: a retry opens them again.
        """
        self.waits = [
            wait for wait in self.waits if not wait.name.startswith(branch) or wait.entry in keeping
        ]
        self.entries = [
            entry._replace(status=EntryStatus.CANCELLED, value=dumps(branch))
            if is_open_wait(entry)
            and entry.name.startswith(branch)
            and (entry.name, entry.nth) not in keeping
            else entry
            for entry in self.entries
        ]
        self.given_up.append((branch, keeping))


class Waiting(NamedTuple):
    """The job waits; *on* lists the entries of the waits any of which wakes it.

    Those of *closing* belong to branches that are over: that code runs whatever else ends.
    """

    on: tuple[Key, ...]
    closing: tuple[Key, ...] = ()


class Done(NamedTuple):
    """The job returned; *result* is JSON."""

    result: str


class Broken(NamedTuple):
    """The job cannot go on: `failed` with an error (JSON), `cancelled`, or `blocked`.

    *failed_seq* is the journal entry whose failure ended it; for `blocked`, *error* is the reason,
    and *cause* the same for programs.
    """

    status: RunStatus
    error: str | None = None
    failed_seq: int | None = None
    cause: Mapping[str, Any] | None = None


class Later(NamedTuple):
    """A step is tried again after *pause*, counted from the commit, or when a wait ends before.

    What else it waits for is told as in `Waiting`.
    """

    pause: timedelta
    on: tuple[Key, ...] = ()
    closing: tuple[Key, ...] = ()


Outcome = Waiting | Done | Broken | Later


def is_open_wait(entry: Entry) -> bool:
    """Whether an entry is a wait that has not ended."""
    return entry.kind is EntryKind.WAIT and entry.status is EntryStatus.STARTED
