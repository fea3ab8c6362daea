"""The journal: what each step returned, or how it failed; the first write wins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from store import runs
from store.database import Tx
from store.query import Query
from store.tables import JOURNAL, EntryKind, EntryStatus, named

HEAVY = 16 * 1024  # bytes from which on it is noted how much memory a journal takes

_c = JOURNAL.c
_entry = (
    _c.run_id == bindparam("of_run"),
    _c.name == bindparam("of_name"),
    _c.nth == bindparam("of_nth"),
    # Written out: a partial index is not used for a bound parameter.
    _c.status != literal_column(f"'{EntryStatus.SUPERSEDED.value}'"),
)


class Entry(NamedTuple):
    """One entry; `value` is JSON, *asked* a digest of what it answers (`workflows.asked`)."""

    seq: int
    name: str
    nth: int
    kind: EntryKind
    status: EntryStatus
    attempt: int
    value: str | None
    at: datetime
    asked: str | None = None


_COLUMNS = [_c[name] for name in Entry._fields]
_put = insert(JOURNAL).values(
    {"run_id": bindparam("run_id"), **{name: bindparam(name) for name in Entry._fields}}
)
_PUT = Query(
    _put.on_conflict_do_update(
        index_elements=["run_id", "seq"],
        set_={name: _put.excluded[name] for name in ("status", "attempt", "value", "at", "asked")},
        # Only a step that is still being tried is written again; anything else is a late holder.
        where=or_(named(_c.status, EntryStatus.RETRYING), named(_c.status, EntryStatus.STARTED)),
    )
)
_LOAD = Query(select(*_COLUMNS).where(_c.run_id == bindparam("of_run")).order_by(_c.seq), Entry)
_runs = func.json_each(bindparam("of_runs")).table_valued("value")
_LOAD_ALL = Query(
    select(_c.run_id, *_COLUMNS)
    .where(_c.run_id.in_(select(_runs.c.value)))
    .order_by(_c.run_id, _c.seq),
    lambda run_id, *columns: (run_id, Entry(*columns)),
)
_SETTLE = Query(
    update(JOURNAL)
    # By now something else may be called so: a wait whose code is gone may still be open.
    .where(*_entry, named(_c.kind, EntryKind.WAIT), named(_c.status, EntryStatus.STARTED))
    .values(
        status=bindparam("to_status", type_=_c.status.type),
        value=bindparam("to_value"),
        at=bindparam("now"),
    )
)
_ENDED = Query(select(_c.seq).where(*_entry, _c.status != EntryStatus.STARTED), lambda seq: seq)
_of_seq = (_c.run_id == bindparam("of_run"), _c.seq == bindparam("of_seq"))
_SUPERSEDE = Query(update(JOURNAL).where(*_of_seq).values(status=EntryStatus.SUPERSEDED))
_SUPERSEDE_AS = Query(
    update(JOURNAL)
    .where(*_of_seq)
    .values(status=EntryStatus.SUPERSEDED, value=bindparam("to_value"))
)
_TOLD = Query(
    select(_c.name).where(
        _c.run_id == bindparam("of_run"),
        or_(
            and_(named(_c.kind, EntryKind.WAIT), named(_c.status, EntryStatus.CANCELLED)),
            and_(named(_c.kind, EntryKind.CANCEL), named(_c.status, EntryStatus.DONE)),
        ),
    ),
    str,
)
_RESTATE = Query(
    update(JOURNAL)
    .where(_c.run_id == bindparam("of_run"), _c.seq == bindparam("of_seq"))
    .values(asked=bindparam("to_asked"))
)
_BEGUN = Query(
    select(*_COLUMNS)
    .where(
        _c.run_id == bindparam("of_run"),
        named(_c.kind, EntryKind.STEP),
        or_(
            named(_c.status, EntryStatus.STARTED),
            and_(_c.seq == bindparam("of_seq"), named(_c.status, EntryStatus.FAILED)),
        ),
    )
    .order_by(_c.seq),
    Entry,
)
_LAST_SEQ = Query(select(func.max(_c.seq)).where(_c.run_id == bindparam("of_run")), lambda seq: seq)


def put(tx: Tx, run_id: str, entries: Iterable[Entry]) -> None:
    """Write entries, as of now; one that was `retrying` or `started` is written over, no other."""
    tx.many(_PUT, [{**entry._asdict(), "run_id": run_id, "at": tx.now} for entry in entries])


def load(tx: Tx, run_id: str) -> list[Entry]:
    """Answer every entry in order, superseded ones included: their places stay taken."""
    return tx.all(_LOAD, of_run=run_id)


def load_all(tx: Tx, run_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """Answer the same for several runs at once, by run; one without entries is not in it."""
    journals: dict[str, list[Entry]] = {}
    for run_id, entry in tx.all(_LOAD_ALL, of_runs=orjson.dumps(run_ids).decode()):
        journals.setdefault(run_id, []).append(entry)
    return journals


def settle(
    tx: Tx, run_id: str, name: str, nth: int, status: EntryStatus, value: str | None
) -> None:
    """Write the end of a wait into its entry."""
    if value is not None and len(value) >= HEAVY:
        runs.grow(tx, run_id, len(value))
    tx.run(
        _SETTLE,
        of_run=run_id,
        of_name=name,
        of_nth=nth,
        to_status=status,
        to_value=value,
        now=tx.now,
    )


def has_ended(tx: Tx, run_id: str, name: str, nth: int) -> bool:
    """Whether an entry is there and has been settled."""
    return tx.first(_ENDED, of_run=run_id, of_name=name, of_nth=nth) is not None


def supersede(tx: Tx, run_id: str, *seqs: int) -> None:
    """Take entries out of the replay; they stay in the history."""
    for seq in seqs:
        tx.run(_SUPERSEDE, of_run=run_id, of_seq=seq)


def supersede_as(tx: Tx, run_id: str, seq: int, value: str) -> None:
    """Take an entry out of the replay, with something more in it for those who look later."""
    tx.run(_SUPERSEDE_AS, of_run=run_id, of_seq=seq, to_value=value)


def told(tx: Tx, run_id: str) -> list[str]:
    """Answer the entries in whose branches it was said that they are over."""
    return tx.all(_TOLD, of_run=run_id)


def restate(tx: Tx, run_id: str, seq: int, asked: str) -> None:
    """Let an answer stand for another question than it was given to."""
    tx.run(_RESTATE, of_run=run_id, of_seq=seq, to_asked=asked)


def last_seq(tx: Tx, run_id: str) -> int | None:
    """Answer the place of the last entry; None: there is none."""
    return tx.first(_LAST_SEQ, of_run=run_id)


def begun(tx: Tx, run_id: str, failed_seq: int | None) -> list[Entry]:
    """Answer the steps that have begun and are not done, and the one that failed there."""
    return tx.all(_BEGUN, of_run=run_id, of_seq=failed_seq)
