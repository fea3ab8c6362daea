"""docs/linting.md: it lists the rules as they are, and its examples are found as it says."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from tests.examples import DOCS
from tests.workflows.linting.test_examples import MARK
from workflows.linting import RULES, Rule, lint

HEAD = """\
import asyncio, os, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import bank
import httpx
from pydantic import BaseModel
from workflows import Approved, Context, Policy, job

LEADS = Policy(channel_members=True)
SEEN: list[str] = []

class Request(BaseModel):
    name: str
    amount: int

def refund(amount: int) -> None: ...
def read(name: str) -> str: ...
def tell(name: str) -> None: ...
def unlock(name: str) -> None: ...
def deploy() -> None: ...
"""
BODY = "@job(name='example')\nasync def example(ctx: Context, request: Request) -> None:\n"


def sections() -> dict[str, str]:
    """Answer what stands under each heading of a rule, by the heading."""
    page = (DOCS / "linting.md").read_text()
    return dict(re.findall(r"^### (.+?)\n\n(.*?)(?=^### |\Z)", page, re.DOTALL | re.MULTILINE))


def says(rule: Rule) -> str:
    """Answer what the page says of a rule, on one line."""
    why = rule.why[0].upper() + rule.why[1:]
    return f"{why}. {rule.instead}. In a run: {rule.at_run or 'nothing notices'}."


def test_the_page_lists_every_rule_as_it_is():
    assert [*sections()] == [f"{rule.number} `{rule.name}`: {rule.title}" for rule in RULES]
    assert [rule.number for rule in RULES] == [f"L{n}" for n in range(1, 20)]


@pytest.mark.parametrize("rule", RULES, ids=[rule.number for rule in RULES])
def test_the_page_says_why_and_what_to_write_instead(rule: Rule):
    section = sections()[f"{rule.number} `{rule.name}`: {rule.title}"]

    assert says(rule) in " ".join(section.partition("```")[0].split())


@pytest.mark.parametrize("rule", RULES, ids=[rule.number for rule in RULES])
def test_the_page_shows_what_is_found_and_what_to_write_instead(rule: Rule, tmp_path: Path):
    section = sections()[f"{rule.number} `{rule.name}`: {rule.title}"]
    (block,) = re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    files = _modules(block)
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    found = {(each.path.name, each.line, each.number) for each in lint(tmp_path / "jobs.py")}

    assert found == {mark for name, text in files.items() for mark in _marks(name, text)}
    assert {number for _, _, number in found} == {rule.number}


def _modules(block: str) -> dict[str, str]:
    """Answer a block as modules: jobs.py, and where it names a helper's, that one."""
    if "async def" not in block:
        return {"jobs.py": HEAD + BODY + indent(block, "    ")}
    helper, _, rest = block.partition("# acme/refunds.py\n")
    if not rest:
        return {"jobs.py": HEAD + block}
    return {"dates.py": HEAD + helper, "jobs.py": f"{HEAD}from dates import due, due_from\n{rest}"}


def _marks(name: str, text: str) -> set[tuple[str, int, str]]:
    lines = enumerate(text.splitlines(), 1)
    return {(name, n, mark[1].strip()) for n, line in lines if (mark := MARK.search(line))}
