"""Runs over the API: jobs, start, read, list, cancel, retry."""

import re

import httpx
import pytest

from bot.access import Scope
from tests.bot.api import jobs
from tests.bot.api.desk import Desk
from tests.bot.api.jobs import RAISED
from workflows.ids import RUN_ID

RUN = {
    "id",
    "job",
    "status",
    "input",
    "result",
    "error",
    "blocked_reason",
    "requested_by",
    "parent_id",
    "created_at",
    "updated_at",
    "finished_at",
    "waits",
    "timeline",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def test_jobs_are_listed_with_the_schema_of_their_input(api: httpx.Client):
    items = api.get("/jobs").json()["items"]

    (echo,) = [item for item in items if item["name"] == "echo"]
    assert echo["description"] == "Answer the input."
    assert echo["input_schema"]["required"] == ["item"]
    assert echo["input_schema"]["properties"]["amount"]["type"] == "integer"


def test_a_started_run_is_answered_with_201_and_its_address(api: httpx.Client):
    answer = api.post("/runs", json={"job": "echo", "input": {"item": "tea"}})

    run = answer.json()
    assert answer.status_code == 201
    assert set(run) == RUN
    assert RUN_ID.fullmatch(run["id"])
    assert answer.headers["Location"] == f"/runs/{run['id']}"
    assert run["input"] == {"item": "tea", "amount": 1, "urgent": False, "tags": []}
    assert run["requested_by"].startswith("token:program-")
    assert TIME.fullmatch(run["created_at"])


def test_a_run_that_has_ended_shows_its_result_and_its_timeline(desk: Desk):
    run = desk.ended(desk.started("echo", item="tea"))

    assert run["status"] == "completed"
    assert run["result"]["item"] == "tea"
    assert run["error"] is None
    assert [line["what"] for line in run["timeline"]] == ["started", "completed"]
    assert TIME.fullmatch(run["finished_at"])


def test_the_same_key_again_answers_200_with_the_same_run(api: httpx.Client):
    body = {"job": "echo", "input": {"item": "tea"}, "idempotency_key": "once"}

    first, second = api.post("/runs", json=body), api.post("/runs", json=body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_the_same_key_with_another_input_is_409_key_reused(api: httpx.Client):
    body = {"job": "echo", "input": {"item": "tea"}, "idempotency_key": "once"}
    api.post("/runs", json=body)

    answer = api.post("/runs", json={**body, "input": {"item": "milk"}})

    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")


def test_x45_the_same_key_of_two_credentials_starts_two_runs(desk: Desk):
    body = {"job": "echo", "input": {"item": "tea"}, "idempotency_key": "once"}

    with desk.http() as one, desk.http() as other:
        answers = [one.post("/runs", json=body), other.post("/runs", json=body)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize("name", ["../x", "nope", "", "echo\u200b", "ECHO"])
def test_x53_a_job_that_is_none_is_404_unknown_job(api: httpx.Client, name: str):
    answer = api.post("/runs", json={"job": name, "input": {}})

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")
    assert "echo" in answer.json()["detail"]


def test_x53_an_input_that_does_not_fit_is_422_and_says_where(api: httpx.Client):
    answer = api.post("/runs", json={"job": "echo", "input": {"item": "", "amount": "many"}})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert {place["where"] for place in problem["errors"]} == {"input.item", "input.amount"}


@pytest.mark.parametrize("item", RAISED)
def test_whatever_a_validator_raises_is_422_with_its_field_and_its_name_g21(
    api: httpx.Client, item: str
):
    answer = api.post("/runs", json={"job": "echo", "input": {"item": item}})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert [place["where"] for place in problem["errors"]] == ["input.item"]
    assert f"Order.known raised {type(RAISED[item]).__name__}" in str(problem["errors"])


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "two words", 7])
def test_a_start_key_of_another_form_is_422(api: httpx.Client, key: object):
    answer = api.post("/runs", json={"job": "echo", "input": {"item": "t"}, "idempotency_key": key})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "idempotency_key"


def test_a_list_is_paged_newest_first_without_waits(desk: Desk, api: httpx.Client):
    ids = [desk.started("listen-later") for _ in range(3)]

    first = api.get("/runs", params={"limit": 2, "job": "listen-later"}).json()
    second = api.get(
        "/runs", params={"limit": 200, "job": "listen-later", "cursor": first["next"]}
    ).json()

    assert [run["id"] for run in first["items"]] == ids[:0:-1]
    assert second["items"][0]["id"] == ids[0]
    assert first["items"][0]["waits"] is None
    assert set(first["items"][0]) == RUN


def test_the_last_page_has_no_next(desk: Desk, api: httpx.Client):
    desk.ended(desk.started("echo", item="tea"))

    page = api.get("/runs", params={"limit": 200, "status": "completed"}).json()

    assert {run["status"] for run in page["items"]} == {"completed"}
    assert page["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "-1"},
        {"limit": "0"},
        {"limit": "1e9"},
        {"limit": "201"},
        {"limit": "٣"},
        {"cursor": "garbage"},
        {"cursor": "WzFd.AAAA"},
        {"order": ";drop table"},
        {"q": "%" * 1000},
        {"status": "asleep"},
        {"limit": ["1", "2"]},
    ],
)
def test_x52_a_query_that_is_none_is_422(api: httpx.Client, query: dict[str, str]):
    answer = api.get("/runs", params=query)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["where"] in query


def test_x52_a_cursor_of_another_list_is_422(desk: Desk, api: httpx.Client):
    for _ in range(2):
        desk.started("listen")
    cursor = api.get("/runs", params={"limit": 1, "job": "listen"}).json()["next"]

    answer = api.get("/runs", params={"limit": 1, "job": "echo", "cursor": cursor})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "cursor"


@pytest.mark.parametrize(
    "run_id",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f",
        "%00",
        "%0d%0aSet-Cookie:x",
        "%ff",
        "%F0%9F%92%A5",
        "0" * 27,
        "0" * 25,
        "I" * 26,
    ],
)
def test_x29_a_run_id_of_another_form_is_404(api: httpx.Client, run_id: str):
    answer = api.get(f"/runs/{run_id}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/runs/", "/runs//events"])
def test_x29_an_empty_run_id_is_404(api: httpx.Client, path: str):
    assert api.get(path).status_code == 404


def test_x30_an_unknown_run_and_one_that_is_not_seen_are_answered_alike(desk: Desk):
    hidden = desk.started("echo", item="tea")
    with desk.http(desk.token(job="listen")) as api:
        answers = [
            api.request(method, path.format(run), json=body)
            for run in ("0" * 26, hidden)
            for method, path, body in (
                ("GET", "/runs/{}", None),
                ("POST", "/runs/{}/cancel", {}),
                ("POST", "/runs/{}/retry", {}),
                ("POST", "/runs/{}/events", {"name": "decision", "payload": {"kind": "go"}}),
            )
        ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert answers[0].json()["code"] == "unknown_run"


def test_x31_after_thirty_misses_in_a_minute_no_run_is_looked_up_any_more(desk: Desk):
    known = desk.started("echo", item="tea")
    with desk.http() as api, desk.http() as neighbour:
        missed = [api.get(f"/runs/{number:026}").status_code for number in range(30)]

        refused = api.get(f"/runs/{known}")
        other = neighbour.get(f"/runs/{known}")
        desk.move(minutes=1)
        later = api.get(f"/runs/{known}")

    assert set(missed) == {404}
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert other.status_code == 429, "the address is counted, too"
    assert later.status_code == 200


def test_x59_a_token_for_one_job_sees_and_starts_that_job_only(desk: Desk):
    desk.started("listen")
    desk.started("echo", item="tea")
    with desk.http(desk.token(job="listen")) as api:
        jobs_seen = [job["name"] for job in api.get("/jobs").json()["items"]]
        runs_seen = {run["job"] for run in api.get("/runs").json()["items"]}
        others = api.get("/runs", params={"job": "echo"}).json()
        refused = api.post("/runs", json={"job": "echo", "input": {"item": "tea"}})

    assert jobs_seen == ["listen"]
    assert runs_seen == {"listen"}
    assert others == {"items": [], "next": None}
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_job")
    assert "echo" not in refused.text


def test_a_waiting_run_is_cancelled(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answer = api.post(f"/runs/{run_id}/cancel")

    assert answer.status_code == 202
    assert answer.json()["id"] == run_id
    run = desk.ended(run_id)
    assert run["status"] == "cancelled"
    assert run["waits"][0]["status"] == "cancelled"


def test_cancelling_twice_is_accepted_until_it_has_ended(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")
    api.post(f"/runs/{run_id}/cancel")
    desk.ended(run_id)

    answer = api.post(f"/runs/{run_id}/cancel")

    assert (answer.status_code, answer.json()["code"]) == (410, "run_over")


@pytest.mark.parametrize(
    ("query", "body"), [("?force", None), ("?force=true", None), ("", {"force": True})]
)
def test_a_forced_cancel_ends_a_run_at_once(
    desk: Desk, api: httpx.Client, query: str, body: dict[str, bool] | None
):
    run_id = desk.waiting("listen")

    answer = api.post(f"/runs/{run_id}/cancel{query}", json=body)

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")


def test_a_forced_cancel_says_so_or_nothing(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answers = [
        api.post(f"/runs/{run_id}/cancel?force=no"),
        api.post(f"/runs/{run_id}/cancel", json={"force": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_a_failed_run_goes_on_where_it_failed(desk: Desk, api: httpx.Client):
    jobs.BROKEN.add("cup")
    run_id = desk.started("mend", item="cup")
    assert desk.ended(run_id)["error"]["message"] == "cup is broken"
    jobs.BROKEN.clear()

    answer = api.post(f"/runs/{run_id}/retry")

    assert answer.status_code == 202
    assert desk.ended(run_id)["status"] == "completed"


def test_only_a_blocked_or_failed_run_can_be_retried(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("listen")

    answer = api.post(f"/runs/{run_id}/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_retry")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/jobs", Scope.RUNS_READ),
        ("GET", "/runs", Scope.RUNS_READ),
        ("GET", "/runs/{}", Scope.RUNS_READ),
        ("POST", "/runs", Scope.RUNS_WRITE),
        ("POST", "/runs/{}/cancel", Scope.RUNS_WRITE),
        ("POST", "/runs/{}/retry", Scope.RUNS_WRITE),
        ("POST", "/runs/{}/events", Scope.EVENTS_WRITE),
    ],
)
def test_x59_every_route_asks_for_its_scope(desk: Desk, method: str, path: str, scope: Scope):
    others = [each for each in Scope if each is not scope]
    with desk.http(desk.token(*others)) as api:
        answer = api.request(method, path.format("0" * 26))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert scope.value in answer.json()["detail"]
