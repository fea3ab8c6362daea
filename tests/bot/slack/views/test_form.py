"""A job's model as a form: what is asked for, and what is refused."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasPath, Field, RootModel, SecretBytes, SecretStr

from bot.slack.views.form import FormRefused, form
from tests.bot.slack.views.modelling import Colour, Inner, Size, block, element, model


def test_a_text_becomes_an_input_named_after_its_field():
    drawn = form(model(team_id=str)).blocks()

    assert drawn == [
        {
            "type": "input",
            "block_id": "team_id",
            "label": {"type": "plain_text", "text": "Team id", "emoji": False},
            "element": {"type": "plain_text_input", "action_id": "value", "multiline": False},
            "optional": False,
        }
    ]


def test_title_and_description_become_label_and_hint():
    drawn = block(str, Field(title="Which team", description="Its id in Linear"))

    assert drawn["label"]["text"] == "Which team"
    assert drawn["hint"]["text"] == "Its id in Linear"


def test_lengths_and_the_default_reach_the_input():
    drawn = element(Annotated[str, Field(min_length=2, max_length=10)], "abc")

    assert (drawn["min_length"], drawn["max_length"], drawn["initial_value"]) == (2, 10, "abc")


def test_a_length_beyond_slacks_is_slacks():
    assert element(Annotated[str, Field(max_length=50_000)])["max_length"] == 3_000


@pytest.mark.parametrize(
    ("annotation", "default", "is_multiline"),
    [
        (Annotated[str, Field(max_length=120)], ..., False),
        (Annotated[str, Field(max_length=121)], ..., True),
        (Annotated[str, Field(json_schema_extra={"multiline": True})], ..., True),
        (Annotated[str, Field(max_length=999, json_schema_extra={"multiline": False})], ..., False),
        (str, ..., False),
        (str, "two\nlines", True),
    ],
)
def test_long_texts_get_several_lines(annotation, default, is_multiline):
    assert element(annotation, default)["multiline"] is is_multiline


def test_a_field_that_is_called_like_a_long_text_gets_several_lines():
    assert form(model(description=str)).blocks()[0]["element"]["multiline"] is True


@pytest.mark.parametrize(
    ("annotation", "low", "high"),
    [
        (int, None, None),
        (Annotated[int, Field(ge=1, le=9)], "1", "9"),
        (Annotated[int, Field(gt=1, lt=9)], "2", "8"),
        (Annotated[int, Field(ge=-5)], "-5", None),
    ],
)
def test_a_number_has_its_bounds_as_strings(annotation, low, high):
    drawn = element(annotation)

    assert drawn["is_decimal_allowed"] is False
    assert (drawn.get("min_value"), drawn.get("max_value")) == (low, high)


def test_a_default_number_is_a_string_too():
    assert element(int, 7)["initial_value"] == "7"


def test_decimals_are_asked_for_as_such():
    drawn = element(Annotated[float, Field(ge=0)], 0.5)

    assert drawn["is_decimal_allowed"] is True
    assert (drawn["min_value"], drawn["initial_value"]) == ("0", "0.5")


def test_a_switch_is_one_checkbox_that_may_stay_empty():
    drawn = block(bool)

    assert drawn["optional"] is True
    assert drawn["element"]["type"] == "checkboxes"
    assert len(drawn["element"]["options"]) == 1
    assert "initial_options" not in drawn["element"]


def test_a_switch_that_is_on_by_default_is_ticked():
    drawn = element(bool, default=True)

    assert drawn["initial_options"] == drawn["options"]


def test_ten_options_are_radio_buttons_and_eleven_a_menu():
    ten = Literal["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    eleven = Literal["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]

    assert element(ten)["type"] == "radio_buttons"
    assert element(eleven)["type"] == "static_select"


def test_the_value_of_an_option_is_its_place():
    drawn = element(Literal["x" * 200, "b"], "b")

    assert [each["value"] for each in drawn["options"]] == ["0", "1"]
    assert drawn["initial_option"]["value"] == "1"


def test_a_default_is_found_among_the_options_by_its_type_too():
    drawn = element(Literal[1, True], default=True)

    assert drawn["initial_option"]["value"] == "1"


@pytest.mark.parametrize("default", ["x" * 3_001, "\ud800", "ab"])
def test_a_default_that_the_input_would_refuse_is_left_out(default):
    assert "initial_value" not in element(Annotated[str, Field(min_length=3)], default)


@pytest.mark.parametrize("default", ["many", True, float("nan"), 10**40])
def test_a_default_that_is_no_number_slack_can_show_is_left_out(default):
    assert "initial_value" not in element(int, default)


def test_enumerations_of_texts_show_their_values_and_of_numbers_their_names():
    def labels(annotation: Any) -> list[str]:
        return [each["text"]["text"] for each in element(annotation)["options"]]

    assert labels(Colour) == ["red", "green"]
    assert labels(Size) == ["Small", "Extra large"]
    assert labels(Size | None) == ["Small", "Extra large"]


def test_what_has_a_default_or_may_be_null_is_optional():
    assert block(str, "x")["optional"] is True
    assert block(str | None)["optional"] is True
    assert block(str)["optional"] is False


def test_a_yes_or_no_that_may_be_unknown_is_a_choice():
    drawn = element(bool | None, None)

    assert [each["text"]["text"] for each in drawn["options"]] == ["Yes", "No"]
    assert "initial_option" not in drawn


def test_some_of_a_few_are_checkboxes():
    drawn = element(list[Literal["a", "b"]], ["b"])

    assert drawn["type"] == "checkboxes"
    assert drawn["initial_options"] == [drawn["options"][1]]


def test_a_date_is_picked():
    drawn = element(date, date(2026, 11, 22))

    assert drawn == {"type": "datepicker", "action_id": "value", "initial_date": "2026-11-22"}


@pytest.mark.parametrize(
    ("annotation", "says"),
    [
        (SecretStr, "never asked for in a modal"),
        (SecretBytes, "never asked for in a modal"),
        (SecretStr | None, "never asked for in a modal"),
        (Inner, "model in a model"),
        (Inner | None, "model in a model"),
        (dict[str, str], "dictionary"),
        (str | int, "several kinds"),
        (str | int | None, "several kinds"),
        (bytes, "bytes"),
        (list[str], "list of anything"),
        (Any, "too little"),
        (Literal[tuple(f"o{i}" for i in range(101))], "101 options"),
        (Annotated[str, Field(min_length=3_001)], "length"),
        (Annotated[str, Field(max_length=0)], "length"),
        (Annotated[int, Field(ge=5, le=4)], "no number"),
        (Annotated[str, Field(validation_alias=AliasPath("a", 0))], "alias is a path"),
    ],
)
def test_what_slack_has_no_input_for_is_refused_by_name(annotation, says):
    with pytest.raises(FormRefused, match=rf"^Request\.x cannot be asked for .*{says}"):
        form(model(x=annotation))


def test_a_secret_with_a_default_is_refused_all_the_same():
    with pytest.raises(FormRefused, match=r"Request\.token .*never asked for"):
        form(model(token=(SecretStr, SecretStr("x"))))


def test_ninety_fields_are_asked_for_and_ninety_one_are_not():
    assert len(form(model(**{f"f{i}": str for i in range(90)})).fields) == 90
    with pytest.raises(FormRefused, match="more than 90 fields"):
        form(model(**{f"f{i}": str for i in range(91)}))


def test_a_model_that_is_no_set_of_fields_is_refused():
    with pytest.raises(FormRefused, match="root"):
        form(RootModel[str])


def test_a_type_that_has_no_json_is_refused_by_name():
    with pytest.raises(FormRefused, match=r"^Request\.x cannot be asked for in Slack"):
        form(model(x=Callable[[], None]))


def test_a_default_that_is_no_json_is_left_out_without_a_warning():
    assert "initial_value" not in element(str, object())
