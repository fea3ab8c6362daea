"""Named: which people and places of Slack a value names, by its types.

Their ids are kept with a card, so that wherever one stands in its words it is drawn as that person
or channel. What somebody merely typed names nobody: a text that looks like a mention stays text.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workflows import results
from workflows.actors import decider
from workflows.plain import dumps
from workflows.slack_ids import SlackUser

CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}", re.ASCII)
PLAIN = (str, int, float, bool, bytes, date, datetime, Decimal)
DEEPEST = 32  # what is nested deeper is no JSON that we take

Ids = frozenset[str]
NOBODY: Ids = frozenset()


def ids(value: object) -> Ids:
    """Answer the ids of everybody and every place that *value* names."""
    if value is None or (isinstance(value, BaseModel) and _names_nobody(type(value))):
        return NOBODY  # most inputs: each approval asks at every pass
    return frozenset(_ids(value, DEEPEST))


def of_actor(actor: str) -> Ids:
    """Answer the id of an actor, ``slack:T…:U…``; of others none."""
    return ids(decider(actor)) if actor.startswith("slack:") else NOBODY


def of_result(function: Callable[..., Any], result: object) -> Ids:
    """Answer whom a stored result (plain JSON) names, by the annotation of what returned it."""
    try:
        return ids(results.of(function).read(dumps(result)))
    except Exception:  # noqa: BLE001  the code has changed since: what is stored is drawn as text
        return NOBODY


def within(words: str, known: Ids) -> Ids:
    """Answer those of *known* whose ids stand in *words*."""
    return frozenset(found for found in re.findall(r"[A-Z0-9]{3,21}", words) if found in known)


def _ids(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, SlackUser):
        yield str.__str__(value)
    elif isinstance(value, BaseModel) and depth:
        for name, info in type(value).model_fields.items():
            yield from _of_field(info, getattr(value, name, None), depth)
    elif depth:
        for each in _parts(value):
            yield from _ids(each, depth - 1)


def _parts(value: object) -> Iterable[object]:
    match value:
        case Mapping():
            return value.values()
        case list() | tuple() | AbstractSet():
            return value
        case _ if is_dataclass(value):
            return [getattr(value, field.name, None) for field in fields(value)]
        case _:
            return ()


def _of_field(info: FieldInfo, value: object, depth: int) -> Iterator[str]:
    yield from _ids(value, depth - 1)
    if _is_of_places(cast(Hashable, info.annotation)) or _says_channel(info.json_schema_extra):
        yield from _channels(value, depth - 1)


def _channels(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str) and CHANNEL.fullmatch(value):
        yield value
    elif depth:
        for each in _parts(value):
            yield from _channels(each, depth - 1)


@lru_cache(1_000)
def _names_nobody(model: type[BaseModel]) -> bool:
    """Whether no field of a model could name anybody."""
    infos = model.model_fields.values()
    return all(i.annotation in PLAIN and not _says_channel(i.json_schema_extra) for i in infos)


@lru_cache(1_000)
def _is_of_places(annotation: Hashable) -> bool:
    """Whether `SlackChannel` stands in an annotation: in a list, as one of several, optional."""
    marks = getattr(annotation, "__metadata__", ())
    is_marked = any(_says_channel(getattr(mark, "json_schema_extra", None)) for mark in marks)
    return is_marked or any(_is_of_places(part) for part in get_args(annotation) if _is_type(part))


def _is_type(part: object) -> bool:
    return hasattr(part, "__hash__") and not isinstance(part, list | FieldInfo)


def _says_channel(extra: object) -> bool:
    return isinstance(extra, Mapping) and extra.get("slack") == "channel"
