"""The client: what it sends again, what it gives up on, and what it makes of the answers."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from bot.client import ATTEMPTS, HarborClient, Refused, RunStatus, StillRunning, Unreachable

Answer = httpx.Response | Exception


def run(status: str = "completed", **more: object) -> dict[str, object]:
    nothing = ("result", "error", "blocked_reason", "finished_at", "waits", "timeline")
    return {
        "id": "0" * 26,
        "job": "echo",
        "status": status,
        "input": {},
        "requested_by": "token:t",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        **dict.fromkeys(nothing),
        **more,
    }


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "no"}, headers=headers)


class Server:
    """Answers with what it was given, in order, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, token: str | Callable[[], str] | None = None) -> HarborClient:
        transport = httpx.MockTransport(self)
        return HarborClient(
            "http://h", token or "hbr_x", transport=transport, sleep=self.slept.append
        )


def test_a_start_that_got_no_answer_is_sent_again_with_the_same_key():
    server = Server(httpx.ReadTimeout("late"), httpx.Response(201, json=run()))

    with server.client() as harbor:
        started = harbor.start("echo", {"item": "tea"})

    keys = {json.loads(request.content)["idempotency_key"] for request in server.asked}
    assert started.status is RunStatus.COMPLETED
    assert (len(server.asked), len(keys)) == (2, 1)


def test_an_event_that_was_not_stored_is_sent_again_with_the_same_key_when_it_is_time():
    receipt = httpx.Response(202, json={"disposition": "resolved", "event_id": 1})
    server = Server(problem(503, "not_stored", **{"Retry-After": "2"}), receipt)

    with server.client() as harbor:
        harbor.deliver("0" * 26, "decision", {"kind": "approved"})

    assert server.slept == [2.0]
    assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 1


def test_a_retry_that_got_no_answer_is_not_sent_again():
    server = Server(httpx.ReadTimeout("late"))

    with server.client() as harbor, pytest.raises(Unreachable):
        harbor.retry("0" * 26)

    assert len(server.asked) == 1


def test_a_server_that_stays_away_is_given_up():
    server = Server(httpx.ConnectError("refused"))

    with server.client() as harbor, pytest.raises(Unreachable, match="does not answer"):
        harbor.jobs()

    assert len(server.asked) == ATTEMPTS


def test_a_limit_that_is_soon_over_is_waited_for_and_a_long_one_is_told():
    soon = Server(
        problem(429, "rate_limited", **{"Retry-After": "1"}),
        httpx.Response(200, json={"items": []}),
    )
    late = Server(problem(429, "rate_limited", **{"Retry-After": "60"}))

    with soon.client() as harbor:
        assert harbor.jobs() == []
    with late.client() as harbor, pytest.raises(Refused) as refused:
        harbor.jobs()

    assert refused.value.code == "rate_limited"
    assert late.slept == []


def test_a_refusal_carries_code_status_and_members():
    answer = httpx.Response(
        409, json={"code": "already_decided", "detail": "this has been decided", "by": "token:x"}
    )

    with Server(answer).client() as harbor, pytest.raises(Refused, match="has been decided") as no:
        harbor.get("0" * 26)

    assert (no.value.code, no.value.status, no.value.problem["by"]) == (
        "already_decided",
        409,
        "token:x",
    )


def test_an_answer_of_something_in_between_is_a_refusal_too():
    server = Server(httpx.Response(404, text="<h1>Not here</h1>"))

    with server.client() as harbor, pytest.raises(Refused) as refused:
        harbor.get("0" * 26)

    assert (refused.value.code, refused.value.status) == ("unknown", 404)


def test_a_list_goes_on_from_page_to_page():
    server = Server(
        httpx.Response(200, json={"items": [run()], "next": "c"}),
        httpx.Response(200, json={"items": [run()], "next": None}),
    )

    with server.client() as harbor:
        found = list(harbor.list(job="echo"))

    assert len(found) == 2
    assert server.asked[1].url.params["cursor"] == "c"
    assert server.asked[1].url.params["job"] == "echo"


def test_waiting_tells_of_every_change_once_and_ends_with_the_run():
    changes = [run("ready"), run("waiting"), run("waiting"), run("completed", result=1)]
    server = Server(*(httpx.Response(200, json=change) for change in changes))
    seen: list[str] = []

    with server.client() as harbor:
        ended = harbor.wait(
            "0" * 26, timedelta(minutes=1), lambda run: seen.append(run.status.value)
        )

    assert ended.result == 1
    assert seen == ["ready", "waiting", "completed"]


def test_waiting_ends_when_it_has_waited_long_enough():
    server = Server(httpx.Response(200, json=run("waiting")))

    with server.client() as harbor, pytest.raises(StillRunning) as still:
        harbor.wait("0" * 26, timedelta())

    assert still.value.run.status is RunStatus.WAITING


def test_a_token_that_does_not_live_long_is_asked_for_with_every_request():
    tokens = iter(["one", "two"])
    server = Server(httpx.Response(200, json={"items": []}))

    with server.client(lambda: next(tokens)) as harbor:
        harbor.jobs()
        harbor.jobs()

    assert [request.headers["Authorization"] for request in server.asked] == [
        "Bearer one",
        "Bearer two",
    ]


def test_an_answer_that_says_more_than_this_version_knows_is_read():
    server = Server(httpx.Response(200, json=run(colour="green")))

    with server.client() as harbor:
        assert harbor.get("0" * 26).job == "echo"
