"""Accepted: what a person has said, by a retry, of code that differs from a run's journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workflows.plain import dumps, loads


class Every(Enum):
    """What a rehearsal takes for said of every question that has changed."""

    NONE = "none"
    AGAIN = "again"
    STANDS = "stands"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Up to entry *seq* the code may differ. Questions, though, are named one by one.

    *again*: entries whose question is asked once more, as it is now. *stand*: entries whose
    answer stands for another question, by the digest of that. So a word that was given for one
    deploy says nothing of the next. In a rehearsal *every* question is of the one kind or other.
    """

    seq: int = 0
    again: frozenset[int] = frozenset()
    stand: Mapping[int, str] = field(default_factory=dict)
    every: Every = Every.NONE

    def lets_ask_again(self, seq: int) -> bool:
        """Whether the question of an entry may be asked once more."""
        return seq in self.again or self.every is Every.AGAIN

    def lets_stand(self, seq: int, digest: str) -> bool:
        """Whether an entry's answer stands for the question of this digest."""
        return self.stand.get(seq) == digest or self.every is Every.STANDS

    def dumped(self) -> str | None:
        """Answer what is stored of it beside *seq*."""
        if not self.again and not self.stand:
            return None
        stand = {str(seq): digest for seq, digest in self.stand.items()}
        return dumps({"again": sorted(self.again), "stand": stand})


NOTHING = Accepted()


def accepted(seq: int | None, answers: str | None) -> Accepted:
    """Answer what is stored."""
    if answers is None:
        return NOTHING if seq is None else Accepted(seq)
    told: dict[str, Any] = loads(answers)
    stand = {int(k): v for k, v in told.get("stand", {}).items()}
    return Accepted(seq or 0, frozenset(told.get("again", ())), stand)
