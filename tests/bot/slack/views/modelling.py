"""Models of one field, `x`, for the tests of forms: what it becomes, how it is read back."""

from enum import IntEnum, StrEnum
from typing import Any

from pydantic import BaseModel, create_model

from bot.slack.views.form import form


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Size(IntEnum):
    SMALL = 1
    EXTRA_LARGE = 4


class Inner(BaseModel):
    name: str = ""


def model(**fields: Any) -> type[BaseModel]:
    """A model with these fields; a bare annotation is a required field."""
    named = {
        name: each if isinstance(each, tuple) else (each, ...) for name, each in fields.items()
    }
    return create_model("Request", **named)


def block(annotation: Any, default: Any = ...) -> dict[str, Any]:
    return form(model(x=(annotation, default))).blocks()[0]


def element(annotation: Any, default: Any = ...) -> dict[str, Any]:
    found: dict[str, Any] = block(annotation, default)["element"]
    return found


def read(annotation: Any, default: Any, state: Any) -> Any:
    return form(model(x=(annotation, default))).read({"x": {"value": state}})


def option(place: int) -> dict[str, Any]:
    return {"selected_option": {"text": {"type": "plain_text", "text": "?"}, "value": str(place)}}
