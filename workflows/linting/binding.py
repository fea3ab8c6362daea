"""Binding: what names and attributes stand for from here on, and what is changed by it."""

import ast

from workflows.linting import facts
from workflows.linting.elements import elements
from workflows.linting.frame import Frame
from workflows.linting.invoking import invoke_special
from workflows.linting.uses import awaits, only_looks
from workflows.linting.values import (
    NOTHING,
    Class,
    Decorated,
    Function,
    Known,
    Meaning,
    Package,
    Several,
    Shared,
    one,
    union,
)


def bind(frame: Frame, target: ast.expr, meaning: Meaning, value: ast.AST) -> None:
    """Let a target stand for *meaning*; note what is changed by it, and what nobody reads."""
    match target:
        case ast.Name(id=name):
            frame.bind(name, meaning)
            if name in frame.scope.outer and frame.scope.holder(name) is None:
                frame.note(facts.Changed(target, f"`{name}` of the module"))
            if target in frame.unread and (value is target or not isinstance(value, ast.Name)):
                frame.note(facts.Dropped(value, meaning))
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            _unpack(frame, targets, meaning, value)
        case ast.Starred(value=inner):
            bind(frame, inner, one(Several((meaning,))), value)
        case ast.Attribute() | ast.Subscript():
            if target in frame.unread:
                frame.note(facts.Dropped(value, meaning))
            change(frame, target, meaning)
        case _:
            pass


def looked_at(frame: Frame, value: ast.AST) -> Meaning:
    """Answer what was awaited for a value that is made of it and goes nowhere."""
    if not only_looks(value):
        return NOTHING
    return union([frame.part(each) for each in awaits(value)])


def _unpack(frame: Frame, targets: list[ast.expr], meaning: Meaning, value: ast.AST) -> None:
    every = elements(frame, value, meaning)
    exact = [each for each in meaning if isinstance(each, Several) and each.exact]
    is_exact = len(exact) == 1 and len(exact[0].items) == len(targets)
    for n, each in enumerate(targets):
        bind(frame, each, exact[0].items[n] if is_exact else every, value)


def change(frame: Frame, target: ast.Attribute | ast.Subscript, meaning: Meaning) -> None:
    """Note what is changed where something is put into it, and keep what an attribute holds."""
    if isinstance(target, ast.Subscript):
        frame.meaning(target.slice)
    base = frame.meaning(target.value)
    if any(isinstance(each, Known) for each in base):
        frame.effect(target, f"`{ast.unparse(target)} = …`")
    if isinstance(target, ast.Subscript):
        _put(frame, target.value, base, meaning)
    if what := shared(base, is_attribute=isinstance(target, ast.Attribute)):
        frame.note(facts.Changed(target, what))
        frame.effect(target, f"`{ast.unparse(target)} = …`")
    if isinstance(target, ast.Attribute):
        frame.reading.keep(base, target.attr, meaning)
        frame.note(facts.Kept(target, target.attr, meaning))


def _put(frame: Frame, holder: ast.expr, base: Meaning, meaning: Meaning) -> None:
    """Let a dictionary or list hold what is put into it."""
    invoke_special(frame, base, ["__setitem__"])
    frame.reading.put(base, meaning)
    is_new = not any(isinstance(each, Several) and meaning <= each.every for each in base)
    if isinstance(holder, ast.Name) and meaning and is_new and frame.scope.holder(holder.id):
        frame.bind(holder.id, one(Several((meaning,))))


def shared(base: Meaning, *, is_attribute: bool = False) -> str | None:
    """Answer what of it all runs share; None: it is the run's own."""
    for each in base:
        match each:
            case Shared(name=name):
                return f"`{name}`, which all runs share,"
            case Class(node=node) if is_attribute:
                return f"the class `{node.name}`"
            case Package(module=module) if is_attribute:
                return f"the module `{module.path.stem}`"
            case Function(name=name) | Decorated(function=Function(name=name)) if is_attribute:
                return f"the function `{name}`"
            case _:
                pass
    return None
