import math

import numpy as np
import pytest
import shapely
from scipy.ndimage import gaussian_filter
from scipy.stats import gaussian_kde
from sklearn.neighbors import KernelDensity

from geo.hotspots.density import blurred, density, rule_of_thumb
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.grid import Grid, inside_share
from tests.geo.hotspots.cities import toronto

GRID = Grid(0.0, 0.0, 100.0, rows=120, cols=150)  # 15 by 12 km


def bounds_of(xy, margin_m):
    return (*(xy.min(axis=0) - margin_m), *(xy.max(axis=0) + margin_m))


def test_the_surface_of_a_city_is_that_of_scikit_learn_within_one_per_cent():
    xy = toronto().xy
    grid = Grid.over(bounds_of(xy, 3000), 512)
    found = density(grid, xy, bandwidth_m=800.0)
    east, north = grid.centres()
    chance = np.random.default_rng(1)
    rows, cols = chance.integers(0, grid.rows, 400), chance.integers(0, grid.cols, 400)
    exact = KernelDensity(bandwidth=800.0).fit(xy)
    spots = np.column_stack((east[cols], north[rows]))
    theirs = np.exp(exact.score_samples(spots)) * len(xy) * 1e6  # per km2
    ours = found.values[rows, cols]
    populated = theirs > 1.0
    assert populated.sum() > 100
    off = np.abs(ours - theirs)[populated] / theirs[populated]
    assert np.median(off) <= 0.01
    assert np.quantile(off, 0.95) <= 0.03


def test_the_surface_holds_as_many_as_there_were():
    xy = toronto().xy
    shares = np.random.default_rng(2).random(len(xy))
    grid = Grid.over(bounds_of(xy, 6000), 128)
    found = density(grid, xy, shares, bandwidth_m=1000.0)
    assert found.values.sum() * grid.cell_km2 == pytest.approx(shares.sum(), rel=1e-6)
    assert (found.used, found.left_out) == (pytest.approx(shares.sum()), pytest.approx(0, abs=1e-6))
    assert (found.rule, found.edge) == ("given", False)


def test_at_the_coast_an_even_spread_stays_even():
    # A bay cut into the land: without mending, its shores would look half as busy.
    land = shapely.Point(7_500, 6_000).buffer(5_000) - shapely.Point(11_500, 6_000).buffer(2_500)
    xy = np.random.default_rng(3).uniform((0, 0), (15_000, 12_000), (400_000, 2))
    xy = xy[shapely.contains_xy(land, xy)]
    per_km2 = len(xy) / (land.area / 1e6)
    mended = density(GRID, xy, bandwidth_m=700.0, inside=land)
    plain = density(GRID, xy, bandwidth_m=700.0)
    shares = inside_share(GRID, land)
    shore = (shares > 0.2) & (shares < 0.8)
    assert mended.edge
    assert np.abs(mended.values[shares > 0] / per_km2 - 1).max() < 0.12
    assert mended.values[shore].mean() == pytest.approx(per_km2, rel=0.01)
    assert plain.values[shore].mean() < 0.6 * per_km2
    assert np.isnan(mended.values[shares == 0]).all()


def test_what_lies_off_the_land_is_left_out_and_counted():
    land = shapely.box(0, 0, 5_000, 12_000)
    xy = np.array([(1_000, 1_000), (2_000, 3_000), (9_000, 1_000), (math.nan, 1.0), (9e9, 0)])
    found = density(GRID, xy, bandwidth_m=500.0, inside=land)
    assert (found.used, found.left_out) == (2, 3)


def test_a_share_reckoned_before_does_as_well_as_the_shape():
    land = shapely.Point(7_500, 6_000).buffer(5_000)
    xy = np.random.default_rng(3).normal((7_500, 6_000), 1_500, (500, 2))
    one = density(GRID, xy, inside=land)
    other = density(GRID, xy, inside=inside_share(GRID, land))
    np.testing.assert_array_equal(one.values, other.values)


def test_an_uncertain_incident_is_spread_as_wide_as_its_doubt():
    # Radii with 90 %: sigma is the radius over 2.146.
    spot = np.array([(7_550.0, 6_050.0)])
    sure = density(GRID, spot, bandwidth_m=400.0, spread_m=np.zeros(1))
    unsure = density(GRID, spot, bandwidth_m=400.0, spread_m=np.array([2_000.0]))
    sigma = math.hypot(400.0, 2_000 / math.sqrt(2 * math.log(10)))
    peak = 1e6 / (2 * math.pi * sigma**2)
    assert unsure.values[60, 75] == pytest.approx(peak, rel=1e-3)
    assert sure.values[60, 75] == pytest.approx(1e6 / (2 * math.pi * 400**2), rel=1e-2)
    east, north = GRID.centres()
    far = np.hypot(*np.meshgrid(east - 7_550, north - 6_050)) <= 2_000
    lone = density(GRID, spot, bandwidth_m=100.0, spread_m=np.array([2_000.0]))
    assert lone.values[far].sum() * GRID.cell_km2 == pytest.approx(0.9, abs=0.01)


def test_classes_of_doubt_together_hold_all_and_each_its_own_width():
    chance = np.random.default_rng(5)
    xy = chance.normal((7_500, 6_000), 800, (3_000, 2))
    spread = chance.choice([0.0, 20.0, 150.0, 900.0, 1100.0], 3_000)
    spread[:10] = np.nan  # no doubt said: as sure as a pin
    found = density(GRID, xy, bandwidth_m=300.0, spread_m=spread)
    assert found.values.sum() * GRID.cell_km2 == pytest.approx(3_000, rel=0.01)
    sigma = np.hypot(300.0, np.nan_to_num(spread) / math.sqrt(2 * math.log(10)))
    at = np.array([7_550.0, 6_050.0])
    away = ((xy - at) ** 2).sum(axis=1)
    exact = (np.exp(-away / (2 * sigma**2)) / (2 * math.pi * sigma**2)).sum() * 1e6
    assert found.values[60, 75] == pytest.approx(exact, rel=0.01)


def test_doubt_off_the_map_or_off_the_land_widens_nothing_on_it():
    spot, off_map, off_land = (7_550.0, 6_050.0), (90_000.0, 6_050.0), (12_000.0, 6_050.0)
    land = shapely.box(0, 0, 10_000, 12_000)
    settings = {"bandwidth_m": 300.0, "inside": land}
    alone = density(GRID, np.array([spot]), spread_m=np.array([1_000.0]), **settings)
    # All of one class of doubt, which has one width.
    xy, spread = np.array([spot, off_map, off_land]), np.array([1_000.0, 1_600.0, 1_700.0])
    for w in (None, np.ones(3)):
        found = density(GRID, xy, w, spread_m=spread, **settings)
        np.testing.assert_allclose(found.values, alone.values)
        assert (found.used, found.left_out) == (1, 2)


def test_the_rule_of_thumb_is_scotts_where_the_spread_is_normal():
    xy = np.random.default_rng(4).normal(0, (3_000.0, 1_000.0), (20_000, 2))
    factor = gaussian_kde(xy.T).factor
    spread = math.sqrt((xy.std(axis=0) ** 2).mean())
    assert rule_of_thumb(xy) == pytest.approx(factor * spread, rel=0.02)


def test_a_far_village_does_not_smear_the_town():
    town = np.random.default_rng(4).normal(0, 1_000.0, (1_000, 2))
    island = np.full((20, 2), 80_000.0)
    assert rule_of_thumb(np.vstack((town, island))) == pytest.approx(rule_of_thumb(town), rel=0.1)


def test_half_incidents_count_half_for_the_rule():
    xy = np.random.default_rng(4).normal(0, 1_000.0, (501, 2))
    twice = np.vstack((xy, xy))
    assert rule_of_thumb(twice, np.full(1_002, 0.5)) == pytest.approx(
        rule_of_thumb(twice), rel=0.01
    )
    gaps = np.vstack((xy, np.full((5, 2), np.nan)))
    assert rule_of_thumb(gaps) == rule_of_thumb(xy)


def test_a_rule_finer_than_a_cell_gives_way_to_the_cell_and_says_so():
    xy = np.random.default_rng(4).normal(7_500, 20.0, (1_000, 2))
    found = density(GRID, xy)
    assert (found.bandwidth_m, found.rule) == (100.0, "cell")
    wide = density(GRID, np.random.default_rng(4).normal(6_000, 2_000.0, (1_000, 2)))
    assert wide.rule == "scott"
    assert wide.bandwidth_m > 100


@pytest.mark.parametrize("sigma", [1.0, 4.5, 20.0, 90.0])
def test_blurring_is_that_of_scipy(sigma):
    cells = np.random.default_rng(7).poisson(1.0, (130, 75)).astype(float)
    theirs = gaussian_filter(cells, sigma, mode="constant", truncate=8)
    np.testing.assert_allclose(blurred(cells, sigma), theirs, rtol=1e-5)


@pytest.mark.parametrize(
    ("xy", "settings", "error"),
    [
        (np.empty((0, 2)), {}, NothingToAnalyse),
        (np.full((5, 2), np.nan), {}, NothingToAnalyse),
        (np.full((5, 2), 9e9), {}, NothingToAnalyse),
        (np.full((1, 2), 5_000.0), {}, TooFew),
        (np.full((9, 2), 5_000.0), {}, NothingToAnalyse),
        (np.full((9, 2), 5_000.0), {"w": np.zeros(9)}, NothingToAnalyse),
        (np.full((9, 2), 5_000.0), {"bandwidth_m": 10.0}, BadSetting),
        (np.full((9, 2), 5_000.0), {"bandwidth_m": math.nan}, BadSetting),
        (np.full((9, 2), 5_000.0), {"spread_m": np.full(9, -1.0)}, BadSetting),
        (np.full((9, 2), 5_000.0), {"spread_m": np.zeros(4)}, BadSetting),
        (np.full((9, 2), 5_000.0), {"w": np.full(9, -1.0)}, BadSetting),
        (np.full((9, 2), 5_000.0), {"w": np.full(9, math.nan)}, BadSetting),
        (np.full((9, 2), 5_000.0), {"w": np.ones(4)}, BadSetting),
        (np.full((9, 2), 5_000.0), {"inside": np.ones((3, 3))}, BadSetting),
        (np.full((9, 2), 5_000.0), {"inside": shapely.box(-9, -9, -5, -5)}, NothingToAnalyse),
    ],
)
def test_what_makes_no_surface_is_said_in_words(xy, settings, error):
    with pytest.raises(error):
        density(GRID, xy, **settings)


def test_one_spot_with_a_bandwidth_is_a_hill():
    found = density(GRID, np.full((9, 2), 5_050.0), bandwidth_m=300.0)
    assert np.unravel_index(found.values.argmax(), GRID.shape) == (50, 50)
