"""Classes: what their bodies give names to."""

import ast

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.definitions import defined
from workflows.linting.frame import Frame
from workflows.linting.parameters import MUTABLE
from workflows.linting.scope import UNKNOWN
from workflows.linting.shapes import simple
from workflows.linting.values import NOTHING, Class, Meaning, Shared, one, union


def in_body(frame: Frame, of: Class, name: str) -> Meaning:
    """Answer what the body of a class gives a name to."""
    inside = Frame(frame.reading, of.scope, facts.Summary(of.node.name, of.module))
    return union([_in_body(inside, of, each, name) for each in simple(of.node.body)])


def _in_body(frame: Frame, of: Class, node: ast.stmt, name: str) -> Meaning:
    match node:
        case ast.FunctionDef(name=called) | ast.AsyncFunctionDef(name=called) if called == name:
            return defined(frame, node, of)
        case ast.ClassDef(name=called) if called == name:
            return one(Class(node, of.module, of.scope))
        case ast.Assign(targets=[ast.Name(id=called)], value=value) if called == name:
            found = frame.part(value)
            return (
                found | one(Shared(f"{of.node.name}.{name}"))
                if isinstance(value, MUTABLE)
                else found
            )
        case ast.AnnAssign(target=ast.Name(id=called), value=ast.expr() as value) if called == name:
            meant = annotated(frame.reading, of.module, node.annotation)
            found = meant | _default_of(frame, value)
            is_shared = isinstance(value, MUTABLE[:-1]) and not of.node.bases
            return found | one(Shared(f"{of.node.name}.{name}")) if is_shared else found
        case _:
            return NOTHING


def _default_of(frame: Frame, value: ast.expr) -> Meaning:
    """Answer the default of a field, as it is or in `Field(…)`, and that it may be another."""
    if not isinstance(value, ast.Call):
        return frame.part(value) | UNKNOWN if isinstance(value, ast.Constant) else UNKNOWN
    named = {each.arg: each.value for each in value.keywords}
    given = value.args[0] if value.args else named.get("default")
    return frame.part(given) | UNKNOWN if isinstance(given, ast.Constant) else UNKNOWN
