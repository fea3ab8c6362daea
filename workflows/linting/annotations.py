"""Annotations: what a parameter, a field or a result may be, by what it says of itself."""

import ast
from typing import TYPE_CHECKING

from workflows.linting import facts
from workflows.linting.frame import Frame
from workflows.linting.values import (
    NOTHING,
    Class,
    Decision,
    Durable,
    Event,
    Instance,
    Known,
    Made,
    Meaning,
    Several,
    Unordered,
    constant,
    one,
    union,
)

if TYPE_CHECKING:  # it asks for annotations
    from workflows.linting.modules import Module
    from workflows.linting.reading import Reading

OURS: dict[str, Meaning] = {
    "Context": one(Durable()),
    "Step": one(Durable(("step",))),
    "Event": one(Event()),
    "Silence": one(Event()),
    "Decision": one(Decision()),
    "Approved": one(Decision()),
    "Rejected": one(Decision()),
    "Expired": one(Decision()),
}
SETS = frozenset({"set", "frozenset", "Set", "FrozenSet", "AbstractSet", "MutableSet"})
LISTS = frozenset(
    {"list", "tuple", "List", "Tuple", "Sequence", "Iterable", "Iterator", "Collection"}
)
MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
TRANSPARENT = frozenset({"Annotated", "Optional", "Final", "ClassVar", "Required", "NotRequired"})
OF_THE_LANGUAGE = ("builtins.", "typing.", "collections.abc.", "typing_extensions.")


def annotated(reading: "Reading", module: "Module", node: ast.expr | None) -> Meaning:  # noqa: PLR0911  a line a kind
    """Answer what is annotated so may be; nothing where it says nothing that matters here."""
    match node:
        case None:
            return NOTHING
        case ast.Constant(value=None):
            return constant(None)
        case ast.Constant(value=str(text)):
            return annotated(reading, module, parsed(text))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return annotated(reading, module, left) | annotated(reading, module, right)
        case ast.Subscript(value=value, slice=inner):
            return _of(reading, module, name_of(reading, module, value), inner)
        case ast.Name(id=name) if alias := alias_of(reading, module, name):
            return annotated(reading, module, alias)
        case _:
            return union([_plain(each) for each in named(reading, module, node)])


def named(reading: "Reading", module: "Module", node: ast.expr) -> Meaning:
    """Answer what a name in an annotation stands for."""
    frame = Frame(reading, reading.top(module).scope, facts.Summary("", module))
    return frame.part(node)


def name_of(reading: "Reading", module: "Module", node: ast.expr) -> str:
    """Answer the last part of the name of somebody else's type; "" where it is another's."""
    for each in named(reading, module, node):
        if isinstance(each, Known):
            return each.name.rpartition(".")[2]
    return ""


def parsed(text: str) -> ast.expr | None:
    """Answer an annotation that is written as a text."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None


def alias_of(reading: "Reading", module: "Module", name: str) -> ast.expr | None:
    """Answer what a name at the top of the module is another word for."""
    for each in reading.top(module).bindings.get(name, ()):
        match each:
            case ast.Assign(value=ast.BinOp() | ast.Subscript() | ast.Name() as value):
                return value
            case ast.AnnAssign(value=ast.BinOp() | ast.Subscript() | ast.Name() as value):
                return value
            case _:
                pass
    return None


def _of(reading: "Reading", module: "Module", outer: str, inner: ast.expr) -> Meaning:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    each = [annotated(reading, module, part) for part in parts]
    if outer in SETS:
        return one(Unordered())
    if outer in LISTS:
        return one(Several((union(each),)))
    if outer in MAPPINGS:
        return one(Several((each[-1],)))
    if outer == "Union":
        return union(each)
    if outer in TRANSPARENT:
        return each[0] | (constant(None) if outer == "Optional" else NOTHING)
    return NOTHING


def _plain(value: object) -> Meaning:
    match value:
        case Class():
            return one(Instance(value))
        case Known(name=name) if name.startswith("workflows."):
            return OURS.get(name.rpartition(".")[2], NOTHING)
        case Known(name=name) if name.startswith(OF_THE_LANGUAGE):
            return one(Unordered()) if name.rpartition(".")[2] in SETS else NOTHING
        case Known(name=name):
            return one(Made(name))
        case _:
            return NOTHING
