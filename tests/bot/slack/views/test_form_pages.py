"""A long form is asked page by page; moments, people and exact numbers have their own inputs."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, EmailStr, Field, HttpUrl, model_validator

from bot.slack.views.form import FieldErrors, form
from tests.bot.slack.views.modelling import element, model, read
from workflows import SlackChannel, SlackUser


class Long(BaseModel):
    """Ten fields, the last of which depends on the first."""

    a: int = Field(ge=1)
    b: str = "b"
    c: str = "c"
    d: str = "d"
    e: str = "e"
    f: str = "f"
    g: str = "g"
    h: str = "h"
    i: str = "i"
    j: int = 1

    @model_validator(mode="after")
    def _in_order(self) -> "Long":
        if self.j < self.a:
            raise ValueError("j must not be below a")
        return self


def values(**given: str) -> dict[str, Any]:
    return {name: {"value": {"value": value}} for name, value in given.items()}


def test_a_short_form_is_one_page():
    assert len(form(model(**dict.fromkeys("abcdefgh", str))).pages) == 1


def test_a_long_form_is_asked_six_inputs_at_a_time():
    pages = form(Long).pages

    assert [[field.name for field in page.fields] for page in pages] == [
        list("abcdef"),
        list("ghij"),
    ]


def test_a_page_judges_its_own_fields_and_leaves_later_ones_alone():
    first = form(model(**dict.fromkeys("abcdefghij", str))).pages[0]

    answered = first.read_page(values(**dict.fromkeys("abcdef", "x")), {})

    assert answered == dict.fromkeys("abcdef", "x")


def test_what_is_wrong_on_a_page_is_said_on_that_page():
    first = form(Long).pages[0]

    answered = first.read_page(values(a="0"), {})

    assert isinstance(answered, FieldErrors)
    assert set(answered.errors) == {"a"}


def test_the_last_page_answers_for_all_pages():
    last = form(Long).pages[1]

    assert last.read(values(j="7"), {"a": 5, "b": "bee"}) == {"a": 5, "b": "bee", "j": 7}


def test_what_concerns_the_whole_is_said_under_the_last_pages_first_input():
    last = form(Long).pages[1]

    answered = last.read(values(j="3"), {"a": 5})

    assert isinstance(answered, FieldErrors)
    assert answered.errors == {"g": "j must not be below a"}


@pytest.mark.parametrize(
    ("annotation", "default", "kind", "initial"),
    [
        (date, date(2026, 1, 2), "datepicker", {"initial_date": "2026-01-02"}),
        (time, time(9, 30), "timepicker", {"initial_time": "09:30"}),
        (datetime, ..., "datetimepicker", {}),
        (Decimal, Decimal("1.50"), "number_input", {"initial_value": "1.5"}),
        (float, 0.5, "number_input", {"initial_value": "0.5"}),
        (EmailStr, ..., "email_text_input", {}),
        (HttpUrl, ..., "url_text_input", {}),
        (SlackUser, "U024BE7LH", "users_select", {"initial_user": "U024BE7LH"}),
        (SlackChannel, "C024BE7LH", "conversations_select", {"initial_conversation": "C024BE7LH"}),
    ],
)
def test_each_kind_has_an_input_of_its_own(annotation, default, kind, initial):
    drawn = element(annotation, default)

    assert drawn["type"] == kind
    assert {name: drawn.get(name) for name in initial} == initial


@pytest.mark.parametrize(
    ("annotation", "state", "argument"),
    [
        (time, {"selected_time": "23:59"}, "23:59"),
        (datetime, {"selected_date_time": 1_767_225_600}, "2026-01-01T00:00:00Z"),
        (Decimal, {"value": "0.10"}, "0.10"),
        (SlackUser, {"selected_user": "U024BE7LH"}, "U024BE7LH"),
        (SlackChannel, {"selected_conversation": "C024BE7LH"}, "C024BE7LH"),
    ],
)
def test_an_answer_becomes_the_models_argument(annotation, state, argument):
    assert read(annotation, ..., state) == {"x": argument}


@pytest.mark.parametrize(
    ("annotation", "state"),
    [
        (time, {"selected_time": "24:00"}),
        (time, {"selected_time": 9}),
        (datetime, {"selected_date_time": "tomorrow"}),
        (datetime, {"selected_date_time": True}),
        (datetime, {"selected_date_time": -1}),
        (datetime, {"selected_date_time": 10**12}),
        (Decimal, {"value": "1e5"}),
        (Decimal, {"value": "9" * 31}),
        (Annotated[Decimal, Field(le=5)], {"value": "5.01"}),
        (SlackUser, {"selected_user": "@ana"}),
        (SlackUser, {"selected_user": "C024BE7LH"}),
        (SlackChannel, {"selected_conversation": ["C024BE7LH"]}),
    ],
)
def test_what_slack_would_not_send_is_refused(annotation, state):
    assert isinstance(read(annotation, ..., state), FieldErrors)
