"""L18: a swallowed signal."""

from collections.abc import Iterator

from workflows.linting.catalogue import SIGNALS
from workflows.linting.facts import Swallowed
from workflows.linting.rules.base import Fault, Place, rule


@rule(Swallowed)
def swallowed(fact: Swallowed, place: Place) -> Iterator[Fault]:
    """Find what keeps a pass from ending."""
    yield Fault(fact.node, SIGNALS, fact.what)
