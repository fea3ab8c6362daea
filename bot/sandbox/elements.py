"""Which elements exist and what each must look like.

Sources: docs.slack.dev, Block Kit reference; numbers in limits.py.
"""

from typing import Any

from bot.sandbox import limits
from bot.sandbox.checks import (
    ACTION_ID,
    Check,
    agreeing,
    any_text,
    boolean,
    by_type,
    every,
    integer,
    list_of,
    matching,
    one_of,
    plain_text,
    shape,
    string,
    url,
)
from bot.sandbox.reading import options_of

DATE = matching(r"\d{4}-\d{2}-\d{2}", "a date in the format YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time in the format HH:mm")
UNIX_SECONDS = integer(1_000_000_000, 9_999_999_999)
ID = matching(r"[A-Z][A-Z0-9]+", "an id")
NUMBER = matching(r"-?\d+(\.\d+)?", "a number written as a string")

CONFIRM = shape(
    {
        "title": plain_text(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain_text(limits.CONFIRM_BUTTON),
        "deny": plain_text(limits.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)
DISPATCH = shape(
    {}, {"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 2)}
)


def _option(text: Check) -> Check:
    return shape(
        {"text": text, "value": string(limits.OPTION_VALUE)},
        {"description": any_text(limits.OPTION_DESCRIPTION)},
    )


PLAIN_OPTION = _option(plain_text(limits.OPTION_TEXT))
RICH_OPTION = _option(any_text(limits.OPTION_TEXT))  # mrkdwn: checkboxes and radio buttons only
OVERFLOW_OPTION = shape(
    {"text": plain_text(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": plain_text(limits.OPTION_DESCRIPTION), "url": url(limits.BUTTON_URL)},
)
OPTION_GROUP = shape(
    {
        "label": plain_text(limits.OPTION_GROUP_LABEL),
        "options": list_of(PLAIN_OPTION, limits.OPTIONS),
    }
)

_COMMON: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_SELECT: dict[str, Check] = _COMMON | {"placeholder": plain_text(limits.PLACEHOLDER)}
_MANY: dict[str, Check] = _SELECT | {"max_selected_items": integer(1, limits.OPTIONS)}
_TYPED: dict[str, Check] = {
    "action_id": ACTION_ID,
    "placeholder": plain_text(limits.PLACEHOLDER),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}


def _initial_is_an_option(element: dict[str, Any]) -> str | None:
    initial = [element["initial_option"]] if "initial_option" in element else []
    initial += element.get("initial_options", [])
    offered = options_of(element)
    if any(each not in offered for each in initial):
        return "initial option must exactly match one of the provided options"
    return None


def _values_differ(element: dict[str, Any]) -> str | None:
    values = [each.get("value") for each in options_of(element)]
    return None if len(values) == len(set(map(str, values))) else "duplicate value in options"


def _options_or_groups(element: dict[str, Any]) -> str | None:
    if ("options" in element) == ("option_groups" in element):
        return "exactly one of options and option_groups is required"
    return None


def _lengths_in_order(element: dict[str, Any]) -> str | None:
    low, high = element.get("min_length", 0), element.get("max_length", limits.INPUT_TEXT)
    return "min_length must not exceed max_length" if low > high else None


def _numbers_in_order(element: dict[str, Any]) -> str | None:
    try:
        low = float(element.get("min_value", "-inf"))
        high = float(element.get("max_value", "inf"))
    except (TypeError, ValueError):
        return None  # the fields' own checks say so
    return "min_value must not exceed max_value" if low > high else None


def _careful(*questions: Check, of: Check) -> Check:
    """Ask about an element as a whole only once its parts are right."""

    def check(value: Any, pointer: str) -> Any:  # Any: see checks.Value
        found = list(of(value, pointer))
        yield from found or every(*questions)(value, pointer)

    return check


def _choice(options: Check, initial: dict[str, Check], common: dict[str, Check]) -> Check:
    return _careful(
        agreeing(_initial_is_an_option),
        agreeing(_values_differ),
        of=shape({"options": options}, common | initial),
    )


def _static(initial: dict[str, Check], common: dict[str, Check]) -> Check:
    options: dict[str, Check] = {
        "options": list_of(PLAIN_OPTION, limits.OPTIONS),
        "option_groups": list_of(OPTION_GROUP, limits.OPTION_GROUPS),
    }
    return _careful(
        agreeing(_options_or_groups),
        agreeing(_initial_is_an_option),
        agreeing(_values_differ),
        of=shape({}, common | options | initial),
    )


_CHOICES = list_of(RICH_OPTION, limits.CHOICES)
_FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_MIN_QUERY: dict[str, Check] = {"min_query_length": integer(0, limits.OPTION_TEXT)}

BUTTON = shape(
    {"text": plain_text(limits.BUTTON_TEXT)},
    {
        "action_id": ACTION_ID,
        "value": string(limits.BUTTON_VALUE),
        "url": url(limits.BUTTON_URL),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(limits.BUTTON_LABEL),
    },
)
IMAGE = shape(
    {"image_url": url(limits.IMAGE_URL), "alt_text": string(limits.IMAGE_ALT_TEXT)},
)

SELECTS: dict[str, Check] = {
    "static_select": _static({"initial_option": PLAIN_OPTION}, _SELECT),
    "external_select": shape({}, _SELECT | _MIN_QUERY | {"initial_option": PLAIN_OPTION}),
    "users_select": shape({}, _SELECT | {"initial_user": ID}),
    "conversations_select": shape(
        {},
        _SELECT
        | {
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "channels_select": shape(
        {}, _SELECT | {"initial_channel": ID, "response_url_enabled": boolean}
    ),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": _static(
        {"initial_options": list_of(PLAIN_OPTION, limits.OPTIONS)}, _MANY
    ),
    "multi_external_select": shape(
        {}, _MANY | _MIN_QUERY | {"initial_options": list_of(PLAIN_OPTION, limits.OPTIONS)}
    ),
    "multi_users_select": shape({}, _MANY | {"initial_users": list_of(ID, limits.OPTIONS)}),
    "multi_conversations_select": shape(
        {},
        _MANY
        | {
            "initial_conversations": list_of(ID, limits.OPTIONS),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_channels_select": shape({}, _MANY | {"initial_channels": list_of(ID, limits.OPTIONS)}),
}
CHOICES: dict[str, Check] = {
    "checkboxes": _choice(_CHOICES, {"initial_options": _CHOICES}, _COMMON),
    "radio_buttons": _choice(_CHOICES, {"initial_option": RICH_OPTION}, _COMMON),
}
PICKERS: dict[str, Check] = {
    "datepicker": shape({}, _SELECT | {"initial_date": DATE}),
    "timepicker": shape({}, _SELECT | {"initial_time": TIME, "timezone": string(100)}),
}
DATETIME: dict[str, Check] = {
    "datetimepicker": shape({}, _COMMON | {"initial_date_time": UNIX_SECONDS}),
}
OVERFLOW: dict[str, Check] = {
    "overflow": shape(
        {"options": list_of(OVERFLOW_OPTION, limits.OVERFLOW_OPTIONS)},
        {"action_id": ACTION_ID, "confirm": CONFIRM},
    ),
}
TYPED: dict[str, Check] = {
    "plain_text_input": _careful(
        agreeing(_lengths_in_order),
        of=shape(
            {},
            _TYPED
            | {
                "initial_value": string(limits.INPUT_TEXT, 0),
                "multiline": boolean,
                "min_length": integer(0, limits.INPUT_TEXT),
                "max_length": integer(1, limits.INPUT_TEXT),
            },
        ),
    ),
    "number_input": _careful(
        agreeing(_numbers_in_order),
        of=shape(
            {"is_decimal_allowed": boolean},
            _TYPED | {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        ),
    ),
    "email_text_input": shape({}, _TYPED | {"initial_value": string(limits.INPUT_TEXT, 0)}),
    "url_text_input": shape({}, _TYPED | {"initial_value": string(limits.INPUT_TEXT, 0)}),
    "file_input": shape(
        {},
        {
            "action_id": ACTION_ID,
            "filetypes": list_of(string(20), 100),
            "max_files": integer(1, limits.FILES),
        },
    ),
}

IN_ACTIONS = by_type(
    {"button": BUTTON} | SELECTS | CHOICES | PICKERS | DATETIME | OVERFLOW,
)
IN_SECTION = by_type(
    {"button": BUTTON, "image": IMAGE} | SELECTS | MULTI_SELECTS | CHOICES | PICKERS | OVERFLOW
)
