"""Pydantic's complaints in short, friendly words; what was typed is never repeated."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from bot.slack.views import text

LONGEST = 150
NEEDED = "Please fill this in."
NOT_ACCEPTED = "This value is not accepted."

Context = Mapping[str, Any]

_WORDS: dict[str, Callable[[Context], str]] = {
    "missing": lambda of: NEEDED,
    "string_type": lambda of: "Please enter a text.",
    "string_too_short": lambda of: f"Please enter at least {_count(of['min_length'])}.",
    "string_too_long": lambda of: f"Please enter at most {_count(of['max_length'])}.",
    "string_pattern_mismatch": lambda of: f"This does not have the form {of['pattern']}",
    "int_type": lambda of: "Please enter a whole number.",
    "int_parsing": lambda of: "Please enter a whole number.",
    "int_from_float": lambda of: "Please enter a whole number.",
    "float_type": lambda of: "Please enter a number.",
    "float_parsing": lambda of: "Please enter a number.",
    "greater_than": lambda of: f"Please enter more than {of['gt']}.",
    "greater_than_equal": lambda of: f"Please enter {of['ge']} or more.",
    "less_than": lambda of: f"Please enter less than {of['lt']}.",
    "less_than_equal": lambda of: f"Please enter {of['le']} or less.",
    "multiple_of": lambda of: f"Please enter a multiple of {of['multiple_of']}.",
    "bool_type": lambda of: "Please choose yes or no.",
    "bool_parsing": lambda of: "Please choose yes or no.",
    "literal_error": lambda of: "Please choose one of the options.",
    "enum": lambda of: "Please choose one of the options.",
    "too_short": lambda of: f"Please choose at least {of['min_length']}.",
    "too_long": lambda of: f"Please choose at most {of['max_length']}.",
    "date_parsing": lambda of: "Please enter a date, like 2026-11-22.",
    "date_from_datetime_parsing": lambda of: "Please enter a date, like 2026-11-22.",
    "datetime_parsing": lambda of: "Please enter a time, like 2026-11-22T14:00Z.",
    "datetime_from_date_parsing": lambda of: "Please enter a time, like 2026-11-22T14:00Z.",
    "url_parsing": lambda of: "Please enter a web address, like https://example.com.",
    "url_scheme": lambda of: "Please enter a web address, like https://example.com.",
    "uuid_parsing": lambda of: "This is not a valid id.",
}
_AUTHORS_OWN = frozenset({"value_error", "assertion_error"})


def friendly(error: ErrorDetails) -> str:
    """Answer one of pydantic's errors for the person in front of the form.

    What a job's own validator says is passed on; anything else we know no words for is only
    called not accepted, since its message could repeat what was typed.
    """
    if error["type"] in _AUTHORS_OWN:
        own = str(error.get("ctx", {}).get("error", "")) or NOT_ACCEPTED
        return text.cut(text.one_line(own) or NOT_ACCEPTED, LONGEST)
    words = _WORDS.get(error["type"])
    return text.cut(words(error.get("ctx", {})), LONGEST) if words else NOT_ACCEPTED


def _count(characters: int) -> str:
    return f"{characters} character{'s' * (characters != 1)}"
