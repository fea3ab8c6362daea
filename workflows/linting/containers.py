"""Containers: lists, sets, dictionaries, comprehensions, and what is taken out of them."""

import ast

from workflows.linting.binding import bind
from workflows.linting.elements import elements, is_fixed, item
from workflows.linting.frame import Frame, expression
from workflows.linting.invoking import invoke_special
from workflows.linting.truth import test
from workflows.linting.values import (
    NOTHING,
    Constant,
    Meaning,
    Several,
    Shared,
    Unordered,
    constant,
    one,
    union,
)


@expression(ast.List, ast.Tuple)
def _listed(frame: Frame, node: ast.List | ast.Tuple) -> Meaning:
    items: list[Meaning] = []
    exact = True
    for each in node.elts:
        if isinstance(each, ast.Starred):
            items.append(elements(frame, each, frame.meaning(each.value)))
            exact = False
        else:
            items.append(frame.meaning(each))
    return one(Several(tuple(items), exact))


@expression(ast.Set)
def _set(frame: Frame, node: ast.Set) -> Meaning:
    items = [frame.meaning(each) for each in node.elts]
    return frozenset({Unordered(), Several((union(items),))})


@expression(ast.Dict)
def _dictionary(frame: Frame, node: ast.Dict) -> Meaning:
    pairs: list[tuple[Meaning, Meaning]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        held = frame.meaning(value)
        pairs += [(frame.meaning(key), held)] if key else _unfolded(held)
    values = tuple(value for _, value in pairs)
    literal = [each.value for key, _ in pairs for each in key if isinstance(each, Constant)]
    if len(literal) == len(values):
        return one(Several(values, keys=tuple(literal)))
    return one(Several((union(values),)))


def _unfolded(held: Meaning) -> list[tuple[Meaning, Meaning]]:
    """Answer what ``**options`` puts into a dictionary."""
    pairs: list[tuple[Meaning, Meaning]] = []
    for each in held:
        if isinstance(each, Several) and len(each.keys) == len(each.items):
            named = zip(each.keys, each.items, strict=True)
            pairs += [(constant(key), item) for key, item in named]
        elif isinstance(each, Several):
            pairs.append((NOTHING, each.every))
    return pairs


@expression(ast.ListComp, ast.GeneratorExp)
def _comprehension(frame: Frame, node: ast.ListComp | ast.GeneratorExp) -> Meaning:
    generators(frame, node, node.generators)
    return one(Several((frame.meaning(node.elt),)))


@expression(ast.SetComp)
def _set_comprehension(frame: Frame, node: ast.SetComp) -> Meaning:
    generators(frame, None, node.generators)
    return frozenset({Unordered(), Several((frame.meaning(node.elt),))})


@expression(ast.DictComp)
def _dict_comprehension(frame: Frame, node: ast.DictComp) -> Meaning:
    generators(frame, node, node.generators)
    frame.meaning(node.key)
    return one(Several((frame.meaning(node.value),)))


def generators(frame: Frame, node: ast.expr | None, loops: list[ast.comprehension]) -> None:
    """Read the loops and conditions of a comprehension; None: of one that makes a set."""
    for each in loops:
        found = frame.meaning(each.iter)
        if node is None or node in frame.orderless:
            inner = union([every.every for every in found if isinstance(every, Several)])
        else:
            inner = elements(frame, each.iter, found)
        bind(frame, each.target, inner, each.iter)
        for condition in each.ifs:
            test(frame, condition)


@expression(ast.Starred)
def _starred(frame: Frame, node: ast.Starred) -> Meaning:
    return elements(frame, node, frame.meaning(node.value))


@expression(ast.Subscript)
def _subscript(frame: Frame, node: ast.Subscript) -> Meaning:
    base = frame.value(node.value)
    index = frame.value(node.slice)
    found = union([item(each, index) for each in base if isinstance(each, Several)])
    found |= frame.reading.held(base) | invoke_special(frame, base, ["__getitem__"])
    if any(isinstance(each, Shared) for each in base) and not is_fixed(found):
        return found | frozenset(each for each in base if isinstance(each, Shared))
    return found


@expression(ast.Slice)
def _slice(frame: Frame, node: ast.Slice) -> Meaning:
    return frame.parts(node)


@expression(ast.Yield)
def _yield(frame: Frame, node: ast.Yield) -> Meaning:
    frame.yields.append(frame.meaning(node.value) if node.value else NOTHING)
    return NOTHING


@expression(ast.YieldFrom)
def _yield_from(frame: Frame, node: ast.YieldFrom) -> Meaning:
    frame.yields.append(elements(frame, node.value, frame.meaning(node.value)))
    return NOTHING
