"""The long run: every generator, as far as it has to go, in stretches that add up.

    python -m tests.promises.soak                  go on where the last one stopped
    python -m tests.promises.soak --hours 2        no longer than that
    python -m tests.promises.soak --show           what has been run of this engine so far

What was run counts for the engine it was run on: the code of `workflows/` and `store/`, by its
digest. Another engine begins at nothing. A stretch that was cut off is run again. What breaks ends
the run, with the command that shows it once more.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".soak"
ENGINE = ("workflows", "store")


@dataclass(frozen=True)
class Generator:
    """What makes cases without end: *call* runs *stretch* of them, from a seed on."""

    name: str
    goal: int
    stretch: int
    call: tuple[str, ...]

    def command(self, first: int, cases: int) -> list[str]:
        """Answer how cases are run, the first of them by its number."""
        place = {"first": str(first), "cases": str(cases)}
        return [sys.executable, "-m", *(part.format(**place) for part in self.call)]


GENERATORS = (
    Generator(
        "schedules",
        1_000_000,
        10_000,
        (
            "tests.promises.simulate",
            *("--from-seed", "{first}", "--schedules", "{cases}", "--processes", "2"),
        ),
    ),
    Generator(
        "models",
        100_000,
        5_000,
        ("tests.promises.models", "--seed", "{first}", "--examples", "{cases}"),
    ),
    Generator(
        "strangers",
        5_000,
        100,
        ("tests.promises.foreign", "--first", "{first}", "--examples", "{cases}"),
    ),
    Generator(
        "changes of code",
        100_000,
        10_000,
        (
            "tests.promises.changes",
            *("--from-seed", "{first}", "--examples", "{cases}", "--processes", "2"),
        ),
    ),
)


def engine() -> str:
    """Answer a digest of the engine's code, whatever else has changed."""
    digest = sha256()
    for file in sorted(file for folder in ENGINE for file in (ROOT / folder).rglob("*.py")):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


class Record:
    """How many cases of each generator have been run on one engine, and kept every promise."""

    def __init__(self, of: str, folder: Path = KEPT) -> None:
        self._file = folder / f"{of}.json"
        known = json.loads(self._file.read_text()) if self._file.exists() else {}
        self.done: dict[str, int] = known

    def add(self, name: str, cases: int) -> None:
        """Count a stretch that is over; what is half written counts for nothing."""
        self.done[name] = self.done.get(name, 0) + cases
        self._file.parent.mkdir(exist_ok=True)
        half = self._file.with_suffix(".half")
        half.write_text(json.dumps(self.done, indent=2))
        half.replace(self._file)


def left(record: Record, generators: tuple[Generator, ...]) -> Iterator[tuple[Generator, int, int]]:
    """Answer stretch after stretch: the generators in turn, each until it has reached its goal."""
    while missing := [g for g in generators if record.done.get(g.name, 0) < g.goal]:
        for each in missing:
            first = record.done.get(each.name, 0)
            yield each, first, min(each.stretch, each.goal - first)


def run(record: Record, generators: tuple[Generator, ...], until: float) -> int:
    """Run what is left until that time; answers the status of what broke, else 0."""
    for generator, first, cases in left(record, generators):
        if time.monotonic() > until:
            break
        command = generator.command(first, cases)
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status:
            sys.stdout.write(f"broken; once more: {' '.join(['python', *command[1:]])}\n")
            return status
        record.add(generator.name, cases)
        _show(record, (generator,))
    return 0


def _show(record: Record, generators: tuple[Generator, ...]) -> None:
    for each in generators:
        done = record.done.get(each.name, 0)
        sys.stdout.write(f"{each.name}: {done:,} of {each.goal:,}\n")
    sys.stdout.flush()


def main() -> int:
    """See the top of the file."""
    parser = argparse.ArgumentParser(prog="tests.promises.soak")
    parser.add_argument("--hours", type=float, default=float("inf"))
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    of = engine()
    record = Record(of)
    sys.stdout.write(f"engine {of}\n")
    status = 0
    if not given.show:
        status = run(record, GENERATORS, time.monotonic() + given.hours * 3_600)
    _show(record, GENERATORS)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
