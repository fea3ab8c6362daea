"""Ready: which runs are executed next, and taking them. Whoever changes a row owns its run."""

from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, false, literal, null, select, update

from store.database import Tx
from store.query import Query
from store.tables import RUNS, SUSPECT, SUSPECTED, RunStatus, named

MOST_IDLE_CLAIMS = 5  # passes without a new journal entry before a run counts as poison

UNBOUNDED = 2**62

_c = RUNS.c
_PUT_BACK = Query(
    update(RUNS)
    .where(_c.id == bindparam("run_id"))
    .values(
        status=RunStatus.READY,
        # When it was woken, or what it was before: it keeps its place among those that wait.
        ready_at=_c.updated_at,
        owner=null(),
        lease_until=null(),
        idle_claims=_c.idle_claims - 1,
    )
)


class Claimed(NamedTuple):
    """A run this process may execute, and the number that proves it."""

    id: str
    job: str
    input: str
    requested_by: str
    epoch: int
    idle_claims: int
    cancel_requested_at: datetime | None
    cancel_under_way: bool | None
    created_at: datetime
    accepted_seq: int | None
    accepted_answers: str | None
    address: str | None
    depth: int
    said: str | None
    journal_bytes: int


class Room(NamedTuple):
    """How many runs may be taken, and what their journals may take in memory, in bytes.

    With *is_empty* nothing is in memory: then one run is taken, however much it is.
    """

    runs: int
    bytes: int
    is_empty: bool = True

    @property
    def widest(self) -> int:
        """How much a single run may be."""
        return UNBOUNDED if self.is_empty else max(self.bytes, 0)


def claim(tx: Tx, jobs: tuple[str, ...], owner: str, until: datetime, room: Room) -> list[Claimed]:
    """Take as many ready runs of *jobs* as there is room for, none of them larger than that.

    Only those answered may be executed; put back those that are too large together.
    """
    return tx.all(
        _claim(jobs),
        now=tx.now,
        of_owner=owner,
        until=until,
        most=room.runs,
        widest=room.widest,
    )


def put_back(tx: Tx, run: Claimed) -> None:
    """Undo the claim of a run in the transaction that has claimed it."""
    tx.run(_PUT_BACK, run_id=run.id)


def claim_suspect(
    tx: Tx, jobs: tuple[str, ...], owner: str, until: datetime, widest: int
) -> list[Claimed]:
    """Take one run that has died again and again, the one that died least first.

    The processes of a run that kills them take others along, which look as guilty. Executed one
    at a time, the innocent ones end, and only the one that kills comes to count as poison.
    """
    return tx.all(
        _claim_suspect(jobs), now=tx.now, of_owner=owner, until=until, most=1, widest=widest
    )


def healthy(jobs: tuple[str, ...]) -> Select[tuple[str]]:
    """Choose the ready runs of *jobs* that are no suspects, the oldest first."""
    return _due(jobs).where(_c.idle_claims < SUSPECT).order_by(_c.ready_at, _c.id)


def suspects(jobs: tuple[str, ...]) -> Select[tuple[str]]:
    """Choose the ready runs of *jobs* that died again and again, the one that died least first."""
    often = (SUSPECTED, _c.idle_claims < MOST_IDLE_CLAIMS)
    return _due(jobs).where(*often).order_by(_c.idle_claims, _c.ready_at, _c.id)


def claiming(due: Select[tuple[str]]) -> Query[Claimed]:
    """Take the first ``most`` of *due*; whoever changes a row owns its run."""
    return Query(
        update(RUNS)
        .where(_c.id.in_(due.limit(bindparam("most"))))
        .values(
            status=RunStatus.RUNNING,
            ready_at=null(),
            epoch=_c.epoch + 1,
            owner=bindparam("of_owner"),
            lease_until=bindparam("until"),
            idle_claims=_c.idle_claims + 1,
        )
        .returning(*(_c[name] for name in Claimed._fields)),
        Claimed,
    )


def is_one_of(jobs: tuple[str, ...]) -> ColumnElement[bool]:
    # An empty IN has a form of its own in SQLAlchemy, which the driver does not know.
    return _c.job.in_([literal(job) for job in jobs]) if jobs else false()


def _due(jobs: tuple[str, ...]) -> Select[tuple[str]]:
    return select(_c.id).where(
        named(_c.status, RunStatus.READY),
        _c.ready_at <= bindparam("now"),
        _c.journal_bytes <= bindparam("widest"),
        is_one_of(jobs),
    )


@cache
def _claim(jobs: tuple[str, ...]) -> Query[Claimed]:
    return claiming(healthy(jobs))


@cache
def _claim_suspect(jobs: tuple[str, ...]) -> Query[Claimed]:
    return claiming(suspects(jobs))
