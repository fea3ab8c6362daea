"""Everything crosses as JSON: what becomes of each type, and what is refused (x99)."""

import asyncio
import math
from collections import Counter, OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from workflows.errors import NotSerializable
from workflows.plain import canonical, dumps, loads, plain

Point = namedtuple("Point", "x y")  # noqa: PYI024  a plain one is what is tested


class Colour(StrEnum):
    RED = "red"


class OldColour(str, Enum):  # noqa: UP042  what code from before StrEnum has
    RED = "red"


class Size(IntEnum):
    LARGE = 3


class OldSize(int, Enum):
    LARGE = 3


class Text(str):
    __slots__ = ()


class Issue(BaseModel):
    url: str
    at: datetime
    more: Any = None


@dataclass
class Line:
    what: str
    cost: Decimal


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (-(2**63) + 1, -(2**63) + 1),
        (2**63 - 1, 2**63 - 1),
        (1.5, 1.5),
        ("naïve \N{PARTY POPPER}\0", "naïve \N{PARTY POPPER}\0"),
        ((1, (2,)), [1, [2]]),
        ({1: "a", "b": 2}, {"1": "a", "b": 2}),
        (Point(1, 2), [1, 2]),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Colour.RED, "red"),
        (OldColour.RED, "red"),
        (Size.LARGE, 3),
        (Text("words"), "words"),
        ({Colour.RED: 1, Size.LARGE: 2}, {"red": 1, "3": 2}),
        ({OldColour.RED: 1, OldSize.LARGE: 2, Text("words"): 3}, {"red": 1, "3": 2, "words": 3}),
        (NOON, "2026-03-02T12:00:00+00:00"),
        (date(2026, 3, 2), "2026-03-02"),
        (time(12), "12:00:00"),
        (timedelta(minutes=1.5), 90.0),
        (Decimal("7.50"), "7.50"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Line("tea", Decimal(2)), {"what": "tea", "cost": "2"}),
        ([Issue(url="u", at=NOON)], [{"url": "u", "at": "2026-03-02T12:00:00Z", "more": None}]),
    ],
)
def test_x99_what_a_value_becomes(value, found):
    assert plain(value) == found
    assert loads(dumps(plain(value))) == found


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ({1, 2}, "result is a set"),
        (b"x", "result is a bytes"),
        (object(), "result is a object"),
        (Line, "result is a type"),
        (len, "result is a builtin_function_or_method"),
        (math.nan, "result is nan"),
        (math.inf, "result is inf"),
        (10**400, "beyond 64 bits"),
        (2**63, "beyond 64 bits"),
        ("\ud800", "half a surrogate pair"),
        ({"\ud800": 1}, "half a surrogate pair"),
        ({"a": [1, {"b": {2}}]}, "result.a[1].b is a set"),
        ({1.5: 1}, "key of type float"),
        ({None: 1}, "key of type NoneType"),
        ({True: 1}, "key of type bool"),
        ({(1, 2): 1}, "key of type tuple"),
        (CYCLE, "contains itself"),
        (Issue(url="u", at=NOON, more=object()), "result is a Issue"),
        (Issue(url="u", at=NOON, more=CYCLE), "result is a Issue"),
        (Line("tea", object()), "result.cost is a object"),
    ],
)
def test_x99_what_is_no_json_is_refused_with_its_type_and_path(value, part):
    with pytest.raises(NotSerializable) as refused:
        plain(value)

    assert part in str(refused.value)


class Tagged(BaseModel):
    tags: set[str]
    inner: dict[str, list[frozenset[str]]]


def test_a_set_in_a_model_has_one_order_in_every_process():
    words = [f"word {n}" for n in range(40)]
    tagged = Tagged(tags=set(words), inner={"a": [frozenset(words)]})

    assert plain(tagged) == {"tags": sorted(words), "inner": {"a": [sorted(words)]}}


@pytest.mark.parametrize(
    "value",
    [
        {1: "a", "1": "b"},
        [{"x": {Size.LARGE: 1, "3": 2}}],
        Issue(url="u", at=NOON, more={1: 1, "1": 2}),
    ],
)
def test_two_keys_that_are_one_in_json_are_refused_g22(value):
    with pytest.raises(NotSerializable, match="one in JSON"):
        plain(value)


async def test_x99_what_was_not_awaited_is_refused():
    coroutine = asyncio.sleep(0)

    with pytest.raises(NotSerializable, match="coroutine"):
        plain(coroutine)
    coroutine.close()


def test_f100_sixty_four_levels_are_kept_and_more_refused():
    deep: Any = 1
    for _ in range(64):
        deep = [deep]

    assert plain(deep) == deep
    with pytest.raises(NotSerializable, match="64 levels"):
        plain([[deep]])


def test_a_plain_value_shares_nothing_with_what_it_was_made_of():
    value = {"ids": [1]}

    copy = plain(value)
    value["ids"].append(2)

    assert copy == {"ids": [1]}


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(JSON)
def test_what_the_first_time_answers_is_what_the_journal_decodes_to_i15(value):
    assert plain(value) == value == loads(dumps(plain(value)))


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9), min_size=2))
def test_equal_values_have_equal_canonical_bytes(value):
    backwards = dict(reversed(value.items()))

    assert canonical(value) == canonical(backwards)
