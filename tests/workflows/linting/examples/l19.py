"""L19: a result without a type, and a field that no form can draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, ClassVar, Literal, Optional, Union

import acme.models
from acme.models import Address
from pydantic import EmailStr, Field, HttpUrl, SecretStr

from workflows import SlackChannel, SlackUser
from pydantic import BaseModel

from workflows import Approved, Context, Event, Policy, Retries, job

POLICY = Policy(channel_members=True)


class Request(BaseModel):
    name: str
    amount: int = 0


Names = list[str]


class Color(Enum):
    RED = "red"


class Size(StrEnum):
    SMALL = "small"


# -- found ----------------------------------------------------------------------------------------


def charge(amount: int):
    return amount


async def refund(amount: int):
    return amount


@job(name="no-result")
async def no_result(ctx: Context, request: Request):  # L19
    await ctx.step.run("charge", charge, 5)  # L19
    await ctx.step.run("refund", refund, 5)  # L19
    await guarded(ctx, charge)
    step = refund
    await ctx.step.run("step", step, 5)  # L19
    await ctx.step.run("note", acme.models.note, "x")  # L19


async def guarded(ctx: Context, step) -> int:
    return await ctx.step.run("guarded", step)  # L19


async def _other(ctx: Context, request: Request):  # L19
    return None


other = job(name="other")(_other)


@dataclass
class Line:
    amount: int


class Base(BaseModel):
    lines: list[Line]  # L19


class Undrawn(Base):
    context: dict[str, str]  # L19
    names: list[str]  # L19
    other: Names  # L19
    address: Address  # L19
    line: Line  # L19
    anything: Any  # L19
    raw: bytes  # L19
    secret: SecretStr  # L19
    either: int | str  # L19
    union: Union[int, date]  # L19
    maybe: Optional[dict[str, int]]  # L19
    items: tuple[int, ...]  # L19
    mapping: Mapping[str, int]  # L19
    annotated: Annotated[list[int], Field(max_length=5)]  # L19
    written: "dict[str, int]"  # L19


@job(name="undrawn")
async def undrawn(ctx: Context, request: Undrawn) -> None:
    await ctx.step.sleep("rest", "1h")


@job(name="undrawn-too")
async def undrawn_too(ctx: Context, request: acme.models.Order) -> None:
    await ctx.step.sleep("rest", "1h")


# -- not found ------------------------------------------------------------------------------------


class Drawn(BaseModel):
    text: str
    note: str | None = None
    maybe: Optional[int] = None
    amount: Decimal = Decimal(5)
    number: float
    yes: bool = False
    day: date
    at: datetime
    hour: time
    color: Color
    size: Size = Size.SMALL
    sizes: list[Size]
    kind: Literal["a", "b"]
    kinds: set[Literal["a", "b"]]
    mail: EmailStr
    page: HttpUrl
    user: SlackUser
    channel: SlackChannel
    bounded: Annotated[int, Field(ge=1)]
    written: "str"
    unknown: acme.models.Unknown
    SHARED: ClassVar[dict[str, int]] = {}
    _own: dict[str, int] = {}


def paid(amount: int) -> int:
    return amount


@job(name="right")
async def right(ctx: Context, request: Drawn) -> None:
    await ctx.step.run("paid", paid, 5)
    await ctx.step.run("text", str, 5)


class Order(BaseModel):
    lines: list[str]


@job(name="started-by-another-job", listed=False)
async def started_by_another_job(ctx: Context, request: Order) -> None:
    await ctx.step.run("paid", paid, 5)
