"""Programs: small jobs as data, so that one can be changed while a run of it is under way.

What a person or another program answers depends on what is asked alone: so a program has one
outcome, and `reference` says which without any engine.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, assert_never

LAST = -1  # an argument that is what the last step of the branch was called with
FLAKY = frozenset("c")  # steps that fail at their first attempt


@dataclass
class Step:
    """A step, and what it is called with."""

    name: str
    arg: int


@dataclass
class Ask:
    """A question to people, and what follows from either answer. *shown* None: words alone."""

    name: str
    title: int
    shown: int | None
    why: int | None = None
    need: int = 1
    then: "Program" = field(default_factory=list)
    otherwise: "Program" = field(default_factory=list)


@dataclass
class Wait:
    """A wait for an event."""

    name: str


@dataclass
class Sleep:
    """An hour of sleep."""

    name: str


@dataclass
class Gather:
    """Branches, side by side."""

    name: str
    branches: "list[Program]"


@dataclass
class Patched:
    """A guarded change: the new way, and the way of runs that had gone past it."""

    name: str
    new: "Program"
    old: "Program"


Key = tuple[str, int]  # a name with its branch, and which use of it
Op = Step | Ask | Wait | Sleep | Gather | Patched
Program = list[Op]
Content = Mapping[str, Any]


def content(op: Ask, last: int) -> dict[str, Any]:
    """Answer all that is asked by *op*: what an answer to it is an answer to."""
    shown = last if op.shown == LAST else op.shown
    return {"title": op.title, "why": op.why, "shown": shown, "need": op.need}


def answer(asked: Content) -> str:
    """Answer what people say to a question: it depends on what they are shown."""
    value = asked["title"] if asked["shown"] is None else asked["shown"]
    return ("approved", "approved", "rejected", "silence")[value]


def kind(event: str) -> str:
    """Answer which kind of event comes."""
    return "yes" if event < "f" else "no"


def lists(program: Program) -> list[Program]:
    """Answer the program and every list of operations in it."""
    found = [program]
    for op in program:
        for inner in parts(op):
            found += lists(inner)
    return found


def parts(op: Op) -> list[Program]:
    """Answer the lists of operations inside of one."""
    match op:
        case Ask(then=then, otherwise=otherwise):
            return [then, otherwise]
        case Gather(branches=branches):
            return branches
        case Patched(new=new, old=old):
            return [new, old]
        case Step() | Wait() | Sleep():
            return []
        case _:
            assert_never(op)


# -- made up ---------------------------------------------------------------------------------------


def made_up(chance: Random) -> Program:
    """Answer a program that waits for something at least once."""
    program = _some(chance, chance.randint(1, 4), 0)
    program.insert(chance.randint(0, len(program)), _waiting(chance, 0))
    return program


def operation(chance: Random, depth: int = 0) -> Op:
    """Answer an operation with whatever is inside of it."""
    if depth < 1 and chance.random() < 0.15:
        return Gather(chance.choice("gh"), [_some(chance, 2, depth + 1) for _ in range(2)])
    if chance.random() < 0.55:
        return Step(chance.choice("aabc"), chance.choice((0, 1, 2, 3, LAST)))
    return _waiting(chance, depth)


def _waiting(chance: Random, depth: int) -> Op:
    which = chance.random()
    if which < 0.2:
        return Wait(chance.choice("ef"))
    if which < 0.3:
        return Sleep("s")
    if depth < 1 and which < 0.5:
        branches = [[_waiting(chance, depth + 1), *_some(chance, 1, depth + 1)] for _ in range(2)]
        return Gather(chance.choice("gh"), branches)
    return Ask(
        chance.choice("ppq"),
        chance.choice((0, 1, 2, 3)),
        chance.choice((None, 0, 0, 1, 2, 3, LAST)),
        chance.choice((None, None, 0, 1)),
        chance.choice((1, 1, 2)),
        _some(chance, 2, depth + 1) if depth < 2 else [],
        _some(chance, 1, depth + 1) if depth < 2 else [],
    )


def _some(chance: Random, most: int, depth: int) -> Program:
    return [operation(chance, depth) for _ in range(chance.randint(0, most))]


# -- without an engine -----------------------------------------------------------------------------


@dataclass
class Reference:
    """What a program comes to when nothing disturbs it. *parks*: how often it waits on its way."""

    result: list[Any]
    effects: Counter[tuple[str, int]]
    parks: int
    order: list[Key] = field(default_factory=list)


def reference(program: Program, patched: Mapping[Key, bool] | None = None) -> Reference:
    """Execute a program here and now. *patched* says which way it takes, where not the new one."""
    found = Reference([], Counter(), 0)
    found.result = _Walk(found, patched or {}, "").run(program)
    return found


class _Walk:
    """One branch of a reference."""

    def __init__(self, of: Reference, patched: Mapping[Key, bool], path: str) -> None:
        self._of = of
        self._patched = patched
        self._path = path
        self._last = 0
        self._uses = Counter[str]()

    def run(self, program: Program) -> list[Any]:
        return [self._one(op) for op in program]

    def _use(self, name: str) -> str:
        """Count a use of *name*; answer where its branches are."""
        self._uses[name] += 1
        self._of.order.append((self._path + name, self._uses[name]))
        return f"{self._path}{name}#{self._uses[name]}"

    def _one(self, op: Op) -> Any:
        place = self._use(f"guard {op.name}" if isinstance(op, Patched) else op.name)
        match op:
            case Step():
                return self._step(op)
            case Ask():
                asked = content(op, self._last)
                self._of.parks += 1
                said = answer(asked)
                inner = self.run(op.then if said == "approved" else op.otherwise)
                return [op.name, asked, said, inner]
            case Wait(name):
                self._of.parks += 1
                return [name, kind(name)]
            case Sleep(name):
                self._of.parks += 1
                return [name]
            case Gather(name, branches):
                walks = [
                    _Walk(self._of, self._patched, f"{place}[{n}]/") for n in range(len(branches))
                ]
                each = [walk.run(ops) for walk, ops in zip(walks, branches, strict=True)]
                return [name, each]
            case Patched(name, new, old):
                takes_new = self._patched.get(self._of.order[-1], True)
                return [name, takes_new, self.run(new if takes_new else old)]
            case _:
                assert_never(op)

    def _step(self, op: Step) -> Any:
        arg = self._last if op.arg == LAST else op.arg
        self._of.effects[op.name, arg] += 1
        self._of.parks += op.name in FLAKY
        self._last = arg
        return [op.name, arg, arg]
