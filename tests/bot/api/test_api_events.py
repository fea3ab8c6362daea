"""Events over the API: in the order of the checks, once each, to waits and to approvals."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

import httpx
import pytest

from bot.access import Scope
from tests.bot.api.desk import Desk

APPROVED = {"name": "decision", "payload": {"kind": "approved", "note": "fine"}}
REJECTED = {"name": "decision", "payload": {"kind": "rejected"}}


def sent(api: httpx.Client, run_id: str, body: object, **headers: str) -> httpx.Response:
    return api.post(f"/runs/{run_id}/events", json=body, headers=headers)


def test_an_event_for_an_open_wait_resolves_it(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, APPROVED)

    assert answer.status_code == 202
    assert answer.json()["disposition"] == "resolved"
    assert isinstance(answer.json()["event_id"], int)
    run = desk.ended(run_id)
    assert run["result"]["kind"] == "approved"
    assert run["result"]["by"].startswith("token:program-")


def test_an_event_before_its_wait_is_buffered_for_it(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen-later", "first")

    early = sent(api, run_id, {"name": "second", "payload": {"kind": "go"}})
    sent(api, run_id, {"name": "first", "payload": {"kind": "go"}})

    assert (early.status_code, early.json()["disposition"]) == (202, "buffered")
    assert desk.ended(run_id)["result"]["kind"] == "go"


def test_the_same_key_again_answers_200_and_the_first_body(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answers = [sent(api, run_id, APPROVED, **{"Idempotency-Key": "k"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 200]
    assert answers[0].text == answers[1].text
    assert [answer.headers["Idempotency-Key"] for answer in answers] == ["k", "k"]


def test_the_same_key_with_another_event_is_409_key_reused(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    sent(api, run_id, APPROVED, **{"Idempotency-Key": "k"})

    answer = sent(api, run_id, REJECTED, **{"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")


def test_x44_a_missing_key_is_made_and_answered(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    first = sent(api, run_id, APPROVED)
    again = sent(api, run_id, APPROVED, **{"Idempotency-Key": first.headers["Idempotency-Key"]})

    assert (again.status_code, again.text) == (200, first.text)


@pytest.mark.parametrize("key", [b"", b"x" * 256, "ä".encode(), b"two words"])
def test_x44_a_key_of_another_form_is_400(desk: Desk, api: httpx.Client, key: bytes):
    run_id = desk.waiting("listen")

    answer = api.post(f"/runs/{run_id}/events", json=APPROVED, headers={b"Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_x44_two_keys_are_400(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    answer = api.post(f"/runs/{run_id}/events", json=APPROVED, headers=headers)

    assert answer.status_code == 400


def test_x45_the_same_key_on_two_runs_is_two_events(desk: Desk, api: httpx.Client):
    runs = [desk.waiting("listen"), desk.waiting("listen")]

    answers = [sent(api, run, APPROVED, **{"Idempotency-Key": "k"}) for run in runs]

    assert [answer.status_code for answer in answers] == [202, 202]


def test_x46_sixteen_events_are_kept_for_a_name_and_no_more(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen-later", "first")
    body = {"name": "second", "payload": {"kind": "go"}}

    answers = [sent(api, run_id, body) for _ in range(17)]

    assert {answer.status_code for answer in answers[:16]} == {202}
    assert (answers[16].status_code, answers[16].json()["code"]) == (429, "rate_limited")
    assert int(answers[16].headers["Retry-After"]) > 0


def test_a_wait_that_is_decided_answers_409_even_when_the_run_has_ended(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("ask-programs")
    sent(api, run_id, APPROVED)
    desk.ended(run_id)

    answer = sent(api, run_id, REJECTED)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "already_decided")
    assert problem["outcome"] == "approved"
    assert problem["by"].startswith("token:program-")
    assert datetime.fromisoformat(problem["at"]).tzinfo is not None
    assert problem["at"].endswith("Z")


def test_x47_after_the_deadline_it_is_410_expired_with_the_deadline(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    desk.town.clock.move(hours=25)

    answer = sent(api, run_id, APPROVED, Date="Thu, 01 Jan 2099 00:00:00 GMT")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (410, "expired")
    assert problem["deadline_at"].endswith("Z")


def test_an_event_without_a_wait_for_a_run_that_has_ended_is_410_run_over(
    desk: Desk, api: httpx.Client
):
    run_id = desk.started("echo", item="tea")
    desk.ended(run_id)

    answer = sent(api, run_id, APPROVED)

    assert (answer.status_code, answer.json()["code"]) == (410, "run_over")
    assert answer.json()["run_status"] == "completed"


def test_x41_a_kind_the_wait_does_not_expect_is_422_and_says_which_it_does(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, {"name": "decision", "payload": {"kind": "go"}})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unexpected_kind")
    assert problem["allowed"] == ["approved", "rejected"]


@pytest.mark.parametrize("name", ["__class__", "%s", "{0}", "", "x" * 513, "a\n", None, ["x"]])
def test_x41_a_name_of_another_form_is_422(desk: Desk, api: httpx.Client, name: object):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, {"name": name, "payload": {"kind": "approved"}})

    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "name")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "a" * 129,
        "approved ",
        "APPROVED",
        "аpproved",  # noqa: RUF001  the Cyrillic letter is the point
        "approved\u200b",
        "approved\n",
        ["approved"],
        True,
        7,
        None,
    ],
)
def test_x40_a_kind_of_another_form_is_422(desk: Desk, api: httpx.Client, kind: object):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, {"name": "decision", "payload": {"kind": kind}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "payload.kind"


def test_x40_a_payload_without_a_kind_is_422(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, {"name": "decision", "payload": {}})

    assert answer.json()["errors"][0]["where"] == "payload.kind"


@pytest.mark.parametrize("extra", ["user", "by", "approved_by", "at", "team"])
def test_x42_who_decided_is_never_read_from_the_body(desk: Desk, api: httpx.Client, extra: str):
    run_id = desk.waiting("listen")

    answer = sent(api, run_id, {**APPROVED, extra: "U0BOSS"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == extra


def test_x42_the_payload_may_hold_more_and_the_actor_is_still_the_token(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen")

    sent(api, run_id, {"name": "decision", "payload": {"kind": "approved", "by": "U0BOSS"}})

    assert desk.ended(run_id)["result"]["by"].startswith("token:")


def test_a_payload_over_64_kib_is_413(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    payload = {"kind": "approved", "a": "x" * 40_000, "b": "y" * 40_000}

    answer = sent(api, run_id, {"name": "decision", "payload": payload})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# -- approvals -------------------------------------------------------------------------------------


def test_x60_an_approval_for_people_refuses_a_token_with_every_scope(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("ask-people")

    answer = sent(api, run_id, APPROVED)

    assert (answer.status_code, answer.json()["code"]) == (403, "human_required")
    assert desk.until(run_id, lambda run: run["status"] == "waiting")["waits"][0]["votes"] == []


def test_x60_an_approval_for_programs_refuses_a_token_without_the_scope(desk: Desk):
    run_id = desk.waiting("ask-programs")
    with desk.http(desk.token(Scope.EVENTS_WRITE)) as api:
        answer = sent(api, run_id, APPROVED)

    assert (answer.status_code, answer.json()["code"]) == (403, "human_required")


def test_x60_a_token_with_the_scope_decides_where_the_policy_says_so_under_its_own_name(
    desk: Desk,
):
    run_id = desk.waiting("ask-programs")
    token = desk.token(Scope.EVENTS_WRITE, Scope.DECISIONS_WRITE, name="release-bot")
    with desk.http(token) as api:
        answer = sent(api, run_id, APPROVED)

    run = desk.ended(run_id)
    assert (answer.status_code, answer.json()["disposition"]) == (202, "resolved")
    assert run["result"] == {"kind": "approved", "by": "release-bot"}
    (wait,) = run["waits"]
    assert (wait["outcome"], wait["decided_by"], wait["note"]) == (
        "approved",
        "token:release-bot",
        "fine",
    )
    assert wait["votes"][0]["by"] == "token:release-bot"
    assert wait["votes"][0]["at"].endswith("Z")


def test_a_vote_that_is_not_the_last_is_counted(desk: Desk):
    run_id = desk.waiting("ask-two")
    with desk.http() as one, desk.http() as other:
        first, again, second = (
            sent(one, run_id, APPROVED),
            sent(one, run_id, APPROVED),
            sent(other, run_id, APPROVED),
        )

    assert (first.status_code, first.json()["disposition"]) == (202, "counted")
    assert (again.status_code, again.json()["disposition"]) == (200, "counted")
    assert (second.status_code, second.json()["disposition"]) == (202, "resolved")


def test_a_refused_attempt_is_on_the_timeline(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    sent(api, run_id, {"name": "decision", "payload": {"kind": "go"}})

    timeline = api.get(f"/runs/{run_id}").json()["timeline"]
    assert ("deliver", "refused:unexpected_kind") in {
        (line["what"], line["detail"]) for line in timeline
    }


def test_f22_of_many_different_decisions_at_once_one_is_taken(desk: Desk):
    run_id = desk.waiting("ask-programs")
    tokens = [desk.token() for _ in range(8)]

    def vote(place: int) -> httpx.Response:
        with desk.http(tokens[place]) as api:
            return sent(api, run_id, APPROVED if place % 2 else REJECTED)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(vote, range(8)))

    assert sorted(answer.status_code for answer in answers) == [202, *[409] * 7]
    (winner,) = [answer for answer in answers if answer.status_code == 202]
    outcome = {answer.json()["outcome"] for answer in answers if answer is not winner}
    assert len(outcome) == 1


# -- the order of the checks -----------------------------------------------------------------------


def test_nothing_of_a_request_is_told_to_who_is_not_known(desk: Desk):
    run_id = desk.waiting("listen")
    with desk.http("hbr_nobody") as api:
        answers = [
            sent(api, run_id, APPROVED),
            sent(api, "0" * 26, APPROVED),
            api.post(
                f"/runs/{run_id}/events", content=b"{", headers={"Content-Type": "application/json"}
            ),
        ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}


def test_the_body_is_looked_at_before_the_run(api: httpx.Client):
    answer = sent(api, "0" * 26, {"name": "decision"})

    assert answer.status_code == 422


def test_a_repeated_key_comes_before_a_decided_wait(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    sent(api, run_id, APPROVED, **{"Idempotency-Key": "k"})
    desk.ended(run_id)

    answer = sent(api, run_id, APPROVED, **{"Idempotency-Key": "k"})

    assert answer.status_code == 200


def test_a_decided_wait_comes_before_a_kind_that_is_not_expected(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    sent(api, run_id, APPROVED)

    answer = sent(api, run_id, {"name": "decision", "payload": {"kind": "go"}})

    assert answer.json()["code"] == "already_decided"


def test_a_kind_that_is_not_expected_comes_before_who_may_decide(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("ask-people")

    answer = sent(api, run_id, {"name": "decision", "payload": {"kind": "go"}})

    assert answer.json()["code"] == "unexpected_kind"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(desk: Desk):
    parts = urlsplit(desk.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as wire:
        wire.sendall(
            f"POST /runs HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {256 * 1024 + 1}\r\n\r\n".encode()
        )

        answer = wire.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413")


def test_an_event_and_its_opposite_that_race_have_one_outcome_and_two_honest_answers(
    desk: Desk,
):
    run_id = desk.waiting("ask-programs")

    def send(body: object) -> httpx.Response:
        with desk.http() as api:
            return sent(api, run_id, body)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, [APPROVED, REJECTED]))

    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, won.json()["disposition"]) == (202, "resolved")
    assert (lost.status_code, lost.json()["code"]) == (409, "already_decided")
    outcome = "approved" if won is answers[0] else "rejected"
    assert lost.json()["outcome"] == outcome
    assert desk.ended(run_id)["waits"][0]["outcome"] == outcome


def test_an_event_finds_its_wait_in_a_branch_by_the_name_the_job_gave_g36(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen-in-branches", "all#1[1]/go")

    answer = sent(api, run_id, {"name": "go", "payload": {"kind": "go"}})
    buffered = sent(api, run_id, {"name": "og", "payload": {"kind": "go"}})

    assert answer.json()["disposition"] == "resolved"
    assert "open_waits" not in answer.json()
    assert (buffered.status_code, buffered.json()["open_waits"]) == (202, ["go"])


def test_what_must_be_open_and_is_not_is_409_not_waiting_and_not_stored_g36(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen-later", "first")
    later = {"name": "second", "payload": {"kind": "go"}, "must_be_open": True}

    refused = sent(api, run_id, later, **{"Idempotency-Key": "k"})
    sent(api, run_id, {"name": "first", "payload": {"kind": "go"}, "must_be_open": True})
    desk.until(run_id, lambda run: run["waits"][-1]["name"] == "second")
    taken = sent(api, run_id, later, **{"Idempotency-Key": "k"})
    without = sent(api, run_id, later | {"must_be_open": False}, **{"Idempotency-Key": "k"})

    assert (refused.status_code, refused.json()["code"]) == (409, "not_waiting")
    assert refused.json()["open_waits"] == ["first"]
    assert (taken.status_code, taken.json()["disposition"]) == (202, "resolved")
    assert (without.status_code, without.json()["code"]) == (409, "key_reused")


def test_one_key_of_two_tokens_is_two_events(desk: Desk):
    run_id = desk.waiting("listen-later", "first")
    body = {"name": "second", "payload": {"kind": "go"}}
    answers = []
    for _ in range(2):
        with desk.http() as http:
            answers.append(
                http.post(f"/runs/{run_id}/events", json=body, headers={"Idempotency-Key": "same"})
            )

    first, second = (answer.json()["event_id"] for answer in answers)
    assert [answer.status_code for answer in answers] == [202, 202]
    assert first != second


def test_one_key_of_two_tokens_starts_two_runs(desk: Desk):
    body = {"job": "listen", "input": {}, "idempotency_key": "same-key"}
    answers = []
    for _ in range(2):
        with desk.http() as http:
            answers.append(http.post("/runs", json=body))

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
