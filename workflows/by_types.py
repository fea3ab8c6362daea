"""By types: a pydantic schema without what its author added to the types.

What is stored has been checked once, and is read back by its types alone: without validators,
constraints, strictness, aliases and serializers, under the names of the fields. What pydantic
itself needs to make a type (a path of a text) stays. A type that JSON cannot hold is unreadable.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from enum import Enum, Flag
from functools import partial
from operator import attrgetter
from types import MethodType
from typing import Any, NamedTuple, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticCustomError, PydanticUndefined

from workflows.errors import NotSerializable
from workflows.plain import dumps
from workflows.written import written

Schema = Mapping[str, Any]
Made = dict[str, Any]

# What of a leaf says which type it is, and not which of its values are welcome.
LEAVES = frozenset(
    {
        *("none", "bool", "int", "float", "str", "bytes", "date", "time", "datetime"),
        *("timedelta", "uuid", "complex", "fraction"),
    }
)
KEPT = frozenset({"name", "type", "init", "kw_only", "required", "preserve_empty_path"})
EXTRAS = ("extras_schema", "extras_keys_schema")
# Functions of pydantic's own without which the value would be of another type.
MAKING = frozenset({"path_validator", "wrap_val", "defaultdict_validator", "ByteSize._validate"})
STORED_AS = {"ser_json_bytes": "val_json_bytes", "ser_json_temporal": "val_temporal_unit"}


ALWAYS_THE_SAME = (list, dict, set, frozenset, tuple, deque, str, int, float, bool)
# What a default was made by while something was read: another time it may be made otherwise.
MADE_ANEW: ContextVar[list[Callable[..., Any]]] = ContextVar("made_anew")


class AnyJson(NamedTuple):
    """What was read where the type is open to anything."""

    value: Any


class AnySequence(NamedTuple):
    """What was read where the type says only that there is one after the other."""

    value: Any


class Reading(NamedTuple):
    """A schema that reads what is stored, and what of it can never be read: places and types.

    With marks, what a type leaves open is answered as `AnyJson` or `AnySequence`.
    """

    schema: Made
    unreadable: tuple[tuple[str, str], ...]


def by_types(schema: Schema, *, exact: bool = True, marks: bool = False) -> Reading:
    """Answer how values of a schema are read back.

    Where it need not be *exact*, what may be taken one by one comes back as a list.
    """
    walk = _Walk(exact, marks)
    return Reading(walk.made(schema, ""), tuple(walk.unreadable))


class _Walk:
    def __init__(self, exact: bool, marks: bool) -> None:  # noqa: FBT001  of `by_types`
        self._exact = exact
        self._marks = marks
        self.unreadable: list[tuple[str, str]] = []

    def made(self, schema: Schema, place: str) -> Made:
        kind = schema["type"].replace("-", "_")
        if schema["type"] in LEAVES:
            made = {"type": schema["type"]}
        else:
            made = getattr(self, f"_{kind}", self._other)(schema, place)
        if "ref" not in schema or made.get("ref") == schema["ref"]:
            return made
        if "ref" in made:  # two of them, where a function that had one is gone
            made = {"type": "chain", "steps": [made]}
        return {**made, "ref": schema["ref"]}

    # -- what is left out ---------------------------------------------------------------------

    def _function_before(self, schema: Schema, place: str) -> Made:
        inner = self.made(schema["schema"], place)
        if not _makes_the_type(schema["function"]["function"]):
            return inner
        return {"type": schema["type"], "function": schema["function"], "schema": inner}

    _function_after = _function_wrap = _function_before

    def _function_plain(self, schema: Schema, place: str) -> Made:
        if _is_pydantics(schema["function"]["function"]):
            return {"type": "function-plain", "function": schema["function"]}
        # Instead of reading the type; pydantic keeps the type for its serializer.
        return self.made(schema.get("serialization", {}).get("schema", {"type": "any"}), place)

    def _custom_error(self, schema: Schema, place: str) -> Made:
        return self.made(schema["schema"], place)

    def _json(self, schema: Schema, place: str) -> Made:
        # What is stored is what was in the text.
        return self.made(schema.get("schema", {"type": "any"}), place)

    def _lax_or_strict(self, schema: Schema, place: str) -> Made:
        return self.made(schema["lax_schema"], place)

    def _json_or_python(self, schema: Schema, place: str) -> Made:
        made = self.made(schema["json_schema"], place)
        is_abstract = schema["json_schema"]["type"] == "list"
        return self._marked(made, AnySequence) if is_abstract else made

    def _chain(self, schema: Schema, place: str) -> Made:
        # What the last one has made is what there is to be read.
        steps = [step for step in schema["steps"] if not step["type"].startswith("is-")]
        return self.made(steps[-1], place)

    def _default(self, schema: Schema, place: str) -> Made:
        kept = {name: schema[name] for name in schema if name.startswith(("default", "copy_"))}
        inner = self.made(schema["schema"], place)
        if not kept:
            return inner
        if "default_factory" in schema and schema["default_factory"] not in ALWAYS_THE_SAME:
            kept["default_factory"] = partial(_anew, schema["default_factory"])
        checks = schema.get("validate_default", False)
        return {"type": "default", **kept, "validate_default": checks, "schema": inner}

    # -- what may be anything -----------------------------------------------------------------

    def _any(self, schema: Schema, place: str) -> Made:
        return self._marked({"type": "any"}, AnyJson)

    def _generator(self, schema: Schema, place: str) -> Made:
        if self._exact:
            return self._other(schema, place)
        return self._marked(self._list({**schema, "type": "list"}, place), AnySequence)

    def _marked(self, made: Made, mark: Callable[[Any], Any]) -> Made:
        return _after(mark, made) if self._marks else made

    # -- values -------------------------------------------------------------------------------

    def _decimal(self, schema: Schema, place: str) -> Made:
        return {"type": "decimal", "allow_inf_nan": True}

    def _url(self, schema: Schema, place: str) -> Made:
        return {name: schema[name] for name in schema if name in KEPT}

    _multi_host_url = _url

    def _enum(self, schema: Schema, place: str) -> Made:
        return self._one_of(schema["cls"], schema["members"], place)

    def _literal(self, schema: Schema, place: str) -> Made:
        if all(type(value) in {str, int, bool, type(None)} for value in schema["expected"]):
            return {"type": "literal", "expected": schema["expected"]}
        return self._one_of(None, schema["expected"], place)

    def _one_of(self, cls: type[Enum] | None, values: list[Any], place: str) -> Made:
        try:
            known = {dumps(written(value, place or "value")): value for value in values}
        except NotSerializable as error:
            return self._unreadable(place, str(error))
        if len(known) < len(values):
            return self._unreadable(place, "two of its values are the same in JSON")
        read = partial(_member, known, cls if cls and issubclass(cls, Flag) else None)
        return _instead(read)

    # -- values of values ---------------------------------------------------------------------

    def _list(self, schema: Schema, place: str) -> Made:
        items = schema.get("items_schema", {"type": "any"})
        return {"type": schema["type"], "items_schema": self.made(items, f"{place}[]")}

    _set = _frozenset = _deque = _list

    def _tuple(self, schema: Schema, place: str) -> Made:
        items = [self.made(each, f"{place}[]") for each in schema["items_schema"]]
        kept = {name: schema[name] for name in schema if name == "variadic_item_index"}
        return {"type": "tuple", "items_schema": items, **kept}

    def _dict(self, schema: Schema, place: str) -> Made:
        made = {
            name: self.made(schema[name], f"{place}[]")
            for name in ("keys_schema", "values_schema")
            if name in schema
        }
        if "values_schema" not in made:
            made["values_schema"] = self._any(schema, place)
        return {"type": schema["type"], **made}

    _ordered_dict = _counter = _dict

    def _nullable(self, schema: Schema, place: str) -> Made:
        return {"type": "nullable", "schema": self._one(schema["schema"], place)[0]}

    def _union(self, schema: Schema, place: str) -> Made:
        choices = schema["choices"]
        listed = list(choices.values()) if isinstance(choices, Mapping) else choices
        return self._choices(
            [each[0] if isinstance(each, tuple) else each for each in listed], place
        )

    _tagged_union = _union  # which one it is can be seen without its tag, or it is refused

    def _choices(self, choices: list[Schema], place: str) -> Made:
        made = [self._one(choice, place) for choice in choices]
        if not any(is_readable for _, is_readable in made):
            self.unreadable.append((place, "none of its types is one that JSON can hold"))
        return {"type": "union", "choices": [each for each, _ in made]}

    def _one(self, schema: Schema, place: str) -> tuple[Made, bool]:
        """Answer one of several, and whether it can be read; the others may do."""
        before = len(self.unreadable)
        made = self.made(schema, place)
        is_readable = len(self.unreadable) == before
        del self.unreadable[before:]
        return made, is_readable

    # -- models and their like ----------------------------------------------------------------

    def _model(self, schema: Schema, place: str) -> Made:
        cls = schema["cls"]
        config = schema.get("config", {})
        made: Made = {"type": "model", "cls": cls, "config": _config(config)}
        made["schema"] = self._fields_of(schema["schema"], config, place)
        made |= {name: schema[name] for name in ("root_model", "generic_origin") if name in schema}
        finish = partial(_finished, _computed(schema["schema"]))
        if not cls.__private_attributes__ and not finish.args[0]:
            return made
        return _after(finish, made)

    def _fields_of(self, schema: Schema, config: Schema, place: str) -> Made:
        """Answer the fields of a model, also from within its validators."""
        within = _within(schema)
        if within["type"] == "model-fields":
            return self._model_fields(within, place, config.get("extra_fields_behavior"))
        return self.made(schema, place)  # of a RootModel

    def _model_fields(self, schema: Schema, place: str, extra: str | None = None) -> Made:
        fields = {name: self._field(name, each, place) for name, each in schema["fields"].items()}
        return {"type": "model-fields", "fields": fields, **self._extras(schema, extra, place)}

    def _typed_dict(self, schema: Schema, place: str) -> Made:
        config = schema.get("config", {})
        fields = {name: self._field(name, each, place) for name, each in schema["fields"].items()}
        kept = {name: schema[name] for name in ("total", "cls", "cls_name") if name in schema}
        extras = self._extras(schema, config.get("extra_fields_behavior"), place)
        return {**kept, "type": "typed-dict", "fields": fields, "config": _config(config), **extras}

    def _dataclass(self, schema: Schema, place: str) -> Made:
        config = schema.get("config", {})
        inner = _within(schema["schema"])
        kept = {n: schema[n] for n in ("cls", "cls_name", "slots", "generic_origin") if n in schema}
        args = {
            "type": "dataclass-args",
            "dataclass_name": inner["dataclass_name"],
            "fields": self._listed(inner["fields"], place),
            **self._extras(inner, config.get("extra_fields_behavior"), place),
        }
        fields = [each["name"] for each in args["fields"]]
        return {
            **kept,
            "type": "dataclass",
            "schema": args,
            "fields": fields,
            "config": _config(config),
        }

    def _named_tuple(self, schema: Schema, place: str) -> Made:
        fields = self._listed(schema["fields"], place)
        return {"type": "named-tuple", "cls": schema["cls"], "fields": fields}

    def _listed(self, fields: list[Schema], place: str) -> list[Made]:
        """Answer fields that have their names in them; what is only for `__init__` is not kept."""
        kept = [each for each in fields if not each.get("init_only")]
        made = [self._field(each["name"], each, place) for each in kept]
        return [{**each, "init": True} if "init" in each else each for each in made]

    def _field(self, name: str, schema: Schema, place: str) -> Made:
        kept = {key: schema[key] for key in schema if key in KEPT}
        return {**kept, "schema": self.made(schema["schema"], f"{place}.{name}".lstrip("."))}

    def _extras(self, schema: Schema, extra: str | None, place: str) -> Made:
        """What was not asked for is kept where the author keeps it, and no longer objected to."""
        if schema.get("extra_behavior", extra) != "allow":
            return {"extra_behavior": "ignore"}
        kept = {name: self.made(schema[name], f"{place}[]") for name in EXTRAS if name in schema}
        return {"extra_behavior": "allow", **kept}

    # -- the rest -----------------------------------------------------------------------------

    def _definitions(self, schema: Schema, place: str) -> Made:
        defined = [self.made(each, place) for each in schema["definitions"]]
        return {
            "type": "definitions",
            "schema": self.made(schema["schema"], place),
            "definitions": defined,
        }

    def _definition_ref(self, schema: Schema, place: str) -> Made:
        return {"type": "definition-ref", "schema_ref": schema["schema_ref"]}

    def _other(self, schema: Schema, place: str) -> Made:
        """A callable, an instance of some class, what is made one by one, or new to us."""
        cls = schema.get("cls")
        what = f"{schema['type']} {cls.__name__}" if isinstance(cls, type) else schema["type"]
        return self._unreadable(place, f"JSON cannot hold it ({what})")

    def _unreadable(self, place: str, why: str) -> Made:
        self.unreadable.append((place, why))
        refuse = partial(_refuse, why)
        return _instead(refuse)


def _after(function: Callable[[Any], Any], schema: Made) -> Made:
    called = {"type": "no-info", "function": function}
    return {"type": "function-after", "function": called, "schema": schema}


def _instead(function: Callable[[Any], Any]) -> Made:
    return {"type": "function-plain", "function": {"type": "no-info", "function": function}}


def _makes_the_type(function: Any) -> bool:
    bare = _bare(function)
    if isinstance(bare, attrgetter):  # what `use_enum_values` takes of an enum
        return True
    if _is_pydantics(bare):
        return not MAKING.isdisjoint({bare.__name__, bare.__qualname__})
    return _says_how_it_is_made(_promised(bare))


def _says_how_it_is_made(cls: Any) -> bool:
    """Whether a class of an author's own tells pydantic how to make one, of a text say."""
    is_model = isinstance(cls, type) and issubclass(cls, BaseModel)
    return isinstance(cls, type) and not is_model and hasattr(cls, "__get_pydantic_core_schema__")


def _promised(function: Any) -> Any:
    """Answer what a function says that it returns."""
    try:
        return get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001  whatever its annotations name
        return None


def _is_pydantics(function: Any) -> bool:
    return str(getattr(_bare(function), "__module__", "")).partition(".")[0] == "pydantic"


def _bare(function: Any) -> Any:
    if isinstance(function, partial):
        return _bare(function.func)
    return function.__func__ if isinstance(function, MethodType) else function


def _member(known: Mapping[str, Any], flag: type[Flag] | None, value: Any) -> Any:
    try:
        text = dumps(value)
        return known[text] if flag is None or text in known else flag(value)
    except (KeyError, TypeError, ValueError):
        words = "Input should be one of: {listed}"
        raise PydanticCustomError("one_of", words, {"listed": ", ".join(known)}) from None


def _anew(factory: Callable[..., Any], *given: Any) -> Any:
    anew = MADE_ANEW.get(None)
    if anew is not None:
        anew.append(factory)
    return factory(*given)


def _refuse(why: str, value: Any) -> Any:
    raise PydanticCustomError("unreadable", "{why}", {"why": why})


def _config(config: Schema) -> Made:
    """What says how JSON was written is how it is read."""
    return {
        read: config[wrote]
        for wrote, read in STORED_AS.items()
        if config.get(wrote) in {"base64", "hex", "seconds", "milliseconds"}
    }


def _computed(schema: Schema) -> tuple[str, ...]:
    listed = _within(schema).get("computed_fields", ())
    return tuple(each["property_name"] for each in listed)


def _within(schema: Schema) -> Schema:
    """Answer what the validators of a whole are around."""
    while schema["type"].startswith("function-") and "schema" in schema:
        schema = schema["schema"]
    return schema


def _finished(computed: tuple[str, ...], model: BaseModel) -> BaseModel:
    """Give a model its private attributes, as they are before its author's code changes them.

    What was computed of the fields was stored by 0.1.0 among them; it is none of the extras.
    """
    for name in computed if model.__pydantic_extra__ else ():
        model.__pydantic_extra__.pop(name, None)  # type: ignore[union-attr]
    private = dict(_private(model)) if model.__private_attributes__ else None
    object.__setattr__(model, "__pydantic_private__", private)
    return model


def _private(model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, attribute in model.__private_attributes__.items():
        default = attribute.get_default(call_default_factory=True, validated_data=model.__dict__)
        if default is not PydanticUndefined:
            yield name, default
