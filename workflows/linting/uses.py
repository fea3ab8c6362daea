"""Uses: which names an expression reads, and whether it does anything but look."""

import ast
from collections.abc import Iterator

Names = frozenset[str]
NONE: Names = frozenset()
LOGS = frozenset({"log", "logger", "logging", "print", "_log", "_logger", "LOG", "LOGGER"})
COMPREHENSION = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
# What only makes a value out of others.
LOOKS = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Constant,
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.IfExp,
    ast.Tuple,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.boolop,
    ast.expr_context,
    ast.Await,
)
LOOKING = frozenset({"isinstance", "type", "bool", "str", "repr", "len"})


def uses(node: ast.AST | None) -> Names:
    """Answer the names that are read in *node*, those of its comprehensions' own aside."""
    match node:
        case None:
            return NONE
        case ast.Name(id=name, ctx=ast.Load()):
            return frozenset({name})
        case _:
            inside = NONE.union(*map(uses, ast.iter_child_nodes(node)))
            if not isinstance(node, COMPREHENSION):
                return inside
            own = {name.id for loop in node.generators for name in named(loop.target)}
            return (inside - own) | uses(node.generators[0].iter)


def only_looks(node: ast.AST) -> bool:
    """Whether an expression does nothing: what it awaits aside."""
    if isinstance(node, ast.Await):
        return True
    if isinstance(node, ast.Call):
        is_one = isinstance(node.func, ast.Name) and node.func.id in LOOKING
        return is_one and all(map(only_looks, node.args))
    return isinstance(node, LOOKS) and all(map(only_looks, ast.iter_child_nodes(node)))


def awaits(node: ast.AST) -> Iterator[ast.Await]:
    """Answer what an expression that only looks awaits."""
    if isinstance(node, ast.Await):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from awaits(child)


def awaited(node: ast.AST) -> Names:
    """Answer the names in what an expression that only looks awaits."""
    return NONE.union(*map(uses, awaits(node)))


def uses_of_target(target: ast.expr) -> Names:
    """Answer what a target reads: the index, not the list that something is put into."""
    match target:
        case ast.Subscript(value=value, slice=index):
            return uses(index) | uses_of_target(value)
        case ast.Tuple(elts=each) | ast.List(elts=each):
            return NONE.union(*map(uses_of_target, each))
        case ast.Attribute(value=value):
            return uses(value)
        case _:
            return NONE


def named(target: ast.expr) -> Iterator[ast.Name]:
    match target:
        case ast.Name():
            yield target
        case ast.Tuple(elts=each) | ast.List(elts=each):
            for inner in each:
                yield from named(inner)
        case ast.Starred(value=value):
            yield from named(value)
        case _:
            pass


def is_log(func: ast.expr) -> bool:
    """Whether something is only written down: ``print``, ``log.info``, ``ctx.log.info``."""
    while isinstance(func, ast.Attribute):
        if func.attr in LOGS:
            return True
        func = func.value
    return isinstance(func, ast.Name) and func.id in LOGS
