"""Facts: what a reading of a job finds out; the rules judge them, one by one."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.linting.modules import Module
from workflows.linting.values import Arguments, Effect, Function, Meaning, Value


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that stands at *node*."""

    node: ast.AST


@dataclass(frozen=True, slots=True)
class Touched(Fact):
    """A name of somebody else's is used: read, called, or handed on."""

    name: str


@dataclass(frozen=True, slots=True)
class Asked(Fact):
    """A verb, or a class such as `Retries`, is called; *where* is where each argument stands."""

    verb: str
    arguments: Arguments
    where: tuple[ast.AST, ...]
    named: tuple[tuple[str, ast.AST], ...]


@dataclass(frozen=True, slots=True)
class Tested(Fact):
    """The truth of something is asked for."""

    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Compared(Fact):
    """Something is held against something else with ``==``, ``is`` or ``in``."""

    meaning: Meaning
    other: Meaning


@dataclass(frozen=True, slots=True)
class Dropped(Fact):
    """Something was answered that nothing reads afterwards."""

    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Kept(Fact):
    """Something was answered and is kept as an attribute."""

    attribute: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Looked(Fact):
    """Something at the top of a module is read."""

    name: str


@dataclass(frozen=True, slots=True)
class Unawaited(Fact):
    """A coroutine stands where what it answers should."""

    verb: str


@dataclass(frozen=True, slots=True)
class Ordered(Fact):
    """The order of a set is asked for."""


@dataclass(frozen=True, slots=True)
class Changed(Fact):
    """Something that all runs share is changed, or is changed elsewhere and read here."""

    what: str


@dataclass(frozen=True, slots=True)
class Closed(Fact):
    """An effect in code that is run whenever the wait it stands around parks the run."""

    what: str


@dataclass(frozen=True, slots=True)
class Swallowed(Fact):
    """A handler that lets no signal through."""

    what: str


@dataclass(frozen=True, slots=True)
class Given(Fact):
    """A function is given to ``ctx.step.run``."""

    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Matched(Fact):
    """Something is matched against patterns."""

    meaning: Meaning
    patterns: tuple[ast.pattern, ...]
    is_blind: bool


@dataclass(frozen=True, slots=True)
class Defined(Fact):
    """A job is defined; *value* is it under its decorators, *unlisted* ones have no form."""

    function: Function
    value: Value
    unlisted: bool


@dataclass(eq=False, slots=True)
class Summary:
    """What a reading of one function came to; *calls* are those of the author's it called."""

    function: str
    module: Module
    result: Meaning = frozenset()
    parks: bool = False
    facts: list[Fact] = field(default_factory=list)
    calls: "list[Summary]" = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def walk(self, via: tuple[str, ...] = ()) -> "Iterator[tuple[Summary, tuple[str, ...]]]":
        """Answer this and all that it calls, each once, with the functions on the way to it."""
        seen: set[int] = set()
        waiting = [(self, via)]
        while waiting:
            summary, way = waiting.pop(0)
            if id(summary) not in seen:
                seen.add(id(summary))
                yield summary, way
                waiting += [(each, (*way, summary.function)) for each in summary.calls]
