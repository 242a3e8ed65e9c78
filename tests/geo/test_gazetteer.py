import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from geo.coordinates import read_coordinates
from geo.errors import BadPoint, NoEdition
from geo.gazetteer import (
    BadPlace,
    NewPlace,
    fill_from_edition,
    import_places,
    normalise,
    replace_places,
    search,
)
from geo.geocoder import locate
from geo.naming import telling_words
from geo.point import Point
from geo.schema import Place
from tests.shared import shared

HERE = Point(lon=110.65, lat=-6.63)


@pytest.fixture
def names(session, jepara) -> int:
    """The villages and kecamatan of Jepara as places; how many."""
    return fill_from_edition(session, jepara.edition_id)


def first(session, text: str) -> tuple[str, str, str]:
    best = search(session, text)[0]
    return best.label, best.kind, best.context


def feature(name: object, coordinates: object = (110.65, -6.63), **properties: object) -> dict:
    return {
        "type": "Feature",
        "properties": {"name": name} | properties,
        "geometry": {"type": "Point", "coordinates": coordinates},
    }


def test_normalise_leaves_letters_digits_and_single_spaces():
    assert normalise("  Ds.\tTégal-Sambi,  RT 3 ") == "ds tegal sambi rt 3"


@given(st.text(max_size=400))
def test_normalise_twice_is_normalise_once(text):
    assert normalise(normalise(text)) == normalise(text)


def test_words_that_name_nothing_are_left_out_and_marks_kept():
    words = telling_words("depan balai ds. Tegalsambi kec Tahunan kab Jepara")
    assert [(w.letters, w.mark) for w in words] == [
        ("balai", "depan"),
        ("tegalsambi", "ds"),
        ("tahunan", "kec"),
    ]


def test_an_edition_gives_its_villages_and_kecamatan_once(session, jepara, names):
    assert names == 195 + 16
    assert fill_from_edition(session, jepara.edition_id) == names
    assert session.scalar(select(func.count()).select_from(Place)) == names
    with pytest.raises(NoEdition):
        fill_from_edition(session, jepara.edition_id + 1)


def test_a_new_edition_takes_the_place_of_the_old(session, squares):
    fill_from_edition(session, squares(key="old", in_force=False, a=(110, -6.01, 110.01, -6)))
    fill_from_edition(session, squares(key="new", b=(110, -6.01, 110.01, -6)))
    assert set(session.scalars(select(Place.source))) == {"edition:new"}


def test_the_spread_reaches_the_farthest_corner(session, squares):
    fill_from_edition(session, squares(a=(110.0, -6.01, 110.01, -6.0)))
    village = session.scalars(select(Place).where(Place.kind == "desa")).one()
    assert village.spread_m == pytest.approx(784, abs=5)  # half a diagonal of 1.1 km squared


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pecangaan wetan", ("Pecangaan Wetan", "desa", "Pecangaan")),
        ("mulyoharjo jepara", ("Mulyoharjo", "desa", "Jepara")),
        ("ds. tegalsambi kec tahunan", ("Tegalsambi", "desa", "Tahunan")),
        ("kecamatan tahunan desa tegalsambi", ("Tegalsambi", "desa", "Tahunan")),
        ("Teluk Awur", ("Telukawur", "desa", "Tahunan")),
        ("telukawur", ("Telukawur", "desa", "Tahunan")),
        ("mulyo harjo", ("Mulyoharjo", "desa", "Jepara")),
        ("suwawaltimur", ("Suwawal Timur", "desa", "Pakis Aji")),
        ("tegals", ("Tegalsambi", "desa", "Tahunan")),
        ("bandngan", ("Bandengan", "desa", "Jepara")),
        ("kemojan", ("Kemujan", "desa", "Karimunjawa")),
        ("dognos kedung", ("Dongos", "desa", "Kedung")),
        ("kec tahunan", ("Tahunan", "kecamatan", "")),
        ("desa tahunan", ("Tahunan", "desa", "Tahunan")),
        ("kelurahan demaan kab. jepara", ("Demaan", "kelurahan", "Jepara")),
        ("kebakaran dekat masjid tegal sambi tahunan", ("Tegalsambi", "desa", "Tahunan")),
    ],
)
def test_what_callers_say_finds_the_place(session, names, text, expected):
    assert first(session, text) == expected


def test_every_village_with_its_kecamatan_ranks_first(session, names):
    villages = session.scalars(select(Place).where(Place.kind != "kecamatan")).all()
    missed = [
        place.name
        for place in villages
        if search(session, f"{place.name} {place.context}", 1)[0].village_code != place.village_code
    ]
    assert missed == []


def test_the_same_name_in_two_kecamatan_is_told_apart_by_the_kecamatan(session):
    places = [
        NewPlace(name="Krajan", kind="dusun", point=HERE, spread_m=9, context=context)
        for context in ("Keling", "Mayong")
    ]
    replace_places(session, places, "test")
    assert first(session, "krajan mayong") == ("Krajan", "dusun", "Mayong")
    assert first(session, "krajan keling") == ("Krajan", "dusun", "Keling")


@pytest.mark.parametrize("text", ["", "   ", "?!", "desa", "kec. kab.", "xyzzy", "\x00", "😀"])
def test_a_text_that_names_nothing_finds_nothing(session, names, text):
    assert search(session, text) == []


@pytest.mark.timeout(60)  # a runaway search would take hours; speed is a matter of benches
def test_a_search_among_1000_places_ends_whatever_is_asked(session, names):
    many = [
        NewPlace(name=f"Toko Tegalsambi {n}", kind="toko", point=HERE, spread_m=50)
        for n in range(800)
    ]
    replace_places(session, many, "test")
    assert first(session, "tegalsambi")[1] == "desa"
    for text in ("a " * 150, "tegalsambi " * 27, "e" * 300, "toko tegalsambi kec tahunan no 5"):
        assert len(search(session, text)) <= 8


def test_places_are_imported_in_place_of_the_earlier_ones(session, jepara):
    features = json.loads(shared("data/poi/jepara_tourism.geojson").read_text())["features"]
    assert import_places(session, features, "wisata") == 20
    assert import_places(session, features, "wisata") == 20
    best = search(session, "pantai kartini")[0]
    assert (best.label, best.source, best.village_code) == (
        "Pantai Kartini",
        "wisata",
        "33.20.06.1008",
    )


def test_an_imported_place_is_told_the_village_it_lies_in(session, squares):
    squares(a=(110.6, -6.7, 110.7, -6.6))
    import_places(session, [feature("Pasar"), feature("Perahu", (110.8, -6.6))], "test")
    market, boat = session.scalars(select(Place).order_by(Place.name)).all()
    assert (market.name, market.village_code, market.context) == ("Pasar", "a", "A, Kotak")
    assert (boat.village_code, boat.context) == (None, "")


@pytest.mark.parametrize(
    "bad",
    [
        feature(""),
        feature("?"),
        feature("x", (-6.63, 110.65)),
        feature("x", ("110", "-6")),
        feature("x", ()),
        feature("x", spread_m="wide"),
        {"type": "Feature", "properties": None, "geometry": None},
        {"type": "Feature"},
        None,
        "feature",
    ],
)
def test_a_bad_feature_is_named_and_nothing_is_written(session, bad):
    with pytest.raises(BadPlace, match="feature 2"):
        import_places(session, [feature("Pasar"), bad], "test")
    assert session.scalars(select(Place)).all() == []


def test_nobody_writes_the_places_of_an_edition_but_the_edition(session):
    with pytest.raises(ValueError, match="fill_from_edition"):
        replace_places(session, [], "edition:2025")


@pytest.mark.parametrize(
    "text",
    [
        "-6.63, 110.65",
        "-6.63 110.65",
        "(-6.63;110.65)",
        "\u22126.63,110.65",
        "-6,63 110,65",
        "-6,63, 110,65",
        "-6,63,110,65",
        "6.63 S 110.65 E",
        "S6.63 E110.65",
        "110.65 BT 6.63 LS",
        "6,63 LS, 110,65 BT",
        "6°37'48\"S 110°39'0\"E",
        "6° 37' 48'' LS, 110° 39' 0'' BT",
        "6 37 48 S 110 39 0 E",
        "-6°37'48\" 110°39'00\"",
        "6d37.8m S 110d39m E",
        "lat: -6.63, lng: 110.65",
        "geo:-6.63,110.65?z=15",
        "https://www.google.com/maps/@-6.63,110.65,15z",
        "https://maps.google.com/?q=-6.63%2C110.65",
        "https://www.google.com/maps/search/?api=1&query=-6.63,110.65",
        "https://www.google.com/maps/place/X/@-6.5,110.6,17z/data=!8m2!3d-6.63!4d110.65!16s",
        "https://www.openstreetmap.org/?mlat=-6.63&mlon=110.65#map=15/-6.6/110.6",
        "https://www.openstreetmap.org/#map=15/-6.63/110.65",
    ],
)
def test_coordinates_are_read_as_people_write_them(text):
    typed = read_coordinates(text)
    assert typed is not None
    assert (typed.lat, typed.lon) == (pytest.approx(-6.63), pytest.approx(110.65))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-6.63",
        "Jl. Kartini 5",
        "RT 3 RW 4",
        "1 2 3",
        "1e5 3",
        "nan nan",
        "6.63.5 110",
        "-6.63 S 110.65 E",
        "6°61' S 110° E",
        "-6.63, 110.65 dekat pasar",
        "https://maps.app.goo.gl/x",
    ],
)
def test_other_texts_are_no_coordinates(text):
    assert read_coordinates(text) is None


@given(st.text(alphabet="0123456789.,-+ °'\"SELTBsd;/@!q=:mapsgeo", max_size=400))
def test_no_text_breaks_the_scanner(text):
    typed = read_coordinates(text)
    assert typed is None or typed.fine_deg > 0


@given(
    lat=st.floats(-11, 6).map(lambda x: round(x, 6)),
    lon=st.floats(95, 141).map(lambda x: round(x, 6)),
)
def test_a_pair_of_decimals_is_read_back(lat, lon):
    for text in (f"{lat:.6f},{lon:.6f}", f"{lat:.6f} {lon:.6f}".replace(".", ",")):
        typed = read_coordinates(text)
        assert typed is not None
        assert (typed.lat, typed.lon) == (lat, lon)


def test_typed_coordinates_come_with_their_village_and_how_fine_they_are(session, jepara):
    (match,) = locate(session, "-6.6145, 110.6523")
    assert (match.label, match.kind, match.id) == ("-6.614500, 110.652300", "koordinat", None)
    assert (match.context, match.village_code) == ("Tegalsambi, Tahunan", "33.20.11.2010")
    assert match.spread_m == pytest.approx(5.5, abs=0.1)


def test_typed_coordinates_off_every_village_say_so(session, jepara):
    (match,) = locate(session, "-6.2 110.2")
    assert (match.context, match.village_code) == ("luar wilayah", None)


@pytest.mark.parametrize("text", ["110.65, -6.63", "48.86 N 2.35 E", "-6.63, 1110.65"])
def test_coordinates_that_nobody_can_mean_are_refused(session, text):
    with pytest.raises(BadPoint):
        locate(session, text)


def test_a_name_goes_to_the_gazetteer(session, names):
    assert locate(session, "tegalsambi")[0].label == "Tegalsambi"
    assert locate(session, "tidak ada tempat ini") == []
