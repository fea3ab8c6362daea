"""Same: whether what was read back is what was written down, and where it is not.

Models and dataclasses are compared by their fields: an author's `__eq__` is not asked.
"""

import dataclasses
import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time
from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Any

from pydantic import BaseModel

from workflows.by_types import AnyJson, AnySequence
from workflows.plain import canonical, plain
from workflows.slack_ids import SlackUser

# A value of a class under one of these is taken for one of it, where a type says the latter.
BASES = frozenset({str, int, float, bytes, datetime, dict, list, tuple})
ABSENT = object()


def difference(made: Any, read: Any, *, exact: bool) -> str | None:  # noqa: PLR0911  one per kind
    """Answer the path to where two values differ, from "" on; None: they are the same.

    Unless *exact*, an int is taken for a float, and a value of a class for one of its base: the
    type that it was read by says that this will do.
    """
    match read:
        case AnyJson(value):
            return None if canonical(plain(made)) == canonical(value) else ""
        case AnySequence(value):
            return _items(list(made), value, exact) if _is_listed(made) else ""
    if type(made) is not type(read) and not (
        _is_as_written(made, read) if exact else _will_do(made, read)
    ):
        return ""
    match read:
        case BaseModel():
            return _named(_parts(made), _parts(read), exact)
        case Mapping():
            return _entries(made, read, exact)
        case list() | tuple() | deque():
            ends = (getattr(made, "maxlen", None), getattr(read, "maxlen", None))
            return _items(made, read, exact) if ends[0] == ends[1] else ""
        case set() | frozenset():
            return None if _typed(made) == _typed(read) else ""
        case _ if dataclasses.is_dataclass(read):
            return _named(_attributes(made), _attributes(read), exact)
        case _:
            return None if _is_same(made, read) else ""


def _is_as_written(made: Any, read: Any) -> bool:
    """Whether a default says it shortly: 0 for a float or a Decimal, the text for a person."""
    if type(read) is SlackUser:
        return type(made) is str
    return type(made) in {int, float} and type(read) in {float, Decimal}


def _will_do(made: Any, read: Any) -> bool:
    match read:
        case float():
            return isinstance(made, int | float)
        case dict():
            return isinstance(made, Mapping)
        case frozenset():
            return isinstance(made, AbstractSet)
        case _:
            return type(read) in BASES and isinstance(made, type(read))


def _is_listed(made: Any) -> bool:
    return isinstance(made, Sequence | AbstractSet) and not isinstance(made, str | bytes)


def _is_same(made: Any, read: Any) -> bool:
    match read:
        case float():
            both_nan = math.isnan(made) and math.isnan(read)
            return both_nan or (made == read and math.copysign(1, made) == math.copysign(1, read))
        case Decimal() if isinstance(made, Decimal):
            return made.as_tuple() == read.as_tuple()
        case datetime() | time():
            # A zone becomes its offset at that time.
            return bool(made == read and made.utcoffset() == read.utcoffset())
        case SlackUser():
            return bool(made == read and getattr(made, "team", "") == read.team)
        case str() | int() if hasattr(made, "__dict__"):
            return bool(made == read and vars(made) == vars(read))
        case _:
            return bool(made == read)


def _items(made: Any, read: Any, exact: bool) -> str | None:  # noqa: FBT001
    if len(made) != len(read):
        return ""
    for nth, (one, other) in enumerate(zip(made, read, strict=True)):
        if (path := difference(one, other, exact=exact)) is not None:
            return f"[{nth}]{path}"
    return None


def _entries(made: Mapping[Any, Any], read: Mapping[Any, Any], exact: bool) -> str | None:  # noqa: FBT001
    factories = [each.default_factory for each in (made, read) if isinstance(each, defaultdict)]
    if len(set(factories)) > 1 or _items(list(made), list(read), exact) is not None:
        return ""
    for (key, one), other in zip(made.items(), read.values(), strict=True):
        if (path := difference(one, other, exact=exact)) is not None:
            return f".{key}{path}"
    return None


def _named(made: Mapping[str, Any], read: Mapping[str, Any], exact: bool) -> str | None:  # noqa: FBT001
    for name in {**made, **read}:
        path = difference(made.get(name, ABSENT), read.get(name, ABSENT), exact=exact)
        if path is not None:
            return f".{name}{path}"
    return None


def _parts(model: BaseModel) -> dict[str, Any]:
    """Answer all that a model holds, its private attributes too."""
    fields = type(model).__pydantic_fields__
    own = {name: found for name, found in model.__dict__.items() if name in fields}
    return own | (model.__pydantic_extra__ or {}) | (model.__pydantic_private__ or {})


def _attributes(value: Any) -> dict[str, Any]:
    """Answer all that a dataclass holds, also what is none of its fields."""
    names = chain(
        (field.name for field in dataclasses.fields(value)), getattr(value, "__dict__", ())
    )
    return {
        name: getattr(value, name)
        for name in names
        if hasattr(value, name) and not _is_cached(type(value), name)
    }


def _is_cached(cls: type[Any], name: str) -> bool:
    return isinstance(getattr(cls, name, None), cached_property)


def _typed(values: AbstractSet[Any]) -> set[tuple[type[Any], Any]]:
    return {(type(value), value) for value in values}
