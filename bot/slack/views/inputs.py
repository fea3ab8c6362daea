"""Kinds of input: how each is asked for in Slack, and how Slack's answer is read back.

Slack's answer is user input like any other: an option is known by its place in our list, and
everything that was not offered is refused.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.slack.views import kit, text
from bot.slack.views.kit import Block

ACTION = "value"  # the action id of every element of a form
LARGEST_INTEGER = 2**63 - 1  # beyond it, JSON readers disagree
LONGEST_NUMBER = 30  # digits shown as a bound or a default
_TICKED = "yes"
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_ID = re.compile(r"[A-Z][A-Z0-9]{2,20}", re.ASCII)
LAST_MOMENT = 9_999_999_999  # seconds; Slack takes ten digits
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Given:
    """A value was given; it is plain JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class Absent:
    """The input was left empty."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was given is none of what was offered; *message* says so to the person."""

    message: str


Answer = Given | Absent | Wrong
State = Mapping[str, Any]  # one element of Slack's view.state.values
_NOT_OFFERED = Wrong("Please choose one of the options.")


@dataclass(frozen=True, slots=True)
class Words:
    """A text. *form* is the element's type; lengths are the model's, or Slack's if smaller."""

    form: str = "plain_text_input"
    shortest: int = 0
    longest: int | None = None
    is_multiline: bool = False
    initial: str | None = None

    def element(self) -> Block:
        block: Block = {"type": self.form, "action_id": ACTION}
        if self.form == "plain_text_input":
            block |= {"multiline": self.is_multiline} | self._lengths()
        if self.initial is not None and self._holds(self.initial):
            block["initial_value"] = self.initial
        return block

    def read(self, state: State) -> Answer:
        value = state.get("value")
        if value is None or value == "":
            return Absent()
        if not isinstance(value, str) or not _is_storable(value):
            return Wrong("This text contains characters that cannot be stored.")
        return Given(value)

    def _lengths(self) -> Block:
        lengths = {"min_length": self.shortest} if self.shortest else {}
        if self.longest is not None:
            lengths["max_length"] = min(self.longest, text.INPUT_TEXT)
        return lengths

    def _holds(self, words: str) -> bool:
        longest = min(self.longest or text.INPUT_TEXT, text.INPUT_TEXT)
        return self.shortest <= text.size(words) <= longest and _is_storable(words)


@dataclass(frozen=True, slots=True)
class Number:
    """A number; the bounds belong to it."""

    is_decimal: bool = False
    lowest: float | None = None
    highest: float | None = None
    initial: float | None = None

    def element(self) -> Block:
        block: Block = {
            "type": "number_input",
            "action_id": ACTION,
            "is_decimal_allowed": self.is_decimal,
        }
        shown = {"min_value": self.lowest, "max_value": self.highest}
        if self.initial is not None and self._holds(self.initial):
            shown["initial_value"] = self.initial
        written = {name: _written(number) for name, number in shown.items()}
        return block | {name: number for name, number in written.items() if number}

    def read(self, state: State) -> Answer:
        value = state.get("value")
        if value is None or value == "":
            return Absent()
        form = _DECIMAL if self.is_decimal else _INTEGER
        if not isinstance(value, str) or not form.fullmatch(value):
            return Wrong(f"Please enter {'a' if self.is_decimal else 'a whole'} number.")
        if len(value) > LONGEST_NUMBER:
            return Wrong("This number is too long.")
        number = float(value) if self.is_decimal else int(value)
        return Given(number) if abs(number) <= LARGEST_INTEGER else Wrong("This number is too big.")

    def _holds(self, number: float) -> bool:
        is_above = self.lowest is None or number >= self.lowest
        return is_above and (self.highest is None or number <= self.highest)


@dataclass(frozen=True, slots=True)
class Tick:
    """One checkbox; empty is a plain no, whatever the default was."""

    initial: bool = False

    def element(self) -> Block:
        options = [kit.option("Yes", _TICKED)]
        block: Block = {"type": "checkboxes", "action_id": ACTION, "options": options}
        return block | {"initial_options": options} if self.initial else block

    def read(self, state: State) -> Answer:
        chosen = state.get("selected_options")
        if chosen is None:
            return Absent()
        match chosen:
            case []:
                return Given(value=False)
            case [{"value": value}] if value == _TICKED:
                return Given(value=True)
            case _:
                return Wrong("Please tick this box, or leave it empty.")


@dataclass(frozen=True, slots=True)
class One:
    """One of a few: radio buttons, or a menu where there are more than ten."""

    labels: tuple[str, ...]
    values: tuple[Scalar, ...]
    initial: Scalar | None = None

    def element(self) -> Block:
        options = _options(self.labels)
        initial = _place(self.values, self.initial)
        chosen = "" if initial is None else str(initial)
        if len(options) > text.CHOICES:
            return kit.select(ACTION, "Choose one", options, chosen)
        block: Block = {"type": "radio_buttons", "action_id": ACTION, "options": options}
        return block if initial is None else block | {"initial_option": options[initial]}

    def read(self, state: State) -> Answer:
        chosen = state.get("selected_option")
        return Absent() if chosen is None else _chosen(self.values, chosen)


@dataclass(frozen=True, slots=True)
class Several:
    """Any of a few: checkboxes, or a menu where there are more than ten.

    Choosing none is an answer, unless *none_is_absent*: where null is allowed as well, nothing
    ticked before and nothing ticked now cannot be told from leaving it alone.
    """

    labels: tuple[str, ...]
    values: tuple[Scalar, ...]
    initial: tuple[Scalar, ...] = ()
    none_is_absent: bool = False

    def element(self) -> Block:
        options = _options(self.labels)
        places = [_place(self.values, each) for each in self.initial]
        is_menu = len(options) > text.CHOICES
        form = "multi_static_select" if is_menu else "checkboxes"
        block: Block = {"type": form, "action_id": ACTION, "options": options}
        ticked = [options[place] for place in dict.fromkeys(places) if place is not None]
        return block | {"initial_options": ticked} if ticked else block

    def read(self, state: State) -> Answer:
        chosen = state.get("selected_options")
        if chosen is None or (chosen == [] and self.none_is_absent):
            return Absent()
        if not isinstance(chosen, list) or len(chosen) > len(self.values):
            return _NOT_OFFERED
        answers = [_chosen(self.values, each) for each in chosen]
        values = [answer.value for answer in answers if isinstance(answer, Given)]
        return Given(values) if len(values) == len(answers) else _NOT_OFFERED


@dataclass(frozen=True, slots=True)
class Day:
    """A date, without a time."""

    initial: str | None = None

    def element(self) -> Block:
        block: Block = {"type": "datepicker", "action_id": ACTION}
        if self.initial and _DATE.fullmatch(self.initial):
            block["initial_date"] = self.initial
        return block

    def read(self, state: State) -> Answer:
        value = state.get("selected_date")
        if value is None:
            return Absent()
        is_date = isinstance(value, str) and _DATE.fullmatch(value)
        return Given(value) if is_date else Wrong("Please choose a date.")


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day, to the minute, without a zone."""

    initial: str | None = None

    def element(self) -> Block:
        block: Block = {"type": "timepicker", "action_id": ACTION}
        if self.initial and _TIME.match(self.initial):
            block["initial_time"] = self.initial[:5]
        return block

    def read(self, state: State) -> Answer:
        value = state.get("selected_time")
        if value is None:
            return Absent()
        is_time = isinstance(value, str) and _TIME.fullmatch(value)
        return Given(value) if is_time else Wrong("Please choose a time.")


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment; Slack asks in the person's own zone and answers in seconds since 1970 (UTC)."""

    initial: str | None = None

    def element(self) -> Block:
        block: Block = {"type": "datetimepicker", "action_id": ACTION}
        if (seconds := _seconds(self.initial)) is not None:
            block["initial_date_time"] = seconds
        return block

    def read(self, state: State) -> Answer:
        value = state.get("selected_date_time")
        if value is None:
            return Absent()
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_MOMENT:
            return Wrong("Please choose a date and a time.")
        return Given(datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z"))


@dataclass(frozen=True, slots=True)
class Exact:
    """A decimal number that must not be rounded: it stays a text all the way."""

    number: Number

    def element(self) -> Block:
        return self.number.element()

    def read(self, state: State) -> Answer:
        value = state.get("value")
        if value is None or value == "":
            return Absent()
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            return Wrong("Please enter a number.")
        return Given(value) if len(value) <= LONGEST_NUMBER else Wrong("This number is too long.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person or a channel of this workspace, by id. *key* is where Slack puts the answer."""

    form: str
    key: str
    initial: str | None = None

    def element(self) -> Block:
        block: Block = {"type": self.form, "action_id": ACTION}
        if self.form == "conversations_select":
            # External channels and DMs with bots are none that a job should be pointed at.
            block["filter"] = {
                "include": ["public", "private"],
                "exclude_external_shared_channels": True,
                "exclude_bot_users": True,
            }
        if self.initial:
            block[f"initial_{self.key.removeprefix('selected_')}"] = self.initial
        return block

    def read(self, state: State) -> Answer:
        value = state.get(self.key)
        if value is None:
            return Absent()
        is_id = isinstance(value, str) and _ID.fullmatch(value)
        return Given(value) if is_id else _NOT_OFFERED


Kind = Words | Number | Tick | One | Several | Day | Hour | Instant | Exact | Chosen


def _seconds(moment: str | None) -> int | None:
    """Answer the seconds since 1970 of a moment with a zone; None where there is none."""
    try:
        found = datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None
    return int(found.timestamp()) if found is not None and found.tzinfo else None


def _options(labels: Sequence[str]) -> list[Block]:
    return [kit.option(label, str(place)) for place, label in enumerate(labels)]


def _chosen(values: Sequence[Scalar], option: Any) -> Answer:
    """Answer the value an option stands for: its place, written exactly as we wrote it."""
    offered = {str(place): value for place, value in enumerate(values)}
    key = option.get("value") if isinstance(option, Mapping) else None
    return Given(offered[key]) if isinstance(key, str) and key in offered else _NOT_OFFERED


def _place(values: Sequence[Scalar], wanted: Scalar | None) -> int | None:
    """Find *wanted*, type and all: 1 and True are two options."""
    same = (i for i, value in enumerate(values) if (type(value), value) == (type(wanted), wanted))
    return next(same, None)


def _written(number: float | None) -> str | None:
    if number is None or not math.isfinite(number):
        return None
    digits = f"{Decimal(str(number)):f}"
    return digits if len(digits) <= LONGEST_NUMBER else None


def _is_storable(words: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in words)
