"""The working calendar: what must hold between any moments, and where it ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.calendar import OutsideCalendar, WorkCalendar
from dispatch.rules.hours import Window
from tests.dispatch.rules.clock_world import CALENDAR, WIB

MOMENTS = st.integers(0, 2190 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
SECONDS = st.integers(0, 40 * 86_400)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_and_counts_back(one, two, three):
    there = CALENDAR.working_s(one, two) + CALENDAR.working_s(two, three)
    assert there == pytest.approx(CALENDAR.working_s(one, three), abs=1e-5)
    assert CALENDAR.working_s(one, two) == -CALENDAR.working_s(two, one)


@given(MOMENTS, SECONDS, SECONDS)
def test_what_is_added_is_what_passes_and_more_is_later(start, some, more):
    end = CALENDAR.add_working(start, some)
    assert CALENDAR.working_s(start, end) == some
    assert CALENDAR.add_working(end, more) == CALENDAR.add_working(start, some + more) or not some
    assert end <= CALENDAR.add_working(start, some + more)


@given(MOMENTS, MOMENTS)
def test_no_more_work_than_time(one, two):
    assert abs(CALENDAR.working_s(one, two)) <= abs((two - one).total_seconds())
    assert (CALENDAR.working_s(one, two) >= 0) == (one <= two) or not CALENDAR.working_s(one, two)


@given(MOMENTS, st.integers(1, 90))
def test_a_term_of_days_ends_with_the_end_of_work_on_a_day_that_is_worked_on(start, days):
    end = CALENDAR.add_working_days(start, days)
    local = end.astimezone(WIB)
    assert local.date() > start.astimezone(WIB).date()
    assert local.time() == CALENDAR.windows_on(local.date())[-1].closes
    assert CALENDAR.add_working_days(start, days + 1) > end
    assert CALENDAR.add_working_days(end, 1) == CALENDAR.add_working_days(start, days + 1)


@given(MOMENTS)
def test_it_is_open_where_working_time_passes(moment):
    passed = CALENDAR.working_s(moment, moment + timedelta(microseconds=1))
    assert CALENDAR.is_open(moment) == (passed > 0)


def test_a_moment_comes_back_in_the_zone_that_it_came_in():
    at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert CALENDAR.add_working(at, 60).tzinfo is UTC
    assert CALENDAR.add_working_days(at.astimezone(WIB), 1).tzinfo is WIB


def test_the_night_in_which_the_clocks_go_back_has_an_hour_more():
    night = Window(frozenset(range(7)), time(), time())
    berlin = WorkCalendar(ZoneInfo("Europe/Berlin"), (night,))
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight in Berlin; at 03.00 it is 02.00 again
    assert berlin.working_s(start, start + timedelta(days=2)) == 2 * 86_400
    assert berlin.add_working(start, 25 * 3600) == start + timedelta(hours=25)


def test_two_windows_a_day_leave_out_the_noon():
    days = frozenset(range(5))
    split = WorkCalendar(
        WIB, (Window(days, time(13), time(16)), Window(days, time(8), time(12))), {}
    )
    start = datetime(2026, 11, 23, 8, tzinfo=WIB)
    assert split.working_s(start, start + timedelta(hours=6)) == 5 * 3600
    assert split.add_working(start, 4.5 * 3600) == datetime(2026, 11, 23, 13, 30, tzinfo=WIB)
    assert split.ordinary_day_s == 7 * 3600


def test_days_off_have_no_hours_and_ramadan_its_own():
    assert CALENDAR.windows_on(date(2026, 12, 25)) == []
    assert CALENDAR.windows_on(date(2026, 2, 19))[0].opens == time(8)
    assert CALENDAR.windows_on(date(2026, 3, 25))[0].opens == time(7, 30)


def test_a_clock_that_lost_its_time_still_gets_an_answer_and_the_end_of_days_none():
    lost = datetime(1970, 1, 1, tzinfo=UTC)
    assert CALENDAR.add_working_days(lost, 3) > lost
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(datetime(2060, 12, 30, tzinfo=UTC), 14)
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working(lost, 1e10)


@pytest.mark.parametrize("bad", [-1, 0])
def test_a_term_has_at_least_one_day(bad):
    with pytest.raises(ValueError, match="give one or more"):
        CALENDAR.add_working_days(datetime(2026, 1, 1, tzinfo=UTC), bad)
    with pytest.raises(ValueError, match="not taken away"):
        CALENDAR.add_working(datetime(2026, 1, 1, tzinfo=UTC), bad - 1)
