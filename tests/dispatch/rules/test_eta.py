import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.rules import eta
from dispatch.rules.eta import Turnout, arrivals, crossed, sums

SD, TURN_SD = 0.35, 0.45
seconds = st.floats(1, 20_000)


def there(travel, turnout=90.0, weight=None, target=900.0, sd=SD):
    """Arrivals of one unit over equally likely parts."""
    times = np.atleast_2d(np.asarray(travel, float))
    share = np.full(times.shape, 1 / times.shape[1]) if weight is None else np.atleast_2d(weight)
    return arrivals(times, share, np.array([turnout]), np.array([sd]), target, TURN_SD)


def test_the_expected_time_is_turnout_and_way():
    assert there([600.0]).expected_s[0] == pytest.approx(690)
    assert there([300.0, 900.0]).expected_s[0] == pytest.approx(690)


def test_the_interval_holds_80_percent_of_what_is_drawn():
    chance = np.random.default_rng(112)
    turnout, travel = 90.0, np.array([300.0, 500.0, 1100.0])
    found = there(travel, turnout)
    drawn = drawn_lognormal(chance, turnout, TURN_SD, 60_000) + drawn_lognormal(
        chance, chance.choice(travel, 60_000), SD, 60_000
    )
    held = np.mean((drawn >= found.low_s[0]) & (drawn <= found.high_s[0]))
    assert held == pytest.approx(0.8, abs=0.01)
    assert np.mean(drawn <= 900) == pytest.approx(found.p_target[0], abs=0.01)
    assert np.mean(drawn) == pytest.approx(found.expected_s[0], rel=0.01)


def drawn_lognormal(chance, mean, sd, n):
    return mean * np.exp(chance.normal(-(sd**2) / 2, sd, n))


def test_no_way_is_no_number():
    found = there([np.nan, np.nan])
    assert found.at(0) is None
    assert np.isnan(found.expected_s[0])
    assert found.p_target[0] == 0


def test_a_place_that_is_mostly_out_of_reach_is_out_of_reach():
    assert there([300.0, np.nan, np.nan]).at(0) is None
    half = there([300.0, 300.0, np.nan]).at(0)
    assert half.expected_s == pytest.approx(390)
    assert half.p_target < 0.7, "a third of the places is not reached in time, nor ever"


def test_of_nobody_there_is_nothing():
    empty = arrivals(np.empty((0, 3)), np.empty((0, 3)), np.empty(0), np.empty(0), 900, TURN_SD)
    assert empty.expected_s.shape == (0,)


@settings(deadline=None)
@given(st.lists(seconds, min_size=1, max_size=12), seconds, st.floats(0.05, 1))
def test_low_expected_and_high_stand_in_order(travel, turnout, sd):
    found = there(travel, turnout, sd=sd)
    assert found.low_s[0] < found.high_s[0]
    assert 0 <= found.p_target[0] <= 1
    assert found.low_s[0] < found.expected_s[0]


@settings(deadline=None)
@given(st.lists(seconds, min_size=1, max_size=8), st.floats(1, 5000))
def test_a_longer_way_is_never_sooner(travel, more):
    near, far = there(travel), there([t + more for t in travel])
    for name in ("expected_s", "low_s", "high_s"):
        assert getattr(far, name)[0] > getattr(near, name)[0] * (1 - 1e-4)
    # The log-normal of a sum is nearly, not quite, that of the longer sum pushed on.
    assert far.p_target[0] <= near.p_target[0] + 1e-3


def test_a_quantile_is_undone_by_the_share_below_it():
    mixture = sums(
        np.array([[60.0, 4000.0], [500.0, np.nan]]),
        np.array([[0.3, 0.7], [0.5, 0.5]]),
        np.array([90.0, 20.0]),
        np.array([SD, 0.2]),
        TURN_SD,
    )
    for share in (0.1, 0.5, 0.9):
        assert mixture.below(mixture.quantile(share)) == pytest.approx(share, abs=1e-4)


def test_starts_of_one_unit_are_put_together():
    times = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    travel, weight = crossed(times, np.array([0, 0, 1]), np.array([0.25, 0.75]))
    assert travel[0].tolist() == [1, 2, 3, 4]
    assert weight[0] == pytest.approx([0.125, 0.375, 0.125, 0.375])
    assert travel[1, :2].tolist() == [5, 6]
    assert weight[1] == pytest.approx([0.25, 0.75, 0, 0])


def test_who_is_on_the_road_is_off_sooner_and_who_is_silent_later():
    turnout = Turnout(post_s_by_kind={"regu": 300.0})
    assert turnout.mean_s("ambulans", at_post=True) == 90
    assert turnout.mean_s("regu", at_post=True) == 300
    assert turnout.mean_s("regu", at_post=False) == 20
    assert turnout.mean_s("regu", at_post=False, silent=True) == 140


def test_many_units_come_out_as_each_alone():
    chance = np.random.default_rng(7)
    travel = chance.uniform(60, 3000, (40, 6))
    weight = np.full(travel.shape, 1 / 6)
    turnout, sd = np.full(40, 90.0), np.full(40, SD)
    together = arrivals(travel, weight, turnout, sd, 900, TURN_SD)
    for n in (0, 17, 39):
        alone = there(travel[n])
        assert together.high_s[n] == pytest.approx(alone.high_s[0])
        assert together.p_target[n] == pytest.approx(alone.p_target[0])


def test_the_interval_is_80_percent():
    assert eta.INTERVAL == 0.8


def test_of_no_unit_nothing_is_said():
    nobody = np.zeros((0, 0))
    found = arrivals(nobody, nobody, np.zeros(0), np.zeros(0), 900.0, 0.4)
    assert found.expected_s.shape == found.p_target.shape == (0,)
    travel_s, weight = crossed(np.zeros((0, 3)), np.zeros(0, np.intp), np.ones(3) / 3)
    assert arrivals(travel_s, weight, np.zeros(0), np.zeros(0), 900.0, 0.4).low_s.shape == (0,)
