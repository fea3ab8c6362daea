"""Reading: a project's functions, each read once for what it is given, from the jobs on down."""

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.definitions import defined
from workflows.linting.frame import Frame
from workflows.linting.lifetimes import unread
from workflows.linting.members import lineage
from workflows.linting.modules import Module, Project
from workflows.linting.scope import Scope, inside, stored
from workflows.linting.signals import forgives
from workflows.linting.values import (
    NOTHING,
    Arguments,
    Class,
    Constant,
    Decision,
    Decorated,
    Durable,
    Event,
    Function,
    Instance,
    Known,
    Meaning,
    Package,
    Several,
    Shared,
    one,
    union,
)

PASSES = 4  # a loop may carry what a statement learns to those before it
# What nobody can change, or what is the module's by nature.
FIXED = (Known, Function, Decorated, Class, Package, Constant, Durable)
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)


class Top(NamedTuple):
    """The names at the top of a module, read when they are asked for."""

    scope: Scope
    bindings: dict[str, list[ast.stmt]]
    done: set[str]


class Reading:
    """All that has been read of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.jobs: dict[ast.AST, facts.Defined] = {}
        self.attributes: dict[tuple[ast.AST, str], Meaning] = {}
        self._members: dict[tuple[Class, str], Meaning] = {}
        self._tops: dict[Module, Top] = {}
        self._read: dict[tuple[Function, Arguments], facts.Summary] = {}
        self._nodes: set[ast.AST] = set()
        self._under_way: list[ast.AST] = []

    def lookup(self, module: Module, name: str) -> Meaning:
        """Answer what a name at the top of a module stands for, or one of the language's."""
        top = self.top(module)
        if name in top.bindings and name not in top.done:
            top.done.add(name)
            frame = Frame(self, top.scope, facts.Summary("the module", module))
            frame.read(top.bindings[name])
        return top.scope.get(name) or self._from_star(module, name) or _builtin(top, name)

    def shared(self, module: Module, name: str) -> Meaning:
        """Answer what a name at the top of a module stands for, as what all runs share."""
        found = self.lookup(module, name)
        is_fixed = all(isinstance(each, FIXED) for each in found)
        return found if is_fixed else found | one(Shared(name))

    def member(self, module: Module, name: str) -> Meaning:
        """Answer an attribute of a module: a name at its top, or a module inside it."""
        if name in self.top(module).bindings:
            return self.shared(module, name)
        inside = self.project.inside(module, name)
        return one(Package(inside)) if inside else self._from_star(module, name)

    def top(self, module: Module) -> Top:
        """Answer the names at the top of a module."""
        if module not in self._tops:
            bindings: dict[str, list[ast.stmt]] = {}
            for each in simple(module.tree.body):
                for name in stored([each]):
                    bindings.setdefault(name, []).append(each)
            self._tops[module] = Top(Scope(module), bindings, set())
        return self._tops[module]

    def every(self, module: Module | None) -> None:
        """Look up all that is at the top of a module."""
        for name in self.top(module).bindings if module else ():
            self.lookup(module, name)  # type: ignore[arg-type]  # there is one, or no name

    def keep(self, base: Meaning, name: str, meaning: Meaning) -> None:
        """Keep what an attribute of the author's own classes is set to."""
        for each in base:
            node = each.of.node if isinstance(each, Instance) else getattr(each, "node", None)
            if isinstance(node, ast.ClassDef):
                key = (node, name)
                self.attributes[key] = self.attributes.get(key, NOTHING) | meaning

    def parents(self, frame: Frame) -> Meaning:
        """Answer what `super()` is in a method."""
        if frame.owner is None:
            return NOTHING
        return frozenset(Instance(each) for each in list(lineage(frame, frame.owner))[1:])

    def in_body(self, of: Class, name: str) -> Meaning:
        """Answer what the body of a class gives a name to."""
        key = (of, name)
        if key not in self._members:
            self._members[key] = NOTHING
            frame = Frame(self, of.scope, facts.Summary(of.node.name, of.module))
            found = [_in_body(frame, of, each, name) for each in simple(of.node.body)]
            self._members[key] = union(found)
        return self._members[key]

    def run(self, function: Function, arguments: Arguments) -> facts.Summary:
        """Read a function with what it is given; one that calls itself answers nothing then."""
        if self._under_way.count(function.node) > 1:
            return facts.Summary(function.name, function.module)
        key = (function, arguments)
        if key not in self._read:
            self._read[key] = facts.Summary(function.name, function.module)
            self._nodes.add(function.node)
            self._under_way.append(function.node)
            self._fill(self._read[key], function, arguments)
            self._under_way.pop()
        return self._read[key]

    def has_read(self, node: ast.AST) -> bool:
        """Whether a function was called by anything that was read."""
        return node in self._nodes

    def _fill(self, summary: facts.Summary, function: Function, arguments: Arguments) -> None:
        scope = Scope(function.module, function.scope, is_function=True)
        body = _body(function.node)
        scope.local = stored(body) | frozenset(_parameters(function.node.args))
        scope.outer = {name for node in body for each in inside(node) for name in _declared(each)}
        frame = Frame(self, scope, summary, unread(function.node), function.owner)
        frame.sorts = frozenset(_sorted_in_place(body))
        self._give(frame, function, arguments)
        size = -1
        for _ in range(PASSES):
            if size == scope.size():
                break
            size = scope.size()
            summary.facts, summary.calls, summary.effects = [], [], []
            frame.read(body)
        self._read_what_nobody_called(frame)
        if function.name in {"__exit__", "__aexit__"}:
            forgives(frame, body)
        for each in ast.walk(function.node.args):
            if isinstance(each, ast.arg) and each in frame.unread:
                frame.note(facts.Dropped(each, answers(scope.get(each.arg))))
        if frame.yields:
            summary.result = one(Several((union(frame.yields),)))

    def _give(self, frame: Frame, function: Function, arguments: Arguments) -> None:
        """Bind the parameters: to what is given, else to what their annotation says."""
        taken = function.node.args
        positional = [*taken.posonlyargs, *taken.args]
        defaults = dict(
            zip(reversed([p.arg for p in positional]), reversed(taken.defaults), strict=False)
        )
        defaults |= {
            p.arg: d for p, d in zip(taken.kwonlyargs, taken.kw_defaults, strict=True) if d
        }
        for n, parameter in enumerate([*positional, *taken.kwonlyargs]):
            at = n if n < len(positional) else len(arguments.positional)
            given = arguments.get(at, parameter.arg) or arguments.rest
            given = given or self._default(function, defaults.get(parameter.arg), parameter.arg)
            meant = annotated(self, function.module, parameter.annotation)
            frame.scope.bind(parameter.arg, given | (meant if not given else NOTHING))
        if taken.vararg:
            more = arguments.positional[len(positional) :]
            frame.scope.bind(
                taken.vararg.arg, one(Several((*more, arguments.rest), exact=not arguments.rest))
            )
        if taken.kwarg:
            known = {p.arg for p in [*positional, *taken.kwonlyargs]}
            others = tuple(given for name, given in arguments.named if name not in known)
            frame.scope.bind(taken.kwarg.arg, one(Several((*others, arguments.rest))))

    def _default(self, function: Function, default: ast.expr | None, name: str) -> Meaning:
        if default is None:
            return NOTHING
        scope = function.scope
        found = Frame(self, scope, facts.Summary("", function.module)).part(default)
        if isinstance(default, MUTABLE):
            return found | one(Shared(f"the default of {name}"))
        return found

    def _read_what_nobody_called(self, frame: Frame) -> None:
        for node, function in list(frame.nested.items()):
            if not self.has_read(node):
                frame.run(function, Arguments())

    def _from_star(self, module: Module, name: str) -> Meaning:
        if name.startswith("_"):
            return NOTHING
        for each in simple(module.tree.body):
            match each:
                case ast.ImportFrom(names=[ast.alias(name="*")]):
                    found = self.origin(module, each)
                    inner = self.member(found, name) if found and found is not module else None
                    if inner:
                        return inner
                case _:
                    pass
        return NOTHING

    def origin(self, module: Module, node: ast.ImportFrom) -> Module | None:
        """Answer the author's own module that something is imported from; None: not one."""
        if node.level:
            return self.project.relative(module, node.level, node.module)
        return self.project.absolute(node.module or "")


def simple(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Answer the statements of a module's top, those under an `if` or a `try` one by one."""
    for each in statements:
        match each:
            case ast.If(body=then, orelse=other):
                yield from simple([*then, *other])
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                caught = [inner for handler in handlers for inner in handler.body]
                yield from simple([*body, *caught, *other, *last])
            case _:
                yield each


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
    """Answer the default of a field, as it is or in `Field(…)`."""
    if not isinstance(value, ast.Call):
        return frame.part(value) if isinstance(value, ast.Constant) else NOTHING
    named = {each.arg: each.value for each in value.keywords}
    given = value.args[0] if value.args else named.get("default")
    return frame.part(given) if isinstance(given, ast.Constant) else NOTHING


def answers(meaning: Meaning) -> Meaning:
    """Answer what of it somebody should look at."""
    return frozenset(each for each in meaning if isinstance(each, Decision | Event))


def _builtin(top: Top, name: str) -> Meaning:
    is_one = hasattr(builtins, name) and name not in top.bindings
    return one(Known(f"builtins.{name}")) if is_one else NOTHING


def _body(node: ast.AST) -> list[ast.stmt]:
    if isinstance(node, ast.Lambda):
        return [ast.copy_location(ast.Return(node.body), node.body)]
    return list(node.body)  # type: ignore[attr-defined]


def _parameters(taken: ast.arguments) -> Iterator[str]:
    every = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg]
    return (each.arg for each in every if each)


def _sorted_in_place(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        for each in ast.walk(node):
            match each:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort")):
                    yield name
                case _:
                    pass


def _declared(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, ast.Global | ast.Nonlocal) else []
