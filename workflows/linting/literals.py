"""Literals: arguments that a durable verb will refuse, read where they are written out."""

import ast
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from workflows.duration import duration
from workflows.errors import StepMisused
from workflows.step import checked_events, checked_kinds, checked_name

NAMED = frozenset({"run", "wait_for_event", "wait_for_any", "sleep", "gather", "approval"})
Check = Callable[[Any], object]
Refusal = tuple[ast.expr, str]

# A pause may be none at all; a deadline may not.
BY_KEYWORD: Mapping[str, Check] = {
    "timeout": lambda value: duration(value, "timeout"),
    "length": lambda value: duration(value, "length"),
    "backoff": lambda value: duration(value, "backoff", timedelta()),
    "longest": lambda value: duration(value, "longest", timedelta()),
    "expected": checked_kinds,
    "events": checked_events,
}
SECOND: Mapping[str, Check] = {
    "sleep": BY_KEYWORD["length"],
    "wait_for_any": BY_KEYWORD["events"],
}


class Literals:
    """The constants of a module, which stand for what they hold."""

    def __init__(self, tree: ast.Module) -> None:
        self._constants = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }

    def refused(self, call: ast.Call) -> Iterator[Refusal]:
        """Answer which arguments of a durable verb, or of `Retries`, will be refused, and why."""
        verb = _verb(call)
        if verb is None:
            return
        for keyword in call.keywords:
            check = BY_KEYWORD.get(keyword.arg or "")
            # A step needs no timeout; a wait does.
            if check and not (verb == "run" and _is_none(keyword.value)):
                yield from self._checked(keyword.value, check)
        if verb in NAMED and call.args:
            yield from self._checked(call.args[0], checked_name)
        if verb in SECOND and len(call.args) > 1:
            yield from self._checked(call.args[1], SECOND[verb])

    def _checked(self, node: ast.expr, check: Check) -> Iterator[Refusal]:
        written = self._constants.get(node.id, node) if isinstance(node, ast.Name) else node
        try:
            value = ast.literal_eval(written)
        except ValueError:
            return  # It is known only when the job runs, and is checked then.
        try:
            check(value)
        except StepMisused as error:
            yield node, str(error)


def _verb(call: ast.Call) -> str | None:
    """Answer which durable verb is called, of ``ctx.step`` or ``ctx``, or `Retries`."""
    match call.func:
        case ast.Attribute(value=ast.Attribute(attr="step"), attr=verb):
            return verb
        case ast.Attribute(attr="approval" | "run_job" as verb) | ast.Name(id="Retries" as verb):
            return verb
        case _:
            return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
