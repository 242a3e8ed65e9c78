import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.duplicates import (
    LEAST_P,
    Kinds,
    Told,
    alike,
    compare,
    place_weight,
    sharpened,
    sigma_m,
)
from geo.point import Point

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
HERE = Point(lon=112.0, lat=-7.0)
KINDS = Kinds(
    lasts_h={"kebakaran": 3, "jalan": 720, "listrik_bahaya": 3, "banjir": 24},
    like={"kebakaran": ["listrik_bahaya"]},
)
METRE = 1 / 111_195  # degrees of latitude


def told(metres: float = 0.0, minutes: float = 0.0, category: str | None = "kebakaran", **more):
    pin = Point(lon=HERE.lon, lat=HERE.lat + metres * METRE)
    at = NOON + timedelta(minutes=minutes)
    return Told(**({"at": at, "category": category, "pin": pin, "radius_m": 40.0} | more))


FIRE = told(texts=("api besar di gudang mebel dekat pasar",))


def test_near_in_place_time_and_kind_is_likely_the_same_and_says_why():
    found = compare(told(80, 4), FIRE, KINDS)
    assert found.p > 0.9
    assert found.why == "80 m, selang 4 menit, sama-sama kebakaran"
    assert {r.code for r in found.reasons if r.weight > 0} == {"tempat", "waktu", "jenis"}


def test_the_weights_add_up_to_the_odds():
    found = compare(told(80, 4), FIRE, KINDS)
    heavier = compare(
        told(80, 4, callers=frozenset({b"n"})), told(callers=frozenset({b"n"})), KINDS
    )
    assert heavier.p > found.p
    assert heavier.reasons[0].weight >= heavier.reasons[-1].weight


def test_a_place_that_is_unsure_may_lie_farther_off():
    exact, vague = sigma_m(30, 0.68), sigma_m(800, 0.68)
    assert place_weight(600, exact, exact) < 0 < place_weight(600, vague, exact)
    # And being near says less of it.
    assert place_weight(50, vague, exact) < place_weight(50, exact, exact)


def test_a_fire_is_over_after_a_day_and_a_pothole_is_not():
    fire = compare(told(20, 24 * 60), FIRE, KINDS)
    hole = compare(told(20, 24 * 60, "jalan"), told(category="jalan"), KINDS)
    assert fire.p < LEAST_P < 0.9 < hole.p
    assert "selang 24 jam" in hole.why


def test_kinds_that_are_mistaken_for_each_other_speak_less_against_it():
    alike_kind = compare(told(20, 4, "listrik_bahaya"), FIRE, KINDS)
    other_kind = compare(told(20, 4, "jalan"), FIRE, KINDS)
    unknown = compare(told(20, 4, None), FIRE, KINDS)
    assert other_kind.p < unknown.p < alike_kind.p < compare(told(20, 4), FIRE, KINDS).p
    assert "tetapi di sana kebakaran" in other_kind.why
    assert "yang sering tertukar" in alike_kind.why


def test_the_table_of_likes_holds_in_both_directions():
    wire = told(category="listrik_bahaya")
    assert compare(told(20, 4), wire, KINDS).p == compare(wire, told(20, 4), KINDS).p


def test_the_same_words_speak_for_it_and_others_against():
    same = compare(told(300, 9, texts=("gudang mebel terbakar api besar",)), FIRE, KINDS)
    silent = compare(told(300, 9), FIRE, KINDS)
    other = compare(told(300, 9, texts=("sampah dibakar tetangga, asapnya masuk",)), FIRE, KINDS)
    assert other.p < silent.p < same.p
    assert "kata-katanya mirip" in same.why


def test_words_in_another_order_with_slips_of_the_pen_are_alike():
    assert alike("pohon tumbang di jalan raya", "jalan raya ada phon tumbang") > 0.5
    assert alike("pohon tumbang di jalan raya", "ibu saya sesak napas") < 0.2
    assert alike("", "pohon") is None


def test_the_same_number_speaks_for_it_and_another_number_says_nothing():
    mine, yours = frozenset({b"mine"}), frozenset({b"yours"})
    again = compare(told(900, 9, callers=mine), told(callers=mine), KINDS)
    other = compare(told(900, 9, callers=mine), told(callers=yours), KINDS)
    assert again.p > other.p == compare(told(900, 9), told(), KINDS).p
    assert "nomor pelapor yang sama" in again.why


def test_without_a_pin_the_village_must_do():
    here = told(pin=None, village="99.01.2001")
    same = compare(here, told(village="99.01.2001"), KINDS)
    other = compare(here, told(village="99.01.2002"), KINDS)
    assert same.p > other.p
    assert "desa yang sama" in same.why
    assert "desa lain" in other.why
    assert compare(told(pin=None), FIRE, KINDS).p > 0


@given(st.floats(0, 20_000), st.floats(0, 20_000), st.floats(0, 100_000), st.floats(0, 100_000))
def test_farther_and_later_is_never_likelier(d1, d2, t1, t2):
    near = compare(told(min(d1, d2), min(t1, t2)), FIRE, KINDS).p
    far = compare(told(max(d1, d2), max(t1, t2)), FIRE, KINDS).p
    assert 0 <= far <= near <= 1


@given(st.floats(0, 5_000), st.floats(0, 10_000), st.sampled_from(["kebakaran", "jalan", None]))
def test_it_does_not_matter_who_told_first(metres, minutes, category):
    one = told(metres, minutes, category)
    assert compare(one, FIRE, KINDS).p == compare(FIRE, one, KINDS).p or category is None


def test_two_reports_put_the_event_between_them_nearer_to_the_surer_one():
    vague, exact = told(0, radius_m=600.0), told(400, radius_m=40.0)
    found = sharpened(vague, exact)
    assert found is not None
    assert found.pin.distance_m(exact.pin) < 40 < 300 < found.moved_m
    assert found.radius_m < 120
    assert sharpened(exact, vague) is None  # nothing is gained
    assert sharpened(told(pin=None), exact).moved_m is None
    assert sharpened(exact, told(pin=None)) is None


def test_simulated_fires_and_floods_with_many_calls_are_told_apart():
    """Pairs of 12 events in one afternoon, 5 to 20 calls each, 6 km around: F1 above 0.85."""
    dice = random.Random(6)  # noqa: S311  # a die, no secret
    calls = [call for event in range(12) for call in _calls(event, dice)]
    hit = missed = wrong = 0
    for (event, one), (other_event, other) in combinations(calls, 2):
        said, true = compare(one, other, KINDS).p > 0.5, event == other_event
        hit, missed, wrong = (
            hit + (said and true),
            missed + (true and not said),
            wrong + (said and not true),
        )
    assert 2 * hit / (2 * hit + missed + wrong) > 0.85


def _calls(event: int, dice: random.Random) -> list[tuple[int, Told]]:
    kind = "kebakaran" if event % 2 else "banjir"
    lon, lat, begins = dice.uniform(-3000, 3000), dice.uniform(-3000, 3000), dice.uniform(0, 360)
    lasts = 60 if event % 2 else 360
    found = []
    for _ in range(dice.randint(5, 20)):
        radius = dice.choice([40.0, 150.0, 400.0])
        east, north = (dice.gauss(0, radius / 1.5) for _ in range(2))
        pin = Point(lon=HERE.lon + (lon + east) * METRE, lat=HERE.lat + (lat + north) * METRE)
        at = NOON + timedelta(minutes=begins + dice.uniform(0, lasts))
        category = kind if dice.random() < 0.9 else "listrik_bahaya"
        found.append((event, Told(at=at, category=category, pin=pin, radius_m=radius)))
    return found
