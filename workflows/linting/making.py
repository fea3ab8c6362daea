"""Making: what runs when an object of a class of the author's own is made."""

import ast
from collections.abc import Iterator

from workflows.linting.frame import Frame
from workflows.linting.members import lineage
from workflows.linting.values import Class, Definition, Meaning

AFTERWARDS = ("__post_init__", "__attrs_post_init__", "model_post_init")
CHECKS = ("validator", "validate")


def checks(frame: Frame, made: Class) -> Iterator[str]:
    """Answer the methods that pydantic calls: those under a validator's decorator."""
    for each in lineage(frame, made):
        for node in each.node.body:
            if isinstance(node, Definition) and any(map(_is_check, node.decorator_list)):
                yield node.name


def _is_check(decorator: ast.expr) -> bool:
    written = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(written).rpartition(".")[2].endswith(CHECKS)


def factories(frame: Frame, made: Class) -> Iterator[Meaning]:
    """Answer what makes the defaults of its fields."""
    for each in lineage(frame, made):
        scope = Frame(frame.reading, each.scope, frame.summary)
        for node in each.node.body:
            match node:
                case ast.AnnAssign(value=ast.Call(keywords=keywords)):
                    for keyword in keywords:
                        if keyword.arg == "default_factory":
                            yield scope.part(keyword.value)
                case _:
                    pass
