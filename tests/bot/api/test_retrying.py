"""What a program may say with a retry, and how it is told what a person has to say."""

import httpx
import pytest

from bot.access import Scope
from tests.bot.api import jobs
from tests.bot.api.desk import Desk


def failed(desk: Desk, job: str = "mend") -> str:
    jobs.BROKEN.add("cup")
    run_id = desk.started(job, item="cup")
    desk.ended(run_id)
    jobs.BROKEN.clear()
    return run_id


@pytest.mark.parametrize("body", [{}, {"ask_again": True}, {"ask_again": False}])
def test_a_retry_may_say_that_a_changed_question_is_asked_again(desk: Desk, api, body: dict):
    run_id = failed(desk)

    answer = api.post(f"/runs/{run_id}/retry", json=body)

    assert answer.status_code == 202
    assert desk.ended(run_id)["status"] == "completed"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"force": True}, "force"),
        ({"ask_again": "yes"}, "ask_again"),
        ({"ask_again": True, "answers_stand": True, "note": "n"}, "either"),
        ({"answers_stand": True}, "note"),
        ({"answers_stand": True, "note": " "}, "note"),
        ({"note": "why"}, "answers_stand"),
        ({"happened": True}, "result"),
        ({"happened": False, "result": 1}, "result"),
        ({"result": 1}, "result"),
        ({"happened": "true", "result": 1}, "happened"),
        ({"step": "charge"}, "step"),
        ({"happened": False, "step": ""}, "step"),
    ],
)
def test_what_does_not_fit_together_is_422_and_says_where(desk: Desk, body: dict, word: str):
    run_id = failed(desk)
    with desk.http(desk.operator()) as operator:
        answer = operator.post(f"/runs/{run_id}/retry", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert word in answer.text
    assert desk.ended(run_id)["status"] == "failed"


def test_that_answers_stand_is_not_for_a_token_to_say(desk: Desk, api: httpx.Client):
    run_id = failed(desk)

    answer = api.post(f"/runs/{run_id}/retry", json={"answers_stand": True, "note": "I said so"})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert desk.ended(run_id)["status"] == "failed"


@pytest.mark.parametrize("word", [{"happened": True, "result": 1}, {"happened": False}])
def test_whether_a_step_happened_takes_a_token_with_decisions_write_g34(desk: Desk, word: dict):
    run_id = failed(desk)
    with desk.http(desk.token(Scope.RUNS_WRITE)) as program:
        answer = program.post(f"/runs/{run_id}/retry", json=word)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "decisions:write" in answer.json()["detail"]


def test_what_was_said_with_a_retry_is_on_record_under_who_said_it(desk: Desk):
    run_id = failed(desk)
    with desk.http(desk.operator()) as operator:
        said = {"answers_stand": True, "note": "the words alone differ"}
        operator.post(f"/runs/{run_id}/retry", json=said)
        lines = operator.get("/-/audit").json()["items"]

    (line,) = [each for each in lines if (each["run_id"], each["action"]) == (run_id, "retry")]
    assert line["actor"].startswith("operator:")
    assert (line["outcome"], line["detail"]) == ("done", said)


def test_a_step_that_may_begin_once_is_409_until_somebody_has_said_g34(desk: Desk, api):
    run_id = failed(desk, "charge")

    refused = api.post(f"/runs/{run_id}/retry")

    assert (refused.status_code, refused.json()["code"]) == (409, "outcome_unknown")
    assert refused.json()["steps"] == ["charge"]
    assert desk.ended(run_id)["status"] == "failed"


@pytest.mark.parametrize(
    ("said", "result"),
    [({"happened": True, "result": 42}, 42), ({"happened": False, "step": "charge"}, 3)],
)
def test_it_goes_on_by_what_is_said_on_record_under_who_said_it_g34(desk: Desk, said, result):
    run_id = failed(desk, "charge")
    with desk.http(desk.token(name=f"said-{result}")) as program:
        answer = program.post(f"/runs/{run_id}/retry", json=said)
    with desk.http(desk.operator()) as operator:
        lines = operator.get("/-/audit").json()["items"]

    assert answer.status_code == 202
    assert desk.ended(run_id)["result"] == result
    (line,) = [each for each in lines if (each["run_id"], each["action"]) == (run_id, "retry")]
    assert line["actor"] == f"token:said-{result}"
    assert line["detail"] == {"happened": said["happened"], "step": "charge"}


@pytest.mark.parametrize("result", ["many", None, {"charged": 42}])
def test_a_result_that_does_not_fit_the_steps_annotation_is_422_g34(desk: Desk, api, result):
    run_id = failed(desk, "charge")

    answer = api.post(f"/runs/{run_id}/retry", json={"happened": True, "result": result})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["where"] == "result"
    assert desk.ended(run_id)["status"] == "failed"


def test_a_step_that_nobody_has_to_decide_about_is_422_g34(desk: Desk, api: httpx.Client):
    run_id = failed(desk, "charge")

    other = api.post(f"/runs/{run_id}/retry", json={"happened": False, "step": "refund"})
    nothing = api.post(f"/runs/{failed(desk)}/retry", json={"happened": False})

    assert other.json()["errors"][0]["where"] == "step"
    assert nothing.json()["errors"][0]["where"] == "happened"


def test_what_has_been_acted_on_is_409_and_names_it_g32(desk: Desk, api: httpx.Client):
    run_id = failed(desk, "mend-or-tell")

    answer = api.post(f"/runs/{run_id}/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "acted_on")
    assert answer.json()["steps"] == ["tell"]
