"""Journeys drawn from a truth that is known: what of it is found again."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.routing.learned import Journey, Prior, learn

KINDS = ("primary", "secondary", "residential")
TRUTH = {
    ("primary", "*"): 1.1,
    ("secondary", "*"): 1.3,
    ("residential", "*"): 1.6,
    ("primary", "pagi"): 1.7,
    ("secondary", "pagi"): 1.7,
    ("residential", "pagi"): 1.8,
}
SD = 0.25


def driven(count, truth=TRUTH, sd=SD, seed=4, wrong=0.0):
    """Journeys whose mean time is that of the truth; a share of them tapped wrongly."""
    chance = np.random.default_rng(seed)
    journeys = []
    for _ in range(count):
        band = "pagi" if chance.random() < 0.3 else "*"
        parts = chance.dirichlet((0.8, 0.8, 0.8)) * chance.uniform(200, 1500)
        share = dict(zip(KINDS, parts.tolist(), strict=True))
        real = sum(s * truth[kind, band] for kind, s in share.items())
        real *= math.exp(chance.normal(-(sd**2) / 2, sd))
        if chance.random() < wrong:
            real = real * 3 if chance.random() < 0.5 else 5.0
        journeys.append(Journey(share, band, real, sum(share.values())))
    return journeys


def factors(lesson):
    return {(row.kind, row.band): row.factor for row in lesson.factors}


def test_with_many_journeys_the_truth_is_found():
    found = factors(learn(driven(3000)))
    for key, factor in TRUTH.items():
        assert found[key] == pytest.approx(factor, rel=0.06), key


def test_the_bias_goes_and_is_told():
    lesson = learn(driven(800))
    assert lesson.bias_plain > 0.2
    assert lesson.bias_promised == pytest.approx(lesson.bias_plain)
    assert abs(lesson.bias_after) < 0.02
    assert lesson.sd_after < lesson.sd_plain
    assert lesson.used == 800


def test_what_was_walked_off_the_road_teaches_nothing_of_roads():
    # The router gives the ends off the road no factor: 300 s of these 1,200 s are walked.
    walked = [
        Journey({"residential": 600.0, "jalan setapak": 300.0}, "*", 1200.0, 900.0)
        for _ in range(200)
    ]
    lesson = learn(walked)
    found = factors(lesson)
    assert set(found) == {("*", "*"), ("residential", "*")}
    assert found["residential", "*"] == pytest.approx(1.5, rel=0.02)
    assert abs(lesson.bias_after) < 0.02


def test_what_is_left_is_the_spread_of_one_journey():
    rows = {(r.kind, r.band): r for r in learn(driven(3000)).factors}
    assert rows["*", "*"].sd == pytest.approx(SD, rel=0.1)
    assert rows["*", "pagi"].sd == pytest.approx(SD, rel=0.15)


def test_long_tails_do_not_empty_the_interval_that_is_promised():
    chance = np.random.default_rng(3)
    left = 0.2 * chance.standard_t(2.5, 4000)
    journeys = [Journey({"primary": 600.0}, "*", 600 * math.exp(x), 600.0) for x in left]
    (row,) = [r for r in learn(journeys).factors if (r.kind, r.band) == ("*", "*")]
    middle = math.log(row.factor) - row.sd**2 / 2
    held = np.mean(np.abs(left - middle) <= 1.2816 * row.sd)
    assert held == pytest.approx(0.8, abs=0.02)


def test_few_journeys_move_little():
    few, many = learn(driven(2)), learn(driven(400))
    assert abs(math.log(factors(few)["residential", "*"])) < 0.6 * abs(
        math.log(factors(many)["residential", "*"])
    )


def test_a_journey_as_reckoned_leaves_the_factor_at_one():
    exact = Journey({"primary": 600.0}, "*", 600.0, 600.0)
    (row,) = [r for r in learn([exact]).factors if (r.kind, r.band) == ("*", "*")]
    # The mean of a log-normal lies above its median by what the spread is still thought to be.
    assert math.log(row.factor) == pytest.approx(row.sd**2 / 2)


def test_a_class_that_hardly_anybody_drives_follows_the_others():
    slow = dict.fromkeys(TRUTH, 1.5)
    journeys = [*driven(400, slow), Journey({"track": 300.0}, "*", 300.0, 300.0)]
    assert factors(learn(journeys))["track", "*"] > 1.15


def test_wrong_taps_hardly_move_it():
    clean, spoilt = factors(learn(driven(1500))), factors(learn(driven(1500, wrong=0.1)))
    for key in TRUTH:
        assert spoilt[key] == pytest.approx(clean[key], rel=0.1), key


def test_what_is_out_of_all_proportion_is_left_out_and_counted():
    absurd = [
        Journey({"primary": 600.0}, "*", 20_000.0, 600.0),
        Journey({"primary": 600.0}, "*", 5.0, 600.0),
        Journey({"primary": 600.0}, "*", math.nan, 600.0),
        Journey({}, "*", 600.0, 600.0),
        Journey({"primary": 600.0, "feri": 7200.0}, "*", 9000.0, 7800.0),
    ]
    lesson = learn([*driven(50), *absurd])
    assert (lesson.used, lesson.left_out) == (50, 5)


def test_straight_lines_and_the_sea_are_learned_apart_from_roads():
    lines = [Journey({"garis": 600.0}, "*", 1200.0, 600.0) for _ in range(60)]
    sea = [Journey({"laut": 900.0}, "*", 900.0, 900.0) for _ in range(60)]
    alone, mixed = factors(learn(driven(300))), factors(learn([*driven(300), *lines, *sea]))
    assert mixed["primary", "*"] == pytest.approx(alone["primary", "*"])
    assert mixed["garis", "*"] > 1.7
    assert mixed["laut", "*"] < 1.2
    assert ("*", "*") not in factors(learn(lines))


def test_of_no_journey_nothing_is_learned():
    lesson = learn([])
    assert (lesson.factors, lesson.used) == ((), 0)


def test_a_house_that_is_sure_of_its_speeds_learns_more_slowly():
    stern = Prior(all_roads=0.02, hours=0.02, kind=0.02, kind_in_hours=0.02)
    usual, held = factors(learn(driven(30))), factors(learn(driven(30), stern))
    assert held["residential", "*"] < usual["residential", "*"]


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Journey,
            st.dictionaries(st.sampled_from(KINDS), st.floats(1, 5000), min_size=1),
            st.sampled_from(["*", "pagi"]),
            st.floats(1, 50_000),
            st.floats(1, 5000),
        ),
        max_size=15,
    )
)
def test_whatever_was_driven_factors_are_sane(journeys):
    lesson = learn(journeys)
    assert lesson.used + lesson.left_out == len(journeys)
    for row in lesson.factors:
        assert 0.2 < row.factor < 6
        assert 0 < row.sd < 3
        assert row.journeys > 0
