"""Kaplan and Meier's estimate against examples worked by hand, and against the plain formula."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.survival import kaplan_meier, within

LIVES = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40)


def by_the_formula(lives):
    """The textbook's product over the times of the ends, in fractions: {time: share left}."""
    left, curve = Fraction(1), {}
    for time in sorted({time for time, ended in lives if ended}):
        ended = sum(1 for t, over in lives if t == time and over)
        at_risk = sum(1 for t, _ in lives if t >= time)
        left *= Fraction(at_risk - ended, at_risk)
        curve[time] = left
    return curve


def test_with_nothing_open_it_is_the_plain_share():
    curve = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert curve.times.tolist() == [1, 2, 3, 4]
    assert curve.open.tolist() == pytest.approx([0.75, 0.5, 0.25, 0])
    assert within([1, 2, 3, 4], [True] * 4) == (2, 4)


def test_a_small_example_by_hand():
    # The drug 6-MP of Freireich et al. 1963, an example of the textbooks: 6, 6, 6, 6+, 7, 9+, 10,
    # 10+, 11+, 13, 16, 17+, 19+, 20+, 22, 23, 25+, 32+, 32+, 34+, 35+. S(6) = 18/21, then times
    # 16/17 at 7, 14/15 at 10, 11/12 at 13, 10/11 at 16, 6/7 at 22, 5/6 at 23: the median is 23.
    lasted = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [True] * 21
    for open_at in (3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20):
        ended[open_at] = False
    curve = kaplan_meier(lasted, ended)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    told = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.open.round(3).tolist() == told
    assert within(lasted, ended) == (23, None)


def test_open_tickets_are_not_left_out():
    # Ten took a day, ten are still open after thirty: of those that ended the median is one day.
    lasted, ended = [1] * 10 + [30] * 10, [True] * 10 + [False] * 10
    assert within(lasted, ended, (0.4, 0.5, 0.9)) == (1, 1, None)
    assert within([1] * 9 + [30] * 11, [True] * 9 + [False] * 11) == (None, None)


def test_what_is_looked_at_last_as_another_ends_was_still_there():
    assert kaplan_meier([5, 5], [True, False]).open.tolist() == [0.5]


def test_nothing_has_no_median():
    assert within([], []) == (None, None)
    assert within([3, 4], [False, False]) == (None, None)


@given(LIVES)
def test_it_is_the_formula_of_the_textbook(lives):
    lasted, ended = [t for t, _ in lives], [over for _, over in lives]
    curve, plain = kaplan_meier(lasted, ended), by_the_formula(lives)
    assert curve.times.tolist() == list(plain)
    assert curve.open == pytest.approx([float(share) for share in plain.values()])
    for share in (Fraction(1, 2), Fraction(9, 10)):
        first = next((time for time, left in plain.items() if left <= 1 - share), None)
        assert curve.within(float(share)) == first


@given(LIVES)
def test_counts_say_the_same_as_one_by_one(lives):
    kinds = sorted(set(lives))
    counts = [lives.count(kind) for kind in kinds]
    one_by_one = within([t for t, _ in lives], [over for _, over in lives], (0.25, 0.5, 0.9))
    counted = within([t for t, _ in kinds], [o for _, o in kinds], (0.25, 0.5, 0.9), counts)
    assert one_by_one == counted


@pytest.mark.parametrize(
    ("lasted", "ended"), [([1, 2], [True]), ([-1.0], [True]), ([np.nan], [True])]
)
def test_what_is_no_duration_is_refused(lasted, ended):
    with pytest.raises(ValueError, match=r"give as many|not a number"):
        kaplan_meier(lasted, ended)
