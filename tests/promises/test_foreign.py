"""Other people's code, made up, beside a quiet run that must not notice.

A failure names the example: ``python -m tests.promises.foreign --first N`` runs it once more.
"""

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = 20
MOST = 2**32


@pytest.mark.parametrize("first", [0, secrets.randbelow(MOST)], ids=["known", "new"])
def test_g10_g11_g12_g13_g14_no_code_of_other_people_is_noticed_by_a_quiet_run(first):
    # In a process of its own: what it leaves behind is left behind there.
    done = subprocess.run(
        (
            *(sys.executable, "-m", "tests.promises.foreign"),
            *("--first", str(first), "--examples", str(EXAMPLES)),
        ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
