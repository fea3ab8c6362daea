"""`harbor deliver`: an event for a bare wait, which an approval refuses."""

import json

import pytest

from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell


def test_an_event_is_delivered_by_the_name_of_its_wait_g36(shell: Shell, desk: Desk):
    run = desk.waiting("listen")

    ran = shell.harbor("deliver", run, "decision", "kind=approved", "note=fine", "n=3")

    assert (ran.status, ran.out) == (0, "resolved\n")
    assert desk.ended(run)["result"] == {"kind": "approved", "by": "operator:olga"}


def test_an_early_one_says_what_the_run_waits_for_g36(shell: Shell, desk: Desk):
    run = desk.waiting("listen-later", "first")

    ran = shell.harbor("deliver", run, "sceond", "kind=go")
    as_json = shell.harbor("deliver", run, "second", "kind=go", "--json")

    assert ran.out == "buffered: the run has not come to that wait yet; it waits for first\n"
    assert json.loads(as_json.out)["open_waits"] == ["first"]


def test_what_must_be_open_is_refused_where_it_is_not_g36(shell: Shell, desk: Desk):
    run = desk.waiting("listen-later", "first")

    ran = shell.harbor("deliver", run, "second", "kind=go", "--must-be-open")

    assert ran.status == 1
    assert "not_waiting" in ran.err
    assert "open: first" in ran.err


@pytest.mark.parametrize("job", ["ask-people", "ask-programs"])
def test_an_approval_refuses_it_and_says_how_it_is_decided_g36(shell: Shell, desk: Desk, job: str):
    run = desk.waiting(job)

    ran = shell.harbor("deliver", run, "decision", "kind=approved")

    assert ran.status == 1
    assert f"harbor approve {run} --note" in ran.err


@pytest.mark.parametrize("payload", [["note=fine"], ["kind"], ["kind=a", "kind=b"]])
def test_a_payload_without_a_kind_is_status_2_g36(shell: Shell, payload: list[str]):
    ran = shell.harbor("deliver", "0" * 26, "decision", *payload)

    assert ran.status == 2
    assert "kind" in ran.err
