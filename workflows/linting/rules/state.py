"""L13: state that all runs share."""

from collections.abc import Iterator

from workflows.linting.catalogue import STATE
from workflows.linting.facts import Changed, Looked
from workflows.linting.rules.base import Fault, Place, rule


@rule(Looked)
def looked(fact: Looked, place: Place) -> Iterator[Fault]:
    """Find what a step changes, or anything else that is not replayed, and a body reads."""
    if fact.name in place.reading.changed_elsewhere(place.module):
        yield Fault(fact.node, STATE, f"`{fact.name}`, which is changed elsewhere,")


@rule(Changed)
def changed(fact: Changed, place: Place) -> Iterator[Fault]:
    """Find what is changed for every run, once more at each replay."""
    yield Fault(fact.node, STATE, f"a change of {fact.what}")
