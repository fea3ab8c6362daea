"""Methods: what is asked of lists, sets, texts and other things of the language."""

import ast
from typing import TYPE_CHECKING

from workflows.linting import facts
from workflows.linting.elements import elements, item
from workflows.linting.folding import in_order, template
from workflows.linting.frame import Frame, unknown
from workflows.linting.members import CHANGE
from workflows.linting.names import ONLY_OF_PATHS
from workflows.linting.truth import tested
from workflows.linting.values import (
    NOTHING,
    Bound,
    Constant,
    Decorated,
    Durable,
    Function,
    Known,
    Meaning,
    Method,
    Several,
    Shared,
    Unordered,
    constant,
    one,
    union,
)

if TYPE_CHECKING:  # it asks for methods
    from workflows.linting.call import Call

PUT_IN = frozenset({"append", "appendleft", "add", "insert", "setdefault"})
PUT_ALL_IN = frozenset({"extend", "extendleft", "update"})
OF_SETS = frozenset({"union", "intersection", "difference", "symmetric_difference", "copy"})
VIEWS = frozenset({"values", "items", "copy", "get", "pop", "popleft"})
# What only answers something, whatever it is asked of.
ANSWER = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold", "split"}
    | {"rsplit", "splitlines", "partition", "rpartition", "join", "format", "format_map", "replace"}
    | {"startswith", "endswith", "find", "rfind", "index", "count", "encode", "decode", "isdigit"}
    | {"isoformat", "total_seconds", "date", "time", "astimezone", "weekday", "isoweekday"}
    | {"strftime", "timestamp", "quantize", "removeprefix", "removesuffix", "zfill", "hex"}
    | {"keys", "values", "items", "get", "copy", "model_dump", "model_dump_json", "model_copy"}
    | {"model_validate", "group", "groups", "match", "fullmatch", "search", "union", "intersection"}
    | {
        "with_traceback",
        "add_note",
        "difference",
        "issubset",
        "issuperset",
        "isalnum",
        "isalpha",
        "ljust",
        "rjust",
        "center",
    }
    | CHANGE
)


def answer(frame: Frame, call: "Call", owner: Meaning, name: str) -> Meaning | None:  # noqa: PLR0911  a line a kind
    """Answer what a method answers; None: whoever wrote it is called as any other function."""
    _note(frame, call, owner, name)
    _change(frame, call, owner, name)
    if any(
        isinstance(each, Known | Method | Function | Bound | Decorated | Durable) for each in owner
    ):
        return None
    if any(isinstance(each, Several) and name in each.keys for each in owner):
        return None  # a namespace: what it holds under this name is called
    if any(isinstance(each, Unordered) for each in owner):
        return _of_set(frame, call, owner, name)
    if any(isinstance(each, Several) for each in owner):
        return _of_several(frame, call, owner, name)
    if name == "__bool__":
        tested(frame, call.node, owner)
    if name == "join":
        for where, given in zip(call.where, call.arguments.positional, strict=False):
            elements(frame, where, given)
        return NOTHING
    if name == "format":
        for where, given in zip(call.where, call.arguments.positional, strict=False):
            in_order(frame, where, given)
        return _formatted(owner)
    return None


def _note(frame: Frame, call: "Call", owner: Meaning, name: str) -> None:
    text = call.text
    shares = [each.name for each in owner if isinstance(each, Shared)]
    if shares and name in CHANGE:
        frame.effect(call.node, text)
    if name in ONLY_OF_PATHS and not any(
        isinstance(each, Known | Durable | Method) for each in owner
    ):
        frame.note(facts.Touched(call.node, f"pathlib.Path.{name}"))
    nobody_knows = unknown(owner) or all(isinstance(each, Shared) for each in owner)
    if nobody_knows and name not in ANSWER:
        frame.effect(call.node, text)


def _change(frame: Frame, call: "Call", owner: Meaning, name: str) -> None:
    for each in owner:
        if isinstance(each, Shared) and name in CHANGE:
            frame.note(facts.Changed(call.node, f"`{each.name}`, which all runs share,"))
            frame.reading.put(one(each), union(call.arguments.every))


def _of_set(frame: Frame, call: "Call", owner: Meaning, name: str) -> Meaning:
    if name == "pop":
        frame.note(facts.Ordered(call.node))
        return union([each.every for each in owner if isinstance(each, Several)])
    if name in OF_SETS:
        return frozenset(each for each in owner if isinstance(each, Unordered | Several))
    _put(frame, call, owner, name)
    return NOTHING


def _of_several(frame: Frame, call: "Call", owner: Meaning, name: str) -> Meaning:
    _put(frame, call, owner, name)
    every = union([each.every for each in owner if isinstance(each, Several)])
    every |= frame.reading.held(owner)
    if name in {"get", "pop", "popleft", "setdefault"}:
        found = union(
            [
                item(e, given)
                for e in owner
                if isinstance(e, Several)
                for given in call.arguments.positional[:1]
            ]
        )
        every = (found or every) | frame.reading.held(owner)
        return every | union(call.arguments.positional[1:])
    if name == "items":
        return one(Several((one(Several((NOTHING, every), exact=True)),)))
    if name == "keys":
        return one(Several((NOTHING,)))
    return one(Several((every,))) if name in VIEWS else NOTHING


def _put(frame: Frame, call: "Call", owner: Meaning, name: str) -> None:
    """Let a list of this function's hold what is put into it."""
    given = call.arguments.positional[-1:]
    func = call.func
    if not given or not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return
    if call.node in frame.unread:
        frame.note(facts.Dropped(call.where[-1], given[0]))
    held = given[0]
    if name in PUT_ALL_IN:
        held = elements(frame, call.where[-1], held)
    is_new = not any(isinstance(each, Several) and held <= each.every for each in owner)
    if name in PUT_IN | PUT_ALL_IN and held and is_new:
        frame.bind(func.value.id, one(Several((held,))))


def _formatted(owner: Meaning) -> Meaning:
    for each in owner:
        if isinstance(each, Constant) and isinstance(each.value, str):
            return one(template(each.value, "{}")) if "{" in each.value else constant(each.value)
    return NOTHING
