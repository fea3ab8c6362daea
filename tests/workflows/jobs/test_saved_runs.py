"""Runs that earlier releases have parked go on with today's code, on today's schema (i26)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import meta
from store.opening import open_database
from tests.workflows.jobs.saving import SAVED
from workflows.engine.local.rehearsal import Verdict, rehearse
from workflows.ids import step_key
from workflows.jobs import approve_and_act, approve_and_act_links
from workflows.registry import load
from workflows.testing import FakeClock, Kit, member

RELEASES = sorted(SAVED.glob("*.sql"))


def save_issue(team: str, title: str, description: str | None = None) -> dict[str, str]:
    return {"url": f"https://linear.example.com/{team}/1"}


@pytest.fixture(params=RELEASES, ids=lambda path: path.stem)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "saved.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text())
    return path


async def test_no_run_that_was_saved_is_blocked_by_todays_code(database):
    db = open_database(f"sqlite:///{database}", FakeClock().now)

    found = [each async for each in rehearse(db, load([]), FakeClock())]
    await db.close()

    assert sorted((each.job, each.status.value) for each in found) == [
        ("approve-and-act", "ready"),
        ("approve-and-act", "waiting"),
        ("approve-and-act-links", "ready"),
        ("approve-and-act-links", "waiting"),
    ]
    assert {(each.verdict, each.reason) for each in found} == {(Verdict.GOES_ON, None)}


async def test_every_run_that_was_saved_is_finished_by_todays_code(database):
    plugins = {"linear": {"save_issue": save_issue}}
    async with Kit(
        approve_and_act, approve_and_act_links, plugins=plugins, database=database
    ) as kit:
        waiting = [run for run in await kit.runs() if await run.status() == "waiting"]
        for run in waiting:
            if (await run.view()).job == "approve-and-act":
                await run.approve(member("UBO"))
            else:
                await run.deliver("decision", {"kind": "approved"})
        await kit.move(minutes=1)

        results = [await run.result() for run in await kit.runs()]

        assert [result["acted"] for result in results] == [True] * 4
        assert len({call.key for call in kit.calls}) == 4


async def test_a_step_that_was_being_tried_is_tried_again_with_the_key_it_had(database):
    plugins = {"linear": {"save_issue": save_issue}}
    async with Kit(
        approve_and_act, approve_and_act_links, plugins=plugins, database=database
    ) as kit:
        trying = [run.id for run in await kit.runs() if await run.status() == "ready"]
        installation = await kit.engine._db.read(meta.installation_id)

        await kit.move(minutes=1)

        assert {(call.key, call.attempt) for call in kit.calls} == {
            (step_key(installation, run, "linear.create_issue", 1), 2) for run in trying
        }
