"""Calls: who is called with what, and what that answers."""

import ast
from typing import NamedTuple

from workflows.linting import facts, known, methods, verbs
from workflows.linting.definitions import register
from workflows.linting.elements import elements
from workflows.linting.frame import Frame, expression, unknown
from workflows.linting.invoking import hand_over, invoke, invoke_all
from workflows.linting.members import member
from workflows.linting.values import (
    NOTHING,
    Arguments,
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
    Several,
    Value,
    one,
    union,
)


class Call(NamedTuple):
    """A call as it is written, and all that is given in it."""

    node: ast.Call
    arguments: Arguments

    @property
    def where(self) -> tuple[ast.AST, ...]:
        """Answer where each argument stands."""
        return tuple(self.node.args)

    @property
    def named(self) -> tuple[tuple[str, ast.AST], ...]:
        """Answer where each named argument stands."""
        return tuple((each.arg, each.value) for each in self.node.keywords if each.arg)


@expression(ast.Call)
def _call(frame: Frame, node: ast.Call) -> Meaning:
    owner = frame.part(node.func.value) if isinstance(node.func, ast.Attribute) else NOTHING
    called = frame.part(node.func)
    known.prepare(frame, node, called)
    call = Call(node, _arguments(frame, node, is_step=_is_step(called)))
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


def _arguments(frame: Frame, node: ast.Call, *, is_step: bool) -> Arguments:
    """Read what is given; a function that is given as a step is not used here."""
    positional: list[Meaning] = []
    rest: Meaning = NOTHING
    for each in node.args:
        if not isinstance(each, ast.Starred):
            as_it_is = is_step and len(positional) == 1
            positional.append(frame.part(each) if as_it_is else frame.meaning(each))
            continue
        given = frame.meaning(each.value)
        inside = elements(frame, each.value, given)
        exact = next((v for v in given if isinstance(v, Several) and v.exact), None)
        if exact and len(given) == 1:
            positional += exact.items
        else:
            rest |= inside
    named = []
    for keyword in node.keywords:
        as_it_is = is_step and keyword.arg == "call"
        given = frame.part(keyword.value) if as_it_is else frame.meaning(keyword.value)
        if keyword.arg:
            named.append((keyword.arg, given))
        else:
            rest |= union([each.every for each in given if isinstance(each, Several)])
    return Arguments(tuple(positional), tuple(named), rest)


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
