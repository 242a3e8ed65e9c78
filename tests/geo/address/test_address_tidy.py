import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address import LONGEST_TEXT, read
from geo.address.tidy import HIDDEN, hide_phones, tidy


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Ngabul\x00\x07 ", "Ngabul"),
        ("Nga\u200bbul\u202e\u2066", "Ngabul"),
        ("\ufeffNgabul 🔥👍🏽 1️⃣", "Ngabul  1"),
        ("\uff32\uff34\u3000\uff10\uff13\uff0f\uff10\uff12", "RT 03/02"),
        ("ngabul\r\njepara\u2028kudus", "ngabul\n\njepara\nkudus"),
        ("N̷g̸a̶bul", "Ngabul"),
        ("Café", "Café"),
        ("6º35\u00b4S", "6°35'S"),
        ("½ km", "1\u20442 km"),
        ("\ud83d Ngabul", "Ngabul"),
    ],
)
def test_signs_that_tell_nothing_go(text, plain):
    assert tidy(text) == plain


def test_text_from_right_to_left_is_kept_but_names_nothing():
    assert tidy("حريق") == "حريق"
    assert read("حريق في السوق").spans == ()
    assert read("שריפה בשוק 12345").postcode == "12345"


def test_a_word_that_the_cut_goes_through_is_left_out():
    assert tidy("a " * 199 + "ngabul") == ("a " * 199).strip()
    assert tidy("a" * 500) == ""


@given(st.text(max_size=900))
def test_what_is_tidy_stays_as_it_is(text):
    plain = tidy(text)
    assert tidy(plain) == plain
    assert len(plain) <= LONGEST_TEXT
    assert not {unicodedata.category(sign) for sign in plain if sign != "\n"} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    "number",
    [
        "081234567890",
        "0812-3456-7890",
        "62 812 345 678",
        "(0291) 591234",
        "12-05-2024",
        "3320 1234",
    ],
)
def test_long_numbers_are_hidden_however_they_are_grouped(number):
    digits = number.lstrip("(")
    assert hide_phones(f"wa {number} ya") == f"wa {number[: -len(digits)]}{HIDDEN} ya"


@pytest.mark.parametrize("text", ["no 12 59411", "RT 003/002 59461", "1200 59411", "-6.59 110.6"])
def test_a_postcode_after_a_short_number_is_none(text):
    assert hide_phones(text) == text
