"""A rule: a small function from one fact, and where it was found, to what is wrong with it."""

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from workflows.linting.catalogue import Rule
from workflows.linting.facts import Fact
from workflows.linting.modules import Module
from workflows.linting.reading import Reading


class Place(NamedTuple):
    """Where a fact was found: in *module*, on the way from a job of *job*."""

    reading: Reading
    module: Module
    job: Module


class Fault(NamedTuple):
    """What is wrong at *node*: against which rule, and how it is written; *module*: elsewhere."""

    node: ast.AST
    rule: Rule
    what: str
    module: Module | None = None


Judges = Callable[[Any, Place], Iterator[Fault]]
JUDGES: list[tuple[type[Fact], Judges]] = []
Judge = TypeVar("Judge", bound=Judges)


def rule(*kinds: type[Fact]) -> Callable[[Judge], Judge]:
    """Register a rule on facts of these kinds."""

    def register(judge: Judge) -> Judge:
        JUDGES.extend((kind, judge) for kind in kinds)
        return judge

    return register


def judge(fact: Fact, place: Place) -> Iterator[Fault]:
    """Answer what is wrong with a fact."""
    for kind, judges in JUDGES:
        if isinstance(fact, kind):
            yield from judges(fact, place)


def written(node: ast.AST) -> str:
    """Answer how something is written, in backquotes and on one line."""
    text = " ".join(ast.unparse(node).split())
    return f"`{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}`"


SHOWN = 80
