"""Verbs: what the context's own calls answer, and what they are given."""

import ast

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.call import Call
from workflows.linting.frame import Frame
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Bound,
    Constant,
    Decision,
    Decorated,
    Event,
    First,
    Function,
    Instance,
    Made,
    Meaning,
    Method,
    Pending,
    Several,
    one,
    union,
)

AT_ONCE = frozenset({"patched", "log"})  # these answer at once: there is nothing to await
NEVER_PARK = frozenset({"now", "uuid", "random"})
TAKE_COROUTINES = frozenset({"gather", "first"})
OF_CONTEXT = frozenset({"approval", "run_job", "deliver", "say"})


def answer(frame: Frame, call: Call, path: tuple[str, ...]) -> Meaning:
    """Answer what a call of the context's answers, and note what it is given."""
    if not path or AT_ONCE & set(path):
        return NOTHING
    verb = path[-1] if path[0] != "plugins" else ".".join(path)
    frame.note(facts.Asked(call.node, verb, call.arguments, call.where, call.named))
    if verb not in TAKE_COROUTINES:
        _misused(frame, call)
    if path == ("step", "run"):
        _given(frame, call)
    return result(frame, path, call.arguments)


def result(frame: Frame, path: tuple[str, ...], arguments: Arguments) -> Meaning:
    """Answer what a call of the context's answers."""
    if not path or AT_ONCE & set(path):
        return NOTHING
    is_plugin = path[0] == "plugins" and len(path) > 2  # noqa: PLR2004  plugins, which, what
    is_step = path[0] == "step" and len(path) > 1
    if not (is_plugin or is_step or path[0] in OF_CONTEXT):
        return NOTHING
    verb = path[-1]
    given = _answers(frame, verb, arguments) if not is_plugin else NOTHING
    return one(Pending(given, f"ctx.{'.'.join(path)}", is_plugin or verb not in NEVER_PARK))


def _answers(frame: Frame, verb: str, arguments: Arguments) -> Meaning:
    match verb:
        case "approval":
            return one(Decision())
        case "wait_for_event" | "wait_for_any":
            return one(Event())
        case "gather":
            each = tuple(_awaited(given) for given in arguments.positional[1:])
            rest = _awaited(arguments.rest)
            return one(Several((*each, rest) if rest else each, exact=not arguments.rest))
        case "first":
            return one(First(_awaited(union([*(m for _, m in arguments.named), arguments.rest]))))
        case "run" | "run_job":
            return union([_returned(frame, each) for each in arguments.get(verb == "run", "call")])
        case _:
            return NOTHING


def _awaited(meaning: Meaning) -> Meaning:
    return union([each.result for each in meaning if isinstance(each, Pending)])


def _returned(frame: Frame, called: object) -> Meaning:
    """Answer what a step answers: what its function says that it returns."""
    match called:
        case Function(node=node, module=module):
            return annotated(frame.reading, module, getattr(node, "returns", None))
        case Decorated(function=function) | Bound(function=function):
            return _returned(frame, function)
        case _:
            return NOTHING


def _given(frame: Frame, call: Call) -> None:
    """Note what is to be called as a step."""
    meaning = call.arguments.get(1, "call")
    where = call.where[1] if len(call.where) > 1 else dict(call.named).get("call", call.node)
    if not meaning and isinstance(where, ast.Attribute) and _is_object(frame.part(where.value)):
        meaning = one(Method(ast.unparse(where)))
    frame.note(facts.Given(where, meaning))
    for each in meaning:
        if isinstance(each, Function):
            frame.nested.pop(each.node, None)


def _is_object(owner: Meaning) -> bool:
    """Whether a method of it belongs to one object, so that no name leads to it."""
    kinds = Instance | Constant | Several | Made
    return any(isinstance(each, kinds) for each in owner)


def _misused(frame: Frame, call: Call) -> None:
    """Note coroutines that are given where what they answer should be."""
    everywhere = [*call.where, *(node for _, node in call.named)]
    for node, given in zip(everywhere, call.arguments.every, strict=False):
        for each in given:
            if isinstance(each, Pending):
                frame.note(facts.Unawaited(node, each.verb))
