"""Forms: which fields of a job's input Slack has no input for, told from their annotations.

The form itself is made from the model, when the job is loaded; this looks at text alone, and says
nothing of a type that it does not know.
"""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows.linting.annotations import LISTS, MAPPINGS, SETS, alias_of, named, parsed
from workflows.linting.facts import Summary
from workflows.linting.frame import Frame
from workflows.linting.members import lineage
from workflows.linting.values import Class, Function, Known

if TYPE_CHECKING:
    from workflows.linting.modules import Module
    from workflows.linting.reading import Reading

Undrawn = tuple["Module", ast.AST, str, str]
TOO_LITTLE = frozenset({"Any", "object", "Json", "JsonValue", "complex"})
BYTES = frozenset({"bytes", "bytearray", "memoryview"})
SECRETS = frozenset({"SecretStr", "SecretBytes", "Secret"})
CHOICES = frozenset({"Literal"})
WRAPPED = frozenset({"Annotated", "Final"})
UNIONS = frozenset({"Union", "Optional"})


def undrawn(reading: "Reading", function: Function) -> Iterator[Undrawn]:
    """Answer the fields of a job's input that no form can draw: where, which and why."""
    parameters = function.node.args.args
    if len(parameters) < 2 or parameters[1].annotation is None:  # noqa: PLR2004  ctx, request
        return
    for model in named(reading, function.module, parameters[1].annotation):
        if isinstance(model, Class):
            yield from _of(reading, model)


def _of(reading: "Reading", model: Class) -> Iterator[Undrawn]:
    frame = Frame(reading, model.scope, Summary("", model.module))
    for each in lineage(frame, model):
        for node in each.node.body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                    why = _Kinds(reading, each.module).why_not(kind)
                    if why and not name.startswith("_") and not _is_of_class(kind):
                        yield each.module, node, f"{model.node.name}.{name}", why
                case _:
                    pass


def _is_of_class(node: ast.expr) -> bool:
    return "ClassVar" in ast.unparse(node)


class _Kinds:
    """The types that a module's annotations name."""

    def __init__(self, reading: "Reading", module: "Module") -> None:
        self._reading = reading
        self._module = module

    def why_not(self, node: ast.expr) -> str | None:
        """Answer why no form can ask for this; None: it can, or nobody knows."""
        match node:
            case ast.Constant(value=str(text)) if inner := parsed(text):
                return self.why_not(inner)
            case ast.Name(id=name) if other := alias_of(self._reading, self._module, name):
                return self.why_not(other)
            case ast.BinOp(op=ast.BitOr()):
                return self._of_several(list(_either(node)))
            case ast.Subscript(value=outer) if self._is_model(outer):
                return self.why_not(outer)
            case ast.Subscript(value=outer, slice=inner):
                return self._of(self._name(outer), inner)
            case _:
                return self._of_plain(node)

    def _of(self, outer: str, inner: ast.expr) -> str | None:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if outer in WRAPPED:
            return self.why_not(parts[0])
        if outer in UNIONS:
            return self._of_several(parts)
        if outer in MAPPINGS:
            return "it is a dictionary, and a form has no input for one"
        if outer in LISTS | SETS and not self._is_choice(parts[0]):
            return "it is a list of anything; a form can only ask for some of a few"
        return None

    def _of_plain(self, node: ast.expr) -> str | None:  # noqa: PLR0911  a line a kind
        name = self._name(node)
        if name in MAPPINGS:
            return "it is a dictionary, and a form has no input for one"
        if name in LISTS | SETS:
            return "it is a list of anything; a form can only ask for some of a few"
        if name in TOO_LITTLE:
            return "its type says too little about what to ask for"
        if name in BYTES:
            return "it is bytes; take text, or the address of a file"
        if name in SECRETS:
            return "secrets are never asked for: read them in a step instead"
        if self._is_model(node):
            return "it is a model in a model; make its fields fields of this one"
        return None

    def _of_several(self, parts: list[ast.expr]) -> str | None:
        others = [each for each in parts if not _is_none(each)]
        if len(others) == 1:
            return self.why_not(others[0])
        if all(self._is_choice(each) for each in others):
            return None
        return "it may be of several kinds; a form asks for one"

    def _is_choice(self, node: ast.expr) -> bool:
        """Whether a type is one of a few values: a `Literal`, or an enumeration."""
        if isinstance(node, ast.Subscript):
            return self._name(node.value) in CHOICES | WRAPPED
        found = named(self._reading, self._module, node)
        return any(isinstance(e, Class) and "Enum" in _bases(self._reading, e) for e in found)

    def _is_model(self, node: ast.expr) -> bool:
        for each in named(self._reading, self._module, node):
            if isinstance(each, Class):
                kinds = _bases(self._reading, each)
                decorated = " ".join(ast.unparse(d) for d in each.node.decorator_list)
                if "BaseModel" in kinds or "TypedDict" in kinds or "dataclass" in decorated:
                    return True
        return False

    def _name(self, node: ast.expr) -> str:
        for each in named(self._reading, self._module, node):
            if isinstance(each, Known):
                return each.name.rpartition(".")[2]
        return ""


def _either(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _either(node.left)
        yield from _either(node.right)
    else:
        yield node


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _bases(reading: "Reading", of: Class) -> str:
    """Answer the names of all that a class is made of, in one text."""
    frame = Frame(reading, of.scope, Summary("", of.module))
    return " ".join(ast.unparse(base) for each in lineage(frame, of) for base in each.node.bases)
