"""L12: an effect in closing code around a wait."""

from collections.abc import Iterator

from workflows.linting.catalogue import CLOSING
from workflows.linting.facts import Closed
from workflows.linting.rules.base import Fault, Place, rule


@rule(Closed)
def closed(fact: Closed, place: Place) -> Iterator[Fault]:
    """Find what happens at every park."""
    yield Fault(fact.node, CLOSING, f"{fact.what} around a wait")
