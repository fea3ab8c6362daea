"""L16 and L17: arguments that will be refused, read where they are written out."""

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from workflows.duration import duration
from workflows.errors import StepMisused
from workflows.linting.catalogue import ARGUMENT, CHANNEL
from workflows.linting.facts import Asked
from workflows.linting.rules.base import Fault, Place, rule, written
from workflows.linting.values import Constant, Meaning, Several, Template
from workflows.step import checked_events, checked_kinds, checked_name

Check = Callable[[Any], object]
NAMED = frozenset({"run", "wait_for_event", "wait_for_any", "sleep", "gather", "first", "approval"})
# What may fill a hole in a text of which only parts are known.
FILLINGS = ("1", "1h", "")
MOST_HOLES = 4
WRITTEN_CHANNEL = re.compile(r"#[\w-]{1,79}|[CGDUW][A-Z0-9]{2,20}")


def _length(argument: str, shortest: timedelta = timedelta(seconds=1)) -> Check:
    return lambda value: duration(value, argument, shortest)


# A pause may be none at all; a deadline may not.
DURATIONS: Mapping[str, Check] = {
    "timeout": _length("timeout"),
    "length": _length("length"),
    "after": _length("after"),
    "remind": _length("remind"),
    "backoff": _length("backoff", timedelta()),
    "longest": _length("longest", timedelta()),
}
WHOLE: Mapping[str, Check] = {"expected": checked_kinds, "events": checked_events}
# Which argument stands at which place.
POSITIONS: Mapping[str, Mapping[int, str]] = {
    "sleep": {0: "name", 1: "length"},
    "Retries": {1: "backoff", 2: "longest"},
    "Escalate": {0: "after"},
    "plugins.slack.post_message": {0: "channel"},
    "wait_for_any": {0: "name", 1: "events"},
    **{verb: {0: "name"} for verb in NAMED - {"sleep", "wait_for_any"}},
}
MAY_BE_NONE = {("run", "timeout"), ("approval", "remind")}


@rule(Asked)
def asked(fact: Asked, place: Place) -> Iterator[Fault]:
    """Find literals that a verb, or a class of Harbor's, will refuse."""
    positions = POSITIONS.get(fact.verb, {})
    for n, given in enumerate(fact.arguments.positional):
        if n in positions and n < len(fact.where):
            yield from _refused(fact.verb, positions[n], fact.where[n], given)
    where = dict(fact.named)
    for name, given in fact.arguments.named:
        if name in where:
            yield from _refused(fact.verb, name, where[name], given)


def _refused(verb: str, argument: str, node: ast.AST, given: Meaning) -> Iterator[Fault]:
    if argument in WHOLE and (whole := _whole(given)) is not None:
        yield from _checked(node, Constant(type(whole), whole), WHOLE[argument])
    for value in _values(given):
        if argument in {"channel", "on_failure"}:
            if not verb.startswith("plugins.") or verb.startswith("plugins.slack."):
                yield from _channel(node, value)
        elif (check := _check(verb, argument)) and not (
            value == Constant(type(None), None) and (verb, argument) in MAY_BE_NONE
        ):
            yield from _checked(node, value, check)


def _whole(given: Meaning) -> object:
    """Answer a list, a dictionary or a text that is written out; None: some of it is not."""
    (value,) = given if len(given) == 1 else (None,)
    if isinstance(value, Constant):
        return value.value
    if not isinstance(value, Several) or not (value.exact or value.keys or not value.items):
        return None
    items = [_whole(each) for each in value.items]
    if None in items:
        return None
    return items if value.exact else dict(zip(value.keys, items, strict=True))


def _check(verb: str, argument: str) -> Check | None:
    if argument in DURATIONS and not verb.startswith("plugins."):
        return DURATIONS[argument]
    if argument == "name" and verb in NAMED:
        return checked_name
    return None


def _values(given: Meaning) -> list[Constant | Template]:
    """Answer what is written out; of several that it may be, only texts are sure to be used."""
    inside = [value for each in given if isinstance(each, Several) for value in each.every]
    found = [each for each in (*given, *inside) if isinstance(each, Constant | Template)]
    if len(given) > 1:
        return [e for e in found if isinstance(e, Constant) and e.kind is str and e.value]
    return found


def _checked(node: ast.AST, value: Constant | Template, check: Check) -> Iterator[Fault]:
    refusals = [_refusal(each, check) for each in _written_out(value)]
    if refusals and all(refusals):
        why, _, instead = (refusals[0] or "").partition(": ")
        instead = instead[:1].upper() + instead[1:] or ARGUMENT.instead
        yield Fault(node, replace(ARGUMENT, why=why, instead=instead), written(node))


def _written_out(value: Constant | Template) -> list[object]:
    """Answer what a text with holes may be: one that no filling makes right is wrong."""
    if isinstance(value, Constant):
        return [value.value]
    holes = value.parts.count(None)
    if holes > MOST_HOLES or not any(value.parts):
        return []
    return [
        "".join(next(fill) if part is None else part for part in value.parts)
        for fill in map(iter, itertools.product(FILLINGS, repeat=holes))
    ]


def _refusal(value: Any, check: Check) -> str | None:
    try:
        check(value)
    except StepMisused as error:
        return str(error)
    return None


def _channel(node: ast.AST, value: Constant | Template) -> Iterator[Fault]:
    text = value.value if isinstance(value, Constant) else value.parts[0]
    is_whole = isinstance(value, Constant)
    if not isinstance(text, str) or (not is_whole and not text):
        return
    if not (WRITTEN_CHANNEL.fullmatch(text) if is_whole else text[0] in "#CGDUW"):
        yield Fault(node, CHANNEL, written(node))
