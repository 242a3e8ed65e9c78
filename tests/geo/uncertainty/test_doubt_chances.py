"""Chances of villages, sea and beyond: their order, their sum, what is known beforehand."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.uncertainty.chances import Chances

masses = st.floats(0, 1)


def whole(chances):
    return sum(p for _, p in chances.villages) + chances.sea + chances.outside


@given(st.dictionaries(st.text("abc", min_size=1), masses), masses, masses)
def test_they_add_up_to_1_and_none_is_tiny(villages, sea, outside):
    if sum(villages.values()) + sea + outside == 0:
        return
    chances = Chances.of_all(villages, sea, outside)
    assert whole(chances) == pytest.approx(1.0)
    assert all(p >= 1e-4 for _, p in chances.villages)
    assert [p for _, p in chances.villages] == sorted(
        (p for _, p in chances.villages), reverse=True
    )


def test_the_likeliest_comes_first_and_of_equals_the_lower_code():
    chances = Chances.of_all({"c": 0.3, "b": 0.3, "a": 0.1}, 0.2, 0.1)
    assert [code for code, _ in chances.villages] == ["b", "c", "a"]
    assert chances.best == ("b", pytest.approx(0.3))
    assert chances.of("a") == pytest.approx(0.1)
    assert chances.of("d") == 0.0


def test_a_chance_below_one_in_ten_thousand_is_left_to_the_rest():
    chances = Chances.of_all({"a": 0.49996, "b": 0.00004}, 0.49996, 0.00004)
    assert chances.villages == (("a", 0.5),)
    assert (chances.sea, chances.outside) == (0.5, 0.0)


def test_the_credible_villages_are_the_fewest_that_hold_the_share():
    chances = Chances.of_all({"a": 0.6, "b": 0.3, "c": 0.1}, 0.0, 0.0)
    assert chances.credible(0.5) == ("a",)
    assert chances.credible() == ("a", "b")
    assert chances.credible(0.95) == ("a", "b", "c")
    assert Chances.of_all({"a": 0.2}, 0.8, 0.0).credible() == ("a",)


def test_calls_from_the_sea_and_from_beyond_are_rarer_than_they_look():
    chances = Chances.of_all({"a": 0.5}, 0.5, 0.0)
    assert chances.weighed().of("a") == pytest.approx(0.5 / (0.5 + 0.5 * 0.05))
    assert Chances.of_all({"a": 0.5}, 0.0, 0.5).weighed().of("a") == pytest.approx(0.8)
    assert chances.weighed(1.0, 1.0) == chances
    assert chances.sea == 0.5  # what is recorded does not change


def test_all_at_sea_stays_at_sea():
    assert Chances.of_all({}, 1.0, 0.0).weighed() == Chances((), 1.0, 0.0)
    assert Chances((), 1.0, 0.0).best is None


def test_doubt_needs_no_database():
    """Rules of chance stay free of SQLAlchemy, so that they can be used and tested alone."""
    asked = "import sys, geo.uncertainty.questions, geo.uncertainty.drawing; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "geo.uncertainty.questions" in loaded
    assert "sqlalchemy" not in loaded
