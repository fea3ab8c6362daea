"""L9 to L11: a decision or an event that is misread, or not read."""

import ast
from collections.abc import Iterator

from workflows.linting.catalogue import DECISION, EVENT, TRUTH, Rule
from workflows.linting.facts import Compared, Dropped, Kept, Matched, Tested
from workflows.linting.rules.base import Fault, Place, rule, written
from workflows.linting.values import (
    Constant,
    Decision,
    Event,
    First,
    Known,
    Meaning,
    Shared,
    within,
)

NAMES = frozenset({"Approved", "Rejected", "Expired", "Event", "Silence"})
ANSWERS = (Decision, Event, First)


@rule(Tested)
def tested(fact: Tested, place: Place) -> Iterator[Fault]:
    """Find the truth of what is never false."""
    if any(isinstance(each, ANSWERS) for each in fact.meaning):
        yield Fault(fact.node, TRUTH, f"the truth of {written(fact.node)}")


@rule(Compared)
def compared(fact: Compared, place: Place) -> Iterator[Fault]:
    """Find what is held against a text or a class, or against None though it is always there."""
    if _is_misread(fact) or _is_sought(fact):
        yield Fault(fact.node, TRUTH, f"the comparison {written(fact.node)}")


def _is_misread(fact: Compared) -> bool:
    if not any(isinstance(each, ANSWERS) for each in fact.meaning):
        return False
    others = within(fact.other)
    literal = [each for each in others if isinstance(each, Constant)]
    is_always_there = all(isinstance(each, (*ANSWERS, Shared)) for each in fact.meaning)
    if any(isinstance(each, Known) and each.name.startswith("workflows.") for each in others):
        return True
    return any(each.value is not None for each in literal) or bool(literal and is_always_there)


def _is_sought(fact: Compared) -> bool:
    """Whether `True` is looked for among answers."""
    held = within(fact.meaning) - fact.meaning
    is_truth = any(isinstance(each, Constant) and each.kind is bool for each in fact.other)
    return is_truth and any(isinstance(each, ANSWERS) for each in held)


@rule(Matched)
def matched(fact: Matched, place: Place) -> Iterator[Fault]:
    """Find a `match` that holds an answer against literals, or does not look at it."""
    if not any(isinstance(each, ANSWERS) for each in within(fact.meaning)):
        return
    if any(_is_literal(each) for pattern in fact.patterns for each in _options(pattern)):
        yield Fault(fact.node, TRUTH, f"`match {ast.unparse(fact.node)}` against no class")
    if fact.is_blind or any(map(_is_everything, fact.patterns)):
        yield from _unread(fact.node, fact.meaning)


def _is_literal(pattern: ast.pattern) -> bool:
    """Whether a pattern never fits an answer, or any: `case True`, `case Approved` without `()`."""
    match pattern:
        case ast.MatchValue() | ast.MatchSingleton():
            return True
        case ast.MatchAs(name=str(name), pattern=None):
            return name in NAMES
        case _:
            return False


@rule(Kept)
def kept(fact: Kept, place: Place) -> Iterator[Fault]:
    """Find what is kept under a name that nothing asks for."""
    if not place.reading.is_asked_for(fact.attribute):
        yield from _unread(fact.node, fact.meaning)


@rule(Dropped)
def dropped(fact: Dropped, place: Place) -> Iterator[Fault]:
    """Find what people or others answered, and nothing reads."""
    yield from _unread(fact.node, fact.meaning)


def _unread(node: ast.AST, meaning: Meaning) -> Iterator[Fault]:
    found = within(meaning)
    kinds: list[tuple[type, Rule]] = [(Decision, DECISION), (Event, EVENT)]
    for kind, broken in kinds:
        if any(isinstance(each, kind) for each in found):
            yield Fault(node, broken, f"{written(node)}, which nobody looks at,")


def _is_everything(pattern: ast.pattern) -> bool:
    """Whether one case takes approvals and what is none."""
    named = {ast.unparse(e.cls) for e in _options(pattern) if isinstance(e, ast.MatchClass)}
    return "Approved" in named and bool({"Rejected", "Expired"} & named)


def _options(pattern: ast.pattern) -> Iterator[ast.pattern]:
    match pattern:
        case ast.MatchOr(patterns=patterns) | ast.MatchSequence(patterns=patterns):
            for each in patterns:
                yield from _options(each)
        case _:
            yield pattern
