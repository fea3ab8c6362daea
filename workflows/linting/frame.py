"""Frame: one reading of one function, with what it was given; how an expression or statement of
each kind is read is registered by the modules that know.
"""

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from workflows.linting import facts
from workflows.linting.names import is_taken
from workflows.linting.scope import Scope
from workflows.linting.values import (
    NOTHING,
    Anything,
    Arguments,
    Class,
    Effect,
    Function,
    Known,
    Made,
    Meaning,
    Method,
    Pending,
)

if TYPE_CHECKING:  # it makes frames
    from workflows.linting.reading import Reading

ReadExpression = Callable[["Frame", Any], Meaning]
ReadStatement = Callable[["Frame", Any], None]
EXPRESSIONS: dict[type[ast.AST], ReadExpression] = {}
STATEMENTS: dict[type[ast.AST], ReadStatement] = {}

ReadsExpression = TypeVar("ReadsExpression", bound=Callable[..., Meaning])
ReadsStatement = TypeVar("ReadsStatement", bound=Callable[..., None])


def expression(*kinds: type[ast.expr]) -> Callable[[ReadsExpression], ReadsExpression]:
    """Register how an expression of these kinds is read."""

    def register(read: ReadsExpression) -> ReadsExpression:
        EXPRESSIONS.update(dict.fromkeys(kinds, read))
        return read

    return register


def statement(*kinds: type[ast.stmt]) -> Callable[[ReadsStatement], ReadsStatement]:
    """Register how a statement of these kinds is read."""

    def register(read: ReadsStatement) -> ReadsStatement:
        STATEMENTS.update(dict.fromkeys(kinds, read))
        return read

    return register


class Frame:
    """One reading of the body of a function, or of the top of a module."""

    def __init__(
        self,
        reading: "Reading",
        scope: Scope,
        summary: facts.Summary,
        unread: frozenset[ast.AST] = frozenset(),
        owner: Class | None = None,
    ) -> None:
        self.reading = reading
        self.scope = scope
        self.summary = summary
        self.unread = unread  # names that are bound and never read before they are bound anew
        self.owner = owner  # whose method it is
        self.here: ast.AST = ast.Pass()  # the call that is being read
        self.orderless: set[ast.AST] = set()  # what only `sorted`, `len` and the like will see
        self.sorts: frozenset[str] = frozenset()  # names of lists that it sorts in place
        self.nested: dict[ast.AST, Function] = {}
        self.taken: list[facts.Fact] = []  # what its parameters' defaults took
        self.yields: list[Meaning] = []

    def meaning(self, node: ast.expr) -> Meaning:
        """Answer what *node* may stand for, and note what it uses."""
        found = self.part(node)
        if isinstance(node, ast.Attribute | ast.Name):
            self.mention(node, found)
        return found

    def part(self, node: ast.expr) -> Meaning:
        """Answer what *node* may stand for, as part of what is noted as a whole."""
        read = EXPRESSIONS.get(type(node))
        return read(self, node) if read else self.parts(node)

    def parts(self, node: ast.AST) -> Meaning:
        """Read all that is in *node*, of which nothing is known as a whole."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            else:
                self.parts(child)
        return NOTHING

    def value(self, node: ast.expr) -> Meaning:
        """Answer what *node* may stand for where a coroutine has no place."""
        found = self.meaning(node)
        for each in found:
            if isinstance(each, Pending):
                self.note(facts.Unawaited(node, each.verb))
        return found

    def mention(self, node: ast.expr, found: Meaning) -> None:
        """Note a name of somebody else's; a variable was noted where it got its value."""
        if isinstance(node, ast.Name) and self.scope.holder(node.id):
            return
        for each in found:
            if isinstance(each, Made) and not is_taken(each.name):
                continue
            if isinstance(each, Known | Method | Made):
                self.note(facts.Touched(node, each.name))

    def read(self, statements: Iterable[ast.stmt]) -> None:
        """Read statements one after the other."""
        for each in statements:
            read = STATEMENTS.get(type(each))
            if read:
                read(self, each)
            else:
                self.parts(each)

    def lookup(self, name: str) -> Meaning:
        """Answer what a name stands for here."""
        holder = self.scope.holder(name)
        if holder is not None:
            return holder.get(name)
        return self.reading.shared(self.scope.module, name)

    def bind(self, name: str, meaning: Meaning) -> None:
        """Bind a name where it belongs."""
        holder = self.scope.holder(name)
        if holder is None and self.scope.is_function:  # declared `global`
            holder = self.reading.top(self.scope.module).scope
        (holder or self.scope).bind(name, meaning)

    def note(self, fact: facts.Fact) -> None:
        """Keep a fact."""
        self.summary.facts.append(fact)

    def effect(self, node: ast.AST, what: str) -> None:
        """Keep that something is done to the world."""
        self.summary.effects.append(Effect(node, what))

    def run(self, function: Function, arguments: Arguments) -> Meaning:
        """Read a function of the author's that is called here, and answer what it returns."""
        found = self.reading.run(function, arguments)
        self.summary.calls.append(found)
        self.summary.parks |= found.parks
        # Seen from here, what it does is done where it is called; one of it says enough.
        self.summary.effects += [Effect(self.here, each.what) for each in found.effects[:1]]
        return found.result


def unknown(meaning: Meaning) -> bool:
    """Whether a meaning may be something of which nothing is known."""
    return not meaning or any(isinstance(each, Anything) for each in meaning)
