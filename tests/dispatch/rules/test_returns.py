from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from dispatch.rules.returns import Held, Tally, posterior, tallies, usual_instead, warned

NAMES = {1: "DPUPR", 2: "BBPJN", 3: "DLH"}


def stays(back, kept, took=()):
    """Of agency 1: so many given back, so many kept; `took` who had them after."""
    given_back = [Held(n, 1, True) for n in range(back)]
    after = [Held(n, agency, False) for n, agency in enumerate(took)]
    return [*given_back, *after, *(Held(100 + n, 1, False) for n in range(kept))]


def test_seven_of_nine_given_back_are_told_with_who_usually_does_it():
    said = warned(stays(7, 2, (2, 2, 2, 3)), 1, NAMES, "jalan rusak, jalan provinsi")
    assert said.code == "sering_dikembalikan"
    assert said.text == (
        "DPUPR mengembalikan 7 dari 9 aduan jalan rusak, jalan provinsi; biasanya ditangani BBPJN."
    )


def test_once_or_seldom_is_not_told():
    assert warned(stays(1, 0), 1, NAMES, "jalan") is None
    assert warned(stays(3, 30), 1, NAMES, "jalan") is None
    assert warned([], 1, NAMES, "jalan") is None


def test_who_has_it_after_is_not_blamed_for_what_came_back():
    found = tallies(stays(7, 2, (2, 2)))
    assert found == {1: Tally(9, 7), 2: Tally(2, 0)}
    assert warned(stays(7, 2, (2, 2)), 2, NAMES, "jalan") is None
    assert usual_instead(stays(2, 0), 1) is None


def test_when_nobody_took_it_after_the_sentence_ends_there():
    assert (
        warned(stays(6, 0), 1, NAMES, "jalan").text == "DPUPR mengembalikan 6 dari 6 aduan jalan."
    )


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_belief_lies_between_the_prior_and_what_was_seen(back, kept):
    found = posterior(Tally(back + kept, back))
    assert 0 <= found.low <= found.mean <= found.high + 0.05
    seen = back / (back + kept) if back + kept else 0.1
    assert min(0.1, seen) - 1e-9 <= found.mean <= max(0.1, seen) + 1e-9


def test_the_chance_agrees_with_counting():
    """P(share > 0.3) of Beta(1 + k, 9 + n - k) is a binomial tail, by another way."""
    found = posterior(Tally(9, 7))
    assert abs(found.often_p - binom.cdf(7, 18, 0.3)) < 1e-12
