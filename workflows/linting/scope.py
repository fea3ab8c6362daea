"""Scope: what the names of a function or a module stand for, joined over all that binds them."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflows.linting.values import NOTHING, Anything, Meaning, one

if TYPE_CHECKING:  # they hold each other
    from workflows.linting.modules import Module

Scoped = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
UNKNOWN = one(Anything())


class Scope:
    """The names of a module, a class or one reading of a function."""

    def __init__(
        self, module: "Module", parent: "Scope | None" = None, *, is_function: bool = False
    ) -> None:
        self.module = module
        self.parent = parent
        self.is_function = is_function
        self.local: frozenset[str] = frozenset()
        self.outer: set[str] = set()  # declared `global` or `nonlocal`
        self._names: dict[str, Meaning] = {}

    def bind(self, name: str, meaning: Meaning) -> None:
        """Let *name* stand for *meaning* as well."""
        self._names[name] = self._names.get(name, NOTHING) | (meaning or UNKNOWN)

    def get(self, name: str) -> Meaning:
        """Answer what *name* stands for in this scope alone."""
        return self._names.get(name, NOTHING)

    def holder(self, name: str) -> "Scope | None":
        """Answer the function's scope that *name* belongs to; None: look at the module."""
        scope: Scope | None = self
        while scope is not None:
            if scope.is_function and name in scope.local and name not in scope.outer:
                return scope
            scope = scope.parent
        return None

    def size(self) -> int:
        """Answer how much is known: it grows until a reading brings nothing new."""
        return sum(len(meaning) for meaning in self._names.values())


def stored(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Answer the names that are bound in *nodes*, functions and classes in them by name alone."""
    return frozenset(name for node in nodes for each in inside(node) for name in _bound(each))


def inside(node: ast.AST) -> Iterator[ast.AST]:
    """Answer a node and all in it, functions and classes in it as a whole."""
    yield node
    if not isinstance(node, Scoped):
        for child in ast.iter_child_nodes(node):
            yield from inside(child)


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=alias):
            yield alias or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            pass
