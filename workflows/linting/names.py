"""Names: what a name in a module's text means, as far as its imports say."""

import ast
import builtins
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Names:
    """The imports of a module, wherever in it they stand."""

    def __init__(self, tree: ast.Module) -> None:
        self._imported = dict(_imports(tree))
        self._defined = {
            node.name for node in tree.body if isinstance(node, Function | ast.ClassDef)
        }
        self._defined |= {name.id for node in tree.body for name in _stored(node)}

    def full(self, node: ast.expr, local: frozenset[str] = frozenset()) -> str | None:
        """Answer ``datetime.datetime.now`` for ``datetime.now``; None: nothing that was imported.

        A name in *local* is a variable of the function, whatever else is called so.
        """
        name = dotted(node)
        first, _, rest = (name or "").partition(".")
        if not first or first in local:
            return None
        if first in self._imported:
            first = self._imported[first]
        elif first in self._defined or not hasattr(builtins, first):
            return None
        else:
            first = f"builtins.{first}"
        return f"{first}.{rest}" if rest else first


def dotted(node: ast.expr) -> str | None:
    """Answer ``a.b.c`` for what is written so; None for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            before = dotted(value)
            return None if before is None else f"{before}.{attribute}"
        case _:
            return None


def variables(function: Function) -> frozenset[str]:
    """Answer the names that a function gives to values of its own."""
    arguments = {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
    return frozenset(arguments | {name.id for name in _stored(function)})


def _stored(node: ast.AST) -> Iterator[ast.Name]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Answer what each imported name stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                # `import a.b` binds `a`; `import a.b as c` binds the whole.
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
