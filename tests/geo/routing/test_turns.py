"""What may be driven, and what a turn costs, on crossings drawn by hand.

A crossing of four roads of 100 m each: junction 0 in the middle, 1 north, 2 east, 3 south, 4 west.
"""

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.point import Point
from geo.routing import Leg, NoRoute, Start
from geo.routing.roads import RoadRouter
from geo.routing.rules import RoadRules, TurnCosts
from tests.geo.routing.drawn import Drawn, table_of

WIB = ZoneInfo("Asia/Jakarta")
RULES = RoadRules(speed_kmh={"residential": 36.0}, turns=TurnCosts(8, 3, 25, 5))  # 10 m/s
STEP = 0.001  # degrees
SPOTS = {0: (0, 0), 1: (0, 1), 2: (1, 0), 3: (0, -1), 4: (-1, 0)}
NORTH, EAST, SOUTH, WEST = range(4)  # the roads


def spot(x: float, y: float) -> tuple[float, float]:
    return 110.7 + x * STEP, y * STEP


def at(x: float, y: float) -> Point:
    lon, lat = spot(x, y)
    return Point(lon=lon, lat=lat)


def road(start: int, finish: int, oneway: bool = False, name: str = "") -> Drawn:
    course = [spot(*SPOTS[start]), spot(*SPOTS[finish])]
    return Drawn([start, finish], course, name=name, oneway=oneway, length_m=100)


def crossing() -> list[Drawn]:
    return [road(0, 1), road(0, 2), road(0, 3), road(0, 4)]


def seconds(router: RoadRouter, start: Point, goal: Point) -> float:
    return float(router.times([Start(start)], [goal])[0, 0])


def router_of(roads: list[Drawn], **more: object) -> RoadRouter:
    return RoadRouter.of(table_of(roads, **more), RULES, WIB)


@pytest.mark.parametrize(
    ("drives_on", "goal", "turn_s"),
    [
        ("left", (0, 0.5), 0),  # straight on
        ("left", (0.5, 0), 8),  # to the right, through those who come against one
        ("left", (-0.5, 0), 3),
        ("right", (0.5, 0), 3),
        ("right", (-0.5, 0), 8),
    ],
)
def test_a_turn_across_the_traffic_costs_more(
    drives_on: str, goal: tuple[float, float], turn_s: float
):
    router = router_of(crossing(), drives_on=drives_on)
    assert seconds(router, at(0, -0.5), at(*goal)) == pytest.approx(10 + turn_s, abs=1e-6)


def test_lights_cost_whichever_way_one_goes():
    router = router_of(crossing(), signals=[0])
    assert seconds(router, at(0, -0.5), at(0, 0.5)) == pytest.approx(15, abs=1e-6)


def test_a_bend_is_no_turn():
    router = router_of([road(3, 0), road(0, 2)])
    assert seconds(router, at(0, -0.5), at(0.5, 0)) == pytest.approx(10, abs=1e-6)


def test_a_banned_turn_is_not_made():
    router = router_of(crossing(), bans=[(SOUTH, 0, EAST)])
    # Straight on to the dead end, round, back, and left into the street.
    assert seconds(router, at(0, -0.5), at(0.5, 0)) == pytest.approx(
        5 + 10 + 25 + 10 + 3 + 5, abs=1e-6
    )
    assert seconds(router, at(0.5, 0), at(0, -0.5)) == pytest.approx(13, abs=1e-6)


def test_nobody_turns_round_where_another_road_leads_on():
    further = Drawn([1, 5], [spot(0, 1), spot(0, 2)], length_m=100)
    router = router_of([road(3, 0), road(0, 1), road(0, 2), further], bans=[(0, 0, 2)])
    # Not at the end of the first road: at the end of the second.
    assert seconds(router, at(0, -0.5), at(0.5, 0)) == pytest.approx(
        5 + 10 + 10 + 25 + 10 + 10 + 3 + 5, abs=1e-6
    )


def test_at_a_dead_end_one_turns_round():
    roads = [road(3, 0, oneway=True), road(0, 1), road(0, 2, oneway=True)]
    router = router_of(roads, bans=[(0, 0, 2)])
    assert seconds(router, at(0, -0.5), at(0.5, 0)) == pytest.approx(
        5 + 10 + 25 + 10 + 3 + 5, abs=1e-6
    )


def test_a_one_way_street_is_not_driven_against():
    router = router_of([road(3, 0), road(0, 1, oneway=True)])
    assert seconds(router, at(0, -0.5), at(0, 0.5)) == pytest.approx(10, abs=1e-6)
    answer = router.legs([Start(at(0, 0.5))], at(0, -0.5))[0]
    assert answer == NoRoute("tidak ada jalan darat")
    assert np.isnan(seconds(router, at(0, 0.5), at(0, -0.5)))


def test_both_on_one_road_take_the_stretch_between_them():
    router = router_of([road(3, 0)])
    assert seconds(router, at(0, -0.8), at(0, -0.3)) == pytest.approx(5, abs=1e-6)
    assert seconds(router, at(0, -0.3), at(0, -0.8)) == pytest.approx(5, abs=1e-6)
    assert seconds(router, at(0, -0.3), at(0, -0.3)) == pytest.approx(0, abs=1e-6)


def test_behind_one_on_a_one_way_street_means_once_round_the_block():
    ring = [
        Drawn([0, 1], [spot(0, 0), spot(1, 0)], oneway=True, length_m=100),
        Drawn([1, 2], [spot(1, 0), spot(1, 1)], oneway=True, length_m=100),
        Drawn([2, 0], [spot(1, 1), spot(0, 0)], oneway=True, length_m=140),
    ]
    router = router_of(ring)
    assert seconds(router, at(0.2, 0), at(0.7, 0)) == pytest.approx(5, abs=1e-6)
    assert seconds(router, at(0.7, 0), at(0.2, 0)) == pytest.approx(3 + 10 + 14 + 2, abs=1e-6)


def test_a_place_off_the_road_is_walked_to():
    router = router_of([road(3, 0)])
    goal = at(0.1, -0.3)
    leg = router.legs([Start(at(0, -0.8))], goal)[0]
    assert isinstance(leg, Leg)
    walked_m = goal.distance_m(at(0, -0.3))
    assert leg.share_s["jalan setapak"] == pytest.approx(walked_m / (5 / 3.6), rel=1e-3)
    assert leg.distance_m == pytest.approx(50 + walked_m, rel=1e-3)


def test_what_is_far_from_every_road_has_no_route():
    router = router_of([road(3, 0)])
    assert isinstance(router.legs([Start(at(9, 0))], at(0, 0))[0], NoRoute)
    assert isinstance(router.way(Start(at(0, 0)), at(9, 0)), NoRoute)
    assert np.isnan(router.feet([at(9, 0)])).all()


def test_beside_a_piece_that_is_cut_off_the_whole_network_still_serves():
    alley = Drawn([8, 9], [spot(0.2, 0.3), spot(0.2, 0.7)], length_m=40)
    router = router_of([*crossing(), alley])
    near_alley = at(0.19, 0.5)
    assert seconds(router, near_alley, at(0, -0.5)) > 0


def test_a_slower_kind_of_unit_takes_longer_on_the_road():
    router = RoadRouter.of(table_of([road(3, 0)]), RULES, WIB, slow_by_kind={"suplai": 2.0})
    ends = at(0, -0.8), at(0, -0.3)
    usual, slow = (router.times([Start(ends[0], kind)], [ends[1]])[0, 0] for kind in ("", "suplai"))
    assert slow == pytest.approx(2 * usual)


def test_learned_factors_are_in_the_time_and_not_in_the_shares():
    learned = {("residential", "*"): 1.5, ("*", "*"): 9.0}
    router = RoadRouter.of(table_of(crossing()), RULES, WIB, learned)
    leg = router.legs([Start(at(0, -0.5))], at(0.5, 0))[0]
    assert isinstance(leg, Leg)
    assert leg.travel_s == pytest.approx(1.5 * 18, abs=1e-6)
    assert leg.share_s == pytest.approx({"residential": 18})


def test_a_way_names_its_roads_once_each():
    roads = [
        road(3, 0, name="Jl. Pemuda"),
        road(0, 1, name="Jl. Pemuda"),
        road(0, 2, name="Kartini"),
    ]
    way = router_of(roads).way(Start(at(0, -0.5)), at(0.5, 0))
    assert way.names == ("Jl. Pemuda", "Kartini")
    ends = [way.course.coords[0], way.course.coords[-1]]
    assert ends == [pytest.approx(spot(0, -0.5)), pytest.approx(spot(0.5, 0))]


roads_drawn = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans()).filter(lambda r: r[0] != r[1]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(roads_drawn, st.data())
def test_the_unreachable_never_comes_before_the_reachable(
    drawn: list[tuple[int, int, bool]], data: st.DataObject
):
    corners = {n: spot(n % 3, n // 3) for n in range(8)}
    roads = [Drawn([a, b], [corners[a], corners[b]], oneway=way) for a, b, way in drawn]
    router = router_of(roads)
    on = st.tuples(st.integers(0, len(roads) - 1), st.floats(0, 1))

    def place(which: tuple[int, float]) -> Point:
        one, other = np.array(roads[which[0]].coords)
        lon, lat = one + which[1] * (other - one)
        return Point(lon=float(lon), lat=float(lat))

    starts = [Start(place(p)) for p in data.draw(st.lists(on, min_size=1, max_size=6))]
    goal = place(data.draw(on))
    times, legs = router.times(starts, [goal])[:, 0], router.legs(starts, goal)
    for time_s, leg in zip(times, legs, strict=True):
        assert np.isnan(time_s) == isinstance(leg, NoRoute)
        assert np.isnan(time_s) or 0 <= time_s < np.inf
    order = np.argsort(times, kind="stable")  # NaN last
    reached = [not np.isnan(times[n]) for n in order]
    assert reached == sorted(reached, reverse=True)
