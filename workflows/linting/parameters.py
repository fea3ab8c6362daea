"""Parameters: what they stand for, by what is given, by default, or by what they say."""

import ast

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.frame import Frame
from workflows.linting.names import is_taken
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Function,
    Made,
    Meaning,
    Several,
    Shared,
    one,
)

MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)


def give(frame: Frame, function: Function, arguments: Arguments) -> None:
    """Bind the parameters: to what is given, else to what their annotation says."""
    taken = function.node.args
    positional = [*taken.posonlyargs, *taken.args]
    defaults = dict(
        zip(reversed([p.arg for p in positional]), reversed(taken.defaults), strict=False)
    )
    defaults |= {p.arg: d for p, d in zip(taken.kwonlyargs, taken.kw_defaults, strict=True) if d}
    for n, parameter in enumerate([*positional, *taken.kwonlyargs]):
        at = n if n < len(positional) else len(arguments.positional)
        given = arguments.get(at, parameter.arg) or arguments.rest
        given = given or _default(frame, function, defaults.get(parameter.arg), parameter.arg)
        meant = annotated(frame.reading, function.module, parameter.annotation)
        frame.scope.bind(parameter.arg, given | (meant if not given else NOTHING))
    if taken.vararg:
        more = arguments.positional[len(positional) :]
        frame.scope.bind(
            taken.vararg.arg, one(Several((*more, arguments.rest), exact=not arguments.rest))
        )
    if taken.kwarg:
        known = {p.arg for p in [*positional, *taken.kwonlyargs]}
        others = [(name, given) for name, given in arguments.named if name not in known]
        values, keys = tuple(given for _, given in others), tuple(name for name, _ in others)
        held = Several((*values, arguments.rest) if arguments.rest else values, keys=keys)
        frame.scope.bind(taken.kwarg.arg, one(held))


def _default(frame: Frame, function: Function, default: ast.expr | None, name: str) -> Meaning:
    if default is None:
        return NOTHING
    scope = function.scope
    found = Frame(frame.reading, scope, facts.Summary("", function.module)).part(default)
    for each in found:
        if isinstance(each, Made) and is_taken(each.name):
            frame.taken.append(facts.Touched(default, each.name))
    if isinstance(default, MUTABLE):
        return found | one(Shared(f"the default of {name}"))
    return found
