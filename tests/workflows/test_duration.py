"""Durations: one strict grammar, and nothing that only looks like one (x87 to x91)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.duration import DurationRefused, duration
from workflows.step import Retries

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "length"),
    [
        ("24h", DAY),
        ("1d12h", DAY * 1.5),
        ("90m", timedelta(minutes=90)),
        ("1w", 7 * DAY),
        ("1s", timedelta(seconds=1)),
        ("30m30m", timedelta(hours=1)),
        ("12h1d", DAY * 1.5),
        ("000000001h", timedelta(hours=1)),
        ("400d", 400 * DAY),
        (timedelta(hours=24), DAY),
        (timedelta(seconds=1.5), timedelta(seconds=1.5)),
        (86_400, DAY),
        (1, timedelta(seconds=1)),
    ],
)
def test_x87_what_is_a_duration(value, length):
    assert duration(value) == length


@pytest.mark.parametrize(
    "value",
    ["0", "0s", "-1s", "", " 24h", "24h\n", "24h ", "24 h", "24H", "h", "1y", "1M", "1h-1m", None,
     0, -1, timedelta(), timedelta(seconds=-5), timedelta(milliseconds=999)],
)  # fmt: skip
def test_x88_what_is_none(value):
    with pytest.raises(DurationRefused, match=r"^timeout="):
        duration(value)


@pytest.mark.parametrize(
    "value", ["1e309d", "inf", "nan", "1_0h", "\uff12\uff14h", "\u0663h", "1\u00a0h", "²h"]
)
def test_x89_what_python_would_read_as_a_number_is_none(value):
    with pytest.raises(DurationRefused):
        duration(value)


@pytest.mark.parametrize(
    "value",
    ["9999999d", "999999999999d", "401d", "400d1s", "9" * 5_000 + "d", "999999999w" * 100,
     timedelta.max, 400 * DAY + timedelta(microseconds=1), 401 * 86_400, 10**30],
)  # fmt: skip
def test_x90_what_is_too_long_is_refused_and_overflows_nothing(value):
    with pytest.raises(DurationRefused):
        duration(value)


@pytest.mark.parametrize(
    "value", [True, False, 1.5, 60.0, Decimal(60), "PT24H", "1:30:00", b"24h", ["24h"], {"h": 1}]
)
def test_x91_what_is_of_another_type_or_grammar_is_refused(value):
    with pytest.raises(DurationRefused):
        duration(value)


def test_the_message_names_the_argument_and_is_a_value_error():
    with pytest.raises(ValueError, match=r"^backoff='soon' is no duration: write it like '90m'"):
        duration("soon", "backoff")


@given(st.text(alphabet="0123456789smhdw -+.e\n", max_size=12))
def test_any_text_is_a_duration_in_range_or_refused(text):
    try:
        length = duration(text)
    except DurationRefused:
        return

    assert timedelta(seconds=1) <= length <= 400 * DAY


@pytest.mark.parametrize(
    ("retries", "pauses"),
    [
        (Retries(), [1, 2, 4, 8, 16, 32, 60, 60]),
        (Retries(backoff="10s", longest="15s"), [10, 15, 15]),
        (Retries(backoff="0s"), [0, 0, 0]),
        (Retries(backoff="2m", longest="1m"), [60, 60]),
    ],
)
def test_pauses_double_up_to_the_longest(retries, pauses):
    counted = [retries.pause(attempt).total_seconds() for attempt in range(1, len(pauses) + 1)]

    assert counted == pauses


def test_the_thousandth_pause_overflows_nothing():
    assert Retries(attempts=1000).pause(1000) == timedelta(minutes=1)
