"""Making models at random: types in types, and on them all that pydantic lets an author add."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    FutureDatetime,
    HttpUrl,
    Json,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    RootModel,
    WrapValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from typing_extensions import TypedDict

from workflows.slack_ids import SlackUser

CALLS: Counter[str] = Counter()
DEEPEST = 3
SOON_S = 0.03
YES_OR_NUMBER = (True, 1, 0)
T = TypeVar("T")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 3


class Odd(Enum):
    PAIR = "1,2"
    HALF = 1.5
    NONE = None


class Box(BaseModel, Generic[T]):
    item: T


class Point(NamedTuple):
    x: int
    y: Decimal = Decimal("1.0")


class Row(TypedDict, total=False):
    id: UUID
    day: date


@dataclass
class Place:
    name: str
    at: tuple[float, float] = (0.0, 0.0)
    tags: set[str] = field(default_factory=set)


@dataclass
class Counted:
    """A dataclass with code of its author's, which doubles once."""

    count: int

    def __post_init__(self) -> None:
        CALLS["post_init"] += 1


class Cat(BaseModel):
    kind: Literal["cat"] = Field(alias="Kind")
    lives: int = Field(9, alias="Lives")


class Dog(BaseModel):
    kind: Literal["dog"] = Field(alias="Kind")
    friends: list["Cat | Dog"] = []


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


@dataclass(frozen=True)
class Kind:
    """A type, and JSON of a value of it. *is_faithful*: JSON can tell its values by it."""

    annotation: Any
    given: Any
    is_faithful: bool = True
    can_be_hashed: bool = True
    until: float = 0.0
    doubles: bool = False


@dataclass
class Made:
    """A model, an input for it, and until when it is valid."""

    model: type[BaseModel]
    given: dict[str, Any]
    is_faithful: bool
    until: float
    keys: dict[str, str | None]

    def told(self) -> str:
        fields = (f"    {name}: {each!r}" for name, each in self.model.model_fields.items())
        decorators = {
            name: list(getattr(self.model.__pydantic_decorators__, name))
            for name in ("field_validators", "model_validators", "computed_fields")
        }
        return (
            f"{self.model.__name__}({self.model.model_config})\n"
            + "\n".join(fields)
            + f"\n{decorators}"
        )

    def objects(self, validated: BaseModel) -> dict[str, Any]:
        """Answer a mapping of values that a job might have at hand; {}: there is no such."""
        if any(key is None for key in self.keys.values()):
            return {}
        return {str(self.keys[name]): getattr(validated, name) for name in self.keys}


def made(random: Random) -> Made:
    """Answer a model with one to four fields, and an input for it."""
    return _Maker(random).model(0)


def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a function of one value of an author's: that it is called is noted."""

    def author(value: Any) -> Any:
        CALLS[name] += 1
        return function(value)

    return author


def _wrapping(value: Any, handler: Any) -> Any:
    CALLS["wrap"] += 1
    return handler(value)


def _checking(cls: Any, value: Any) -> Any:
    CALLS["check"] += 1
    return value


class _Maker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._until = 0.0
        self._is_faithful = True

    def _one(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def _often(self, share: float) -> bool:
        return self._random.random() < share

    # -- types ----------------------------------------------------------------------------------

    def kind(self, depth: int) -> Kind:
        if depth >= DEEPEST or self._often(0.55):
            return self._leaf()
        return self._one(self._listed, self._mapped, self._either, self._inner)(depth + 1)

    def _leaf(self) -> Kind:
        number, text = self._random.randint(-50, 50), self._one("", "a", "ä b", "5", "red", " x ")
        day = date(2026, 1, 1) + timedelta(days=self._random.randint(0, 300))
        moment = datetime(2026, 1, 1, tzinfo=self._one(UTC, None)) + timedelta(
            seconds=self._random.randint(0, 10**6), microseconds=self._one(0, 1, 999_999)
        )
        return self._one(
            Kind(int, number, doubles=True),
            Kind(Annotated[int, Field(ge=-50, le=50)], number, doubles=True),
            Kind(str, text, doubles=True),
            Kind(Annotated[str, Field(max_length=9)], text),
            Kind(bool, bool(self._random.randint(0, 1))),
            Kind(float, self._one(number / 3, float(number), -0.0, 1e300)),
            Kind(Decimal, self._one(f"{number}.10", str(number), number), doubles=True),
            Kind(date, day.isoformat()),
            Kind(datetime, moment.isoformat()),
            Kind(time, moment.time().isoformat()),
            Kind(timedelta, self._one("P1DT2.5S", number, number / 4)),
            Kind(UUID, str(UUID(int=abs(number)))),
            Kind(Path, text or "."),
            Kind(IPv4Address, "10.0.0.1"),
            Kind(bytes, text),
            Kind(Colour, self._one("red", "blue")),
            Kind(Level, self._one(1, 3)),
            Kind(Odd, self._one("1,2", 1.5)),
            Kind(Literal["a", 1] | None, self._one("a", 1, None)),
            Kind(HttpUrl, "https://example.com/a?b=c"),
            Kind(ByteSize, "1KB"),
            Kind(SlackUser, "U0ANA"),
            Kind(Json[list[int]], "[1, 2]", can_be_hashed=False),
            Kind(Json[Any], '{"a": [1.5, null]}', can_be_hashed=False),
            Kind(Any, self._one({"a": [1]}, "x", 1.5, None, [True]), can_be_hashed=False),
            Kind(FutureDatetime, "soon", until=1.0),
        )

    def _listed(self, depth: int) -> Kind:
        inner = self.kind(depth)
        several = [inner.given] * self._random.randint(0, 2)
        makes = [list[inner.annotation], deque[inner.annotation], tuple[inner.annotation, ...]]
        if inner.can_be_hashed:
            makes += [set[inner.annotation], frozenset[inner.annotation]]
        return self._with(inner, self._one(*makes), several)

    def _mapped(self, depth: int) -> Kind:
        inner = self.kind(depth)
        keys = self._one(
            (str, "a"), (int, "7"), (date, "2026-01-02"), (Decimal, "1.50"), (Colour, "red"),
            (bool, "true"), (float, "1.5"), (UUID, str(UUID(int=7))),
        )  # fmt: skip
        return self._with(inner, dict[keys[0], inner.annotation], {keys[1]: inner.given})

    def _either(self, depth: int) -> Kind:
        inner = self.kind(depth)
        return self._one(
            self._with(inner, inner.annotation | None, self._one(inner.given, None)),
            Kind(int | str, self._one(5, "5", "a")),
            Kind(bool | int, self._one(*YES_OR_NUMBER)),
            Kind(date | datetime, self._one("2026-01-02", "2026-01-02T03:04:05")),
            Kind(int | float, self._one(1, 1.5)),
            Kind(Decimal | str, self._one("1.5", "a"), is_faithful=False),
            Kind(datetime | str, self._one("2026-01-02T03:04:05", "a"), is_faithful=False),
            Kind(Cat | Dog, {"Kind": "cat"}, can_be_hashed=False),
        )

    def _inner(self, depth: int) -> Kind:
        if self._often(0.3):
            nested = self.model(depth)
            return Kind(nested.model, nested.given, can_be_hashed=False)
        inner = self.kind(depth)
        pet = self._one({"Kind": "dog", "friends": [{"Kind": "cat", "Lives": 3}]}, {"Kind": "cat"})
        found: Kind = self._one(
            self._with(inner, Box[inner.annotation], {"item": inner.given}),
            self._with(inner, RootModel[inner.annotation], inner.given),
            self._with(inner, tuple[inner.annotation, int], [inner.given, 3]),
            Kind(Pet, pet),
            Kind(Point, self._one([1, "2.50"], {"x": 1})),
            Kind(Row, self._one({"id": str(UUID(int=3)), "day": "2026-01-02"}, {})),
            Kind(Place, {"name": "here", "at": [1, 2.5], "tags": ["b", "a"]}),
            Kind(Counted, {"count": 3}),
        )
        return self._with(found, found.annotation, found.given)

    def _with(self, inner: Kind, annotation: Any, given: Any) -> Kind:
        return Kind(annotation, given, inner.is_faithful, can_be_hashed=False, until=inner.until)

    # -- what an author adds --------------------------------------------------------------------

    def _annotated(self, kind: Kind) -> Any:
        double = noted("after", lambda value: value + value)
        same = noted("same", lambda value: value)
        if kind.doubles and self._often(0.3):
            return Annotated[kind.annotation, AfterValidator(double)]
        if self._often(0.75):
            return kind.annotation
        added = self._one(
            BeforeValidator(same), WrapValidator(_wrapping), AfterValidator(same),
            PlainSerializer(noted("serializer", lambda value: "shown")),
        )  # fmt: skip
        if kind.annotation is int and self._often(0.3):
            added = PlainValidator(noted("plain", lambda value: int(value) * 10))
        return Annotated[kind.annotation, added]

    def _named(self, name: str, given: Any) -> tuple[dict[str, Any], dict[str, Any], str | None]:
        """Answer a field's alias, the input that gives it, and the one key that stands for it."""
        other = name.upper()
        return self._one(
            ({}, {name: given}, name),
            ({}, {name: given}, name),
            ({"alias": other}, {other: given}, other),
            ({"validation_alias": other}, {other: given}, other),
            ({"serialization_alias": other}, {name: given}, name),
            ({"validation_alias": AliasChoices("nope", other)}, {other: given}, other),
            ({"validation_alias": AliasPath(f"in_{name}", 0)}, {f"in_{name}": [given]}, None),
        )

    def model(self, depth: int) -> Made:
        space: dict[str, Any] = {"__module__": __name__, "__qualname__": "Generated"}
        annotations: dict[str, Any] = {}
        given: dict[str, Any] = {}
        keys: dict[str, str | None] = {}
        for nth in range(self._random.randint(1, 4 - depth)):
            name = f"f{nth}"
            self._field(name, self.kind(depth), space, annotations, given, keys)
        self._code(space, list(annotations))
        space["__annotations__"] = annotations
        space["model_config"] = self._config(given, keys)
        if self._often(0.2):
            space["_private"] = PrivateAttr(3)
        model = type(BaseModel)("Generated", (BaseModel,), space)
        return Made(model, given, self._is_faithful, self._until, keys)

    def _field(self, name, kind, space, annotations, given, keys) -> None:
        alias, input_, key = self._named(name, kind.given)
        self._is_faithful &= kind.is_faithful
        annotations[name] = self._annotated(kind)
        more = {"exclude": True} if self._often(0.1) else {}
        if self._often(0.15):
            space[name] = Field(default=None, **alias, **more)
            annotations[name] = annotations[name] | None
        elif alias or more:
            space[name] = Field(**alias, **more)
        if kind.until or "soon" in str(input_):
            soon = datetime.now(UTC) + timedelta(seconds=SOON_S)
            self._until = max(self._until, soon.timestamp())
            input_ = _replaced(input_, soon.isoformat())
        given.update(input_)
        keys[name] = key

    def _code(self, space: dict[str, Any], names: list[str]) -> None:
        """Add methods: validators, serializers, what is computed."""
        first = names[0]
        if self._often(0.2):
            space["check"] = field_validator(first)(classmethod(_checking))
        if self._often(0.15):
            space["look"] = model_validator(mode="before")(classmethod(_checking))
        if self._often(0.15):
            space["settle"] = model_validator(mode="after")(_settle)
        if self._often(0.2):
            space["total"] = computed_field(return_type=str)(property(_total))
        if self._often(0.1):
            space["show"] = field_serializer(first)(_show)
        if self._often(0.1):
            space["boxed"] = model_serializer(mode="wrap")(_boxed)

    def _config(self, given: dict[str, Any], keys: dict[str, str | None]) -> ConfigDict:
        config: ConfigDict = {"extra": self._one("ignore", "forbid", "allow")}
        if config["extra"] == "allow" and self._often(0.5):
            given["more"] = self._one(1, {"a": [None]}, "x")
        if self._often(0.2):
            config["frozen"] = True
        if self._often(0.1):
            config["serialize_by_alias"] = True
        if self._often(0.1):
            config["ser_json_timedelta"] = "float"
        if self._often(0.1):
            config["str_strip_whitespace"] = True
        if self._often(0.1):
            config["use_enum_values"] = True
        if self._often(0.15):
            config["strict"] = True
        if self._often(0.1):
            config["populate_by_name"] = True
        return config


def _replaced(given: Any, soon: str) -> Any:
    match given:
        case "soon":
            return soon
        case dict():
            return {key: _replaced(value, soon) for key, value in given.items()}
        case list():
            return [_replaced(value, soon) for value in given]
        case _:
            return given


def _settle(self: Any) -> Any:
    CALLS["settle"] += 1
    return self


def _total(self: Any) -> str:
    CALLS["computed"] += 1
    return "total"


def _show(self: Any, value: Any) -> str:
    CALLS["show"] += 1
    return "shown"


def _boxed(self: Any, handler: Any) -> dict[str, Any]:
    CALLS["boxed"] += 1
    return {"box": handler(self)}


__all__ = ["CALLS", "Made", "made"]
