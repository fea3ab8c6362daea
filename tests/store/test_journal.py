"""The journal: the first write wins, and a place that was taken stays taken."""

import pytest

from store import journal, runs
from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from tests.workflows.kit import NOON

RUN = "0" * 26
OTHER = "2" * 26


def entry(status, value, seq=1):
    return Entry(seq, "post", 1, EntryKind.STEP, status, 1, value, NOON)


def named(name, seq):
    return entry(EntryStatus.DONE, "1", seq)._replace(name=name)


def add_run(tx, run_id):
    runs.insert(
        tx,
        run_id=run_id,
        job="story",
        arguments="{}",
        requested_by="cli:ana",
        via="test",
        start_scope=None,
        start_key=None,
        address="",
    )


@pytest.fixture
async def journaled(db):
    await db.write(add_run, RUN)
    return db


@pytest.mark.parametrize(
    ("first", "is_replaced"),
    [
        (EntryStatus.RETRYING, True),
        (EntryStatus.STARTED, True),
        (EntryStatus.DONE, False),
        (EntryStatus.FAILED, False),
        (EntryStatus.CANCELLED, False),
        (EntryStatus.SUPERSEDED, False),
    ],
)
async def test_only_what_is_still_being_tried_is_written_over(journaled, first, is_replaced):
    await journaled.write(journal.put, RUN, [entry(first, "1")])

    await journaled.write(journal.put, RUN, [entry(EntryStatus.DONE, "2")])

    (found,) = await journaled.read(journal.load, RUN)
    assert found == (entry(EntryStatus.DONE, "2") if is_replaced else entry(first, "1"))


async def test_a_superseded_entry_keeps_its_place_and_its_name_is_free_again(journaled):
    await journaled.write(journal.put, RUN, [entry(EntryStatus.FAILED, "1")])

    await journaled.write(journal.supersede, RUN, 1)
    await journaled.write(journal.put, RUN, [entry(EntryStatus.DONE, "2", seq=2)])

    found = await journaled.read(journal.load, RUN)
    assert [(e.seq, e.status) for e in found] == [(1, "superseded"), (2, "done")]


async def test_the_journals_of_several_runs_are_read_together_each_in_its_order(journaled):
    await journaled.write(add_run, OTHER)
    await journaled.write(journal.put, OTHER, [entry(EntryStatus.DONE, "1")])
    await journaled.write(journal.put, RUN, [named("a", 2), named("b", 1)])

    found = await journaled.read(journal.load_all, [RUN, OTHER, "1" * 26])

    assert {run: [e.seq for e in entries] for run, entries in found.items()} == {
        RUN: [1, 2],
        OTHER: [1],
    }
