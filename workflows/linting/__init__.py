"""Linting: what a job's body must not do, found in its text before it runs.

A body is called again from the top after every wait, so it may depend on nothing but its input and
what its steps answered. Looked at are the functions under ``@job``, and the functions of the same
module that they call themselves; what is given to ``ctx.step.run`` is a step, and free.
"""

from workflows.linting.finding import Finding, Unreadable
from workflows.linting.module import lint, source_of

__all__ = ["Finding", "Unreadable", "lint", "source_of"]
