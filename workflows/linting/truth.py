"""Truth: where it decides, and of what."""

import ast

from workflows.linting import facts
from workflows.linting.frame import Frame
from workflows.linting.invoking import invoke_special
from workflows.linting.values import Meaning, Pending


def test(frame: Frame, node: ast.expr) -> None:
    """Read what stands where its truth decides."""
    match node:
        case ast.BoolOp(values=values):
            for each in values:
                test(frame, each)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            test(frame, operand)
        case ast.IfExp(test=first, body=body, orelse=other):
            for each in (first, body, other):
                test(frame, each)
        case _:
            tested(frame, node, frame.meaning(node))


def tested(frame: Frame, node: ast.AST, meaning: Meaning) -> None:
    """Note that the truth of *meaning* is asked for."""
    frame.note(facts.Tested(node, meaning))
    invoke_special(frame, meaning, ["__bool__", "__len__"])
    for each in meaning:
        if isinstance(each, Pending):
            frame.note(facts.Unawaited(node, each.verb))
