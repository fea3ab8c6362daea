"""Engine: what the bot may ask of any engine, and what readers are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from store.database import Tx
from store.tables import RunStatus, WaitKind, WaitStatus
from workflows.event import Delivery, Receipt
from workflows.inputs import Given

__all__ = [
    "KEPT",
    "SHORTEST_KEPT",
    "BlockedRuns",
    "ChangedQuestion",
    "Done",
    "Engine",
    "NotCancelled",
    "NotDone",
    "NotRetried",
    "Objection",
    "Pruned",
    "Retry",
    "RunStatus",
    "RunView",
    "Start",
    "Started",
    "TimelineView",
    "WaitKind",
    "WaitStatus",
    "WaitView",
]


KEPT = timedelta(days=90)  # the journal of a run, after its end
SHORTEST_KEPT = timedelta(days=7)  # for so long a repeated key still gets its first answer


@dataclass(frozen=True, slots=True)
class Start:
    """A run that is asked for. *scope* and *key* make asking twice harmless.

    *arguments*, plain JSON or the job's own model, are checked when the run is started.
    """

    job: str
    arguments: Given
    requested_by: str
    via: str
    scope: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The run, and whether it had been started with this key before."""

    run_id: str
    repeated: bool = False


class NotDone(StrEnum):
    """Why a run was not cancelled or retried."""

    UNKNOWN_RUN = "unknown_run"
    RUN_OVER = "run_over"
    ALREADY_ASKED = "already_asked"
    NOTHING_TO_RETRY = "nothing_to_retry"
    PRUNED = "pruned"


class Objection(StrEnum):
    """Why a run is not retried until a person has said, or looked at, more."""

    OUTCOME_UNKNOWN = "outcome_unknown"
    QUESTION_CHANGED = "question_changed"
    ACTED_ON = "acted_on"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Retry:
    """What a person says with a retry.

    *ask_again*: where today's code asks something else, ask that. *answers_stand*, with a *note*:
    the answer that was given counts for it all the same. *happened*: whether an at-most-once step
    did that has begun and is not done (None: nothing is said of it), with what it answered as JSON
    in *result*; *step* (``name``, ``name#nth``) says which, where there are several.
    """

    ask_again: bool = False
    answers_stand: bool = False
    note: str | None = None
    happened: bool | None = None
    result: str | None = None
    step: str | None = None


RETRY = Retry()  # nothing is said with it


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """An approval whose question is another one in today's code: what was *asked*, what it *asks*.

    Both in words, for the person who says how it goes on.
    """

    name: str
    asked: str
    asks: str


@dataclass(frozen=True, slots=True)
class BlockedRuns:
    """Runs of one job that are blocked by the same, newest first; *questions*: as of the first."""

    cause: str
    job: str
    runs: tuple[str, ...]
    reason: str
    questions: tuple[ChangedQuestion, ...] = ()

    def is_by(self, cause: str) -> bool:
        """Whether *cause* names what they are blocked by, in full or from its beginning on."""
        return self.cause == cause or self.cause.startswith(f"{cause}:")


@dataclass(frozen=True, slots=True)
class NotRetried:
    """Why a run was not retried, and what a person needs to know to go on.

    *steps*: of which nobody knows whether they happened (`OUTCOME_UNKNOWN`), or what has been done
    about the failure (`ACTED_ON`). *where* in a request stands what does not fit (`INVALID`).
    """

    why: Objection
    detail: str
    steps: tuple[str, ...] = ()
    questions: tuple[ChangedQuestion, ...] = ()
    where: str | None = None


@dataclass(frozen=True, slots=True)
class NotCancelled:
    """Why a blocked run is not cancelled without a second word: its closing code would not run.

    *done* stays done, and *undone* undone: steps and waits, as they are shown.
    """

    done: tuple[str, ...]
    undone: tuple[str, ...]

    @property
    def detail(self) -> str:
        """Say so, and what to do."""
        done, undone = (", ".join(names) or "nothing" for names in (self.done, self.undone))
        return (
            "the run is blocked, so its closing code cannot run. Done, and staying so:"
            f" {done}. Not done: {undone}. Cancel it by force to end it as it is; or have it go on"
            " (retry), and cancel it then"
        )


@dataclass(frozen=True, slots=True)
class Done:
    """The request is stored."""

    status: RunStatus


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many runs and rows retention took away, or would; *more*: another call finds more."""

    runs: int
    rows: int
    more: bool


@dataclass(frozen=True, slots=True)
class WaitView:
    """A wait as readers see it; `gate_id` and what follows it only for an approval.

    *run_id*: for whose end it waits. *version*: of the question that an approval asks.
    """

    name: str
    nth: int
    type: WaitKind
    status: WaitStatus
    expected: tuple[str, ...]
    deadline_at: datetime
    gate_id: str | None = None
    outcome: str | None = None
    decided_by: str | None = None
    note: str | None = None
    votes: tuple[Mapping[str, Any], ...] = ()
    run_id: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One thing that happened."""

    at: datetime
    what: str
    name: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as readers see it; input and result are plain JSON. *parent_id*: who waits for it.

    *unknown* and *changed* are what a person has to say with a retry: steps of which nobody knows
    whether they happened, questions that are others in today's code. Lists leave them out.
    """

    id: str
    job: str
    status: RunStatus
    input: Any
    result: Any
    error: Mapping[str, Any] | None
    blocked_reason: str | None
    requested_by: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    parent_id: str | None = None
    waits: tuple[WaitView, ...] = field(default=())
    timeline: tuple[TimelineView, ...] = field(default=())
    unknown: tuple[str, ...] = ()
    changed: tuple[ChangedQuestion, ...] = ()


class Engine(Protocol):
    """Starts runs, delivers events, cancels and retries; keeps what it answers.

    Every answer that says "stored" is given after the commit.
    """

    async def start(self, start: Start) -> Started:
        """Start a run. Raises JobNotFound, InputRefused, KeyReused."""

    def deliver(self, tx: Tx, delivery: Delivery) -> Receipt:
        """Hand an event to a run inside *tx*: the decision and the run's waking are one commit."""

    async def send(self, delivery: Delivery) -> Receipt:
        """Hand an event to a run in a transaction of its own."""

    def expire(self, tx: Tx, run_id: str, name: str, nth: int) -> None:
        """End a wait whose deadline has passed inside *tx*, whether or not the sweep has run."""

    async def cancel(
        self, run_id: str, *, by: str, via: str, force: bool = False
    ) -> Done | NotDone | NotCancelled:
        """Ask a run to end, its closing code included; *force*: end it now, without.

        A blocked run that has begun takes *force*: its closing code cannot run.
        """

    async def retry(
        self, run_id: str, *, by: str, via: str, how: Retry = RETRY
    ) -> Done | NotDone | NotRetried:
        """Continue a blocked run on today's code, a failed one at the step that ended it.

        Who may say what is in *how* is for the door to judge; that they said it is put on record.
        """

    async def prune(self, older_than: timedelta, *, by: str | None = None, via: str = "") -> Pruned:
        """Delete journal and events of a batch of runs that ended *older_than* ago or before.

        Decisions and audit stay. *by*: who asked for it, which is put on record. Raises
        DurationRefused below SHORTEST_KEPT.
        """

    async def prunable(self, older_than: timedelta) -> Pruned:
        """Answer what `prune` would take away in all; nothing is written."""

    async def get(self, run_id: str) -> RunView | None:
        """Answer a run with its waits and its timeline."""

    async def stuck(self, limit: int) -> list[RunView]:
        """Answer the runs that need a person, blocked ones first."""

    async def blocked(self) -> "list[BlockedRuns]":
        """Answer every blocked run, under what it is blocked by; the most runs first."""

    async def list(
        self,
        *,
        status: RunStatus | None = None,
        job: str | None = None,
        requested_by: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[RunView]:
        """Answer runs, newest first, without waits and timeline."""
