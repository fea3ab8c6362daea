"""Everything crosses as JSON: how a value becomes plain, and what is refused on the way.

A step returns what its journal entry decodes to, the first time and on replay alike. `plain`
builds exactly that form (tuples become lists, integer keys strings, models dictionaries), so
the first time need not decode what it has just encoded.
"""

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

from workflows.errors import NotSerializable

DEEPEST = 64
LARGEST_INTEGER = 2**63 - 1


def plain(value: Any, name: str = "result") -> Any:
    """Answer *value* as JSON types only, in a fresh copy.

    Raises NotSerializable with the type and the path, from *name* on, of what is none: sets,
    bytes, NaN, files, coroutines, integers beyond 64 bits, lone surrogates, cycles.
    """
    return _plain(value, name, 0)


def dumps(value: Any) -> str:
    """Encode a plain value, compactly."""
    return orjson.dumps(value).decode()


def loads(text: str) -> Any:
    """Decode what `dumps` wrote."""
    return orjson.loads(text)


def canonical(value: Any) -> bytes:
    """Encode a plain value with sorted keys: equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any, path: str, depth: int) -> Any:  # noqa: PLR0911  one line per JSON type
    if value is None or value is True or value is False:
        return value
    if type(value) is str:
        return _text(value, path)
    if depth > DEEPEST:
        raise NotSerializable(f"{path} is nested deeper than {DEEPEST} levels, or contains itself")
    # What nearly all are is asked first: what an abstract class says takes three times as long.
    if type(value) is dict or isinstance(value, Mapping):
        return {_key(k, path): _plain(v, f"{path}.{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    if type(value) is int:
        return _integer(value, path)
    if type(value) is float:
        return _number(value, path)
    return _plain(_adapted(value, path), path, depth + 1)


def _text(value: str, path: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotSerializable(f"{path} holds half a surrogate pair") from None
    return value


def _number(value: float, path: str) -> float:
    if not math.isfinite(value):
        raise NotSerializable(f"{path} is {value}, which JSON does not have")
    return value


def _integer(value: int, path: str) -> int:
    if abs(value) > LARGEST_INTEGER:
        raise NotSerializable(f"{path} is an integer beyond 64 bits: pass it as a string")
    return value


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        # The value of a member of an Enum, not its name.
        return _text(str.__str__(key), path)
    if isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    raise NotSerializable(f"{path} has a key of type {type(key).__name__}; use strings")


def _dumped(value: BaseModel, path: str) -> Any:
    try:
        return value.model_dump(mode="json")
    except ValueError as error:  # pydantic's own error is one, and so is a cycle's
        raise NotSerializable(f"{path} is a {type(value).__name__}: {error}") from error


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
            raise NotSerializable(f"{path} is a {type(value).__name__}, which is not JSON")
