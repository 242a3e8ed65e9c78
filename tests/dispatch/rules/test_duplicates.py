from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.duplicates import likeness

METRES = st.floats(min_value=0, max_value=50_000)
MINUTES = st.floats(min_value=0, max_value=100_000)


def test_near_in_place_time_and_kind_is_likely_the_same_and_says_why():
    same = likeness(180, 4, "kebakaran", "kebakaran")
    assert same.score > 0.5
    assert same.why == "180 m, 4 menit lalu, sama-sama kebakaran"


def test_another_kind_at_the_same_place_is_less_likely():
    other = likeness(180, 4, "pohon_tumbang", "kebakaran")
    assert 0 < other.score < likeness(180, 4, None, "kebakaran").score
    assert other.why == "180 m, 4 menit lalu, tetapi di sana kebakaran"


def test_what_is_not_chosen_yet_lies_between_and_names_the_other():
    open_question = likeness(20, 0.5, None, "lalu_lintas")
    assert open_question.why == "20 m, baru saja, di sana lalu lintas"


def test_far_away_or_long_ago_is_not_the_same():
    assert likeness(5_000, 4, "kebakaran", "kebakaran").score == 0
    assert likeness(180, 600, "kebakaran", "kebakaran").score == 0


def test_long_ways_and_times_are_told_in_kilometres_and_hours():
    assert likeness(1_240, 150, "jalan", "jalan").why == "1,2 km, 2 jam lalu, sama-sama jalan"


def test_a_clock_that_is_ahead_counts_as_now():
    assert likeness(0, -3, "jalan", "jalan").score == 1


@given(METRES, MINUTES, METRES, MINUTES)
def test_farther_and_later_is_never_more_likely(d1, t1, d2, t2):
    near = likeness(min(d1, d2), min(t1, t2), "jalan", "jalan").score
    far = likeness(max(d1, d2), max(t1, t2), "jalan", "jalan").score
    assert 0 <= far <= near <= 1
