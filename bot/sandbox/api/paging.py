"""Cursor paging, the same for every list."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox import limits
from bot.sandbox.arguments import Arguments
from bot.sandbox.refusal import Refused
from bot.sandbox.wire import Json

Item = TypeVar("Item")


def page(
    items: Sequence[Item], arguments: Arguments, limit: int | None = None
) -> tuple[list[Item], Json]:
    """Cut a page out of *items*; the second value is its `response_metadata`."""
    size = arguments.number("limit", limit or limits.PAGE_SIZE)
    if not 1 <= size <= limits.PAGE_SIZE_MAX + 1:
        raise Refused("invalid_limit")
    start = _offset(arguments.optional("cursor"))
    end = start + size
    cursor = _cursor(end) if end < len(items) else ""
    return list(items[start:end]), {"next_cursor": cursor}


def _cursor(offset: int) -> str:
    return base64.b64encode(f"offset:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("offset:"))
    except ValueError as error:
        raise Refused("invalid_cursor") from error
