"""The long run is resumed, adds up, and counts for one engine alone."""

import sys
import time

import pytest

from tests.promises.soak import Generator, Record, engine, left, run

COUNTING = Generator("cases", 25, 10, ("timeit", "-n1", "-r1", "{first} + {cases}"))
BREAKING = Generator("cases", 25, 10, ("timeit", "-n1", "-r1", "1 / (10 - {first})"))
LATER = time.monotonic() + 3_600


@pytest.fixture
def record(tmp_path):
    return Record("an engine", tmp_path)


def test_every_stretch_is_run_once_until_the_goal_is_reached(record, capfd):
    assert run(record, (COUNTING,), LATER) == 0

    assert record.done == {"cases": 25}
    assert list(left(record, (COUNTING,))) == []
    assert capfd.readouterr().out.count("1 loop, best of 1") == 3


def test_a_second_run_goes_on_where_the_first_one_stopped(record, tmp_path):
    record.add("cases", 10)

    again = Record("an engine", tmp_path)

    assert next(left(again, (COUNTING,))) == (COUNTING, 10, 10)


def test_another_engine_begins_at_nothing(record, tmp_path):
    record.add("cases", 10)

    assert Record("another", tmp_path).done == {}


def test_what_breaks_ends_the_run_and_does_not_count(record, capsys):
    assert run(record, (BREAKING,), LATER) != 0

    assert record.done == {"cases": 10}
    assert "broken; once more: python -m timeit" in capsys.readouterr().out


def test_the_engine_is_known_by_the_code_of_its_two_folders():
    assert engine() == engine()
    assert len(engine()) == 16
    assert COUNTING.command(3, 4) == [sys.executable, "-m", "timeit", "-n1", "-r1", "3 + 4"]
