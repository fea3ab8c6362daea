"""Handlers: which meet signals, and whether a signal that comes in goes on on every way through."""

import ast

from workflows.linting.frame import Frame
from workflows.linting.values import Class, Known, Meaning, Several

SIGNALS = frozenset(
    {"builtins.BaseException", "builtins.BaseExceptionGroup", "asyncio.CancelledError"}
    | {"asyncio.exceptions.CancelledError", "builtins.GeneratorExit"}
    | {"concurrent.futures.CancelledError"}
    | {f"workflows.errors.{name}" for name in ("ControlFlow", "Parked", "Postponed", "PassOver")}
    | {f"workflows.errors.{name}" for name in ("Blocked",)}
)
Ends = frozenset[str]  # how a block may end for a signal: "raises", "leaves" or "falls" through
RAISES: Ends = frozenset({"raises"})
LEAVES: Ends = frozenset({"leaves"})
FALLS: Ends = frozenset({"falls"})


def lets_go(frame: Frame, handler: ast.ExceptHandler) -> bool:
    """Whether a signal that a handler meets is raised again, whatever else the handler does."""
    return _Way(frame, handler.name or "").through(handler.body) == RAISES


class _Way:
    """The way of a signal, called *name*, through a handler."""

    def __init__(self, frame: Frame, name: str) -> None:
        self._frame = frame
        self._name = name

    def through(self, body: list[ast.stmt]) -> Ends:
        ends: Ends = FALLS
        for each in body:
            if "falls" not in ends:
                break
            ends = (ends - FALLS) | self._of(each)
        return ends

    def _of(self, node: ast.stmt) -> Ends:  # noqa: PLR0911  a line a kind
        match node:
            case ast.Raise(exc=raised):
                return RAISES if self._is_the_signal(raised) else LEAVES
            case ast.Return() | ast.Break() | ast.Continue():
                return LEAVES
            case ast.If(test=test, body=then, orelse=other):
                return self._either(test, then, other)
            case ast.With(body=body) | ast.AsyncWith(body=body):
                return self.through(body)
            case ast.For(body=body) | ast.AsyncFor(body=body) | ast.While(body=body):
                return self.through(body) | FALLS
            case ast.Match(cases=cases):
                return FALLS.union(*(self.through(case.body) for case in cases)) - self._all(cases)
            case ast.Try() | ast.TryStar():
                return self._try(node)
            case _:
                return FALLS

    def _either(self, test: ast.expr, then: list[ast.stmt], other: list[ast.stmt]) -> Ends:
        holds = self._holds(test)
        if holds is not None:
            return self.through(then if holds else other)
        return self.through(then) | self.through(other)

    def _all(self, cases: list[ast.match_case]) -> Ends:
        last = cases[-1]
        takes_all = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        each = [self.through(case.body) for case in cases]
        return FALLS if takes_all and not any("falls" in ends for ends in each) else frozenset()

    def _try(self, node: ast.Try | ast.TryStar) -> Ends:
        last = self.through(node.finalbody)
        if "falls" not in last:
            return last
        ends = self.through([*node.body, *node.orelse])
        for handler in node.handlers:
            if handler.type is None or is_signal(self._frame, handler.type):
                ends = (ends - RAISES) | _Way(self._frame, self._name).through(handler.body)
        return ends

    def _is_the_signal(self, raised: ast.expr | None) -> bool:
        """Whether a `raise` goes on with what was caught: bare, by its name or another one."""
        match raised:
            case None:
                return True
            case ast.Name():
                return not any(isinstance(e, Known | Class) for e in self._frame.part(raised))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="with_traceback")):
                return name == self._name
            case _:
                return False

    def _holds(self, test: ast.expr) -> bool | None:
        """Answer what a test says of a signal; None: it says nothing of it."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                holds = self._holds(operand)
                return None if holds is None else not holds
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), types]):
                return is_signal(self._frame, types) if name == self._name else None
            case _:
                return None


def is_signal(frame: Frame, node: ast.expr) -> bool:
    """Whether one of these types of errors is that of a signal."""
    return any(isinstance(each, Known) and each.name in SIGNALS for each in _types(frame, node))


def _types(frame: Frame, node: ast.expr) -> Meaning:
    inner = node.value if isinstance(node, ast.Starred) else node
    found = frame.part(inner) if not isinstance(inner, ast.Tuple) else frozenset()
    if isinstance(inner, ast.Tuple):
        found = frozenset(value for each in inner.elts for value in _types(frame, each))
    return found | frozenset(v for each in found if isinstance(each, Several) for v in each.every)
