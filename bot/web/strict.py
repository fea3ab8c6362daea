"""Strict JSON: what two readers could read differently is refused.

Python's own reader takes the last of two equal keys, NaN, half a surrogate pair and UTF-16;
other readers, and the database, do not.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

LARGEST_BODY = 256 * 1024  # bytes
DEEPEST = 32
MOST_KEYS = 1_000
MOST_ITEMS = 10_000
LONGEST_STRING = 64 * 1024  # bytes of UTF-8
LARGEST_INTEGER = 2**63 - 1
LONGEST_NUMBER = 40  # characters
# A string, a bracket, or a stretch of anything else: enough to count depth before recursing.
PARTS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Malformed(ValueError):
    """It is no strict JSON; the message says what is wrong, and repeats nothing of it."""


class TooLong(Malformed):
    """It holds a string that is too long."""


def loads(raw: bytes) -> Any:
    """Decode JSON. Raises Malformed or TooLong."""
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is no UTF-8 (byte {error.start})") from None
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"the body is no JSON: {error.msg} (character {error.pos})") from None
    _check(value)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for found in PARTS.findall(text):
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        if depth > DEEPEST:
            raise Malformed(f"nested deeper than {DEEPEST} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("a key is there twice in one object")
    return found


def _integer(text: str) -> int:
    if text == "-0":
        raise Malformed("-0 is no integer")
    if len(text) > LONGEST_NUMBER or abs(int(text)) > LARGEST_INTEGER:
        raise Malformed("an integer is beyond 64 bits: pass it as a string")
    return int(text)


def _number(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise Malformed("a number is too large, or has too many digits")
    return value


def _constant(text: str) -> NoReturn:
    raise Malformed(f"{text} is no JSON")


def _check(value: Any) -> None:
    """Look at everything once; the depth is known to be small."""
    keys = items = 0
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as found:
                keys += len(found)
                _check_texts(found)
                waiting.extend(found.values())
            case list() as found:
                items += len(found)
                waiting.extend(found)
            case str() as found:
                _check_texts([found])
        if keys > MOST_KEYS or items > MOST_ITEMS:
            raise Malformed(f"more than {MOST_KEYS} keys, or more than {MOST_ITEMS} items")


def _check_texts(texts: Iterable[str]) -> None:
    for text in texts:
        if UNSTORABLE.search(text):
            raise Malformed("a string holds NUL, or half a surrogate pair")
        if len(text) > LONGEST_STRING or len(text.encode()) > LONGEST_STRING:
            raise TooLong(f"a string is longer than {LONGEST_STRING // 1024} KiB")
