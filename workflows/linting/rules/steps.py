"""L15 and half of L19: what may be given to `ctx.step.run`."""

from collections.abc import Iterator
from dataclasses import replace

from workflows.linting.catalogue import STEP, TYPES
from workflows.linting.facts import Given
from workflows.linting.rules.base import Fault, Place, rule, written
from workflows.linting.values import (
    Bound,
    Decorated,
    Durable,
    Function,
    Instance,
    Method,
    Partial,
    Value,
)

RESULT = replace(
    TYPES,
    why="what comes back from the journal is made by its annotation: without one it is plain JSON",
    instead="Write `-> Receipt`, or `-> None`",
)


@rule(Given)
def given(fact: Given, place: Place) -> Iterator[Fault]:
    """Find a step that is no named function of a module, or does not say what it answers."""
    for each in fact.meaning:
        if kind := _no_name(each):
            yield Fault(fact.node, STEP, f"{written(fact.node)}, {kind},")
        elif (function := _function(each)) and getattr(function.node, "returns", None) is None:
            yield Fault(
                fact.node, RESULT, f"the step `{function.name}` without a return annotation"
            )


def _no_name(value: Value) -> str | None:  # noqa: PLR0911  a line a kind
    match value:
        case Function(name="a lambda"):
            return "a lambda"
        case Function(is_nested=True):
            return "a function inside another"
        case Bound() | Method():
            return "a method"
        case Partial():
            return "a partial"
        case Instance():
            return "an object"
        case Durable():
            return "a verb, which no step may call"
        case _:
            return None


def _function(value: Value) -> Function | None:
    function = value.function if isinstance(value, Decorated) else value
    return function if isinstance(function, Function) else None
