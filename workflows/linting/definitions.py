"""Definitions: functions and classes of the author's, under their decorators."""

import ast
from dataclasses import replace

from workflows.linting import facts
from workflows.linting.frame import Frame, statement
from workflows.linting.invoking import invoke_all
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Class,
    Decorated,
    Definition,
    Function,
    Known,
    Made,
    Meaning,
    one,
    union,
)

TRAITS = {
    "property": "property",
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
    "contextmanager": "manager",
    "asynccontextmanager": "manager",
}
CACHES = ("cache", "memoize", "cached_property")
JOBS = ("workflows.job", "workflows.job unlisted")


@statement(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(frame: Frame, node: Definition) -> None:
    for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
        frame.meaning(default)
    found = defined(frame, node, None)
    if frame.scope.is_function:
        frame.nested.setdefault(node, Function(node, frame.scope.module, frame.scope))
    frame.bind(node.name, found)


@statement(ast.ClassDef)
def _class(frame: Frame, node: ast.ClassDef) -> None:
    frame.bind(node.name, one(Class(node, frame.scope.module, frame.scope)))


def defined(frame: Frame, node: Definition, owner: Class | None) -> Meaning:
    """Answer what the name of a definition stands for."""
    meaning = one(Function(node, frame.scope.module, frame.scope, owner))
    for decorator in reversed(node.decorator_list):
        meaning = _under(frame, decorator, meaning)
    return meaning


def _under(frame: Frame, decorator: ast.expr, meaning: Meaning) -> Meaning:
    written = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = next((e.name for e in frame.part(written) if isinstance(e, Known)), None)
    found = frame.meaning(decorator) if isinstance(decorator, ast.Call) else frame.part(decorator)
    for each in found:
        if isinstance(each, Made) and each.name in JOBS:
            return register(frame, meaning, unlisted=each.name != JOBS[0])
    if name:
        return with_trait(meaning, name)
    if isinstance(written, ast.Attribute) and written.attr == "register":
        frame.reading.offer(frame.part(written.value), meaning)
        return meaning
    calls = invoke_all(frame, found, Arguments((meaning,)))
    return union([_decorated(each, calls) for each in meaning]) if calls else meaning


def _decorated(value: object, calls: Meaning) -> Meaning:
    function = value.function if isinstance(value, Decorated) else value
    return one(Decorated(function, calls)) if isinstance(function, Function) else NOTHING


def with_trait(meaning: Meaning, name: str) -> Meaning:
    """Answer a function with what a decorator of somebody else's makes of it."""
    last = name.rpartition(".")[2]
    traits = {TRAITS[last]} if last in TRAITS else set()
    if last.endswith(CACHES):
        traits |= {"cached", "property"} if last == "cached_property" else {"cached"}
    return frozenset(
        replace(each, traits=each.traits | traits) if isinstance(each, Function) else each
        for each in meaning
    )


def register(frame: Frame, meaning: Meaning, *, unlisted: bool) -> Meaning:
    """Keep a job that is defined."""
    for each in meaning:
        if isinstance(each, Function | Decorated):
            function = each.function if isinstance(each, Decorated) else each
            job = facts.Defined(function.node, function, each, unlisted)
            frame.reading.jobs.setdefault(function.node, job)
    return meaning
