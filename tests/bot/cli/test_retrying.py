"""What the command line may say with a retry."""

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
