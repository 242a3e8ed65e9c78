"""The best sites are the best of all there are, and what is not proven is said."""

from itertools import combinations

import numpy as np
import pytest

from geo.coverage.sites import BadCount, best_sites, p_median

FAR_S = 40.0
CASES = 200


def world(seed: int) -> tuple[np.ndarray, np.ndarray, tuple[int, ...], int, float]:
    """Times, weights, what is kept, how many are sought, and a limit."""
    chance = np.random.default_rng(seed)
    candidates, points = int(chance.integers(2, 9)), int(chance.integers(1, 15))
    times_s = chance.integers(1, 30, (candidates, points)).astype(np.float64)
    times_s[chance.random(times_s.shape) < 0.15] = np.nan
    weights = chance.random(points)
    weights[1:][chance.random(points - 1) < 0.1] = 0
    kept = tuple(np.flatnonzero(chance.random(candidates) < 0.2).tolist())
    count = int(chance.integers(0, candidates - len(kept) + 1))
    return times_s, weights, kept, count, float(chance.integers(3, 25))


def choices(times_s: np.ndarray, kept: tuple[int, ...], count: int) -> list[list[int]]:
    free = [n for n in range(len(times_s)) if n not in kept]
    return [[*some, *kept] for some in combinations(free, count)]


def covered(times_s: np.ndarray, weights: np.ndarray, limit_s: float, some: list[int]) -> float:
    with np.errstate(invalid="ignore"):
        return float(weights[(times_s[some] <= limit_s).any(axis=0)].sum())


def mean_s(times_s: np.ndarray, weights: np.ndarray, some: list[int]) -> float:
    least_s = np.nan_to_num(times_s, nan=FAR_S)[some].min(axis=0, initial=FAR_S)
    return float(weights @ least_s / weights.sum())


@pytest.mark.parametrize("first", range(0, CASES, 50))
def test_most_are_covered_as_by_trying_all(first: int):
    for seed in range(first, first + 50):
        times_s, weights, kept, count, limit_s = world(seed)
        found = best_sites(times_s, weights, count, limit_s, kept)
        every = choices(times_s, kept, count)
        best = max(covered(times_s, weights, limit_s, some) for some in every)
        assert len(found.chosen) == count
        assert not set(found.chosen) & set(kept)
        own = covered(times_s, weights, limit_s, [*found.chosen, *kept])
        assert own == pytest.approx(best, abs=1e-9)
        assert found.value == pytest.approx(best, abs=1e-9)
        assert found.gap < 1e-6


@pytest.mark.parametrize("first", range(0, CASES, 50))
def test_the_way_is_shortest_as_by_trying_all(first: int):
    for seed in range(first, first + 50):
        times_s, weights, kept, count, _ = world(seed)
        found = p_median(times_s, weights, count, FAR_S, kept)
        best = min(mean_s(times_s, weights, some) for some in choices(times_s, kept, count))
        own = mean_s(times_s, weights, [*found.chosen, *kept])
        assert own == pytest.approx(best, abs=1e-9)
        assert found.value == pytest.approx(best, abs=1e-9)
        assert found.gap < 1e-6


def test_a_solver_that_is_given_no_time_still_gives_an_answer_with_its_gap():
    chance = np.random.default_rng(3)
    spots, posts = chance.random((300, 2)), chance.random((80, 2))
    times_s = np.hypot(*(posts[:, None] - spots).transpose(2, 0, 1))
    found = best_sites(times_s, chance.random(300), 6, 0.15, seconds=1e-3)
    assert len(found.chosen) == 6
    assert found.bound >= found.value
    near = p_median(times_s, np.ones(300), 6, 2.0, seconds=1e-3)
    assert near.bound <= near.value
    assert near.gap > 0
    assert near.value < times_s.min(axis=0).mean() * 6


def test_more_sites_than_places_are_refused_in_words():
    times_s = np.ones((3, 2))
    with pytest.raises(BadCount, match="count 3: give 0 to 2"):
        best_sites(times_s, np.ones(2), 3, 1.0, kept=[1])
    with pytest.raises(ValueError, match="weights"):
        p_median(times_s, np.zeros(2), 1, 1.0)


def test_what_nobody_can_reach_costs_nobody_a_site():
    times_s = np.array([[1.0, np.nan], [np.nan, np.nan]])
    found = best_sites(times_s, np.array([0.1, 0.9]), 1, 5.0)
    assert found.chosen == (0,)
    assert found.value == pytest.approx(0.1)
    assert found.gap == 0
