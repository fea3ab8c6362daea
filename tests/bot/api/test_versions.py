"""For programs: a vote may name the version of the question that it answers."""

import httpx
import pytest

from store import gates
from tests.bot.api.desk import Desk


def changed(desk: Desk, run_id: str) -> str:
    """Have what a run asks change; answer the gate's id."""

    async def change() -> str:
        (gate,) = await desk.town.harbor.gates.of_run(run_id)
        await desk.town.harbor.db.write(gates.next_version, gate.id)
        return gate.id

    return desk.portal.call(change)


def voted(api: httpx.Client, run_id: str, **payload: object) -> httpx.Response:
    body = {"name": "decision", "payload": {"kind": "approved", **payload}}
    return api.post(f"/runs/{run_id}/events", json=body)


def test_a_run_says_which_version_of_its_question_is_asked(desk: Desk, api: httpx.Client):
    run_id = desk.waiting("ask-programs")
    first = api.get(f"/runs/{run_id}").json()["waits"][0]["version"]
    changed(desk, run_id)

    assert (first, api.get(f"/runs/{run_id}").json()["waits"][0]["version"]) == (1, 2)


def test_a_vote_for_an_earlier_version_is_409_question_changed_with_both_i33(
    desk: Desk, api: httpx.Client
):
    run_id = desk.waiting("ask-programs")
    changed(desk, run_id)

    answer = voted(api, run_id, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "question_changed")
    assert (answer.json()["answered"], answer.json()["version"]) == (1, 2)
    assert voted(api, run_id, version=2).status_code == 202


@pytest.mark.parametrize("version", ["2", True, 2.0, [2]])
def test_a_vote_whose_version_is_no_number_is_422_i33(
    desk: Desk, api: httpx.Client, version: object
):
    run_id = desk.waiting("ask-programs")
    changed(desk, run_id)

    answer = voted(api, run_id, version=version)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["where"] == "payload.version"
    assert desk.ended(run_id) if voted(api, run_id).status_code == 202 else False


def test_the_version_in_the_payload_of_an_event_is_its_senders_own_affair(
    desk: Desk, api: httpx.Client
):
    assert voted(api, desk.waiting("listen"), version="4.2.1").status_code == 202


def test_an_operator_who_was_shown_an_earlier_version_decides_nothing_i33(desk: Desk):
    run_id = desk.waiting("ask-people")
    changed(desk, run_id)
    asked = {"choice": "approved", "note": "nobody is awake", "version": 1}

    with desk.http(desk.operator()) as http:
        refused = http.post(f"/-/runs/{run_id}/decide", json=asked)
        decided = http.post(f"/-/runs/{run_id}/decide", json=asked | {"version": 2})

    assert (refused.status_code, refused.json()["code"]) == (409, "question_changed")
    assert decided.status_code == 200
