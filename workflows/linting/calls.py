"""Calls: who is called with what, and what that answers."""

import ast

from workflows.linting import facts, known, methods, verbs
from workflows.linting.call import Call
from workflows.linting.definitions import register
from workflows.linting.frame import Frame, expression, unknown
from workflows.linting.given import written
from workflows.linting.invoking import hand_over, invoke, invoke_all
from workflows.linting.members import member
from workflows.linting.values import (
    NOTHING,
    Bound,
    Class,
    Decorated,
    Durable,
    Function,
    Instance,
    Known,
    Made,
    Meaning,
    Method,
    Mutator,
    Partial,
    Value,
    one,
    union,
)


@expression(ast.Call)
def _call(frame: Frame, node: ast.Call) -> Meaning:
    owner = frame.part(node.func.value) if isinstance(node.func, ast.Attribute) else NOTHING
    called = frame.part(node.func)
    known.prepare(frame, node, called)
    call = written(frame, node, is_step=_is_step(called))
    frame.here = node
    if isinstance(node.func, ast.Attribute):
        found = methods.answer(frame, call, owner, node.func.attr)
        if found is not None:
            return found
    if unknown(called) and not isinstance(node.func, ast.Attribute | ast.Lambda):
        frame.effect(node, f"`{ast.unparse(node.func)}(…)`")
    if unknown(called):
        hand_over(frame, call.arguments)
    return union([answer(frame, call, each) for each in called])


def _is_step(called: Meaning) -> bool:
    return Durable(("step", "run")) in called


def answer(frame: Frame, call: Call, called: Value) -> Meaning:  # noqa: PLR0911  a line a kind
    """Answer what a call of this answers; what it uses, and does, is noted."""
    match called:
        case Known(name=name) | Method(name=name):
            return known.answer(frame, call, name)
        case Durable(path=path):
            return verbs.answer(frame, call, path)
        case Function() | Decorated() | Bound() | Partial() | Class():
            return invoke(frame, called, call.arguments)
        case Instance():
            return invoke_all(frame, member(frame, one(called), "__call__"), call.arguments)
        case Mutator(of=of):
            frame.note(facts.Changed(call.node, f"`{of}`, which all runs share,"))
            return NOTHING
        case Made(name="workflows.job" | "workflows.job unlisted" as name):
            return register(frame, call.arguments.get(0, ""), unlisted=name != "workflows.job")
        case _:
            return NOTHING
