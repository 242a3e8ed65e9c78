import numpy as np
import pytest
from scipy.stats import false_discovery_control

from geo.hotspots.discoveries import false_discovery
from geo.hotspots.errors import BadSetting

# The fifteen p-values of the paper (Benjamini & Hochberg 1995, section 4).
PAPER = np.array(
    [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
        0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]
)  # fmt: skip


def test_the_example_of_the_paper_finds_four():
    found = false_discovery(PAPER)
    assert found.found.tolist() == [True] * 4 + [False] * 11
    assert found.threshold == 0.0095
    assert (found.tests, found.rule) == (15, "benjamini-hochberg")


@pytest.mark.parametrize("dependent", [False, True])
def test_adjusted_chances_are_those_of_scipy(dependent):
    p = np.random.default_rng(4).random((40, 6)) ** 3
    p[3, 2] = p[5, 1]  # a tie
    theirs = false_discovery_control(p.ravel(), method="by" if dependent else "bh")
    ours = false_discovery(p, dependent=dependent)
    np.testing.assert_allclose(ours.adjusted.ravel(), theirs)
    np.testing.assert_array_equal(ours.found.ravel(), theirs <= 0.05)


def test_where_tests_lean_on_each_other_less_is_found():
    careful = false_discovery(PAPER, dependent=True)
    assert careful.found.sum() == 3
    assert careful.rule == "benjamini-yekutieli"


def test_what_was_not_tested_counts_neither_for_nor_against():
    with_gaps = np.concatenate((PAPER, np.full(100, np.nan)))
    found = false_discovery(with_gaps)
    assert found.tests == 15
    assert found.found[:15].tolist() == false_discovery(PAPER).found.tolist()
    assert not found.found[15:].any()
    assert np.isnan(found.adjusted[15:]).all()


def test_nothing_found_has_the_threshold_nought():
    assert false_discovery(np.array([0.3, 0.9])).threshold == 0.0
    nothing = false_discovery(np.full(3, np.nan))
    assert (nothing.tests, nothing.found.any()) == (0, False)


@pytest.mark.parametrize(("p", "alpha"), [(1.5, 0.05), (-0.1, 0.05), (0.5, 0.0), (0.5, 5.0)])
def test_what_is_no_chance_is_named(p, alpha):
    with pytest.raises(BadSetting):
        false_discovery(np.array([p]), alpha)
