"""Retention by schedule: once a day, a batch at a tick, and what nobody can use any more."""

import pytest

from bot.retention import Retention
from bot.sessions import Sessions
from bot.slack.drafts import Drafts
from store import tokens
from store.database import Tx
from store.tokens import Token
from tests.workflows.kit import ANA, Harness, a_job
from workflows.engine.local import retention as batches


async def story(ctx, request):
    pass


@pytest.fixture
async def harness(db, clock):
    return await Harness.opened(db, clock, a_job(story))


@pytest.fixture
def retention(harness):
    return Retention(harness.db, harness.engine, harness.clock)


async def pruned(harness):
    runs = await harness.engine.list()
    views = [await harness.get(run.id) for run in runs]
    return sum(any(line.what == "pruned" for line in view.timeline) for view in views)


async def test_what_is_old_goes_at_the_first_tick_and_then_once_a_day(harness, retention):
    await harness.started()
    harness.clock.move(hours=1)
    await harness.started()
    harness.clock.move(days=90, hours=-1)
    await retention.tick()
    first = await pruned(harness)

    harness.clock.move(hours=2)
    await retention.tick()
    not_yet = await pruned(harness)
    harness.clock.move(hours=22)
    await retention.tick()

    assert (first, not_yet, await pruned(harness)) == (1, 1, 2)


async def test_of_many_a_batch_goes_at_each_tick_so_that_nobody_waits(
    harness, retention, monkeypatch
):
    monkeypatch.setattr(batches, "BATCH", 2)
    for _ in range(5):
        await harness.started()
    harness.clock.move(days=90)

    gone = []
    for _ in range(3):
        await retention.tick()
        gone.append(await pruned(harness))

    assert gone == [2, 4, 5]


async def test_sessions_that_have_ended_and_forms_that_nobody_finished_are_forgotten(
    harness, retention
):
    db, clock = harness.db, harness.clock
    await Sessions(db).begin("UANA", {})
    await Drafts(db, clock).begin(ANA, "story")
    clock.move(days=1, seconds=1)
    kept = await Drafts(db, clock).begin(ANA, "story")

    await retention.tick()

    assert await db.read(rows, "SELECT count(*) FROM sessions") == [(0,)]
    assert await db.read(rows, "SELECT id FROM drafts") == [(kept,)]


async def test_of_a_token_revoked_long_ago_its_name_is_left(harness, retention):
    db, clock = harness.db, harness.clock
    for name in ("old", "new", "used"):
        await db.write(add, name)
    await db.write(tokens.revoke, "old")
    clock.move(days=89)
    await db.write(tokens.revoke, "new")
    clock.move(days=1)

    await retention.tick()

    assert await db.read(rows, "SELECT name, secret_hash FROM tokens ORDER BY name") == [
        ("new", "hash"),
        ("old", ""),
        ("used", "hash"),
    ]


def add(tx: Tx, name: str) -> None:
    tokens.insert(tx, Token(name, name, "hash", "runs:read", None, ANA, tx.now, None))


def rows(tx: Tx, query: str) -> list[tuple]:
    return tx._connection.execute(query).fetchall()
