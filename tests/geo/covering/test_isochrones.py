"""How far one comes: the router's own answers, no farther than asked, and shapes that hold them."""

from datetime import time
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.coverage.isochrones import Plots, TooFine, by_router, isochrones, together
from geo.coverage.outline import outlines
from geo.coverage.reach import Places, Reached, reached
from geo.point import Point
from geo.routing import Start
from geo.routing.crow import CrowRouter
from geo.routing.roads import RoadRouter
from geo.routing.rules import Band, RoadRules
from tests.geo.routing import islands
from tests.geo.routing.drawn import Drawn, real, table_of
from tests.geo.routing.islands import at, house
from tests.shared import shared

UTC, WIB = ZoneInfo("UTC"), ZoneInfo("Asia/Jakarta")
SLOW = {"truk": 1.5}


@cache
def auckland() -> RoadRouter:
    table = real(shared("data/roads/auckland_main_roads_2017.osm.pbf"))
    return RoadRouter.of(table, RoadRules(), UTC, None, SLOW)


def some_places(router: RoadRouter, count: int, seed: int) -> list[Point]:
    """Near roads, and some off them all."""
    chance = np.random.default_rng(seed)
    coords = router.network.table.coords
    spots = coords[chance.integers(0, len(coords), count)] + chance.normal(0, 2e-3, (count, 2))
    return [Point(lon=float(lon), lat=float(lat)) for lon, lat in spots]


def test_every_place_is_reached_when_the_router_says_so():
    router = auckland()
    goals = some_places(router, 150, 5)
    starts = [Start(p, ["", "truk"][n % 2]) for n, p in enumerate(some_places(router, 16, 6))]
    limits_s = [300.0 * (1 + n % 4) for n in range(len(starts))]
    found = reached(router, starts, Places.of(router, goals), limits_s).table()
    expected = router.times(starts, goals)
    expected[~(expected <= np.array(limits_s)[:, None])] = np.nan
    assert 0.02 < (~np.isnan(expected)).mean() < 0.9
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, equal_nan=True)


def street(length_km: float = 4.0) -> RoadRouter:
    """One straight road to the east, 36 km/h: 100 s a kilometre."""
    one, other = at(0, 0), at(length_km, 0)
    drawn = Drawn([0, 1], [(one.lon, one.lat), (other.lon, other.lat)], speed_kmh=36)
    return RoadRouter.of(table_of([drawn]), RoadRules(signed_share=1.0), UTC)


def test_the_rush_hour_shortens_the_way():
    morning = Band("pagi", time(6), time(9), {"*": 2.0})
    one, other = at(0, 0), at(4, 0)
    drawn = Drawn([0, 1], [(one.lon, one.lat), (other.lon, other.lat)], speed_kmh=36)
    rules = RoadRules(signed_share=1.0, bands=(morning,))
    router = RoadRouter.of(table_of([drawn]), rules, WIB)
    places = Places.of(router, [at(km / 4, 0) for km in range(17)])
    usual = reached(router, [Start(at(0, 0))], places, 210)
    late = reached(router, [Start(at(0, 0))], places, 210, islands.local(0, 7))
    assert len(usual.place) == 9
    assert len(late.place) == 5


def test_a_unit_sets_out_after_its_turnout():
    router = street()
    places = Places.of(router, [at(1, 0), at(2, 0)])
    found = reached(router, [Start(at(0, 0))], places, 300).later(np.array([90.0]))
    np.testing.assert_allclose(found.table(), [[190, 290]], atol=0.5)
    assert found.within(0, 200).tolist() == [0]


def test_limits_must_be_one_for_each_start():
    router = street()
    with pytest.raises(ValueError, match="2 limits for 1 starts"):
        reached(router, [Start(at(0, 0))], Places.of(router, []), [1.0, 2.0])


def test_nobody_walks_over_a_strait_to_a_road():
    """The road ends at the mainland's coast; the far shore is 300 m off, the island's own land."""
    one, other = at(-3, 4.0), at(-0.02, 4.0)
    drawn = Drawn([0, 1], [(one.lon, one.lat), (other.lon, other.lat)], speed_kmh=36)
    router = RoadRouter.of(table_of([drawn]), RoadRules(signed_share=1.0), UTC)
    east = at(0.3, 4.0)
    lands = islands.Lands.of(
        [islands.MAINLAND, shapely.box(east.lon, east.lat - 0.01, east.lon + 0.02, east.lat + 0.01)]
    )
    goals = [at(-0.1, 4.1), at(0.4, 4.0)]
    assert Places.of(router, goals).near().tolist() == [True, True]
    assert Places.of(router, goals, lands).near().tolist() == [True, False]


def test_the_shape_holds_just_what_the_router_reaches():
    router = auckland()
    area = shapely.box(174.7, -36.95, 174.85, -36.82)
    plots = Plots.over(area, 150)
    start = Start(Point(lon=174.77, lat=-36.87))
    found = reached(router, [start], Places.of(router, plots.points()), 900)
    shape = isochrones(plots, found, [300, 600, 900])[0]
    areas = [shapely.area(s) for s in shape]
    assert areas == sorted(areas)
    assert areas[0] > 0
    chance = np.random.default_rng(1).uniform(area.bounds[:2], area.bounds[2:], (1500, 2))
    spots = [Point(lon=float(lon), lat=float(lat)) for lon, lat in chance]
    in_time = router.times([start], spots)[0] <= 600
    inside = shapely.contains_xy(shape[1], *chance.T)
    rim = shapely.distance(shapely.boundary(shape[1]), shapely.points(chance))
    clear = rim > plots.degrees[0]  # a plot away from the line
    assert in_time[clear].any()
    assert (in_time == inside)[clear].mean() > 0.99


def test_without_roads_an_isochrone_is_a_circle_cut_at_the_shore():
    router = house()
    plots = Plots.over(islands.MAINLAND, 100, within=islands.MAINLAND)
    start = Start(at(-2, 0))
    found = by_router(router, [start], plots.points(), 300)
    shape = isochrones(plots, found, [300])[0, 0]
    circle = shapely.buffer(shapely.Point(-2, 0), 3.0)  # 10 m/s, straight
    land = shapely.union(shapely.box(-10, -5, 0, 5), shapely.box(-0.5, -0.5, 6, 0.5))
    own = shapely.transform(shape, lambda xy: (xy - (110.7, 0)) / islands.KM)
    cut = shapely.intersection(circle, land)
    assert shapely.area(shapely.symmetric_difference(own, cut)) < 0.03 * cut.area
    assert not shapely.intersects(shape, islands.ISLAND)


def test_another_island_is_out_of_reach_by_road_and_not_by_boat():
    router = house(sea=islands.SeaRules())
    spots = [at(11, 1.2), at(-2, 0)]
    found = by_router(router, [Start(at(10.1, 1.3)), Start(at(6.0, 0), by_sea=True)], spots, 3600)
    table = found.table()
    assert np.isnan(table[0]).tolist() == [False, True]
    assert not np.isnan(table[1, 0])


def test_what_anybody_reaches_is_what_they_reach_together():
    plots = Plots.over(islands.MAINLAND, 200, within=islands.MAINLAND)
    starts = [Start(at(-6, 2)), Start(at(-4, -2))]
    found = by_router(CrowRouter(36, 1.0), starts, plots.points(), 300)
    each = isochrones(plots, found, [300])[:, 0]
    whole = together(plots, found, [300])[0]
    joined = shapely.union_all(each)
    assert shapely.area(shapely.symmetric_difference(whole, joined)) < 0.01 * whole.area


def test_who_reaches_nothing_has_an_empty_shape():
    plots = Plots.over(islands.ISLAND, 200)
    found = Reached.of(len(plots.number), [(np.empty(0, dtype=np.int64), np.empty(0))])
    assert isochrones(plots, found, [300, 600]).shape == (1, 2)
    assert together(plots, found, [300])[0].is_empty


def test_plots_that_are_too_small_are_refused_in_words():
    with pytest.raises(TooFine, match=r"side_m 1: .* plots; at most"):
        Plots.over(islands.MAINLAND, 1)
    with pytest.raises(ValueError, match="metres above 0"):
        Plots.over(islands.MAINLAND, 0)


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
@settings(max_examples=150, deadline=None)
def test_an_outline_goes_round_its_plots_and_no_others(filled: np.ndarray):
    rows, columns = np.nonzero(filled)
    some = rows * filled.shape[1] + columns
    shape = outlines([some], filled.shape[1])[0]
    assert shapely.is_valid(shape)
    inside = shapely.contains_xy(shape, columns + 0.5, rows + 0.5)
    assert inside.all()
    # Only holes smaller than four plots are filled.
    rows, columns = np.nonzero(~filled)
    wrong = shapely.contains_xy(shape, columns + 0.5, rows + 0.5)
    whole = shapely.get_parts(shapely.union_all(shapely.box(columns, rows, columns + 1, rows + 1)))
    small = [part for part in whole if part.area < 4]
    assert all(
        any(part.contains(shapely.Point(x + 0.5, y + 0.5)) for part in small)
        for x, y in zip(columns[wrong], rows[wrong], strict=True)
    )
