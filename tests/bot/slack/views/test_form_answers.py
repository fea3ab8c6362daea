"""Answers to a form: read strictly, checked by the model, refused in friendly words."""

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.slack.views.form import FieldErrors, form
from tests.bot.slack.views.modelling import Size, model, option, read


@pytest.mark.parametrize(
    ("annotation", "state", "value"),
    [
        (str, {"value": "a < b"}, "a < b"),
        (int, {"value": "42"}, 42),
        (int, {"value": "-7"}, -7),
        (float, {"value": "1.5"}, 1.5),
        (bool, {"selected_options": [{"value": "yes"}]}, True),
        (bool, {"selected_options": []}, False),
        (Literal["a", "b"], option(1), "b"),
        (Size, option(1), 4),
        (Literal[1, True], option(1), True),
        (bool | None, option(1), False),
        (list[Literal["a", "b"]], {"selected_options": [{"value": "1"}]}, ["b"]),
        (list[Literal["a", "b"]], {"selected_options": []}, []),
        (date, {"selected_date": "2026-11-22"}, "2026-11-22"),
    ],
)
def test_answers_become_plain_json_arguments(annotation, state, value):
    arguments = read(annotation, ..., state)

    assert arguments == {"x": value}
    assert type(arguments["x"]) is type(value)


def test_a_date_that_was_not_picked_is_asked_for_again():
    found = read(date, ..., {"selected_date": "tomorrow"})

    assert found == FieldErrors({"x": "Please choose a date."})


def test_unticking_a_box_that_was_on_by_default_means_no():
    assert read(bool, True, {"selected_options": []}) == {"x": False}  # noqa: FBT003  a default


@pytest.mark.parametrize("state", [{"value": None}, {"value": ""}, {}])
def test_what_is_left_empty_is_left_out_so_that_the_default_applies(state):
    assert read(str, "default", state) == {}
    assert read(int | None, None, state) == {}


def test_choosing_none_of_a_few_leaves_null_alone_but_undoes_what_was_ticked():
    nullable = list[Literal["a", "b"]] | None

    assert read(nullable, None, {"selected_options": []}) == {}
    assert read(nullable, ..., {"selected_options": []}) == {"x": None}
    assert read(nullable, ["b"], {"selected_options": []}) == {"x": []}


def test_null_is_given_where_it_has_no_default():
    assert read(int | None, ..., {"value": None}) == {"x": None}


@pytest.mark.parametrize("values", [{}, {"x": None}, {"x": {}}, {"x": {"value": None}}, {"x": 3}])
def test_what_is_needed_and_missing_is_asked_for(values):
    found = form(model(x=str)).read(values)

    assert found == FieldErrors({"x": "Please fill this in."})


@pytest.mark.parametrize(
    ("annotation", "state"),
    [
        (int, {"value": "4.5"}),
        (int, {"value": "1e3"}),
        (int, {"value": "٤٢"}),
        (int, {"value": " 42"}),
        (int, {"value": "4_2"}),
        (int, {"value": "9" * 20}),
        (int, {"value": "9" * 10_000}),
        (int, {"value": 42}),
        (float, {"value": "nan"}),
        (float, {"value": "1" * 40}),
        (str, {"value": ["x"]}),
        (str, {"value": "\ud800"}),
        (bool, {"selected_options": [{"value": "no"}]}),
        (bool, {"selected_options": "yes"}),
        (Literal["a", "b"], option(2)),
        (Literal["a", "b"], {"selected_option": {"value": "-1"}}),
        (Literal["a", "b"], {"selected_option": {"value": "01"}}),
        (Literal["a", "b"], {"selected_option": {"value": "a"}}),
        (Literal["a", "b"], {"selected_option": "0"}),
        (Literal["a", "b"], {"selected_option": {"value": ["0"]}}),
        (list[Literal["a", "b"]], {"selected_options": [{"value": "2"}]}),
        (list[Literal["a", "b"]], {"selected_options": [{"value": "0"}] * 3}),
        (list[Literal["a", "b"]], {"selected_options": {"value": "0"}}),
        (date, {"selected_date": "22.11.2026"}),
        (date, {"selected_date": "2026-13-45"}),
    ],
)
def test_what_was_not_offered_is_refused(annotation, state):
    found = read(annotation, ..., state)

    assert isinstance(found, FieldErrors)
    assert set(found.errors) == {"x"}


def test_only_declared_blocks_are_read():
    values = {"x": {"value": {"value": "a"}, "y": {"value": "b"}}, "requested_by": {"value": {}}}

    assert form(model(x=str)).read(values) == {"x": "a"}


def test_arguments_carry_the_alias_and_blocks_the_field():
    made = form(model(x=(str, Field(alias="teamId"))))

    assert made.blocks()[0]["block_id"] == "x"
    assert made.read({"x": {"value": {"value": "OPS"}}}) == {"teamId": "OPS"}


def test_the_first_plain_alias_of_several_is_used():
    choices = AliasChoices(AliasPath("team", "id"), "teamId")

    made = form(model(x=(str, Field(validation_alias=choices))))

    assert made.read({"x": {"value": {"value": "OPS"}}}) == {"teamId": "OPS"}


def test_a_model_that_takes_names_only_gets_the_name():
    class Named(BaseModel):
        model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)
        x: str = Field(alias="teamId")

    assert form(Named).read({"x": {"value": {"value": "OPS"}}}) == {"x": "OPS"}


@pytest.mark.parametrize(
    ("annotation", "given", "message"),
    [
        (Annotated[str, Field(min_length=3)], "a", "Please enter at least 3 characters."),
        (Annotated[str, Field(max_length=1)], "ab", "Please enter at most 1 character."),
        (Annotated[str, Field(pattern="^[A-Z]+$")], "x", "This does not have the form ^[A-Z]+$"),
        (Annotated[int, Field(gt=3)], "3", "Please enter more than 3."),
        (Annotated[int, Field(ge=3)], "2", "Please enter 3 or more."),
        (Annotated[int, Field(lt=3)], "3", "Please enter less than 3."),
        (Annotated[int, Field(le=3)], "4", "Please enter 3 or less."),
        (Annotated[int, Field(multiple_of=5)], "4", "Please enter a multiple of 5."),
    ],
)
def test_constraints_are_explained_in_friendly_words(annotation, given, message):
    assert read(annotation, ..., {"value": given}) == FieldErrors({"x": message})


def test_an_error_under_an_alias_shows_at_its_field():
    made = form(model(x=(Annotated[str, Field(min_length=3)], Field(alias="teamId"))))

    found = made.read({"x": {"value": {"value": "a"}}})

    assert found == FieldErrors({"x": "Please enter at least 3 characters."})


def test_what_a_jobs_own_validator_says_is_passed_on_and_shortened():
    class Checked(BaseModel):
        x: str

        @field_validator("x")
        @classmethod
        def _refuse(cls, given: str) -> str:
            raise ValueError("no such team\u202e " + "x" * 500)

    found = form(Checked).read({"x": {"value": {"value": "a"}}})

    assert isinstance(found, FieldErrors)
    assert found.errors["x"].startswith("no such team⟨U+202E⟩ x")
    assert len(found.errors["x"]) <= 150


def test_an_error_about_the_whole_shows_at_the_first_field():
    class Both(BaseModel):
        first: str = ""
        second: str = ""

        @model_validator(mode="after")
        def _refuse(self) -> "Both":
            raise ValueError("give one of the two")

    assert form(Both).read({}) == FieldErrors({"first": "give one of the two"})


def test_an_error_we_know_no_words_for_does_not_repeat_what_was_typed():
    class Odd(BaseModel):
        x: Annotated[str, Field(json_schema_extra={"format": "ipv4"})]

        @field_validator("x")
        @classmethod
        def _refuse(cls, given: str) -> str:
            raise PydanticCustomError("odd", "cannot use {given}", {"given": given})

    found = form(Odd).read({"x": {"value": {"value": "hunter2"}}})

    assert found == FieldErrors({"x": "This value is not accepted."})


def test_errors_show_in_the_hint_of_their_field():
    made = form(model(x=(str, Field(description="the team"))))

    drawn = made.blocks({"x": "Please fill this in."})

    assert drawn[0]["hint"]["text"] == "⚠ Please fill this in.\nthe team"


def test_a_model_without_fields_has_an_empty_form():
    made = form(model())

    assert made.blocks() == []
    assert made.read({}) == {}
