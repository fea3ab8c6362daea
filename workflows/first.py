"""First: which of several things a job awaited was the first to end, and what it came to."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from workflows.truth import no_truth

T = TypeVar("T")


@no_truth('write `match end:` with a `case First("name", value):` for each branch')
@dataclass(frozen=True, slots=True)
class First(Generic[T]):
    """What `ctx.step.first` answers: ``match`` it by *name*."""

    name: str
    value: T
