"""Interactive elements as form fields: their state as Slack reports it, from plain values.

Slack names the state of each element type differently; the table below is that vocabulary.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, auto
from typing import Any

from bot.sandbox import reading
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


class NotOffered(ValueError):
    """A value was chosen that the element does not offer; says what it does offer."""


class Shape(Enum):
    TEXT = auto()
    OPTION = auto()
    OPTIONS = auto()
    REFERENCE = auto()  # an id of a person or place
    REFERENCES = auto()
    MOMENT = auto()
    RICH = auto()
    FILES = auto()


@dataclass(frozen=True)
class Field:
    shape: Shape
    state: str  # the key in state.values
    initial: str  # the key in the element


_TEXT = Field(Shape.TEXT, "value", "initial_value")
_OPTION = Field(Shape.OPTION, "selected_option", "initial_option")
_OPTIONS = Field(Shape.OPTIONS, "selected_options", "initial_options")
FIELDS: dict[str, Field] = {
    "plain_text_input": _TEXT,
    "number_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "static_select": _OPTION,
    "external_select": _OPTION,
    "radio_buttons": _OPTION,
    "multi_static_select": _OPTIONS,
    "multi_external_select": _OPTIONS,
    "checkboxes": _OPTIONS,
    "users_select": Field(Shape.REFERENCE, "selected_user", "initial_user"),
    "channels_select": Field(Shape.REFERENCE, "selected_channel", "initial_channel"),
    "conversations_select": Field(Shape.REFERENCE, "selected_conversation", "initial_conversation"),
    "multi_users_select": Field(Shape.REFERENCES, "selected_users", "initial_users"),
    "multi_channels_select": Field(Shape.REFERENCES, "selected_channels", "initial_channels"),
    "multi_conversations_select": Field(
        Shape.REFERENCES, "selected_conversations", "initial_conversations"
    ),
    "datepicker": Field(Shape.MOMENT, "selected_date", "initial_date"),
    "timepicker": Field(Shape.MOMENT, "selected_time", "initial_time"),
    "datetimepicker": Field(Shape.MOMENT, "selected_date_time", "initial_date_time"),
    "rich_text_input": Field(Shape.RICH, "rich_text_value", "initial_value"),
    "file_input": Field(Shape.FILES, "files", "-"),
}
LISTS = {Shape.OPTIONS, Shape.REFERENCES, Shape.FILES}


def state_of(block: Json, element: Json, workspace: Workspace, given: Json) -> Json:
    """Report one element: what was given under its block id, else what it began with."""
    field = FIELDS[element["type"]]
    empty: list[Json] | None = [] if field.shape in LISTS else None
    found = element.get(field.initial, empty)
    if block["block_id"] in given:
        found = chosen(field.shape, element, workspace, given[block["block_id"]])
    return {"type": element["type"], field.state: found}


def values_of(blocks: Iterable[Json], workspace: Workspace, given: Json | None = None) -> Json:
    """Report `state.values`: block id to action id to state, for every element that has one."""
    values: Json = {}
    for block in blocks:
        for block_id, element in reading.elements([block]):
            if element["type"] in FIELDS:
                state = state_of(block, element, workspace, given or {})
                values.setdefault(block_id, {})[element["action_id"]] = state
    return values


# Any: a plain value of a test or a browser, and the state that it means in Slack's terms.
def chosen(shape: Shape, element: Json, workspace: Workspace, given: Any) -> Any:
    """Translate a plain value; raises NotOffered if the element has no such choice."""
    if shape in LISTS:
        return _several(shape, element, workspace, given)
    return None if given in (None, "") else _single(shape, element, workspace, given)


def _several(shape: Shape, element: Json, workspace: Workspace, given: Any) -> list[Any]:
    match shape:
        case Shape.OPTIONS:
            return _options(element, given)
        case Shape.REFERENCES:
            return [_reference(workspace, each) for each in given or []]
        case _:  # files: a sandbox has nowhere to put them
            return []


def _single(shape: Shape, element: Json, workspace: Workspace, given: Any) -> Any:
    match shape:
        case Shape.OPTION:
            return _option(element, given)
        case Shape.REFERENCE:
            return _reference(workspace, given)
        case Shape.MOMENT:
            return _moment(element, given)
        case Shape.RICH:
            return _rich(given) if isinstance(given, str) else given
        case _:
            return str(given)


def _option(element: Json, given: Any) -> Json:  # Any: see chosen()
    """Pick by value first, then by what the person reads; an option object is taken as it is."""
    if isinstance(given, dict):
        return given
    offered = reading.options_of(element)
    for option in offered:
        if option["value"] == str(given):
            return option
    for option in offered:
        if option["text"]["text"] == str(given):
            return option
    known = ", ".join(f"{each['value']!r} ({each['text']['text']})" for each in offered)
    raise NotOffered(f"{given!r} is not an option of {element['action_id']!r}; offered: {known}")


def _options(element: Json, given: Any) -> list[Json]:  # Any: see chosen()
    if given is True:  # the one checkbox that stands for a yes or no
        return reading.options_of(element)
    return [_option(element, each) for each in given or []]


def _reference(workspace: Workspace, given: str) -> str:
    found = workspace.person(given) or workspace.channel(given)
    return found.id if found else given


def _moment(element: Json, given: Any) -> str | int:  # Any: see chosen()
    if isinstance(given, datetime):
        return int(given.timestamp())
    if isinstance(given, time):
        return given.strftime("%H:%M")
    if isinstance(given, date):
        return given.isoformat()
    return int(given) if element["type"] == "datetimepicker" else str(given)


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
