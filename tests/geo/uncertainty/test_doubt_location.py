"""What a location may be, how it is stored, what is drawn of it."""

import json
import math
from contextlib import suppress

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.point import Point
from geo.shapes import LocalScale
from geo.uncertainty.location import (
    BadLocation,
    Ellipse,
    InVillages,
    Location,
    Region,
    Spread,
    Stretch,
    at,
    circle,
    from_aml,
    from_json,
    middle,
    only,
    outline,
    radius_68_m,
    to_json,
)

HERE = Point(lon=110.67, lat=-6.6)
FIELD = shapely.box(110.66, -6.61, 110.68, -6.59)
ROAD = shapely.LineString([(110.66, -6.60), (110.67, -6.60), (110.67, -6.59)])
MIXED = Location(
    (
        (0.5, circle(HERE, 300.0).parts[0][1]),
        (0.25, Region(area=FIELD)),
        (0.125, Stretch(line=ROAD, beside_m=20.0)),
        (0.125, InVillages(codes=("33.20.11.2010", "33.20.11.2009"))),
    )
)


def ellipse(**fields):
    return Ellipse(**{"centre": HERE, "major_m": 10.0, "minor_m": 5.0} | fields)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: circle(HERE, -1.0), "major_m"),
        (lambda: circle(HERE, math.inf), "major_m"),
        (lambda: ellipse(minor_m=math.nan), "minor_m"),
        (lambda: ellipse(minor_m=True), "minor_m"),
        (lambda: ellipse(bearing_deg=math.inf), "bearing_deg"),
        (lambda: ellipse(confidence=0.0), "confidence"),
        (lambda: ellipse(confidence=1.0), "confidence"),
        (lambda: ellipse(confidence=68), "confidence"),
        (lambda: ellipse(centre=(110.67, -6.6)), "centre"),
        (lambda: Region(area=ROAD), "area"),
        (lambda: Region(area=shapely.Polygon()), "area"),
        (lambda: Region(area=shapely.Polygon([(1, 1), (2, 2), (3, 3)])), "area"),
        (lambda: Region(area=shapely.box(-6.61, 110.66, -6.59, 110.68)), "area"),
        (lambda: Stretch(line=FIELD, beside_m=3.0), "line"),
        (lambda: Stretch(line=ROAD, beside_m=-3.0), "beside_m"),
        (lambda: InVillages(codes=()), "codes"),
        (lambda: InVillages(codes=("a", "a")), "codes"),
        (lambda: Location(()), "weights"),
        (lambda: Location(((0.5, ellipse()),)), "weights"),
        (lambda: Location(((1.5, ellipse()), (-0.5, ellipse()))), "weights"),
        (lambda: from_aml(HERE, 30.0, 0), "level_of_confidence"),
        (lambda: from_aml(HERE, 30.0, math.nan), "level_of_confidence"),
        (lambda: from_aml(HERE, -1.0, 68), "major_m"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_name_of_its_field(make, field):
    with pytest.raises(BadLocation, match=f"^{field}.*give") as refused:
        make()
    assert isinstance(refused.value, GeoError)


def test_a_uniform_circle_may_be_certain_and_a_bearing_any_number():
    sure = ellipse(confidence=1.0, spread=Spread.UNIFORM, bearing_deg=-725.0)
    assert only(sure).parts == ((1.0, sure),)


def test_a_phone_s_position_keeps_its_radius_and_level():
    part = from_aml(HERE, 42.0, 95).parts[0][1]
    assert (part.major_m, part.minor_m, part.confidence) == (42.0, 42.0, 0.95)
    assert from_aml(HERE, 42.0, 100).parts[0][1].confidence == 0.99


def test_a_stored_location_comes_back_as_it_was():
    stored = json.loads(json.dumps(to_json(MIXED)))
    again = from_json(stored)
    assert to_json(again) == stored
    assert [weight for weight, _ in again.parts] == [0.5, 0.25, 0.125, 0.125]
    assert again.parts[0] == MIXED.parts[0]
    assert again.parts[1][1].area.equals(FIELD)
    assert again.parts[2][1].line.equals(ROAD)
    assert again.parts[3] == MIXED.parts[3]


def test_stored_degrees_have_seven_decimals():
    point = Point(lon=110.123456789, lat=-6.987654321)
    assert to_json(at(point))["parts"][0]["centre"] == {
        "type": "Point",
        "coordinates": [110.1234568, -6.9876543],
    }


whole = to_json(MIXED)["parts"]


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {},
        {"parts": 3},
        {"parts": [{}]},
        {"parts": [whole[0] | {"weight": "much"}]},
        {"parts": [whole[0] | {"weight": 1, "kind": "cube"}]},
        {"parts": [whole[0] | {"weight": 1, "spread": "thick"}]},
        {"parts": [whole[0] | {"weight": 1, "major_m": "300"}]},
        {"parts": [whole[0] | {"weight": 1, "centre": {"type": "Point", "coordinates": []}}]},
        {"parts": [whole[0] | {"weight": 1, "centre": {"type": "Point", "coordinates": [999, 0]}}]},
        {"parts": [whole[0] | {"weight": 1, "centre": {"type": "Blob"}}]},
        {"parts": [whole[1] | {"weight": 1, "area": whole[2]["line"]}]},
        {"parts": [whole[1] | {"weight": 1, "area": [1, 2]}]},
        {"parts": [whole[2] | {"weight": 1, "line": {"type": "LineString", "coordinates": [[1]]}}]},
        {"parts": [whole[3] | {"weight": 1, "codes": 5}]},
        {"parts": [whole[3] | {"weight": 1, "codes": [5]}]},
    ],
)
def test_what_was_not_stored_so_is_refused_in_one_sentence(stored):
    with pytest.raises(BadLocation, match=r"give|missing"):
        from_json(stored)


scraps = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(whole[0])), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(scraps, st.sampled_from(whole), st.sampled_from(["weight", *whole[0], "area", "line"]))
def test_no_stored_rubbish_is_more_than_a_bad_location(rubbish, part, field):
    for stored in (rubbish, {"parts": [part | {"weight": 1} | {field: rubbish}]}):
        with suppress(BadLocation):
            assert from_json(stored).parts


def area_m2(shape):
    scale = LocalScale.at(HERE.lat)
    return shape.area * scale.lon_m * scale.lat_m


def test_an_ellipse_is_drawn_with_64_corners_at_68_percent():
    drawn = outline(circle(HERE, 300.0))
    assert len(drawn.exterior.coords) == 65
    assert area_m2(drawn) == pytest.approx(math.pi * 300**2, rel=0.01)
    shrunk = outline(circle(HERE, 300.0, confidence=0.95))
    assert area_m2(shrunk) == pytest.approx(
        area_m2(drawn) * math.log(0.32) / math.log(0.05), rel=1e-6
    )


def test_a_uniform_ellipse_is_drawn_whole():
    drawn = outline(circle(HERE, 300.0, 0.5, Spread.UNIFORM))
    assert area_m2(drawn) == pytest.approx(math.pi * 300**2 / 0.5, rel=0.01)


def test_the_drawn_ellipse_leans_with_its_bearing():
    west, south, east, north = outline(
        only(ellipse(major_m=900.0, minor_m=9.0, bearing_deg=90.0))
    ).bounds
    assert (east - west) > 50 * (north - south)


def test_a_road_is_drawn_as_a_corridor_and_a_point_as_a_point():
    drawn = outline(only(Stretch(line=ROAD, beside_m=20.0)))
    scale = LocalScale.at(HERE.lat)
    length_m = 0.01 * (scale.lon_m + scale.lat_m)
    assert area_m2(drawn) == pytest.approx(length_m * 40 + math.pi * 20**2, rel=0.01)
    assert outline(at(HERE)).equals(shapely.Point(HERE.lon, HERE.lat))


def test_several_parts_are_drawn_together_unless_villages_are_needed():
    first_three = Location(tuple((1 / 3, part) for _, part in MIXED.parts[:3]))
    assert outline(first_three).covers(FIELD)
    assert outline(MIXED) is middle(MIXED) is radius_68_m(MIXED) is None


def test_the_middle_of_a_road_lies_on_it():
    spot = middle(only(Stretch(line=ROAD, beside_m=5.0)))
    assert ROAD.distance(shapely.Point(spot.lon, spot.lat)) < 1e-9


def test_the_middle_of_two_places_lies_between_them():
    there = Point(lon=110.69, lat=-6.6)
    both = Location(((0.75, at(HERE).parts[0][1]), (0.25, at(there).parts[0][1])))
    assert middle(both).lon == pytest.approx(110.675)


@pytest.mark.parametrize(
    ("confidence", "spread"), [(0.68, "normal"), (0.95, "normal"), (1, "uniform")]
)
def test_the_radius_holds_68_percent(confidence, spread):
    place = circle(HERE, 500.0, confidence, Spread(spread))
    expected = {
        0.68: 500.0,
        0.95: 500.0 * math.sqrt(math.log(0.32) / math.log(0.05)),
        1: 500.0 * math.sqrt(0.68),
    }[confidence]
    assert radius_68_m(place) == pytest.approx(expected, rel=0.01)
    assert radius_68_m(at(HERE)) == 0.0
