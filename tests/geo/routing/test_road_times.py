"""The times of the router against networkx, on the roads of four towns."""

from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geo.point import Point
from geo.routing import Leg, Start
from geo.routing.roads import RoadRouter
from geo.routing.rules import RoadRules, TurnCosts
from geo.routing.table import RoadTable
from tests.geo.routing.drawn import real
from tests.geo.routing.reference import ByJunctions, ByTurns
from tests.shared import shared

WIB = ZoneInfo("Asia/Jakarta")
FILES = (
    "auckland_main_roads_2017.osm.pbf",
    "edmonton_main_roads_2019.osm.pbf",
    "manhattan_roads_2019.osm.pbf",
    "balikpapan_kota_drive.graphml",
)
STARTS, GOALS = 20, 100
NO_TURNS = RoadRules(turns=TurnCosts(0, 0, 0, 0))


@pytest.fixture(scope="module", params=FILES, ids=lambda name: name.split("_")[0])
def table(request: pytest.FixtureRequest) -> RoadTable:
    return real(shared(f"data/roads/{request.param}"))


def places(table: RoadTable, count: int, seed: int) -> list[Point]:
    """Beside the roads, some metres off."""
    chance = np.random.default_rng(seed)
    spots = table.coords[chance.integers(0, len(table.coords), count)]
    off = chance.normal(0, 2e-4, (count, 2))
    return [Point(lon=float(lon), lat=float(lat)) for lon, lat in spots + off]


@pytest.mark.parametrize("kind", [ByTurns, ByJunctions])
def test_times_equal_a_reference_dijkstra(
    table: RoadTable, kind: type[ByTurns] | type[ByJunctions]
):
    rules = RoadRules() if kind is ByTurns else NO_TURNS
    if kind is ByJunctions:  # it knows no forbidden turns
        table = without_bans(table)
    router, reference = RoadRouter.of(table, rules, WIB), kind(table, rules)
    begin, end = places(table, STARTS, 1), places(table, GOALS, 2)
    found = router.times([Start(place) for place in begin], end)
    walk_ms = rules.off_road_kmh / 3.6
    ends = router.joins(end)
    expected = np.full(found.shape, np.inf)
    for row, joins in enumerate(router.joins(begin)):
        for start in joins:
            after = reference.from_start(start)
            for column, goals in enumerate(ends):
                for goal in goals:
                    driven_s = reference.to_goal(start, after, goal)
                    total_s = driven_s + (start.off_m + goal.off_m) / walk_ms
                    expected[row, column] = min(expected[row, column], total_s)
    expected[np.isinf(expected)] = np.nan
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, equal_nan=True)
    assert (~np.isnan(found)).mean() > 0.9  # most of a town can be reached


def test_legs_times_and_ways_agree(table: RoadTable):
    router = RoadRouter.of(table, RoadRules(), WIB)
    starts = [Start(place) for place in places(table, 50, 3)]
    for goal in places(table, 3, 4):
        times = router.times(starts, [goal])[:, 0]
        for start, time_s, leg in zip(starts, times, router.legs(starts, goal), strict=True):
            if np.isnan(time_s):
                assert not isinstance(leg, Leg)
                continue
            assert isinstance(leg, Leg)
            assert leg.travel_s == pytest.approx(time_s, abs=1e-6)
            assert sum(leg.share_s.values()) == pytest.approx(time_s, abs=1e-6)
            way = router.way(start, goal)
            assert way.leg == leg
            corners = [Point(lon=lon, lat=lat) for lon, lat in way.course.coords]
            drawn_m = sum(a.distance_m(b) for a, b in pairwise(corners))
            assert drawn_m == pytest.approx(leg.distance_m, rel=0.02, abs=5)


def test_a_place_joins_the_nearest_road(table: RoadTable):
    router = RoadRouter.of(table, RoadRules(), WIB)
    for place in places(table, 5, 5):
        joins = router.joins([place])[0]
        if not joins:
            continue
        near = min(distance_m(table, road, place) for road in range(table.count))
        assert joins[0].off_m == pytest.approx(near, rel=0.02, abs=0.5)


def without_bans(table: RoadTable) -> RoadTable:
    fields = {name: getattr(table, name) for name in table.__slots__}
    return RoadTable(**fields | {"bans": np.empty((0, 3), dtype=np.int32)})


def distance_m(table: RoadTable, road: int, place: Point) -> float:
    """To the nearest of the road's straight pieces, on the plane round the place."""
    scale = (111_195 * np.cos(np.radians(place.lat)), 111_195)
    spots = (table.course(road) - (place.lon, place.lat)) * scale
    one, step = spots[:-1], np.diff(spots, axis=0)
    long = np.maximum((step**2).sum(axis=1), 1e-12)
    at = np.clip(-(one * step).sum(axis=1) / long, 0, 1)
    return float(np.hypot(*(one + at[:, None] * step).T).min())
