"""What is in doubt belongs to a cluster as much as it is likely there; what luck made is none."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN

from geo.hotspots.belonging import by_draws, chances_of, draw
from geo.hotspots.clusters import dbscan, hdbscan


def places_of(chance, xy, spread_m, each=8):
    """Each point as so many places about it of equal chance: xy, whose, chances."""
    about = xy[:, None] + chance.normal(0, spread_m, (len(xy), each, 2))
    return (
        about.reshape(-1, 2),
        np.repeat(np.arange(len(xy)), each),
        np.full(len(xy) * each, 1 / each),
    )


@pytest.mark.parametrize("spread_m", [10.0, 120.0, 800.0])
def test_weighed_places_of_cases_are_clustered_as_scikit_learn_weighs_them(spread_m):
    chance = np.random.default_rng(4)
    heaps = chance.normal(chance.uniform(0, 4000, (5, 1, 2)), 90, (5, 40, 2)).reshape(-1, 2)
    xy, of, w = places_of(chance, np.vstack([heaps, chance.uniform(0, 4000, (60, 2))]), spread_m)
    ours = dbscan(xy, 150.0, 8, w)
    theirs = DBSCAN(eps=150.0, min_samples=8).fit(xy, sample_weight=w)  # eighths add up exactly
    assert np.array_equal(ours.labels, theirs.labels_)
    belongs = chances_of(ours.labels, of, w, 260).toarray()
    for case in range(260):
        for cluster in range(ours.count):
            mine = theirs.labels_[of == case] == cluster
            assert belongs[case, cluster] == pytest.approx(mine.mean())
    assert belongs.sum(axis=1).max() <= 1 + 1e-12


def test_a_place_is_drawn_as_often_as_it_is_likely():
    chance, drawn = np.random.default_rng(1), np.zeros(4)
    of, w = np.array([0, 0, 2, 2]), np.array([0.7, 0.3, 0.5, 0.25])  # the third a quarter nowhere
    for _ in range(4000):
        places = draw(chance, of, w, 3)
        assert len(np.unique(of[places])) == len(places)
        drawn[places] += 1 / 4000
    assert drawn == pytest.approx(w, abs=0.03)


def test_cases_that_share_an_unsure_pin_are_no_cluster_and_sure_ones_stay_one():
    chance = np.random.default_rng(2)
    sure = chance.normal(0, 40, (60, 2))
    # Forty calls of which only the regency is known: their places lie all over it.
    xy, of, w = places_of(chance, np.full((40, 2), 9000.0), 0.0, each=50)
    xy = chance.uniform(-20_000, 20_000, xy.shape)
    everywhere = chance.uniform(-20_000, 20_000, (200, 2))
    spots = np.vstack([sure, everywhere, xy])
    whose = np.concatenate([np.arange(260), 260 + of])
    chances = np.concatenate([np.ones(260), w])

    def find(places):
        return hdbscan(spots[places], 12).labels

    heaped = np.vstack([sure, everywhere, np.full((40, 2), 9000.0) + chance.normal(0, 1, (40, 2))])
    assert hdbscan(heaped, 12).labels[260:].min() >= 0  # by their pins they would be one
    made = by_draws(find, whose, chances, 300, seed=3)
    belongs = made.chances.toarray()
    assert belongs[:60].max(axis=1).min() > 0.8
    assert belongs[260:].sum(axis=1).max() < 0.5
    assert (made.held > 0.5).all()
    again = by_draws(find, whose, chances, 300, seed=3)
    assert np.array_equal(made.labels, again.labels)


def test_without_doubt_every_draw_is_the_same():
    xy = np.random.default_rng(2).normal(0, 300, (150, 2))
    xy[:50] = np.random.default_rng(3).normal(5000, 20, (50, 2))
    made = by_draws(lambda at: hdbscan(xy[at], 20).labels, np.arange(150), np.ones(150), 150, 5)
    assert np.array_equal(made.labels, hdbscan(xy, 20).labels)
    assert made.chances.data == pytest.approx(1.0)
    assert (made.lost, set(made.held)) == (0, {1.0})


def test_nothing_found_is_no_cluster():
    made = by_draws(lambda at: np.full(len(at), -1), np.arange(9), np.ones(9), 9)
    assert made.chances.shape == (9, 0)
    assert (made.lost, (made.labels < 0).all()) == (0, True)
