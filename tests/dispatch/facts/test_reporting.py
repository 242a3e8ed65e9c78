"""A village that reports twice as readily is corrected, and the doubt of that is shown."""

import numpy as np
import pytest

from dispatch.facts.reporting import Reporting, reporting

DICE = np.random.default_rng(7)
PEOPLE = DICE.integers(1_500, 9_000, 195).astype(float)
TRUE = 0.02 * PEOPLE  # cases a year, wherever people live


def told(readily: np.ndarray, seed: int = 1) -> np.ndarray:
    """What reaches the room when villages report at these rates."""
    return np.random.default_rng(seed).poisson(TRUE * readily).astype(float)


def test_a_village_that_reports_twice_as_much_without_more_incidents_is_corrected():
    readily = np.ones(195)
    readily[17] = 2.0
    n = told(readily)
    found = reporting(n, PEOPLE)
    corrected, low, high = found.corrected(n)
    assert n[17] / TRUE[17] > 1.7, "uncorrected it looks like twice the trouble"
    assert corrected[17] / TRUE[17] == pytest.approx(1, abs=0.25)
    assert low[17] < TRUE[17] < high[17], "the doubt is shown, and holds the truth"
    assert low[17] < corrected[17] < high[17]
    assert found.low[17] > 1, "nobody doubts that it reports more"


def test_the_interval_holds_the_true_rate_nineteen_times_in_twenty():
    held = total = 0
    for seed in range(20):
        readily = np.random.default_rng(seed).gamma(10, 0.1, 195)
        found = reporting(told(readily, seed + 100), PEOPLE)
        scaled = readily * TRUE.sum() / (TRUE * readily).sum()
        held += int(np.count_nonzero((found.low <= scaled) & (scaled <= found.high)))
        total += 195
    assert 0.93 <= held / total <= 0.97


def test_what_a_small_village_tells_by_chance_is_drawn_towards_the_middle():
    people, n = PEOPLE.copy(), told(np.ones(195))
    people[3], n[3] = 50.0, 4.0  # four where one was to be expected
    found = reporting(n, people)
    assert found.rate[3] < 1.5
    assert found.low[3] < 1 < found.high[3]


def test_villages_named_as_digital_are_held_against_a_mean_of_their_own():
    people, readily, digital = PEOPLE.copy(), np.ones(195), np.zeros(195, dtype=bool)
    digital[[4, 9]] = True
    people[digital], readily[digital] = 300.0, 3.0  # small: alone they would be taken for chance
    n = np.random.default_rng(1).poisson(0.02 * people * readily).astype(float)
    found, unnamed = reporting(n, people, digital), reporting(n, people)
    assert found.digital == pytest.approx(n[digital].sum() / 12, rel=0.1)
    assert found.digital > 2
    assert (found.rate[digital] > 2).all()
    assert (unnamed.rate[digital] < 2).all()
    assert np.isnan(unnamed.digital)


def test_a_village_without_known_people_has_rate_one_and_the_doubt_of_all():
    people = PEOPLE.copy()
    people[[0, 1]] = np.nan, 0.0
    readily = np.random.default_rng(3).gamma(10, 0.1, 195)
    found = reporting(told(readily), people)
    assert found.known.tolist() == [False, False] + [True] * 193
    assert found.rate[:2].tolist() == [1.0, 1.0]
    assert found.low[0] < 0.7
    assert found.high[0] > 1.3


@pytest.mark.parametrize(
    ("n", "people"),
    [
        (np.zeros(5), np.full(5, 100.0)),
        (np.full(5, 3.0), np.full(5, np.nan)),
        (np.zeros(0), np.zeros(0)),
        (np.array([7.0]), np.array([100.0])),
        (np.array([7.0, 0.0]), np.array([100.0, np.nan])),
        (np.full(4, 5.0), np.full(4, 10.0)),  # all alike: no spread at all
    ],
)
def test_with_nothing_to_go_by_nothing_is_divided_by_nought(n, people):
    found = reporting(n, people, np.zeros(len(n), dtype=bool))
    for values in (found.rate, found.low, found.high, *found.corrected(n)):
        assert np.isfinite(values).all()
    assert found.rate == pytest.approx(np.ones(len(n)))


def test_all_named_as_digital_is_as_if_none_were():
    n = told(np.ones(195))
    all_of_them, none = (reporting(n, PEOPLE, np.full(195, named)) for named in (True, False))
    assert isinstance(none, Reporting)
    np.testing.assert_allclose(all_of_them.rate, none.rate)
