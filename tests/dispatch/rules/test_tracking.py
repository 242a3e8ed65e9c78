"""The code of a report can be read out, typed badly, and not be guessed."""

import string

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.tracking import LETTERS, LONGEST, call_of, code_of

KEY, OTHER = b"a key of this house", b"a key of another house"
NUMBERS = st.integers(1, 10**15)


@given(NUMBERS)
def test_a_code_leads_back_to_its_report_and_with_another_key_nowhere(number: int):
    code = code_of(number, KEY)
    assert call_of(code, KEY) == number
    assert call_of(code, OTHER) is None
    assert set(code) <= set(LETTERS + "-" + string.digits)


@given(NUMBERS, st.data())
def test_how_it_is_typed_does_not_matter(number: int, data: st.DataObject):
    code = code_of(number, KEY)
    typed = ""
    for letter in code:
        looks_like = {"0": "0oO", "1": "1iIlL"}.get(letter, letter + letter.lower())
        typed += data.draw(st.sampled_from(looks_like)) + data.draw(st.sampled_from(["", "", " "]))
    if len(typed) <= LONGEST:
        assert call_of(f" {typed.replace('-', '')}", KEY) == number


@given(NUMBERS, NUMBERS)
def test_the_letters_of_one_report_open_no_other(one: int, other: int):
    stolen = f"{other}-{code_of(one, KEY).split('-', 1)[1]}"
    assert (call_of(stolen, KEY) == other) == (one == other)


@given(st.text(max_size=60))
def test_no_other_words_are_a_code(words: str):
    found = call_of(words, KEY)
    assert found is None or code_of(found, KEY).replace("-", "") in words.upper().replace("-", "")


def test_numbers_that_no_table_holds_are_no_reports():
    far = 10**18
    assert call_of(code_of(far, KEY), KEY) is None
    assert call_of("", KEY) is None
    assert call_of("-KKKK-KKKK", KEY) is None
