"""Shares of a doubtful case come to one, whatever its record says."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.facts import ELSEWHERE
from dispatch.facts.shares import share_out

CHANCES = st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 5), st.floats(0, 1.2)), max_size=40)


@given(CHANCES)
@settings(max_examples=200, deadline=None)
def test_the_shares_of_each_case_come_to_one_and_none_is_below_nought(chances):
    chances = sorted(chances, key=lambda row: row[0])
    owner = np.array([row[0] for row in chances], dtype=np.int64)
    village = np.array([row[1] for row in chances], dtype=np.int16)
    share = np.array([row[2] for row in chances])
    start, where, given_out = share_out(np.arange(10, dtype=np.int16), owner, village, share)
    assert (start[0], start[-1]) == (0, len(where))
    sums = np.add.reduceat(given_out, start[:-1])
    np.testing.assert_allclose(sums, 1, atol=2e-3)
    assert (given_out > 0).all()
    for number in set(range(10)) - set(owner.tolist()):
        assert where[start[number]] == number, "nobody doubts it: it stays where it was counted"


def test_what_the_chances_lack_is_elsewhere_and_too_much_is_scaled_down():
    owner = np.array([0, 0, 2, 2])
    village, share = np.array([3, 4, 3, 5], dtype=np.int16), np.array([0.5, 0.2, 0.9, 0.9])
    start, where, given_out = share_out(np.array([3, 7, 3], dtype=np.int16), owner, village, share)
    assert start.tolist() == [0, 3, 4, 6]
    assert where.tolist() == [3, 4, ELSEWHERE, 7, 3, 5]
    np.testing.assert_allclose(given_out, [0.5, 0.2, 0.3, 1, 0.5, 0.5], rtol=1e-6)
