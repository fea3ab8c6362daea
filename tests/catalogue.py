"""The catalogue: which promises, faults and bad inputs have a test that names them.

    python -m tests.catalogue

A test says in its name what it is about: ``…_i12`` an invariant, ``f24_…`` a fault, ``x35_…`` a bad
input, ``…_g18`` what somebody ran into, ``f75_to_f79`` five of them.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

TESTS = Path(__file__).parent
WORDS = {"i": "invariants", "f": "faults", "x": "bad inputs", "g": "what others ran into"}
MOST = {"i": 40, "f": 110, "x": 110, "g": 103}
# What is proven so far: the rest is of people, of Slack as it is, of plugins and of operations.
PROVEN = {"i": 37, "f": 110, "x": 110, "g": 37}
# Those that need several processes on one database, or Postgres: not in this version.
NOT_OF_ONE_PROCESS = frozenset({32, 35, *range(49, 66), 70})
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NUMBERS = re.compile(r"_([ifxg])(\d+)(?:_to_\1(\d+))?(?=_|$)")


def named() -> Mapping[str, set[int]]:
    """Answer the numbers that tests have in their names, by letter."""
    found: dict[str, set[int]] = {letter: set() for letter in MOST}
    for name in tests():
        for letter, first, last in NUMBERS.findall(name):
            found[letter] |= set(range(int(first), int(last or first) + 1))
    return found


def tests() -> Iterator[str]:
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, FUNCTIONS) and node.name.startswith("test_"):
                yield node.name


def main() -> int:
    """See the top of the file."""
    for letter, numbers in named().items():
        every = range(1, MOST[letter] + 1)
        left = ", ".join(f"{letter.upper()}{n}" for n in every if n not in numbers)
        without = f"; without: {left}" if left else ""
        sys.stdout.write(f"{WORDS[letter]}: {len(numbers & set(every))} of {len(every)}{without}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
