from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from geo.gazetteer import learned, read_learned
from geo.gazetteer.entries import LEAST_WEIGHT
from geo.gazetteer.learned import (
    APART,
    LEAST_SPREAD_M,
    WAITS,
    forget,
    forget_waiting,
    is_confirmed,
    learn,
    switch,
    weight,
)
from geo.gazetteer.lessons import Lesson
from geo.point import Point
from geo.schema import LearnedName

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
YEAR = timedelta(days=365)
MARKET = [Lesson("pasar kenanga", "tempat")]
VILLAGE = "33.20.01.2001"
DEGREE_M = 110_580.0  # of latitude, near the equator


def at(north_m: float = 0.0) -> Point:
    return Point(lon=110.65, lat=-6.63 + north_m / DEGREE_M)


def take(session, north_m: float = 0.0, now: datetime = NOW) -> int:
    return learn(session, MARKET, at(north_m), VILLAGE, now)


def confirm(session, **where) -> int:
    """Two pins, on two days."""
    take(session, **where)
    return take(session, now=NOW + APART, **where)


def name(session) -> LearnedName:
    return session.scalars(select(LearnedName).execution_options(populate_existing=True)).one()


def test_a_single_pin_counts_less_than_any_place():
    assert weight(1, NOW, NOW) == 0.5


def test_each_pin_more_makes_it_surer_and_each_year_halves_it():
    assert weight(2, NOW, NOW) == 0.75
    assert weight(2, NOW, NOW + YEAR) == pytest.approx(0.375)
    assert weight(60, NOW, NOW) <= 1.0
    assert weight(1, NOW + YEAR, NOW) == 0.5  # a clock that runs ahead adds nothing


def test_two_pins_of_two_days_are_read_back_as_an_entry(session):
    assert confirm(session) == 1
    (entry,) = read_learned(session, NOW + APART + YEAR)
    assert entry.id == -name(session).id
    assert (entry.name, entry.names, entry.kind) == ("Pasar Kenanga", ("pasar kenanga",), "tempat")
    assert (entry.point, entry.villages) == (at(), (VILLAGE,))
    assert entry.weight == pytest.approx(0.375)


def test_a_spread_is_kept_as_a_radius_of_68_and_read_as_one_of_90_percent(session):
    confirm(session)
    (entry,) = read_learned(session, NOW + APART)
    assert name(session).spread_m == LEAST_SPREAD_M
    sigma = LEAST_SPREAD_M / 1.5096  # of a two-dimensional normal: the 68 % radius is 1.5096 sigma
    assert entry.spread_m == pytest.approx(2.1460 * sigma, rel=1e-4)


@pytest.mark.parametrize(
    ("later", "read"),
    [
        ([], 0),
        ([timedelta(0)] * 4, 0),
        ([APART - timedelta(seconds=1)], 0),
        ([APART], 1),
        ([timedelta(0), timedelta(days=5)], 1),
        ([-APART], 1),  # a pin that was sent late
    ],
)
def test_a_name_waits_until_a_pin_of_another_day_confirms_it(session, later, read):
    take(session)
    for after in later:
        take(session, now=NOW + after)
    row = name(session)
    assert len(read_learned(session, NOW)) == read
    assert is_confirmed(row.times, row.first_at, row.last_at) is bool(read)


def test_what_has_faded_is_not_read(session):
    confirm(session)
    last = name(session).last_at
    assert weight(2, last, last + 5 * YEAR) > LEAST_WEIGHT > weight(2, last, last + 6 * YEAR)
    assert len(read_learned(session, last + 5 * YEAR)) == 1
    assert read_learned(session, last + 6 * YEAR) == []


def test_what_waited_thirty_days_is_deleted_and_no_sooner(session):
    take(session)
    assert forget_waiting(session, NOW + WAITS - timedelta(seconds=1)) == 0
    assert forget_waiting(session, NOW + WAITS) == 1
    assert session.scalars(select(LearnedName)).all() == []


def test_the_next_lesson_deletes_what_waited(session):
    take(session)
    other = [Lesson("lapangan kenanga", "tempat")]
    learn(session, other, at(), VILLAGE, NOW + WAITS)
    assert name(session).words == "lapangan kenanga"


def test_what_was_confirmed_or_switched_off_does_not_wait(session):
    confirm(session)
    learn(session, MARKET, at(), "33.20.01.2002", NOW)
    other = session.scalars(select(LearnedName.id).where(LearnedName.times == 1)).one()
    switch(session, other, on=False)
    assert forget_waiting(session, NOW + YEAR) == 0
    switch(session, other, on=True)
    assert forget_waiting(session, NOW + YEAR) == 1


def test_the_place_is_the_mean_of_its_pins(session):
    for north_m in (0, 100, 200):
        take(session, north_m)
    assert name(session).position.distance_m(at(100)) < 0.5
    assert name(session).times == 3


def test_scattered_pins_widen_it_and_close_ones_leave_it_at_60_m(session):
    for north_m in (0, 5, -5, 3):
        take(session, north_m)
    assert name(session).spread_m == LEAST_SPREAD_M
    for north_m in (-800, 800, -800, 800):
        take(session, north_m)
    assert 400 < name(session).spread_m < 900


def test_a_pin_far_off_counts_against_it_and_the_last_one_switches_it_off(session):
    take(session)
    take(session)
    assert take(session, north_m=1_500) == 0
    assert (name(session).times, name(session).active) == (1, True)
    assert name(session).position.distance_m(at()) < 0.5
    take(session, north_m=1_500)
    assert (name(session).times, name(session).active) == (0, False)
    assert read_learned(session, NOW) == []


def test_what_wore_off_begins_anew_at_the_next_pin(session):
    take(session)
    take(session, north_m=1_500)
    assert take(session, north_m=1_500) == 1
    row = name(session)
    assert (row.times, row.active) == (1, True)
    assert row.position.distance_m(at(1_500)) < 0.5


def test_what_begins_anew_waits_anew(session):
    take(session)
    take(session, north_m=1_500)
    take(session, now=NOW + 3 * APART)
    take(session, now=NOW + 3 * APART)
    assert name(session).times == 2
    assert read_learned(session, NOW + 3 * APART) == []
    take(session, now=NOW + 4 * APART)
    assert len(read_learned(session, NOW + 4 * APART)) == 1


@pytest.mark.parametrize("worn", [False, True])
def test_what_a_person_switched_off_stays_off(session, worn):
    take(session)
    if worn:
        take(session, north_m=1_500)
    assert switch(session, name(session).id, on=False)
    assert take(session) == 0
    assert read_learned(session, NOW) == []
    assert switch(session, name(session).id, on=True)
    take(session, now=NOW + APART)
    assert len(read_learned(session, NOW)) == 1


def test_a_name_is_forgotten_for_good(session):
    take(session)
    id_ = name(session).id
    assert forget(session, id_)
    assert not forget(session, id_)
    assert not switch(session, id_, on=False)
    assert session.scalars(select(LearnedName)).all() == []


def test_the_same_words_in_another_village_are_another_name(session):
    confirm(session)
    for day in (NOW, NOW + APART):
        learn(session, MARKET, at(), "33.20.01.2002", day)
    assert len(read_learned(session, NOW)) == 2


def test_an_older_pin_does_not_make_it_younger(session):
    take(session, now=NOW)
    take(session, now=NOW - YEAR)
    assert name(session).last_at == NOW


def test_one_call_teaches_at_most_five_names(session):
    many = [Lesson(f"pasar {chr(97 + n) * 4}", "tempat") for n in range(9)]
    assert learn(session, many, at(), VILLAGE, NOW) == learned.MOST_LESSONS
