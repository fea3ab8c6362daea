"""Folding: sums and texts that can be worked out, or of which parts are known."""

import ast
import operator
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from workflows.linting import facts
from workflows.linting.frame import Frame, expression
from workflows.linting.invoking import invoke_special
from workflows.linting.values import (
    NOTHING,
    Constant,
    Made,
    Meaning,
    Several,
    Template,
    Unordered,
    constant,
    one,
)

FOLDED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.BitOr: "or",
    ast.BitAnd: "and",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}
OF_SETS = (ast.BitOr, ast.BitAnd, ast.BitXor, ast.Sub)
LONGEST_FOLDED = 1_000


@expression(ast.BinOp)
def _binary(frame: Frame, node: ast.BinOp) -> Meaning:
    left, right = frame.value(node.left), frame.value(node.right)
    name = OPERATORS.get(type(node.op), "")
    invoke_special(frame, left, [f"__{name}__"])
    invoke_special(frame, right, [f"__r{name}__"])
    if isinstance(node.op, OF_SETS) and any(isinstance(each, Unordered) for each in left | right):
        return frozenset(each for each in left | right if isinstance(each, Unordered | Several))
    if isinstance(node.op, ast.Div) and Made("pathlib.Path") in left | right:
        return one(Made("pathlib.Path"))
    if isinstance(node.op, ast.Add) and (together := _together(left, right)):
        return together
    if isinstance(node.op, ast.Mod) and (text := _percent(left)):
        in_order(frame, node.right, right)
        return text
    return _folded(node.op, left, right)


def _together(left: Meaning, right: Meaning) -> Meaning:
    """Answer lists put together, or a text of which one side is known."""
    several = [each for each in left | right if isinstance(each, Several)]
    if several:
        return one(Several(tuple(each.every for each in several)))
    texts = _text(left), _text(right)
    if any(texts) and not all(texts):
        return one(Template((texts[0], texts[1])))
    return NOTHING


def _text(meaning: Meaning) -> str | None:
    (value,) = meaning if len(meaning) == 1 else (None,)
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _percent(left: Meaning) -> Meaning:
    text = _text(left)
    return one(template(text, "%d", "%s", "%i")) if text is not None else NOTHING


def template(text: str, *holes: str) -> Template:
    """Answer a text with holes in it as one of which parts are known."""
    parts: list[str | None] = [text]
    for hole in holes:
        parts = [piece for part in parts for piece in _split(part, hole)]
    return Template(tuple(parts))


def _split(part: str | None, hole: str) -> list[str | None]:
    if part is None:
        return [None]
    pieces: list[str | None] = []
    for piece in part.split(hole):
        pieces += [piece, None]
    return pieces[:-1]


def _folded(op: ast.operator, left: Meaning, right: Meaning) -> Meaning:
    if len(left) != 1 or len(right) != 1 or type(op) not in FOLDED:
        return NOTHING
    (one_side,), (other,) = left, right
    if not (isinstance(one_side, Constant) and isinstance(other, Constant)):
        return NOTHING
    if not {one_side.kind, other.kind} <= {int, float, str, timedelta}:
        return NOTHING
    return _computed(FOLDED[type(op)], one_side.value, other.value)


def _computed(compute: Callable[[Any, Any], Any], left: Any, right: Any) -> Meaning:
    sizes = [abs(each) for each in (left, right) if isinstance(each, int)]
    if (
        any(isinstance(each, str) for each in (left, right))
        and max(sizes, default=0) > LONGEST_FOLDED
    ):
        return NOTHING
    try:
        return constant(compute(left, right))
    except (ArithmeticError, TypeError, ValueError):
        return NOTHING


@expression(ast.JoinedStr)
def _formatted(frame: Frame, node: ast.JoinedStr) -> Meaning:
    parts: list[str | None] = []
    for each in node.values:
        match each:
            case ast.Constant(value=str(text)):
                parts.append(text)
            case ast.FormattedValue(value=value):
                found = frame.value(value)
                invoke_special(frame, found, ["__format__", "__str__", "__repr__"])
                in_order(frame, value, found)
                parts.append(_shown(found))
    if None in parts:
        return one(Template(tuple(parts)))
    return constant("".join(part for part in parts if part is not None))


def in_order(frame: Frame, node: ast.AST, meaning: Meaning) -> None:
    """Note a set that becomes part of a text."""
    if any(isinstance(each, Unordered) for each in meaning):
        frame.note(facts.Ordered(node))


def _shown(found: Meaning) -> str | None:
    (value,) = found if len(found) == 1 else (None,)
    is_plain = isinstance(value, Constant) and value.kind in {int, str}
    return str(value.value) if is_plain and isinstance(value, Constant) else None
