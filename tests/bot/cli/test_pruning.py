"""`harbor prune`: what it takes away, what it only counts, and what it refuses."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from store.opening import open_database, sqlite_path
from tests.bot.cli.conftest import Shell
from tests.workflows.engine.oracle import rows
from tests.workflows.kit import Harness, a_job
from workflows.errors import StepFailed
from workflows.testing import FakeClock
from workflows.testing.installation import new_installation


async def story(ctx, request):
    await ctx.step.run("no", no)


def no():
    raise StepFailed("no")


async def _old_run(url: str) -> str:
    """Answer a run that failed a hundred days ago."""
    clock = FakeClock(datetime.now(UTC) - timedelta(days=100))
    db = open_database(url, clock.now)
    harness = await Harness.opened(db, clock, a_job(story, "echo"))
    run = await harness.started(job="echo")
    await db.close()
    return run


@pytest.fixture
def run(alone: Shell) -> str:
    url = alone.environment["HARBOR_DATABASE_URL"]
    sqlite_path(url).write_bytes(new_installation())
    return asyncio.run(_old_run(url))


def journal(shell: Shell) -> int:
    path = sqlite_path(shell.environment["HARBOR_DATABASE_URL"])
    return rows(path, "SELECT count(*) FROM journal")[0][0]


def test_a_dry_run_says_what_would_go_and_takes_nothing(alone: Shell, run: str):
    ran = alone.harbor("prune", "--dry-run")

    assert ran.status == 0, ran.err
    assert ran.out == "rows to delete: 2, of runs: 1; what was decided stays\n"
    assert journal(alone) == 1


def test_what_ended_long_ago_loses_its_journal_and_can_no_longer_be_retried(alone: Shell, run: str):
    ran = alone.harbor("prune", "--json")
    retried = alone.harbor("retry", run)
    shown = alone.harbor("show", run)
    audited = json.loads(alone.harbor("audit", "export").out)

    assert ran.status == 0, ran.err
    assert json.loads(ran.out) == {"runs": 1, "rows": 2, "more": False}
    assert journal(alone) == 0
    assert retried.status == 1
    assert "journal was deleted" in retried.err
    assert "(pruned)" in retried.err
    assert "pruned" in shown.out
    assert [(line["actor"], line["outcome"]) for line in audited if line["action"] == "prune"] == [
        ("operator:olga", "done")
    ]


def test_what_is_not_that_old_stays(alone: Shell, run: str):
    ran = alone.harbor("prune", "--older-than", "101d")

    assert ran.out == "rows deleted: 0, of runs: 0; what was decided stays\n"
    assert journal(alone) == 1


@pytest.mark.parametrize("length", ["6d", "0", "90 d", "-1d", "401d", "soon"])
def test_a_length_that_is_none_or_too_short_is_a_usage_error(alone: Shell, length: str):
    ran = alone.harbor("prune", f"--older-than={length}")

    assert ran.status == 2
    assert "--older-than" in ran.err


def test_a_running_server_is_asked_to_prune(shell: Shell):
    ran = shell.harbor("prune", "--json")

    assert ran.status == 0, ran.err
    assert json.loads(ran.out) == {"runs": 0, "rows": 0, "more": False}
