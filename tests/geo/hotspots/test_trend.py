"""Trends are pymannkendall's, figure by figure, also with ties and where nothing changes."""

import numpy as np
import pymannkendall
import pytest

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.trend import mann_kendall
from tests.geo.hotspots.incidents import sacramento, toronto

EXACT = {"s": "s", "var": "var_s", "z": "z", "tau": "Tau", "slope": "slope"}


def same_as_pymannkendall(series):
    ours = mann_kendall(series)
    for place in range(series.shape[1]):
        theirs = pymannkendall.original_test(series[:, place])
        for name, their_name in EXACT.items():
            assert getattr(ours, name)[place] == getattr(theirs, their_name), (name, place)
        # 1 - cdf, as they write it, has 16 digits after the point; ours has 16 in all.
        assert ours.p[place] == pytest.approx(theirs.p, abs=1e-15)
        assert ours.intercept[place] == pytest.approx(theirs.intercept, abs=1e-12)
    return ours


@pytest.mark.parametrize("steps", [2, 3, 4, 7, 24, 53])
def test_trends_of_any_series_are_those_of_pymannkendall(steps):
    chance = np.random.default_rng(steps)
    smooth = chance.normal(0, 1, (steps, 20)) + np.linspace(0, 2, steps)[:, None]
    tied = chance.poisson(0.7, (steps, 40))
    rare = (chance.random((steps, 20)) < 0.1).astype(float)
    same_as_pymannkendall(np.hstack([smooth, tied, rare]))


def test_trends_of_twelve_years_of_fires_are_those_of_pymannkendall():
    counts, _ = toronto().by_place(3000, 91)
    trend = same_as_pymannkendall(counts)
    assert len(counts) == 49
    assert (trend.p < 0.05).sum() > 5


def test_trends_of_a_month_of_police_calls_are_those_of_pymannkendall():
    same_as_pymannkendall(sacramento().by_place(4000, 1)[0])


def test_what_never_changes_has_no_trend():
    trend = same_as_pymannkendall(np.full((24, 1), 3.5))
    assert [float(part[0]) for part in (trend.s, trend.var, trend.z, trend.p)] == [0, 0, 0, 1]
    assert float(trend.slope[0]) == 0
    assert mann_kendall(np.zeros(2)).p.tolist() == [1.0]


def test_a_chance_of_one_in_a_million_millions_is_still_a_number():
    assert 0 < mann_kendall(np.arange(200.0)).p[0] < 1e-80


def test_the_largest_and_the_smallest_numbers_are_told_apart():
    same_as_pymannkendall(np.array([[1e15, 1.0], [1e15 + 0.25, 1.0 + 2**-52], [-1e15, 1.0]]))


def test_too_little_and_gaps_are_named():
    with pytest.raises(TooFew, match="steps: 2 needed, 1 there"):
        mann_kendall(np.zeros((1, 5)))
    with pytest.raises(NothingToAnalyse):
        mann_kendall(np.zeros((5, 0)))
    with pytest.raises(BadSetting, match=r"^series:"):
        mann_kendall(np.array([1.0, np.nan, 2.0]))
