import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.address import LONGEST_TEXT, Mark, read
from geo.address.tokens import tokens_of
from geo.address.words import CALL_TALK, MARKS, RELATIONS, TITLES
from tests.geo.address import told
from tests.shared import shared

# Text, spans, relations, numbers, as tests.geo.address.told puts them. Each line was read
# and found right by a person before it went in.
with Path(__file__).with_name("phrasings.csv").open(encoding="utf-8", newline="") as file:
    PHRASINGS = [tuple(row.values()) for row in csv.DictReader(file)]

WORDS = sorted({*MARKS, *RELATIONS, *TITLES, *CALL_TALK, "lor", "timur", "mawar", "ngabul", "dari"})
SIGNS = [" ", ", ", ".", "/", "-", " - ", "\n", "(", ") ", ": ", "±", "+", "'"]
pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["rt", "rw", "km", "no", "200 m", "003/002", "59411", "081200000000", "II"]),
    st.integers(0, 10**13).map(str),
    st.sampled_from(SIGNS),
)
talk = st.lists(st.tuples(pieces, st.sampled_from(SIGNS)), max_size=40).map(
    lambda pairs: "".join(word + sign for word, sign in pairs)
)
texts = st.one_of(st.text(max_size=600), talk)


@pytest.mark.parametrize(("text", "spans", "relations", "numbers"), PHRASINGS)
def test_a_phrasing_is_taken_apart(text, spans, relations, numbers):
    said = read(text)
    assert (told.spans(said), told.relations(said), told.numbers(said)) == (
        spans,
        relations,
        numbers,
    )


def test_capitals_change_nothing():
    for text, *_ in PHRASINGS:
        # In capitals words are not parted, and the links lose their letters.
        if re.search(r"[a-z][A-Z]|://|\uff4e", text):
            continue
        lower, upper = read(text.lower()), read(text.upper())
        assert told.spans(lower) == told.spans(upper), text
        assert told.relations(lower) == told.relations(upper), text
        assert told.numbers(lower) == told.numbers(upper), text


def test_a_comma_a_line_end_or_a_bracket_before_a_span_is_told():
    said = read("Jl. Pemuda, Kauman\nDs. Bawu (Tahunan) Kec. Jepara di Bulu")
    assert [span.comma for span in said.spans] == [False, True, True, True, True, False]


def test_a_span_knows_where_in_the_text_its_first_word_stands():
    said = read("kebakaran di Ds. Bawu RT 3 dekat Pasar Mawar")
    assert [(span.letters, span.start) for span in said.spans] == [("bawu", 3), ("mawar", 8)]


def test_a_river_may_be_the_name_of_a_village_in_two_words():
    (span,) = read("Kali Wungu").spans
    assert (span.mark, span.letters, span.with_kind) == (Mark.PLACE, "wungu", "kaliwungu")


def test_a_name_after_pak_is_told_as_one_that_may_be_a_persons():
    assert [span.title for span in read("rumah pak sutrisno, ngabul").spans] == [True, False]


def test_no_word_of_call_talk_is_the_name_of_a_village():
    with shared("data/register/villages_jepara.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row[column] for row in rows for column in ("name", "district")}
    words = {token.word for name in names for token in tokens_of(name)}
    assert not words & (CALL_TALK | TITLES | set(RELATIONS) | set(MARKS))


def test_every_village_is_read_back_however_it_is_written():
    with shared("data/register/villages_jepara.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    for name in names:
        words = tuple(name.lower().split())
        for text in (name, f"Ds.{name}", f"DESA {name.upper()} RT 3/2", f"ada laka di {name}, mas"):
            (span,) = read(text).spans
            assert span.words == words, text


def test_only_the_first_letters_are_read():
    assert read("Ngabul " + "x" * 10_000).text == "Ngabul"
    assert len(read("desa " * 2000).text) <= LONGEST_TEXT


def test_a_phone_number_comes_out_nowhere():
    for number in ("081200000000", "0812-3456-7890", "+62 812 3456 7890", "(0291) 591 234 5"):
        said = read(f"Jl. Pemuda No. {number}, Kauman {number} RT 3 https://wa.me/{number}")
        assert not re.search(r"\d{4}", repr(said)), said


@given(texts)
def test_any_text_is_read_and_every_field_keeps_its_bounds(text):
    said = read(text)
    assert len(said.text) <= LONGEST_TEXT
    assert said.rt is None or 1 <= said.rt <= 999
    assert said.rw is None or 1 <= said.rw <= 999
    assert said.km is None or 0 <= said.km <= 2000
    assert said.house is None or re.fullmatch(r"[1-9]\d{0,3}[A-Z]?", said.house)
    assert said.postcode is None or re.fullmatch(r"[1-9]\d{4}", said.postcode)
    starts = [span.start for span in said.spans]
    assert starts == sorted(starts)
    for span in said.spans:
        assert all(re.fullmatch(r"[a-z]+", word) for word in span.words)
        assert re.fullmatch(r"\d{0,3}", span.number)
        assert span.words or span.number or span.mark in (Mark.PLACE, Mark.CROSSING)
    for relation in said.relations:
        assert relation.span is None or 0 <= relation.span < len(said.spans)
        assert relation.bearing_deg is None or 0 <= relation.bearing_deg < 360
        assert relation.distance_m is None or 0 < relation.distance_m <= 100_000


@given(texts)
def test_no_field_holds_eight_digits_in_a_row_beside_a_position(text):
    said = read(text)
    fields = (said.spans, said.house, said.postcode, said.rt, said.rw)
    assert not re.search(r"\d{8}", repr(fields))
    if said.coordinates is None and said.plus_code is None:
        assert not re.search(r"[0-9]{8}", said.text)


@given(texts)
def test_what_was_read_is_read_alike_again(text):
    said = read(text)
    again = read(said.text)
    assert (again.spans, again.relations) == (said.spans, said.relations)
    assert told.numbers(again) == told.numbers(said)
