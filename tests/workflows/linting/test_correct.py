"""Jobs that are right: nothing is found in them, and a fault put at any line of them is."""

import ast
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from workflows.linting import lint

CORRECT = Path(__file__).parent / "correct"
FILES = sorted(CORRECT.glob("*.py"))
# What is no body: steps, what runs when the module is loaded, and the checks of an input.
FREE = {"pay", "undo", "stamp", "roll_out", "roll_back", "order", "announced", "_is_one"}
FAULTS = {
    "__import__('time').time()": "L1",
    "import os; print(os.environ['HOME'])": "L2",
    "from random import choice as pick_one; pick_one('ab')": "L3",
    "import httpx as web; web.get('https://example.com')": "L4",
    "print(open('x'))": "L5",
    "from threading import Thread as T; T(target=print)": "L6",
    "print([each for each in {'a', 'b'}])": "L14",
}
Place = tuple[int, int]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_nothing_is_found_in_jobs_that_are_right(path: Path):
    assert [str(each) for each in lint(path)] == []


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_fault_put_before_any_statement_of_them_is_found(path: Path, tmp_path: Path):
    shutil.copytree(CORRECT, tmp_path / "jobs")
    planted = tmp_path / "jobs" / path.name
    missed = []
    for (line, column), (fault, number) in zip(places(path), cycle(FAULTS.items()), strict=False):
        lines = path.read_text().splitlines()
        lines.insert(line - 1, " " * column + fault)
        planted.write_text("\n".join(lines))
        if (planted, line, number) not in {(e.path, e.line, e.number) for e in lint(planted)}:
            missed.append((line, number, lines[line]))

    assert missed == []


def places(path: Path) -> list[Place]:
    """Answer the line and column of every statement that is replayed."""
    tree = ast.parse(path.read_text())
    return sorted({place for node in tree.body for place in _inside(node, is_body=False)})


def _inside(node: ast.AST, *, is_body: bool) -> Iterator[Place]:
    if getattr(node, "name", "") in FREE and not is_body:
        nested = [each for each in ast.walk(node) if isinstance(each, ast.AsyncFunctionDef)]
        for each in nested[1:] if nested and nested[0] is node else nested:
            yield from _inside(each, is_body=False)
        return
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in (
            getattr(node, name, ()) if not isinstance(node, ast.IfExp | ast.Lambda) else ()
        ):
            is_first_line = isinstance(child, ast.stmt) and not getattr(child, "decorator_list", ())
            is_own = is_first_line and not (name == "orelse" and isinstance(child, ast.If))
            if is_own and (is_body or is_function) and not _is_words(child):
                yield child.lineno, child.col_offset
            yield from _inside(child, is_body=is_body or is_function)


def _is_words(node: ast.stmt) -> bool:
    """Whether it is a docstring, or the three dots of a body that is none."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
