"""Where no road leads: the straight line on one land mass, and nothing across water."""

from datetime import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.routing import Leg, NoRoute, Start
from geo.routing.crow import CrowRouter
from geo.routing.land import Lands
from geo.routing.roads import RoadRouter
from geo.routing.rules import Band, Hours, RoadRules, learned_factor
from tests.geo.routing.drawn import Drawn, table_of
from tests.geo.routing.islands import MAINLAND, WIB, at, house, local

RUSH = Band("pagi", time(6), time(8), {"*": 2.0, "motorway": 3.0}, frozenset(range(5)))


def test_on_one_land_mass_the_straight_line_answers_and_says_so():
    leg = house().legs([Start(at(-4, 0))], at(-3, 0))[0]
    assert isinstance(leg, Leg)
    assert leg.travel_s == pytest.approx(100, rel=1e-3)
    assert leg.basis == "garis lurus × 1"
    assert leg.share_s == {"garis": pytest.approx(leg.travel_s)}


def test_across_water_there_is_no_straight_line():
    router = house()
    assert router.legs([Start(at(5, 0))], at(11, 0))[0] == NoRoute("terpisah laut")
    assert router.way(Start(at(5, 0)), at(11, 0)) == NoRoute("terpisah laut")
    assert np.isnan(router.times([Start(at(5, 0))], [at(11, 0), at(4, 0)])[0]).tolist() == [
        True,
        False,
    ]


def test_a_place_in_the_sea_has_no_way_by_land():
    assert house().legs([Start(at(5, 0))], at(8, 3))[0] == NoRoute("di laut")


def test_a_beach_is_still_land():
    assert isinstance(house().legs([Start(at(-4, 0))], at(0.05, 3))[0], Leg)


def test_the_land_of_neighbours_belongs_to_the_mass_beside_it():
    abroad = Lands.of([MAINLAND], 0.0, lambda spots: spots[:, 0] < at(-10, 0).lon)
    assert abroad.masses_of([at(-12, 0), at(3, 3), at(-1, 1)]).tolist() == [0, -1, 0]


def test_without_any_land_known_all_is_one():
    assert Lands.of([]).masses_of([at(0, 0), at(50, 0)]).tolist() == [0, 0]


def test_what_the_network_does_not_reach_is_left_to_the_straight_line():
    course = [(p.lon, p.lat) for p in (at(-4, 0), at(-2, 0))]
    roads = RoadRouter.of(table_of([Drawn([0, 1], course)]), RoadRules(), WIB)
    router = house(roads=roads)
    starts = [Start(at(-4, 0)), Start(at(-4, 4))]
    legs = router.legs(starts, at(-3, 0))
    assert [leg.basis for leg in legs] == ["jalan", "garis lurus × 1"]
    assert router.times(starts, [at(-3, 0)])[:, 0] == pytest.approx([x.travel_s for x in legs])
    assert router.legs(starts[:1], at(-3, -4))[0].basis == "garis lurus × 1"


def test_where_the_roads_themselves_do_not_join_no_line_is_drawn():
    ends = [(at(-4, 0), at(-3, 0)), (at(-3, 2), at(-2, 2))]
    drawn = [
        Drawn([2 * n, 2 * n + 1], [(p.lon, p.lat) for p in pair]) for n, pair in enumerate(ends)
    ]
    router = house(roads=RoadRouter.of(table_of(drawn), RoadRules(), WIB))
    assert router.legs([Start(at(-4, 0))], at(-2, 2))[0] == NoRoute("tidak ada jalan darat")


def test_nobody_walks_over_a_strait_to_the_road():
    course = [(p.lon, p.lat) for p in (at(-4, 0), at(6, 0))]
    rules = RoadRules(off_road_most_m=5000)  # the island is 4 km off
    router = house(roads=RoadRouter.of(table_of([Drawn([0, 1], course)]), rules, WIB))
    assert router.legs([Start(at(-4, 0))], at(10.2, 0))[0] == NoRoute("terpisah laut")
    assert np.isnan(router.times([Start(at(-4, 0))], [at(10.2, 0)])).all()


def test_the_hour_changes_the_line_too():
    crow = CrowRouter(36, 1.0, hours=Hours(WIB, (RUSH,)), learned={("garis", "pagi"): 1.5})
    start, goal = [Start(at(0, 0))], at(1, 0)
    usual, rush = crow.legs(start, goal, local(0, 12))[0], crow.legs(start, goal, local(0, 7))[0]
    assert isinstance(usual, Leg)
    assert isinstance(rush, Leg)
    assert rush.travel_s == pytest.approx(3 * usual.travel_s)
    assert rush.share_s["garis"] == pytest.approx(2 * usual.travel_s)
    assert (usual.band, rush.band) == ("*", "pagi")
    assert crow.times(start, [goal], local(0, 7))[0, 0] == pytest.approx(rush.travel_s)


def test_a_band_holds_by_the_clock_of_the_regency():
    course = [(p.lon, p.lat) for p in (at(-4, 0), at(-2, 0))]
    rules = RoadRules(bands=(RUSH,))
    router = RoadRouter.of(table_of([Drawn([0, 1], course)]), rules, WIB)
    start, goal = [Start(at(-4, 0))], [at(-3, 0)]
    usual = router.times(start, goal)[0, 0]
    for when, factor in (
        (local(0, 6), 2),
        (local(0, 8), 1),
        (local(5, 7), 1),
        (local(4, 7, 59), 2),
    ):
        assert router.times(start, goal, when)[0, 0] == pytest.approx(factor * usual), when


def test_a_night_runs_over_midnight():
    night = Band("malam", time(22), time(4), {"*": 0.9}, frozenset({4}))  # from Friday on
    held = [(4, 21), (4, 22), (4, 23), (5, 3), (5, 4), (5, 23), (4, 3)]
    assert [night.holds(local(d, h).astimezone(WIB)) for d, h in held] == [
        False, True, True, True, False, False, False,
    ]  # fmt: skip


def test_the_factor_that_says_most_counts():
    learned = {("*", "*"): 1.1, ("*", "pagi"): 1.2, ("primary", "*"): 1.3, ("primary", "sore"): 1.4}
    asked = [("primary", "sore"), ("primary", "pagi"), ("track", "pagi"), ("track", "sore")]
    assert [learned_factor(learned, *key) for key in asked] == [1.4, 1.3, 1.2, 1.1]
    assert learned_factor(learned, "garis", "pagi") == 1.0  # what roads taught is not the line's


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-12, 27), st.floats(-6, 6)), min_size=1, max_size=8),
    st.tuples(st.floats(-12, 27), st.floats(-6, 6)),
)
def test_a_line_never_crosses_water(starts: list[tuple[float, float]], goal: tuple[float, float]):
    router = house()
    masses = router.overland.lands.masses_of([at(*goal), *(at(*s) for s in starts)]).tolist()
    legs = router.legs([Start(at(*s)) for s in starts], at(*goal))
    times = router.times([Start(at(*s)) for s in starts], [at(*goal)])[:, 0]
    for mass, leg, time_s in zip(masses[1:], legs, times, strict=True):
        assert isinstance(leg, Leg) == (mass == masses[0] >= 0) == (not np.isnan(time_s))
