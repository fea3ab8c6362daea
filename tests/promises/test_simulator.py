"""Schedules of everything that can happen, in virtual time: no promise is broken by any.

A failure prints ``SEED=…`` and the last 200 decisions; ``make sim SEED=…`` replays it exactly.
"""

import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises.jobs import JOBS
from tests.promises.kept import KEPT
from tests.promises.loop import LAST
from tests.promises.moves import MOVES
from tests.promises.simulate import Campaign, Report, Shape, campaign, simulate

BLOCKS = 16
BLOCK = 470  # schedules; 7,520 in all, and a million in `make soak`


def a_schedule() -> st.SearchStrategy[Shape]:
    """Let hypothesis choose what happens, and shrink it; chance decides only when."""
    starts = st.sampled_from([f"start {job}" for job in JOBS])
    moves = st.lists(st.one_of(starts, st.sampled_from(sorted(MOVES))), min_size=2, max_size=20)
    return st.builds(
        lambda seed, first, rest, workers: Shape(seed, (first, *rest), workers),
        st.integers(0, 2**32),
        starts,
        moves,
        st.sampled_from((1, 2)),
    )


def assert_kept(done: Campaign) -> None:
    assert not done.broken, f"\n{done.broken[0]}"


@pytest.mark.parametrize("block", range(BLOCKS // 2))
def test_no_schedule_of_the_known_ones_breaks_a_promise(block):
    assert_kept(campaign(range(block * BLOCK, (block + 1) * BLOCK)))


@pytest.mark.parametrize("block", range(BLOCKS // 2))
def test_no_schedule_that_nobody_has_seen_breaks_a_promise(block):
    first = secrets.randbits(48)

    assert_kept(campaign(range(first, first + BLOCK)))


@given(a_schedule())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_schedule_that_hypothesis_makes_up_breaks_a_promise(shape):
    report = simulate(shape)

    assert not report.violations, f"\n{report}"


@pytest.mark.parametrize("shape", KEPT, ids=str)
def test_a_schedule_that_once_broke_a_promise_keeps_it(shape):
    report = simulate(shape)

    assert not report.violations, f"\n{report}"


def test_a_seed_decides_everything():
    first, again = (simulate(Shape.of(17)) for _ in range(2))

    assert first == again
    assert first.decisions


def test_a_broken_promise_is_reported_with_its_seed_and_the_last_decisions():
    report = Report(Shape.of(17), ["I6 something"], [f"decision {n}" for n in range(LAST)])

    assert "SEED=17" in str(report)
    assert "I6 something" in str(report)
    assert "decision 199" in str(report)
