"""Shapes: every body of the HTTP API, as models. Server, document and client share them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from workflows.approvals.gate import Choice
from workflows.duration import LONGEST
from workflows.engine.base import SHORTEST_KEPT, Retry, RunStatus, WaitKind, WaitStatus
from workflows.event import Disposition
from workflows.plain import dumps

RunId = Annotated[str, Field(pattern=r"^[0-9a-hjkmnp-tv-z]{26}$")]
# The name of a wait in a branch of a gather says which: fan#1[0]/decision.
WaitName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.:/#\[\]-]{0,511}$")]
EventKind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
MOST_KEPT_S = int(LONGEST.total_seconds())
Key = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")]


class Asked(BaseModel):
    """A request's body: unknown keys are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answered(BaseModel):
    """An answer's body. A newer server may say more than this version knows."""

    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True)


class StartRun(Asked):
    """`POST /runs`."""

    job: Annotated[str, Field(max_length=64)]
    input: dict[str, Any] = Field(default_factory=dict)
    idempotency_key: Key | None = Field(
        default=None, description="The same key again answers the run it started."
    )


class EventPayload(BaseModel):
    """What a job gets; `kind` is one of those the wait expects, the rest is the sender's."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    kind: EventKind


class SendEvent(Asked):
    """`POST /runs/{id}/events`."""

    name: WaitName = Field(
        description="As the job calls it, in whatever branch it waits; or its full name."
    )
    payload: EventPayload
    must_be_open: bool = Field(
        default=False, description="Refuse it (409 `not_waiting`) where nothing waits for it yet."
    )


class CancelRun(Asked):
    """`POST /runs/{id}/cancel`; the body may be left out."""

    force: bool = Field(
        default=False,
        description="End it now, without its closing code. A blocked run takes it (409 `blocked`).",
    )


class RetryRun(Asked):
    """`POST /runs/{id}/retry`; the body may be left out."""

    ask_again: bool = Field(
        default=False, description="Where today's code asks something else, ask that."
    )
    answers_stand: bool = Field(
        default=False,
        description="An answer counts for another question; the operator's alone, with a note.",
    )
    note: Annotated[str, Field(min_length=1, max_length=3_000, pattern=r"\S")] | None = None
    happened: bool | None = Field(
        default=None,
        description="Whether an at-most-once step did that has begun and is not done.",
    )
    result: Any = Field(default=None, description="What that step answered, where it happened.")
    step: Annotated[str, Field(min_length=1, max_length=600)] | None = Field(
        default=None, description="Which step, where there are several."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.ask_again and self.answers_stand:
            raise ValueError("either ask_again or answers_stand")
        if self.answers_stand != (self.note is not None):
            raise ValueError("answers_stand and note go together: say why")
        if (self.happened is True) != ("result" in self.model_fields_set):
            raise ValueError("happened: true and result go together: null where there is none")
        if self.happened is None and self.step is not None:
            raise ValueError("step says which one happened, or did not")
        return self

    def said(self) -> Retry:
        """Answer it as the engine takes it."""
        result = dumps(self.result) if self.happened else None
        return Retry(
            self.ask_again, self.answers_stand, self.note, self.happened, result, self.step
        )


class Schedule(Answered):
    """When a job starts by itself: a cron expression, the zone it is read in, the next time."""

    cron: str
    timezone: str
    next_at: datetime


class Job(Answered):
    """A job that can be run. `schedule` is null where it starts only when it is asked to."""

    name: str
    description: str
    input_schema: dict[str, Any]
    schedule: Schedule | None


class Jobs(Answered):
    """`GET /jobs`."""

    items: list[Job]


class Vote(Answered):
    """One answer to an approval."""

    by: str
    choice: Choice
    note: str | None
    at: datetime


class Wait(Answered):
    """What a run waits for, or waited for. `run_id` is the run that it started.

    `version` is that of the question, for an approval: a vote may name the one it answers.
    """

    gate_id: str | None
    name: str
    nth: int
    type: WaitKind
    status: WaitStatus
    expected: list[str]
    deadline_at: datetime
    outcome: str | None
    decided_by: str | None
    note: str | None
    votes: list[Vote]
    run_id: str | None = None
    version: int | None = None


class Happened(Answered):
    """A line of a timeline."""

    at: datetime
    what: str
    name: str | None
    detail: str | None


class Run(Answered):
    """One execution of a job. In a list `waits` and `timeline` are null: ask for the run.

    `parent_id` is the run that started it and waits for it.
    """

    id: str
    job: str
    status: RunStatus
    input: Any
    result: Any
    error: dict[str, Any] | None
    blocked_reason: str | None
    requested_by: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    parent_id: str | None = None
    waits: list[Wait] | None
    timeline: list[Happened] | None

    @property
    def is_over(self) -> bool:
        """Whether it has ended; a failed one can still be retried."""
        return self.status in {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}


class Runs(Answered):
    """`GET /runs`: newest first. `next` is the cursor of the next page, null at the end."""

    items: list[Run]
    next: str | None


class Receipt(Answered):
    """What became of an event. `counted`: a vote that counts, and more are needed.

    `open_waits`: what the run waited for instead, where it was `buffered`; else it is left out.
    """

    disposition: Disposition
    event_id: int
    open_waits: list[str] | None = None

    @model_serializer(mode="wrap")
    def _without_nothing(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        if self.open_waits is None:
            written.pop("open_waits")
        return written


class ErrorPlace(Answered):
    """One thing wrong with a body: where (a dotted path), and what."""

    where: str
    detail: str


class ChangedQuestion(Answered):
    """An approval that is another one in today's code: what was `asked`, what it `asks` now."""

    name: str
    asked: str
    asks: str


class ProblemBody(Answered):
    """An error (RFC 9457). The members after `detail` are there where they help."""

    type: Literal["about:blank"]
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[ErrorPlace] | None = None
    allowed: list[str] | None = None
    outcome: str | None = None
    by: str | None = None
    at: datetime | None = None
    deadline_at: datetime | None = None
    run_status: str | None = None
    steps: list[str] | None = None
    questions: list[ChangedQuestion] | None = None
    version: int | None = None
    answered: int | None = None


# -- for the command line alone ----------------------------------------------------------------


class Decide(Asked):
    """`POST /-/runs/{id}/decide`."""

    choice: Literal["approved", "rejected"]
    note: Annotated[str, Field(min_length=1, max_length=3_000, pattern=r"\S")]
    gate: Annotated[str, Field(max_length=64)] | None = None
    version: int | None = Field(default=None, description="Of the question that is answered.")


class BlockedRuns(Answered):
    """Runs of one job that are blocked by the same; `questions` are those of the first."""

    cause: str
    job: str
    runs: list[str]
    reason: str
    questions: list[ChangedQuestion]


class Blocked(Answered):
    """`GET /-/blocked`: the most runs first."""

    items: list[BlockedRuns]


class CreateToken(Asked):
    """`POST /-/tokens`."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    scopes: Annotated[list[str], Field(min_length=1, max_length=16)]
    job: str | None = None


class CreatedToken(Answered):
    """The token itself, this once."""

    token: str


class Prune(Asked):
    """`POST /-/prune`. A run's keys outlive it by a week at least."""

    older_than_s: Annotated[int, Field(ge=int(SHORTEST_KEPT.total_seconds()), le=MOST_KEPT_S)]
    dry_run: bool = False


class Pruned(Answered):
    """What was taken away, or would be; *more*: asking again takes away more."""

    runs: int
    rows: int
    more: bool


class TokenLine(Answered):
    """A token as it is listed: without what it is."""

    name: str
    public_id: str
    scopes: list[str]
    job: str | None
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


class TokenLines(Answered):
    """`GET /-/tokens`."""

    items: list[TokenLine]


class Gate(Answered):
    """A question to people, in full: what is approved is `shown`, and `digest` is of it.

    `named` are the ids in its words that are people and channels, `names` what people are called.
    """

    id: str
    name: str
    nth: int
    status: str
    title: str
    why: str | None
    fields: list[tuple[str, str]]
    shown: Any
    digest: str
    policy: dict[str, Any]
    requested_by: str
    opened_at: datetime
    deadline_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    version: int = 1
    named: frozenset[str] = frozenset()
    names: dict[str, str] = Field(default_factory=dict)


class Gates(Answered):
    """`GET /-/runs/{id}/gates`, and the answer to `decide`."""

    items: list[Gate]


class AuditLine(Answered):
    """A line of the audit."""

    number: int
    at: datetime
    run_id: str | None
    gate_id: str | None
    actor: str
    via: str
    action: str
    outcome: str
    detail: Any


class AuditPage(Answered):
    """`GET /-/audit`: `next` is the number to go on after, null at the end."""

    items: list[AuditLine]
    next: int | None


class Verification(Answered):
    """`GET /-/audit/verification`. *broken* is the first stretch of lines that has changed."""

    seals: int
    lines: int
    unsealed: int
    head: str | None
    broken: tuple[int, int] | None
    knows: bool
