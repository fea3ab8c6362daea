"""What goes through a socket: hello, envelopes, farewells, and the acknowledgements that return.

Shapes: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import uuid
from enum import StrEnum

import orjson

from bot.sandbox.deliver import Delivery, Kind, Retry
from bot.sandbox.wire import Json

# What the bot may answer in its acknowledgement; with anything else a payload is ignored.
ANSWERED = {"view_submission", "block_suggestion"}
# Told, and not kept: here a socket lives until a test asks it to refresh.
CONNECTION_SECONDS = 3600
DEBUG_CONNECTION_SECONDS = 360


class Farewell(StrEnum):
    """Why the server wants a socket to end."""

    WARNING = "warning"
    REFRESH_REQUESTED = "refresh_requested"
    LINK_DISABLED = "link_disabled"
    TOO_MANY_WEBSOCKETS = "too_many_websockets"


def wrapped(delivery: Delivery) -> Json:
    """Put a delivery into an envelope of its own; a retry gets a new envelope."""
    envelope: Json = {
        "envelope_id": str(uuid.uuid4()),
        "type": delivery.kind.value,
        "payload": delivery.payload,
        "accepts_response_payload": _may_be_answered(delivery),
    }
    if delivery.kind is Kind.EVENT:
        envelope |= _attempt(delivery.retry)
    return envelope


def _may_be_answered(delivery: Delivery) -> bool:
    return delivery.kind is Kind.COMMAND or delivery.payload.get("type") in ANSWERED


def _attempt(retry: Retry | None) -> Json:
    """Say which attempt this is; Slack counts from 0 here, and a timeout has no "http" in it."""
    if retry is None:
        return {"retry_attempt": 0, "retry_reason": ""}
    return {"retry_attempt": retry.number, "retry_reason": retry.reason.removeprefix("http_")}


def acknowledged(text: str) -> tuple[str, Json | None] | None:
    """Read an acknowledgement: the envelope's id and the answer in it; None if it is none."""
    try:
        said = orjson.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("envelope_id"), str):
        return None
    answer = said.get("payload")
    return said["envelope_id"], answer if isinstance(answer, dict) else None


def hello(app_id: str, host: str, connections: int, *, is_debugging: bool) -> Json:
    seconds = DEBUG_CONNECTION_SECONDS if is_debugging else CONNECTION_SECONDS
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {
            "host": host,
            "build_number": 1,
            "approximate_connection_time": seconds,
        },
        "connection_info": {"app_id": app_id},
    }


def disconnect(reason: Farewell, host: str) -> Json:
    return {"type": "disconnect", "reason": reason.value, "debug_info": {"host": host}}
