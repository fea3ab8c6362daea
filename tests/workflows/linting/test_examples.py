"""Every rule's examples: what stands in examples/ with a number at its line is found, as that.

Each page has a part of what is found and a part of what is not; nothing else is found in either.
"""

import re
from pathlib import Path

import pytest

from workflows.linting import RULES, lint

EXAMPLES = Path(__file__).parent / "examples"
MARK = re.compile(r"#\s+((?:L\d+\s*)+)$")
FILES = sorted(EXAMPLES.glob("*.py"))
PROJECT = EXAMPLES.parent / "project"
JOBS = "src/corp/jobs/__init__.py"
SPELLINGS = sorted((EXAMPLES.parent / "spellings").glob("*.py"))


def marked(path: Path) -> set[tuple[str, int, str]]:
    """Answer what is to be found in a file."""
    return {
        (path.name, line, number)
        for line, text in enumerate(path.read_text().splitlines(), 1)
        if (mark := MARK.search(text))
        for number in mark[1].split()
    }


def around(path: Path) -> list[Path]:
    """Answer a file of examples, and those of the package that it imports."""
    of_number = path.stem.upper().replace("L0", "L")
    helpers = (EXAMPLES / "acme").rglob("*.py")
    return [path, *(each for each in helpers if of_number in {n for _, _, n in marked(each)})]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_what_is_marked_is_found_and_nothing_else(path: Path):
    found = {(each.path.name, each.line, each.number) for each in lint(path)}

    assert found == {each for file in around(path) for each in marked(file)}


def test_every_rule_has_its_examples():
    assert [path.stem for path in FILES] == [f"l{int(rule.number[1:]):02}" for rule in RULES]
    for path in FILES:
        _, apart, free = path.read_text().partition("# -- not found")
        assert apart, path
        assert not MARK.search(free), path
        assert len(marked(path) | marked_around(path)) >= 5, path


def marked_around(path: Path) -> set[tuple[str, int, str]]:
    return {mark for each in around(path) for mark in marked(each)}


@pytest.mark.parametrize("path", SPELLINGS, ids=[path.stem for path in SPELLINGS])
def test_no_spelling_slips_through_and_none_beside_it_is_found(path: Path):
    found = {(each.path.name, each.line, each.number) for each in lint(path)}

    assert found == marked(path)


def test_a_project_of_many_modules_is_followed_from_the_package_that_harbor_would_load():
    """Through re-exports, stars, `importlib`, a module's own `__getattr__`, and base classes."""
    files = [*PROJECT.rglob("*.py")]

    found = {(each.path.name, each.line, each.number) for each in lint(PROJECT / JOBS)}

    assert found == {mark for file in files for mark in marked(file)}
