"""Names of steps and kinds of events: tables of cases (x92, x95), and the key of a step."""

import pytest

from workflows.errors import StepMisused
from workflows.ids import is_run_id, run_id, step_key
from workflows.step import checked_kinds, checked_name

from tests.workflows.kit import NOON  # isort: skip


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 129, "a\n", "a\0", "<!channel>", "é", "\u0661", "a#1", "a[0]", 1, None]
)
def test_x95_a_name_that_no_step_may_have(name):
    with pytest.raises(StepMisused, match="cannot name a step"):
        checked_name(name)


@pytest.mark.parametrize("name", ["a", "9", "x" * 128, "linear.create_issue", "a b_c.d:e/f-g"])
def test_x95_a_name_that_a_step_may_have(name):
    assert checked_name(name) == name


def test_a_refused_name_of_any_length_is_shown_briefly():
    with pytest.raises(StepMisused) as refused:
        checked_name("<" * 10_000)

    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "expected",
    [[], (), "approved", ["a", "a"], [f"k{n}" for n in range(21)], ["k"] * 10_000, ["x" * 65],
     ["x" * 10_000], ["a\0"], ["a\n"], ["A"], ["9"], [""], ["é"], [1], [None], ["a,b"],
     ["timeout"], {"a": 1}, {"a"}, iter(["a"]), None, 7],
)  # fmt: skip
def test_x92_kinds_that_no_wait_may_expect(expected):
    with pytest.raises(StepMisused, match="expected="):
        checked_kinds(expected)


@pytest.mark.parametrize(
    "expected", [["approved"], ("a", "b"), ["x" * 64], [f"k{n}" for n in range(20)], ["a.b_c-d9"]]
)
def test_x92_kinds_that_a_wait_may_expect(expected):
    assert checked_kinds(expected) == tuple(expected)


def test_the_key_of_a_step_is_stable_and_its_own():
    parts = [("i", "r", "n", 1), ("j", "r", "n", 1), ("i", "s", "n", 1), ("i", "r", "m", 1),
             ("i", "r", "n", 2)]  # fmt: skip

    keys = [step_key(*part) for part in parts]

    assert keys == [step_key(*part) for part in parts]
    assert len(set(keys)) == len(parts)
    assert {len(key) for key in keys} == {32}


def test_ids_of_runs_sort_by_time_and_are_known_by_their_form():
    earlier, later = run_id(NOON), run_id(NOON.replace(microsecond=1_000))

    assert earlier < later
    assert is_run_id(earlier)
    assert not any(is_run_id(text) for text in ("", earlier[:-1], earlier + "\n", earlier.upper()))
