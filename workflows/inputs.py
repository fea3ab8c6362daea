"""Inputs: what a job is given, checked once when its run is accepted, the same at every pass.

An author's checks run when the run is accepted, and never again: an approval may take longer than
a date stays in the future. What they made of the input is stored, and read back by its types.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from types import CodeType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic_core import ErrorDetails, PydanticUndefined

from workflows import raised
from workflows.errors import NotSerializable
from workflows.kept import Kept
from workflows.plain import dumps, plain
from workflows.written import written

Given = Mapping[str, Any] | BaseModel
ROOT = "input"
MOST_MODELS = 1_000


class Unaccepted(Exception):
    """An input that is refused: where in it ("" for the whole), and why."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(str(problems))
        self.problems = problems


class Input:
    """The input of jobs that take one model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def accept(self, given: Given) -> str:
        """Answer what a run is given, checked and with defaults, as JSON. Raises Unaccepted."""
        checked = self.checked(given)
        if isinstance(checked, list):
            raise Unaccepted({where(error): error["msg"] for error in checked})
        try:
            return self._kept.write(checked, ROOT)
        except NotSerializable as error:
            raise Unaccepted({_inside(error.path): str(error)}) from error

    def checked(self, given: Given) -> BaseModel | list[ErrorDetails]:
        """Answer what the author's checks make of it, or what they object to, whatever it is."""
        try:
            return self._validated(given)
        except ValidationError as error:
            return _listed(error)
        except NotSerializable as error:
            return [_complaint((_inside(error.path),), str(error))]
        except BaseException as error:  # noqa: BLE001  a validator may raise anything whatever
            place = _field_of(self._schema, raised.code(error))
            return [_complaint((place,) if place else (), raised.words(error))]

    def read(self, stored: str) -> tuple[BaseModel, str | None]:
        """Answer a stored input, and how it is to be stored now where a new field was made for it.

        Raises Unaccepted where the model's types have changed, and ValueError where it is no JSON.
        """
        try:
            read: tuple[BaseModel, str | None] = self._kept.complete(stored)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
            if problems[0]["type"] == "json_invalid":
                raise ValueError(problems[0]["msg"]) from error
            raise Unaccepted({where(each): each["msg"] for each in problems}) from error
        except BaseException as error:  # the making of a default, or of a type
            raise Unaccepted({"": raised.words(error)}) from error
        return read

    @property
    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """What of the model JSON can never hold: places and why."""
        return self._kept.unreadable if self._is_complete else ()

    def check_default(self, name: str) -> None:
        """Raise NotSerializable where the default of a field would not come back."""
        field = self._model.model_fields[name]
        if field.default is PydanticUndefined or field.validate_default:
            return
        written(field.default, name)
        if self._is_complete and not self._model.model_config.get("validate_default"):
            with suppress(PydanticUserError):  # a type that only the model's own config allows
                Kept(field.annotation).write(field.default, name)

    def _validated(self, given: Given) -> BaseModel:
        if isinstance(given, self._model):
            return self._model.model_validate(given)
        asked = plain(given, ROOT) if isinstance(given, BaseModel) else given
        if not _is_json(asked):
            return self._model.model_validate(dict(asked))
        # As JSON, for that it is: where a model is strict, a date may still be a text.
        return self._model.model_validate_json(dumps(plain(asked, ROOT)))

    @property
    def _is_complete(self) -> bool:
        # A class that it names may not be there yet: then it is seen when a run is started.
        return self._model.model_rebuild(raise_errors=False) is not False

    @cached_property
    def _kept(self) -> Kept:
        return Kept(self._model)

    @cached_property
    def _schema(self) -> Mapping[str, Any]:
        return TypeAdapter(self._model).core_schema


@lru_cache(MOST_MODELS)
def of(model: type[BaseModel]) -> Input:
    """Answer the input of jobs that take *model*."""
    return Input(model)


def where(error: ErrorDetails) -> str:
    """Answer the place in an input that an error of pydantic's is about."""
    return ".".join(str(part) for part in error["loc"])


def json_schema(model: type[BaseModel]) -> dict[str, Any] | None:
    """Answer a model's schema; None where it has none in JSON, or its author's code fails."""
    try:
        return model.model_json_schema()
    except BaseException:  # noqa: BLE001  that code may raise anything whatever
        return None


def _listed(error: ValidationError) -> list[ErrorDetails]:
    try:
        return error.errors(include_url=False, include_input=False)
    except BaseException as another:  # noqa: BLE001  an error of the author's that has no words
        return [_complaint((), raised.words(another))]


def _complaint(place: tuple[str, ...], words: str) -> ErrorDetails:
    """Answer an objection of ours like one of the author's own."""
    context = {"error": words}
    return {"type": "value_error", "loc": place, "msg": words, "input": None, "ctx": context}


def _inside(path: str) -> str:
    return path.removeprefix(ROOT).lstrip(".")


def _is_json(value: Any) -> bool:
    """Whether a value has come from JSON; a job may give another one what is no JSON."""
    if isinstance(value, Mapping):
        return all(type(key) is str and _is_json(each) for key, each in value.items())
    if type(value) is list:
        return all(map(_is_json, value))
    return value is None or type(value) in {str, int, float, bool}


# -- whose code it was --------------------------------------------------------------------


def _field_of(schema: Mapping[str, Any], code: CodeType | None) -> str:
    """Answer the field of a model in whose schema a function stands; "": in none."""
    defined = {each["ref"]: each for each in schema.get("definitions", ())}
    for name, field in _fields(schema, defined).items():
        if any(found is code for found in _codes(field, defined, set())):
            return name
    return ""


def _fields(schema: Mapping[str, Any], defined: Mapping[str, Any]) -> Mapping[str, Any]:
    while "fields" not in schema:
        if schema["type"] == "definition-ref":
            schema = defined[schema["schema_ref"]]
        elif "schema" in schema:
            schema = schema["schema"]
        else:
            return {}
    fields: Mapping[str, Any] = schema["fields"]
    return fields


def _codes(part: Any, defined: Mapping[str, Any], seen: set[str]) -> Iterator[CodeType | None]:
    if isinstance(part, Mapping):
        ref = str(part.get("schema_ref"))
        if ref in defined and ref not in seen:
            seen.add(ref)
            yield from _codes(defined[ref], defined, seen)
        for each in part.values():
            yield from _codes(each, defined, seen)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _codes(each, defined, seen)
    elif callable(part):
        yield getattr(getattr(part, "__func__", part), "__code__", None)
