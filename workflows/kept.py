"""Kept: how the values of a type are written down as JSON and read back, by the type alone.

What would not come back as it was is refused when it is written: whoever reads it later gets what
was made then, however its author's checks would judge it by now.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import SchemaValidator

from workflows.by_types import MADE_ANEW, Reading, by_types
from workflows.errors import NotSerializable
from workflows.plain import dumps
from workflows.same import difference
from workflows.written import written


class Kept:
    """One type. Unless *exact*, a value of a class that will do for it comes back as one of it."""

    def __init__(self, of: Any, *, exact: bool = True) -> None:
        self._schema = TypeAdapter(of).core_schema
        self._exact = exact

    def write(self, value: Any, name: str) -> str:
        """Answer *value* as JSON.

        Raises NotSerializable with the path, from *name* on, of what would not come back.
        """
        text = dumps(written(value, name))
        path = self._lost(value, text)
        if path is not None:
            raise NotSerializable(
                f"{name}{path} would not come back from JSON as it is: its type alone, without"
                " validators and serializers, has to be enough to read it",
                path=name + path,
            )
        return text

    def read(self, text: str) -> Any:
        """Answer the value that was written. Raises ValidationError where it does not fit."""
        return self.complete(text)[0]

    def complete(self, text: str) -> tuple[Any, str | None]:
        """Answer the value that was written; and how it is to be written from now on, where a part
        that is new in its type was made for it: another time that might be made otherwise."""
        anew: list[Any] = []
        token = MADE_ANEW.set(anew)
        try:
            value = self._reader.validate_json(text)
        finally:
            MADE_ANEW.reset(token)
        return value, dumps(written(value)) if anew else None

    @cached_property
    def is_json(self) -> bool:
        """Whether a value of the type is JSON as it is."""
        return _is_json(self._reading.schema)

    def is_exactly(self, text: str) -> bool:
        """Whether JSON is a value of the type without being read as one."""
        try:
            self._reader.validate_json(text, strict=True)
        except ValidationError:
            return False
        return True

    @property
    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """What of the type JSON can never hold: places and why."""
        return self._reading.unreadable

    def _lost(self, value: Any, text: str) -> str | None:
        try:
            read = self._comparing.validate_json(text)
            return difference(value, read, exact=self._exact)
        except ValidationError as error:
            return _path(error.errors()[0]["loc"])
        except BaseException:  # noqa: BLE001  what an author's type does when it is made, or compared
            return ""

    @cached_property
    def _reading(self) -> Reading:
        return by_types(self._schema, exact=self._exact)

    @cached_property
    def _reader(self) -> SchemaValidator:
        return _validator(self._reading)

    @cached_property
    def _comparing(self) -> SchemaValidator:
        if self._exact:
            return self._reader
        return _validator(by_types(self._schema, exact=False, marks=True))


def _is_json(schema: Mapping[str, Any]) -> bool:
    match schema:
        case {"type": "none" | "bool" | "int" | "str" | "float" | "any" | "literal"}:
            return True
        case {"type": "list", "items_schema": items}:
            return _is_json(items)
        case {"type": "dict", "values_schema": values}:
            keys = schema.get("keys_schema", {"type": "any"})
            return keys["type"] in {"str", "any"} and _is_json(values)
        case {"type": "nullable", "schema": inner}:
            return _is_json(inner)
        case {"type": "union", "choices": choices}:
            return all(map(_is_json, choices))
        case _:
            return False


def _validator(reading: Reading) -> SchemaValidator:
    # A class has a validator of its own, with all that was left out here.
    return SchemaValidator(reading.schema, None, False)  # noqa: FBT003  it takes no names


def _path(loc: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
