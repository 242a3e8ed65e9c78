"""Boats: straight where the water is free, else round the land; and what they cannot reach."""

import numpy as np
import pytest

from geo.routing import Leg, NoRoute, Start
from geo.routing.rules import SeaRules
from tests.geo.routing.islands import at, house

SEA = SeaRules(speed_kmh=36, near_m=500, landing_s=60, cell_m=250)  # 10 m/s
ROUTER = house(sea=SEA)


def boat(east_km: float, north_km: float) -> Start:
    return Start(at(east_km, north_km), by_sea=True)


def sail(start: Start, east_km: float, north_km: float) -> Leg:
    leg = ROUTER.legs([start], at(east_km, north_km))[0]
    assert isinstance(leg, Leg), leg
    assert ROUTER.times([start], [at(east_km, north_km)])[0, 0] == pytest.approx(leg.travel_s)
    return leg


def test_over_free_water_a_boat_goes_straight():
    leg = sail(boat(8, -3), 8, 3)
    assert leg.distance_m == pytest.approx(6000, rel=1e-3)
    assert leg.travel_s == pytest.approx(600 + 60, rel=1e-3)
    assert leg.basis == "laut"
    assert set(leg.share_s) == {"laut"}


def test_round_a_headland_it_takes_the_way_round():
    leg = sail(boat(2, 1), 2, -1)
    shortest = np.hypot(4, 0.5) * 2 + 1  # km, by the two corners of the spit
    assert leg.distance_m >= 1000 * shortest
    assert leg.distance_m <= 1000 * shortest * 1.08
    way = ROUTER.way(boat(2, 1), at(2, -1))
    assert max(lon for lon, _ in way.course.coords) > at(5.9, 0).lon
    assert not way.course.crosses(ROUTER.overland.lands.whole)


def test_what_lies_near_the_water_is_reached_from_it():
    leg = sail(boat(8, 0), 10.3, 0)
    assert leg.share_s["jalan setapak"] == pytest.approx(300 / (5 / 3.6), rel=0.02)


def test_what_lies_inland_is_not():
    assert ROUTER.legs([boat(8, 0)], at(-3, 0))[0] == NoRoute("terlalu jauh dari air: 3,0 km")
    assert np.isnan(ROUTER.times([boat(8, 0)], [at(-3, 0)])[0, 0])


def test_a_boat_whose_post_is_noted_ashore_lies_in_the_water():
    assert sail(boat(10.2, 0), 8, 0).travel_s == pytest.approx(200 + 60, rel=0.1)


def test_a_closed_sea_keeps_boats_in():
    shut = house(sea=SEA, sea_closed="ombak 2,5 m")
    assert shut.legs([boat(8, -3)], at(8, 3))[0] == NoRoute("laut ditutup: ombak 2,5 m")
    assert np.isnan(shut.times([boat(8, -3)], [at(8, 3)])).all()
    assert shut.way(boat(8, -3), at(8, 3)) == NoRoute("laut ditutup: ombak 2,5 m")


def test_without_a_sea_no_boat_has_a_route():
    assert house().legs([boat(8, 0)], at(8, 1))[0] == NoRoute("tidak ada laut")
    assert np.isnan(house().times([boat(8, 0)], [at(8, 1)])[0, 0])


def test_boats_and_cars_are_answered_in_their_order():
    starts = [Start(at(-1, 0)), boat(8, 0), Start(at(-2, 0)), boat(9, 2)]
    goal = at(5.9, 0)  # on the spit: near the water, and by land
    legs = ROUTER.legs(starts, goal)
    assert [leg.basis for leg in legs] == ["garis lurus × 1", "laut", "garis lurus × 1", "laut"]
    times = ROUTER.times(starts, [goal])[:, 0]
    assert times == pytest.approx([leg.travel_s for leg in legs])
