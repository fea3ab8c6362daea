"""The journal: the first write wins, and a place that was taken stays taken."""

import pytest

from store import journal, runs
from store.journal import Entry
from store.tables import EntryKind, EntryStatus
from tests.workflows.kit import NOON

RUN = "0" * 26


def entry(status, value, seq=1):
    return Entry(seq, "post", 1, EntryKind.STEP, status, 1, value, NOON)


@pytest.fixture
async def journaled(db):
    def add(tx):
        runs.insert(
            tx,
            run_id=RUN,
            job="story",
            arguments="{}",
            requested_by="cli:ana",
            via="test",
            start_scope=None,
            start_key=None,
        )

    await db.write(add)
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
