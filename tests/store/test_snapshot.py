"""A snapshot is taken beside the process that owns the database, which notices nothing."""

import asyncio
import stat

import pytest

from store.errors import CannotOpen
from store.opening import open_database
from store.snapshot import snapshot
from store.tokens import Token, all_tokens, insert


def token(name):
    return lambda tx: insert(tx, Token(name, name, "hash", "runs:read", None, "me", tx.now, None))


async def test_what_is_committed_is_in_it_though_it_is_in_the_wal_alone(db, clock, tmp_path):
    await db.write(token("one"))

    snapshot(tmp_path / "harbor.db", tmp_path / "copy.db")
    await db.write(token("two"))

    copy = open_database(f"sqlite:///{tmp_path}/copy.db", clock.now)
    assert [found.name for found in await copy.read(all_tokens)] == ["one"]
    assert [found.name for found in await db.read(all_tokens)] == ["one", "two"]
    await copy.close()


async def test_the_owner_may_write_while_it_is_taken(db, tmp_path):
    path = tmp_path / "harbor.db"

    writes = [db.write(token(f"n{n}")) for n in range(200)]
    copies = [asyncio.to_thread(snapshot, path, tmp_path / f"copy{n}.db") for n in range(4)]
    await asyncio.gather(*writes, *copies)

    assert len(await db.read(all_tokens)) == 200


async def test_nobody_else_may_read_it(db, tmp_path):
    snapshot(tmp_path / "harbor.db", tmp_path / "copy.db")

    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [None, b"no database at all" * 100])
def test_what_is_no_database_is_named(tmp_path, content):
    path = tmp_path / "harbor.db"
    if content:
        path.write_bytes(content)

    with pytest.raises(CannotOpen, match=r"harbor\.db"):
        snapshot(path, tmp_path / "copy.db")
