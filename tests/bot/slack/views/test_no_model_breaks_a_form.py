"""Any model of supported kinds makes a view that Slack takes, and its defaults come back."""

from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, create_model

from bot.sandbox.blocks import problems_of_view
from bot.slack.views.form import FieldErrors, form
from bot.slack.views.modals import run_form
from tests.bot.slack.views.making import PLAIN, TEXTS

thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,12}(_[a-z0-9]{1,8})?", fullmatch=True).filter(
    lambda name: not name.startswith(("model_", "schema")) and not hasattr(BaseModel, name)
)
WORDS = TEXTS.filter(lambda words: not any("\ud800" <= each <= "\udfff" for each in words))
OPTIONS = st.lists(WORDS | st.integers(-5, 5) | st.booleans(), min_size=1, max_size=100).map(
    lambda values: tuple({(type(value), value): value for value in values}.values())
)
Drawn = tuple[Any, Any]  # an annotation, and a default of it


@st.composite
def texts(draw: st.DrawFn) -> Drawn:
    low, more = draw(st.integers(0, 300)), draw(st.none() | st.integers(1, 5_000))
    longest = None if more is None else low + more
    default = draw(st.text(alphabet="ab&<\n", min_size=low, max_size=longest or 4_000))
    extra = draw(st.sampled_from([{}, {"multiline": True}, {"multiline": False}]))
    constraints = Field(min_length=low, max_length=longest, json_schema_extra=extra)
    return Annotated[str, constraints], default


@st.composite
def integers(draw: st.DrawFn) -> Drawn:
    low, default, high = sorted(
        draw(st.lists(st.integers(-(2**62), 2**62), min_size=3, max_size=3))
    )
    bounds = draw(st.sampled_from([{}, {"ge": low}, {"le": high}, {"gt": low - 1, "lt": high + 1}]))
    return Annotated[int, Field(**bounds)], default


@st.composite
def decimals(draw: st.DrawFn) -> Drawn:
    numbers = st.floats(-1e9, 1e9).map(lambda number: round(number, 6))
    low, default, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    bounds = draw(st.sampled_from([{}, {"ge": low}, {"ge": low, "le": high}]))
    return Annotated[float, Field(**bounds)], default


@st.composite
def choices(draw: st.DrawFn) -> Drawn:
    values = draw(OPTIONS)
    default = draw(st.sampled_from(values))
    return Literal[values], default


@st.composite
def enumerations(draw: st.DrawFn) -> Drawn:
    values = draw(st.lists(st.text(max_size=100), min_size=1, max_size=100, unique=True))
    made = Enum("Made", {f"MEMBER_{i}": value for i, value in enumerate(values)})
    return made, draw(st.sampled_from(list(made)))


@st.composite
def lists(draw: st.DrawFn) -> Drawn:
    values = draw(st.lists(WORDS, min_size=1, max_size=100, unique=True))
    default = draw(st.lists(st.sampled_from(values), max_size=5, unique=True))
    return list[Literal[tuple(values)]], default


SWITCHES = st.tuples(st.just(bool), st.booleans())
DAYS = st.tuples(st.just(date), st.dates(min_value=date(1970, 1, 1)))
KINDS = st.one_of(
    texts(), integers(), decimals(), SWITCHES, choices(), enumerations(), lists(), DAYS
)


@st.composite
def fields(draw: st.DrawFn) -> tuple[Any, Any]:
    """A field's annotation and definition, required or not, nullable or not, with any words."""
    annotation, default = draw(KINDS)
    if draw(st.booleans()):
        annotation, default = annotation | None, draw(st.sampled_from([None, default]))
    title, description = draw(st.none() | WORDS), draw(st.none() | WORDS)
    told = {"title": title, "description": description}
    return annotation, Field(default=default, **told) if draw(st.booleans()) else Field(**told)


MODELS = st.dictionaries(NAMES, fields(), max_size=12).map(
    lambda named: create_model("Request", **named)
)


def untouched(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """What Slack sends for a form that nobody has touched."""
    asked = [block for block in blocks if block["type"] == "input"]
    return {block["block_id"]: {"value": state(block["element"])} for block in asked}


def state(element: dict[str, Any]) -> dict[str, Any]:
    match element["type"]:
        case "checkboxes" | "multi_static_select":
            return {"selected_options": element.get("initial_options", [])}
        case "radio_buttons" | "static_select":
            return {"selected_option": element.get("initial_option")}
        case "datepicker":
            return {"selected_date": element.get("initial_date")}
        case _:
            return {"value": element.get("initial_value")}


@given(MODELS, TEXTS)
@thorough
def test_any_model_of_supported_kinds_makes_a_view_that_slack_takes(model, description):
    blocks = form(model).blocks()

    assert problems_of_view(run_form("deploy", description, blocks, "draft")) == []


@given(MODELS)
@thorough
def test_a_form_that_nobody_touched_gives_the_models_defaults(model):
    made = form(model)

    found = made.read(untouched(made.blocks()))

    needed = {field.name for field in made.fields if not field.may_be_empty}
    if isinstance(found, FieldErrors):
        assert set(found.errors) == needed
    else:
        assert not needed
        of_defaults = {name for name, info in model.model_fields.items() if not info.is_required()}
        validated = model.model_validate(found)
        untold = model.model_construct()
        assert {name: getattr(validated, name) for name in of_defaults} == {
            name: getattr(untold, name) for name in of_defaults
        }


@given(MODELS, st.data())
@thorough
def test_errors_fit_into_the_view_they_show_in(model, data):
    made = form(model)
    errors = {field.name: data.draw(WORDS) for field in made.fields}

    assert problems_of_view(run_form("deploy", "", made.blocks(errors), "")) == []


@given(MODELS, st.data())
@thorough
def test_no_answer_however_forged_raises(model, data):
    made = form(model)
    forged = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "value": PLAIN,
                "selected_option": PLAIN | st.fixed_dictionaries({"value": PLAIN}),
                "selected_options": PLAIN | st.lists(st.fixed_dictionaries({"value": PLAIN})),
                "selected_date": PLAIN,
            },
        )
    )
    values = {field.name: {"value": forged} for field in made.fields}

    found = made.read(values)

    if isinstance(found, FieldErrors):
        assert set(found.errors) <= {field.name for field in made.fields} | {""}
        assert all(0 < len(message) <= 150 for message in found.errors.values())
