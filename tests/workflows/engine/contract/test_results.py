"""What a step or a job returns comes back by its return annotation, the same at every pass (i15).

G22, G23: keys that fold, models, decimals, times, enums, dataclasses; results that do not fit.
"""

import asyncio
import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import Any, Generic, Literal, NamedTuple, NoReturn, Required, TypedDict, TypeVar
from uuid import UUID, uuid4

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    computed_field,
    field_serializer,
    field_validator,
)

from tests.workflows.kit import a_job
from workflows.errors import JobRefused
from workflows.job import job
from workflows.registry import Job
from workflows.slack_ids import SlackUser
from workflows.testing import Kit

YES = {"timeout": "7d", "expected": ["yes"]}
T = TypeVar("T")


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Odd(Enum):
    PAIR = (1, 2)


class Receipt(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    amount: Decimal = Field(alias="Amount")
    at: datetime
    lines: list["Line"] = []

    @field_validator("amount")
    @classmethod
    def double(cls, amount: Decimal) -> Decimal:
        return amount * 2

    @computed_field
    @property
    def tax(self) -> Decimal:
        return self.amount / 5


class Line(BaseModel):
    what: str


class Box(BaseModel, Generic[T]):
    item: T


class Names(RootModel[list[str]]):
    pass


@dataclass
class Place:
    name: str
    at: tuple[float, float] = (0.0, 0.0)
    tags: set[str] = field(default_factory=set)


class Point(NamedTuple):
    x: int
    y: Decimal


class Row(TypedDict):
    id: UUID
    day: date


class Rows(TypedDict, total=False):
    rows: list[Row] | None
    more: Required[Row]


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RECEIPT = Receipt.model_validate({"Amount": Decimal("1.10"), "at": NOON, "lines": [Line(what="a")]})


def receipt() -> Receipt:
    return RECEIPT


def maybe() -> Receipt | None:
    return RECEIPT


def nothing() -> "Receipt | None":
    return None


def receipts() -> list[Receipt]:
    return [RECEIPT, RECEIPT]


def by_day() -> dict[date, Receipt]:
    return {NOON.date(): RECEIPT}


def boxed() -> Box[Receipt]:
    return Box[Receipt](item=RECEIPT)


def names() -> Names:
    return Names(["a"])


def price() -> Decimal:
    return Decimal("1.10")


def moment() -> datetime:
    return NOON


def day() -> date:
    return NOON.date()


def length() -> timedelta:
    return timedelta(days=1, microseconds=1)


def colour() -> Colour:
    return Colour.RED


def level() -> Level:
    return Level.HIGH


def odd() -> Odd:
    return Odd.PAIR


def place() -> Place:
    return Place("here", (1.0, 2.0), {"a"})


def point() -> Point:
    return Point(1, Decimal("2.0"))


def row() -> Row:
    return {"id": UUID(int=1), "day": NOON.date()}


def table() -> dict[str, Rows] | None:
    return {"a": {"rows": [row()], "more": row()}}


def path() -> Path:
    return Path("/tmp/x")  # noqa: S108


def user() -> SlackUser:
    return SlackUser("U0ANA")


def user_of_a_team() -> SlackUser:
    return SlackUser("U0ANA", "T0HARBOR")


def pair() -> tuple[int, str]:
    return (1, "a")


def several() -> Sequence[Decimal]:
    return (Decimal(1),)


def some() -> Iterable[Colour]:
    return (Colour.RED,)


def whole() -> float:
    return 2


def word() -> Literal["a", "b"]:
    return "a"


def flag() -> int:
    return True


def anything() -> Any:
    return {"a": (1, 2)}


def mapping() -> dict[str, Any]:
    return {"a": (1, Decimal("1.0"))}


def timed(function):
    """Decorate a step function, as libraries do."""

    @functools.wraps(function)
    def inner(*args: Any) -> Any:
        return function(*args)

    return inner


@timed
def decorated() -> Receipt:
    return RECEIPT


async def later() -> Receipt:
    await asyncio.sleep(0)
    return RECEIPT


TYPED = [
    receipt, maybe, nothing, receipts, by_day, boxed, names, price, moment, day, length, colour,
    level, odd, place, point, row, table, path, user, user_of_a_team, pair, word, decorated, later,
]  # fmt: skip
BACK = {several: [Decimal(1)], some: [Colour.RED], whole: 2.0, flag: 1, anything: {"a": [1, 2]}}
BACK[mapping] = {"a": [1, "1.0"]}


async def passes(engines, call, *, at_most_once=False):
    """Answer what a step's result was in each of three passes, and how the run ended."""
    seen: list[Any] = []

    async def story(ctx, request):
        seen.append(await ctx.step.run("give", call, at_most_once=at_most_once))
        await ctx.step.wait_for_event("word", **YES)
        await ctx.step.sleep("night", "12h")

    harness = await engines(a_job(story))
    run = await harness.started()
    await harness.deliver(run, "word", "yes")
    await harness.run()
    await harness.move(hours=12)
    return seen, await harness.get(run)


@pytest.mark.parametrize("call", TYPED, ids=lambda call: call.__name__)
async def test_a_result_comes_back_as_what_its_function_returns_at_every_pass_g23(engines, call):
    seen, found = await passes(engines, call)

    once = await call() if call is later else call()
    assert found.status == "completed", found.error
    assert seen == [once] * 3
    assert {type(each) for each in seen} == {type(once)}
    assert {getattr(each, "team", None) for each in seen} == {getattr(once, "team", None)}


@pytest.mark.parametrize("call", BACK, ids=lambda call: call.__name__)
async def test_where_the_annotation_leaves_it_open_the_first_pass_gets_what_the_others_get_g23(
    engines, call
):
    seen, found = await passes(engines, call)

    assert found.status == "completed", found.error
    assert seen == [BACK[call]] * 3
    assert [type(each) for each in seen] == [type(BACK[call])] * 3


class Animal(BaseModel):
    name: str


class Dog(Animal):
    tricks: int = 3


class Same(BaseModel):
    name: str


def none() -> None:
    return 1  # type: ignore[return-value]


def never() -> NoReturn:
    return 1  # type: ignore[misc]


def number() -> int:
    return "5"  # type: ignore[return-value]


def numbers() -> list[int]:
    return [1, "2"]  # type: ignore[list-item]


def model() -> Receipt:
    return {"amount": "1"}  # type: ignore[return-value]


def other() -> Line:
    return Same(name="a")  # type: ignore[return-value]


def literal() -> Literal["a"]:
    return "b"  # type: ignore[return-value]


def decimal() -> Decimal:
    return 1.5  # type: ignore[return-value]


def listed() -> list[int]:
    return (1, 2)  # type: ignore[return-value]


def rows() -> Row:
    return {"id": UUID(int=1)}  # type: ignore[typeddict-item]


@pytest.mark.parametrize("at_most_once", [False, True], ids=["", "at-most-once"])
@pytest.mark.parametrize(
    "call",
    [none, never, number, numbers, model, other, literal, decimal, rows],
    ids=lambda call: call.__name__,
)
async def test_a_result_that_does_not_fit_its_annotation_fails_the_step_which_has_run_g23(
    engines, call, at_most_once
):
    seen, found = await passes(engines, call, at_most_once=at_most_once)

    assert (found.status, seen) == ("failed", [])
    assert (found.error["kind"], found.error["step"]) == ("ResultMismatch", "give")
    assert "annotation" in found.error["message"]


def dog() -> Animal:
    return Dog(name="Rex")


def either() -> Animal | Same:
    return Same(name="a")


def text_or_number() -> Decimal | str:
    return "1"


def keys() -> dict[Any, str]:
    return {1: "a", "1": "b"}


def dates() -> Any:
    return {date(2026, 3, 2): 1, "2026-03-02": 2}


def unannotated():
    return {1: "a", "1": "b"}


def in_a_model() -> Any:
    return Holder(value={1: "a", "1": "b"})


def in_a_list() -> Any:
    return [{"a": Holder(value=[{None: 1, "None": 2}])}]


def twice() -> Any:
    return Computing.model_validate({"price": 1, "total": 7})


def infinite() -> float:
    return float("inf")


class Holder(BaseModel):
    value: Any


class Computing(BaseModel):
    model_config = ConfigDict(extra="allow")
    price: int

    @computed_field
    @property
    def total(self) -> int:
        return self.price


@pytest.mark.parametrize(
    "call",
    [dog, either, text_or_number, keys, dates, unannotated, in_a_model, in_a_list, twice, infinite],
    ids=lambda call: call.__name__,
)
async def test_a_result_that_would_lose_something_on_the_way_is_not_serializable_g22(engines, call):
    seen, found = await passes(engines, call)

    assert (found.status, seen) == ("failed", [])
    assert (found.error["kind"], found.error["step"]) == ("NotSerializable", "give")


async def test_a_serializer_that_raises_fails_the_step_with_its_name_g21(engines):
    seen, found = await passes(engines, raising)

    assert (found.status, found.error["kind"], seen) == ("failed", "NotSerializable", [])
    assert "function `show`: KeyError" in found.error["message"]


class Shown(BaseModel):
    word: str

    @field_serializer("word")
    def show(self, word: str) -> str:
        raise KeyError(word)


def raising() -> Any:
    return Shown(word="a")


def calls() -> Callable[[], int]:
    raise AssertionError("never called")


def plain_class() -> Kit:
    raise AssertionError("never called")


@pytest.mark.parametrize("call", [calls, plain_class], ids=lambda call: call.__name__)
async def test_an_annotation_that_nothing_can_be_kept_by_is_refused_before_the_call_g23(
    engines, call
):
    seen, found = await passes(engines, call)

    assert (found.status, found.error["kind"], seen) == ("failed", "Unkept", [])
    assert "Nothing was called" in found.error["message"]


# -- after a deploy -----------------------------------------------------------------------------


class Numbered(BaseModel):
    amount: Decimal
    number: UUID = Field(default_factory=uuid4)


class Wider(BaseModel):
    amount: Decimal
    note: str = "none"


def before() -> dict[str, Any]:
    return {"amount": "1.10"}


def wider() -> Wider:
    raise AssertionError("never called again")


def numbered() -> Numbered:
    raise AssertionError("never called again")


def narrower() -> int:
    raise AssertionError("never called again")


async def deployed(engines, call):
    seen: list[Any] = []

    def telling(given):
        async def story(ctx, request):
            seen.append(await ctx.step.run("give", given))
            await ctx.step.wait_for_event("word", **YES)

        return a_job(story)

    harness = await engines(telling(before))
    run = await harness.started()
    harness = await harness.deployed(telling(call))
    await harness.deliver(run, "word", "yes")
    await harness.run()
    return seen, await harness.get(run)


async def test_a_result_of_older_code_is_read_by_the_new_annotation_g23(engines):
    seen, found = await deployed(engines, wider)

    assert found.status == "completed"
    assert seen[1] == Wider(amount=Decimal("1.10"))


@pytest.mark.parametrize("call", [narrower, numbered], ids=lambda call: call.__name__)
async def test_a_result_of_older_code_that_does_not_fit_blocks_before_anything_g23(engines, call):
    seen, found = await deployed(engines, call)

    assert (found.status, len(seen)) == ("blocked", 1)
    assert "'give'" in found.blocked_reason


# -- jobs -----------------------------------------------------------------------------------------


async def build(ctx: Any, request: Line) -> Receipt:
    return RECEIPT if request.what == "good" else {"amount": 1}  # type: ignore[return-value]


async def test_a_job_gives_its_parent_what_it_returns_and_the_api_its_json_g23(engines):
    seen: list[Any] = []

    async def parent(ctx, request):
        seen.append(await ctx.run_job("build", Line(what="good"), timeout="1d"))
        await ctx.step.wait_for_event("word", **YES)
        return seen[-1].amount

    harness = await engines(a_job(parent), Job("build", "", build, Line))
    run = await harness.started()
    await harness.deliver(run, "word", "yes")
    await harness.run()

    child = await harness.get((await harness.get(run)).waits[0].run_id)
    assert seen == [RECEIPT, RECEIPT]
    assert child.result["amount"] == "2.20"
    assert await harness.result(run) == "2.20"


async def test_a_job_that_returns_something_else_than_it_says_has_failed_g23(engines):
    harness = await engines(Job("build", "", build, Line))

    run = await harness.start("build", what="bad")
    await harness.run()

    found = await harness.get(run)
    assert (found.status, found.error["kind"]) == ("failed", "ResultMismatch")


async def counting(ctx: Any, request: Line) -> "type[int]": ...  # type: ignore[empty-body]


def test_a_job_whose_result_cannot_be_kept_is_refused_at_definition_g23():
    with pytest.raises(JobRefused, match="'count'"):
        job(name="count")(counting)


async def test_the_testing_kit_gives_a_stubs_result_by_the_annotation_of_what_it_replaces_g23():
    seen: list[Any] = []

    async def story(ctx, request):
        seen.append(await ctx.step.run("give", receipt))

    async with Kit(a_job(story), steps={receipt: lambda: RECEIPT}) as kit:
        run = await kit.start("story")
        assert await run.status() == "completed"

    assert seen == [RECEIPT]


# -- what a step is given ---------------------------------------------------------------------


@dataclass
class Spot:
    name: str


def told(*given: Any) -> str:
    return " ".join(type(each).__name__ for each in given)


async def test_a_step_takes_models_dates_enums_and_dataclasses_as_they_are_g23(engines):
    given = (RECEIPT, NOON, Colour.RED, Spot("here"), Decimal(1), {"a": [1]})

    async def story(ctx, request):
        return await ctx.step.run("tell", told, *given)

    harness = await engines(a_job(story))
    run = await harness.started()

    assert await harness.result(run) == "Receipt datetime Colour Spot Decimal dict"


@pytest.mark.parametrize(
    "given",
    [{1}, b"x", object(), Path("a"), told, {1: "a", "1": "b"}, float("nan"), Shown(word="a")],
    ids=lambda given: type(given).__name__,
)
async def test_an_argument_that_is_none_of_these_is_misuse_before_the_call_g23(engines, given):
    called: list[Any] = []

    async def story(ctx, request):
        await ctx.step.run("note", called.append, given)

    harness = await engines(a_job(story))
    run = await harness.started()

    error = (await harness.get(run)).error
    assert (error["kind"], called) == ("StepMisused", [])
    assert "arguments[0]" in error["message"]
