"""Everything crosses as JSON: how a value becomes plain, and what is refused on the way.

A step returns what its journal entry decodes to, the first time and on replay alike. `plain`
builds exactly that form (tuples become lists, integer keys strings, models dictionaries), so
the first time need not decode what it has just encoded.
"""

import dataclasses
import math
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from workflows import raised
from workflows.errors import NotSerializable

DEEPEST = 64
LARGEST_INTEGER = 2**63 - 1
TWO_IN_ONE = "has two keys that differ but are one in JSON: one of them would be lost"


class Form(NamedTuple):
    """What becomes of a value that is no JSON, and of a key that is no text: both may refuse."""

    adapted: Callable[[Any, str], Any]
    key: Callable[[Any, str], str]


def plain(value: Any, name: str = "result") -> Any:
    """Answer *value* as JSON types only, in a fresh copy.

    Raises NotSerializable with the type and the path, from *name* on, of what is none: sets,
    bytes, NaN, files, coroutines, integers beyond 64 bits, lone surrogates, cycles; and of two
    keys that are one in JSON.
    """
    return formed(value, name, 0, PLAIN)


def dumps(value: Any) -> str:
    """Encode a plain value, compactly."""
    return orjson.dumps(value).decode()


def loads(text: str) -> Any:
    """Decode what `dumps` wrote."""
    return orjson.loads(text)


def canonical(value: Any) -> bytes:
    """Encode a plain value with sorted keys: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def formed(value: Any, path: str, depth: int, form: Form) -> Any:  # noqa: PLR0911  one line per JSON type
    """Answer *value* as JSON types only, in the given form; see `plain`."""
    if value is None or value is True or value is False:
        return value
    if type(value) is str:
        return _text(value, path)
    if depth > DEEPEST:
        raise refusal(path, f"is nested deeper than {DEEPEST} levels, or contains itself")
    # What nearly all are is asked first: what an abstract class says takes three times as long.
    if type(value) is dict or isinstance(value, Mapping):
        return _object(value, path, depth, form)
    if isinstance(value, (list, tuple)):
        return [formed(item, f"{path}[{i}]", depth + 1, form) for i, item in enumerate(value)]
    if type(value) is int:
        return _integer(value, path)
    if type(value) is float:
        return _number(value, path)
    return formed(form.adapted(value, path), path, depth + 1, form)


def _object(value: Mapping[Any, Any], path: str, depth: int, form: Form) -> dict[str, Any]:
    key = form.key
    made = {key(k, path): formed(v, f"{path}.{k}", depth + 1, form) for k, v in value.items()}
    if len(made) != len(value):
        raise refusal(path, TWO_IN_ONE)
    return made


def refusal(path: str, why: str) -> NotSerializable:
    """Answer the error for what stands at *path*."""
    return NotSerializable(f"{path} {why}", path=path)


def _text(value: str, path: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise refusal(path, "holds half a surrogate pair") from None
    return value


def _number(value: float, path: str) -> float:
    if not math.isfinite(value):
        raise refusal(path, f"is {value}, which JSON does not have")
    return value


def _integer(value: int, path: str) -> int:
    if abs(value) > LARGEST_INTEGER:
        raise refusal(path, "is an integer beyond 64 bits: pass it as a string")
    return value


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        # The value of a member of an Enum, not its name.
        return _text(str.__str__(key), path)
    if isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    raise refusal(path, f"has a key of type {type(key).__name__}; use strings")


def _dumped(value: BaseModel, path: str) -> Any:
    try:
        dumped = value.model_dump(mode="json")
    except ValueError as error:  # pydantic's own error is one, and so is a cycle's
        raise refusal(path, f"is a {type(value).__name__}: {error}") from error
    except BaseException as error:  # an author's serializer may raise anything whatever
        words = f"is a {type(value).__name__}, whose {raised.words(error)}"
        raise refusal(path, words) from error
    _mend(value, dumped, path)
    return dumped


def _mend(value: Any, dumped: Any, path: str) -> None:
    """Refuse what pydantic drops without a word, and put in one order what has none.

    It drops all but one of the keys that are one in JSON; and a set comes in another order in
    another process, though its digest is to be the same.
    """
    match value:
        case BaseModel():
            extra = value.__pydantic_extra__ or {}
            cls = type(value)
            if twice := (cls.model_fields.keys() | cls.model_computed_fields.keys()) & extra.keys():
                raise refusal(path, f"has {', '.join(twice)} twice: as a field and beside it")
            _mend_named({**value.__dict__, **extra}, dumped, path)
        case Mapping():
            if len(to_jsonable_python(dict.fromkeys(value))) < len(value):
                raise refusal(path, TWO_IN_ONE)
            _mend_listed(list(value.values()), _values(dumped), path)
        case set() | frozenset():
            _mend_listed(list(value), dumped, path)
            if isinstance(dumped, list):
                dumped.sort(key=canonical)
        case list() | tuple() | deque():
            _mend_listed(list(value), dumped, path)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            found = {name: getattr(value, name, None) for name in names}
            _mend_named(found, dumped, path)


def _mend_named(values: Mapping[str, Any], dumped: Any, path: str) -> None:
    for name, value in values.items():
        # Where a serializer of the author's gives another shape, the order is the author's.
        _mend(value, dumped.get(name) if isinstance(dumped, dict) else None, f"{path}.{name}")


def _mend_listed(values: list[Any], dumped: Any, path: str) -> None:
    alike = dumped if isinstance(dumped, list) and len(dumped) == len(values) else []
    for value, each in zip_longest(values, alike):
        _mend(value, each, path)


def _values(dumped: Any) -> Any:
    return list(dumped.values()) if isinstance(dumped, dict) else None


def _adapted(value: Any, path: str) -> Any:  # noqa: PLR0911  one line per type
    match value:
        case BaseModel():
            return _dumped(value, path)
        case Enum():
            return value.value
        case str():
            return str.__str__(value)
        case bool() | int():
            return int(value)
        case float():
            return float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal() | UUID():
            return str(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = dataclasses.fields(value)
            return {field.name: getattr(value, field.name) for field in fields}
        case _:
            raise refusal(path, f"is a {type(value).__name__}, which is not JSON")


PLAIN = Form(_adapted, _key)
