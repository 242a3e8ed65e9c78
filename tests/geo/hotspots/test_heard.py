"""Long reckoning hears that it shall stop, in the middle, and being heard changes no figure."""

import numpy as np
import pytest

from geo.coverage.sites import p_median
from geo.hotspots.clusters import dbscan, hdbscan
from geo.hotspots.cusum import baseline_of, cusum
from geo.hotspots.density import density
from geo.hotspots.emerging import emerging
from geo.hotspots.grid import Grid
from geo.hotspots.heard import in_turns, part_of, waited
from geo.hotspots.local import gi_star
from geo.hotspots.moran import local_moran
from geo.hotspots.rates import gi_star_rates
from geo.hotspots.scan import scan
from geo.hotspots.series import gi_series
from geo.hotspots.trend import mann_kendall
from geo.hotspots.weights import nearest

POINTS = np.random.default_rng(3).uniform(0, 9000, (6000, 2))
COUNTS = np.random.default_rng(4).poisson(2.0, (120, 60))
PLACES = np.random.default_rng(5).uniform(0, 9000, (60, 2))
DAYS = np.random.default_rng(6).poisson(3.0, 200)
CASES = np.random.default_rng(7).poisson(np.linspace(1, 30, 60)).astype(float)
PEOPLE = np.random.default_rng(8).uniform(200, 5000, 60)
NEAR = nearest(PLACES, 6)


class Stopped(Exception):
    """Nobody wants it any more."""


class Ear:
    """Notes what it is told; stops the work from the call on that it is given."""

    def __init__(self, stop_at=10**9):
        self.shares, self.stop_at = [], stop_at

    def __call__(self, share=0.0):
        self.shares.append(share)
        if len(self.shares) >= self.stop_at:
            raise Stopped


WORK = {
    "scan": lambda ear: scan(COUNTS, PLACES, permutations=99_999, heard=ear),
    "scan of a baseline": lambda ear: scan(
        COUNTS, PLACES, baseline=np.ones(60), permutations=99_999, heard=ear
    ),
    "clusters": lambda ear: dbscan(POINTS, 200.0, 8, heard=ear),
    "clusters of any density": lambda ear: hdbscan(POINTS, 10, heard=ear),
    "density": lambda ear: density(
        Grid.over((0, 0, 9000, 9000), 256), POINTS, spread_m=np.full(6000, 90.0), heard=ear
    ),
    "alarms": lambda ear: cusum(DAYS, baseline_of(DAYS, 20_000, 60), heard=ear),
    "gi*": lambda ear: gi_star(CASES, NEAR, permutations=99, refine=999, heard=ear),
    "gi* of rates": lambda ear: gi_star_rates(CASES, PEOPLE, NEAR, permutations=99, heard=ear),
    "moran": lambda ear: local_moran(CASES, NEAR, permutations=99, refine=999, heard=ear),
    "gi* step by step": lambda ear: gi_series(COUNTS, NEAR.sparse(), exposure=PEOPLE, heard=ear),
}


@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_what_is_taken_back_stops_at_the_next_word(work):
    ear = Ear(stop_at=3)
    with pytest.raises(Stopped):
        work(ear)
    assert len(ear.shares) == 3


@pytest.mark.parametrize("name", ["clusters", "density", "alarms", "gi*", "gi* step by step"])
def test_the_share_only_rises(name):
    ear = Ear()
    WORK[name](ear)
    assert ear.shares == sorted(ear.shares)
    assert 0 <= ear.shares[0] <= ear.shares[-1] <= 1


def test_a_scan_in_turns_is_the_scan_in_one(monkeypatch):
    whole = scan(COUNTS, PLACES, permutations=199, seed=8)
    monkeypatch.setattr("geo.hotspots.scan._AT_ONCE", 1)
    ear = Ear()
    turns = scan(COUNTS, PLACES, permutations=199, seed=8, heard=ear)
    assert len(ear.shares) == 199
    np.testing.assert_array_equal(turns.greatest, whole.greatest)


def test_chances_and_trends_in_turns_are_those_in_one(monkeypatch):
    def both(ear):
        series = gi_series(COUNTS, NEAR.sparse(), exposure=PEOPLE, heard=ear)
        return series, emerging(series.z, series.p, alone=series.alone, heard=ear)

    series, whole = both(Ear())
    monkeypatch.setattr("geo.hotspots.series._AT_ONCE", 1)
    monkeypatch.setattr("geo.hotspots.trend._AT_ONCE", 1)
    ear = Ear()
    again, turns = both(ear)
    assert len(ear.shares) >= 120 + 60
    np.testing.assert_array_equal(again.p, series.p)
    np.testing.assert_array_equal(turns.kind, whole.kind)
    for name in ("s", "z", "p", "tau", "slope", "intercept"):
        np.testing.assert_array_equal(getattr(turns.trend, name), getattr(whole.trend, name))
    with pytest.raises(Stopped):
        mann_kendall(COUNTS, heard=Ear(stop_at=30))


def test_many_places_are_scanned_without_the_distances_of_all_pairs(monkeypatch):
    whole = scan(COUNTS, PLACES, permutations=9)
    monkeypatch.setattr("geo.hotspots.scan._ALL_PAIRS", 10)
    found = scan(COUNTS, PLACES, permutations=9)
    np.testing.assert_array_equal(found.greatest, whole.greatest)


def test_a_solver_beside_is_waited_for_its_error_comes_through_and_it_can_be_left():
    assert waited(lambda: 7, Ear()) == 7
    with pytest.raises(ZeroDivisionError):
        waited(lambda: 1 / 0, Ear())
    times_s = np.random.default_rng(2).uniform(60, 3000, (150, 150))
    ear = Ear(stop_at=20)  # after the greedy choice, while places are exchanged or HiGHS works
    with pytest.raises(Stopped):
        p_median(times_s, np.ones(150), 12, 3600.0, seconds=3.0, asked=ear)


def test_turns_cover_all_and_parts_lie_within_the_whole():
    ear = Ear()
    turns = list(in_turns(10, 4, part_of(ear, 0.5, 0.7)))
    assert [(t.start, t.stop) for t in turns] == [(0, 4), (4, 8), (8, 10)]
    assert ear.shares == pytest.approx([0.58, 0.66, 0.7])
