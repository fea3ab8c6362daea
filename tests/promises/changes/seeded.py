"""Fixes taken out one by one, to see that changes of code made up by chance find each of them.

python -m tests.promises.changes.seeded            all of them
python -m tests.promises.changes.seeded 3 4        some
"""

import sys
import tempfile
from pathlib import Path

from tests.promises.seeded import Bug, Edit, copied, hunt, line

EXAMPLES = 4_000  # the budget of each
CHANGES = ("-m", "tests.promises.changes", "--examples", str(EXAMPLES))
LOCAL = "workflows/engine/local"
ANSWERS, JOURNAL, PROGRESS = f"{LOCAL}/answers.py", f"{LOCAL}/journal.py", f"{LOCAL}/progress.py"


def _without(number: int, what: str, file: str, old: str, new: str) -> Bug:
    return Bug(number, what, (Edit(file, old, new),), CHANGES)


FIXES = (
    _without(
        1,
        "G2: a question of a branch is not compared",
        ANSWERS,
        "    change = asked.change(entry.asked)\n    if change is Change.UNKNOWN:\n",
        "    if '/' in entry.name:\n        return True\n"
        "    change = asked.change(entry.asked)\n    if change is Change.UNKNOWN:\n",
    ),
    _without(
        2,
        "G3: an answer is taken whatever is asked",
        ANSWERS,
        "    return change is Change.NONE or _said(progress, entry, asked)\n",
        "    return True\n",
    ),
    _without(
        3,
        "G3: what is shown is no part of the question",
        "workflows/approvals/digest.py",
        "            show=card.shown, policy=",
        "            show=card.shown and {}, policy=",
    ),
    _without(
        4,
        "G4: a result is used whatever its step was called with",
        ANSWERS,
        "    if entry.asked == asked:\n        return entry\n    if entry.asked is None:\n",
        "    if entry:\n        return entry\n    if entry.asked is None:\n",
    ),
    _without(
        5,
        "G4: a call that has been moved is made once more",
        ANSWERS,
        "        if entry.seq > progress.run.accepted.seq:\n            _refuse_move",
        "        if entry.seq < 0:\n            _refuse_move",
    ),
    _without(
        6,
        "a branch does not know what was done after its gather",
        JOURNAL,
        "        return later + (self._of._later(accepted) if self._of else [])",
        "        return later",
    ),
    _without(
        7,
        "a step begins before every branch has said what has changed",
        PROGRESS,
        "        if branch is not self._root:\n            await asyncio.sleep(0)",
        "        if branch:\n            self.has_acted = True\n            return",
    ),
    _without(
        8,
        "what has ended a wait answers a question",
        "workflows/asked.py",
        "    return digest is None or form is None or digest[0] == form[0]\n",
        "    return True\n",
    ),
)


def main() -> int:
    """See the top of the file."""
    wanted = set(map(int, sys.argv[1:]))
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for bug in FIXES:
            if not wanted or bug.number in wanted:
                done = hunt(bug, tree)
                survived += not done.is_caught
                sys.stdout.write(f"{line(done)}\n")
                sys.stdout.flush()
    return bool(survived)


if __name__ == "__main__":
    raise SystemExit(main())
