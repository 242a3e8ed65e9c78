"""Clusters are scikit-learn's, point by point, and nothing odd breaks them."""

import subprocess
import sys

import numpy as np
import pytest
import shapely
from sklearn.cluster import DBSCAN

from geo.hotspots.clusters import dbscan, hdbscan
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.outlines import figures, outline
from tests.geo.hotspots.incidents import Incidents, sacramento, toronto


def same_as_scikit_learn(xy, eps_m, least, w=None):
    ours = dbscan(xy, eps_m, least, w)
    theirs = DBSCAN(eps=eps_m, min_samples=least, algorithm="kd_tree").fit(xy, sample_weight=w)
    core = np.zeros(len(xy), bool)
    core[theirs.core_sample_indices_] = True
    assert np.array_equal(ours.core, core)
    assert np.array_equal(ours.labels, theirs.labels_)  # border points, too
    return ours


@pytest.mark.parametrize(("eps_m", "least"), [(150.0, 5), (400.0, 20), (1500.0, 60)])
@pytest.mark.parametrize("city", [toronto, sacramento])
def test_clusters_of_real_incidents_are_those_of_scikit_learn(city, eps_m, least):
    found = same_as_scikit_learn(city().xy, eps_m, least)
    assert found.count >= 1
    assert (found.labels == -1).any()


def test_clusters_of_points_on_a_lattice_are_those_of_scikit_learn():
    # Many points at exactly the radius: the border belongs to the circle.
    spots = np.array([(x, y) for x in range(40) for y in range(40)], float) * 10
    kept = np.random.default_rng(5).random(len(spots)) < 0.55
    for eps_m, least in ((10.0, 3), (10.0, 4), (20.0, 9), (30.0, 16)):
        same_as_scikit_learn(spots[kept], eps_m, least)


def test_clusters_of_any_scatter_are_those_of_scikit_learn():
    chance = np.random.default_rng(8)
    for _ in range(40):
        heaps = chance.normal(chance.uniform(0, 3000, (6, 1, 2)), 120, (6, 60, 2)).reshape(-1, 2)
        xy = chance.permutation(np.vstack([heaps, chance.uniform(0, 3000, (80, 2))])).round(-1)
        same_as_scikit_learn(xy, float(chance.uniform(30, 250)), int(chance.integers(1, 14)))


def test_a_share_of_an_incident_counts_as_a_share():
    chance = np.random.default_rng(9)
    xy = chance.normal(0, 400, (900, 2))
    # Quarters add up exactly, so no sum is decided by its order.
    same_as_scikit_learn(xy, 90.0, 6, chance.integers(0, 5, 900) / 4)


def test_two_heaps_at_a_far_corner_of_their_cells_stay_apart():
    heaps = np.repeat([[0.0, 0.0], [100.0, 0.0], [100.0, 70.0]], 500, axis=0)
    assert dbscan(heaps, 70.0, 10).count == 2
    assert dbscan(heaps, 69.9, 10).count == 3
    assert dbscan(heaps, 100.0, 10).count == 1


def test_a_point_at_the_other_end_of_the_world_costs_no_memory():
    xy = np.vstack([np.zeros((20, 2)), [[4e7, 4e7]]])
    found = dbscan(xy, 1.0, 5)
    assert found.count == 1
    assert found.labels[-1] == -1


def test_one_point_is_noise_and_all_in_one_spot_a_cluster():
    assert dbscan(np.zeros((1, 2)), 50.0, 2).labels.tolist() == [-1]
    assert dbscan(np.full((30, 2), 7.0), 50.0, 30).labels.tolist() == [0] * 30
    assert dbscan(np.full((30, 2), 7.0), 50.0, 31).labels.tolist() == [-1] * 30


@pytest.mark.parametrize(
    ("xy", "eps_m", "least", "w", "field"),
    [
        (np.zeros((3, 2)), 0.0, 2, None, "eps_m"),
        (np.zeros((3, 2)), np.nan, 2, None, "eps_m"),
        (np.zeros((3, 2)), 9.0, 0, None, "least"),
        (np.array([[0.0, np.nan]]), 9.0, 2, None, "xy"),
        (np.zeros((3, 2)), 9.0, 2, np.array([1.0]), "w"),
        (np.zeros((3, 2)), 9.0, 2, np.array([1.0, -1.0, 1.0]), "w"),
        (np.array([[0.0, 0.0], [1e12, 0.0]]), 1e-3, 2, None, "eps_m"),
    ],
)
def test_what_cannot_be_meant_is_named(xy, eps_m, least, w, field):
    with pytest.raises(BadSetting, match=f"^{field}:"):
        dbscan(xy, eps_m, least, w)


def test_no_points_are_nothing_to_analyse():
    for find in (lambda: dbscan(np.empty((0, 2)), 9.0, 2), lambda: hdbscan(np.empty((0, 2)), 5)):
        with pytest.raises(NothingToAnalyse):
            find()


def test_a_process_that_only_serves_pages_loads_no_compiler():
    names = ["clusters", "belonging", "outlines", "trend", "emerging", "series", "cases", "scan"]
    names += ["baseline", "cusum"]
    modules = ", ".join(f"geo.hotspots.{name}" for name in names)
    check = f"import sys, {modules}; sys.exit('numba' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0


def test_hdbscan_finds_heaps_of_unlike_density():
    chance = np.random.default_rng(2)
    xy = np.vstack([chance.normal(0, 30, (300, 2)), chance.normal(5000, 400, (300, 2))])
    found = hdbscan(xy, 50)
    assert found.count == 2
    assert found.looked_at.all()
    with pytest.raises(TooFew, match="50 needed, 9 there"):
        hdbscan(xy[:9], 50)


def test_of_too_many_points_hdbscan_says_which_it_looked_at():
    chance = np.random.default_rng(2)
    xy = np.vstack([chance.normal(0, 30, (3000, 2)), chance.normal(5000, 30, (3000, 2))])
    found = hdbscan(xy, 400, most=1500)
    assert found.looked_at.sum() == 1500
    assert (found.labels[~found.looked_at] == -1).all()
    assert (found.count, found.least) == (2, 100)


def test_a_cluster_is_told_in_numbers():
    xy = np.array([[0.0, 0.0], [300.0, 400.0], [0.0, 400.0], [9000.0, 0.0], [9000.0, 0.0]])
    labels, day = np.array([0, 0, 0, 1, -1]), np.array([11, 13, 11, 15, 16])
    large, small = figures(labels, xy, 50.0, day=day)
    assert (large.label, large.points, large.weight) == (0, 3, 3.0)
    assert (large.first_day, large.last_day, large.busy_days) == (11, 13, 2)
    assert large.span_m == pytest.approx(500)
    assert large.area_km2 == pytest.approx(large.outline.area / 1e6)
    assert (small.points, small.span_m) == (1, 0.0)
    assert small.outline.area > 0  # one spot, too, can be drawn
    assert figures(np.array([-1, -1]), xy[:2], 50.0) == ()
    heavier = figures(labels, xy, 50.0, w=np.array([0.1, 0.1, 0.1, 5.0, 1.0]))
    assert [figure.label for figure in heavier] == [1, 0]


def test_every_point_lies_inside_the_outline_of_its_cluster():
    incidents: Incidents = toronto()
    found = dbscan(incidents.xy, 400.0, 20)
    for figure in figures(found.labels, incidents.xy, 200.0, day=incidents.day):
        mine = incidents.xy[found.labels == figure.label]
        assert figure.outline.geom_type == "Polygon"
        assert figure.outline.is_valid
        assert shapely.contains_xy(figure.outline, *mine.T).all()
    with pytest.raises(BadSetting, match="margin_m"):
        figures(found.labels, incidents.xy, 0.0)


def test_an_outline_of_points_in_a_row_is_a_polygon():
    assert outline(np.array([[0.0, 0.0], [100.0, 0.0], [200.0, 0.0]]), 10.0).area > 4000
