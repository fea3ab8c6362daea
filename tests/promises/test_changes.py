"""Code that is changed while runs are under way: what comes of them is never a mixture (i26, i32).

A failure prints the two programs and ``SEED=…``; ``python -m tests.promises.changes --seed …``
plays it once more.
"""

import asyncio
import secrets
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.promises.changes.__main__ import Campaign, campaign, told
from tests.promises.changes.changing import Case, Outcome, Stage
from tests.promises.changes.kept import KEPT
from tests.promises.changes.seeded import FIXES
from tests.promises.seeded import copied, hunt, line

BLOCK = 150
QUICK = [bug for bug in FIXES if bug.number not in {5, 8}]  # those are for the long run
WAYS = 6  # what is answered first is decided by chance


def assert_whole(done: Campaign) -> None:
    assert not done.broken, "\n".join(told(seed, outcome) for seed, outcome in done.broken)


def played(case: Case, chance: Random) -> Outcome:
    async def play() -> Outcome:
        stage = Stage()
        outcome = await stage.play(case, chance)
        await stage.close()
        return outcome

    return asyncio.run(play())


@pytest.mark.parametrize("block", range(2))
def test_no_change_of_the_known_ones_mixes_two_programs_i26_i32(block):
    assert_whole(campaign(range(block * BLOCK, (block + 1) * BLOCK)))


def test_no_change_that_nobody_has_seen_mixes_two_programs():
    first = secrets.randbits(48)

    assert_whole(campaign(range(first, first + BLOCK)))


@given(st.randoms(use_true_random=False), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_change_that_hypothesis_makes_up_mixes_two_programs(chance, seed):
    case = Case.made_up(chance)

    outcome = played(case, Random(seed))  # noqa: S311  chance is wanted, not a secret

    assert not outcome.violations, told(0, outcome)


@pytest.mark.parametrize("name", KEPT)
def test_a_change_that_once_mixed_two_programs_is_noticed_g2_to_g4(name):
    case, status = KEPT[name]

    outcomes = [played(case, chance) for chance in map(Random, range(WAYS))]

    assert [each.violations for each in outcomes] == [[]] * len(outcomes)
    assert {each.status for each in outcomes} == {status}


def test_what_chance_makes_up_reaches_every_kind_of_end():
    done = campaign(range(300), until=1_000)

    assert {"completed", "blocked", "blocked, then ended on the old code"} <= set(done.outcomes)
    assert "completed, with a difference noted" in done.outcomes


def test_a_seed_decides_everything():
    first, again = (campaign(range(17, 30), until=1_000) for _ in range(2))

    assert first.outcomes == again.outcomes


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("changes"))


@pytest.mark.parametrize("bug", QUICK, ids=lambda bug: f"{bug.number}-{bug.what.replace(' ', '-')}")
def test_a_fix_that_is_taken_out_is_missed_within_the_budget(tree, bug):
    done = hunt(bug, tree)

    assert done.is_caught, line(done)
    assert done.seen
