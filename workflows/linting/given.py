"""Given: what is written between the parentheses of a call, read argument by argument."""

import ast

from workflows.linting.call import Call, Place
from workflows.linting.elements import elements
from workflows.linting.frame import Frame
from workflows.linting.values import NOTHING, Arguments, Meaning, Several


def written(frame: Frame, node: ast.Call, *, is_step: bool) -> Call:
    """Read what is given; a function that is given as a step is not used here."""
    positional, rest = _positional(frame, node.args, is_step=is_step)
    named, more = _named(frame, node.keywords, is_step=is_step)
    arguments = Arguments(
        tuple(given for _, given in positional),
        tuple((name, given) for name, _, given in named),
        rest | more,
    )
    where = tuple(place for place, _ in positional)
    return Call(node, arguments, where, tuple((name, place) for name, place, _ in named))


def _positional(
    frame: Frame, given: list[ast.expr], *, is_step: bool
) -> tuple[list[tuple[Place, Meaning]], Meaning]:
    found: list[tuple[Place, Meaning]] = []
    rest: Meaning = NOTHING
    for each in given:
        if not isinstance(each, ast.Starred):
            as_it_is = is_step and len(found) == 1
            found.append((each, frame.part(each) if as_it_is else frame.meaning(each)))
            continue
        meaning = frame.meaning(each.value)
        inside = elements(frame, each.value, meaning)
        exact = next((v for v in meaning if isinstance(v, Several) and v.exact), None)
        if exact and len(meaning) == 1:
            found += [(each, item) for item in exact.items]
        else:
            rest |= inside
    return found, rest


def _named(
    frame: Frame, given: list[ast.keyword], *, is_step: bool
) -> tuple[list[tuple[str, Place, Meaning]], Meaning]:
    found: list[tuple[str, Place, Meaning]] = []
    rest: Meaning = NOTHING
    for each in given:
        as_it_is = is_step and each.arg == "call"
        meaning = frame.part(each.value) if as_it_is else frame.meaning(each.value)
        if each.arg:
            found.append((each.arg, each.value, meaning))
            continue
        for held in meaning:
            if isinstance(held, Several):
                pairs = zip(held.keys, held.items, strict=False)
                found += [(str(key), each.value, item) for key, item in pairs]
                rest |= NOTHING if held.keys else held.every
    return found, rest
