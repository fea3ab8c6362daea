"""What a job is given is what validation made of its input when the run was accepted, always (i35).

G18, G19, G20: aliases, computed fields, JSON in JSON, strictness, checks that change or expire.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FutureDatetime,
    Json,
    PlainValidator,
    PrivateAttr,
    RootModel,
    SerializeAsAny,
    WrapValidator,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import core_schema

from tests.workflows.kit import NOON, a_job
from workflows.errors import InputRefused, JobRefused
from workflows.job import job
from workflows.registry import Job
from workflows.slack_ids import SlackUser

YES = {"timeout": "7d", "expected": ["yes"]}


def keeping(model, seen, name="story"):
    """Answer a job that notes what it is given, at each of its three passes."""

    async def story(ctx, request):
        seen.append(request)
        await ctx.step.wait_for_event("word", **YES)
        await ctx.step.sleep("night", "12h")

    return Job(name, "", story, model)


async def passes(engines, model, given):
    """Answer what the job got at each pass."""
    seen: list[Any] = []
    harness = await engines(keeping(model, seen))
    run = await harness.start(**given)
    await harness.run()
    await harness.deliver(run, "word", "yes")
    await harness.run()
    await harness.move(hours=12)
    found = await harness.get(run)
    assert found.status == "completed", (found.blocked_reason, found.error)
    assert len(seen) == 3
    return seen


class Mail(str):  # noqa: SLOT000  authors forget them
    """A text of an author's own class, which says how pydantic makes one."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(cls.read, core_schema.str_schema())

    @classmethod
    def read(cls, text: str) -> "Mail":
        return cls(text.lower())


class Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    unit_price: Decimal
    how_many: int = 1


class Aliased(BaseModel):
    amount: int = Field(0, alias="Amount")
    why: str = Field("", validation_alias=AliasChoices("reason", "Why"))
    first: int = Field(0, validation_alias=AliasPath("all", 0))
    shown: int = Field(7, serialization_alias="Shown")
    lines: list[Line] = Field([], alias="theLines")


class Lenient(BaseModel):
    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )
    amount: int = Field(0, alias="Amount")


ALIASED = {
    "Amount": 5,
    "Why": "because",
    "all": [3],
    "theLines": [{"unitPrice": "1.10", "howMany": 2}],
}


@pytest.mark.parametrize(
    ("model", "given"),
    [(Aliased, ALIASED), (Lenient, {"Amount": 5}), (Lenient, {"amount": 5})],
    ids=["aliases", "by-alias", "by-name"],
)
async def test_a_field_has_what_was_entered_under_whatever_alias_g18(engines, model, given):
    seen = await passes(engines, model, given)

    assert seen == [model.model_validate(given)] * 3
    assert seen[0].amount == 5


async def test_a_job_that_gives_another_one_a_model_with_aliases_gives_it_what_is_in_it_g18(
    engines,
):
    seen: list[Any] = []
    given = Aliased.model_validate(ALIASED)

    async def parent(ctx, request):
        await ctx.run_job("child", given, timeout="1d")

    harness = await engines(a_job(parent), keeping(Aliased, seen, "child"))
    await harness.started()

    assert seen == [given]


async def test_a_mapping_with_a_model_in_it_gives_that_model_g18(engines):
    class Order(BaseModel):
        line: Line
        by: date

    seen: list[Any] = []
    line = Line(unitPrice=Decimal("1.10"), howMany=3)

    async def parent(ctx, request):
        await ctx.run_job("child", {"line": line, "by": date(2026, 3, 2)}, timeout="1d")

    harness = await engines(a_job(parent), keeping(Order, seen, "child"))
    await harness.started()

    assert seen == [Order(line=line, by=date(2026, 3, 2))]


class Sum(BaseModel):
    model_config = ConfigDict(extra="forbid")
    price: int
    times: int

    @computed_field
    @property
    def total(self) -> int:
        return self.price * self.times


class Texts(BaseModel):
    numbers: Json[list[int]]
    anything: Json[Any]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    day: date
    cost: Decimal


class Doubled(BaseModel):
    amount: int
    word: Annotated[str, AfterValidator(lambda word: word + "!")]
    both: Annotated[int, BeforeValidator(lambda n: n + 1), WrapValidator(lambda n, h: h(n) * 10)]
    odd: Annotated[Decimal, PlainValidator(lambda text: Decimal(text) * 2)]

    @field_validator("amount")
    @classmethod
    def double(cls, amount: int) -> int:
        return amount * 2

    @model_validator(mode="after")
    def once_more(self) -> "Doubled":
        self.amount += 1
        return self


class Drawn(BaseModel):
    amount: Decimal
    secret: str = Field("", exclude=True)
    colour: str = "red"

    @field_serializer("amount")
    def euros(self, amount: Decimal) -> str:
        return f"{amount} EUR"

    @model_serializer(mode="wrap")
    def boxed(self, handler: Any) -> dict[str, Any]:
        return {"box": handler(self)}


class Size(Enum):
    SMALL = (1, 2)
    LARGE = Decimal("2.5")


@dataclass
class Place:
    name: str
    at: tuple[float, float] = (0.0, 0.0)
    tags: set[str] = field(default_factory=set)


class Cat(BaseModel):
    kind: Literal["cat"] = Field("cat", alias="Kind")
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = Field("dog", alias="Kind")
    friends: list["Cat | Dog"] = []


class Sent(BaseModel):
    who: SlackUser
    to: list[Mail]


class Odd(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    size: Size
    place: Place
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    any_pet: SerializeAsAny[Cat | Dog]
    by_day: dict[date, int]
    number: int | str
    flag: bool | int
    _seen: int = PrivateAttr(3)


class Names(RootModel[dict[str, list[int]]]):
    pass


ODD = {
    "size": [1, 2],
    "place": {"name": "here", "at": [1, 2], "tags": ["b", "a"]},
    "pet": {"Kind": "dog", "friends": [{"Kind": "cat"}]},
    "any_pet": {"Kind": "cat", "lives": 1},
    "by_day": {"2026-03-02": 1},
    "number": "5",
    "flag": 1,
    "more": {"a": [1.5, None]},
}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        (Sum, {"price": 2, "times": 3}),
        (Texts, {"numbers": "[1,2]", "anything": '{"a": 1}'}),
        (Strict, {"day": "2026-03-02", "cost": "1.10"}),
        (Doubled, {"amount": 2, "word": "hey", "both": 1, "odd": "1.10"}),
        (Drawn, {"amount": "1.10", "secret": "kept"}),
        (Names, {"a": [1]}),
        (Sent, {"who": "U0ANA", "to": ["A@b"]}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_an_authors_code_makes_of_an_input_what_it_made_the_first_time_g19(
    engines, model, given
):
    once = model.model_validate_json(json.dumps(given))

    seen = await passes(engines, model, given)

    assert seen == [once] * 3
    assert [_types(each) for each in seen] == [_types(once)] * 3


def _types(model):
    return [type(value) for value in model.__dict__.values()]


async def test_odd_types_come_back_as_they_are_g19(engines):
    class Tupled(Odd):
        size: Annotated[Size, BeforeValidator(tuple)]

    seen = await passes(engines, Tupled, ODD)

    assert seen[0] == seen[1] == seen[2] == Tupled.model_validate(ODD)
    assert (seen[0].number, seen[0].flag, type(seen[0].flag)) == ("5", 1, int)
    assert seen[0].place == Place("here", (1.0, 2.0), {"a", "b"})
    assert isinstance(seen[0].pet.friends[0], Cat)
    assert (seen[0].size, seen[0].more, seen[0]._seen) == (Size.SMALL, {"a": [1.5, None]}, 3)


class Booking(BaseModel):
    when: FutureDatetime
    seats: int = Field(ge=1)


async def test_a_moment_that_was_in_the_future_may_pass_while_people_think_g20(engines):
    soon = datetime.now(NOON.tzinfo) + timedelta(seconds=0.2)
    seen: list[Any] = []
    harness = await engines(keeping(Booking, seen))
    run = await harness.start(when=soon.isoformat(), seats=2)
    while datetime.now(NOON.tzinfo) <= soon:
        pass

    await harness.run()

    assert await harness.status(run) == "waiting"
    assert seen == [Booking.model_construct(when=soon, seats=2)]


class Timed(BaseModel):
    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    long: timedelta
    raw: bytes
    at: timedelta


class Lost(BaseModel):
    word: str
    what: Any = None

    @field_validator("what", mode="after")
    @classmethod
    def as_a_number(cls, what: Any) -> Any:
        return Decimal(what)


async def test_what_the_types_alone_cannot_read_back_is_refused_at_its_field_g18(engines):
    harness = await engines(keeping(Lost, []))

    with pytest.raises(InputRefused) as refused:
        await harness.start(word="a", what="1.10")

    assert list(refused.value.problems) == ["what"]
    assert await harness.engine.list() == []


class Calls(BaseModel):
    callback: Any
    handler: Callable[..., Any]


class Giving:
    """A class of an author's own."""


class Instance(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    places: list[Giving]


class Members(Enum):
    ONE = object()


class Chosen(BaseModel):
    one: Members


class Sloppy(BaseModel):
    names: list[str] = ()  # type: ignore[assignment]


async def of_calls(ctx: Any, request: Calls) -> None: ...
async def of_instance(ctx: Any, request: Instance) -> None: ...
async def of_chosen(ctx: Any, request: Chosen) -> None: ...
async def of_sloppy(ctx: Any, request: Sloppy) -> None: ...


@pytest.mark.parametrize(
    ("function", "place"),
    [
        (of_calls, "Calls.handler"),
        (of_instance, "Instance.places"),
        (of_chosen, "Chosen.one"),
        (of_sloppy, "Sloppy.names"),
    ],
)
def test_a_model_whose_types_show_that_json_cannot_hold_it_is_refused_at_definition_g18(
    function, place
):
    with pytest.raises(JobRefused) as refused:
        job(name="greet")(function)

    assert place in str(refused.value)


# -- after a deploy ---------------------------------------------------------------------------


class Before(BaseModel):
    amount: int
    gone: str = "x"


class After(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    amount: Decimal = Field(gt=1_000)
    new: list[str] = ["a"]

    @model_validator(mode="after")
    def refuse(self) -> "After":
        raise ValueError("never again")


class Numbered(BaseModel):
    amount: int
    number: UUID = Field(default_factory=uuid4)
    tags: list[str] = Field(default_factory=list)
    twice: int = Field(default_factory=lambda given: given["amount"] * 2)


async def test_after_a_deploy_what_a_factory_makes_of_a_new_field_is_made_once_i35(engines):
    harness = await engines(keeping(Before, []))
    run = await harness.start(amount=5)
    await harness.run()
    seen: list[Any] = []
    harness = await harness.deployed(keeping(Numbered, seen))
    await harness.deliver(run, "word", "yes")
    await harness.run()

    await harness.move(hours=12)

    assert await harness.status(run) == "completed"
    assert (seen[0].twice, seen[0].tags, len(seen)) == (10, [], 2)
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("model", "stored", "read"),
    [
        (Sum, '{"price":2,"times":3,"total":6}', Sum(price=2, times=3)),
        (Aliased, '{"amount":5,"why":"x"}', Aliased(Amount=5, Why="x")),
        (Texts, '{"numbers":[1,2],"anything":{"a":1}}', Texts(numbers="[1,2]", anything='{"a":1}')),
        (
            Booking,
            '{"when":"2020-01-01T00:00:00Z","seats":2}',
            Booking.model_construct(when=datetime(2020, 1, 1, tzinfo=UTC), seats=2),
        ),
        (
            Timed,
            '{"long":90.5,"raw":"YQ==","at":"P1DT2S"}',
            Timed.model_construct(
                long=timedelta(seconds=90.5), raw=b"a", at=timedelta(days=1, seconds=2)
            ),
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_0_1_0_stored_is_read_as_what_validation_had_made_i35(model, stored, read):
    assert Job("story", "", of_calls, model).read(stored) == read


class Misfit(BaseModel):
    amount: date


class Missing(BaseModel):
    amount: int
    needed: str


async def deployed(engines, model):
    harness = await engines(keeping(Before, []))
    run = await harness.start(amount=5)
    await harness.run()
    seen: list[Any] = []
    harness = await harness.deployed(keeping(model, seen))
    await harness.deliver(run, "word", "yes")
    await harness.run()
    return await harness.get(run), seen


async def test_after_a_deploy_an_input_is_read_by_its_types_and_no_new_check_is_applied_i35(
    engines,
):
    found, seen = await deployed(engines, After)

    assert found.status == "waiting", found.blocked_reason
    assert seen == [After.model_construct(amount=Decimal(5), new=["a"])]


@pytest.mark.parametrize(("model", "place"), [(Misfit, "amount"), (Missing, "needed")])
async def test_after_a_deploy_what_is_missing_or_does_not_fit_blocks_and_is_named_i35(
    engines, model, place
):
    found, seen = await deployed(engines, model)

    assert (found.status, seen) == ("blocked", [])
    assert f"{place}:" in found.blocked_reason


# -- what an author's code may raise ----------------------------------------------------------


class Trouble(BaseModel):
    word: str = "x"
    kind: str = "KeyError"
    lines: list["Inner"] = []
    made: int = Field(default_factory=lambda given: _raised(given["kind"]))

    @field_validator("word")
    @classmethod
    def look_up(cls, word: str) -> str:
        if word != "x":
            raise WHAT[word]
        return word


class Inner(BaseModel):
    a: int

    @model_validator(mode="before")
    @classmethod
    def look_inside(cls, given: Any) -> Any:
        raise WHAT[given["a"]]


def _raised(kind: str) -> int:
    if kind == "made":
        raise LookupError("nothing made")
    return 0


WHAT = {
    "KeyError": KeyError("word"),
    "SystemExit": SystemExit("usage"),
    "RecursionError": RecursionError("deep"),
    "KeyboardInterrupt": KeyboardInterrupt(),
    "GeneratorExit": GeneratorExit(),
    "RuntimeError": RuntimeError("no"),
}


@pytest.mark.parametrize("kind", WHAT)
async def test_whatever_a_validator_raises_is_said_at_its_field_by_its_name_g21(engines, kind):
    harness = await engines(keeping(Trouble, []))

    with pytest.raises(InputRefused) as refused:
        await harness.start(word=kind)

    assert "Trouble.look_up raised " + kind in refused.value.problems["word"]


@pytest.mark.parametrize(
    ("given", "place", "who"),
    [
        ({"lines": [{"a": "KeyError"}]}, "lines", "Inner.look_inside raised KeyError"),
        ({"kind": "made"}, "made", "_raised raised LookupError"),
    ],
    ids=["within", "default"],
)
async def test_whatever_is_raised_within_a_field_is_said_there_g21(engines, given, place, who):
    harness = await engines(keeping(Trouble, []))

    with pytest.raises(InputRefused) as refused:
        await harness.start(**given)

    assert list(refused.value.problems) == [place]
    assert who.split(" ")[-1] in refused.value.problems[place]
