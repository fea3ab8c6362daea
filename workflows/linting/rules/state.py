"""L13: state that all runs share."""

from collections.abc import Iterator

from workflows.linting.catalogue import STATE
from workflows.linting.facts import Changed
from workflows.linting.rules.base import Fault, Place, rule


@rule(Changed)
def changed(fact: Changed, place: Place) -> Iterator[Fault]:
    """Find what is changed for every run, once more at each replay."""
    yield Fault(fact.node, STATE, f"a change of {fact.what}")
