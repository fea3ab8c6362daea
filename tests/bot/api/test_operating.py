"""What only the command line may ask for: decisions past the policy, tokens, the audit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.access import operator_credential
from bot.web import operator
from bot.web.problems import Problem
from tests.bot.api.desk import Desk
from workflows.approvals.view import GateStatus, GateView


@pytest.fixture
def ops(desk: Desk) -> Iterator[httpx.Client]:
    with desk.http(desk.operator()) as found:
        yield found


def decided(ops: httpx.Client, run_id: str, choice: str = "approved", **more: object):
    body = {"choice": choice, "note": "the shop is on fire", **more}
    return ops.post(f"/-/runs/{run_id}/decide", json=body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/-/runs/{}/decide"),
        ("GET", "/-/runs/{}/gates"),
        ("POST", "/-/tokens"),
        ("GET", "/-/tokens"),
        ("DELETE", "/-/tokens/x"),
        ("GET", "/-/audit"),
    ],
)
def test_a_token_with_every_scope_is_refused(api: httpx.Client, method: str, path: str):
    answer = api.request(method, path.format("0" * 26))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_the_command_lines_credential_lives_for_a_minute(desk: Desk):
    with desk.http(desk.operator()) as ops:
        before = ops.get("/jobs").status_code
        desk.move(seconds=70)
        after = ops.get("/jobs").status_code

    assert (before, after) == (200, 401)


def test_a_credential_of_another_key_or_from_the_future_is_401(desk: Desk):
    class Ahead:
        def now(self) -> datetime:
            return desk.town.clock.now() + timedelta(minutes=5)

    forged = operator_credential("another key, which is long enough for anybody", desk.town.clock)
    early = operator_credential(desk.key, Ahead())

    for credential in (forged, early, forged[:-1], "x.y.z"):
        with desk.http(credential) as ops:
            assert ops.get("/jobs").status_code == 401


def test_an_operator_decides_past_the_policy_and_is_named(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")

    answer = decided(ops, run_id)

    run = desk.ended(run_id)
    (gate,) = answer.json()["items"]
    assert answer.status_code == 200
    assert gate["status"] == "approved"
    assert gate["decided_by"].startswith("operator:")
    assert run["waits"][0]["note"] == "the shop is on fire"
    assert run["result"]["by"] == gate["decided_by"].removeprefix("operator:")


def test_an_operator_alone_is_enough_where_two_are_needed(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-two")

    decided(ops, run_id, "rejected")

    assert desk.ended(run_id)["waits"][0]["outcome"] == "rejected"


def test_a_decision_without_a_reason_is_422(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")

    answers = [decided(ops, run_id, note=note) for note in ("", "  ", None)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]


def test_what_is_decided_stays_decided(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")
    decided(ops, run_id)

    answer = decided(ops, run_id, "rejected")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
    assert answer.json()["outcome"] == "approved"


def test_an_expired_approval_is_410(desk: Desk):
    run_id = desk.waiting("ask-people")
    gate_id = desk.until(run_id, lambda run: True)["waits"][0]["gate_id"]
    desk.town.clock.move(hours=25)

    with desk.http(desk.operator()) as ops:
        answer = decided(ops, run_id, gate=gate_id)

    assert (answer.status_code, answer.json()["code"]) == (410, "expired")
    assert answer.json()["deadline_at"].endswith("Z")


def test_a_cancelled_approval_is_410_run_over(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")
    ops.post(f"/runs/{run_id}/cancel")
    desk.ended(run_id)

    answer = decided(ops, run_id)

    assert (answer.status_code, answer.json()["code"]) == (410, "run_over")


def test_a_run_that_asked_nobody_has_nothing_to_decide(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("listen")

    answer = decided(ops, run_id)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_decide")


def test_another_gate_is_404(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")

    answer = decided(ops, run_id, gate="0" * 32)

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_gate")


def test_of_several_open_approvals_one_has_to_be_named(desk: Desk):
    run_ids = [desk.waiting("ask-people"), desk.waiting("ask-people")]
    gates = desk.town.harbor.gates
    found: list[GateView] = [desk.portal.call(gates.of_run, run_id)[0] for run_id in run_ids]
    assert {gate.status for gate in found} == {GateStatus.OPEN}

    with pytest.raises(Problem) as refused:
        operator._meant(found, None)

    assert (refused.value.status, refused.value.code) == (409, "several_open")
    assert [gate["id"] for gate in refused.value.more["gates"]] == [gate.id for gate in found]
    assert operator._meant(found, found[1].id) is found[1]


def test_a_gate_is_shown_with_the_payload_that_is_approved(desk: Desk, ops: httpx.Client):
    run_id = desk.waiting("ask-people")

    (gate,) = ops.get(f"/-/runs/{run_id}/gates").json()["items"]

    assert gate["title"] == "May it?"
    assert gate["shown"] == {"amount": 7}
    assert gate["policy"]["channel_members"] is True
    assert len(gate["digest"]) == 64


# -- tokens ----------------------------------------------------------------------------------------


def test_a_made_token_works_and_is_listed_without_itself(desk: Desk, ops: httpx.Client):
    body = {"name": "ci", "scopes": ["runs:read", "events:write"], "job": "echo"}

    made = ops.post("/-/tokens", json=body)

    token = made.json()["token"]
    with desk.http(token) as api:
        assert api.get("/jobs").status_code == 200
    listed = ops.get("/-/tokens")
    (line,) = [each for each in listed.json()["items"] if each["name"] == "ci"]
    assert made.status_code == 201
    assert (line["scopes"], line["job"]) == (["events:write", "runs:read"], "echo")
    assert line["created_by"].startswith("operator:")
    assert token.rpartition("_")[2] not in listed.text


def test_a_name_is_given_once_even_after_it_was_revoked(ops: httpx.Client):
    body = {"name": "old", "scopes": ["runs:read"]}
    ops.post("/-/tokens", json=body)
    ops.delete("/-/tokens/old")

    answer = ops.post("/-/tokens", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"scopes": ["runs:red"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"name": "two words"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"job": "nope"}, "job"),
    ],
)
def test_a_token_that_cannot_be_is_422(ops: httpx.Client, change: dict[str, object], where: str):
    answer = ops.post("/-/tokens", json={"name": "new", "scopes": ["runs:read"], **change})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where


def test_a_token_is_revoked_once(ops: httpx.Client):
    ops.post("/-/tokens", json={"name": "short-lived", "scopes": ["runs:read"]})

    answers = [ops.delete("/-/tokens/short-lived") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert answers[1].json()["code"] == "unknown_token"


# -- the audit -------------------------------------------------------------------------------------


def test_the_audit_holds_what_was_done_and_what_was_refused(
    desk: Desk, api: httpx.Client, ops: httpx.Client
):
    run_id = desk.waiting("ask-people")
    vote = {"name": "decision", "payload": {"kind": "approved"}}
    api.post(f"/runs/{run_id}/events", json=vote)
    decided(ops, run_id)

    lines = ops.get("/-/audit").json()["items"]

    told = [(line["action"], line["outcome"]) for line in lines if line["run_id"] == run_id]
    assert told == [
        ("start", "done"),
        ("decide", "refused:human_required"),
        ("decide", "approved"),
    ]


def test_the_audit_is_read_in_pages(desk: Desk, ops: httpx.Client, monkeypatch: pytest.MonkeyPatch):
    for _ in range(3):
        desk.started("echo", item="tea")
    monkeypatch.setattr(operator, "AUDIT_PAGE", 2)

    first = ops.get("/-/audit").json()
    second = ops.get("/-/audit", params={"after": first["next"]}).json()

    assert len(first["items"]) == 2
    assert second["items"][0]["number"] > first["items"][-1]["number"]


def test_the_audit_begins_where_it_is_asked_to(desk: Desk, ops: httpx.Client):
    desk.started("echo", item="tea")
    desk.move(seconds=10)
    since = desk.town.clock.now().astimezone(UTC).isoformat()
    late = desk.started("echo", item="milk")

    lines = ops.get("/-/audit", params={"since": since}).json()["items"]

    assert {line["run_id"] for line in lines} == {late}


@pytest.mark.parametrize("query", [{"since": "yesterday"}, {"after": "-1"}, {"after": "9" * 30}])
def test_a_part_of_the_audit_that_is_none_is_422(ops: httpx.Client, query: dict[str, str]):
    assert ops.get("/-/audit", params=query).status_code == 422
