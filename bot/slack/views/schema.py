"""From a pydantic model to kinds of input: what can be asked for in Slack, and what cannot.

The model's own JSON schema is read, by field name, so whatever pydantic understands of types and
constraints is understood here too; what Slack has no input for is refused by name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

from pydantic import AliasChoices, BaseModel
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaValue,
    JsonSchemaWarningKind,
)

from bot.slack.views import outcome, text
from bot.slack.views.inputs import (
    Chosen,
    Day,
    Exact,
    Hour,
    Instant,
    Kind,
    Number,
    One,
    Scalar,
    Several,
    Tick,
    Words,
)
from workflows import raised

MOST_FIELDS = 90  # a modal has 100 blocks; a longer form belongs on a page
MULTILINE_FROM = 120  # characters that still read well on one line
LONG_TEXTS = frozenset(
    {"body", "comment", "content", "description", "details", "message", "note", "notes"}
    | {"reason", "summary", "text", "why"}
)
NEVER_ASKED = "secrets are never asked for in a modal: read them from the environment instead"
_TEXT_FORMS = {"email": "email_text_input", "uri": "url_text_input"}
_PICKERS: Mapping[str, Callable[[str | None], Kind]] = {
    "date": Day,
    "time": Hour,
    "date-time": Instant,
}
_CHOSEN = {
    "user": ("users_select", "selected_user"),
    "channel": ("conversations_select", "selected_conversation"),
}
_BYTES = frozenset({"binary", "base64", "base64url"})

Schema = Mapping[str, Any]


class FormRefused(ValueError):
    """A model that no Slack form can be made of; the message names the field and the reason."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input: *name* is the field and the block id, *key* the argument it becomes."""

    name: str
    key: str
    label: str
    hint: str
    is_required: bool
    is_nullable: bool
    kind: Kind

    @property
    def may_be_empty(self) -> bool:
        return not self.is_required or self.is_nullable or isinstance(self.kind, Tick | Several)


class _Quiet(GenerateJsonSchema):
    """What has no JSON is left out in silence: a default, or a field's type."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {  # noqa: RUF012  as the base declares it
        "skipped-choice",
        "non-serializable-default",
    }

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        """Say nothing about a type that has no JSON: the field is then refused by name."""
        return {}


def fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """Answer a model's inputs in order. Raises FormRefused."""
    if len(model.model_fields) > MOST_FIELDS:
        raise FormRefused(f"{model.__name__} has more than {MOST_FIELDS} fields: too many to ask")
    schema = _schema(model)
    required = frozenset(schema.get("required", ()))
    return tuple(
        _field(model, name, info, schema, is_required=name in required)
        for name, info in model.model_fields.items()
    )


def _schema(model: type[BaseModel]) -> Schema:
    try:
        schema = model.model_json_schema(by_alias=False, schema_generator=_Quiet)
    except PydanticUserError as error:
        reason = str(error).partition("\n")[0]
        raise FormRefused(f"{model.__name__} cannot be asked for in Slack: {reason}") from error
    except BaseException as error:  # a function of the author's may raise anything whatever
        reason = raised.words(error)
        raise FormRefused(f"{model.__name__} cannot be asked for in Slack: {reason}") from error
    if "$ref" in schema:  # a model that contains itself
        return {**_resolved(schema, schema.get("$defs", {})), "$defs": schema["$defs"]}
    return schema


def _field(
    model: type[BaseModel], name: str, info: FieldInfo, schema: Schema, *, is_required: bool
) -> Field:
    try:
        found, is_nullable = _without_null(_described(schema, name), schema.get("$defs", {}))
        return Field(
            name=name,
            key=_key(model, name, info),
            label=_label(name, info),
            hint=info.description or "",
            is_required=is_required,
            is_nullable=is_nullable,
            kind=_kind(found, _Place(name, info, schema.get("$defs", {}), is_nullable)),
        )
    except FormRefused as refused:
        raise FormRefused(
            f"{model.__name__}.{name} cannot be asked for in Slack: {refused}"
        ) from None


def _described(schema: Schema, name: str) -> Schema:
    described: Schema | None = schema.get("properties", {}).get(name)
    if described is None:  # a root model has no properties
        raise FormRefused("it is not a plain field")
    return described


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a kind is looked for."""

    name: str
    info: FieldInfo
    definitions: Schema
    is_nullable: bool


def _key(model: type[BaseModel], name: str, info: FieldInfo) -> str:
    """Answer the name the model takes this field under."""
    alias = info.validation_alias
    if alias is None or model.model_config.get("validate_by_alias") is False:
        return name
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    written = [each for each in choices if isinstance(each, str)]
    if not written:
        raise FormRefused("its alias is a path into a nested value")
    return written[0]


def _label(name: str, info: FieldInfo) -> str:
    return info.title if info.title and text.one_line(info.title) else outcome.label(name)


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target = definitions[reference.removeprefix("#/$defs/")]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**_resolved(target, definitions), **beside}


def _without_null(schema: Schema, definitions: Schema) -> tuple[Schema, bool]:
    """Answer the schema of what is not null, and whether null is allowed."""
    found = _resolved(schema, definitions)
    if "oneOf" in found or "allOf" in found:
        raise FormRefused("it may be of several kinds; a form asks for one")
    if "anyOf" not in found:
        return found, None in found.get("enum", ())
    others = [each for each in found["anyOf"] if each.get("type") != "null"]
    if [each.get("type") for each in others] == ["number", "string"]:
        # How pydantic describes a Decimal: a number, or a text that keeps every digit.
        beside = {key: value for key, value in found.items() if key != "anyOf"}
        exact = {**others[0], **beside, "type": "decimal"}
        return exact, len(others) < len(found["anyOf"])
    if len(others) != 1:
        raise FormRefused("it may be of several kinds; a form asks for one")
    beside = {key: value for key, value in found.items() if key != "anyOf"}
    inner, _ = _without_null(others[0], definitions)
    return {**inner, **beside}, len(others) < len(found["anyOf"])


def _kind(schema: Schema, place: _Place) -> Kind:
    if schema.get("writeOnly") or schema.get("format") == "password":
        raise FormRefused(NEVER_ASKED)
    if "enum" in schema or "const" in schema:
        return _one(schema, place)
    match schema.get("type"):
        case "string":
            return _string(schema, place)
        case "integer" | "number" | "decimal" as form:
            return _NUMBERS[form](schema)
        case "boolean":
            return _boolean(schema, place)
        case "array":
            return _several(schema, place)
        case "object" if "properties" in schema:
            raise FormRefused("it is a model in a model; make its fields fields of this one")
        case "object":
            raise FormRefused("it is a dictionary, and a form has no input for one")
        case _:
            raise FormRefused("its type says too little about what to ask for")


def _string(schema: Schema, place: _Place) -> Kind:
    if schema.get("format") in _BYTES:
        raise FormRefused("it is bytes; take text, or the address of a file")
    if "contentMediaType" in schema:
        raise FormRefused("it is a document in a text; make its fields fields of this model")
    default = schema.get("default")
    initial = default if isinstance(default, str) else None
    if schema.get("slack") in _CHOSEN:
        return Chosen(*_CHOSEN[schema["slack"]], initial)
    if schema.get("format") in _PICKERS:
        return _PICKERS[schema["format"]](initial)
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    if shortest > text.INPUT_TEXT or longest == 0 or shortest > (longest or shortest):
        raise FormRefused(f"no text that Slack takes (1 to {text.INPUT_TEXT}) has such a length")
    is_multiline = _is_multiline(schema, place.name, initial)
    form = _TEXT_FORMS.get(schema.get("format", ""), "plain_text_input")
    return Words(form, shortest, longest, is_multiline, initial)


def _is_multiline(schema: Schema, name: str, initial: str | None) -> bool:
    wished = schema.get("multiline")
    if isinstance(wished, bool):
        return wished
    longest = schema.get("maxLength")
    is_long = name in LONG_TEXTS if longest is None else longest > MULTILINE_FROM
    return is_long or "\n" in (initial or "")


def _integer(schema: Schema) -> Number:
    lows = [schema.get("minimum"), _moved(schema.get("exclusiveMinimum"), 1)]
    highs = [schema.get("maximum"), _moved(schema.get("exclusiveMaximum"), -1)]
    return _number(schema, lows, highs, is_decimal=False)


def _decimal(schema: Schema) -> Number:
    """Answer a number with decimals; the model itself sees to bounds that do not belong to it."""
    lows = [schema.get("minimum"), schema.get("exclusiveMinimum")]
    highs = [schema.get("maximum"), schema.get("exclusiveMaximum")]
    return _number(schema, lows, highs, is_decimal=True)


def _exact(schema: Schema) -> Exact:
    """Answer a decimal number; its default is a text."""
    default = schema.get("default")
    try:
        initial = float(default) if isinstance(default, str) else default
    except ValueError:
        initial = None
    return Exact(_decimal({**schema, "default": initial}))


def _number(
    schema: Schema, lows: list[float | None], highs: list[float | None], *, is_decimal: bool
) -> Number:
    lowest = max((low for low in lows if low is not None), default=None)
    highest = min((high for high in highs if high is not None), default=None)
    if lowest is not None and highest is not None and lowest > highest:
        raise FormRefused(f"no number is at least {lowest} and at most {highest}")
    default = schema.get("default")
    is_number = isinstance(default, int | float) and not isinstance(default, bool)
    return Number(is_decimal, lowest, highest, default if is_number else None)


def _moved(bound: float | None, by: int) -> float | None:
    return None if bound is None else bound + by


_NUMBERS: Mapping[str, Callable[[Schema], Kind]] = {
    "integer": _integer,
    "number": _decimal,
    "decimal": _exact,
}


def _boolean(schema: Schema, place: _Place) -> Kind:
    """Answer a checkbox; where nothing is an answer too, a choice of yes and no."""
    default = schema.get("default")
    if place.is_nullable:
        return One(("Yes", "No"), (True, False), default)
    return Tick(default is True)


def _one(schema: Schema, place: _Place) -> One:
    values = _values(schema)
    return One(_labels(values, place.info), values, schema.get("default"))


def _several(schema: Schema, place: _Place) -> Several:
    items, _ = _without_null(schema.get("items", {}), place.definitions)
    if "enum" not in items and "const" not in items:
        raise FormRefused("it is a list of anything; a form can only ask for some of a few")
    values, default = _values(items), schema.get("default")
    initial = tuple(default) if isinstance(default, list) else ()
    none_is_absent = place.is_nullable and not initial
    return Several(_labels(values, place.info), values, initial, none_is_absent)


def _values(schema: Schema) -> tuple[Scalar, ...]:
    """Answer what may be chosen, null aside. Raises FormRefused when Slack cannot offer it."""
    listed = schema["enum"] if "enum" in schema else [schema["const"]]
    values = tuple(each for each in listed if each is not None)
    if not values or not all(isinstance(each, Scalar) for each in values):
        raise FormRefused("its options are no plain values")
    if len(values) > text.OPTIONS:
        raise FormRefused(f"it has {len(values)} options; Slack shows {text.OPTIONS} at most")
    return values


def _labels(values: tuple[Scalar, ...], info: FieldInfo) -> tuple[str, ...]:
    """Answer what each option is called: texts speak for themselves, numbers by their name."""
    names = _member_names(info.annotation)
    return tuple(
        value if isinstance(value, str) else names.get((type(value), value), outcome.shown(value))
        for value in values
    )


def _member_names(annotation: Any) -> dict[tuple[type, Any], str]:
    """Find the names of enumeration members in an annotation, by type and value."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return {
            (type(member.value), member.value): outcome.label(re.sub(r"([A-Z]+)", _lower, name))
            for name, member in annotation.__members__.items()
            if isinstance(member.value, Scalar)
        }
    inner: dict[tuple[type, Any], str] = {}
    for each in get_args(annotation):
        inner |= _member_names(each)
    return inner


def _lower(found: re.Match[str]) -> str:
    return found[0].lower()
