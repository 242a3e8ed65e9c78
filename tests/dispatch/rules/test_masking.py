import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.masking import hash_phone, mask_phone, normalise_phone

KEY = b"k" * 32


@pytest.mark.parametrize(
    "written",
    [
        "081234567567",
        "+6281234567567",
        "6281234567567",
        "0062 812-3456-7567",
        "(+62) 0812 34567567",
    ],
)
def test_every_way_of_writing_a_number_is_one_number(written):
    assert normalise_phone(written) == "081234567567"
    assert mask_phone(written) == "0812••••567"
    assert hash_phone(written, KEY) == hash_phone("081234567567", KEY)


def test_foreign_numbers_keep_their_country():
    assert normalise_phone("+65 6123 4567") == "+6561234567"
    assert normalise_phone("0065 6123 4567") == "+6561234567"


def test_a_number_that_cannot_be_dialled_at_home_stays_as_it_is():
    assert normalise_phone("+62 000 112 00325") == "+6200011200325"
    assert mask_phone("+62 000 112 00325") == "6200••••325"


def test_a_short_number_shows_nothing():
    assert [mask_phone(n) for n in ("", "112", "0291591", "0291591592")] == ["••••"] * 4


def test_what_holds_no_digit_is_no_number():
    assert normalise_phone("tidak tahu") == ""


def test_another_key_gives_another_hash():
    assert hash_phone("081234567567", KEY) != hash_phone("081234567567", b"x" * 32)


@given(st.text(max_size=60))
def test_a_mask_never_shows_more_than_seven_digits_and_hides_at_least_four(phone):
    shown = sum(c.isdigit() for c in mask_phone(phone))
    assert shown <= 7
    assert shown == 0 or len(normalise_phone(phone).removeprefix("+")) - shown >= 4


@given(st.text(max_size=60))
def test_to_normalise_twice_changes_nothing(phone):
    once = normalise_phone(phone)
    assert normalise_phone(once) == once
