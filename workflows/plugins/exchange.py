"""What HTTP said in answer to one request: the SDK reports every failure as the same error."""

import json
import math
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

SESSION_HEADER = "mcp-session-id"
ERROR, NOT_FOUND = 400, 404
SPEAKING_KEYS = ("error_description", "message", "detail", "error", "title")


@dataclass(slots=True)
class Exchange:
    """The last answer to the requests of one call; *status* is None if there was none.

    *body* is what an answer of 400 and above said, at any length and of any kind.
    """

    status: int | None = None
    body: str = ""
    retry_after: float | None = None
    in_session: bool = False

    @property
    def lost_session(self) -> bool:
        """Whether the server does not know our session any more; it did not act, then."""
        return self.status == NOT_FOUND and self.in_session


# Tells concurrent calls apart: the SDK makes every request in the context of who asked for it.
current: ContextVar[Exchange] = ContextVar("exchange")


async def begin(request: httpx2.Request) -> None:
    """Forget what an earlier request of the same exchange was answered. A request hook."""
    exchange = current.get(None)
    if exchange is not None and request.method == "POST":
        exchange.status = None


async def observe(response: httpx2.Response) -> None:
    """Note *response* in the current exchange. A response hook."""
    exchange = current.get(None)
    # Only a POST carries a call; the GET stream beside it may be refused at leisure.
    if exchange is None or response.request.method != "POST":
        return
    exchange.status = response.status_code
    exchange.in_session = SESSION_HEADER in response.request.headers
    exchange.retry_after = _retry_after(response)
    exchange.body = ""
    if response.status_code >= ERROR:
        await response.aread()
        exchange.body = response.text


def spoken(body: str) -> str:
    """Answer what the body of an error says, in one line."""
    try:
        said = _message(json.loads(body))
    except (ValueError, RecursionError):
        said = body
    return " ".join(said.split())


def _message(body: Any) -> str:
    if isinstance(body, str):
        return body
    if isinstance(body, dict):
        for key in SPEAKING_KEYS:
            if body.get(key):
                return _message(body[key])
    return json.dumps(body)


def _retry_after(response: httpx2.Response) -> float | None:
    """Answer how many seconds to wait, from both forms of the header (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "")
    try:
        seconds = float(value) if value[:1].isdigit() else _until(value, response.headers["date"])
    except (ValueError, TypeError, KeyError):
        return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _until(moment: str, now: str) -> float:
    # Against the server's own clock, which is the one that wrote the date.
    return (parsedate_to_datetime(moment) - parsedate_to_datetime(now)).total_seconds()
