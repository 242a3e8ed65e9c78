import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.plus_code import (
    BadPlusCode,
    decode,
    encode,
    find_plus_code,
    is_full,
    is_short,
    is_valid,
    recover,
)
from geo.point import Point

# Values of the specification's own test data (google/open-location-code, test_data).
AREAS = [
    ("7FG49Q00+", 20.35, 2.75, 20.4, 2.8),
    ("7FG49QCJ+2V", 20.37, 2.782125, 20.370125, 2.78225),
    ("7FG49QCJ+2VXGJ", 20.370113, 2.782234375, 20.370114, 2.78223632813),
    ("8FVC2222+22", 47.0, 8.0, 47.000125, 8.000125),
    ("4VCPPQGP+Q9", -41.273125, 174.785875, -41.273, 174.786),
    ("22220000+", -90, -180, -89, -179),
    ("6VGX0000+", 0, 179, 1, 180),
    ("84000000+", 30, -140, 50, -120),
    ("849VGJQF+VX7QR3J7QR3J", 37.53966912, -122.3750698242, 37.53966916, -122.3750697021),
]
CODES = [
    (20.375, 2.775, 6, "7FG49Q00+"),
    (20.3701135, 2.78223535156, 13, "7FG49QCJ+2VXGJ"),
    (-41.2730625, 174.7859375, 10, "4VCPPQGP+Q9"),
    (-89.5, -179.5, 4, "22220000+"),
    (90, 1, 4, "CFX30000+"),
    (90, 1, 10, "CFX3X2X2+X2"),
    (1, 180, 4, "62H20000+"),
    (1.2, 3.4, 10, "6FH56C22+22"),
    (35.6, 3.033, 10, "8F75J22M+26"),
    (-2.804, 7.003, 13, "6F9952W3+C6222"),
    (80.0100000001, 58.57, 15, "CHGW2H6C+2222222"),
    (37.539669125, -122.375069724, 100, "849VGJQF+VX7QR3J"),
]
NEAREST = [
    ("9C3W9QCJ+2VX", 51.3701125, -1.217765625, "+2VX"),
    ("9C3W9QCJ+2VX", 51.3708675, -1.217765625, "CJ+2VX"),
    ("9C3W9QCJ+2VX", 51.3701125, -1.232865625, "9QCJ+2VX"),
    ("8FJFW222+", 42.899, 9.012, "22+"),
    ("796RXG22+", 14.95125, -23.5001, "22+"),
    ("8FRCXGRF+PM", 47.00, 8.55, "XGRF+PM"),
    ("CFX22222+22", 89.6, 0.0, "2222+22"),
    ("2CXXXXXX+XX", -81.0, 0.0, "XXXXXX+XX"),
]
VALID = [
    ("8FWC2345+G6", True, False),
    ("8fwc2345+", True, False),
    ("8FWCX400+", True, False),
    ("WC2345+G6g", False, True),
    ("+G6", False, True),
    ("849VGJQF+VX7QR3JW", True, False),
]
INVALID = [
    "G+", "+", "", "8FWC2345+G", "8FWC2_45+G6", "8FWC2η45+G6", "8FWC2345+G6+", "8FWC2345G6+",
    "8FWC2300+G6", "WC2300+G6g", "WC2300+", "849VGJQF+VX7QR3U", "00000000+",
]  # fmt: skip

points = st.builds(Point, lon=st.floats(-179.99, 179.99), lat=st.floats(-89.9, 89.9))
JAVA = Point(lon=110.67, lat=-6.59)


@pytest.mark.parametrize(("code", "south", "west", "north", "east"), AREAS)
def test_a_code_names_the_area_of_the_specification(code, south, west, north, east):
    area = decode(code)
    assert (area.south, area.west) == (pytest.approx(south, abs=1e-9), pytest.approx(west))
    assert (area.north, area.east) == (pytest.approx(north, abs=1e-9), pytest.approx(east))


@pytest.mark.parametrize(("lat", "lon", "length", "code"), CODES)
def test_a_point_has_the_code_of_the_specification(lat, lon, length, code):
    assert encode(Point(lon=lon, lat=lat), length) == code


@pytest.mark.parametrize(("code", "lat", "lon", "short"), NEAREST)
def test_a_short_code_is_the_one_nearest_to_the_reference(code, lat, lon, short):
    assert recover(short.lower(), Point(lon=lon, lat=lat)) == code


def test_the_date_line_parts_no_neighbours():
    code = encode(Point(lon=179.75, lat=0.0))
    for lon in (180.0, -180.0, -179.9, 179.6):
        assert recover(code[4:], Point(lon=lon, lat=0.0)) == code


@pytest.mark.parametrize(("code", "full", "short"), VALID)
def test_codes_are_full_or_short(code, full, short):
    assert (is_valid(code), is_full(code), is_short(code)) == (True, full, short)


@pytest.mark.parametrize("code", INVALID)
def test_what_is_no_code_is_refused(code):
    assert (is_valid(code), is_full(code), is_short(code)) == (False, False, False)
    with pytest.raises(BadPlusCode):
        decode(code)
    with pytest.raises(BadPlusCode):
        recover(code, JAVA)


def test_a_short_code_alone_names_no_area():
    with pytest.raises(BadPlusCode, match="give a full plus code"):
        decode("9M5X+QC")


def test_a_length_that_no_code_has_is_refused():
    with pytest.raises(BadPlusCode, match="length 7"):
        encode(JAVA, 7)


def test_the_code_of_a_shop_door_is_about_twenty_metres_wide():
    assert decode(encode(JAVA)).diagonal_m == pytest.approx(19.6, abs=0.2)
    assert decode(encode(JAVA, 11)).diagonal_m == pytest.approx(4.4, abs=0.2)


@given(points, st.sampled_from([4, 6, 8, 10, 11, 13, 15]))
def test_the_area_of_a_points_code_holds_the_point(point, length):
    area = decode(encode(point, length))
    fuzz = 2e-7  # half a step of the finest grid is nothing to anybody
    assert area.south - fuzz <= point.lat <= area.north + fuzz
    assert area.west - fuzz <= point.lon <= area.east + fuzz


@given(points, st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_a_short_code_is_found_again_from_anywhere_within_half_a_degree(point, north, east):
    code = encode(point)
    near = Point(
        lon=max(-180.0, min(180.0, point.lon + east)), lat=max(-89.9, min(89.9, point.lat + north))
    )
    assert recover(code[4:], near) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9M5X+QC Tahunan, Jepara", "9M5X+QC"),
        ("dekat 9m5x+qc.", "9M5X+QC"),
        ("6P5G8RGH+8F orang jatuh", "6P5G8RGH+8F"),
        ("https://plus.codes/6P5G8RGH+8F", "6P5G8RGH+8F"),
        ("km 2222+22, lalu 9MX7+XWF", "9MX7+XWF"),
    ],
)
def test_a_code_is_found_among_other_words(text, code):
    found = find_plus_code(text)
    assert found is not None
    assert found.code == code
    assert text[slice(*found.place)].upper() == code


@pytest.mark.parametrize("text", ["km 12+300", "A+B", "9M5X + QC", "X9M5X+QC", "9M5X+Q", "+62812"])
def test_other_words_with_a_plus_are_no_codes(text):
    assert find_plus_code(text) is None


@given(st.text(alphabet="23456789CFGHJMPQRVWX0+ aZ", max_size=60))
def test_any_text_can_be_searched_for_a_code(text):
    found = find_plus_code(text)
    assert found is None or is_valid(found.code)
