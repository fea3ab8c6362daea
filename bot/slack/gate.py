"""The raw gate: who may speak at all, judged over raw bytes before anything is parsed.

Bolt parses a body before it verifies its signature, and answers 500 where that fails; here
nothing is decoded that Slack has not signed, and nothing malformed is handed on.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

LARGEST_BODY = 256 * 1024  # bytes
OLDEST_S = 300
MOST_AHEAD_S = 60
MOST_FIELDS = 100
DEEPEST = 64
TIMESTAMP = re.compile(rb"[0-9]{1,12}")
SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
USER = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
OBJECTS = ("team", "enterprise", "user", "view", "channel", "message", "container", "event")


class Unsigned(Exception):
    """Not from Slack, or not from now: 401."""


class Malformed(Exception):
    """From Slack, but not of a form that Slack sends: 400."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A body that Slack signed; *payload* is what it says."""

    payload: dict[str, Any]


def verify(secret: str, raw: bytes, headers: Mapping[str, str], now: float) -> None:
    """Raise Unsigned unless *raw* carries Slack's signature of the last five minutes."""
    timestamp = _bytes(headers, "X-Slack-Request-Timestamp")
    signature = _bytes(headers, "X-Slack-Signature")
    if not TIMESTAMP.fullmatch(timestamp) or not SIGNATURE.fullmatch(signature):
        raise Unsigned
    age = now - int(timestamp)
    if not -MOST_AHEAD_S <= age <= OLDEST_S:
        raise Unsigned
    wanted = hmac.new(secret.encode(), b"v0:" + timestamp + b":" + raw, sha256).hexdigest()
    if not hmac.compare_digest(b"v0=" + wanted.encode(), signature):
        raise Unsigned


def read(raw: bytes, content_type: str) -> Signed:
    """Decode a verified body. Raises Malformed for what Slack would not send."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8") from None
    payload = _object(text) if content_type == JSON else _form(text)
    _check_shapes(payload)
    _check_author(payload)
    return Signed(payload)


def _form(text: str) -> dict[str, Any]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Malformed("too many fields") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field is there twice")
    return _object(fields["payload"]) if "payload" in fields else fields


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Malformed("the JSON cannot be read") from None
    if not isinstance(found, dict):
        raise Malformed("the JSON is no object")
    _check_depth(found)
    _check_characters(text, found)
    return found


def _check_depth(found: dict[str, Any]) -> None:
    """Whoever reads it after us may recurse."""
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return
    raise Malformed("the JSON is nested too deeply")


def _children(found: Any) -> Iterable[Any]:
    if isinstance(found, dict):
        return found.values()
    return found if isinstance(found, list) else ()


def _check_characters(text: str, found: dict[str, Any]) -> None:
    """Half of a surrogate pair is no character: no database and no answer could hold it."""
    if "\\ud" not in text.lower():
        return
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Malformed("the JSON holds half a character") from None


def _check_shapes(payload: dict[str, Any]) -> None:
    """What is read without asking has the type that Slack gives it."""
    for name in OBJECTS:
        if not isinstance(payload.get(name), dict | None):
            raise Malformed(f"{name} is no object")
    authorizations = payload.get("authorizations") or []
    if not isinstance(authorizations, list) or not all(
        isinstance(each, dict) for each in authorizations
    ):
        raise Malformed("authorizations are no objects")


def _check_author(payload: dict[str, Any]) -> None:
    """One person did one thing; of several at once it is never the first that wins."""
    kind = payload.get("type")
    if kind in ("block_actions", "view_submission"):
        if not _is_user((payload.get("user") or {}).get("id")):
            raise Malformed("the interaction does not say who")
    elif "command" in payload and not _is_user(payload.get("user_id")):
        raise Malformed("the command does not say who")
    if kind == "block_actions":
        _check_action(payload.get("actions"))
    if kind == "view_submission" and not payload.get("view"):
        raise Malformed("the submission has no view")


def _check_action(actions: object) -> None:
    if not isinstance(actions, list) or len(actions) != 1 or not isinstance(actions[0], dict):
        raise Malformed("the interaction is not exactly one action")
    if not isinstance(actions[0].get("action_id"), str):
        raise Malformed("the action has no id")


def _is_user(found: object) -> bool:
    return isinstance(found, str) and USER.fullmatch(found) is not None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _bytes(headers: Mapping[str, str], name: str) -> bytes:
    # surrogateescape is how aiohttp decodes: what is not ASCII never matches, and never raises.
    return headers.get(name, "").encode("utf-8", "surrogateescape")
