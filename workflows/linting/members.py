"""Members: what ``a.b`` stands for, by what ``a`` is."""

import ast
from collections.abc import Iterator

from workflows.linting.annotations import annotated
from workflows.linting.frame import Frame
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Bound,
    Class,
    Decorated,
    Durable,
    First,
    Function,
    Instance,
    Known,
    Made,
    Meaning,
    Method,
    Mutator,
    Package,
    Several,
    Shared,
    Value,
    one,
    union,
)

CHANGE = frozenset(
    {"append", "appendleft", "add", "extend", "extendleft", "insert", "update", "setdefault"}
    | {"remove", "discard", "pop", "popitem", "popleft", "clear", "sort", "reverse", "rotate"}
    | {"set", "reset", "put", "put_nowait", "inc", "dec", "increment", "subtract", "move_to_end"}
    | {"__setitem__", "__delitem__", "__iadd__", "write", "push", "cache_clear", "acquire"}
    | {"difference_update", "intersection_update", "symmetric_difference_update"}
)
# By these pydantic makes an object of a model.
MAKES = ("model_validate", "model_construct", "parse_")
# Of these a part is as they are: a folder of a path, a session of a client.
PATHS = frozenset({"parent", "parents"})


def member(frame: Frame, base: Meaning, name: str) -> Meaning:
    """Answer what the attribute *name* of any of these may be."""
    found = union([_member(frame, each, name, base) for each in base])
    kept = [each for each in base if isinstance(each, Shared)]
    if kept and name in CHANGE:
        return found | one(Mutator(kept[0].name))
    is_own = any(isinstance(each, Instance) for each in base)
    return found | frozenset(kept) if kept and (is_own or not found) else found


def _member(frame: Frame, value: Value, name: str, base: Meaning) -> Meaning:  # noqa: PLR0911  a line a kind
    match value:
        case Known(name=before):
            return one(Known(f"{before}.{name}"))
        case Made(name="pathlib.Path") if name in PATHS:
            return one(value)
        case Made(name=before):
            return one(Method(f"{before}.{name}"))
        case Durable(path=path):
            return one(Durable((*path, name)))
        case Several(keys=keys, items=items) if name in keys:
            return items[keys.index(name)]
        case Package(module=module):
            return frame.reading.member(module, name)
        case First(results=results):
            return results if name == "value" else NOTHING
        case Class():
            return _of_class(frame, value, name, base)
        case Instance(of=of):
            return _of_instance(frame, of, name, base)
        case _:
            return NOTHING


def _of_instance(frame: Frame, of: Class, name: str, base: Meaning) -> Meaning:
    if name == "__class__":
        return one(of)
    attributes = frame.reading.attributes
    kept = union([attributes.get((each.node, name), NOTHING) for each in lineage(frame, of)])
    found = kept | union([_bound(frame, each, base) for each in in_class(frame, of, name)])
    if found or name.startswith("_"):
        return found
    for each in in_class(frame, of, "__getattr__"):
        if isinstance(each, Function):
            found |= frame.run(each, Arguments((base,)))
    return found


def _bound(frame: Frame, value: Value, owner: Meaning) -> Meaning:
    match value:
        case Function() | Decorated():
            function = value.function if isinstance(value, Decorated) else value
            if "staticmethod" in function.traits:
                return one(value)
            if "classmethod" in function.traits:
                return one(
                    Bound(value, union([one(e.of) for e in owner if isinstance(e, Instance)]))
                )
            if "property" in function.traits:
                return frame.run(function, Arguments((owner,)))
            return one(Bound(value, owner))
        case _:
            return one(value)


def _of_class(frame: Frame, of: Class, name: str, base: Meaning) -> Meaning:
    found = in_class(frame, of, name)
    if not found and name.startswith(MAKES):
        return one(of)
    return union(
        [
            one(Bound(each, one(of)))
            if isinstance(each, Function) and "classmethod" in each.traits
            else one(each)
            for each in found
        ]
    )


def in_class(frame: Frame, of: Class, name: str) -> Meaning:
    """Answer what a class, or one that it is made of, calls *name*."""
    known = frame.reading.members
    if (of, name) not in known:
        known[of, name] = NOTHING
        found = (_in_one(frame, each, name) for each in lineage(frame, of))
        known[of, name] = next(filter(None, found), NOTHING)
    return known[of, name]


def _in_one(frame: Frame, of: Class, name: str) -> Meaning:
    if found := frame.reading.in_body(of, name):
        return found
    for statement in of.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=called), annotation=kind) if called == name:
                return annotated(frame.reading, of.module, kind)
            case _:
                pass
    return NOTHING


def lineage(frame: Frame, of: Class) -> tuple[Class, ...]:
    """Answer a class and those of the author's that it is made of, nearest first."""
    known = frame.reading.lineages
    if of not in known:
        known[of] = (of,)  # one that is made of itself has no more
        known[of] = tuple(dict.fromkeys(_lineage(frame, of)))
    return known[of]


def _lineage(frame: Frame, of: Class) -> Iterator[Class]:
    yield of
    for base in of.node.bases:
        for parent in Frame(frame.reading, of.scope, frame.summary).part(base):
            if isinstance(parent, Class):
                yield from lineage(frame, parent)
