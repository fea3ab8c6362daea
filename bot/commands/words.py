"""Words: what a terminal is given. Whatever somebody typed into a form moves no cursor here."""

import json
from datetime import UTC, datetime
from typing import Any

from bot.visible import visible

# Ordinary elsewhere: here they would begin a line or a column of somebody's choice.
_PLACED = str.maketrans({"\n": "⟨U+000A⟩", "\t": "⟨U+0009⟩"})


def clean(text: str) -> str:
    """Answer *text* on one line, with what would not be seen shown by its number."""
    return visible(text).translate(_PLACED)


def paragraphs(text: str) -> str:
    """Answer *text* with its line breaks, otherwise as `clean`."""
    return "\n".join(clean(line) for line in text.replace("\r\n", "\n").split("\n"))


def moment(at: datetime | None) -> str:
    """Answer a time, in UTC."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def written(value: Any) -> str:
    """Answer JSON that is pleasant to read."""
    return paragraphs(json.dumps(value, indent=2, ensure_ascii=False))
