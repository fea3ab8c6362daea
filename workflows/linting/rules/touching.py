"""L1 to L7: clock, environment, chance, network, files, tasks, here or in a helper."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from workflows.linting.catalogue import HELPER
from workflows.linting.facts import Touched
from workflows.linting.names import rule_for
from workflows.linting.rules.base import Fault, Place, rule, written


@rule(Touched)
def touched(fact: Touched, place: Place) -> Iterator[Fault]:
    """Find what is another one at each replay, or happens again at each."""
    found = rule_for(fact.name)
    if found is None:
        return
    node = fact.node.func if isinstance(fact.node, ast.Call) else fact.node
    what = written(node)
    if place.module is not place.job:
        why = f"{found.title.partition(' in a ')[0]}: {found.why}; {HELPER.why}"
        found, what = replace(HELPER, why=why), f"{what} ({found.name})"
    yield Fault(fact.node, found, what)
