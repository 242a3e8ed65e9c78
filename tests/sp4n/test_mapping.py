"""Our words and theirs; what is taken out of a text before it leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import BadSetting
from app.exchange.client import read_line
from app.exchange.wire import BadAnswer, remote_of
from dispatch.errors import BadConfiguration
from dispatch.regency.entry import Entry
from dispatch.regency.sp4n import ExchangeRules, check, read
from dispatch.rules.cleaning import clean
from dispatch.rules.ticketing import TicketState
from dispatch.sp4n.mapping import CLASSES, STATUS, Standing, Status, differences, face_of

S = TicketState
REPORT = {"nomor": "L1", "status": "proses", "isi": "Jalan rusak"}


def standing(state: TicketState, **more: str) -> Standing:
    return Standing(
        state=state,
        kind="aduan",
        category="jalan",
        category_name="Jalan rusak",
        agency="dpupr",
        **more,
    )


def test_every_state_has_its_status_and_class():
    assert set(STATUS) == set(TicketState)
    said = {state: CLASSES.get(STATUS[state]) for state in (S.NEW, S.IN_WORK, S.CLOSED)}
    assert said == {S.NEW: None, S.IN_WORK: "A1", S.CLOSED: "A1"}
    assert CLASSES[STATUS[S.POSTPONED]] == "A2"
    assert CLASSES[STATUS[S.NOT_OURS]] == "A3"
    assert CLASSES[STATUS[S.ARCHIVED]] == "A4"


def test_a_return_inside_the_regency_may_stay_the_regencys():
    assert face_of(standing(S.NOT_OURS), ExchangeRules()).status is Status.NOT_OURS
    rules = ExchangeRules(returned="disposisi")
    assert face_of(standing(S.NOT_OURS), rules).status is Status.REFERRED


def test_their_clock_may_close_what_waits_for_its_reporter_here():
    ours = face_of(standing(S.AWAITING_REPLY), ExchangeRules())
    closed = face_of(standing(S.CLOSED), ExchangeRules())
    assert differences(ours, closed) == []
    assert differences(face_of(standing(S.IN_WORK), ExchangeRules()), closed) == ["status"]


def test_words_of_a_caller_go_out_only_where_the_file_says_so():
    said = standing(S.NEW, words="Di depan rumah Pak Karto, 0812-3456-7890")
    assert face_of(said, ExchangeRules()).text == "Jalan rusak"
    told = face_of(said, ExchangeRules(words=True)).text
    assert told == "Jalan rusak.\nDi depan rumah Pak Karto, [nomor]"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("telepon 081234567890 ya", "telepon [nomor] ya"),
        ("+62 812-3456-7890", "[nomor]"),
        ("(0291) 591492", "[nomor]"),
        ("NIK 3320 0101 0190 0001", "NIK [NIK]"),
        ("surel siti.a+b@contoh.example.id.", "surel [surel]."),
        ("IG @dpupr_jepara", "IG [akun]"),
        ("mobil K 1234 AB menabrak", "mobil [plat] menabrak"),
        ("٠٨١٢٣٤٥٦٧٨٩٠", "[nomor]"),
        ("08\u200b12\u200b3456\u200b7890", "[nomor]"),
        ("RT 03 RW 12, km 4,5", "RT 03 RW 12, km 4,5"),
        ("rugi Rp 1.500.000 pada 21-11-2026", "rugi Rp 1.500.000 pada 21-11-2026"),
        ("tanggal 2026-11-21 pukul 08.30", "tanggal 2026-11-21 pukul 08.30"),
    ],
)
def test_numbers_and_addresses_of_people_are_taken_out(words: str, left: str):
    assert clean(words) == left


@given(st.text(max_size=400), st.integers(5, 300))
def test_what_was_cleaned_once_stays_as_it_is(words: str, longest: int):
    once = clean(words, longest)
    assert len(once) <= longest
    assert clean(once, longest) == once


@pytest.mark.parametrize("piece", ["0 ", "a@", "a.", "@", "A1", "+(", "1-", " ", "x@y."])
def test_no_text_holds_the_patterns_up(piece: str):
    # A pattern that runs back and forth would end with pytest's own patience, not with an answer.
    assert len(clean(piece * 100_000)) <= 1000


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"status": "beres"}, "status"),
        ({"status": None}, "status"),
        ({"nomor": ""}, "nomor"),
        ({"nomor": "x" * 81}, "nomor"),
        ({"isi": 5}, "isi"),
        ({"asal": "mars"}, "asal"),
        ({"lokasi": "di sana"}, "lokasi"),
        ({"lokasi": {"lon": float("nan")}}, "lon"),
        ({"tanggapan": "ya"}, "tanggapan"),
        ({"dibuat": "kemarin"}, "dibuat"),
    ],
)
def test_an_answer_that_is_no_report_names_its_field(change: dict[str, object], named: str):
    assert remote_of(REPORT).id == "L1"
    with pytest.raises(BadAnswer, match=f"^{named}:"):
        remote_of(REPORT | change)


@pytest.mark.parametrize(
    "written",
    [
        "http://kunci@sp4n.example/api",
        "https://sp4n.example/api",
        "https://kunci@:x/",
        "ftp://a@b/",
    ],
)
def test_a_line_without_token_or_tls_is_refused(written: str):
    with pytest.raises(BadSetting, match="TANGGAP_SP4N"):
        read_line({"TANGGAP_SP4N": written})


def test_a_line_is_an_address_and_a_token():
    line = read_line({"TANGGAP_SP4N": "https://ku%2Fnci@sp4n.example:8443/api/"})
    assert line is not None
    assert (line.base, line.token) == ("https://sp4n.example:8443/api", "ku/nci")
    assert read_line({}) is None


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"exchange": {"tells": ["pujian"]}}, "tells"),
        ({"exchange": {"since": "besok"}}, "since"),
        ({"exchange": {"since": "2026-12-01", "returned": "A3"}}, "returned"),
        ({"category": [{"sp4n": "x", "codes": []}]}, "codes"),
        (
            {"category": [{"sp4n": "x", "codes": ["jalan"]}, {"sp4n": "y", "codes": ["jalan"]}]},
            "jalan",
        ),
        ({"category": [{"sp4n": "x", "codes": ["tidakada"]}]}, "tidakada"),
        ({"agency": [{"code": "tidakada", "sp4n": "x"}]}, "tidakada"),
    ],
)
def test_a_slip_in_the_regencys_file_is_named(values: dict[str, object], named: str):
    entry = Entry("sp4n.toml", "file", values)
    with pytest.raises(BadConfiguration, match=named):
        check(read(entry), entry, ["jalan"], ["dpupr"])
