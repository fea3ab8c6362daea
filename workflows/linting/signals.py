"""Signals: what would swallow that by which a pass ends."""

import ast
from collections.abc import Iterator

from workflows.linting import facts
from workflows.linting.frame import Frame
from workflows.linting.handlers import is_signal, lets_go

LEAVES = (ast.Return, ast.Break, ast.Continue)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def caught(frame: Frame, handler: ast.ExceptHandler) -> bool:
    """Whether a handler meets signals; one that lets none through is noted."""
    is_one = handler.type is None or is_signal(frame, handler.type)
    if is_one and not lets_go(frame, handler):
        written = f" {ast.unparse(handler.type)}" if handler.type else ":"
        frame.note(facts.Swallowed(handler, f"`except{written}`"))
    return is_one


def suppressed(frame: Frame, node: ast.Call) -> None:
    """Note a `suppress` that takes signals."""
    if any(is_signal(frame, each) for each in node.args):
        frame.note(facts.Swallowed(node, f"`{ast.unparse(node)}`"))


def leaves(frame: Frame, last: list[ast.stmt]) -> None:
    """Note what leaves a `finally`: it takes no signal along."""
    for each in _leaving(last, in_loop=False):
        frame.note(facts.Swallowed(each, f"`{ast.unparse(each)}` in `finally`"))


def forgives(frame: Frame, body: list[ast.stmt]) -> None:
    """Note what an `__exit__` answers so that nothing goes on: no signal either."""
    for node in body:
        for each in ast.walk(node):
            if isinstance(each, ast.Return) and each.value and _is_always(each.value):
                frame.note(facts.Swallowed(each, f"`{ast.unparse(each)}` in `__exit__`"))


def _is_always(value: ast.expr) -> bool:
    """Whether it says yes to whatever was raised."""
    match value:
        case ast.Constant(value=constant):
            return bool(constant)
        case ast.Compare(ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]):
            return True
        case ast.Call(func=ast.Name(id="bool")):
            return True
        case _:
            return False


def _leaving(nodes: list[ast.stmt], *, in_loop: bool) -> Iterator[ast.stmt]:
    for node in nodes:
        if isinstance(node, ast.Return) or (isinstance(node, LEAVES) and not in_loop):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
            yield from _leaving(inside, in_loop=in_loop or isinstance(node, LOOPS))
