"""Closing: what a context manager does when a wait inside of it parks the run."""

import ast

from workflows.linting.frame import Frame
from workflows.linting.members import in_class
from workflows.linting.values import (
    Arguments,
    Decorated,
    Durable,
    Function,
    Instance,
    Known,
    Made,
    Manager,
    Meaning,
    one,
)

HARMLESS = frozenset(
    {"contextlib.suppress", "contextlib.nullcontext", "decimal.localcontext"}
    | {"structlog.contextvars.bound_contextvars", "warnings.catch_warnings"}
)
ENTERED = ("__enter__", "__aenter__", "__exit__", "__aexit__")


def closes(frame: Frame, node: ast.expr, meaning: Meaning) -> list[str]:
    """Answer what entering and leaving *node* does to the world."""
    named = [e.name for e in _called(frame, node) | meaning if isinstance(e, Known | Made)]
    if HARMLESS & set(named) or any(isinstance(each, Durable) for each in meaning):
        return []
    own = [each for each in meaning if isinstance(each, Manager | Instance)]
    if not own:
        return [f"`with {ast.unparse(node)}`"]
    return [effect for each in own for effect in _of_own(frame, each)]


def _called(frame: Frame, node: ast.expr) -> Meaning:
    return frame.part(node.func) if isinstance(node, ast.Call) else frozenset()


def _of_own(frame: Frame, value: Manager | Instance) -> list[str]:
    if isinstance(value, Manager):
        return [effect.what for effect in value.effects]
    found = []
    for name in ENTERED:
        for method in in_class(frame, value.of, name):
            function = method.function if isinstance(method, Decorated) else method
            if isinstance(function, Function):
                before = len(frame.summary.effects)
                frame.run(function, Arguments((one(value),)))
                found += [effect.what for effect in frame.summary.effects[before:]]
    return found
