"""A search outwards from a start answers what one backwards from the goal does."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.point import Point
from geo.routing import Start
from geo.routing.roads import RoadRouter
from geo.routing.rules import Band, RoadRules
from geo.routing.table import Floats, RoadTable
from tests.geo.routing.drawn import Drawn, real, table_of
from tests.shared import shared

WIB = ZoneInfo("Asia/Jakarta")
FILES = "auckland_main_roads_2017.osm.pbf", "manhattan_roads_2019.osm.pbf"
SLOW = {"truk": 1.3, "motor": 0.8}
RUSH = Band("pagi", time(6), time(8), {"residential": 1.5, "primary": 1.9})
RUSH_HOUR = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)  # seven in the morning there
STEP = 0.004  # degrees between the nodes of drawn networks


def router_of(table: RoadTable) -> RoadRouter:
    rules = RoadRules(bands=(RUSH,))
    return RoadRouter.of(table, rules, WIB, {("residential", "*"): 1.2}, SLOW)


def outwards(
    table: RoadTable, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None
) -> Floats:
    """Start by start: a search from each."""
    router = router_of(table)
    rows = [router.times([start], goals, when) for start in starts]
    assert not router._kept.trees
    return np.concatenate(rows)


def backwards(
    table: RoadTable, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None
) -> Floats:
    """Goal by goal: a search to each."""
    router = router_of(table)
    columns = [router.times(starts, [goal], when) for goal in goals]
    assert not router._kept.searches._found
    return np.concatenate(columns, axis=1)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("when", [None, RUSH_HOUR])
def test_it_equals_the_search_backwards_on_real_roads(file: str, when: datetime | None):
    table = real(shared(f"data/roads/{file}"))
    chance = np.random.default_rng(11)
    spots = table.coords[chance.integers(0, len(table.coords), 120)]
    spots = spots + chance.normal(0, 5e-4, spots.shape)
    places = [Point(lon=float(lon), lat=float(lat)) for lon, lat in spots]
    kinds = ["", *SLOW]
    starts = [Start(place, kinds[n % 3]) for n, place in enumerate(places[:20])]
    found = outwards(table, starts, places, when)
    expected = backwards(table, starts, places, when)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, equal_nan=True)
    assert (~np.isnan(found)).mean() > 0.8  # islands apart


@st.composite
def drawn(draw: st.DrawFn) -> tuple[RoadTable, list[Start], list[Point]]:
    """A few roads between six nodes: loops, parallels, one-ways, bans, dead ends, islands."""
    node = st.integers(0, 5)
    roads = []
    for number in range(draw(st.integers(1, 9))):
        one, other = draw(node), draw(node)
        bend = (STEP * draw(st.integers(1, 3)), STEP * (number + 1) / 10)
        roads.append(
            Drawn(
                (one, other),
                [_spot(one), (_spot(one)[0] + bend[0], _spot(one)[1] + bend[1]), _spot(other)],
                kind=draw(st.sampled_from(["residential", "primary"])),
                oneway=draw(st.booleans()),
            )
        )
    name = st.integers(0, len(roads) - 1)
    bans = draw(st.lists(st.tuples(name, node, name), max_size=6))
    signals = draw(st.lists(node, max_size=2, unique=True))
    place = st.tuples(name, st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.integers(-2, 2))
    starts = draw(st.lists(place, min_size=2, max_size=4, unique=True))
    goals = draw(st.lists(place, min_size=2, max_size=4, unique=True))
    kinds = st.sampled_from(["", *SLOW])
    return (
        table_of(roads, bans, signals),
        [Start(_beside(roads, *spot), draw(kinds)) for spot in starts],
        [_beside(roads, *spot) for spot in goals],
    )


def _spot(node: int) -> tuple[float, float]:
    return 110.0 + STEP * (node % 3), -6.0 + STEP * (node // 3)


def _beside(roads: Sequence[Drawn], road: int, share: float, off: int) -> Point:
    """Beside the first straight piece of a road, or its last corner."""
    (west, south), (east, north) = roads[road].coords[:2]
    return Point(lon=west + share * (east - west), lat=south + share * (north - south) + off * 1e-5)


@settings(max_examples=300, deadline=None)
@given(drawn(), st.sampled_from([None, RUSH_HOUR]))
def test_it_equals_the_search_backwards_on_any_roads(
    case: tuple[RoadTable, list[Start], list[Point]], when: datetime | None
):
    table, starts, goals = case
    router = router_of(table)
    found = router._from_starts(starts, goals, when)
    expected = router._from_goals(starts, goals, when)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def square(**more: bool) -> RoadTable:
    """Four roads round a block, and an island."""
    corners = [(110.0, -6.0), (110.01, -6.0), (110.01, -5.99), (110.0, -5.99)]
    roads = [Drawn((n, (n + 1) % 4), [corners[n], corners[(n + 1) % 4]], **more) for n in range(4)]
    return table_of([*roads, Drawn((8, 9), [(110.05, -6.0), (110.06, -6.0)])])


def test_who_passed_the_goal_goes_round_the_one_way_block():
    start, behind = Start(Point(lon=110.008, lat=-6.0)), Point(lon=110.002, lat=-6.0)
    ahead = Point(lon=110.009, lat=-6.0)
    found = router_of(square(oneway=True)).times([start], [behind, ahead])[0]
    two_way = router_of(square()).times([start], [behind, ahead])[0]
    assert found[0] > 5 * two_way[0]
    assert found[1] == pytest.approx(two_way[1])


def test_a_part_that_no_road_leads_to_is_no_number():
    start = Start(Point(lon=110.008, lat=-6.0))
    goals = [Point(lon=110.055, lat=-6.0), Point(lon=110.5, lat=-6.0), start.point]
    found = router_of(square()).times([start], goals)[0]
    assert np.isnan(found[:2]).all()
    assert found[2] == 0


def test_the_side_with_fewer_places_is_searched_from():
    west, middle, east = (Point(lon=lon, lat=-6.0) for lon in (110.001, 110.005, 110.009))
    few, many = [Start(west)], [west, middle, east]
    router = router_of(square())
    router.times(few, many)
    assert (len(router._kept.searches._found), len(router._kept.trees)) == (1, 0)
    router = router_of(square())
    router.times([Start(place) for place in many], [west])
    assert (len(router._kept.searches._found), len(router._kept.trees)) == (0, 1)


def test_what_was_searched_is_not_searched_again():
    west, middle, east = (Point(lon=lon, lat=-6.0) for lon in (110.001, 110.005, 110.009))
    router = router_of(square())
    router.times([Start(west)], [middle, east])
    router.times([Start(west)], [middle])
    assert (len(router._kept.searches._found), len(router._kept.trees)) == (1, 0)


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("geo.routing.outwards._BYTES", 0)
    router = router_of(square())
    goals = [Point(lon=110.0, lat=-6.0 + 0.0001 * n) for n in range(12)]
    for n in range(8):
        router.times([Start(Point(lon=110.0 + 0.001 * n, lat=-6.0))], goals)
    assert len(router._kept.searches._found) == 4
