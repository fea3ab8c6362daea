"""Changing: which names of its module a function changes, told from its text alone."""

import ast
from collections.abc import Iterator

from workflows.linting.members import CHANGE
from workflows.linting.scope import inside
from workflows.linting.shapes import shape
from workflows.linting.values import Definition


def functions(tree: ast.Module) -> Iterator[Definition]:
    """Answer the functions of a module, and the methods of its classes."""
    for node in tree.body:
        for each in [node, *(node.body if isinstance(node, ast.ClassDef) else ())]:
            if isinstance(each, Definition):
                yield each


def changed(function: Definition) -> Iterator[str]:
    """Answer the names that a function changes and that are not its own."""
    of_it = shape(function)
    for statement in of_it.body:
        for node in inside(statement):
            for name in _changed(node):
                if name not in of_it.local or name in of_it.outer:
                    yield name


def _changed(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store()):
            yield from _root(node)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in CHANGE:
            yield from _root(value)
        case _:
            pass


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
