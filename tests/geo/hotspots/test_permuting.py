import itertools

import numpy as np

from geo.hotspots.permuting import draw, tally
from geo.hotspots.weights import Weights

RING = Weights.of(np.roll(np.eye(6), 1, axis=1) + np.roll(np.eye(6), -1, axis=1))
VALUES = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])


def test_each_hand_holds_different_ones_and_all_are_dealt_alike_in_each_place():
    hands = draw(np.random.default_rng(1), 10, 4, 20_000)
    assert all(len(set(hand)) == 4 for hand in hands[:500].tolist())
    for place in range(4):
        dealt = np.bincount(hands[:, place], minlength=10)
        assert np.abs(dealt - 2000).max() < 5 * np.sqrt(2000 * 0.9)
    first_two = np.bincount(hands[:, 0] * 10 + hands[:, 1], minlength=100).reshape(10, 10)
    assert first_two.diagonal().sum() == 0
    assert first_two[~np.eye(10, dtype=bool)].min() > 222 - 5 * np.sqrt(222)


def test_a_hand_can_hold_them_all():
    hands = draw(np.random.default_rng(1), 5, 5, 50)
    np.testing.assert_array_equal(np.sort(hands, axis=1), np.tile(np.arange(5), (50, 1)))


def test_many_draws_come_near_to_all_that_could_be_dealt():
    draws = 40_000
    dealt = tally(VALUES[:, np.newaxis], RING.matrix, permutations=draws, seed=2)
    for place in range(6):
        others = np.delete(VALUES, place)
        sums = np.array([sum(hand) for hand in itertools.permutations(others, 2)])
        seen = VALUES[place - 1] + VALUES[(place + 1) % 6]
        for counted, exact in (
            (dealt.above[place, 0], (sums >= seen).mean()),
            (dealt.below[place, 0], (sums <= seen).mean()),
        ):
            error = np.sqrt(exact * (1 - exact) / draws)
            assert abs(counted / draws - exact) <= 4.5 * error + 1e-9


def test_unequal_weights_meet_each_of_the_dealt():
    weights = Weights.of(RING.matrix * np.array([1.0, 10, 100, 1, 10, 100]))
    dealt = tally(VALUES[:, np.newaxis], weights.matrix, permutations=20_000, seed=2)
    place = 1  # its neighbours 0 and 2 weigh 1 and 100
    others = np.delete(VALUES, place)
    sums = np.array([one + 100 * other for one, other in itertools.permutations(others, 2)])
    exact = (sums >= 3 + 400).mean()
    assert abs(dealt.above[place, 0] / 20_000 - exact) < 4.5 * np.sqrt(0.25 / 20_000)


def test_equal_sums_count_on_both_sides_however_they_were_rounded():
    tenths = np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3])[:, np.newaxis]
    whole = np.round(tenths * 10)
    one = tally(tenths, RING.matrix, permutations=500, seed=3)
    other = tally(whole, RING.matrix, permutations=500, seed=3)
    np.testing.assert_array_equal(one.above, other.above)
    np.testing.assert_array_equal(one.below, other.below)


def test_steps_share_the_draws_and_are_counted_as_one_by_one():
    chance = np.random.default_rng(4)
    steps = chance.poisson(2.0, (6, 300)).astype(float)
    together = tally(steps, RING.matrix, permutations=199, seed=5)
    for step in (0, 117, 299):
        alone = tally(steps[:, [step]], RING.matrix, permutations=199, seed=5)
        np.testing.assert_array_equal(together.above[:, [step]], alone.above)
