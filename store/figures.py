"""Figures: how much there is of what, for whoever watches the installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from store.database import Tx
from store.query import Query
from store.tables import (
    AUDIT,
    CARDS,
    OUTBOX,
    RUNS,
    UNSENT,
    WAITS,
    RunStatus,
    SendStatus,
    WaitStatus,
    named,
)


class Noted(NamedTuple):
    """How often the audit has this since some line, and the number of the last of them."""

    action: str
    outcome: str
    via: str
    times: int
    last_id: int


@dataclass(frozen=True, slots=True)
class Stock:
    """How much there is now; *unsent* and *dead* are messages and cards."""

    runs: Mapping[RunStatus, int]
    open_waits: int
    unsent: int
    dead: int


_RUNS = Query(select(RUNS.c.status, func.count()).group_by(RUNS.c.status))
_OPEN = Query(
    select(func.count()).select_from(WAITS).where(named(WAITS.c.status, WaitStatus.OPEN)),
    int,
)
_UNSENT = [
    Query(select(func.count()).select_from(each).where(UNSENT), int) for each in (OUTBOX, CARDS)
]
_DEAD = [
    Query(select(func.count()).select_from(each).where(named(each.c.status, SendStatus.DEAD)), int)
    for each in (OUTBOX, CARDS)
]
_NOTED = Query(
    select(AUDIT.c.action, AUDIT.c.outcome, AUDIT.c.via, func.count(), func.max(AUDIT.c.id))
    .where(AUDIT.c.id > bindparam("after_id"))
    .group_by(AUDIT.c.action, AUDIT.c.outcome, AUDIT.c.via),
    Noted,
)


def stock(tx: Tx) -> Stock:
    """Answer how much there is; reads every run once, so ask seldom."""
    counted = {RunStatus(status): number for status, number in tx.all(_RUNS)}
    return Stock(
        {status: counted.get(status, 0) for status in RunStatus},
        tx.all(_OPEN)[0],
        sum(tx.all(query)[0] for query in _UNSENT),
        sum(tx.all(query)[0] for query in _DEAD),
    )


def noted(tx: Tx, after: int) -> list[Noted]:
    """Answer what the audit has above line *after*: the audit only grows, so nothing is missed."""
    return tx.all(_NOTED, after_id=after)
