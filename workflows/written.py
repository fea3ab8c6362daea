"""Written: a value of some type as JSON, by the names of its fields and with nothing left out.

Unlike `plain`, which is what people are shown, it asks no code of the author's: no serializer, no
computed field, no alias, no `exclude`. So its type alone can read it back (`by_types`).
"""

import dataclasses
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import PurePath
from re import Pattern
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, RootModel
from pydantic.networks import _BaseMultiHostUrl, _BaseUrl
from pydantic_core import to_jsonable_python

from workflows.plain import Form, dumps, formed, refusal
from workflows.slack_ids import SlackUser

# What pydantic writes as one text or number, and reads back from it.
SCALARS = (
    *(date, time, timedelta, Decimal, UUID, PurePath, bytes, complex, Fraction, Pattern),
    *(IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network),
    *(_BaseUrl, _BaseMultiHostUrl),
)
BYTES = {"base64": lambda value: b64encode(value).decode(), "hex": bytes.hex}


def written(value: Any, name: str = "result") -> Any:
    """Answer *value* as JSON types only. Raises NotSerializable like `plain`."""
    return formed(value, name, 0, WRITTEN)


def _adapted(value: Any, path: str) -> Any:  # noqa: C901, PLR0911, PLR0912  one line per type
    match value:
        case RootModel():
            return value.root
        case BaseModel():
            return _fields(value, path)
        case Enum():
            return value.value
        case SlackUser():
            return value.actor
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case set() | frozenset():
            # In one order: two processes write the same.
            return sorted((formed(each, path, 1, WRITTEN) for each in value), key=dumps)
        case deque():
            return list(value)
        case ZoneInfo() if value.key:
            return value.key
        case _ if isinstance(value, SCALARS):
            return _scalar(value, path)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _attributes(value, path)
        case _:
            raise refusal(path, f"is a {type(value).__name__}, which is not JSON")


def _fields(model: BaseModel, path: str) -> Mapping[str, Any]:
    fields = type(model).__pydantic_fields__
    made = {name: _of(model.__dict__, name, path) for name in fields}
    encode = BYTES.get(str(model.model_config.get("ser_json_bytes")))
    if encode is not None:
        made = {n: encode(v) if isinstance(v, bytes) else v for n, v in made.items()}
    extra = model.__pydantic_extra__ or {}
    if twice := fields.keys() & extra.keys():
        raise refusal(path, f"has {', '.join(twice)} twice: as a field and beside it")
    return {**made, **extra}


def _attributes(value: Any, path: str) -> Mapping[str, Any]:
    names = [field.name for field in dataclasses.fields(value)]
    found = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return {**{name: _of(found, name, path) for name in names}, **extras(value)}


def extras(value: Any) -> Mapping[str, Any]:
    """Answer what a pydantic dataclass keeps beside its fields."""
    config = getattr(type(value), "__pydantic_config__", None) or {}
    if config.get("extra") != "allow":
        return {}
    fields = {field.name for field in dataclasses.fields(value)}
    return {name: found for name, found in vars(value).items() if name not in fields}


def _of(found: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in found:
        raise refusal(f"{path}.{name}", "has no value")
    return found[name]


def _scalar(value: Any, path: str) -> Any:
    try:
        return to_jsonable_python(value, inf_nan_mode="constants")
    except ValueError as error:  # bytes that are no text
        raise refusal(path, f"is a {type(value).__name__}: {error}") from None


def _key(key: Any, path: str) -> str:
    text = formed(key, path, 0, WRITTEN)
    match text:
        case str():
            return text
        case None | bool() | int() | float():
            return dumps(text)
        case _:
            raise refusal(path, f"has a key of type {type(key).__name__}; use strings")


WRITTEN = Form(_adapted, _key)
