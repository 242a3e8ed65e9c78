import math

import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from geo.hotspots.errors import BadSetting
from geo.hotspots.hexagons import bin_hexes, centres_of, hex_of, hexagons, shapes_of, sum_by_id
from tests.geo.hotspots.cities import toronto


def test_a_hexagon_has_the_same_number_whatever_is_looked_at():
    wide = hexagons((0, 0, 20_000, 20_000), 1000.0)
    near = hexagons((7_000, 8_500, 12_300, 11_000), 1000.0)
    assert set(near.ids.tolist()) < set(wide.ids.tolist())
    same = np.searchsorted(wide.ids, near.ids)
    np.testing.assert_array_equal(wide.centres[same], near.centres)


def test_a_point_belongs_to_the_hexagon_with_the_nearest_middle():
    xy = np.random.default_rng(3).uniform(-5_000, 5_000, (20_000, 2))
    found = hex_of(xy, 700.0)
    all_near = hexagons((-6_000, -6_000, 6_000, 6_000), 700.0)
    _, nearest = cKDTree(all_near.centres).query(xy)
    np.testing.assert_array_equal(found, all_near.ids[nearest])


def test_hexagons_cover_the_land_once():
    bounds = (3_000.0, -2_000.0, 9_000.0, 4_000.0)
    land, made = shapely.box(*bounds), hexagons(bounds, 800.0)
    assert shapely.union_all(made.rings).buffer(1e-6).covers(land)
    assert shapely.area(made.rings) == pytest.approx(800**2 * math.sqrt(3) / 2)
    overlap = shapely.area(made.rings).sum() - shapely.union_all(made.rings).area
    assert overlap == pytest.approx(0, abs=1)
    assert len(np.unique(made.ids)) == len(made.ids)


def test_neighbours_lie_a_width_apart():
    made = hexagons((0, 0, 5_000, 5_000), 1000.0)
    away, _ = cKDTree(made.centres).query(made.centres, k=2)
    assert away[:, 1] == pytest.approx(1000)


def test_counts_of_a_city_add_up_and_lie_within_their_rings():
    city = toronto()
    ids, counts = bin_hexes(city.xy, 1200.0)
    assert counts.sum() == len(city.xy)
    assert (np.diff(ids) > 0).all()
    rings = shapes_of(ids, 1200.0).rings
    spots = shapely.points(city.xy)
    pairs = shapely.STRtree(rings).query(spots, predicate="within")
    # Crossings of streets may lie on an edge by a hair; none does here.
    np.testing.assert_array_equal(np.bincount(pairs[1], minlength=len(ids)), counts)


def test_shares_are_added_and_nowhere_is_left_out():
    xy = np.array([(0.0, 0.0), (10.0, 10.0), (math.nan, 4.0), (5_000.0, 0.0)])
    ids, sums = bin_hexes(xy, 1000.0, np.array([0.5, 0.25, 1.0, 2.0]))
    assert sums.tolist() == [0.75, 2.0]
    np.testing.assert_allclose(centres_of(ids, 1000.0), [(0, 0), (5_000, 0)])
    assert hex_of(xy, 1000.0)[2] == -1


def test_hexagons_far_apart_are_counted_like_those_close_by():
    far = np.random.default_rng(1).uniform(0, 9e6, (2_000, 2))
    ids, sums = sum_by_id(hex_of(far, 50.0))
    theirs, counts = np.unique(hex_of(far, 50.0), return_counts=True)
    np.testing.assert_array_equal(ids, theirs)
    np.testing.assert_array_equal(sums, counts)


def test_nothing_makes_no_hexagons():
    ids, sums = bin_hexes(np.empty((0, 2)), 1000.0)
    assert (len(ids), len(sums)) == (0, 0)
    ids, sums = bin_hexes(np.array([(math.nan, 0.0), (math.inf, 0.0), (1.0, -math.inf)]), 1000.0)
    assert (len(ids), len(sums)) == (0, 0)


def test_numbers_are_whole_in_a_browser_too():
    corners = np.array([(0.0, 1e7), (1e6, 0.0), (-1e6, -1e6)])
    found = hex_of(corners, 1.0)
    assert found.min() > 0
    assert found.max() < 2**53


@pytest.mark.parametrize(
    ("bounds", "width_m", "field"),
    [
        ((0, 0, 1000, 1000), 0.0, "width_m"),
        ((0, 0, 1000, 1000), math.nan, "width_m"),
        ((0, 0, 1e6, 1e6), 50.0, "width_m"),
        ((5, 5, 1, 1), 100.0, "bounds"),
        ((0, 0, math.nan, 1), 100.0, "bounds"),
    ],
)
def test_hexagons_that_cannot_be_are_named(bounds, width_m, field):
    with pytest.raises(BadSetting, match=field):
        hexagons(bounds, width_m)
