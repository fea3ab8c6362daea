"""L19: what a job says of its result, and of the fields of its input."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from workflows.linting.catalogue import TYPES
from workflows.linting.facts import Defined
from workflows.linting.forms import undrawn
from workflows.linting.rules.base import Fault, Place, rule
from workflows.linting.rules.steps import RESULT

FIELD = replace(
    TYPES,
    instead="Take a text, a number, a date, a choice; or `@job(…, listed=False)`, and no form",
)


@rule(Defined)
def defined(fact: Defined, place: Place) -> Iterator[Fault]:
    """Find a job that does not say what it answers, or whose form cannot be made."""
    node = fact.function.node
    if isinstance(node, ast.Lambda):
        return
    if node.returns is None:
        yield Fault(node, RESULT, f"the job `{node.name}` without a return annotation")
    if not fact.unlisted:
        for module, field, name, why in undrawn(place.reading, fact.function):
            yield Fault(field, replace(FIELD, why=why), f"the field `{name}`", module)
