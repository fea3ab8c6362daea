"""The store cannot write: 503 `not_stored`, and the same may be sent again (i2, i3, i4)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from store.opening import sqlite_path
from tests.bot.api.desk import Desk

VOTE = {"name": "decision", "payload": {"kind": "approved"}}


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """Hold the file's write lock, as a foreign writer would."""
    path = sqlite_path(desk.town.settings.database_url)
    foreign = sqlite3.connect(path, isolation_level=None)
    try:
        foreign.execute("BEGIN IMMEDIATE")
        yield
    finally:
        foreign.close()


def assert_not_stored(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "not_stored")
    assert int(answer.headers["Retry-After"]) > 0
    assert "locked" not in answer.text


def test_f37_i2_an_event_that_was_not_stored_is_503_and_is_not_delivered(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen")
    key = {"Idempotency-Key": "once"}

    with locked(desk):
        answer = api.post(f"/runs/{run_id}/events", json=VOTE, headers=key)
    stored = api.get(f"/runs/{run_id}").json()["waits"][0]["status"]
    again = api.post(f"/runs/{run_id}/events", json=VOTE, headers=key)
    and_again = api.post(f"/runs/{run_id}/events", json=VOTE, headers=key)

    assert_not_stored(answer)
    assert stored == "open"
    assert (again.status_code, and_again.status_code) == (202, 200)
    assert desk.ended(run_id)["status"] == "completed"


def test_f37_i4_a_run_that_was_not_stored_is_503_and_is_started_once_when_it_is_repeated(
    desk: Desk, api: httpx.Client
):
    body = {"job": "listen", "input": {}, "idempotency_key": "not-stored-at-first"}

    with locked(desk):
        answer = api.post("/runs", json=body)
    first, second = api.post("/runs", json=body), api.post("/runs", json=body)

    assert_not_stored(answer)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


def test_f37_what_is_only_read_is_answered_while_nothing_can_be_written(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("listen")

    with locked(desk):
        answer = api.get(f"/runs/{run_id}")

    assert answer.json()["status"] == "waiting"
