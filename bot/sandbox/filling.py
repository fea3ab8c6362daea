"""What Slack's own client refuses before a form is sent."""

import re
from collections.abc import Iterable

from bot.sandbox import limits
from bot.sandbox.fields import FIELDS
from bot.sandbox.reading import inputs
from bot.sandbox.wire import Json

REQUIRED = "Please complete this required field."


def complaints(blocks: Iterable[Json], values: Json) -> dict[str, str]:
    """Name the fields that keep a form from being submitted: block id to what is wrong."""
    found = {}
    for block in inputs(blocks):
        element = block["element"]
        state = values[block["block_id"]][element["action_id"]]
        value = state.get(FIELDS[element["type"]].state)
        wrong = _complaint(block, element, value)
        if wrong:
            found[block["block_id"]] = wrong
    return found


def _complaint(block: Json, element: Json, value: object) -> str | None:
    if value in (None, [], ""):
        return None if block.get("optional") else REQUIRED
    match element["type"]:
        case "plain_text_input":
            return _length(element, str(value))
        case "number_input":
            return _number(element, str(value))
        case "email_text_input":
            return _matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", value, "Enter a valid email address.")
        case "url_text_input":
            return _matches(r"https?://\S+", value, "Enter a valid URL, starting with http.")
        case _:
            return None


def _length(element: Json, value: str) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", limits.INPUT_TEXT)
    if len(value) < low:
        return f"Write at least {low} characters."
    return f"Write at most {high} characters." if len(value) > high else None


def _number(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Enter a number." if element["is_decimal_allowed"] else "Enter a whole number."
    if float(value) < float(element.get("min_value", "-inf")):
        return f"Enter {element['min_value']} or more."
    if float(value) > float(element.get("max_value", "inf")):
        return f"Enter {element['max_value']} or less."
    return None


def _matches(pattern: str, value: object, otherwise: str) -> str | None:
    return None if re.fullmatch(pattern, str(value)) else otherwise
