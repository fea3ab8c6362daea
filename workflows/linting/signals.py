"""Signals: handlers that would swallow what ends a pass."""

import ast
from collections.abc import Iterator

from workflows.linting.names import Names

SIGNALS = frozenset(
    {"builtins.BaseException", "builtins.BaseExceptionGroup"}
    | {f"workflows.errors.{name}" for name in ("ControlFlow", "Parked", "Postponed", "PassOver")}
)
LEAVES = (ast.Return, ast.Break, ast.Continue)


def swallowed(node: ast.AST, names: Names) -> tuple[ast.expr | ast.ExceptHandler, str] | None:
    """Answer what swallows a signal, and how it is written; None: *node* does not."""
    match node:
        case ast.ExceptHandler(type=None) if not _goes_on(node):
            return node, "`except:`"
        case ast.ExceptHandler(type=ast.expr() as caught) if not _goes_on(node):
            named = [name for name in _named(caught, names) if name in SIGNALS]
            return (node, f"`except {ast.unparse(caught)}`") if named else None
        case ast.Call(func=func, args=given) if names.full(func) == "contextlib.suppress":
            named = [name for each in given if (name := names.full(each)) in SIGNALS]
            return (node, f"`{ast.unparse(node)}`") if named else None
        case _:
            return None


def _named(caught: ast.expr, names: Names) -> Iterator[str | None]:
    for each in caught.elts if isinstance(caught, ast.Tuple) else [caught]:
        yield names.full(each)


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends in `raise`, and nothing leaves it before that."""
    leaves = any(isinstance(node, LEAVES) for each in handler.body for node in ast.walk(each))
    return not leaves and _raises(handler.body)


def _raises(body: list[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Raise():
            return True
        case ast.If(body=then, orelse=otherwise):
            return bool(otherwise) and _raises(then) and _raises(otherwise)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _raises(inner)
        case _:
            return False
