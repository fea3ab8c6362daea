"""The commands beside a Harbor that runs."""

import csv
import io
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.seals import Seals
from store.opening import sqlite_path
from tests.bot.api import jobs
from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell
from workflows.ids import is_run_id


def test_jobs_are_listed_with_their_fields(shell: Shell):
    ran = shell.harbor("jobs")

    assert ran.status == 0
    assert "echo\titem [amount] [urgent] [tags]\t\tAnswer the input." in ran.out.splitlines()


def test_run_prints_the_id_alone_and_reads_values_by_the_jobs_model(shell: Shell, desk: Desk):
    ran = shell.process("run", "echo", "item=42", "amount=7", "urgent=true", 'tags=["a"]')

    assert ran.status == 0, ran.err
    assert is_run_id(ran.out.strip())
    run = desk.ended(ran.out.strip())
    assert run["input"] == {"item": "42", "amount": 7, "urgent": True, "tags": ["a"]}
    assert run["requested_by"] == "operator:olga"


def test_run_waits_and_prints_the_result(shell: Shell):
    ran = shell.harbor("run", "echo", "item=tea", "--wait")

    assert ran.status == 0
    assert json.loads(ran.out)["item"] == "tea"
    assert "completed" in ran.err


def test_a_run_that_fails_while_waited_for_is_status_1(shell: Shell):
    jobs.BROKEN.add("cup")

    ran = shell.harbor("run", "mend", "item=cup", "--wait", "--json")

    jobs.BROKEN.clear()
    assert ran.status == 1
    assert json.loads(ran.out)["status"] == "failed"


def test_the_same_key_prints_the_same_id(shell: Shell):
    ids = {shell.harbor("run", "echo", "item=t", "--key", "once").out for _ in range(2)}

    assert len(ids) == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("echo", "itm=tea"), "itm"),
        (("echo", "item=tea", "amount=many"), "amount"),
        (("echo", "item"), "item"),
        (("echo", "item=a", "item=b"), "item"),
    ],
)
def test_an_argument_that_cannot_be_is_status_2_and_names_the_field(
    shell: Shell, arguments: tuple[str, ...], word: str
):
    ran = shell.harbor("run", *arguments)

    assert ran.status == 2
    assert word in ran.err


def test_an_input_that_the_model_refuses_is_status_1_and_names_the_field(shell: Shell):
    ran = shell.harbor("run", "echo", "item=")

    assert ran.status == 1
    assert "input.item" in ran.err


def test_an_unknown_job_is_status_1_and_lists_those_there_are(shell: Shell):
    ran = shell.harbor("run", "ecco", "item=tea")

    assert ran.status == 1
    assert "echo" in ran.err


def test_an_input_comes_from_a_file_or_from_standard_input(shell: Shell, tmp_path: Path):
    path = tmp_path / "order.json"
    path.write_text('{"item": "tea"}')

    from_file = shell.harbor("run", "echo", "--input", str(path), "--wait", "amount=3")
    from_stdin = shell.process("run", "echo", "--input", "-", "--wait", stdin='{"item": "milk"}')

    assert json.loads(from_file.out)["amount"] == 3
    assert json.loads(from_stdin.out)["item"] == "milk"


def test_x107_only_a_small_regular_file_is_read(shell: Shell, tmp_path: Path):
    large, fifo = tmp_path / "large.json", tmp_path / "fifo"
    with large.open("wb") as file:
        file.truncate(1024**3)
    os.mkfifo(fifo)

    for path, word in (
        (large, "larger"),
        (fifo, "no regular file"),
        (Path("/proc/self/status"), "no regular file"),
        (Path("/dev/zero"), "no regular file"),
        (tmp_path, "no regular file"),
        (tmp_path / "missing", "No such file"),
    ):
        ran = shell.harbor("run", "echo", "--input", str(path))
        assert ran.status == 2
        assert word in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize("given", ['{"item": NaN}', '{"item": "a", "item": "b"}', "[]", "{"])
def test_an_input_that_is_no_strict_json_object_is_status_2(shell: Shell, given: str):
    assert shell.harbor("run", "echo", "--input", "-", stdin=given).status == 2


def test_runs_are_listed_by_status_and_job(shell: Shell, desk: Desk):
    run_id = desk.waiting("listen")

    listed = shell.harbor("runs", "--status", "waiting", "--job", "listen")
    as_json = shell.harbor("runs", "--job", "listen", "--json")

    assert f"{run_id}\tlisten\twaiting" in listed.out
    assert json.loads(as_json.out)[0]["id"] == run_id


def test_show_draws_the_card_with_its_payload_and_the_timeline(shell: Shell, desk: Desk):
    run_id = desk.waiting("ask-people")

    ran = shell.harbor("show", run_id)

    assert ran.status == 0
    for word in (
        "waiting",
        "May it?",
        '"amount": 7',
        "channel_members=True",
        "approval opened",
        "digest ",
        "until ",
    ):
        assert word in ran.out


def test_show_prints_json_on_request(shell: Shell, desk: Desk):
    run_id = desk.waiting("ask-people")

    ran = shell.harbor("show", run_id, "--json")

    assert json.loads(ran.out)["waits"][0]["status"] == "open"


def test_show_follows_until_the_run_has_ended(shell: Shell, desk: Desk):
    run_id = desk.waiting("listen")
    with desk.http() as api:
        event = {"name": "decision", "payload": {"kind": "approved"}}
        api.post(f"/runs/{run_id}/events", json=event)

    ran = shell.harbor("show", run_id, "--follow")

    assert ran.status == 0
    assert ran.out.splitlines()[-1].endswith("completed")


def test_what_people_typed_moves_no_cursor(shell: Shell, desk: Desk):
    run_id = desk.started("echo", item="\x1b[2J\u202eevil")

    ran = shell.harbor("show", run_id)

    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert "evil" in ran.out


@pytest.mark.parametrize(
    "hidden", ["\u3164", "\u2800", "\u0336", "\u202e", "\x1b", "\u2028", "\ue000"]
)
def test_what_would_hide_is_shown_by_its_number_on_a_terminal_g6(
    shell: Shell, desk: Desk, hidden: str
):
    run_id = desk.started("echo", item=f"5{hidden}0")

    ran = shell.harbor("show", run_id)

    assert hidden not in ran.out
    assert f"5⟨U+{ord(hidden):04X}⟩0" in ran.out or "5\\u001b0" in ran.out


def test_an_unknown_run_is_status_1(shell: Shell):
    ran = shell.process("show", "0" * 26)

    assert (ran.status, ran.out) == (1, "")
    assert "unknown_run" in ran.err


def test_cancel_and_retry_say_what_the_run_is_now(shell: Shell, desk: Desk):
    waiting = desk.waiting("listen")
    jobs.BROKEN.add("cup")
    failed = desk.started("mend", item="cup")
    desk.ended(failed)
    jobs.BROKEN.clear()

    cancelled = shell.harbor("cancel", waiting, "--force")
    again = shell.harbor("cancel", waiting)
    retried = shell.harbor("retry", failed)

    assert (cancelled.status, cancelled.out) == (0, f"{waiting} cancelled\n")
    assert (again.status, "run_over" in again.err) == (1, True)
    assert retried.status == 0
    assert desk.ended(failed)["status"] == "completed"


def test_an_approval_by_an_operator_is_named_and_audited(shell: Shell, desk: Desk):
    run_id = desk.waiting("ask-people")

    approved = shell.harbor("approve", run_id, "--note", "nobody is awake")
    again = shell.harbor("reject", run_id, "--note", "no")

    assert approved.status == 0
    assert approved.out.endswith("\ndecision approved by operator:olga\n")
    assert again.status == 1
    assert "approved" in again.err
    assert "operator:olga" in again.err
    assert desk.ended(run_id)["waits"][0]["note"] == "nobody is awake"


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_an_operator_is_shown_the_whole_question_before_it_is_decided_g1(
    shell: Shell, desk: Desk, verb: str
):
    run_id = desk.waiting("ask-people")

    decided = shell.harbor(verb, run_id, "--note", "nobody is awake")

    for words in ("May it?", "Amount: 7", "digest ", "asked by ", "open until ", "who may decide "):
        assert words in decided.out
    as_json = shell.harbor(verb, desk.waiting("ask-people"), "--note", "x", "--json")
    assert "May it?" in as_json.err
    assert json.loads(as_json.out)["items"][0]["status"] in {"approved", "rejected"}


def test_people_have_names_in_the_terminal_g8(shell: Shell, desk: Desk):
    run_id = desk.waiting("pay", who=desk.town.member("gus").id)

    decided = shell.harbor("approve", run_id, "--note", "nobody is awake")

    assert "Pay @gus?" in decided.out
    assert "Who: @gus" in decided.out


def test_a_decision_needs_a_reason(shell: Shell, desk: Desk):
    run_id = desk.waiting("ask-people")

    assert shell.process("approve", run_id).status == 2
    assert shell.harbor("approve", run_id, "--note", " ").status == 2


def test_a_token_is_printed_alone_and_once(shell: Shell, desk: Desk):
    made = shell.harbor("token", "create", "ci", "--scope", "runs:read", "--scope", "runs:write")
    token = made.out.strip()
    listed = shell.harbor("token", "list")
    headers = {"Authorization": f"Bearer {token}"}
    before = httpx.get(f"{desk.url}/jobs", headers=headers, trust_env=False).status_code

    revoked = shell.harbor("token", "revoke", "ci")

    after = httpx.get(f"{desk.url}/jobs", headers=headers, trust_env=False).status_code
    assert made.out == f"{token}\n"
    assert "ci\truns:read runs:write\t" in listed.out
    assert token not in listed.out
    assert revoked.status == 0
    assert (before, after) == (200, 401)


def test_an_unknown_scope_is_refused(shell: Shell):
    ran = shell.harbor("token", "create", "bad", "--scope", "runs:everything")

    assert (ran.status, ran.out) == (1, "")
    assert "runs:read" in ran.err


def test_the_audit_is_one_array_or_a_table(shell: Shell, desk: Desk):
    run_id = desk.waiting("ask-people")
    with desk.http() as api:
        vote = {"name": "decision", "payload": {"kind": "approved"}}
        api.post(f"/runs/{run_id}/events", json=vote)

    as_json = json.loads(shell.harbor("audit", "export").out)
    as_csv = list(
        csv.DictReader(io.StringIO(shell.harbor("audit", "export", "--format", "csv").out))
    )

    told = [line["outcome"] for line in as_json if line["run_id"] == run_id]
    assert told == ["done", "refused:human_required"]
    assert [line["outcome"] for line in as_csv if line["run_id"] == run_id] == told


def test_an_audit_from_tomorrow_on_is_an_empty_array(shell: Shell):
    ran = shell.harbor("audit", "export", "--since", "2999-01-01")

    assert json.loads(ran.out) == []


def test_a_date_that_is_none_is_refused(shell: Shell):
    assert shell.harbor("audit", "export", "--since", "yesterday").status == 1


def test_a_command_line_with_another_key_is_told_so(shell: Shell):
    ran = shell.but(HARBOR_SECRET_KEY="k" * 40).harbor("runs")

    assert ran.status == 1
    assert "HARBOR_SECRET_KEY" in ran.err


def test_a_server_that_is_somebody_elses_is_told_so(shell: Shell, desk: Desk):
    port = desk.town.sandbox.url.rpartition(":")[2]

    ran = shell.but(HARBOR_PORT=port).harbor("runs")

    assert ran.status == 1
    assert "not Harbor" in ran.err


def test_every_command_has_help(shell: Shell):
    for command in ("jobs", "run", "runs", "show", "cancel", "retry", "approve", "reject"):
        assert shell.harbor(command, "--help").status == 0


def test_the_audit_is_verified_and_a_digest_that_was_kept_is_known(shell: Shell, desk: Desk):
    desk.waiting("ask-people")

    verified = shell.harbor("audit", "verify")
    as_json = json.loads(shell.harbor("audit", "verify", "--json").out)
    unknown = shell.harbor("audit", "verify", "--noted", "0" * 64)

    assert verified.status == 0
    assert verified.out.startswith("intact: ")
    assert as_json["broken"] is None
    assert (unknown.status, unknown.out.startswith("UNKNOWN DIGEST")) == (1, True)


def test_an_audit_with_a_changed_line_is_broken_and_status_1(shell: Shell, desk: Desk):
    desk.started("echo", item="tea")
    desk.portal.call(Seals(desk.town.harbor.db, desk.town.clock).tick)
    path = sqlite_path(desk.town.settings.database_url)
    assert shell.harbor("audit", "verify").status == 0

    with closing(sqlite3.connect(path, timeout=5)) as db, db:
        ((last, actor),) = db.execute("SELECT id, actor FROM audit ORDER BY id DESC LIMIT 1")
        db.execute("UPDATE audit SET actor = 'operator:nobody' WHERE id = ?", (last,))
    ran, as_json = shell.harbor("audit", "verify"), shell.harbor("audit", "verify", "--json")
    with closing(sqlite3.connect(path, timeout=5)) as db, db:
        db.execute("UPDATE audit SET actor = ? WHERE id = ?", (actor, last))

    assert (ran.status, as_json.status) == (1, 1)
    assert ran.out.startswith("BROKEN: ")
    assert json.loads(as_json.out)["broken"][1] == last
