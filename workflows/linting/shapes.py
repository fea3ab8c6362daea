"""Shapes: what a function's text says of it, whatever it is given; found out once."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from workflows.linting.lifetimes import unread
from workflows.linting.scope import inside, stored
from workflows.linting.values import FunctionNode


class Shape(NamedTuple):
    """Its body, the names that are its own or declared elsewhere, and what it never reads."""

    body: list[ast.stmt]
    local: frozenset[str]
    outer: set[str]
    unread: frozenset[ast.AST]
    sorts: frozenset[str]


def shape(node: FunctionNode) -> Shape:
    """Answer the shape of a function."""
    body = _body(node)
    return Shape(
        body=body,
        local=stored(body) | frozenset(parameters(node.args)),
        outer={name for each in body for part in inside(each) for name in _declared(part)},
        unread=unread(node),
        sorts=frozenset(_sorted_in_place(body)),
    )


def simple(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Answer the statements of a module's top, those under an `if` or a `try` one by one."""
    for each in statements:
        match each:
            case ast.If(body=then, orelse=other):
                yield from simple([*then, *other])
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                caught = [inner for handler in handlers for inner in handler.body]
                yield from simple([*body, *caught, *other, *last])
            case _:
                yield each


def _body(node: ast.AST) -> list[ast.stmt]:
    if isinstance(node, ast.Lambda):
        return [ast.copy_location(ast.Return(node.body), node.body)]
    return list(node.body)  # type: ignore[attr-defined]


def parameters(taken: ast.arguments) -> Iterator[str]:
    """Answer the names of all parameters."""
    every = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
    return (each.arg for each in every if each)


def _sorted_in_place(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        for each in ast.walk(node):
            match each:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort")):
                    yield name
                case _:
                    pass


def _declared(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, ast.Global | ast.Nonlocal) else []


def is_star(node: ast.stmt) -> bool:
    """Whether it is ``from x import *``."""
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
