import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules.whereabouts import (
    SAMPLES,
    Fix,
    GrowthRules,
    at_post,
    growth_of,
    spots_round,
    whereabouts,
)
from dispatch.rules.workflow import UnitState
from geo.point import Point

POST = Point(lon=110.7, lat=-6.7)
AWAY = Point(lon=110.75, lat=-6.7)  # some 5.5 km
RULES = GrowthRules()
LIMITS = {"stale_s": 120.0, "lost_s": 3600.0}


def seen(age_s, state=UnitState.MOVING, at=AWAY, accuracy_m=10.0, home=False):
    growth = growth_of(state, 45, home, RULES)
    return whereabouts(Fix(at, age_s, accuracy_m), POST, growth, RULES, **LIMITS)


def test_a_fresh_fix_is_where_it_says():
    place = seen(5)
    assert (place.point, place.radius_m, place.stale, place.lost) == (AWAY, 10, False, False)
    assert place.spots == (AWAY,)


def test_an_old_fix_of_a_moving_unit_is_an_area():
    place = seen(600)
    assert place.stale
    assert 2000 < place.radius_m < 5000
    assert len(place.spots) == SAMPLES


def test_who_stands_at_the_post_does_not_grow():
    growth = growth_of(UnitState.FREE, 45, True, RULES)
    assert growth is None
    place = whereabouts(Fix(POST, 7200, 10), POST, growth, RULES, **LIMITS)
    assert (place.radius_m, place.stale, place.lost) == (10, True, False)


@pytest.mark.parametrize("state", [UnitState.ON_SCENE, UnitState.AT_FACILITY])
def test_who_is_at_work_stands_there(state):
    assert growth_of(state, 45, False, RULES) is None


@pytest.mark.parametrize("state", [UnitState.MOVING, UnitState.CARRYING, UnitState.RETURNING])
def test_who_is_under_way_grows_even_when_last_seen_at_the_post(state):
    assert growth_of(state, 45, True, RULES).per_s == pytest.approx(45 / 3.6 * 0.5)


def test_who_is_free_but_away_from_the_post_grows_slowly():
    idle = growth_of(UnitState.FREE, 45, False, RULES)
    assert 0 < idle.per_s < growth_of(UnitState.MOVING, 45, False, RULES).per_s


def test_growth_has_an_end():
    assert seen(3000).radius_m == RULES.most_m
    lost = seen(90_000)
    assert lost.lost
    assert lost.radius_m == RULES.most_m


def test_without_a_fix_a_unit_stands_at_its_station():
    place = whereabouts(None, POST, None, RULES, **LIMITS)
    assert (place.point, place.radius_m, place.age_s) == (POST, 50, None)
    assert not place.stale


def test_a_station_that_is_only_thought_likely_is_an_area():
    place = whereabouts(None, POST, None, RULES, **LIMITS, assumed=True)
    assert place.radius_m == 500
    assert len(place.spots) == SAMPLES


def test_a_fix_that_does_not_say_how_exact_it_is_is_no_dot():
    assert seen(0, accuracy_m=None).radius_m == RULES.unknown_m


def test_near_its_station_a_unit_is_at_its_post():
    assert at_post(None, POST, RULES)
    assert at_post(Fix(Point(lon=110.701, lat=-6.7), 0), POST, RULES)
    assert not at_post(Fix(AWAY, 0), POST, RULES)


@settings(deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 5000))
def test_an_older_fix_never_says_more(one, other, accuracy_m):
    younger, older = sorted((one, other))
    assert (
        seen(younger, accuracy_m=accuracy_m).radius_m <= seen(older, accuracy_m=accuracy_m).radius_m
    )
    assert seen(older, accuracy_m=accuracy_m).radius_m >= accuracy_m


def test_while_a_fix_grows_old_its_points_stay_for_a_while():
    assert seen(600).spots == seen(602).spots
    assert seen(600).spots != seen(800).spots


def test_68_percent_of_the_points_lie_within_the_radius():
    spots = spots_round(POST, 1000, 1000, exact_m=100)
    away_m = [POST.distance_m(spot) for spot in spots]
    assert np.mean(np.array(away_m) <= 1000) == pytest.approx(0.68, abs=0.01)
