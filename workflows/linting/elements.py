"""Elements: what is in a list, a set, a dictionary, when it is gone through or asked for."""

import ast

from workflows.linting import facts
from workflows.linting.frame import Frame
from workflows.linting.invoking import invoke_special
from workflows.linting.values import (
    Constant,
    Function,
    Known,
    Meaning,
    Several,
    Shared,
    Unordered,
    union,
)


def elements(frame: Frame, node: ast.AST, meaning: Meaning) -> Meaning:
    """Answer what is in something that is gone through, in its order."""
    if any(isinstance(each, Unordered) for each in meaning) and node not in frame.orderless:
        frame.note(facts.Ordered(node))
    inner = union([each.every for each in meaning if isinstance(each, Several)])
    inner |= frame.reading.held(meaning)
    made = invoke_special(frame, meaning, ["__iter__", "__next__", "__aiter__", "__anext__"])
    inner |= union([each.every for each in made if isinstance(each, Several)])
    shared = [each for each in meaning if isinstance(each, Shared)]
    return inner | frozenset(shared) if shared and not is_fixed(inner) else inner


def is_fixed(inner: Meaning) -> bool:
    """Whether nothing of it can be changed."""
    return bool(inner) and all(isinstance(each, Constant | Function | Known) for each in inner)


def item(several: Several, index: Meaning) -> Meaning:
    """Answer what stands at a place that is written out, else what any of it may be."""
    (value,) = index if len(index) == 1 else (None,)
    if not isinstance(value, Constant):
        return several.every
    if value.value in several.keys:
        return several.items[several.keys.index(value.value)]
    is_place = several.exact and isinstance(value.value, int)
    if is_place and -len(several.items) <= value.value < len(several.items):  # type: ignore[operator]
        return several.items[value.value]  # type: ignore[call-overload, no-any-return]
    return several.every
