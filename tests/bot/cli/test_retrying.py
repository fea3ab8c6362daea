"""What the command line may say with a retry."""

import json
from collections.abc import Iterator

import pytest

from tests.bot.api import jobs
from tests.bot.api.desk import Desk
from tests.bot.cli.conftest import Shell


def failed(desk: Desk, job: str = "mend") -> str:
    jobs.BROKEN.add("cup")
    run_id = desk.started(job, item="cup")
    desk.ended(run_id)
    jobs.BROKEN.clear()
    return run_id


@pytest.mark.parametrize(
    "said", [(), ("--ask-again",), ("--answers-stand", "--note", "the words alone differ")]
)
def test_a_run_is_retried_with_what_is_said_of_its_questions(
    shell: Shell, desk: Desk, said: tuple[str, ...]
):
    run_id = failed(desk)

    ran = shell.harbor("retry", run_id, *said)

    assert (ran.status, ran.out) == (0, f"{run_id} ready\n")
    assert desk.ended(run_id)["status"] == "completed"


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (("--ask-again", "--answers-stand", "--note", "n"), "either"),
        (("--answers-stand",), "--note"),
        (("--answers-stand", "--note", " "), "--note"),
        (("--note", "why"), "--answers-stand"),
        (("--it-happened", "1", "--it-did-not"), "either"),
        (("--it-happened", "{"), "--it-happened"),
        (("--it-happened", "NaN"), "--it-happened"),
        (("--step", "charge"), "--step"),
    ],
)
def test_what_does_not_fit_together_is_status_2(shell: Shell, said: tuple[str, ...], word: str):
    ran = shell.harbor("retry", "0" * 26, *said)

    assert ran.status == 2
    assert word in ran.err


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (("--it-happened", "42"), 42),
        (("--it-did-not",), 3),
        (("--it-did-not", "--step", "charge"), 3),
    ],
)
def test_whether_a_step_happened_is_said_g34(
    shell: Shell, desk: Desk, said: tuple[str, ...], result: int
):
    run_id = failed(desk, "charge")
    refused = shell.harbor("retry", run_id)

    ran = shell.harbor("retry", run_id, *said)

    assert refused.status == 1
    assert "outcome_unknown" in refused.err
    assert "--step charge" in refused.err
    assert ran.status == 0, ran.err
    assert desk.ended(run_id)["result"] == result


def test_a_result_that_does_not_fit_says_so_g34(shell: Shell, desk: Desk):
    run_id = failed(desk, "charge")

    ran = shell.harbor("retry", run_id, "--it-happened", '"many"')

    assert ran.status == 1
    assert "result:" in ran.err


# -- all that one deploy has blocked ---------------------------------------------------------------

CAUSE = "question_changed:words"


@pytest.fixture
def blocked(desk: Desk) -> Iterator[list[str]]:
    """Answer three runs that wait on the old words, were answered, and are blocked by it."""
    jobs.TITLE[0] = "Old words?"
    ids = [desk.waiting("ask-words", "words") for _ in range(3)]
    jobs.TITLE[0] = "New words?"
    with desk.http(desk.operator()) as operator:
        for run_id in ids:
            operator.post(f"/-/runs/{run_id}/decide", json={"choice": "approved", "note": "n"})
            desk.until(run_id, lambda run: run["status"] == "blocked")
    yield ids
    jobs.TITLE[0] = "Old words?"
    with desk.http(desk.operator()) as operator:
        for run_id in ids:
            operator.post(f"/runs/{run_id}/cancel", json={"force": True})


@pytest.mark.parametrize("cause", [CAUSE, "question_changed"])
def test_all_runs_of_a_cause_are_listed_the_difference_once_and_asked_again(
    shell: Shell, desk: Desk, blocked: list[str], cause: str
):
    ran = shell.harbor("retry", "--blocked-by", cause, "--ask-again")

    assert ran.status == 0, ran.err
    assert f"{CAUSE}: 3 runs of ask-words" in ran.out
    assert ran.out.count("Old words?") == ran.out.count("New words?") == 1
    for run_id in blocked:
        # It may have been claimed by the time that it is looked at.
        assert f"{run_id} ready" in ran.out or f"{run_id} running" in ran.out
        run = desk.until(run_id, lambda run: run["status"] == "waiting")
        assert [wait["status"] for wait in run["waits"]] == ["resolved", "open"]


def test_the_answers_of_all_stand_by_one_word(shell: Shell, desk: Desk, blocked: list[str]):
    said = ("--answers-stand", "--note", "the words alone")

    ran = shell.harbor("retry", "--blocked-by", CAUSE, *said, "--json")

    told = json.loads(ran.out)
    assert (ran.status, list(told)) == (0, blocked[::-1])
    assert set(told.values()) <= {"ready", "running"}
    assert {desk.ended(run_id)["status"] for run_id in blocked} == {"completed"}


def test_what_runs_are_blocked_by_stands_in_their_list(shell: Shell, blocked: list[str]):
    ran = shell.harbor("runs", "--status", "blocked")

    assert [line.endswith(f"\t{CAUSE}") for line in ran.out.splitlines()] == [True] * 3


def test_without_a_word_each_is_refused_and_says_so(shell: Shell, desk: Desk, blocked: list[str]):
    ran = shell.harbor("retry", "--blocked-by", CAUSE)

    assert ran.status == 1
    assert ran.out.count("refused: question_changed") == 3


def test_what_blocks_nothing_is_status_1_and_says_what_does(shell: Shell, blocked: list[str]):
    ran = shell.harbor("retry", "--blocked-by", "question", "--ask-again")

    assert ran.status == 1
    assert CAUSE in ran.err


@pytest.mark.parametrize("named", [(), ("0" * 26, "--blocked-by", "x")])
def test_either_a_run_or_a_cause_is_named(shell: Shell, named: tuple[str, ...]):
    assert shell.harbor("retry", *named).status == 2
