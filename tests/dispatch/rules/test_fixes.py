"""Which positions of devices are believed."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.fixes import Fix, Flag, Limits, Standing, is_worth_keeping, judge, judge_all
from geo.point import Point

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
TOWN = Point(lon=110.668, lat=-6.588)
FAR = Point(lon=106.827, lat=-6.175)  # 428 km off
ISLAND = Point(lon=110.456, lat=-5.838)  # 86 km off, over the sea
LIMITS = Limits()


def fix(seconds, point=TOWN, accuracy_m=10.0):
    """Seconds after noon."""
    return Fix(point, NOON + timedelta(seconds=seconds), accuracy_m)


def told(fixes, last=None, now=0, by_sea=False):
    """Flags in the order in which the fixes were sent."""
    judged = judge_all(fixes, Standing(last), NOON + timedelta(seconds=now), LIMITS, by_sea=by_sea)
    return [one.flag for one in sorted(judged, key=lambda one: one.n)]


def east(metres):
    return Point(lon=TOWN.lon + metres / 110_500, lat=TOWN.lat)


def test_the_first_fix_of_a_unit_is_believed_wherever_it_is():
    assert told([fix(0, FAR)]) == [None]


def test_a_clock_a_minute_ahead_is_believed_and_one_further_ahead_is_not():
    assert told([fix(60)]) == [None]
    assert told([fix(61)]) == [Flag.AHEAD]


def test_a_fix_of_the_year_9999_holds_up_nothing():
    wrong = Fix(TOWN, datetime(9999, 12, 31, tzinfo=UTC))
    assert told([wrong, fix(0)]) == [Flag.AHEAD, None]


def test_what_is_older_than_the_newest_does_not_move_the_unit_back():
    assert told([fix(-20)], last=fix(-10)) == [Flag.LATE]


def test_what_is_older_than_an_hour_says_nothing_even_when_it_is_all_that_is_known():
    assert told([fix(-3601)]) == [Flag.LATE]
    assert told([fix(-3599)]) == [None]


def test_a_backlog_in_any_order_is_read_in_the_order_of_its_time():
    backlog = [fix(-10, east(400)), fix(-30, east(0)), fix(-20, east(200))]
    assert told(backlog) == [None, None, None]


def test_400_km_in_a_minute_is_a_jump():
    assert told([fix(0, FAR)], last=fix(-60)) == [Flag.JUMP]


def test_a_second_fix_at_the_new_place_is_believed():
    assert told([fix(-5, FAR), fix(0, FAR)], last=fix(-60)) == [Flag.JUMP, None]


def test_the_same_jump_sent_again_is_no_second_fix():
    assert told([fix(-5, FAR), fix(-5, FAR)], last=fix(-60)) == [Flag.JUMP, Flag.JUMP]


def test_two_jumps_to_two_places_are_two_jumps():
    assert told([fix(-5, FAR), fix(0, ISLAND)], last=fix(-60)) == [Flag.JUMP, Flag.JUMP]


def test_after_a_stray_fix_the_unit_is_where_it_was_and_the_stray_one_is_forgotten():
    sent = [fix(-20, FAR), fix(-10), fix(0, FAR)]
    assert told(sent, last=fix(-60)) == [Flag.JUMP, None, Flag.JUMP]


def test_a_phone_that_was_off_for_hours_and_driven_far_is_believed_at_once():
    assert told([fix(0, FAR)], last=fix(-7200)) == [None]


def test_a_boat_is_not_as_fast_as_a_car():
    last, next_ = fix(-60), fix(0, east(3000))  # 180 km/h
    assert told([next_], last=last) == [None]
    assert told([next_], last=last, by_sea=True) == [Flag.JUMP]


def test_a_coarse_fix_has_room_to_stray_but_no_country():
    last = fix(-5)
    assert told([fix(0, east(2000), accuracy_m=1000)], last=last) == [None]
    assert told([fix(0, east(2000), accuracy_m=10)], last=last) == [Flag.JUMP]
    assert told([fix(0, FAR, accuracy_m=1e9)], last=last) == [Flag.JUMP]


def test_two_places_in_one_second_are_one_place():
    assert told([fix(0, east(1)), fix(0, east(2))]) == [None, Flag.LATE]


points = st.builds(
    Point,
    lon=st.floats(94, 142, allow_nan=False),
    lat=st.floats(-12, 7, allow_nan=False),
)


@given(st.lists(st.tuples(st.integers(-4000, 4000), points), max_size=30), points)
def test_whatever_came_before_the_third_fix_at_a_place_is_believed(before, place):
    sent = [fix(seconds, point) for seconds, point in before if seconds < 0]
    flags = told([*sent, fix(1, place), fix(2, place), fix(3, place)], now=3)
    assert flags[-1] is None


@given(st.lists(st.tuples(st.integers(-4000, 100), points), max_size=30))
def test_nothing_believed_is_out_of_order_or_out_of_reach_of_both_before_it(sent):
    limits, standing = LIMITS, Standing()
    fixes = [fix(seconds, point) for seconds, point in sent]
    judged = list(judge_all(fixes, standing, NOON, limits, by_sea=False))
    believed = [one.fix for one in judged if one.flag is None]
    for before, after in itertools.pairwise(believed):
        assert after.at > before.at
    assert sorted(one.n for one in judged) == list(range(len(fixes)))


def test_judging_one_by_one_is_judging_them_all():
    sent = [fix(-50), fix(-40, FAR), fix(-30, FAR), fix(-20, east(50)), fix(0, east(50))]
    standing, flags = Standing(), []
    for one in sent:
        flag = judge(one, standing, NOON, LIMITS, by_sea=False)
        flags.append(flag)
        if flag is None:
            standing = Standing(last=one)
        elif flag is Flag.JUMP:
            standing = replace(standing, jumped=one)
    assert flags == told(sent)


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (fix(299), False),
        (fix(300), True),
        (fix(5, east(99)), False),
        (fix(5, east(101)), True),
        (fix(-400), True),  # a late one, of a time that the history does not have
        (fix(-100), False),
    ],
)
def test_the_history_keeps_one_fix_in_so_much_time_or_way(after, kept):
    assert is_worth_keeping(fix(0), after, each_s=300, each_m=100) is kept
