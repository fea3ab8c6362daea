"""L8: a verb without `await`."""

from collections.abc import Iterator

from workflows.linting.catalogue import AWAIT
from workflows.linting.facts import Dropped, Unawaited
from workflows.linting.rules.base import Fault, Place, rule
from workflows.linting.values import Pending, within


@rule(Dropped)
def dropped(fact: Dropped, place: Place) -> Iterator[Fault]:
    """Find what was made, and neither awaited nor handed on."""
    for each in within(fact.meaning):
        if isinstance(each, Pending):
            yield Fault(fact.node, AWAIT, f"`{each.verb}(…)` without `await`")


@rule(Unawaited)
def unawaited(fact: Unawaited, place: Place) -> Iterator[Fault]:
    """Find a coroutine where what it answers is asked for."""
    yield Fault(fact.node, AWAIT, f"`{fact.verb}(…)` without `await`")
