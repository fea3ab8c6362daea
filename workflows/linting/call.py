"""A call: all that is given in it, and where each of it is written."""

import ast
from typing import NamedTuple

from workflows.linting.values import Arguments

Place = ast.AST


class Call(NamedTuple):
    """A call as it is written; *where* and *named* are where its arguments stand."""

    node: ast.AST
    arguments: Arguments
    where: tuple[Place, ...]
    named: tuple[tuple[str, Place], ...]

    @property
    def func(self) -> ast.expr | None:
        """Answer what is called, as it is written; None: it is called by somebody else."""
        return self.node.func if isinstance(self.node, ast.Call) else None

    @property
    def text(self) -> str:
        """Answer how it is written, without what is given."""
        return f"`{ast.unparse(self.func or self.node)}(…)`"


def indirect(node: ast.AST, arguments: Arguments) -> Call:
    """Answer a call that is made by a `partial` or a helper: all of it stands at *node*."""
    named = tuple((name, node) for name, _ in arguments.named)
    return Call(node, arguments, (node,) * len(arguments.positional), named)
