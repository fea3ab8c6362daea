"""Firsts: several things at once, of which the first to end ends the others.

Who was first is an entry of the journal, so that every later pass agrees, whatever the others come
to then. Of two that end in one pass it is the one that is named first. A step that is under way is
awaited and its result kept, and its branch is told then that it is over; no other one begins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.engine.local.branches import Branch, End, check_coroutines
from workflows.engine.local.outcome import Key, Waiting
from workflows.errors import StepMisused
from workflows.plain import dumps
from workflows.step import checked_name


@dataclass(frozen=True, slots=True)
class Race:
    """The branches of a `first`, by name, and which of them was first; None: not known so far."""

    names: tuple[str, ...]
    won: str | None = None

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> "Race":
        """Read it as it is stored."""
        return cls(tuple(value["branches"]), value["won"])

    def stored(self) -> str:
        """Answer it as it is stored."""
        return dumps({"branches": list(self.names), "won": self.won})


def check_branches(name: str, coroutines: Mapping[str, object]) -> None:
    """Refuse what cannot be raced. Raises StepMisused."""
    check_coroutines(name, tuple(coroutines.values()), "first")
    for each in coroutines:
        if not each.isidentifier() or not each.isascii():
            raise StepMisused(f"first({name!r}, …): {each!r} cannot name a branch")
        checked_name(each.lstrip("_"))


def first_to_end(names: Sequence[str], ends: Sequence[End]) -> str | None:
    """Answer which branch was first; None: none has ended by itself."""
    for name, end in zip(names, ends, strict=True):
        if not end.is_parked and end.signal is None:
            return name
    return None


def is_raced(branch: Branch) -> bool:
    """Whether a branch races, or one that it is a part of, and nobody knows who was first."""
    return any(each.parent and each.parent.is_racing for each in _with_parents(branch))


def has_lost(branch: Branch) -> bool:
    """Whether another one has ended meanwhile, so that this one is to begin nothing more."""
    return any(each.parent and each.parent.has_first for each in _with_parents(branch))


def are_replayed(branch: Branch, everyone: Iterable[Branch]) -> bool:
    """Whether those that a branch races with have come as far as the journal takes them."""
    races = {
        id(each.parent) for each in _with_parents(branch) if each.parent and each.parent.is_racing
    }
    return all(
        _is_there(other)
        for other in everyone
        if any(id(each.parent) in races for each in _with_parents(other))
    )


def _is_there(branch: Branch) -> bool:
    is_at_work = branch.is_in_step or branch.is_at_edge or branch.gather is not None
    return is_at_work or branch.has_ended or branch.ending is not None


def watched(everyone: Iterable[Branch]) -> tuple[Key, ...]:
    """Answer what parked branches of races wait for: its end may end the others."""
    return tuple(
        key
        for branch in everyone
        if isinstance(branch.ending, Waiting) and is_raced(branch)
        for key in branch.ending.on
    )


def _with_parents(branch: Branch | None) -> Iterable[Branch]:
    while branch is not None:
        yield branch
        branch = branch.parent
