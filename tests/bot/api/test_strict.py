"""Strict JSON reads what everybody reads alike, and never breaks on the rest."""

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.web import strict

LEAF = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63) + 1, 2**63 - 1)
    | some.floats(allow_nan=False, allow_infinity=False).filter(lambda found: len(repr(found)) < 40)
)
TEXT = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
VALUES = some.recursive(
    LEAF | TEXT, lambda inner: some.lists(inner) | some.dictionaries(TEXT, inner)
)


@given(VALUES)
def test_whatever_is_plain_json_is_read_as_it_was_written(value: object):
    found = strict.loads(json.dumps(value).encode())

    assert found == value


@given(some.binary())
def test_any_bytes_are_read_or_refused(raw: bytes):
    with suppress(strict.Malformed):
        json.dumps(strict.loads(raw), allow_nan=False)


@given(some.text('{}[]",:0123456789.eE-+\\u truefalsn\n', max_size=60))
def test_what_looks_like_json_is_read_as_python_reads_it_or_refused(text: str):
    try:
        found = strict.loads(text.encode())
    except strict.Malformed:
        return

    assert found == json.loads(text)


@pytest.mark.parametrize("depth", [32, 33, 100_000])
def test_x36_depth_is_counted_before_anything_recurses(depth: int):
    raw = b"[" * depth + b"]" * depth

    if depth <= strict.DEEPEST:
        assert strict.loads(raw)
    else:
        with pytest.raises(strict.Malformed, match="nested"):
            strict.loads(raw)


def test_brackets_in_strings_have_no_depth():
    assert strict.loads(json.dumps(["[" * 1_000, '\\"[[' * 100]).encode())


@pytest.mark.parametrize("text", ["1.5e3", "-7", "0", "0.1", "-0.0"])
def test_ordinary_numbers_are_ordinary(text: str):
    assert math.isclose(strict.loads(text.encode()), float(text))
