"""Nineteen bugs, each put into a copy of the tree, to see that the tests of promises catch them.

    python -m tests.promises.seeded            all of them
    python -m tests.promises.seeded 3 8        some

A bug is a few replacements, each with an anchor in today's code. An anchor that is gone fails
loudly: the bug has to be put in anew, not left out. What survives its budget shows that the
generator of schedules is blunt, not that we were unlucky.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("store", "workflows", "tests", "bot")
SCHEDULES = 4_000  # the budget of each
SIMULATOR = ("-m", "tests.promises.simulate", "--schedules", str(SCHEDULES))
STRANGERS = ("-m", "tests.promises.foreign", "--examples", "200")
CRASHES = ("-m", "tests.workflows.engine.crashes.sweeping", "approved", "--once")


class AnchorGone(Exception):
    """The code has changed where a bug was to be put in."""


@dataclass(frozen=True)
class Edit:
    """In *file*, *old*, which is there exactly once, becomes *new*."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Bug:
    """A mistake somebody might make, and which of the tests is to catch it."""

    number: int
    what: str
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...] = SIMULATOR


@dataclass(frozen=True)
class Hunt:
    """How a bug was caught: after how many schedules or crash points, and what was seen."""

    bug: Bug
    is_caught: bool
    tries: int
    seen: str


TRANSITIONS = "workflows/engine/local/transitions.py"
ENGINE = "workflows/engine/local/engine.py"
WORKER = "workflows/engine/local/worker.py"
ADVANCE = "workflows/engine/local/advance.py"
PROGRESS = "workflows/engine/local/progress.py"
CALLS = "workflows/engine/local/calls.py"
REPLAY = "workflows/engine/local/replay.py"
CANCELLING = "workflows/engine/local/cancelling.py"
RETRYING = "workflows/engine/local/retrying.py"
GATES = "workflows/approvals/gates.py"

SEND = Edit(
    ENGINE,
    "        return await self._db.write(transitions.send, delivery)\n",
    "{}",
)
DECIDE = Edit(GATES, "        return await self._db.write(self._decide, gate, vote, place)\n", "{}")


def _instead(edit: Edit, new: str) -> Edit:
    return Edit(edit.file, edit.old, new)


BUGS = (
    Bug(
        1,
        "a late owner is not fenced",
        (
            Edit(
                TRANSITIONS,
                "    _check(lease, found, writes)\n    _write(tx, lease.run_id, writes)\n"
                '    failpoint("record:written")\n',
                "    if found:\n        _hear(writes, is_to_end=found[0][0] is not None)\n"
                "    _write(tx, lease.run_id, writes)\n"
                '    failpoint("record:written")\n',
            ),
        ),
    ),
    Bug(
        2,
        "parking takes two transactions",
        (
            Edit(
                WORKER,
                "                await db.write(transitions.park, lease, writes, outcome)\n",
                "                await db.write(transitions.park, lease, type(writes)(), outcome)\n"
                "                await db.write(transitions._write, lease.run_id, writes)\n",
            ),
        ),
    ),
    Bug(
        3,
        "an event is checked in one transaction and stored in another",
        (
            _instead(
                SEND,
                "        wait = await self._db.read(waits.newest, delivery.run_id, delivery.name)\n"
                "        if wait and (wait.status, wait.kind) == ('open', 'event'):\n"
                "            if delivery.kind in wait.expected.split(','):\n"
                "                resolve = transitions._resolve\n"
                "                return await self._db.write(resolve, delivery, wait)\n"
                "        return await self._db.write(transitions.send, delivery)\n",
            ),
        ),
    ),
    Bug(
        4,
        "a timeout is written without looking whether the wait is still open",
        (
            Edit(
                ENGINE,
                "    async def sweep(self) -> None:\n",
                "    async def sweep(self) -> None:\n"
                "        for wait in await self._db.read(waits.due, 9):\n"
                "            await self._db.write(transitions.expire, wait)\n"
                "        return await self._sweep()\n\n"
                "    async def _sweep(self) -> None:\n",
            ),
            Edit(
                "store/waits.py",
                '        _c.nth == bindparam("of_nth"),\n'
                "        named(_c.status, WaitStatus.OPEN),\n    )\n    .values(\n",
                '        _c.nth == bindparam("of_nth"),\n    )\n    .values(\n',
            ),
        ),
    ),
    Bug(
        5,
        "callers are answered before the commit",
        (
            Edit(
                "store/database.py",
                '            self._failpoint("commit:before")\n',
                "            self._hand_over(list(results), set(announced))\n"
                "            __import__('time').sleep(0.005)  # the disk\n"
                '            self._failpoint("commit:before")\n',
            ),
        ),
        CRASHES,
    ),
    Bug(
        6,
        "the wait is decided in one transaction and the run woken in another",
        (
            Edit(
                TRANSITIONS,
                '    failpoint("deliver:ended")\n    _wake(tx, wait.run_id)\n',
                '    failpoint("deliver:ended")\n',
            ),
            _instead(
                SEND,
                "        receipt = await self._db.write(transitions.send, delivery)\n"
                "        await self._db.write(_wake_decided, delivery.run_id)\n"
                "        return receipt\n",
            ),
            Edit(
                ENGINE,
                "def _next_due(tx: Tx,",
                "def _wake_decided(tx, run_id):\n"
                "    if not waits.open_of_run(tx, run_id):\n"
                "        transitions._wake(tx, run_id)\n\n\n"
                "def _next_due(tx: Tx,",
            ),
            _instead(
                DECIDE,
                "        answer = await self._db.write(self._decide, gate, vote, place)\n"
                "        if isinstance(answer.ruling, Decides):\n"
                "            from workflows.engine.local.engine import _wake_decided\n"
                "            await self._db.write(_wake_decided, answer.gate.run_id)\n"
                "        return answer\n",
            ),
        ),
    ),
    Bug(
        7,
        "a deadline is judged by when the click came in, not by the clock of the transaction",
        (
            Edit(
                GATES,
                "if found.status is GateStatus.OPEN and found.deadline_at <= tx.now:",
                "if found.status is GateStatus.OPEN and found.deadline_at <= self._received:",
            ),
            _instead(
                DECIDE,
                "        self._received = self._engine._clock.now()\n"
                "        return await self._db.write(self._decide, gate, vote, place)\n",
            ),
            Edit(
                TRANSITIONS,
                "    if wait.status is WaitStatus.OPEN and wait.deadline_at <= tx.now:\n",
                "    if wait.status is WaitStatus.OPEN and wait.deadline_at <= tx.now"
                " and not delivery.gate:\n",
            ),
        ),
    ),
    Bug(
        8,
        "the key of an event is forgotten",
        (
            Edit(
                TRANSITIONS,
                "    if met.is_repeated:\n",
                "    if met.is_repeated and False:\n",
            ),
            Edit(
                "store/migrations/versions/0001_first_tables.py",
                'sa.UniqueConstraint("run_id", "scope", "key")',
                'sa.UniqueConstraint("id")',
            ),
        ),
    ),
    Bug(
        9,
        "deadlines are computed anew when a process starts",
        (
            Edit(
                TRANSITIONS,
                "    return recovery.recover(tx) + ",
                "    tx._connection.execute(\n"
                "        'UPDATE waits SET deadline_at = deadline_at - opened_at + ?'\n"
                "        \" WHERE status = 'open'\", (int(tx.now.timestamp() * 1e6),))\n"
                "    return recovery.recover(tx) + ",
            ),
        ),
    ),
    Bug(
        10,
        "the news of a decision is queued in a transaction of its own",
        (
            Edit(
                GATES,
                '    outbox.tell(tx, "decided", run_id=gate.run_id, gate_id=gate.id)\n',
                '    if status not in ("approved", "rejected"):\n'
                '        outbox.tell(tx, "decided", run_id=gate.run_id, gate_id=gate.id)\n',
            ),
            _instead(
                DECIDE,
                "        answer = await self._db.write(self._decide, gate, vote, place)\n"
                "        if isinstance(answer.ruling, Decides):\n"
                "            news = {'run_id': answer.gate.run_id, 'gate_id': gate}\n"
                "            await self._db.write(outbox.tell, 'decided', **news)\n"
                "        return answer\n",
            ),
        ),
    ),
    Bug(
        11,
        "recovery takes up runs that wait",
        (
            Edit(
                "store/recovery.py",
                "_RECOVER = Query(\n    update(RUNS)\n"
                "    .where(named(_c.status, RunStatus.RUNNING))\n",
                "_RECOVER = Query(\n    update(RUNS)\n"
                "    .where(_c.status.in_([literal_column(\"'running'\"),"
                " literal_column(\"'waiting'\")]))\n",
            ),
            Edit("store/recovery.py", " func, literal, ", " func, literal, literal_column, "),
        ),
    ),
    Bug(
        12,
        "a step answers what its function returned, not what its entry decodes to",
        (
            Edit(
                CALLS,
                "        return Ended(encode(await function(*args)))\n",
                "        _awaited.raw = await function(*args)\n"
                "        return Ended(encode(_awaited.raw))\n",
            ),
            Edit(
                REPLAY,
                "name, nth, call, args, how, asked)\n",
                "name, nth, call, args, how, asked)\n"
                "            if entry.status is EntryStatus.DONE:\n"
                "                from workflows.engine.local.calls import _awaited\n"
                "                return _awaited.raw\n",
            ),
        ),
    ),
    Bug(
        13,
        "a retry repeats a step about whose failure the job has done something",
        (
            Edit(
                RETRYING,
                "    done = tuple(each.label(entry) for each in stand.all() for entry in"
                " each.after.done)\n",
                "    done: tuple[str, ...] = ()\n",
            ),
        ),
    ),
    Bug(
        14,
        "a retry goes on with a child whose parent went on by its failure",
        (
            Edit(
                RETRYING,
                "    parent = runs.get(tx, run.parent_id)\n    if parent is None:\n",
                "    parent = None\n    if parent is None:\n",
            ),
        ),
    ),
    Bug(
        15,
        "a retry alone begins a step again that may begin once",
        (
            Edit(
                RETRYING,
                "    steps = stand.steps\n",
                "    steps = ()\n",
            ),
        ),
    ),
    Bug(
        16,
        "what was accepted before a run failed is gone when it goes on",
        (Edit(RETRYING, "    events.revive(tx, run_id)\n", ""),),
    ),
    Bug(
        17,
        "a cancel is raised at whatever step comes next (G27)",
        (
            Edit(
                CANCELLING,
                "        if branch.reading.was_told_at(told_at(entry)):\n"
                "            _tell(branch)\n",
                "",
            ),
            Edit(
                CANCELLING,
                "        is_here = self.is_due(branch) and not",
                "        is_here = False and not",
            ),
            Edit(CANCELLING, "        if branch.reading.is_told_later():\n", "        if False:\n"),
            Edit(
                CANCELLING,
                "        self._go_back(branch)\n        raise Postponed\n",
                "        _tell(branch)\n",
            ),
        ),
    ),
    Bug(
        18,
        "a child is started anew whatever has become of the one before (G31)",
        (
            Edit(
                "workflows/engine/local/children.py",
                "        before, new_id = adopting.so_far(tx, wait.run_id, wait.name, self.use)\n"
                "        if before is None and self.is_again:\n",
                "        before, new_id = None, __import__('workflows.ids').ids.run_id(tx.now)\n"
                "        if False:\n",
            ),
        ),
    ),
    Bug(
        19,
        "an event is looked for under its full name alone (G36)",
        (
            Edit(
                TRANSITIONS,
                "    is_full = delivery.gate is not None or addressing.BRANCH in delivery.name\n",
                "    is_full = True\n",
            ),
        ),
    ),
)

FOREIGN = (
    Bug(
        101,
        "what a step function raises ends its thread, if it is StopIteration (G12)",
        (
            Edit(
                CALLS,
                "        return Ended(encode(function()))\n    except BaseException as error:",
                "        return Ended(encode(function()))\n"
                "    except StopIteration:\n"
                "        raise\n"
                "    except BaseException as error:",
            ),
        ),
        STRANGERS,
    ),
    Bug(
        102,
        "a job is expected to raise nothing but exceptions (G13)",
        (
            Edit(
                ADVANCE,
                "    except BaseException as error:  # noqa: BLE001  whatever the job raises",
                "    except (Exception, ControlFlow) as error:  # what the job raises",
            ),
        ),
        STRANGERS,
    ),
    Bug(
        103,
        "an async step is expected to raise nothing but exceptions (G13)",
        (
            Edit(
                CALLS,
                "        return Ended(encode(await function(*args)))\n"
                "    except BaseException as error:",
                "        return Ended(encode(await function(*args)))\n"
                "    except Exception as error:",
            ),
        ),
        STRANGERS,
    ),
    Bug(
        104,
        "a step is called beside a call of it that goes on (G11)",
        (
            Edit(
                CALLS,
                "        is_beside = step in self._left_behind\n",
                "        is_beside = False\n",
            ),
        ),
        STRANGERS,
    ),
    Bug(
        105,
        "a wait inside of an asyncio.timeout parks as if nobody had limited it (G14)",
        (
            Edit(
                PROGRESS,
                '    for timer in getattr(loop, "_scheduled", ()):\n',
                "    for timer in ():\n",
            ),
        ),
        STRANGERS,
    ),
)


def copied(folder: Path) -> Path:
    """Answer a copy of the tree, in which bugs may be put."""
    tree = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    return tree


def put(bug: Bug, tree: Path) -> None:
    """Put *bug* into the copy. Raises AnchorGone where the code has changed."""
    for edit in bug.edits:
        file = tree / edit.file
        text = file.read_text()
        if text.count(edit.old) != 1:
            raise AnchorGone(
                f"bug {bug.number} ({bug.what}): {edit.file} has {text.count(edit.old)} times"
                f" what it is to replace:\n{edit.old}"
            )
        file.write_text(text.replace(edit.old, edit.new))


def take_out(bug: Bug, tree: Path) -> None:
    """Make the copy what it was."""
    for edit in bug.edits:
        shutil.copy(ROOT / edit.file, tree / edit.file)


def hunt(bug: Bug, tree: Path) -> Hunt:
    """Put the bug in, and run what is to catch it."""
    put(bug, tree)
    try:
        done = subprocess.run(
            [sys.executable, *bug.caught_by],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        take_out(bug, tree)
    found = re.search(r"broken:\n  (.*)", done.stdout)
    tries = re.search(r"(\d+) (?:schedules|examples)", done.stdout)
    if tries is None:
        raise RuntimeError(f"bug {bug.number} kept the tests from running:\n{done.stderr[-2000:]}")
    return Hunt(bug, done.returncode == 1, int(tries[1]), found[1] if found else "")


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.seeded")
    parser.add_argument("numbers", type=int, nargs="*")
    wanted = parser.parse_args().numbers
    hunts = []
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for bug in (*BUGS, *FOREIGN):
            if not wanted or bug.number in wanted:
                hunts.append(hunt(bug, tree))
                sys.stdout.write(f"{line(hunts[-1])}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{summary(hunts)}\n")
    return not all(done.is_caught for done in hunts)


def line(done: Hunt) -> str:
    """Answer what came of one hunt."""
    verdict = f"caught after {done.tries}: {done.seen}" if done.is_caught else "SURVIVED"
    return f"{done.bug.number:2} {done.bug.what}: {verdict}"


def summary(hunts: list[Hunt]) -> str:
    """Answer what came of all of them."""
    caught = [done for done in hunts if done.is_caught]
    seeds = [done.tries for done in caught if done.bug.caught_by is SIMULATOR]
    median = f", median {statistics.median(seeds):.0f} schedules" if seeds else ""
    return f"{len(caught)} of {len(hunts)} caught{median}"


if __name__ == "__main__":
    raise SystemExit(main())
