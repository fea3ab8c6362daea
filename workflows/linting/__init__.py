"""Linting: what a job must not do, found in its text before it runs.

A body is called again from the top after every wait, so it may depend on nothing but its input and
what its steps answered. Read are the jobs of a module and all that they call of the author's own,
in whatever module; what is given to ``ctx.step.run`` is a step, and free. Nothing is imported.

A `Reading` follows what names stand for and keeps `facts`; a rule judges one fact at a time.
"""

from workflows.linting.catalogue import RULES, Rule
from workflows.linting.finding import Finding, Unreadable
from workflows.linting.linter import lint
from workflows.linting.modules import source_of

__all__ = ["RULES", "Finding", "Rule", "Unreadable", "lint", "source_of"]
