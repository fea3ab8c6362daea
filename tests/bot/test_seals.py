"""The audit is sealed beside the work; what is changed afterwards is found."""

import sqlite3
from pathlib import Path

import pytest

from bot import seals
from bot.seals import Seals
from store import audit
from store.database import Tx
from store.opening import sqlite_path
from tests.workflows.kit import ANA, FakeClock

LINES = 7


@pytest.fixture
def path(database_url: str) -> Path:
    return sqlite_path(database_url)


@pytest.fixture
def sealed(db, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Seals:
    monkeypatch.setattr(seals, "MOST_LINES", 3)
    return Seals(db, clock)


def note(tx: Tx, outcome: str) -> None:
    audit.append(tx, actor=ANA, via="test", action="decide", outcome=outcome, detail='{"n":1}')


@pytest.fixture
async def noted(db, sealed: Seals) -> Seals:
    """Answer the seals of an audit of seven lines: two of three lines, one of one."""
    for n in range(LINES):
        await db.write(note, str(n))
    for _ in range(4):
        await sealed.tick()
    return sealed


def changed(path, statement: str, *values: object) -> None:
    """Change the file as somebody would who has got hold of it."""
    with sqlite3.connect(path, timeout=5) as connection:
        connection.execute(statement, values)
    connection.close()


async def test_an_audit_that_nobody_touched_is_intact(noted: Seals):
    found = await noted.verify()

    assert (found.seals, found.lines, found.unsealed, found.broken) == (3, LINES, 0, None)
    assert found.knows


async def test_an_empty_audit_is_intact(sealed: Seals):
    await sealed.tick()

    found = await sealed.verify()

    assert (found.seals, found.lines, found.head, found.broken) == (0, 0, None, None)


async def test_what_is_new_is_sealed_once_a_minute(db, noted: Seals, clock: FakeClock):
    await db.write(note, "new")
    clock.move(seconds=59)
    await noted.tick()
    before = (await noted.verify()).unsealed
    clock.move(seconds=1)
    await noted.tick()

    assert (before, (await noted.verify()).unsealed) == (1, 0)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET outcome = 'approved' WHERE id = 2", (1, 3)),
        ("UPDATE audit SET at = at + 1 WHERE id = 4", (4, 6)),
        ("UPDATE audit SET detail = NULL WHERE id = 7", (7, 7)),
        ("DELETE FROM audit WHERE id = 5", (4, 6)),
        ("DELETE FROM audit WHERE id <= 3", (1, 3)),
        ("UPDATE audit SET id = 99 WHERE id = 6", (4, 6)),
        ("DELETE FROM seals WHERE last_id = 3", (4, 6)),
        ("DELETE FROM seals WHERE last_id = 6", (7, 7)),
        ("UPDATE seals SET digest = 'forged' WHERE last_id = 3", (1, 3)),
    ],
)
async def test_what_was_changed_after_it_was_sealed_is_named(path, noted: Seals, statement, broken):
    changed(path, statement)

    assert (await noted.verify()).broken == broken


async def test_a_line_put_in_between_is_found(path, noted: Seals):
    changed(path, "DELETE FROM audit WHERE id = 5")
    changed(
        path,
        "INSERT INTO audit (id, at, actor, via, action, outcome)"
        " SELECT 5, at, actor, via, action, 'forged' FROM audit WHERE id = 4",
    )

    assert (await noted.verify()).broken == (4, 6)


async def test_an_audit_that_was_cut_short_is_known_by_a_digest_that_was_kept(path, noted: Seals):
    kept = (await noted.verify()).head
    changed(path, "DELETE FROM audit WHERE id > 6")
    changed(path, "DELETE FROM seals WHERE last_id > 6")

    found = await noted.verify(kept)

    assert found.broken is None
    assert not found.knows


async def test_a_digest_that_was_kept_is_known_for_ever(db, noted: Seals, clock: FakeClock):
    kept = (await noted.verify()).head
    await db.write(note, "later")
    clock.move(minutes=1)
    await noted.tick()

    assert (await noted.verify(kept)).knows


async def test_a_stretch_is_sealed_once(db, clock: FakeClock):
    await db.write(note, "one")
    await Seals(db, clock).tick()
    await Seals(db, clock).tick()

    assert (await Seals(db, clock).verify()).seals == 1


@pytest.mark.parametrize("line", [3, 6, 7])
@pytest.mark.parametrize("column", ["outcome", "actor", "via", "action", "detail"])
async def test_the_last_line_of_a_seal_is_under_it_as_well(path, noted: Seals, line, column):
    changed(path, f"UPDATE audit SET {column} = 'forged' WHERE id = ?", line)  # noqa: S608

    found = await noted.verify()

    assert found.broken is not None
    assert found.broken[1] == line
