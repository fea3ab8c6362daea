"""Expressions: what names, attributes and the like stand for."""

import ast
from itertools import pairwise

from workflows.linting import facts
from workflows.linting.frame import Frame, expression
from workflows.linting.invoking import invoke_special
from workflows.linting.members import member
from workflows.linting.truth import test, tested
from workflows.linting.values import (
    NOTHING,
    Constant,
    Function,
    Meaning,
    Pending,
    constant,
    one,
    union,
)

COMPARE = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__")


@expression(ast.Constant)
def _constant(frame: Frame, node: ast.Constant) -> Meaning:
    return constant(node.value)


@expression(ast.Name)
def _name(frame: Frame, node: ast.Name) -> Meaning:
    if frame.scope.is_function and frame.scope.holder(node.id) is None:
        frame.note(facts.Looked(node, node.id))
    return frame.lookup(node.id)


@expression(ast.Attribute)
def _attribute(frame: Frame, node: ast.Attribute) -> Meaning:
    base = frame.part(node.value)
    for each in base:
        if isinstance(each, Pending):
            frame.note(facts.Unawaited(node.value, each.verb))
    return member(frame, base, node.attr)


@expression(ast.Await)
def _await(frame: Frame, node: ast.Await) -> Meaning:
    found = frame.meaning(node.value)
    pending = [each for each in found if isinstance(each, Pending)]
    frame.summary.parks |= any(each.parks for each in pending)
    return union([each.result for each in pending]) | invoke_special(frame, found, ["__await__"])


@expression(ast.NamedExpr)
def _named(frame: Frame, node: ast.NamedExpr) -> Meaning:
    found = frame.meaning(node.value)
    frame.bind(node.target.id, found)
    return found


@expression(ast.Lambda)
def _lambda(frame: Frame, node: ast.Lambda) -> Meaning:
    function = Function(node, frame.scope.module, frame.scope)
    frame.nested.setdefault(node, function)
    return one(function)


@expression(ast.IfExp)
def _either(frame: Frame, node: ast.IfExp) -> Meaning:
    test(frame, node.test)
    return frame.meaning(node.body) | frame.meaning(node.orelse)


@expression(ast.BoolOp)
def _one_of(frame: Frame, node: ast.BoolOp) -> Meaning:
    found = [frame.meaning(each) for each in node.values]
    for each, meaning in zip(node.values[:-1], found, strict=False):
        tested(frame, each, meaning)
    return union(found)


@expression(ast.UnaryOp)
def _unary(frame: Frame, node: ast.UnaryOp) -> Meaning:
    if isinstance(node.op, ast.Not):
        test(frame, node.operand)
        return NOTHING
    for each in frame.value(node.operand):
        if (
            isinstance(node.op, ast.USub)
            and isinstance(each, Constant)
            and each.kind in {int, float}
        ):
            return constant(-each.value)  # type: ignore[operator]  # it is a number
    return NOTHING


@expression(ast.Compare)
def _compare(frame: Frame, node: ast.Compare) -> Meaning:
    each = [frame.value(part) for part in (node.left, *node.comparators)]
    invoke_special(frame, union(each), COMPARE)
    for left, right in pairwise(each):
        frame.note(facts.Compared(node, left, right))
        frame.note(facts.Compared(node, right, left))
    return NOTHING
