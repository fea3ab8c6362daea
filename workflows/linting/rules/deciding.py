"""L9 to L11: a decision or an event that is misread, or not read."""

import ast
from collections.abc import Iterator

from workflows.linting.catalogue import DECISION, EVENT, TRUTH, Rule
from workflows.linting.facts import Compared, Dropped, Matched, Tested
from workflows.linting.rules.base import Fault, Place, rule, written
from workflows.linting.values import Constant, Decision, Event, First, Meaning, Shared, within

ANSWERS = (Decision, Event, First)


@rule(Tested)
def tested(fact: Tested, place: Place) -> Iterator[Fault]:
    """Find the truth of what is never false."""
    if any(isinstance(each, ANSWERS) for each in fact.meaning):
        yield Fault(fact.node, TRUTH, f"the truth of {written(fact.node)}")


@rule(Compared)
def compared(fact: Compared, place: Place) -> Iterator[Fault]:
    """Find what is held against a text, or against None though it is always there."""
    answers = [each for each in fact.meaning if isinstance(each, ANSWERS)]
    if not answers:
        return
    literal = [each for each in within(fact.other) if isinstance(each, Constant)]
    is_always_there = all(isinstance(each, (*ANSWERS, Shared)) for each in fact.meaning)
    if any(each.value is not None for each in literal) or (literal and is_always_there):
        yield Fault(fact.node, TRUTH, f"the comparison {written(fact.node)}")


@rule(Matched)
def matched(fact: Matched, place: Place) -> Iterator[Fault]:
    """Find a `match` that holds an answer against literals, or does not look at it."""
    if not any(isinstance(each, ANSWERS) for each in fact.meaning):
        return
    literal = (ast.MatchValue, ast.MatchSingleton)
    if any(isinstance(pattern, literal) for each in fact.patterns for pattern in _options(each)):
        yield Fault(fact.node, TRUTH, f"`match {ast.unparse(fact.node)}` against a literal")
    if fact.is_blind or any(map(_is_everything, fact.patterns)):
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
    if isinstance(pattern, ast.MatchOr):
        yield from pattern.patterns
    else:
        yield pattern
