"""Runs that 0.1.0 stored end today as they would have ended there, whatever they waited for."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.seals import Seals
from store.tables import (
    EntryStatus,
    EventStatus,
    GateStatus,
    RunStatus,
    SendStatus,
    WaitKind,
    WaitStatus,
)
from tests.stored import reworded
from tests.stored.conftest import HERE
from tests.stored.endings import BEFORE, DEE, ENDINGS, OPENED, SAME_RUN, ended, run_of
from tests.stored.outside import OUTSIDE
from tests.workflows.engine.oracle import violations
from workflows.engine.base import KEPT, Start
from workflows.testing import FakeClock, Kit, KitRun

ACTOR = re.compile(r"(?:slack:T0HARBOR|token|operator):(?=\w+$)")


def named(result: Any) -> Any:
    """Answer what a job returned with whoever decided as jobs name them since: by id or name.

    To 0.1.0 `decision.by` was the actor that is stored; nothing else may differ.
    """
    match result:
        case dict():
            return {
                key: ACTOR.sub("", value) if key == "by" else named(value)
                for key, value in result.items()
            }
        case list():
            return [named(each) for each in result]
        case _:
            return result


EXPECTED = {
    story: {**ending, "result": named(ending["result"])}
    for story, ending in orjson.loads((HERE / "0.1.0.json").read_bytes()).items()
}
COLUMNS = (
    # A running run is one whose process was killed; superseded entries come of a retry.
    ("runs", "status", set(RunStatus)),
    ("journal", "status", set(EntryStatus) - {EntryStatus.SUPERSEDED}),
    ("waits", "kind", set(WaitKind)),
    ("waits", "status", set(WaitStatus)),
    ("gates", "status", set(GateStatus)),
    ("events", "status", {EventStatus.BUFFERED, EventStatus.CONSUMED}),
    ("cards", "status", {SendStatus.PENDING, SendStatus.UNCERTAIN, SendStatus.SENT}),
)


@pytest.fixture
async def kit(database: Path) -> AsyncIterator[Kit]:
    OUTSIDE.done.clear()
    OUTSIDE.troubles.clear()
    async with Kit(*BEFORE, at=OPENED, database=database) as found:
        yield found


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(("table", "column", "wanted"), COLUMNS, ids=lambda each: str(each)[:8])
def test_the_file_holds_every_state(database, table, column, wanted):
    found = {value for (value,) in rows(database, f"SELECT {column} FROM {table}")}  # noqa: S608

    assert {each.value for each in wanted} <= found


def test_every_run_that_was_started_by_hand_has_an_ending(database):
    started = "SELECT start_key FROM runs WHERE start_scope = 'stored'"

    assert {key for (key,) in rows(database, started)} == set(ENDINGS) - set(SAME_RUN)
    assert set(EXPECTED) == set(ENDINGS)


@pytest.mark.parametrize("story", ENDINGS)
async def test_a_stored_run_ends_as_it_would_have_i26(database, story):
    found = await ended(story, database)

    assert {**found, "result": named(found["result"])} == EXPECTED[story]


async def test_every_stored_run_is_shown_with_its_timeline(kit):
    views = [await run.view() for run in await kit.runs()]

    assert len(views) > len(ENDINGS) - len(SAME_RUN)
    assert all(view.timeline for view in views)
    told = [f"{line.what} {line.detail}" for view in views for line in view.timeline]
    assert not [words for words in told if "unreadable" in words or "cannot be read" in words]


async def test_every_stored_question_is_read_as_it_was_asked(database, kit):
    asked = rows(database, "SELECT id, card, policy, digest, requested_by FROM gates")

    for gate_id, card, policy, digest, requested_by in asked:
        gate = await kit.gates.get(gate_id)
        stored_card, stored_policy = orjson.loads(card), orjson.loads(policy)
        assert stored_card.items() <= gate.card.model_dump(mode="json").items()
        assert stored_policy.items() <= gate.policy.model_dump(mode="json").items()
        assert (gate.digest, gate.requested_by) == (digest, requested_by)
    assert len(asked) > 20


async def test_the_digest_that_people_have_seen_is_still_that_of_the_decided_question(
    database, kit
):
    run = KitRun(run_of(database, "approval"), kit)
    before = (await run.gate()).digest

    await run.approve(DEE)

    assert (await run.gate()).digest == before
    audited = "SELECT detail FROM audit WHERE action = 'decide' ORDER BY id DESC LIMIT 1"
    ((detail,),) = rows(kit.path, audited)
    assert before in detail


async def test_what_was_asked_before_digests_were_kept_is_not_compared_and_that_is_said(database):
    OUTSIDE.done.clear()
    async with Kit(*reworded.registry(), at=OPENED, database=database) as kit:
        run = KitRun(run_of(database, "approval"), kit)
        shown = (await run.gate()).digest

        await run.approve(DEE)

        assert (await run.result())["said"] == "approved"
        assert (await run.gate()).digest == shown
        told = {line.name: line.what for line in (await run.view()).timeline}
        assert "before asking, decision" in told
        assert "not compared" in told["before asking, decision"]


async def test_what_is_asked_after_the_upgrade_is_compared(database):
    async with Kit(*BEFORE, at=OPENED, database=database) as kit:
        run = await kit.start("asks", {"about": "new"})
        await kit.deploy(*reworded.registry())

        await run.approve(DEE)

        assert await run.status() == "blocked"


async def test_the_chain_of_seals_holds_over_what_was_audited_before(database, kit):
    ((head, lines),) = rows(
        database, "SELECT digest, (SELECT sum(lines) FROM seals) FROM seals ORDER BY last_id DESC"
    )[:1]

    found = await Seals(kit.engine._db, FakeClock(OPENED)).verify(noted=head)

    assert (found.broken, found.knows, found.lines) == (None, True, lines)


async def test_a_repeated_start_finds_the_run_that_was_started_before_the_upgrade(database, kit):
    bo = rows(database, "SELECT requested_by FROM runs WHERE start_key = 'approval'")[0][0]
    asked = Start("asks", {"about": "approval"}, bo, "api", scope="stored", key="approval")

    started = await kit.engine.start(asked)

    assert (started.run_id, started.repeated) == (run_of(database, "approval"), True)


async def test_a_job_that_starts_by_itself_starts_once_at_the_time_that_was_planned(kit):
    await kit.move(hours=24)

    (found,) = await kit.engine.list(job="ticks")
    assert found.status == "completed"
    assert f"{found.created_at:%F %H:%M}" == "2026-03-03 08:00"  # nine in Berlin


async def test_what_has_ended_is_tidied_up_ninety_days_later(database, kit):
    kit.clock.move(days=100)
    await kit.engine.prune(KEPT)

    view = await KitRun(run_of(database, "decided, approve"), kit).view()
    assert "pruned" in [line.what for line in view.timeline]
    assert named(view.result) == EXPECTED["decided, approve"]["result"]
    assert violations(kit.path) == []


async def test_what_was_stored_has_no_contradiction_in_it_after_the_upgrade(kit):
    assert violations(kit.path) == []


async def test_every_run_is_ended_in_one_process_and_none_disturbs_another(database, kit):
    for story, ending in ENDINGS.items():
        if story not in SAME_RUN and ending.jobs == BEFORE and "silence" not in story:
            await ending.act(kit, KitRun(run_of(database, story), kit))
    await kit.move(hours=30)

    left = {
        story: await KitRun(run_of(database, story), kit).status()
        for story in set(ENDINGS) - set(SAME_RUN) - {"nondeterminism"}
    }
    assert set(left.values()) <= {"completed", "cancelled"}, left
    assert violations(kit.path) == []
