"""Values: what an expression of a job may stand for, as far as its text says.

A `Meaning` is a set of them, all that it may be on any way through the text. None at all says that
nothing is known, and nothing that is unknown is ever found fault with.
"""

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # they hold each other
    from workflows.linting.modules import Module
    from workflows.linting.scope import Scope

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Known:
    """A name of somebody else's module, or of the language: ``datetime.datetime.now``."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a class or a function of somebody else's answered: ``httpx.Client``."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of what was made: ``httpx.Client.get``."""

    name: str


@dataclass(frozen=True, slots=True)
class Durable:
    """The context, and what hangs on it: () is ``ctx``, ("step", "run") a verb."""

    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """A coroutine that was made and is not awaited yet; *verb* is how it is called."""

    result: "Meaning"
    verb: str
    parks: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What people decided, or that they did not."""


@dataclass(frozen=True, slots=True)
class Event:
    """What arrived, or silence."""


@dataclass(frozen=True, slots=True)
class First:
    """Which of several came first, and what it answered."""

    results: "Meaning"


@dataclass(frozen=True, slots=True)
class Unordered:
    """A set: its order is another one in another process."""


@dataclass(frozen=True, slots=True)
class Several:
    """A list, a tuple, a dictionary's values: what is in it, by position where it is *exact*."""

    items: tuple["Meaning", ...]
    exact: bool = False
    keys: tuple[object, ...] = ()  # of a dictionary, where all of them are written out

    @property
    def every(self) -> "Meaning":
        """Answer what any of them may be."""
        return frozenset().union(*self.items)


@dataclass(frozen=True, slots=True)
class Constant:
    """What is written out: a text, a number, a timedelta. *kind* tells True from 1."""

    kind: type
    value: object


@dataclass(frozen=True, slots=True)
class Template:
    """A text of which parts are known; None is a part that is not."""

    parts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Something else as well, of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the author's own, and where its free names are looked up."""

    node: FunctionNode
    module: "Module"
    scope: "Scope"
    owner: "Class | None" = None
    traits: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Answer its name."""
        return "a lambda" if isinstance(self.node, ast.Lambda) else self.node.name

    @property
    def is_async(self) -> bool:
        """Whether a call of it is to be awaited."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def is_nested(self) -> bool:
        """Whether it stands in another function."""
        return isinstance(self.node, ast.Lambda) or self.scope.is_function


@dataclass(frozen=True, slots=True)
class Decorated:
    """A function under decorators of the author's own: *calls* is what a call of it calls."""

    function: Function
    calls: "Meaning"


@dataclass(frozen=True, slots=True)
class Bound:
    """A method with what it belongs to."""

    function: "Function | Decorated"
    owner: "Meaning"


@dataclass(frozen=True, slots=True)
class Partial:
    """A function with the first of its arguments."""

    calls: "Meaning"
    arguments: "Arguments"


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the author's own."""

    node: ast.ClassDef
    module: "Module"
    scope: "Scope"


@dataclass(frozen=True, slots=True)
class Instance:
    """What a class of the author's own makes."""

    of: Class


@dataclass(frozen=True, slots=True)
class Manager:
    """What a generator under ``@contextmanager`` makes: entered, it yields *gives*."""

    gives: "Meaning"
    effects: tuple["Effect", ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A module of the author's own."""

    module: "Module"


@dataclass(frozen=True, slots=True)
class Shared:
    """What belongs to the module or a class, and so to every run and every replay."""

    name: str


@dataclass(frozen=True, slots=True)
class Mutator:
    """A method that changes what all runs share: ``SEEN.append``."""

    of: str


class Effect(NamedTuple):
    """Something that is done to the world outside of the run, and where."""

    node: ast.AST
    what: str


Value = (
    Known | Made | Method | Durable | Pending | Decision | Event | First | Unordered | Several
    | Constant | Template | Anything | Function | Decorated | Bound | Partial | Class | Instance
    | Manager | Mutator | Package | Shared
)  # fmt: skip
Meaning = frozenset[Value]
NOTHING: Meaning = frozenset()


class Arguments(NamedTuple):
    """What a call gives; *rest* is what ``*more`` and ``**more`` may hold."""

    positional: tuple[Meaning, ...] = ()
    named: tuple[tuple[str, Meaning], ...] = ()
    rest: Meaning = NOTHING

    def get(self, position: int, name: str) -> Meaning:
        """Answer what is given at *position* or under *name*; nothing where it is left out."""
        if position < len(self.positional):
            return self.positional[position]
        return dict(self.named).get(name, NOTHING)

    @property
    def every(self) -> tuple[Meaning, ...]:
        """Answer all that is given, wherever."""
        return (*self.positional, *(given for _, given in self.named), self.rest)


def one(value: Value) -> Meaning:
    """Answer the meaning of what can be this alone."""
    return frozenset({value})


def union(meanings: "tuple[Meaning, ...] | list[Meaning]") -> Meaning:
    """Answer what may be any of several."""
    return NOTHING.union(*meanings)


def constant(value: object) -> Meaning:
    """Answer the meaning of a literal."""
    return one(Constant(type(value), value))


def within(meaning: Meaning) -> Meaning:
    """Answer *meaning* with all that is in it, at any depth."""
    found: set[Value] = set(meaning)
    waiting = [*meaning]
    while waiting:
        value = waiting.pop()
        inner = value.every if isinstance(value, Several) else NOTHING
        inner = value.results if isinstance(value, First) else inner
        waiting += [each for each in inner if each not in found]
        found |= inner
    return frozenset(found)
