"""geo.geocoder: from words, pins and circles to places, villages and one question."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.finding import Candidate, Evidence
from geo.geocoder import Finder
from geo.point import Point
from tests.world import World

NGABUL, TEGALSAMBI = "33.20.11.2001", "33.20.11.2010"
PECANGAAN_KULON, PECANGAAN_WETAN = "33.20.02.2004", "33.20.02.2011"


@pytest.fixture(scope="module")
def finder(shared_world: World) -> Finder:
    with shared_world.as_owner() as session:
        return Finder.read(session)


def villages(found: Sequence[Candidate]) -> list[str]:
    return [candidate.villages[0].name for candidate in found if candidate.villages]


@pytest.mark.parametrize(
    "text",
    [
        "Telukawur", "Teluk Awur", "Tlk. Awur", "tlk awur", "telok awur", "teluk awr",
        "Ds. Telukawur RT 03 RW 02", "DESA TELUK AWUR KEC. TAHUNAN", "telukawur rt03/02",
    ],
)  # fmt: skip
def test_a_name_is_known_however_it_is_spelt(finder: Finder, text: str) -> None:
    assert villages(finder.locate(text).candidates)[0] == "Telukawur"


def test_half_a_name_is_both_villages(finder: Finder) -> None:
    assert set(villages(finder.locate("kebakaran di pecangaan").candidates)[:2]) == {
        "Pecangaan Kulon",
        "Pecangaan Wetan",
    }


def test_half_a_name_is_asked_about(finder: Finder) -> None:
    weighed = finder.weigh(Evidence(text="pecangaan"))
    assert weighed.accepted is None
    assert weighed.question is not None
    assert weighed.question.kind == "desa"
    assert {"Pecangaan Kulon", "Pecangaan Wetan"} == {o.label for o in weighed.question.options[:2]}


def test_an_answer_settles_it(finder: Finder) -> None:
    asked = finder.weigh(Evidence(text="ds pecangaan")).question
    assert asked is not None
    wetan = next(o.key for o in asked.options if o.label == "Pecangaan Wetan")
    after = finder.weigh(Evidence(text="ds pecangaan", answers=((asked.key, wetan),)))
    assert after.villages[0].code == PECANGAAN_WETAN
    before = finder.weigh(Evidence(text="ds pecangaan"))
    assert after.villages[0].p > before.villages[0].p


def test_neither_lowers_both(finder: Finder) -> None:
    asked = finder.weigh(Evidence(text="ds pecangaan")).question
    assert asked is not None
    after = finder.weigh(Evidence(text="ds pecangaan", answers=((asked.key, "bukan-keduanya"),)))
    left = {village.code: village.p for village in after.villages}
    assert left.get(PECANGAAN_WETAN, 0) + left.get(PECANGAAN_KULON, 0) < 0.5


def test_a_road_named_after_two_towns_lies_in_neither(finder: Finder) -> None:
    found = finder.locate("jalan raya jepara kudus km 5")
    assert found.outside is None
    assert all(candidate.p < 0.5 for candidate in found.candidates)


@pytest.mark.parametrize(
    ("text", "regency"),
    [
        ("Jl. Kartini No. 3, Demaan, Kudus", "Kabupaten Kudus"),
        ("kec. karanganyar kab demak", "Kabupaten Demak"),
        ("desa kauman kudus", "Kabupaten Kudus"),
        ("desa kauman, kudus", "Kabupaten Kudus"),
        ("kel. panggang kudus", "Kabupaten Kudus"),
        ("ds ngabul demak", "Kabupaten Demak"),
        ("Alun-alun Pati", "Kabupaten Pati"),
        ("Jl. Pemuda 10 Kota Semarang", "Kota Semarang"),
        ("Jl. Diponegoro, Ungaran, Kab. Semarang", "Kabupaten Semarang"),
    ],
)
def test_another_regency_is_told_by_its_name(finder: Finder, text: str, regency: str) -> None:
    assert finder.locate(text).outside == regency


def test_the_way_to_another_regency_is_not_in_it(finder: Finder) -> None:
    assert finder.locate("desa ngabul arah kudus").outside is None


def test_a_direction_and_a_distance_move_the_place(finder: Finder) -> None:
    market = finder.locate("jembatan timbang lebuawu").candidates[0]
    assert market.villages[0].name == "Lebuawu"
    here = finder.locate("pantai kartini").candidates[0]
    east = finder.locate("500 meter timur pantai kartini").candidates[0]
    if here.source.startswith("regency:") and here.radius_m < 500:
        assert east.point.lon > here.point.lon


def test_coordinates_in_a_sentence_are_the_one_answer(finder: Finder) -> None:
    found = finder.locate("kecelakaan di -6.6181, 110.6539 dekat balai desa")
    assert [candidate.kind for candidate in found.candidates] == ["koordinat"]
    assert found.candidates[0].point == Point(lon=110.6539, lat=-6.6181)


def test_a_bare_pair_needs_few_decimals(finder: Finder) -> None:
    assert finder.locate("-6.6, 110.7").candidates[0].kind == "koordinat"


def test_swapped_axes_are_read_the_other_way_and_said(finder: Finder) -> None:
    candidate = finder.locate("110.6539, -6.6181").candidates[0]
    assert candidate.point.lat == -6.6181
    assert "tertukar" in candidate.why


def test_reasons_come_in_the_language_asked_for(finder: Finder) -> None:
    assert "disebut" in finder.locate("desa ngabul").candidates[0].why
    assert "named" in finder.locate("desa ngabul", language="en").candidates[0].why


def test_a_candidate_is_found_again_by_its_key(finder: Finder) -> None:
    second = finder.locate("pecangaan").candidates[1]
    weighed = finder.weigh(Evidence(text="pecangaan", key=second.key))
    assert weighed.villages[0].code == second.villages[0].code
    assert weighed.villages[0].p > 0.99


def test_a_pin_well_inside_a_village_is_accepted(finder: Finder) -> None:
    seat = finder.locate("desa tegalsambi").candidates[0].point
    weighed = finder.weigh(Evidence(pin=seat))
    assert weighed.accepted == TEGALSAMBI
    assert weighed.question is None


def test_a_wide_circle_is_in_doubt_and_asks(finder: Finder) -> None:
    seat = finder.locate("desa tegalsambi").candidates[0].point
    weighed = finder.weigh(Evidence(pin=seat, radius_m=2_000))
    assert weighed.accepted is None
    assert weighed.question is not None
    assert sum(v.p for v in weighed.villages) + weighed.sea + weighed.outside == pytest.approx(
        1, abs=0.01
    )


def test_words_without_a_place_are_no_place(finder: Finder) -> None:
    for text in ("", "   ", "tolong pak cepat", "halo halo", "🔥🔥🔥", "\u202eabc\u202c"):
        found = finder.locate(text)
        assert not found.candidates or found.candidates[0].p < 0.3
        assert finder.weigh(Evidence(text=text)).accepted is None


def test_what_was_learned_is_found(finder: Finder, shared_world: World) -> None:
    from geo.gazetteer.learned import learn
    from geo.gazetteer.lessons import Lesson

    seat = finder.locate("desa tegalsambi").candidates[0].point
    now = shared_world.parts.now()
    with shared_world.as_owner() as session:
        for days in range(4, 0, -1):
            then = now - timedelta(days=days)
            learn(session, [Lesson("kolam pancing rejo", "tempat")], seat, TEGALSAMBI, then)
        knows = finder.with_learned(session, now)
        session.rollback()
    assert villages(knows.locate("kolam pancing rejo").candidates)[:1] == ["Tegalsambi"]


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_finder(finder: Finder, text: str) -> None:
    found = finder.locate(text)
    assert 0 <= sum(candidate.p for candidate in found.candidates) <= 1.0001
    for candidate in found.candidates:
        assert sum(village.p for village in candidate.villages) <= 1.0001
