"""Truth: some answers have none. `if decision:` would take a rejection for an approval."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from workflows.errors import TruthRefused

T = TypeVar("T")


def no_truth(instead: str) -> Callable[[type[T]], type[T]]:
    """Have `bool()` of the decorated class raise TruthRefused with what to write *instead*.

    A type checker does not see it: to mypy the class has no truth at all, so its `truthy-bool`
    finds the question where it stands.
    """

    def decorate(answer: type[T]) -> type[T]:
        def refuse(self: object) -> NoReturn:
            raise TruthRefused(f"{answer.__name__} is neither true nor false: {instead}")

        answer.__bool__ = refuse  # type: ignore[attr-defined]
        return answer

    return decorate
