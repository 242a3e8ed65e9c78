import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.errors import BadPoint
from geo.point import INDONESIA, Point, pin_at
from geo.schema import Place

degrees = st.floats(allow_nan=True, allow_infinity=True)


def test_one_degree_of_latitude_is_about_111_km():
    assert Point(lon=0, lat=0).distance_m(Point(lon=0, lat=1)) == pytest.approx(111_195, rel=1e-4)


@pytest.mark.parametrize(
    "lon", [math.nan, math.inf, -math.inf, 181, -180.1, "110.6", None, True, b"1", [110.6]]
)
def test_what_is_no_number_of_degrees_is_no_point(lon):
    with pytest.raises(BadPoint, match="lon"):
        Point(lon=lon, lat=-6.6)


def test_swapped_axes_are_named_and_not_turned_round():
    with pytest.raises(BadPoint, match="longitude and latitude look swapped"):
        pin_at(-6.6, 110.65)


def test_another_continent_is_refused_with_the_range_that_is_right():
    with pytest.raises(BadPoint, match="lon 94 to 142"):
        pin_at(2.35, 48.86)


@given(lon=degrees, lat=degrees)
def test_a_pin_lies_in_the_country_or_is_refused(lon, lat):
    try:
        pin = pin_at(lon, lat)
    except BadPoint:
        assert not INDONESIA.holds(lon, lat)
    else:
        assert INDONESIA.holds(pin.lon, pin.lat)


@given(a=st.tuples(st.floats(94, 142), st.floats(-12, 7)), b=st.floats(-12, 7))
def test_distance_is_the_same_both_ways(a, b):
    one, other = Point(lon=a[0], lat=a[1]), Point(lon=110.0, lat=b)
    assert one.distance_m(other) == pytest.approx(other.distance_m(one))


@pytest.mark.parametrize(
    "position",
    [
        "ST_SetSRID(ST_MakePoint('NaN', 'NaN'), 4326)",
        "ST_SetSRID(ST_MakePoint('NaN', -6.6), 4326)",
        "ST_SetSRID(ST_MakePoint('Infinity', -6.6), 4326)",
        "ST_SetSRID(ST_MakePoint(110.6, '-Infinity'), 4326)",
        "ST_SetSRID(ST_MakePoint(-6.6, 110.6), 4326)",
        "ST_SetSRID(ST_MakePoint(2.35, 48.86), 4326)",
        "'SRID=4326;POINT EMPTY'",
        "ST_SetSRID(ST_MakePoint(110.6, -6.6), 3857)",
        "'here'",
    ],
)
def test_the_database_refuses_such_a_point_too(session: Session, position):
    row = insert(Place).values(
        kind="x", name="x", search_name="x", context="", spread_m=1, source="test"
    )
    with pytest.raises(DBAPIError):
        session.execute(row.values(position=text(position)))
