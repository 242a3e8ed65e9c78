"""The chance of each village against counting random points, and what must hold of any area."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from geo.point import Point
from geo.shapes import LocalScale
from geo.uncertainty.mass import ready, shares
from geo.uncertainty.parts import Ellipse, Region, Spread, Stretch

POINTS = 400_000
TILE = 0.002  # degrees
NEAR_ENOUGH = 0.004  # five standard errors of the count; the goal is 0.01
INLAND = Point(lon=110.7312, lat=-6.6210)
SHORE = Point(lon=110.6440, lat=-6.6450)  # beside the coast, villages narrow
HERE = Point(lon=110.0, lat=0.0)  # where a degree is as long either way, nearly
UNEVEN = settings(deadline=None, max_examples=60)


def random_points(part, chance):
    """The same distribution made in another way: by dice, in metres, turned by hand."""
    if isinstance(part, Region | Stretch):
        return random_in(ground_of(part), chance)
    if part.spread is Spread.NORMAL:
        unit = chance.normal(0, 1 / math.sqrt(-2 * math.log(1 - part.confidence)), (POINTS, 2))
    else:
        disc = chance.uniform(-1, 1, (2 * POINTS, 2))
        unit = disc[np.hypot(*disc.T) <= 1] / math.sqrt(part.confidence)
    along, across = (unit * (part.major_m, part.minor_m)).T
    bearing = math.radians(part.bearing_deg)
    east = along * math.sin(bearing) + across * math.cos(bearing)
    north = along * math.cos(bearing) - across * math.sin(bearing)
    scale = LocalScale.at(part.centre.lat)
    return np.column_stack(
        [part.centre.lon + east / scale.lon_m, part.centre.lat + north / scale.lat_m]
    )


def random_in(ground, chance):
    """Thrown at tiles of the size of a field, of those that the ground meets at all."""
    west, south, east, north = ground.bounds
    x, y = np.meshgrid(np.arange(west, east, TILE), np.arange(south, north, TILE))
    tiles = shapely.box(x, y, x + TILE, y + TILE).ravel()
    shapely.prepare(ground)
    corners = shapely.bounds(tiles[shapely.intersects(ground, tiles)])[:, :2]
    spots = corners[chance.integers(0, len(corners), POINTS)] + chance.uniform(0, TILE, (POINTS, 2))
    return spots[shapely.contains_xy(ground, spots[:, 0], spots[:, 1])]


def ground_of(part):
    if isinstance(part, Region):
        return part.area
    scale = LocalScale.at(part.line.centroid.y)
    flat = affinity.scale(part.line, scale.lon_m, scale.lat_m, origin=(0, 0))
    return affinity.scale(
        flat.buffer(part.beside_m), 1 / scale.lon_m, 1 / scale.lat_m, origin=(0, 0)
    )


def ellipse(centre, major_m, minor_m=None, **how):
    return Ellipse(centre=centre, major_m=major_m, minor_m=minor_m or major_m, **how)


LINE = shapely.LineString([(110.66, -6.60), (110.69, -6.62), (110.70, -6.61), (110.74, -6.66)])
PARTS = {
    "a small circle": ellipse(INLAND, 120.0),
    "a circle of 300 m at the coast": ellipse(SHORE, 300.0),
    "a circle of 95 %": ellipse(INLAND, 900.0, confidence=0.95),
    "a circle of 4 km": ellipse(INLAND, 4000.0),
    "a slim ellipse": ellipse(INLAND, 2500.0, 90.0, bearing_deg=37.0),
    "a uniform circle": ellipse(SHORE, 700.0, spread=Spread.UNIFORM, confidence=1.0),
    "a uniform ellipse of 68 %": ellipse(
        INLAND, 1500.0, 400.0, bearing_deg=110.0, spread=Spread.UNIFORM
    ),
    "an area": Region(area=shapely.box(110.64, -6.66, 110.70, -6.60)),
    "an area with a hole": Region(
        area=shapely.Point(110.73, -6.62).buffer(0.03) - shapely.Point(110.74, -6.62).buffer(0.01)
    ),
    "a road": Stretch(line=LINE, beside_m=60.0),
}


@pytest.mark.parametrize("name", PARTS)
def test_the_shares_are_what_counting_400000_random_points_gives(name, kemendagri):
    part = PARTS[name]
    held = shares(part, kemendagri.areas)
    spots = random_points(part, np.random.default_rng(7))
    west, south = spots.min(axis=0)
    east, north = spots.max(axis=0)
    met = shapely.intersects(kemendagri.areas.areas, shapely.box(west, south, east, north))
    counted = np.zeros(len(held))
    for which in np.flatnonzero(met):
        area = kemendagri.areas.areas[which]
        counted[which] = shapely.contains_xy(area, spots[:, 0], spots[:, 1]).mean()
    assert counted.max() > 0.02  # else nothing was compared
    assert np.abs(held - counted).max() < NEAR_ENOUGH
    assert held.sum() < 1 + 1e-9


def test_well_inside_the_land_all_villages_add_up_to_1(kemendagri):
    for part in (ellipse(INLAND, 300.0), ellipse(INLAND, 2000.0, 50.0, bearing_deg=12)):
        assert shares(part, kemendagri.areas).sum() == pytest.approx(1.0, abs=1e-7)


def test_a_point_counts_for_the_village_that_covers_it(kemendagri):
    held = shares(ellipse(INLAND, 0.0), kemendagri.areas)
    assert held.max() == held.sum() == 1.0
    assert kemendagri.areas.areas[held.argmax()].contains(shapely.Point(INLAND.lon, INLAND.lat))


def test_a_point_on_a_border_counts_for_the_first_village_only():
    pair = ready([shapely.box(109.9, -1, 110, 1), shapely.box(110, -1, 110.1, 1)])
    assert shares(ellipse(HERE, 0.0), pair).tolist() == [1.0, 0.0]


def test_a_circle_on_a_border_is_halved():
    pair = ready([shapely.box(109.9, -1, 110, 1), shapely.box(110, -1, 110.1, 1)])
    for spread in Spread:
        held = shares(ellipse(HERE, 200.0, spread=spread), pair)
        assert held == pytest.approx([0.5, 0.5], abs=1e-9)


def test_a_circle_on_the_corner_of_four_is_quartered():
    four = [shapely.box(x, y, x + 0.1, y + 0.1) for x in (109.9, 110.0) for y in (-0.1, 0.0)]
    for spread in Spread:
        held = shares(ellipse(HERE, 150.0, 70.0, spread=spread), ready(four))
        assert held == pytest.approx([0.25] * 4, abs=1e-9)


def test_the_circle_of_68_percent_holds_68_percent():
    scale = LocalScale.at(0.0)
    circle = affinity.scale(
        shapely.Point(HERE.lon, HERE.lat).buffer(1, quad_segs=500),
        500 / scale.lon_m,
        500 / scale.lat_m,
    )
    assert shares(ellipse(HERE, 500.0), ready([circle]))[0] == pytest.approx(0.68, abs=1e-4)


def test_the_bearing_turns_the_long_axis_clockwise_from_north():
    beyond_300_m_east = ready([shapely.box(110.0027, -1, 111, 1)])
    slim = {"major_m": 1000.0, "minor_m": 10.0}
    eastward = Ellipse(centre=HERE, bearing_deg=90.0, **slim)
    northward = Ellipse(centre=HERE, bearing_deg=0.0, **slim)
    north_east = Ellipse(centre=HERE, bearing_deg=45.0, **slim)
    in_north_east = ready([shapely.box(110.0005, 0.0005, 111, 1)])
    assert shares(eastward, beyond_300_m_east)[0] > 0.3
    assert shares(northward, beyond_300_m_east)[0] < 1e-9
    assert shares(north_east, in_north_east)[0] > 0.4


def test_an_ellipse_without_width_lies_along_its_axis():
    east_half = ready([shapely.box(110.0, -1, 111, 1)])
    line = Ellipse(centre=HERE, major_m=500.0, minor_m=0.0, bearing_deg=90.0)
    assert shares(line, east_half)[0] == pytest.approx(0.5, abs=1e-6)


def test_a_ring_counts_the_same_whichever_way_it_runs():
    hole = shapely.Point(110.001, 0.001).buffer(0.001)
    area = shapely.box(109.998, -0.002, 110.003, 0.003) - hole
    part = ellipse(HERE, 400.0)
    both = [shares(part, ready([way]))[0] for way in (area, area.reverse())]
    without = shares(part, ready([area, hole]))
    assert both[0] == both[1]
    assert without.sum() == pytest.approx(
        shares(part, ready([shapely.box(109.998, -0.002, 110.003, 0.003)]))[0], abs=1e-9
    )


def test_an_area_that_crosses_itself_is_mended():
    bow = shapely.Polygon([(110, 0), (110.1, 0.1), (110.1, 0), (110, 0.1)])
    held = shares(Region(area=bow), ready([shapely.box(110, 0, 110.05, 0.1)]))
    assert held[0] == pytest.approx(0.5, abs=1e-6)


polygons = st.lists(
    st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)), min_size=3, max_size=9
).map(lambda corners: shapely.MultiPoint([(110 + x, y) for x, y in corners]).convex_hull)
lands = polygons.filter(lambda area: area.geom_type == "Polygon" and area.area > 1e-6)
parts = st.builds(
    lambda major, slim, bearing, spread: Ellipse(
        centre=HERE, major_m=major, minor_m=major * slim, bearing_deg=bearing, spread=spread
    ),
    st.floats(1, 3000),
    st.floats(0.05, 1),
    st.floats(-360, 360),
    st.sampled_from(list(Spread)),
)


@UNEVEN
@given(lands, parts)
def test_a_chance_lies_between_0_and_1_and_a_cut_village_adds_up(land, part):
    halves = [land & shapely.box(109, -1, 110.0004, 1), land & shapely.box(110.0004, -1, 111, 1)]
    whole = shares(part, ready([land]))[0]
    pieces = [shares(part, ready([half]))[0] for half in halves if half.area > 0]
    assert 0 <= whole <= 1
    assert sum(pieces) == pytest.approx(whole, abs=1e-6)


@UNEVEN
@given(lands, parts, st.floats(-5, 5))
def test_moving_all_to_the_east_changes_nothing(land, part, by):
    moved = Ellipse(
        centre=Point(lon=HERE.lon + by, lat=HERE.lat),
        major_m=part.major_m,
        minor_m=part.minor_m,
        bearing_deg=part.bearing_deg,
        spread=part.spread,
    )
    there = shares(moved, ready([affinity.translate(land, by)]))
    assert there == pytest.approx(shares(part, ready([land])), abs=1e-6)


@UNEVEN
@given(lands, parts, st.floats(-180, 180))
def test_turning_all_round_the_middle_changes_nothing(land, part, by_deg):
    scale = LocalScale.at(0.0)
    stretch = scale.lon_m / scale.lat_m
    flat = affinity.scale(land, stretch, 1, origin=(HERE.lon, HERE.lat))
    turned = affinity.rotate(flat, -by_deg, origin=(HERE.lon, HERE.lat))
    land_there = affinity.scale(turned, 1 / stretch, 1, origin=(HERE.lon, HERE.lat))
    there = Ellipse(
        centre=HERE,
        major_m=part.major_m,
        minor_m=part.minor_m,
        bearing_deg=part.bearing_deg + by_deg,
        spread=part.spread,
    )
    assert shares(there, ready([land_there])) == pytest.approx(
        shares(part, ready([land])), abs=1e-6
    )
