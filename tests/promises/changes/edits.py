"""Edits: what people do to a job between two deploys."""

from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import TypeVar

from tests.promises.changes.program import (
    LAST,
    Ask,
    Gather,
    Op,
    Patched,
    Program,
    Step,
    lists,
    operation,
)

T = TypeVar("T", Step, Ask, Gather)

NAMES = "aabcppqefsgh"
HARMLESS = frozenset({"nothing", "append"})  # a parked run must not be blocked by these


def edited(program: Program, chance: Random) -> tuple[str, Program]:
    """Answer a changed copy, and what was done to it."""
    changed = deepcopy(program)
    done = []
    for _ in range(chance.choice((1, 1, 1, 2))):
        name = chance.choice(tuple(EDITS))
        done.append(name if EDITS[name](changed, chance) else "nothing")
    return " and ".join(done), changed


def _nothing(program: Program, chance: Random) -> bool:
    return True


def _append(program: Program, chance: Random) -> bool:
    program.append(operation(chance))
    return True


def _swap(program: Program, chance: Random) -> bool:
    """Have two operations of a list change places."""
    found = [ops for ops in lists(program) if len(ops) > 1]
    if not found:
        return False
    ops = chance.choice(found)
    one, other = chance.sample(range(len(ops)), 2)
    ops[one], ops[other] = ops[other], ops[one]
    return True


def _swap_branches(program: Program, chance: Random) -> bool:
    found = _all(program, Gather)
    for op in found:
        op.branches.reverse()
    return bool(found)


def _swap_arguments(program: Program, chance: Random) -> bool:
    """Have two steps, or two questions, of one kind exchange what they are called with."""
    steps = _all(program, Step)
    asks = _all(program, Ask)
    pool = chance.choice((steps, asks))
    if len(pool) < 2:
        return False
    one, other = chance.sample(pool, 2)
    if isinstance(one, Step) and isinstance(other, Step):
        one.arg, other.arg = other.arg, one.arg
    if isinstance(one, Ask) and isinstance(other, Ask):
        one.shown, other.shown = other.shown, one.shown
        one.title, other.title = other.title, one.title
    return True


def _insert(program: Program, chance: Random) -> bool:
    ops = chance.choice(lists(program))
    ops.insert(chance.randint(0, len(ops)), operation(chance, 1))
    return True


def _remove(program: Program, chance: Random) -> bool:
    found = [ops for ops in lists(program) if ops]
    if found:
        ops = chance.choice(found)
        del ops[chance.randrange(len(ops))]
    return bool(found)


def _rename(program: Program, chance: Random) -> bool:
    found = _every(program)
    if found:
        chance.choice(found).name = chance.choice(NAMES)
    return bool(found)


def _change_argument(program: Program, chance: Random) -> bool:
    found = _all(program, Step)
    if found:
        chance.choice(found).arg = chance.choice((0, 1, 2, 3, LAST))
    return bool(found)


def _change_payload(program: Program, chance: Random) -> bool:
    return _ask(program, chance, lambda ask: setattr(ask, "shown", chance.choice((None, 0, 1, 2))))


def _change_words(program: Program, chance: Random) -> bool:
    def change(ask: Ask) -> None:
        ask.title, ask.why = chance.choice((0, 1, 2, 3)), chance.choice((None, 0, 1))

    return _ask(program, chance, change)


def _change_policy(program: Program, chance: Random) -> bool:
    return _ask(program, chance, lambda ask: setattr(ask, "need", 3 - ask.need))


def _guard(program: Program, chance: Random) -> bool:
    """Put something in as the docs say: behind a guard."""
    ops = chance.choice(lists(program))
    place = chance.randint(0, len(ops))
    ops.insert(place, Patched(chance.choice("xy"), [operation(chance, 1)], []))
    return True


def _guard_instead(program: Program, chance: Random) -> bool:
    """Put something in the place of something else, behind a guard."""
    found = [ops for ops in lists(program) if ops]
    if found:
        ops = chance.choice(found)
        place = chance.randrange(len(ops))
        ops[place] = Patched(chance.choice("xy"), [operation(chance, 1)], [ops[place]])
    return bool(found)


def _ask(program: Program, chance: Random, change: Callable[[Ask], None]) -> bool:
    found = _all(program, Ask)
    if found:
        change(chance.choice(found))
    return bool(found)


EDITS: dict[str, Callable[[Program, Random], bool]] = {
    "nothing": _nothing,
    "append": _append,
    "swap": _swap,
    "swap branches": _swap_branches,
    "swap arguments": _swap_arguments,
    "insert": _insert,
    "remove": _remove,
    "rename": _rename,
    "change an argument": _change_argument,
    "change a payload": _change_payload,
    "change words": _change_words,
    "change a policy": _change_policy,
    "guard": _guard,
    "guard instead": _guard_instead,
}


def _every(program: Program) -> list[Op]:
    return [op for ops in lists(program) for op in ops]


def _all(program: Program, what: type[T]) -> list[T]:
    return [op for op in _every(program) if isinstance(op, what)]
