"""L14: the order of a set."""

from collections.abc import Iterator

from workflows.linting.catalogue import ORDER
from workflows.linting.facts import Ordered
from workflows.linting.rules.base import Fault, Place, rule, written


@rule(Ordered)
def ordered(fact: Ordered, place: Place) -> Iterator[Fault]:
    """Find where a set is gone through in its own order."""
    yield Fault(fact.node, ORDER, f"the order of {written(fact.node)}")
