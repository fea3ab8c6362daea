"""Lifetimes: which values a function binds to a name and never reads before it is bound anew.

Read from the end to the beginning, as compilers do: at each statement it is known which names are
still read afterwards. What only keeps a value (a list it is put into), or only writes it down (a
log), reads nothing.
"""

import ast
from collections.abc import Iterator

from workflows.linting.uses import (
    NONE,
    Names,
    awaited,
    is_log,
    named,
    only_looks,
    uses,
    uses_of_target,
)
from workflows.linting.values import FunctionNode

KEEPS = frozenset({"append", "appendleft", "add", "extend", "insert", "update", "setdefault"})


def unread(function: FunctionNode) -> frozenset[ast.AST]:
    """Answer where a name, or something in a list, is given a value that nothing reads."""
    lifetimes = _Lifetimes(function)
    return frozenset(lifetimes.bound - lifetimes.read)


class _Lifetimes:
    """One walk through a function."""

    def __init__(self, function: FunctionNode) -> None:
        self.bound: set[ast.AST] = set()
        self.read: set[ast.AST] = set()
        self._always = frozenset(_elsewhere(function))
        self._escapes: list[Names] = []  # read by the handlers around, which any line may reach
        self._loops: list[tuple[Names, Names]] = []  # read after `break`, after `continue`
        if isinstance(function, ast.Lambda):
            live = uses(function.body)
        else:
            live = self._block(function.body, NONE)
        for each in ast.walk(function.args):
            if isinstance(each, ast.arg):
                self._bind(each, each.arg, live)

    def _bind(self, node: ast.AST, name: str, live: Names) -> None:
        self.bound.add(node)
        if name in live | self._always:
            self.read.add(node)

    def _block(self, statements: list[ast.stmt], live: Names) -> Names:
        for each in reversed(statements):
            live = self._before(each, live.union(*self._escapes))
        return live

    def _before(self, node: ast.stmt, live: Names) -> Names:  # noqa: C901, PLR0911  a line a kind
        """Answer what is read from *node* on, where *live* is what is read after it."""
        match node:
            case ast.Assign(targets=targets, value=value):
                return self._stored(targets, live) | self._kept(targets, value, live)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self._stored([target], live) | self._kept([target], value, live)
            case ast.AugAssign(value=value, target=target):
                if isinstance(target, ast.Name):
                    self._bind(target, target.id, live)
                return live | uses(value) | uses_of_target(target)
            case ast.Expr(value=ast.NamedExpr(target=target, value=value)):
                return self._stored([target], live) | self._kept([target], value, live)
            case ast.Expr(value=value):
                return live | self._said(value, live)
            case ast.Return(value=value):
                return uses(value)
            case ast.Raise():
                return uses(node).union(*self._escapes)
            case ast.Break():
                return self._loops[-1][0] if self._loops else live
            case ast.Continue():
                return self._loops[-1][1] if self._loops else live
            case ast.Delete():
                return live
            case _:
                return self._branching(node, live)

    def _branching(self, node: ast.stmt, live: Names) -> Names:  # noqa: PLR0911  a line a kind
        match node:
            case ast.If(test=test, body=body, orelse=other):
                return uses(test) | self._block(body, live) | self._block(other, live)
            case ast.While(test=test, body=body, orelse=other):
                return self._loop(None, test, body, self._block(other, live))
            case ast.For() | ast.AsyncFor():
                return self._loop(node.target, node.iter, node.body, self._block(node.orelse, live))
            case ast.With() | ast.AsyncWith():
                return self._with(node, live)
            case ast.Try() | ast.TryStar():
                return self._try(node, live)
            case ast.Match(subject=subject, cases=cases):
                return self._match(subject, cases, live)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return live
            case _:
                return live | uses(node)

    def _loop(
        self, target: ast.expr | None, head: ast.expr, body: list[ast.stmt], after: Names
    ) -> Names:
        again = after | uses(head)
        for _ in range(2):  # the second time round, what the body reads at its top is known
            self._loops.append((after, again))
            inside = self._block(body, again)
            self._loops.pop()
            again |= self._stored([target], inside) if target else inside
        return again

    def _with(self, node: ast.With | ast.AsyncWith, live: Names) -> Names:
        live = self._block(node.body, live)
        for item in reversed(node.items):
            if item.optional_vars:
                live = self._stored([item.optional_vars], live)
            live |= uses(item.context_expr)
        return live

    def _try(self, node: ast.Try | ast.TryStar, live: Names) -> Names:
        last = self._block(node.finalbody, live)
        caught = NONE.union(*(self._block(each.body, last) for each in node.handlers))
        caught = caught.union(*(uses(each.type) for each in node.handlers))
        other = self._block(node.orelse, last)
        self._escapes.append(caught | last)
        live = self._block(node.body, other)
        self._escapes.pop()
        return live | caught

    def _match(self, subject: ast.expr, cases: list[ast.match_case], live: Names) -> Names:
        inside = NONE
        for each in cases:
            read = self._block(each.body, live)
            if isinstance(each.pattern, ast.MatchAs) and each.pattern.name:
                self._bind(each.pattern, each.pattern.name, read | uses(each.guard))
            inside |= read
        inside = inside.union(*(uses(each.guard) for each in cases))
        if not _takes_all(cases[-1]):
            inside |= live
        return inside if all(map(_is_blind, cases)) else inside | uses(subject)

    def _stored(self, targets: list[ast.expr], live: Names) -> Names:
        """Bind targets, and answer what is read before them."""
        names = set()
        for target in targets:
            for each in named(target):
                self._bind(each, each.id, live)
                names.add(each.id)
        return (live - names).union(*map(uses_of_target, targets))

    def _kept(self, targets: list[ast.expr], value: ast.expr, live: Names) -> Names:
        """Answer what a value reads; one that is put where nothing looks is read by nobody."""
        for target in targets:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                self._bind(target, target.value.id, live)
        names = {each.id for target in targets for each in named(target)}
        is_kept = names & (live | self._always) or not all(map(_is_name, targets))
        return uses(value) if is_kept or not only_looks(value) else awaited(value)

    def _said(self, value: ast.expr, live: Names) -> Names:
        match value:
            case _ if only_looks(value):
                return awaited(value)
            case ast.Call(func=func) if is_log(func):
                return NONE
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in KEEPS:
                self._bind(value, name, live)
                kept = NONE.union(*map(uses, [*value.args, *value.keywords]))
                return kept if name in live | self._always else NONE
            case _:
                return uses(value)


def _takes_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _is_blind(case: ast.match_case) -> bool:
    """Whether a case takes everything and names nothing."""
    return _takes_all(case) and isinstance(case.pattern, ast.MatchAs) and not case.pattern.name


def _is_name(target: ast.expr) -> bool:
    return isinstance(target, ast.Name)


def _elsewhere(function: FunctionNode) -> Iterator[str]:
    """Answer the names that a function inside of this one reads, or that are not its own."""
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        is_inner = isinstance(node, FunctionNode | ast.ClassDef) and node is not function
        if is_inner:
            yield from uses(node)
