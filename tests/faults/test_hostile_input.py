"""What nobody should send gets a clear 4xx; and what goes round the door the database refuses."""

import json
import math

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.world import World

BAD_PINS = {
    "swapped axes": '{"lon": -6.69, "lat": 110.7}',
    "on another continent": '{"lon": 2.35, "lat": 48.86}',
    "off the earth": '{"lon": 110.7, "lat": 7000}',
    "no number": '{"lon": NaN, "lat": -6.69}',
    "no end": '{"lon": Infinity, "lat": -6.69}',
    "overflow": '{"lon": 1e999, "lat": -6.69}',
    "words": '{"lon": "110.7", "lat": "-6.69"}',
    "a truth": '{"lon": true, "lat": -6.69}',
    "a list": "[110.7, -6.69]",
    "half a point": '{"lon": 110.7}',
    "nothing in it": "{}",
    "a system of its own": '{"lon": 110.7, "lat": -6.69, "crs": "EPSG:3857"}',
}


@pytest.mark.parametrize("pin", BAD_PINS.values(), ids=BAD_PINS)
def test_a_point_that_cannot_be_meant_is_refused_by_name(shared_world: World, pin: str):
    operator = shared_world.client("operator1")
    answer = post(operator, '{"what": "api", "pin": ' + pin + "}")
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["field"].startswith(("pin", "body"))
    assert problem["detail"]


def test_swapped_axes_are_named_and_never_turned_round(shared_world: World):
    answer = post(shared_world.client("operator1"), '{"pin": ' + BAD_PINS["swapped axes"] + "}")
    assert "swapped" in answer.get_json()["detail"]


BAD_BODIES = {
    "not JSON": "{",
    "nothing": "",
    "a list": "[]",
    "a word": '"api"',
    "an unknown field": '{"what": "api", "priority": 1}',
    "a number for words": '{"what": 5}',
    "a channel of its own": '{"channel": "pigeon"}',
    "half a letter": '{"what": "\\ud800"}',
    "a time without zone": '{"said_at": "2026-01-01T00:00:00"}',
    "a zone that is none": '{"said_at": "2026-01-01T00:00:00+25:00"}',
    "a time before all": '{"said_at": "0001-01-01T00:00:00+05:00"}',
    "an id beyond bigint": '{"joins": 99999999999999999999}',
    "deep": "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_call_is_refused(shared_world: World, body: str):
    answer = post(shared_world.client("operator1"), body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.get_json()["detail"]


def test_a_huge_body_is_refused_unread(shared_world: World):
    body = json.dumps({"what": "x" * 10_000_000})
    assert post(shared_world.client("operator1"), body).status_code == 413


def test_zero_bytes_go_and_the_words_stay(shared_world: World):
    taken = post(shared_world.client("operator1"), '{"where": "pa\\u0000sar"}')
    assert taken.status_code == 201
    assert taken.get_json()["incident"]["properties"]["place"] == "pasar"


_INCIDENT = text("""
    INSERT INTO incident (category_code, priority, state, place_text, pin, edition_id, outside,
                          agency_ids, after_hours, opened_at)
    SELECT code, 1, 'baru', '', ST_GeomFromEWKT(:pin), (SELECT id FROM edition WHERE in_force),
           true, '{}', false, now()
      FROM category LIMIT 1
""")
BAD_SHAPES = {
    "no number": "SRID=4326;POINT(NaN -6.69)",
    "no end": "SRID=4326;POINT(110.7 Infinity)",
    "off the earth": "SRID=4326;POINT(110.7 7000)",
    "swapped axes": "SRID=4326;POINT(-6.69 110.7)",
    "another system": "SRID=3857;POINT(110.7 -6.69)",
    "no point": "SRID=4326;LINESTRING(110.7 -6.69, 110.8 -6.7)",
    "height": "SRID=4326;POINT Z (110.7 -6.69 5)",
    "empty": "SRID=4326;POINT EMPTY",
}


@pytest.mark.parametrize("pin", BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_the_database_refuses_what_is_no_place_in_the_country(shared_world: World, pin: str):
    with pytest.raises(DBAPIError), shared_world.as_owner() as session:
        session.execute(_INCIDENT, {"pin": pin})


def test_the_database_takes_a_place_in_the_country(shared_world: World):
    """The control: it is the place that is refused above, not the statement."""
    with shared_world.as_owner() as session:
        session.execute(_INCIDENT, {"pin": "SRID=4326;POINT(110.7 -6.0)"})


@pytest.mark.parametrize("lon", [math.nan, math.inf, "", "110,7", "٣", "1e999", "0x1p6", "1_1_0"])
def test_a_query_with_a_point_that_is_none_is_refused(shared_world: World, lon):
    answer = shared_world.client("operator1").get(f"/api/villages/at?lon={lon}&lat=-6.69")
    assert answer.status_code in (404, 422)


def post(client, body: str):
    headers = {"Idempotency-Key": f"hostile-{hash(body)}", "Content-Type": "application/json"}
    if client.forgery_token is None:
        client.get("/masuk")
    return client.post("/api/calls", json=None, data=body, headers=headers)
