"""Query plans: what is polled every second reads an index that is empty when nothing is due."""

import pytest

from store import (
    cards,
    children,
    events,
    file,
    gates,
    journal,
    listing,
    outbox,
    ready,
    recovery,
    retention,
    runs,
    schema,
    waits,
)
from store.tables import RunStatus

JOBS = ("pay", "report")
PLANS = [
    (ready._claim(JOBS), "SEARCH runs USING INDEX runs_ready (ready_at<?)"),
    (recovery._EXPIRED, "SEARCH runs USING INDEX runs_lease (lease_until<?)"),
    (recovery._RECOVER, "SCAN runs USING INDEX runs_lease"),
    (
        ready._claim_suspect(JOBS),
        "SEARCH runs USING INDEX runs_suspect (idle_claims>? AND idle_claims<?)",
    ),
    (recovery._BLOCK_POISON, "SEARCH runs USING INDEX runs_suspect (idle_claims>?)"),
    (listing._newest(RunStatus.BLOCKED), "SCAN runs USING INDEX runs_blocked"),
    (listing._newest(RunStatus.FAILED), "SCAN runs USING INDEX runs_failed"),
    (recovery._block_unknown(JOBS), "SCAN runs USING INDEX runs_ready"),
    (recovery._unblock_known(JOBS), "SCAN runs USING INDEX runs_blocked"),
    (recovery._NEXT_READY, "SEARCH runs USING INDEX runs_ready"),
    (runs._BY_START_KEY, "SEARCH runs USING INDEX runs_start (start_scope=? AND start_key=?)"),
    (
        children._OF_WAIT,
        (
            "SEARCH runs USING COVERING INDEX runs_child"
            " (parent_id=? AND parent_name=? AND parent_nth=?)"
        ),
    ),
    (children._NEWEST, "SEARCH runs USING INDEX runs_child (parent_id=? AND parent_name=?)"),
    (children._OF_RUN, "SEARCH runs USING INDEX runs_child (parent_id=?)"),
    (
        children._FAILED_AT,
        "SEARCH runs USING INDEX runs_child (parent_id=? AND parent_name=? AND parent_nth=?)",
    ),
    (retention._OLD, "SEARCH runs USING INDEX runs_ended (finished_at>? AND finished_at<?)"),
    (waits._DUE, "SEARCH waits USING INDEX waits_due (deadline_at<?)"),
    (waits._NEXT_DEADLINE, "SEARCH waits USING INDEX waits_due"),
    (events._BUFFERED, "SEARCH events USING INDEX events_buffered (run_id=? AND name=?)"),
    (events._COUNT_BUFFERED, "SEARCH events USING INDEX events_buffered (run_id=?)"),
    (events._EXPIRE, "SEARCH events USING INDEX events_buffered (run_id=?)"),
    (outbox._DUE, "SEARCH outbox USING INDEX outbox_due (next_at<?)"),
    (outbox._NEXT, "SEARCH outbox USING INDEX outbox_due"),
    (cards._NEXT, "SEARCH cards USING INDEX cards_due"),
    (gates._OPEN, "SCAN gates USING INDEX gates_open"),
    (journal._SETTLE, "SEARCH journal USING INDEX journal_key (run_id=? AND name=? AND nth=?)"),
    (journal._LOAD_ALL, "SEARCH journal USING PRIMARY KEY (run_id=?)"),
]
# These are there to be unique; what they cover is found by the primary key.
GUARDS = {"waits_one_open"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    path = tmp_path_factory.mktemp("plans") / "harbor.db"
    schema.upgrade(path)
    opened = file.connect(path)
    yield opened
    opened.close()


def plan(connection, query):
    parameters = [0] * query.text.count("?")
    found = connection.execute(f"EXPLAIN QUERY PLAN {query.text}", parameters)
    return [step for *_, step in found]


@pytest.mark.parametrize(("query", "wanted"), PLANS, ids=[wanted for _, wanted in PLANS])
def test_what_is_polled_reads_a_partial_index_and_sorts_nothing(connection, query, wanted):
    steps = plan(connection, query)

    assert wanted in steps
    assert not any("TEMP B-TREE" in step for step in steps)


def test_every_partial_index_is_read_by_something_or_guards_something(connection):
    partial = connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '% WHERE %'")

    unused = {
        name
        for (name,) in partial
        if name not in GUARDS and not any(name in wanted for _, wanted in PLANS)
    }

    assert unused == set()
