"""Words: what a terminal is given. Whatever somebody typed into a form moves no cursor here."""

import json
from datetime import UTC, datetime
from typing import Any


def clean(text: str) -> str:
    """Answer *text* on one line, with what is not printable made visible."""
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def paragraphs(text: str) -> str:
    """Answer *text* with its line breaks, otherwise as `clean`."""
    return "\n".join(clean(line) for line in text.splitlines())


def moment(at: datetime | None) -> str:
    """Answer a time, in UTC."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def written(value: Any) -> str:
    """Answer JSON that is pleasant to read."""
    return paragraphs(json.dumps(value, indent=2, ensure_ascii=False))


def _escaped(letter: str) -> str:
    number = ord(letter)
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"  # noqa: PLR2004  Latin-1
