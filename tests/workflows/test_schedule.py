"""Schedules: what an expression in a zone means, and which are refused, by the argument's name."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from workflows.errors import JobRefused
from workflows.schedule import Schedule, schedule

BERLIN = "Europe/Berlin"
# In Berlin, at 1:00 UTC, the clocks skip from 2:00 to 3:00, and go back from 3:00 to 2:00.
SPRING = datetime(2026, 3, 29, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, tzinfo=UTC)


def times(cron: str, timezone: str, at: datetime, until: datetime) -> list[str]:
    found = schedule(cron, timezone)
    told = []
    while (at := found.after(at)) <= until:
        told.append(f"{at:%d %H:%M}")
    return told


def test_an_expression_is_read_in_its_zone_summer_and_winter():
    office = schedule("0 9 * * MON-FRI", BERLIN)

    friday = datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert office.after(friday - timedelta(microseconds=1)) == friday
    assert office.after(friday) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_time_comes_out_in_utc():
    assert schedule("0 9 * * *", BERLIN).after(SPRING).tzinfo is UTC


def test_a_time_of_day_that_the_clocks_skip_is_when_they_have_skipped_it():
    night = SPRING - timedelta(hours=12), SPRING + timedelta(hours=36)

    assert times("30 2 * * *", BERLIN, *night) == ["29 01:00", "30 00:30"]


def test_two_times_that_the_clocks_skip_are_one():
    night = SPRING, SPRING + timedelta(hours=3)

    assert times("0,30 2-3 * * *", BERLIN, *night) == ["29 01:00", "29 01:30"]


def test_a_time_of_day_that_the_clocks_repeat_comes_the_first_time():
    night = AUTUMN - timedelta(hours=12), AUTUMN + timedelta(hours=36)

    assert times("30 2 * * *", BERLIN, *night) == ["25 00:30", "26 01:30"]


def test_a_time_of_day_is_over_in_the_second_of_two_equal_hours():
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 2:10 for the second time

    assert schedule("30 2 * * *", BERLIN).after(again) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_what_goes_by_the_hour_goes_by_elapsed_time_when_the_clocks_change(night):
    hourly = schedule("30 * * * *", BERLIN)
    found = [night]
    for _ in range(8):
        found.append(hourly.after(found[-1]))

    steps = {late - early for early, late in pairwise(found[1:])}
    assert steps == {timedelta(hours=1)}


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
@pytest.mark.parametrize("cron", ["30 2 * * *", "*/7 1-3 * * *", "0,30 2-3 * * *", "5 * * * *"])
def test_the_last_of_those_missed_is_found_without_trying_each(cron, night):
    found = schedule(cron, BERLIN)
    each = [found.after(night - timedelta(days=3))]
    while each[-1] < night + timedelta(days=3):
        each.append(found.after(each[-1]))

    for early, late in pairwise(each):
        for until in (early, late - timedelta(microseconds=1)):
            assert found.latest(each[0], until) == early


def test_a_year_of_minutes_is_looked_through_in_few_steps(monkeypatch):
    asked = []
    after = Schedule.after
    monkeypatch.setattr(Schedule, "after", lambda self, at: asked.append(at) or after(self, at))
    first = datetime(2026, 1, 1, tzinfo=UTC)

    latest = schedule("* * * * *", "UTC").latest(first, first + timedelta(days=365, seconds=59))

    assert latest == first + timedelta(days=365)
    assert len(asked) < 60


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("", "has 0 fields"),
        ("0 0 9 * * MON", "has 6 fields"),
        ("@daily", "has 1 fields"),
        ("60 * * * *", "bad minute"),
        ("* 24 * * *", "bad hour"),
        ("* * * * FRI-MON", "bad day-of-week"),
        ("*/0 * * * *", "bad minute"),
        ("0 0 30 2 *", "bad day-of-month"),
        ("* * */20 * 1L", "no day fits"),
        ("9" * 5_000 + " * * * *", "no schedule"),
        (5, "no schedule"),
    ],
)
def test_x96_an_expression_that_never_comes_is_refused(cron, why):
    with pytest.raises(JobRefused, match=rf"^cron=.*{why}.*write minute, hour"):
        schedule(cron, "UTC")


@pytest.mark.parametrize(
    "timezone", ["Europe/Atlantis", "", "Europe", "../UTC", "/etc/localtime", "CET\0", None, 2]
)
def test_x96_a_zone_that_is_none_is_refused(timezone):
    with pytest.raises(JobRefused, match=r"^timezone=.*Europe/Berlin"):
        schedule("0 9 * * *", timezone)
