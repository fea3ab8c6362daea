"""Invoking: what is called of the author's own is read, with what it is given."""

import ast
from collections.abc import Iterable

from workflows.linting import facts, verbs
from workflows.linting.call import indirect
from workflows.linting.frame import Frame
from workflows.linting.making import AFTERWARDS, checks, factories
from workflows.linting.members import in_class, member
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
    Manager,
    Meaning,
    Method,
    Mutator,
    Partial,
    Pending,
    Several,
    Value,
    one,
    union,
)

ASK_TRUTH = ("builtins.bool", "operator.truth", "operator.not_")


def invoke_all(frame: Frame, called: Meaning, arguments: Arguments) -> Meaning:
    """Call whatever of the author's own this may be."""
    return union([invoke(frame, each, arguments) for each in called])


def invoke(frame: Frame, called: Value, arguments: Arguments) -> Meaning:  # noqa: C901, PLR0911  a line a kind
    """Read what is called with what it is given, and answer what it answers."""
    match called:
        case Function():
            return _run(frame, called, arguments)
        case Decorated(calls=calls):
            return invoke_all(frame, calls, arguments)
        case Bound(function=function, owner=owner):
            given = arguments._replace(positional=(owner, *arguments.positional))
            return invoke(frame, function, given)
        case Partial(calls=calls, arguments=first):
            return invoke_all(frame, calls, joined(first, arguments))
        case Durable(path=path):
            return verbs.answer(frame, indirect(frame.here, arguments), path)
        case Known(name=name) | Method(name=name):
            frame.note(facts.Touched(frame.here, name))
            if name in ASK_TRUTH:
                frame.note(facts.Tested(frame.here, union(arguments.positional)))
            return NOTHING
        case Mutator(of=of):
            frame.note(facts.Changed(frame.here, f"`{of}`, which all runs share,"))
            return NOTHING
        case Class():
            return _make(frame, called, arguments)
        case Instance():
            return invoke_all(frame, member(frame, one(called), "__call__"), arguments)
        case _:
            return NOTHING


def invoke_special(frame: Frame, meaning: Meaning, names: Iterable[str]) -> Meaning:
    """Call what Python calls by itself: the ``__getitem__`` of an object, its ``__len__``."""
    found: Meaning = NOTHING
    for each in meaning:
        if isinstance(each, Instance):
            methods = [method for name in names for method in in_class(frame, each.of, name)]
            found |= union([invoke(frame, method, Arguments((one(each),))) for method in methods])
    return found


def joined(first: Arguments, more: Arguments) -> Arguments:
    """Answer what is given at once where some of it was given before."""
    named = {**dict(first.named), **dict(more.named)}
    positional = (*first.positional, *more.positional)
    return Arguments(positional, tuple(named.items()), first.rest | more.rest)


def _run(frame: Frame, function: Function, arguments: Arguments) -> Meaning:
    if "cached" in function.traits:
        frame.note(facts.Changed(frame.here, f"the cache of `{function.name}`"))
    before = len(frame.summary.effects)
    result = frame.run(function, arguments)
    result |= invoke_all(frame, frame.reading.offered.get(function.node, NOTHING), arguments)
    if "manager" in function.traits:
        gives = union([each.every for each in result if isinstance(each, Several)])
        return one(Manager(gives, tuple(frame.summary.effects[before:])))
    if function.is_async and not _generated(function):
        return one(Pending(result, function.name, parks=False))
    return result


def _generated(function: Function) -> bool:
    """Whether calling an `async def` makes a generator, which nobody awaits."""
    return any(isinstance(each, ast.Yield) for each in ast.walk(function.node))


def _make(frame: Frame, made: Class, arguments: Arguments) -> Meaning:
    instance = one(Instance(made))
    given = arguments._replace(positional=(instance, *arguments.positional))
    first = in_class(frame, made, "__init__")
    for each in first:
        invoke(frame, each, given)
    if not any(isinstance(each, Function | Decorated) for each in first):
        _keep_fields(frame, made, arguments)
    for each in in_class(frame, made, "__new__"):
        invoke(frame, each, arguments._replace(positional=(one(made), *arguments.positional)))
    for name in (*AFTERWARDS, *checks(frame, made)):
        for each in in_class(frame, made, name):
            invoke(frame, each, Arguments((instance,)))
    for factory in factories(frame, made):
        invoke_all(frame, factory, Arguments())
    return instance


def _keep_fields(frame: Frame, made: Class, arguments: Arguments) -> None:
    fields = [
        each.target.id
        for each in made.node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]
    pairs = [*zip(fields, arguments.positional, strict=False), *arguments.named]
    for name, meaning in pairs:
        frame.reading.keep(one(Instance(made)), name, meaning)


def hand_over(frame: Frame, arguments: Arguments) -> None:
    """Read functions that are given to somebody who may call them, with what nobody knows."""
    for given in arguments.every:
        for each in given:
            if isinstance(each, Function | Decorated | Bound | Partial):
                invoke(frame, each, Arguments())
