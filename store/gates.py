"""Gates and votes: a question to people as it was asked, and their answers."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from store.addressing import is_called, meaning
from store.database import Tx
from store.query import Query
from store.tables import GATES, RUNS, VOTES, WAITS, GateStatus, RunStatus, inserting, named

_c = GATES.c


class Gate(NamedTuple):
    """A gate with the deadline of its wait and what its run has come to.

    *version* counts the questions that have stood here; answers to an earlier one do not count.
    `card` and `policy` are JSON as stored when the question was asked; `result` and `error` are
    the run's, JSON or None.
    """

    id: str
    run_id: str
    name: str
    nth: int
    card: str
    policy: str
    digest: str
    requested_by: str
    status: GateStatus
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    asked_again_at: datetime | None
    stands_by: str | None
    stands_note: str | None
    version: int
    deadline_at: datetime
    job: str
    run_status: RunStatus
    blocked_reason: str | None
    result: str | None
    error: str | None


class Vote(NamedTuple):
    """One person's answer."""

    person: str
    choice: str
    note: str | None
    via: str
    at: datetime


_GATE_COLUMNS = [
    *(_c[name] for name in Gate._fields[:17]),
    WAITS.c.deadline_at,
    RUNS.c.job,
    RUNS.c.status.label("run_status"),
    RUNS.c.blocked_reason,
    RUNS.c.result,
    RUNS.c.error,
]
_joined = select(*_GATE_COLUMNS).select_from(
    GATES.join(
        WAITS,
        and_(WAITS.c.run_id == _c.run_id, WAITS.c.name == _c.name, WAITS.c.nth == _c.nth),
    ).join(RUNS, RUNS.c.id == _c.run_id)
)
_NEW = ("id", "run_id", "name", "nth", "card", "policy", "digest", "requested_by", "opened_at")
_INSERT = Query(inserting(GATES, *_NEW).values(status=GateStatus.OPEN, version=1))
_GET = Query(_joined.where(_c.id == bindparam("gate_id")), Gate)
_OF_WAIT = Query(
    _joined.where(
        _c.run_id == bindparam("of_run"),
        _c.name == bindparam("of_name"),
        _c.nth == bindparam("of_nth"),
    ),
    Gate,
)
_OF_RUN = Query(_joined.where(_c.run_id == bindparam("of_run")).order_by(_c.opened_at), Gate)
_LAST_OF_RUN = Query(
    select(_c.id)
    .where(_c.run_id == bindparam("of_run"))
    .order_by(_c.opened_at.desc(), _c.nth.desc())
    .limit(1),
    str,
)
_OPEN_OF_NAME = Query(
    _joined.where(
        _c.run_id == bindparam("of_run"),
        is_called(_c.name),
        named(_c.status, GateStatus.OPEN),
    ),
    Gate,
)
_OPEN = Query(
    _joined.where(named(_c.status, GateStatus.OPEN))
    .order_by(_c.opened_at.desc())
    .limit(bindparam("most")),
    Gate,
)
_DECIDED_BY = Query(
    _joined.where(_c.decided_by == bindparam("of_person"))
    .order_by(_c.decided_at.desc())
    .limit(bindparam("most")),
    Gate,
)
_CLOSE = Query(
    update(GATES)
    .where(_c.id == bindparam("gate_id"), named(_c.status, GateStatus.OPEN))
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        decided_at=bindparam("now"),
        decided_by=bindparam("by"),
        note=bindparam("to_note"),
    )
)
_NEXT_VERSION = Query(
    update(GATES)
    .where(_c.id == bindparam("gate_id"), named(_c.status, GateStatus.OPEN))
    .values(version=_c.version + 1)
)
_of_wait = (
    _c.run_id == bindparam("of_run"),
    _c.name == bindparam("of_name"),
    _c.nth == bindparam("of_nth"),
)
_ASK_AGAIN = Query(update(GATES).where(*_of_wait).values(asked_again_at=bindparam("now")))
_STAND = Query(
    update(GATES)
    .where(*_of_wait)
    .values(stands_by=bindparam("by"), stands_note=bindparam("to_note"))
)
_vote = insert(VOTES).values(
    {name: bindparam(name) for name in ("gate_id", "person", "choice", "note", "via", "at")}
)
_PUT_VOTE = Query(
    # A person who rejects after approving has changed the one answer they have.
    _vote.on_conflict_do_update(
        index_elements=["gate_id", "person"],
        set_={name: _vote.excluded[name] for name in ("choice", "note", "via", "at")},
    )
)
_VOTES = Query(
    select(*(VOTES.c[name] for name in Vote._fields))
    .where(VOTES.c.gate_id == bindparam("gate_id"))
    .order_by(VOTES.c.at, VOTES.c.person),
    Vote,
)


def insert_open(
    tx: Tx,
    *,
    gate_id: str,
    run_id: str,
    name: str,
    nth: int,
    card: str,
    policy: str,
    digest: str,
    requested_by: str,
) -> None:
    """Add an open gate."""
    tx.run(
        _INSERT,
        id=gate_id,
        run_id=run_id,
        name=name,
        nth=nth,
        card=card,
        policy=policy,
        digest=digest,
        requested_by=requested_by,
        opened_at=tx.now,
    )


def get(tx: Tx, gate_id: str) -> Gate | None:
    """Answer a gate."""
    return tx.first(_GET, gate_id=gate_id)


def of_wait(tx: Tx, run_id: str, name: str, nth: int) -> Gate | None:
    """Answer the gate that a wait stands for; None: it is no approval."""
    return tx.first(_OF_WAIT, of_run=run_id, of_name=name, of_nth=nth)


def of_run(tx: Tx, run_id: str) -> list[Gate]:
    """Answer a run's gates in the order they were opened."""
    return tx.all(_OF_RUN, of_run=run_id)


def open_of_name(tx: Tx, run_id: str, name: str) -> Gate | None:
    """Answer the open gate of this name in a run; there is at most one."""
    return tx.first(_OPEN_OF_NAME, of_run=run_id, **meaning(name))


def last_of_run(tx: Tx, run_id: str) -> str | None:
    """Answer the id of the gate that a run opened last."""
    return tx.first(_LAST_OF_RUN, of_run=run_id)


def newest_open(tx: Tx, limit: int) -> list[Gate]:
    """Answer open gates, newest first."""
    return tx.all(_OPEN, most=limit)


def decided_by(tx: Tx, person: str, limit: int) -> list[Gate]:
    """Answer what a person decided, newest first."""
    return tx.all(_DECIDED_BY, of_person=person, most=limit)


def close(tx: Tx, gate_id: str, status: GateStatus, by: str | None, note: str | None) -> bool:
    """End an open gate; False: it had ended before, and stays as it is."""
    changed = tx.run(_CLOSE, gate_id=gate_id, to_status=status, now=tx.now, by=by, to_note=note)
    return changed == 1


def next_version(tx: Tx, gate_id: str) -> bool:
    """Note that an open gate asks something else now: what was drawn before decides nothing more.

    Whoever changes the question also has its cards drawn again. False: the gate has ended.
    """
    return tx.run(_NEXT_VERSION, gate_id=gate_id) == 1


def ask_again(tx: Tx, run_id: str, name: str, nth: int) -> bool:
    """Write down that a question is asked once more, as it is now; False: there is none."""
    return tx.run(_ASK_AGAIN, of_run=run_id, of_name=name, of_nth=nth, now=tx.now) == 1


def stand(tx: Tx, run_id: str, name: str, nth: int, by: str, note: str) -> None:
    """Write down who let an answer stand for a question that has changed, and why."""
    tx.run(_STAND, of_run=run_id, of_name=name, of_nth=nth, by=by, to_note=note)


def put_vote(tx: Tx, gate_id: str, vote: Vote) -> None:
    """Write a person's answer, over an earlier one."""
    tx.run(_PUT_VOTE, gate_id=gate_id, **vote._asdict())


def votes(tx: Tx, gate_id: str) -> list[Vote]:
    """Answer who said what, oldest first."""
    return tx.all(_VOTES, gate_id=gate_id)
