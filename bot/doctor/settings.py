"""The settings as somebody wrote them: which are set, where, and what they say; secrets masked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.config import Given, Settings

DEFAULT = "default"
CREDENTIALS = re.compile(r"//[^/\s]*@")
KIND_OF_TOKEN = re.compile(r"(xox[a-z]|xapp)-")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it may be shown; *source* is where it was found."""

    name: str
    value: str
    source: str


def shown(given: Mapping[str, Given], settings: Settings | None) -> tuple[Setting, ...]:
    """Answer every setting; those by default only where the *settings* could be read."""
    found = []
    for attribute, field in Settings.model_fields.items():
        name = str(field.alias)
        is_secret = "SecretStr" in str(field.annotation)
        if name in given:
            value = _masked(given[name].value) if is_secret else _plain(given[name].value)
            found.append(Setting(name, value, given[name].source))
        elif settings is not None:
            found.append(Setting(name, _written(getattr(settings, attribute)), DEFAULT))
    return tuple(found)


def _masked(secret: str) -> str:
    """Which kind of token it is may be seen; nothing of what makes it one."""
    kind = KIND_OF_TOKEN.match(secret)
    return f"{kind[0] if kind else ''}…" if secret else ""


def _plain(value: str) -> str:
    return CREDENTIALS.sub("//…@", value)


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "…"
        case tuple():
            return ",".join(value)
        case _:
            return _plain(str(value))
