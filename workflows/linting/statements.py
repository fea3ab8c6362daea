"""Statements: what each kind of them binds, tests, drops and goes through."""

import ast

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.binding import bind, change, looked_at, shared
from workflows.linting.catalogue import ENVIRONMENT
from workflows.linting.closing import closes
from workflows.linting.elements import elements
from workflows.linting.frame import Frame, statement
from workflows.linting.names import rule_for
from workflows.linting.scope import UNKNOWN
from workflows.linting.signals import caught, leaves
from workflows.linting.truth import test
from workflows.linting.uses import only_looks
from workflows.linting.values import (
    NOTHING,
    First,
    Known,
    Manager,
    Meaning,
    Package,
    Several,
    Shared,
    one,
    union,
)


@statement(ast.Expr)
def _expression(frame: Frame, node: ast.Expr) -> None:
    if isinstance(node.value, ast.NamedExpr):
        bind(frame, node.value.target, frame.meaning(node.value.value), node.value.value)
        return
    found = frame.meaning(node.value)
    if isinstance(node.value, ast.Await) or not only_looks(node.value):
        frame.note(facts.Dropped(node.value, found))
    else:  # `(await …).payload`, and nothing is done with it
        frame.note(facts.Dropped(node.value, looked_at(frame, node.value)))


@statement(ast.Assign)
def _assign(frame: Frame, node: ast.Assign) -> None:
    if any(isinstance(each, ast.Name) and each.id in frame.sorts for each in node.targets):
        frame.orderless.add(node.value)
    found = _named(frame, node.value)
    for target in node.targets:
        bind(frame, target, found, node.value)
        if target in frame.unread:
            frame.note(facts.Dropped(node.value, looked_at(frame, node.value)))


@statement(ast.AnnAssign)
def _annotated(frame: Frame, node: ast.AnnAssign) -> None:
    if node.value:
        found = _named(frame, node.value)
        meant = annotated(frame.reading, frame.scope.module, node.annotation)
        bind(frame, node.target, found or meant, node.value)


def _named(frame: Frame, node: ast.expr) -> Meaning:
    """Read a value; a function under another name is noted where it is called."""
    found = frame.part(node)
    data = [e for e in found if isinstance(e, Known) and rule_for(e.name) is ENVIRONMENT]
    if data and isinstance(node, ast.Name | ast.Attribute):
        frame.mention(node, found)
    return found


@statement(ast.AugAssign)
def _augmented(frame: Frame, node: ast.AugAssign) -> None:
    found = frame.value(node.value)
    match node.target:
        case ast.Name(id=name):
            if isinstance(node.op, ast.Add):
                elements(frame, node.value, found)
            before = frame.lookup(name)
            if name in frame.scope.outer and frame.scope.holder(name) is None:
                frame.note(facts.Changed(node, f"`{name}` of the module"))
            elif any(isinstance(each, Shared) for each in before):
                frame.note(facts.Changed(node, shared(before) or ""))
            if node.target in frame.unread:
                frame.note(facts.Dropped(node.value, found))
            inside = union([each.every for each in found if isinstance(each, Several)])
            frame.bind(name, one(Several((inside,))) | UNKNOWN if inside else UNKNOWN)
        case ast.Attribute() | ast.Subscript():
            change(frame, node.target, NOTHING)


@statement(ast.Delete)
def _delete(frame: Frame, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Attribute | ast.Subscript):
            change(frame, target, NOTHING)


@statement(ast.Return)
def _return(frame: Frame, node: ast.Return) -> None:
    if node.value:
        frame.summary.result |= frame.meaning(node.value)


@statement(ast.If, ast.While)
def _if(frame: Frame, node: ast.If | ast.While) -> None:
    test(frame, node.test)
    frame.read([*node.body, *node.orelse])


@statement(ast.Assert)
def _assert(frame: Frame, node: ast.Assert) -> None:
    test(frame, node.test)
    if node.msg:
        frame.meaning(node.msg)


@statement(ast.For, ast.AsyncFor)
def _for(frame: Frame, node: ast.For | ast.AsyncFor) -> None:
    where = node.target if isinstance(node.iter, ast.Name) else node.iter
    found = elements(frame, node.iter, frame.value(node.iter))
    bind(frame, node.target, found, where)
    frame.read([*node.body, *node.orelse])


@statement(ast.With, ast.AsyncWith)
def _with(frame: Frame, node: ast.With | ast.AsyncWith) -> None:
    entered = [(item, frame.meaning(item.context_expr)) for item in node.items]
    for item, meaning in entered:
        if item.optional_vars:
            bind(frame, item.optional_vars, _given_by(meaning), item.context_expr)
        else:
            frame.note(facts.Dropped(item.context_expr, _given_by(meaning)))
    parks = parked(frame, node.body)
    for item, meaning in entered:
        for effect in closes(frame, item.context_expr, meaning):
            if parks:
                frame.note(facts.Closed(item.context_expr, effect))


def _given_by(meaning: Meaning) -> Meaning:
    return union([each.gives if isinstance(each, Manager) else one(each) for each in meaning])


def parked(frame: Frame, body: list[ast.stmt]) -> bool:
    """Read a block, and answer whether a pass may end in it."""
    before, frame.summary.parks = frame.summary.parks, False
    frame.read(body)
    parks, frame.summary.parks = frame.summary.parks, before or frame.summary.parks
    return parks


@statement(ast.Try, ast.TryStar)
def _try(frame: Frame, node: ast.Try | ast.TryStar) -> None:
    parks = parked(frame, node.body)
    for handler in node.handlers:
        if handler.name:
            frame.bind(handler.name, UNKNOWN)
        is_signal = caught(frame, handler)
        _closing(frame, handler.body, parks=parks and is_signal)
    parks |= parked(frame, node.orelse)
    leaves(frame, node.finalbody)
    _closing(frame, node.finalbody, parks=parks)


def _closing(frame: Frame, body: list[ast.stmt], *, parks: bool) -> None:
    """Read closing code, and note what it does at every park."""
    before = len(frame.summary.effects)
    frame.read(body)
    if parks:
        for effect in frame.summary.effects[before:]:
            frame.note(facts.Closed(_inside(body, effect.node), effect.what))


def _inside(body: list[ast.stmt], node: ast.AST) -> ast.AST:
    """Answer where in *body* an effect is: it may stand in a function that is called there."""
    every = [each for statement in body for each in ast.walk(statement)]
    return node if node in every else body[0]


@statement(ast.Match)
def _match(frame: Frame, node: ast.Match) -> None:
    subject = frame.value(node.subject)
    for case in node.cases:
        _pattern(frame, case.pattern, subject)
        if case.guard:
            test(frame, case.guard)
        frame.read(case.body)
    patterns = tuple(case.pattern for case in node.cases)
    blind = all(_is_blind(each, frame.unread) for each in patterns)
    frame.note(facts.Matched(node.subject, subject, patterns, blind))


def _is_blind(pattern: ast.pattern, unread: frozenset[ast.AST]) -> bool:
    """Whether a pattern takes whatever comes, and nothing looks at it."""
    if not isinstance(pattern, ast.MatchAs) or pattern.pattern is not None:
        return False
    return pattern.name is None or pattern in unread


def _pattern(frame: Frame, pattern: ast.pattern, subject: Meaning) -> None:
    """Bind what a pattern names."""
    if isinstance(pattern, ast.MatchAs) and pattern.name:
        frame.bind(pattern.name, subject)
    inside = _seen_by(frame, pattern, subject)
    for child in ast.iter_child_nodes(pattern):
        if isinstance(child, ast.pattern):
            _pattern(frame, child, inside)


def _seen_by(frame: Frame, pattern: ast.pattern, subject: Meaning) -> Meaning:
    """Answer what the patterns in a pattern are held against."""
    match pattern:
        case ast.MatchAs() | ast.MatchOr():
            return subject
        case ast.MatchClass():
            return union([each.results for each in subject if isinstance(each, First)])
        case ast.MatchSequence():
            return elements(frame, pattern, subject)
        case _:
            return NOTHING


@statement(ast.Global, ast.Nonlocal, ast.Pass, ast.Break, ast.Continue)
def _nothing(frame: Frame, node: ast.stmt) -> None:
    pass


@statement(ast.Import)
def _import(frame: Frame, node: ast.Import) -> None:
    for alias in node.names:
        # `import a.b` binds `a`; `import a.b as c` binds the whole.
        full = alias.name if alias.asname else alias.name.partition(".")[0]
        found = frame.reading.project.absolute(full)
        frame.bind(alias.asname or full, one(Package(found)) if found else one(Known(full)))


@statement(ast.ImportFrom)
def _import_from(frame: Frame, node: ast.ImportFrom) -> None:
    origin = frame.reading.origin(frame.scope.module, node)
    for alias in node.names:
        if alias.name == "*":
            frame.reading.every(origin)
        elif origin is not None:
            found = frame.reading.member(origin, alias.name)
            frame.bind(alias.asname or alias.name, found)
        elif node.module and node.level == 0:
            frame.bind(alias.asname or alias.name, one(Known(f"{node.module}.{alias.name}")))
