"""Answers move the belief by Bayes; the question asked is the one that settles most."""

import math

import numpy as np
import pytest
import shapely

from geo.point import Point
from geo.territory import ISLAND, Territory
from geo.uncertainty.asks import BadQuestion
from geo.uncertainty.belief import Belief, accepted
from geo.uncertainty.cloud import OUTSIDE, SEA
from geo.uncertainty.drawing import Drawing
from geo.uncertainty.location import InVillages, Location, Region, circle, only
from geo.uncertainty.questions import (
    NEITHER,
    UNSURE,
    Kind,
    Road,
    RtArea,
    Side,
    best_question,
)
from tests.geo.uncertainty.simulated import answers, calls, in_polygon, talks

# Four villages round a corner: a and b south, c and d north of it.
BOXES = {
    "a": shapely.box(110.0, -6.1, 110.1, -6.0),
    "b": shapely.box(110.1, -6.1, 110.2, -6.0),
    "c": shapely.box(110.0, -6.0, 110.1, -5.9),
    "d": shapely.box(110.1, -6.0, 110.2, -5.9),
}
BORDER = Point(lon=110.1, lat=-6.05)  # of a and b
CORNER = Point(lon=110.1, lat=-6.0)
MOSQUE = Side("m1", "Masjid Contoh", CORNER)
NORTH_ROAD = Road("r1", "Jalan Contoh", shapely.LineString([(110.1, -6.2), (110.1, -5.8)]))


@pytest.fixture(scope="module")
def four():
    return Territory(((Drawing.of(list(BOXES), list(BOXES.values()), ISLAND), 1.0),))


@pytest.fixture
def between(four):
    """As likely in a as in b."""
    return Belief.of(four, circle(BORDER, 300))


@pytest.fixture
def anywhere(four):
    """As likely in each of the four."""
    return Belief.of(four, circle(CORNER, 300))


def test_before_any_answer_the_chances_are_the_exact_ones(four):
    place = circle(Point(lon=110.1013, lat=-6.0021), 300)
    first = Belief.of(four, place, points=300).chances
    assert dict(first.villages) == pytest.approx(dict(four.chances(place).villages), abs=1e-9)


def test_between_two_villages_it_asks_which_of_the_two(between):
    question = best_question(between)
    assert (question.key, question.kind, question.neither) == ("desa:a|b", Kind.VILLAGE, True)
    assert {option.village for option in question.options} == {"a", "b"}
    # One bit, less what a channel loses that errs 3 %, half of it to "neither".
    kept = math.log2(3) - 1 + 0.97 * math.log2(0.97) + 0.03 * math.log2(0.015)
    assert 0.7 < question.gain_bits < 1
    assert question.gain_bits == pytest.approx(gain_of_a_pair(0.03), abs=1e-6)
    assert kept < question.gain_bits + 1


def gain_of_a_pair(error):
    """Of two as likely: bits of the answer less bits of noise."""
    said = [(1 - error + error / 2) / 2] * 2 + [error / 2]
    noise = [1 - error, error / 2, error / 2]
    return sum(-p * math.log2(p) for p in said) - sum(-p * math.log2(p) for p in noise)


def test_an_answer_is_weighed_with_its_error(between):
    told = between.answered("desa:a|b", "a")
    assert told.chances.of("a") == pytest.approx(0.97 / (0.97 + 0.015), abs=1e-6)
    doubted = between.answered("desa:a|b", "a", error=0.2)
    assert doubted.chances.of("a") == pytest.approx(0.8 / 0.9, abs=1e-6)
    neither = between.answered("desa:a|b", NEITHER)
    assert neither.chances.of("a") == pytest.approx(0.5, abs=1e-6)
    assert between.answered("desa:a|b", UNSURE).chances == between.chances


def test_answers_may_come_in_any_order(anywhere):
    one, other = ("desa:a|b", "a"), ("sisi:m1:utara-selatan", "selatan")
    there = anywhere.after([one, other], sides=[MOSQUE])
    back = anywhere.after([other, one], sides=[MOSQUE])
    assert dict(there.chances.villages) == pytest.approx(dict(back.chances.villages))


def test_one_good_answer_settles_two_villages(between):
    assert accepted(between) is None
    told = between.answered("desa:a|b", "b")
    assert accepted(told) == "b"
    assert best_question(told) is None


def test_a_side_of_a_landmark_halves_what_is_left(anywhere):
    question = best_question(anywhere, sides=[MOSQUE], asked=pairs("abcd"))
    assert question.key in ("sisi:m1:utara-selatan", "sisi:m1:timur-barat")
    assert (question.kind, question.about, question.neither) == (Kind.SIDE, "Masjid Contoh", False)
    north = anywhere.answered("sisi:m1:utara-selatan", "utara", sides=[MOSQUE])
    assert north.chances.of("c") == pytest.approx(0.47, abs=0.005)
    assert north.chances.of("a") == pytest.approx(0.03, abs=0.005)
    east = anywhere.answered("sisi:m1:timur-barat", "timur", sides=[MOSQUE])
    assert east.chances.of("d") == pytest.approx(0.47, abs=0.005)


def pairs(codes):
    places = [*codes, SEA, OUTSIDE]
    return {f"desa:{min(a, b)}|{max(a, b)}" for a in places for b in places}


def test_a_road_that_runs_north_has_an_east_and_a_west_side(anywhere):
    question = best_question(anywhere, sides=[NORTH_ROAD], asked=pairs("abcd"))
    assert (question.key, question.about) == ("jalan:r1:timur-barat", "Jalan Contoh")
    assert [option.side for option in question.options] == ["timur", "barat"]
    east = anywhere.answered(question.key, "timur", sides=[NORTH_ROAD])
    assert east.chances.of("b") == pytest.approx(0.47, abs=0.005)


def test_among_many_villages_a_side_settles_more_than_two_names():
    """Thirty-six villages of 100 m: no two of them are likely, but half lie on either side."""
    boxes = {
        f"{x}{y}": shapely.box(110 + x / 1000, y / 1000, 110 + (x + 1) / 1000, (y + 1) / 1000)
        for x in range(-3, 3)
        for y in range(-3, 3)
    }
    many = Territory(((Drawing.of(list(boxes), list(boxes.values()), ISLAND), 1.0),))
    middle = Point(lon=110.0, lat=0.0)
    belief = Belief.of(many, circle(middle, 300))
    assert best_question(belief).kind is Kind.VILLAGE
    assert best_question(belief, sides=[Side("m", "Masjid", middle)]).kind is Kind.SIDE


def test_a_landmark_far_away_settles_nothing(between):
    far = Side("m2", "Masjid Jauh", Point(lon=110.19, lat=-5.91))
    question = best_question(between, sides=[far])
    assert question.kind is Kind.VILLAGE
    assert best_question(between, sides=[far], asked=pairs("abcd")) is None


def test_rt_numbers_tell_villages_apart(between):
    rts = [
        RtArea(3, shapely.box(110.09, -6.06, 110.1, -6.04), "a"),
        RtArea(7, Point(lon=110.101, lat=-6.05), "b"),
        RtArea(8, Point(lon=110.15, lat=-6.05), "b"),
    ]
    question = best_question(between, rts=rts, asked=pairs("abcd"))
    assert (question.key, question.neither) == ("rt:a/3|b/7", True)
    assert {(option.village, option.rt) for option in question.options} == {("a", 3), ("b", 7)}
    told = between.answered(question.key, "b/7", rts=rts)
    assert told.chances.of("b") > 0.95


def test_what_was_asked_is_not_asked_again(between):
    first = best_question(between)
    assert best_question(between, asked=[first.key]) is None
    unsure = between.answered(first.key, UNSURE)
    assert best_question(unsure, asked=[first.key], sides=[NORTH_ROAD]).kind is Kind.ROAD


def test_a_village_known_by_name_alone_can_still_be_asked_for(four):
    named = Belief.of(four, only(InVillages(codes=("a", "new"))))
    question = best_question(named, sides=[MOSQUE])
    assert question.key == "desa:a|new"
    assert accepted(named.answered(question.key, "new")) == "new"
    sided = named.answered("sisi:m1:utara-selatan", "selatan", sides=[MOSQUE])
    assert sided.chances.of("new") == pytest.approx(0.5 * 0.5 / (0.5 * 0.5 + 0.5 * 0.94), abs=0.01)


def test_beyond_the_border_may_be_the_question():
    inland = Territory(((Drawing.of(["a"], [BOXES["a"]], None), 1.0),))
    near = Belief.of(inland, circle(Point(lon=110.0, lat=-6.05), 300))
    question = best_question(near)
    assert question.key == f"desa:a|{OUTSIDE}"
    assert [option.village for option in question.options] == ["a", None]
    assert accepted(near.answered(question.key, "a")) == "a"


def test_a_beach_needs_no_question():
    island = Territory(((Drawing.of(["a"], [BOXES["a"]], ISLAND), 1.0),))
    beach = Belief.of(island, circle(Point(lon=110.0, lat=-6.05), 300))
    assert beach.chances.sea == pytest.approx(0.5, abs=0.01)
    assert accepted(beach) is None  # 0.5 / (0.5 + 0.5 x 0.05) is 0.952
    ashore = Belief.of(island, circle(Point(lon=110.0006, lat=-6.05), 300))
    assert ashore.chances.sea > 0.3
    assert accepted(ashore) == "a"


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("", "a"),
        ("desa:a", "a"),
        ("desa:a|a", "a"),
        ("desa:a|b", "c"),
        ("sisi:m9:utara-selatan", "utara"),
        ("sisi:m1:atas-bawah", "atas"),
        ("jalan:m1:utara-selatan", "utara"),
        ("rt:a/1|b/2", "a/1"),
        ("x" * 10_000, "a"),
    ],
)
def test_an_unknown_question_or_answer_is_refused(between, key, answer):
    with pytest.raises(BadQuestion, match=r"give|no such") as refused:
        between.answered(key, answer, sides=[MOSQUE])
    assert len(str(refused.value)) < 300


def test_two_places_far_apart_are_told_apart_in_one_question(four):
    parts = [Region(area=BOXES[code].buffer(-0.01)) for code in "ad"]
    belief = Belief.of(four, Location(((0.5, parts[0]), (0.5, parts[1]))))
    question = best_question(belief)
    assert question.key == "desa:a|d"
    assert accepted(belief.answered(question.key, "d")) == "d"


# Simulated calls. The same with ten times as many, and the bands of the issue: bench_doubt.
RADIUS_M, CALLS = 300.0, 6000


@pytest.fixture(scope="module", params=["kemendagri", "bps"])
def one_set(request):
    drawing = request.getfixturevalue(request.param)
    return drawing, Territory(((drawing, 1.0),)), calls([drawing], CALLS, RADIUS_M, seed=112)


@pytest.fixture(scope="module")
def said(one_set):
    _, territory, made = one_set
    return answers(territory, made, RADIUS_M)


def test_what_is_said_to_be_likely_is_as_often_right(said):
    assert_calibrated(said)


def test_with_both_sets_loaded_it_is_as_often_right_whichever_is_true(kemendagri, bps):
    made = calls([kemendagri, bps], CALLS // 2, RADIUS_M, seed=7)
    assert_calibrated(answers(Territory.of_two(kemendagri, bps, 0.5), made, RADIUS_M))


def assert_calibrated(said):
    """Within four standard errors at each level, in bins wide enough for so few calls."""
    for level in (0.5, 0.7, 0.9, 0.95):
        near = said.near(level, 0.04)
        assert near.sum() > 100
        off = said.right[near].mean() - said.p[near].mean()
        assert abs(off) < 4 * math.sqrt(level * (1 - level) / near.sum()) + 0.01
    assert said.right.mean() == pytest.approx(said.p.mean(), abs=0.02)


def test_few_villages_accepted_by_themselves_are_wrong(one_set, said):
    drawing, _, made = one_set
    assert said.taken.mean() > 0.4
    assert said.wrong_of_taken <= 0.008  # the goal, 0.006, and two standard errors
    assert in_polygon(drawing, made)[0] > 0.12


def test_one_question_is_enough_for_nine_calls_in_ten(one_set):
    _, territory, made = one_set
    few = type(made)(made.points[:1500], made.villages[:1500])
    held = talks(territory, few, RADIUS_M, error=0.03, seed=5)
    soon = np.mean([talk.taken is not None and talk.questions <= 1 for talk in held])
    wrong = np.mean([talk.taken not in (None, talk.true) for talk in held])
    assert soon >= 0.885  # the goal, 0.9, less two standard errors
    assert wrong < 0.02
