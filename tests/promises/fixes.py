"""Fixes of what others ran into, each taken out again, to see that their tests notice.

    python -m tests.promises.fixes            all of them
    python -m tests.promises.fixes 22 24      some

Like `seeded`, an edit has an anchor in today's code, and one that is gone fails loudly.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.promises.seeded import Bug, Edit, copied, put, take_out

CONTRACT = "tests/workflows/engine/contract"
INPUTS, RESULTS = f"{CONTRACT}/test_inputs.py", f"{CONTRACT}/test_results.py"
PAST = f"{CONTRACT}/test_past_is_due.py"

FIXES = (
    Bug(
        21,
        "what a validator raises gets away",
        (
            Edit(
                "workflows/inputs.py",
                "        except BaseException as error:  # noqa: BLE001  a validator",
                "        except MemoryError as error:  # noqa: BLE001  a validator",
            ),
        ),
        (INPUTS, "-k", "g21"),
    ),
    Bug(
        22,
        "of two keys that are one in JSON the last one stays",
        (
            Edit(
                "workflows/plain.py",
                "    if len(made) != len(value):\n",
                "    if len(made) > len(value):\n",
            ),
        ),
        (RESULTS, "-k", "g22"),
    ),
    Bug(
        22,
        "within a model one of two keys is dropped by pydantic",
        (Edit("workflows/plain.py", "    _mend(value, dumped, path)\n    return", "    return"),),
        (RESULTS, "-k", "g22"),
    ),
    Bug(
        23,
        "a result comes back as its JSON",
        (
            Edit(
                "workflows/engine/local/replay.py",
                "self._answer(branch, entry, how.returned.read)",
                "self._answer(branch, entry, loads)",
            ),
        ),
        (RESULTS, "-k", "g23"),
    ),
    Bug(
        23,
        "nobody looks whether a result fits its annotation",
        (
            Edit(
                "workflows/engine/local/calling.py",
                "        text = returned.write(value)\n",
                "        text = PLAIN.write(value)\n",
            ),
        ),
        (RESULTS, "-k", "g23"),
    ),
    Bug(
        23,
        "a job's result is not checked",
        (
            Edit(
                "workflows/engine/local/advance.py",
                "        text = job.returned.write(result)\n",
                "        text = __import__('workflows.results').results.PLAIN.write(result)\n",
            ),
        ),
        (RESULTS, "-k", "g23"),
    ),
    Bug(
        24,
        "a time that was computed and is past is refused",
        (
            Edit(
                "workflows/duration.py",
                "    return duration(max(_read(value, argument), timedelta()), argument,",
                "    return duration(value, argument) or (",
            ),
        ),
        (PAST,),
    ),
    Bug(
        24,
        "people are asked what has no time left",
        (
            Edit(
                "workflows/engine/local/transitions.py",
                "        withdraw_cards(tx, WaitKey(wait.run_id, wait.name, wait.nth))\n",
                "        pass\n",
            ),
        ),
        (PAST,),
    ),
    Bug(
        35,
        "what a factory makes of a new field is made at every pass",
        (
            Edit(
                "workflows/engine/local/transitions.py",
                "    if writes.input is not None:\n",
                "    if writes.input is not None and False:\n",
            ),
        ),
        (INPUTS, "-k", "factory"),
    ),
)


def is_noticed(fix: Bug, tree: Path) -> bool:
    """Take a fix out of the copy, and answer whether its tests fail."""
    put(fix, tree)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fix.caught_by],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        take_out(fix, tree)
    if " failed" not in done.stdout and " passed" not in done.stdout:
        raise RuntimeError(f"without fix {fix.number} no test ran:\n{done.stdout[-2000:]}")
    return done.returncode == 1


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.fixes")
    parser.add_argument("numbers", type=int, nargs="*")
    wanted = parser.parse_args().numbers
    noticed = []
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for fix in FIXES:
            if not wanted or fix.number in wanted:
                noticed.append(is_noticed(fix, tree))
                said = "noticed" if noticed[-1] else "SURVIVED"
                sys.stdout.write(f"{fix.number} {fix.what}: {said}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{sum(noticed)} of {len(noticed)} noticed\n")
    return not all(noticed)


if __name__ == "__main__":
    raise SystemExit(main())
