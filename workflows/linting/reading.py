"""Reading: a project's functions, each read once for what it is given, from the jobs on down."""

import ast
import builtins
from collections import Counter
from typing import NamedTuple

from workflows.linting import facts
from workflows.linting.annotations import annotated
from workflows.linting.changing import changed, functions
from workflows.linting.classes import in_body
from workflows.linting.frame import Frame
from workflows.linting.members import lineage
from workflows.linting.modules import Module, Project
from workflows.linting.parameters import give
from workflows.linting.scope import Scope, stored
from workflows.linting.shapes import Shape, is_star, shape, simple
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
    FunctionNode,
    Instance,
    Known,
    Meaning,
    Package,
    Several,
    Shared,
    constant,
    one,
    union,
)

# A function is read anew for what it is given anew, but not without end: functions that call each
# other would be given more and more.
MOST_READINGS = 100
MOST_WITHIN_ITSELF = 2
VARIABLE = (ast.Assign, ast.AnnAssign, ast.AugAssign)
PASSES = 4  # a loop may carry what a statement learns to those before it
# What nobody can change, or what is the module's by nature.
FIXED = (Known, Function, Decorated, Class, Package, Constant, Durable)


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
        self.lineages: dict[Class, tuple[Class, ...]] = {}
        self.members: dict[tuple[Class, str], Meaning] = {}
        self._loaded: set[Module] = set()
        self._held: dict[str, Meaning] = {}
        self.offered: dict[ast.AST, Meaning] = {}
        self._changed: dict[Module, frozenset[str]] = {}
        self._sought: set[tuple[Module, str]] = set()
        self._shapes: dict[FunctionNode, Shape] = {}
        self._tops: dict[Module, Top] = {}
        self._read: dict[tuple[Function, Arguments], facts.Summary] = {}
        self._times: Counter[ast.AST] = Counter()
        self._last: dict[ast.AST, facts.Summary] = {}
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
        self.load(module)
        found = self.lookup(module, name)
        is_fixed = all(isinstance(each, FIXED) for each in found)
        return found if is_fixed else found | one(Shared(name))

    def load(self, module: Module) -> None:
        """Read the whole top of a module once: it may put something into what it holds."""
        if module not in self._loaded:
            self._loaded.add(module)
            Frame(self, self.top(module).scope, facts.Summary("", module)).read(module.tree.body)

    def put(self, holder: Meaning, meaning: Meaning) -> None:
        """Keep what is put into something that all runs share."""
        for each in holder:
            if isinstance(each, Shared):
                self._held[each.name] = self._held.get(each.name, NOTHING) | meaning

    def held(self, holder: Meaning) -> Meaning:
        """Answer what was put into something that all runs share."""
        shared = [each.name for each in holder if isinstance(each, Shared)]
        return union([self._held.get(name, NOTHING) for name in shared])

    def member(self, module: Module, name: str) -> Meaning:
        """Answer an attribute of a module: a name at its top, or a module inside it."""
        if name in self.top(module).bindings:
            return self.shared(module, name)
        inside = self.project.inside(module, name)
        if inside:
            return one(Package(inside))
        return self._from_star(module, name) or self._by_getattr(module, name)

    def _by_getattr(self, module: Module, name: str) -> Meaning:
        """Answer what a module's own `__getattr__` answers for a name."""
        found = self.lookup(module, "__getattr__") if "__getattr__" in module.text else NOTHING
        given = Arguments((constant(name),))
        return union([self.run(e, given).result for e in found if isinstance(e, Function)])

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

    def offer(self, function: Meaning, meaning: Meaning) -> None:
        """Keep an implementation of a function that is picked by the type of its argument."""
        for each in function:
            if isinstance(each, Function):
                self.offered[each.node] = self.offered.get(each.node, NOTHING) | meaning

    def is_asked_for(self, attribute: str) -> bool:
        """Whether any module that was read asks for an attribute of this name."""
        return any(attribute in each.attributes for each in self.project.modules)

    def changed_elsewhere(self, module: Module) -> frozenset[str]:
        """Answer what functions that are not replayed change at the top of a module."""
        if module not in self._changed:
            free = [each for each in functions(module.tree) if not self.has_read(each)]
            names = {name for each in free for name in changed(each)}
            self._changed[module] = frozenset(each for each in names if self._varies(module, each))
        return self._changed[module]

    def _varies(self, module: Module, name: str) -> bool:
        """Whether a name at the top of a module is a variable, no import and no function."""
        bindings = self.top(module).bindings.get(name, ())
        return bool(bindings) and all(isinstance(each, VARIABLE) for each in bindings)

    def parents(self, frame: Frame) -> Meaning:
        """Answer what `super()` is in a method."""
        if frame.owner is None:
            return NOTHING
        return frozenset(Instance(each) for each in lineage(frame, frame.owner)[1:])

    def in_body(self, of: Class, name: str) -> Meaning:
        """Answer what the body of a class gives a name to."""
        return in_body(Frame(self, of.scope, facts.Summary(of.node.name, of.module)), of, name)

    def run(self, function: Function, arguments: Arguments) -> facts.Summary:
        """Read a function with what it is given; one that calls itself answers nothing then."""
        key = (function, arguments)
        if key not in self._read:
            node = function.node
            most = MOST_WITHIN_ITSELF if node in self._under_way else MOST_READINGS
            if self._times[node] >= most or self._under_way.count(node) > 1:
                return self._last.get(node, facts.Summary(function.name, function.module))
            self._times[node] += 1
            self._read[key] = facts.Summary(function.name, function.module)
            self._under_way.append(node)
            self._fill(self._read[key], function, arguments)
            self._under_way.pop()
            self._last[node] = self._read[key]
        return self._read[key]

    def has_read(self, node: ast.AST) -> bool:
        """Whether a function was called by anything that was read."""
        return node in self._times

    def _fill(self, summary: facts.Summary, function: Function, arguments: Arguments) -> None:
        shape = self._shape(function.node)
        scope = Scope(function.module, function.scope, is_function=True)
        scope.local, scope.outer = shape.local, shape.outer
        frame = Frame(self, scope, summary, shape.unread, function.owner)
        frame.sorts = shape.sorts
        give(frame, function, arguments)
        size = -1
        for _ in range(PASSES):
            if size == scope.size():
                break
            size = scope.size()
            summary.facts, summary.calls, summary.effects = [], [], []
            frame.read(shape.body)
        self._finish(frame, function, shape)

    def _finish(self, frame: Frame, function: Function, shape: Shape) -> None:
        self._read_what_nobody_called(frame)
        frame.summary.facts += frame.taken
        if function.name in {"__exit__", "__aexit__"}:
            forgives(frame, shape.body)
        for each in shape.unread:
            if isinstance(each, ast.arg):
                frame.note(facts.Dropped(each, answers(frame.scope.get(each.arg))))
        if frame.yields:
            frame.summary.result = one(Several((union(frame.yields),)))
        if not frame.summary.result and not isinstance(function.node, ast.Lambda):
            said = annotated(self, function.module, function.node.returns)
            frame.summary.result = said

    def _shape(self, node: FunctionNode) -> Shape:
        if node not in self._shapes:
            self._shapes[node] = shape(node)
        return self._shapes[node]

    def _read_what_nobody_called(self, frame: Frame) -> None:
        for node, function in list(frame.nested.items()):
            if not self.has_read(node):
                frame.run(function, Arguments())

    def _from_star(self, module: Module, name: str) -> Meaning:
        """Answer what ``from x import *`` brings; modules may do so from each other."""
        if name.startswith("_") or (module, name) in self._sought:
            return NOTHING
        self._sought.add((module, name))
        stars = [self.origin(module, each) for each in simple(module.tree.body) if is_star(each)]
        found = (self.member(origin, name) for origin in stars if origin)
        meaning = next(filter(None, found), NOTHING)
        self._sought.discard((module, name))
        return meaning

    def origin(self, module: Module, node: ast.stmt) -> Module | None:
        """Answer the author's own module that something is imported from; None: not one."""
        if not isinstance(node, ast.ImportFrom):
            return None
        if node.level:
            return self.project.relative(module, node.level, node.module)
        return self.project.absolute(node.module or "")


def answers(meaning: Meaning) -> Meaning:
    """Answer what of it somebody should look at."""
    return frozenset(each for each in meaning if isinstance(each, Decision | Event))


def _builtin(top: Top, name: str) -> Meaning:
    is_one = hasattr(builtins, name) and name not in top.bindings
    return one(Known(f"builtins.{name}")) if is_one else NOTHING
