"""Signals: what would swallow that by which a pass ends."""

import ast
from collections.abc import Iterator

from workflows.linting import facts
from workflows.linting.frame import Frame
from workflows.linting.values import Known, Meaning, Several

SIGNALS = frozenset(
    {"builtins.BaseException", "builtins.BaseExceptionGroup", "asyncio.CancelledError"}
    | {"asyncio.exceptions.CancelledError", "builtins.GeneratorExit"}
    | {"concurrent.futures.CancelledError"}
    | {f"workflows.errors.{name}" for name in ("ControlFlow", "Parked", "Postponed", "PassOver")}
    | {f"workflows.errors.{name}" for name in ("Blocked",)}
)
LEAVES = (ast.Return, ast.Break, ast.Continue)
LOOPS = (ast.For, ast.AsyncFor, ast.While)


def caught(frame: Frame, handler: ast.ExceptHandler) -> bool:
    """Whether a handler meets signals; one that lets none through is noted."""
    is_one = handler.type is None or _is_signal(frame, handler.type)
    if is_one and not _goes_on(handler):
        written = f" {ast.unparse(handler.type)}" if handler.type else ":"
        frame.note(facts.Swallowed(handler, f"`except{written}`"))
    return is_one


def suppressed(frame: Frame, node: ast.Call) -> None:
    """Note a `suppress` that takes signals."""
    if any(_is_signal(frame, each) for each in node.args):
        frame.note(facts.Swallowed(node, f"`{ast.unparse(node)}`"))


def leaves(frame: Frame, last: list[ast.stmt]) -> None:
    """Note what leaves a `finally`: it takes no signal along."""
    for each in _leaving(last, in_loop=False):
        frame.note(facts.Swallowed(each, f"`{ast.unparse(each)}` in `finally`"))


def forgives(frame: Frame, body: list[ast.stmt]) -> None:
    """Note what an `__exit__` answers so that nothing goes on: no signal either."""
    for node in body:
        for each in ast.walk(node):
            match each:
                case ast.Return(value=ast.Constant(value=True)):
                    frame.note(facts.Swallowed(each, "`return True` in `__exit__`"))
                case _:
                    pass


def _leaving(nodes: list[ast.stmt], *, in_loop: bool) -> Iterator[ast.stmt]:
    for node in nodes:
        if isinstance(node, ast.Return) or (isinstance(node, LEAVES) and not in_loop):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inside = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
            yield from _leaving(inside, in_loop=in_loop or isinstance(node, LOOPS))


def _is_signal(frame: Frame, node: ast.expr) -> bool:
    return any(isinstance(each, Known) and each.name in SIGNALS for each in _types(frame, node))


def _types(frame: Frame, node: ast.expr) -> Meaning:
    inner = node.value if isinstance(node, ast.Starred) else node
    found = frame.part(inner) if not isinstance(inner, ast.Tuple) else frozenset()
    if isinstance(inner, ast.Tuple):
        found = frozenset(value for each in inner.elts for value in _types(frame, each))
    return found | frozenset(v for each in found if isinstance(each, Several) for v in each.every)


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends in `raise`, and nothing leaves it before that."""
    leaves = any(isinstance(node, LEAVES) for each in handler.body for node in ast.walk(each))
    return not leaves and _raises(handler.body)


def _raises(body: list[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Raise(exc=exc):
            return exc is None or isinstance(exc, ast.Name)
        case ast.If(body=then, orelse=otherwise):
            return bool(otherwise) and _raises(then) and _raises(otherwise)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _raises(inner)
        case ast.Try(body=body, finalbody=last, handlers=handlers):
            return (bool(last) and _raises(last)) or (_raises(body) and not handlers)
        case ast.Match(cases=cases):
            return all(_raises(case.body) for case in cases)
        case _:
            return False
