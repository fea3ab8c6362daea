"""Failpoints: nothing happens at them until a test asks for it, and then where it asks."""

import os
import signal
import subprocess
import sys

import pytest

from workflows.failpoint import VARIABLE, armed, failpoint

PASSING = """
import os
from workflows.failpoint import arm_from_environment, failpoint
arm_from_environment()
for n, name in enumerate(["a", "b:c", "a", "b:c", "a"], 1):
    print(n, flush=True)
    failpoint(name)
"""


def test_a_point_that_nobody_armed_is_passed():
    failpoint("anything")


def test_an_armed_point_tells_its_name_until_the_block_ends():
    passed = []

    with armed(passed.append):
        failpoint("a")
        with armed(passed.append):
            failpoint("b")
        failpoint("c")
    failpoint("d")

    assert passed == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("wanted", "died_at"),
    [("a", 1), ("b:c", 2), ("a:2", 3), ("b:c:2", 4), ("b", None), ("#1", 1), ("#4", 4),
     ("#6", None), ("c", None), ("a:4", None), ("", None), ("b:c>a", 3), ("b:c>a:2", 5),
     ("c>a", None)],
)  # fmt: skip
def test_a_process_dies_where_its_environment_says(wanted, died_at):
    child = subprocess.run(
        [sys.executable, "-c", PASSING],
        env={**os.environ, VARIABLE: wanted},
        capture_output=True,
        text=True,
        check=False,
    )

    passed = child.stdout.split()
    assert child.returncode == (0 if died_at is None else -signal.SIGKILL)
    assert passed == [str(n) for n in range(1, (died_at or 5) + 1)]
