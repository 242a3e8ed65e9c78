import math

import numpy as np
import pytest
import shapely

from geo.hotspots.errors import BadSetting
from geo.hotspots.grid import (
    Grid,
    bin_places,
    bin_points,
    bin_steps,
    inside_share,
    project,
    project_shape,
    unproject,
    unproject_shape,
    zone_of,
)
from tests.geo.hotspots.cities import toronto

NOWHERE = (math.nan, math.nan)


def test_cells_hold_what_numpy_counts_in_them():
    city = toronto()
    west, south = city.xy.min(axis=0)
    east, north = city.xy.max(axis=0)
    grid = Grid.over((west, south, east, north), 64)
    counts = bin_points(grid, city.xy)
    edges = [np.arange(cells + 1) * grid.cell_m for cells in grid.shape]
    theirs, _, _ = np.histogram2d(city.xy[:, 1] - south, city.xy[:, 0] - west, edges)
    np.testing.assert_array_equal(counts, theirs)
    assert counts.sum() == len(city.xy)


def test_shares_of_incidents_add_up_to_what_they_were():
    city = toronto()
    shares = np.random.default_rng(1).random(len(city.xy))
    west, south = city.xy.min(axis=0)
    grid = Grid.over((west, south, *city.xy.max(axis=0)), 64)
    assert bin_points(grid, city.xy, shares).sum() == pytest.approx(shares.sum())


def test_what_lies_nowhere_or_outside_is_left_out():
    grid = Grid(0, 0, 10.0, rows=2, cols=3)
    xy = np.array([(0, 0), (29.9, 19.9), NOWHERE, (-0.1, 5), (30, 5), (5, 20), (5, math.inf)])
    assert grid.cells_of(xy).tolist() == [0, 5, -1, -1, -1, -1, -1]
    assert bin_points(grid, xy).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert bin_points(grid, xy, np.arange(7.0)).tolist() == [[0, 0, 0], [0, 0, 1]]


def test_no_points_are_empty_cells():
    grid = Grid(0, 0, 10.0, rows=2, cols=3)
    assert bin_points(grid, np.empty((0, 2))).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_grid_over_bounds_has_a_cell_for_each_of_its_corners():
    bounds = (100.0, 200.0, 1124.0, 712.0)
    grid = Grid.over(bounds, 512)
    assert grid.shape == (256, 512)
    corners = np.array([(100.0, 200.0), (1124.0, 712.0)])
    assert (grid.cells_of(corners) >= 0).all()
    east, north = grid.centres()
    assert (east[0], north[0]) == (pytest.approx(101), pytest.approx(201))


@pytest.mark.parametrize(
    ("bounds", "cells", "field"),
    [
        ((0, 0, 0, 0), 512, "bounds"),
        ((5, 5, 1, 1), 512, "bounds"),
        ((0, 0, math.nan, 1), 512, "bounds"),
        ((0, 0, 1, 1), 0, "cells"),
        ((0, 0, 1, 1), 100_000, "cells"),
    ],
)
def test_a_grid_that_cannot_be_is_named(bounds, cells, field):
    with pytest.raises(BadSetting, match=field):
        Grid.over(bounds, cells)


def test_villages_count_what_is_theirs_and_elsewhere_is_left_out():
    village = np.array([0, 2, 2, -1, 1, -1])
    assert bin_places(village, 4).tolist() == [1, 1, 2, 0]
    assert bin_places(village, 4, np.full(6, 0.5)).tolist() == [0.5, 0.5, 1, 0]
    week = np.array([0, 1, 1, 0, -1, -1])
    assert bin_steps(village, week, (3, 2)).tolist() == [[1, 0], [0, 0], [0, 2]]
    assert bin_steps(village, week, (3, 2), np.full(6, 0.25)).sum() == 0.75


def test_the_zone_is_utm_north_and_south_of_the_line():
    assert zone_of(110.7, -6.6).to_epsg() == 32749
    assert zone_of(-79.4, 43.7).to_epsg() == 32617
    assert zone_of(180, 0).to_epsg() == 32660
    with pytest.raises(BadSetting, match="UTM"):
        zone_of(110, -88)


def test_projecting_there_and_back_changes_nothing_and_nowhere_stays_nowhere():
    zone = zone_of(110.7, -6.6)
    lonlat = np.array([(110.7, -6.6), (110.4, -5.8), NOWHERE])
    xy = project(lonlat, zone)
    np.testing.assert_allclose(unproject(xy, zone), lonlat, atol=1e-9)
    assert np.isnan(xy[2]).all()
    # 0.8 degrees of latitude at 110.6 km each.
    assert xy[1, 1] - xy[0, 1] == pytest.approx(0.8 * 110_600, rel=0.001)
    area = shapely.box(110.6, -6.7, 110.7, -6.6)
    in_metres = project_shape(area, zone)
    assert in_metres.area == pytest.approx(11_050 * 11_060, rel=0.005)
    assert unproject_shape(in_metres, zone).equals_exact(area, 1e-9)


def test_the_share_of_each_cell_is_what_shapely_cuts_out_of_it():
    grid = Grid(0, 0, 10.0, rows=12, cols=15)
    lake = shapely.Point(60, 60).buffer(17)
    land = shapely.union_all(
        [
            shapely.Point(62, 55).buffer(48).difference(lake),
            shapely.box(-30, 95, 22, 140),  # beyond the map to the west and north
            shapely.Polygon([(120, 20), (149, 20), (149, 71), (120, 45.5)]),
        ]
    )
    cells = np.array(
        [
            [shapely.box(c * 10, r * 10, c * 10 + 10, r * 10 + 10) for c in range(15)]
            for r in range(12)
        ]
    )
    cut = shapely.area(shapely.intersection(cells, land)) / 100
    shares = inside_share(grid, land)
    np.testing.assert_allclose(shares, cut, atol=0.07)
    assert np.abs(shares - cut).mean() < 0.003
    assert shares.sum() == pytest.approx(cut.sum(), rel=1e-3)


def test_land_beyond_the_map_is_nowhere_on_it():
    grid = Grid(0, 0, 10.0, rows=2, cols=2)
    assert inside_share(grid, shapely.box(50, 50, 60, 60)).sum() == 0
    assert inside_share(grid, shapely.box(-50, -50, 60, 60)).tolist() == [[1, 1], [1, 1]]
    assert inside_share(grid, shapely.Polygon()).sum() == 0
