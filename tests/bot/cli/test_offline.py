"""The commands where Harbor does not run: they open the database themselves, under its lock."""

import json

import pytest

from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell


def test_a_run_is_started_and_stays_ready_and_that_is_said(alone: Shell):
    started = alone.process("run", "echo", "item=tea")

    run_id = started.out.strip()
    listed = alone.harbor("runs", "--json")
    assert started.status == 0, started.err
    assert "harbor serve" in started.err
    assert [(run["id"], run["status"]) for run in json.loads(listed.out)] == [(run_id, "ready")]


def test_following_a_run_that_cannot_go_on_ends_and_says_why(alone: Shell):
    run_id = alone.harbor("run", "echo", "item=tea").out.strip()

    followed = alone.harbor("show", run_id, "--follow")
    waited = alone.harbor("run", "echo", "item=tea", "--wait")

    assert followed.status == 0
    assert "ready" in followed.out
    assert "harbor serve" in followed.err
    assert waited.status == 1


def test_a_token_can_be_made_before_harbor_runs(alone: Shell):
    made = alone.harbor("token", "create", "first", "--scope", "runs:read")

    listed = alone.harbor("token", "list", "--json")
    assert made.out.startswith("hbr_")
    assert json.loads(listed.out)["items"][0]["created_by"] == "operator:olga"


def test_a_run_is_cancelled(alone: Shell):
    run_id = alone.harbor("run", "echo", "item=tea").out.strip()

    cancelled = alone.harbor("cancel", run_id, "--force")

    assert (cancelled.status, cancelled.out) == (0, f"{run_id} cancelled\n")


def test_a_refusal_reads_the_same(alone: Shell):
    ran = alone.harbor("approve", "0" * 26, "--note", "why")

    assert ran.status == 1
    assert "unknown_run" in ran.err


def test_a_database_that_another_process_owns_is_not_opened(shell: Shell, desk: Desk):
    settings = desk.town.settings

    ran = shell.but(HARBOR_PORT="1", HARBOR_DATABASE_URL=settings.database_url).process("runs")

    assert ran.status == 1
    assert "in use by another Harbor process" in ran.err


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_lists_are_json_with_any_number_of_rows(alone: Shell, rows: int):
    for n in range(rows):
        assert alone.harbor("run", "listen").status == 0
        assert alone.harbor("token", "create", f"ci-{n}", "--scope", "runs:read").status == 0

    runs = json.loads(alone.harbor("runs", "--json").out)
    tokens = json.loads(alone.harbor("token", "list", "--json").out)["items"]
    audit = json.loads(alone.harbor("audit", "export").out)
    jobs = json.loads(alone.harbor("jobs", "--json").out)["items"]

    assert (len(runs), len(tokens), len(audit)) == (rows, rows, 2 * rows)
    assert "listen" in [each["name"] for each in jobs]
