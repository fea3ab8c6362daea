"""Small checks that compose into a strict schema and name the JSON pointer of each problem."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from bot.sandbox import limits

Value: TypeAlias = Any  # JSON of any kind: what is being checked is not yet known to be right
Check: TypeAlias = Callable[[Value, str], Iterator[str]]


def problem(text: str, pointer: str) -> str:
    return f"{text} [json-pointer:{pointer}]"


def string(longest: int, shortest: int = 1) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", pointer)
        elif len(value) < shortest:
            yield problem(f"must be more than {shortest - 1} characters", pointer)
        elif len(value) > longest:
            yield problem(f"must be less than {longest + 1} characters", pointer)

    return check


def matching(pattern: str, what: str) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield problem(f"must be {what}", pointer)

    return check


def url(longest: int) -> Check:
    length = string(longest)

    def check(value: Value, pointer: str) -> Iterator[str]:
        found = list(length(value, pointer))
        yield from found
        if not found and not _is_url(value):
            yield problem("must be a valid URL", pointer)

    return check


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value


def boolean(value: Value, pointer: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield problem("must be a boolean", pointer)


def integer(lowest: int, highest: int) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must be an integer", pointer)
        elif not lowest <= value <= highest:
            yield problem(f"must be between {lowest} and {highest}", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        if value not in allowed:
            yield problem(f"must be one of {', '.join(allowed)}", pointer)

    return check


def list_of(item: Check, longest: int, shortest: int = 1) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", pointer)
            return
        if len(value) < shortest:
            yield problem(f"no fewer than {shortest} items required", pointer)
        if len(value) > longest:
            yield problem(f"no more than {longest} items allowed", pointer)
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Check an object: all of *required*, any of *optional*, nothing else. `type` is known."""
    known = {**required, **(optional or {})}

    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        for key in required:
            if key not in value:
                yield problem(f"missing required field: {key}", pointer)
        for key, each in value.items():
            if key in known:
                yield from known[key](each, f"{pointer}/{key}")
            elif key != "type":
                yield problem(f"invalid additional property: {key}", pointer)

    return check


def by_type(table: Mapping[str, Check]) -> Check:
    """Check an object by its `type`; a type that is not in *table* is refused here."""

    def check(value: Value, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        kind = value.get("type")
        found = table.get(kind) if isinstance(kind, str) else None
        if found is None:
            yield problem(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from found(value, pointer)

    return check


def every(*checks: Check) -> Check:
    def check(value: Value, pointer: str) -> Iterator[str]:
        for each in checks:
            yield from each(value, pointer)

    return check


def agreeing(question: Callable[[dict[str, Any]], str | None]) -> Check:
    """Ask *question* of an object as a whole; it answers what is wrong, or None."""

    def check(value: Value, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and (wrong := question(value)):
            yield problem(wrong, pointer)

    return check


def plain_text(longest: int) -> Check:
    return by_type({"plain_text": _plain(longest)})


def any_text(longest: int) -> Check:
    return by_type({"plain_text": _plain(longest), "mrkdwn": _mrkdwn(longest)})


def _plain(longest: int) -> Check:
    return shape({"text": string(longest)}, {"emoji": boolean})


def _mrkdwn(longest: int) -> Check:
    return shape({"text": string(longest)}, {"verbatim": boolean})


BLOCK_ID = string(limits.BLOCK_ID)
ACTION_ID = string(limits.ACTION_ID)
