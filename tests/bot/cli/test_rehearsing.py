"""`harbor replay --dry-run`: before a deploy, beside the server that runs."""

import json
from pathlib import Path

import pytest

from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell

CHANGED = """
from pydantic import BaseModel
from workflows import Context, Policy, job

class Anything(BaseModel):
    pass

def look(item):
    raise RuntimeError("executed")

@job(name="ask-people")
async def ask_people(ctx: Context, request: Anything) -> None:
    await ctx.step.run("look", look, "item")
    await ctx.approval("decision", "Go?", policy=Policy(channel_members=True), timeout="1h")
"""


@pytest.fixture
def changed(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in which `ask-people` has another first step, and other jobs are missing."""
    (tmp_path / "changed_jobs.py").write_text(CHANGED)
    monkeypatch.syspath_prepend(tmp_path)
    return shell.but(HARBOR_JOBS="changed_jobs")


def test_on_the_same_code_every_run_goes_on_while_the_server_runs(shell: Shell, desk: Desk):
    run = desk.waiting("ask-people")

    ran = shell.harbor("replay", "--dry-run", "--json")

    assert ran.status == 0, ran.err + ran.out
    items = {item["run_id"]: item for item in json.loads(ran.out)["items"]}
    assert items[run] == {
        "run_id": run,
        "job": "ask-people",
        "status": "waiting",
        "verdict": "goes_on",
        "reason": None,
    }


def test_on_changed_code_it_says_which_runs_would_block_and_why(changed: Shell, desk: Desk):
    run = desk.waiting("ask-people")

    ran = changed.harbor("replay", "--dry-run")

    assert ran.status == 1
    (line,) = [line for line in ran.out.splitlines() if line.startswith(run)]
    assert "ask-people  blocks: nondeterminism: the code now reaches 'look'" in line
    assert "ask-people: 0 of" in ran.err
    assert desk.until(run, lambda found: True)["status"] == "waiting"


def test_no_slack_and_no_secret_is_needed(changed: Shell):
    bare = {
        name: value for name, value in changed.environment.items() if not name.startswith("SLACK_")
    }

    ran = Shell(bare).harbor("replay", "--dry-run", "--json")

    assert ran.status == 1
    assert json.loads(ran.out)["items"]


def test_without_dry_run_nothing_is_replayed(shell: Shell):
    ran = shell.harbor("replay")

    assert ran.status == 2
    assert "--dry-run" in ran.err


def test_a_database_that_is_not_there_is_named(alone: Shell):
    ran = alone.harbor("replay", "--dry-run")

    assert ran.status == 1
    assert "own.db does not exist" in ran.err
