"""Every table. One row is the lock: the run.

Whoever decides anything about a run writes its row first; one conditional statement decides
(`… WHERE status = 'open'`, `… WHERE epoch = :epoch AND status = 'running'`); what must be true
together is in one transaction. Deadlines, leases, back-offs and messages to send are columns
with partial indexes, polled.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Enum,
    Index,
    Insert,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def _to_microseconds(value: datetime | None) -> int | None:
    return None if value is None else (value - EPOCH) // MICROSECOND


def _from_microseconds(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + value * MICROSECOND


class Time(TypeDecorator[datetime]):
    """An aware datetime, stored as integer microseconds UTC."""

    impl = BigInteger
    cache_ok = True

    # Every statement passes here: these are the functions themselves, not what calls them.
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        return _to_microseconds

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[int | None], datetime | None]:
        return _from_microseconds


class RunStatus(StrEnum):
    """Where a run is; the names of the HTTP API."""

    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EntryKind(StrEnum):
    """What wrote a journal entry."""

    STEP = "step"
    WAIT = "wait"
    NOW = "now"
    UUID = "uuid"
    RANDOM = "random"
    GATHER = "gather"
    FIRST = "first"
    PATCH = "patch"
    CANCEL = "cancel"  # where in a branch a cancel is raised


class EntryStatus(StrEnum):
    """How far a journal entry is. Only `started` and `retrying` ones ever change."""

    STARTED = "started"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class WaitKind(StrEnum):
    """What a run waits for."""

    APPROVAL = "approval"
    EVENT = "event"
    SLEEP = "sleep"
    CHILD = "child"


class WaitStatus(StrEnum):
    """Terminal ones never change."""

    OPEN = "open"
    RESOLVED = "resolved"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"


class EventStatus(StrEnum):
    """What became of an accepted event. `vote`: it was counted by a gate, which writes its own."""

    BUFFERED = "buffered"
    CONSUMED = "consumed"
    MISMATCHED = "mismatched"
    EXPIRED = "expired"
    VOTE = "vote"


class GateStatus(StrEnum):
    """How a question to people stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class SendStatus(StrEnum):
    """How a message to the outside stands. `uncertain`: it may have arrived; look first."""

    PENDING = "pending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DEAD = "dead"


UNSENT = text("status IN ('pending', 'uncertain')")
SUSPECT = 3  # passes without a new entry after which a run is executed beside no other suspect
SUSPECTED = text(f"status = 'ready' AND idle_claims >= {SUSPECT}")


def _one_of(values: type[StrEnum]) -> Any:
    # Without values_callable the member *names* would be stored.
    return Enum(
        values,
        values_callable=lambda enum: [member.value for member in enum],
        native_enum=False,
        create_constraint=False,
        length=16,
    )


def _time(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Time, nullable=nullable))


def _text(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Text, nullable=nullable))


class MetaRow(SQLModel, table=True):
    """Facts about the installation, by name."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class RunRow(SQLModel, table=True):
    """One execution of a job."""

    __tablename__ = "runs"
    __table_args__ = (
        # Without a rowid the primary key is the table: one tree less to write and to keep.
        Index("runs_ready", "ready_at", "id", sqlite_where=text("status = 'ready'")),
        Index("runs_lease", "lease_until", sqlite_where=text("status = 'running'")),
        Index("runs_suspect", "idle_claims", "ready_at", "id", sqlite_where=SUSPECTED),
        Index("runs_blocked", "updated_at", sqlite_where=text("status = 'blocked'")),
        Index(
            "runs_failed",
            "updated_at",
            sqlite_where=text("status = 'failed' AND pruned_at IS NULL"),
        ),
        Index("runs_requester", "requested_by", "id"),
        # What has ended and still has a journal, the oldest first.
        Index(
            "runs_ended",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL AND pruned_at IS NULL"),
        ),
        Index(
            "runs_start",
            "start_scope",
            "start_key",
            unique=True,
            sqlite_where=text("start_key IS NOT NULL"),
        ),
        # A wait has one child, however often its run is started again.
        Index(
            "runs_child",
            "parent_id",
            "parent_name",
            "parent_nth",
            unique=True,
            sqlite_where=text("parent_id IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )
    id: str = Field(primary_key=True)
    job: str
    input: str = _text()
    requested_by: str
    via: str
    status: RunStatus = Field(sa_type=_one_of(RunStatus))
    ready_at: datetime | None = _time(nullable=True)  # set iff ready
    epoch: int = 0  # the fencing token: +1 per claim
    owner: str | None = None  # set iff running; random per process start
    lease_until: datetime | None = _time(nullable=True)
    idle_claims: int = 0  # passes since the last journal entry: poison shows here
    cancel_requested_at: datetime | None = _time(nullable=True)
    cancelled_by: str | None = None
    blocked_reason: str | None = _text(nullable=True)
    result: str | None = _text(nullable=True)
    error: str | None = _text(nullable=True)
    failed_seq: int | None = None  # the entry whose failure ended the run
    start_scope: str | None = None
    start_key: str | None = None
    created_at: datetime = _time()
    updated_at: datetime = _time()
    finished_at: datetime | None = _time(nullable=True)
    # Up to this entry a person accepts that the code is no longer what wrote the journal.
    accepted_seq: int | None = None
    pruned_at: datetime | None = _time(nullable=True)  # when its journal and events were deleted
    # The wait of the run that started this one; None: somebody else did.
    parent_id: str | None = None
    parent_name: str | None = None
    parent_nth: int | None = None
    depth: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # parents above it
    # JSON: what a person has said of its questions that had changed; see `Accepted`.
    accepted_answers: str | None = _text(nullable=True)
    blocked_by: str | None = _text(nullable=True)  # JSON: the cause, for programs; set iff blocked
    address: str | None = None  # of our pages when it was accepted: jobs write it into texts
    # Whether a pass may have been under way when a cancel was asked for: what it had begun goes on.
    # None: none was, or of a version that did not say.
    cancel_under_way: bool | None = None
    # What its journal takes in memory, as far as that is much.
    journal_bytes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    said: str | None = _text(nullable=True)  # how far it has come in its log, by branch


class JournalRow(SQLModel, table=True):
    """What a step returned, or how it failed."""

    __tablename__ = "journal"
    __table_args__ = (
        Index(
            "journal_key",
            "run_id",
            "name",
            "nth",
            unique=True,
            sqlite_where=text("status <> 'superseded'"),
        ),
        {"sqlite_with_rowid": False},
    )
    run_id: str = Field(primary_key=True, foreign_key="runs.id", ondelete="CASCADE")
    seq: int = Field(primary_key=True)  # the order in which entries were written
    name: str
    nth: int
    kind: EntryKind = Field(sa_type=_one_of(EntryKind))
    status: EntryStatus = Field(sa_type=_one_of(EntryStatus))
    attempt: int
    value: str | None = _text(nullable=True)
    at: datetime = _time()
    asked: str | None = None  # a digest of what the answer is to; None: written before 0.2


class WaitRow(SQLModel, table=True):
    """A parked step. `deadline_at` is the only deadline there is."""

    __tablename__ = "waits"
    __table_args__ = (
        Index(
            "waits_one_open", "run_id", "name", unique=True, sqlite_where=text("status = 'open'")
        ),
        Index("waits_due", "deadline_at", sqlite_where=text("status = 'open'")),
        {"sqlite_with_rowid": False},
    )
    run_id: str = Field(primary_key=True, foreign_key="runs.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    nth: int = Field(primary_key=True)
    kind: WaitKind = Field(sa_type=_one_of(WaitKind))
    expected: str = _text()  # kinds, comma-separated
    status: WaitStatus = Field(sa_type=_one_of(WaitStatus))
    deadline_at: datetime = _time()
    event_id: int | None = None
    opened_at: datetime = _time()
    ended_at: datetime | None = _time(nullable=True)
    # One of several that were opened together, of which the first to end ends all: the journal
    # entry they share. None: a wait has an entry of its own name.
    any_name: str | None = None
    any_nth: int | None = None


class EventRow(SQLModel, table=True):
    """A fact delivered from outside."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("run_id", "scope", "key"),
        Index("events_buffered", "run_id", "name", "id", sqlite_where=text("status = 'buffered'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(foreign_key="runs.id", ondelete="CASCADE")
    name: str
    kind: str
    payload: str = _text()
    scope: str
    key: str
    status: EventStatus = Field(sa_type=_one_of(EventStatus))
    disposition: str  # what its sender was answered: resolved, counted or buffered
    wait_nth: int | None = None
    actor: str
    via: str
    at: datetime = _time()
    open_waits: str | None = _text(nullable=True)  # as its sender was answered: JSON
    must_be_open: bool | None = None


class GateRow(SQLModel, table=True):
    """A question to people, as it was asked: card and policy are stored, not looked up in code."""

    __tablename__ = "gates"
    __table_args__ = (
        UniqueConstraint("run_id", "name", "nth"),
        Index("gates_open", "opened_at", sqlite_where=text("status = 'open'")),
    )
    id: str = Field(primary_key=True)  # 128 random bits: what a button carries
    run_id: str = Field(foreign_key="runs.id", ondelete="CASCADE")
    name: str
    nth: int
    card: str = _text()
    policy: str = _text()
    digest: str
    requested_by: str
    status: GateStatus = Field(sa_type=_one_of(GateStatus))
    opened_at: datetime = _time()
    decided_at: datetime | None = _time(nullable=True)
    decided_by: str | None = None
    note: str | None = _text(nullable=True)
    asked_again_at: datetime | None = _time(nullable=True)  # the question has changed since
    stands_by: str | None = None  # who let its answer stand for a question that has changed
    stands_note: str | None = _text(nullable=True)
    # Counts the questions that stood here: an answer that was drawn from an earlier one is none.
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class VoteRow(SQLModel, table=True):
    """One person's answer to a gate."""

    __tablename__ = "votes"
    gate_id: str = Field(primary_key=True, foreign_key="gates.id", ondelete="CASCADE")
    person: str = Field(primary_key=True)
    choice: str
    note: str | None = _text(nullable=True)
    via: str
    at: datetime = _time()


class CardRow(SQLModel, table=True):
    """One copy of a gate's card. It is redrawn until `sent_version` has reached `want_version`."""

    __tablename__ = "cards"
    __table_args__ = (
        Index("cards_due", "next_at", sqlite_where=UNSENT),
        Index("cards_message", "channel", "message_ts"),
    )
    gate_id: str = Field(primary_key=True, foreign_key="gates.id", ondelete="CASCADE")
    asked_in: str = Field(primary_key=True)  # the channel as the job names it
    channel: str | None = None  # as Slack names it, once posted
    message_ts: str | None = None
    want_version: int = 1
    sent_version: int = 0
    status: SendStatus = Field(sa_type=_one_of(SendStatus))
    next_at: datetime = _time()
    attempts: int = 0
    last_error: str | None = None


class OutboxRow(SQLModel, table=True):
    """Something to tell the outside, committed with the fact it follows from."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_due", "next_at", "id", sqlite_where=UNSENT),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # travels as message metadata, to find it again
    what: str
    run_id: str = Field(foreign_key="runs.id", ondelete="CASCADE")
    gate_id: str | None = None
    status: SendStatus = Field(sa_type=_one_of(SendStatus))
    attempts: int = 0
    next_at: datetime = _time()
    last_error: str | None = None


class AuditRow(SQLModel, table=True):
    """Who did or tried what, when and through which door. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_run", "run_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _time()
    run_id: str | None = None
    gate_id: str | None = None
    actor: str
    via: str
    action: str
    outcome: str
    detail: str | None = _text(nullable=True)


class SealRow(SQLModel, table=True):
    """What a stretch of the audit looked like when it was sealed, chained to the seal before."""

    __tablename__ = "seals"
    last_id: int = Field(primary_key=True)  # the last line it covers
    after_id: int = Field(unique=True)  # the last line of the seal before: one seal follows another
    lines: int
    digest: str
    at: datetime = _time()


class ScheduleRow(SQLModel, table=True):
    """When a job starts by itself next, and by which expression that was worked out."""

    __tablename__ = "schedules"
    job: str = Field(primary_key=True)
    cron: str
    timezone: str
    next_at: datetime = _time()


class DraftRow(SQLModel, table=True):
    """A form that somebody has begun: what its earlier pages were answered."""

    __tablename__ = "drafts"
    __table_args__ = (Index("drafts_begun", "begun_at"),)
    id: str = Field(primary_key=True)  # 128 random bits: what the modal carries
    person: str
    job: str
    page: int = 0
    arguments: str = _text()  # JSON
    begun_at: datetime = _time()


class TokenRow(SQLModel, table=True):
    """A key of another program. Only the hash of its secret half is kept."""

    __tablename__ = "tokens"
    public_id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    secret_hash: str
    scopes: str  # space-separated, sorted
    job: str | None = None  # None: every job
    created_by: str
    created_at: datetime = _time()
    revoked_at: datetime | None = _time(nullable=True)


class SessionRow(SQLModel, table=True):
    """A browser that is signed in. The cookie's secret is kept as a hash."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_user", "user_id", "created_at"),)
    id_hash: str = Field(primary_key=True)
    user_id: str
    content: str = _text()  # JSON
    created_at: datetime = _time()
    seen_at: datetime = _time()


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


META = _table("meta")
RUNS = _table("runs")
JOURNAL = _table("journal")
WAITS = _table("waits")
EVENTS = _table("events")
GATES = _table("gates")
VOTES = _table("votes")
CARDS = _table("cards")
OUTBOX = _table("outbox")
AUDIT = _table("audit")
SEALS = _table("seals")
SCHEDULES = _table("schedules")
DRAFTS = _table("drafts")
TOKENS = _table("tokens")
SESSIONS = _table("sessions")


def named(column: ColumnElement[Any], member: StrEnum) -> ColumnElement[bool]:
    """*column* = *member*, written out: a partial index is not used for a bound parameter."""
    return column == literal_column(f"'{member.value}'")


def inserting(table: Table, *columns: str) -> Insert:
    """An INSERT with one parameter per column, of the column's name."""
    return insert(table).values({column: bindparam(column) for column in columns})
