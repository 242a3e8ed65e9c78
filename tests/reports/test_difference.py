"""Two periods side by side: the exact test, its interval, and how rarely chance alone is told."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from dispatch.reports.difference import (
    bursts_of,
    compared,
    crowded,
    difference,
    more_than_share,
)
from geo.hotspots.discoveries import false_discovery


@pytest.mark.parametrize(
    ("now", "then", "days", "before"), [(12, 3, 90, 90), (3, 30, 30, 365), (5, 0, 7, 7)]
)
def test_whole_counts_give_the_binomial_test(now: int, then: int, days: int, before: int) -> None:
    made = difference(np.array([float(now)]), np.array([float(then)]), days, before)
    q = days / (days + before)
    above, below = binom.sf(now - 1, now + then, q), binom.cdf(now, now + then, q)
    assert made.p[0] == pytest.approx(min(1.0, 2 * min(above, below)), rel=1e-9)
    low, high = binomtest(now, now + then, q).proportion_ci(0.95, "exact")
    assert made.low[0] == pytest.approx(low / (1 - low) * before / days, rel=1e-6)
    if then:
        assert made.high[0] == pytest.approx(high / (1 - high) * before / days, rel=1e-6)


def test_where_nothing_happened_there_is_nothing_to_compare() -> None:
    made = difference(np.array([0.0, 2.0]), np.array([0.0, 0.0]), 30, 30)
    assert np.isnan(made.p[0])
    assert np.isnan(made.ratio[0])
    assert np.isinf(made.ratio[1])
    assert made.p[1] == 0.5


def test_chance_alone_is_told_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(5)
    rates = rng.gamma(2, 4, 195)
    told = 0
    for _ in range(1000):
        now, then = rng.poisson(rates).astype(float), rng.poisson(2 * rates).astype(float)
        told += bool(false_discovery(difference(now, then, 90, 180).p, 0.05).found.any())
    assert told <= 50 + 3 * np.sqrt(1000 * 0.05 * 0.95)


def test_a_share_of_all_is_the_binomial_tail() -> None:
    n, share = np.array([9.0, 1.0, 10.0]), np.array([0.2, 0.3, 0.5])
    p = more_than_share(n, share)
    above, below = binom.sf(8, 20, 0.2), binom.cdf(9, 20, 0.2)
    assert p[0] == pytest.approx(2 * min(above, below), rel=1e-9)
    assert np.isnan(more_than_share(n, np.array([np.nan, 0.5, 0.5]))[0])


def bursts(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Incidents in bursts of three on the average, of any size."""
    return np.array([rng.geometric(1 / 3, k).sum() for k in rng.poisson(mean / 3)], dtype=float)


def shocks(rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
    """Every place has its good and its bad periods."""
    return rng.poisson(mean * rng.gamma(4, 1 / 4, len(mean))).astype(float)


@pytest.mark.parametrize("places", [195, 16])
@pytest.mark.parametrize("world", [bursts, shocks])
def test_bursts_are_no_change_and_are_told_no_more_often_than_stated(
    world: Any, places: int
) -> None:
    rng = np.random.default_rng(11)
    rates, worlds, plain, told = rng.gamma(2, 6, places), 200, 0, 0
    for _ in range(worlds):
        now, then = world(rng, rates), world(rng, 2 * rates)
        plain += bool(false_discovery(difference(now, then, 90, 180).p, 0.05).found.any())
        told += bool(compared(now, then, 90, 180, 0.05).told.found.any())
    assert plain > worlds / 2, "the worlds are too tame to show anything"
    assert told <= worlds * 0.05 + 2 * np.sqrt(worlds * 0.05 * 0.95)


def test_a_place_that_had_a_burst_is_told_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(5)
    weight = rng.gamma(2, 1, 120)
    share, worlds, plain, told = weight / weight.sum(), 150, 0, 0
    for _ in range(worlds):
        weeks = np.array([bursts(rng, share * rng.gamma(5, 40)) for _ in range(26)])
        n = weeks.sum(axis=0)
        plain += bool(false_discovery(more_than_share(n, share), 0.05).found.any())
        wide = more_than_share(n, share, bursts_of(weeks))
        told += bool(false_discovery(wide, 0.05).found.any())
    assert plain > worlds / 2, "the worlds are too tame to show anything"
    assert told <= worlds * 0.05 + 2 * np.sqrt(worlds * 0.05 * 0.95)


def test_places_that_always_differ_and_weeks_of_rain_are_no_bursts() -> None:
    rng = np.random.default_rng(6)
    mean = rng.gamma(1, 5, 80) * rng.gamma(2, 0.5, (40, 1))
    assert bursts_of(rng.poisson(mean).astype(float)) == pytest.approx(1.0, abs=0.1)
    assert bursts_of(np.zeros((9, 4))) == bursts_of(np.ones((2, 4))) == 1.0


def test_places_that_change_do_not_hide_each_other() -> None:
    rng = np.random.default_rng(3)
    rates = rng.gamma(2, 6, 195)
    hits = false = 0
    for _ in range(40):
        now, then = rng.poisson(rates).astype(float), rng.poisson(2 * rates).astype(float)
        now[:5], then[:5] = rng.poisson(60, 5), rng.poisson(24, 5)
        found = compared(now, then, 90, 180, 0.05).told.found
        hits, false = hits + int(found[:5].sum()), false + int(found[5:].sum())
    assert hits >= 0.9 * 200
    assert false <= 0.05 * (hits + false) + 3


def test_incidents_that_come_singly_are_compared_as_before() -> None:
    rng = np.random.default_rng(7)
    rates = rng.gamma(2, 6, 195)
    now, then = rng.poisson(rates).astype(float), rng.poisson(rates).astype(float)
    assert np.median(crowded(now, then, np.ones(195, dtype=np.bool_))) < 1.3
    few = compared(np.array([9.0, 1.0]), np.array([2.0, 1.0]), 30, 30, 0.05)
    assert not few.measured
    np.testing.assert_array_equal(few.crowding, 1.0)


def test_what_never_happened_and_what_stopped_everywhere_is_no_trouble() -> None:
    none, some = np.zeros(9), np.full(9, 3.0)
    assert not compared(none, none, 30, 30, 0.05).told.found.any()
    assert np.isfinite(compared(none, some, 30, 30, 0.05).made.p).all()
    assert np.isfinite(compared(some, none, 30, 30, 0.05).made.p).all()
