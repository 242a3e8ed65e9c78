"""Positions from phones: Traccar Client and OwnTracks as they are, and whatever else comes."""

# ruff: noqa: F811  # fixtures come by import

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api import devices
from tests.app.conftest import Office
from tests.app.phones import LAT, LON, basic, now, osmand, phone, token, unit, where  # noqa: F401

# Traccar Client and other devices that speak OsmAnd (payloads in the form of Traccar's own tests)


@pytest.mark.parametrize("method", ["get", "post"])
def test_traccar_client_before_9_as_it_is(office, unit, token, phone, method):
    moment = now(office) - timedelta(seconds=3)
    answer = osmand(
        phone,
        method,
        id=token,
        timestamp=int(moment.timestamp()),
        lat=LAT,
        lon=LON,
        speed=19.438444924406046,
        bearing=93.0,
        altitude=12.0,
        accuracy=15.5,
        batt=87.0,
        charge="true",
        hdop=1.2,
    )
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 1)
    row = where(office, unit)
    assert (row.lon, row.lat, row.fix_at) == (LON, LAT, moment)
    assert (row.accuracy_m, row.heading) == (15.5, 93.0)
    assert row.speed_ms == pytest.approx(10.0)


def test_the_query_of_a_post_counts_as_well(office, unit, token, phone):
    answer = phone.post(f"/api/osmand?{urlencode({'id': token, 'lat': LAT, 'lon': LON})}")
    assert answer.get_json()["taken"] == 1


@pytest.mark.parametrize(
    "written",
    [
        lambda t: str(int(t.timestamp())),
        lambda t: str(int(t.timestamp() * 1000)),
        lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        lambda t: t.strftime("%Y-%m-%d %H:%M:%S"),
        lambda t: (t + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S 07:00"),  # a bare plus
    ],
)
def test_a_timestamp_comes_in_seconds_milliseconds_or_iso(office, unit, token, phone, written):
    moment = now(office) - timedelta(seconds=20)
    answer = osmand(phone, id=token, lat=LAT, lon=LON, timestamp=written(moment))
    assert answer.get_json()["taken"] == 1
    assert where(office, unit).fix_at == moment


def test_a_fix_without_a_timestamp_is_of_now(office, unit, token, phone):
    assert osmand(phone, deviceid=token, lat=LAT, lon=LON).get_json()["taken"] == 1
    assert where(office, unit).fix_at is not None


def test_what_the_phone_does_not_know_is_not_kept_as_a_number(office, unit, token, phone):
    osmand(phone, id=token, lat=LAT, lon=LON, accuracy=0.0, speed=-1, bearing="x", heading="")
    row = where(office, unit)
    assert (row.lon, row.accuracy_m, row.speed_ms, row.heading) == (LON, None, None, None)


@pytest.mark.parametrize("words", [{}, {"cell": "257,02,16,2224"}, {"driverUniqueId": "123456"}])
def test_a_sign_of_life_without_a_place_is_heard_and_moves_nothing(
    office, unit, token, phone, words
):
    answer = osmand(phone, id=token, **words)
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 0)
    assert where(office, unit).fix_at is None


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"lat": "NaN", "lon": LON}, "lat"),
        ({"lat": LAT, "lon": "inf"}, "lon"),
        ({"lat": LON, "lon": LAT}, "lon"),
        ({"lat": 0, "lon": 0}, "lon"),
        ({"lat": 60.0, "lon": 110.0}, "lat"),
        ({"lat": LAT}, "lon"),
        ({"lat": LAT, "lon": LON, "timestamp": "kemarin"}, "timestamp"),
        ({"lat": LAT, "lon": LON, "timestamp": "9" * 30}, "timestamp"),
        ({"lat": LAT, "lon": LON, "valid": "false"}, "valid"),
    ],
)
def test_a_fix_that_the_device_cannot_mend_is_named_and_holds_nothing_up(
    office, unit, token, phone, words, field
):
    """An error would make the app send it again for ever, before all that comes after."""
    answer = osmand(phone, id=token, **words)
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 0)
    assert answer.get_json()["refused"]["field"] == field
    assert answer.headers["Tanggap-Refused"] == field
    assert where(office, unit).fix_at is None


def traccar_json(office, token, **more):
    """As version 9 and later sends it (traccar.org/osmand)."""
    coords = {
        "latitude": LAT,
        "longitude": LON,
        "accuracy": 5,
        "speed": 18.67,
        "speed_accuracy": 0.26,
        "heading": 273.5,
        "heading_accuracy": -1,
        "altitude": 5,
        "ellipsoidal_altitude": 5,
        "floor": None,
    }
    location = {
        "timestamp": now(office).strftime("%Y-%m-%dT%H:%M:%S.862Z"),
        "coords": coords | more,
        "is_moving": False,
        "odometer": 0,
        "event": "motionchange",
        "battery": {"level": 1, "is_charging": False},
        "activity": {"type": "still", "confidence": 100},
        "extras": {},
        "_": "&id=48241179&lat=37.4219983&lon=-122.084&timestamp=2025-06-15T13:45:12.862Z&",
    }
    return {"location": location, "device_id": token}


def test_traccar_client_9_as_it_is(office, unit, token, phone):
    answer = phone.post("/api/osmand", json=traccar_json(office, token))
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 1)
    row = where(office, unit)
    assert (row.lon, row.lat, row.accuracy_m, row.speed_ms, row.heading) == (
        LON,
        LAT,
        5,
        18.67,
        273.5,
    )


def test_traccar_client_says_minus_1_for_what_it_does_not_know(office, unit, token, phone):
    phone.post("/api/osmand", json=traccar_json(office, token, speed=-1, heading=-1))
    row = where(office, unit)
    assert (row.lon, row.speed_ms, row.heading) == (LON, None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"location": None},
        {"location": {"coords": 5}},
        {"location": {"coords": {"latitude": "x"}}},
        {"location": {"coords": {"latitude": -6.5, "longitude": 110.5}, "timestamp": [1]}},
    ],
)
def test_json_of_another_shape_is_named_too(office, unit, token, phone, change):
    answer = phone.post("/api/osmand", json=traccar_json(office, token) | change)
    assert answer.status_code == 200
    assert "refused" in answer.get_json()


# OwnTracks


def owntracks(office, **more):
    """As the app sends it (owntracks.org/booklet/tech/json)."""
    return {
        "_type": "location",
        "_id": "3bf3a1c5",
        "acc": 12,
        "alt": 14,
        "batt": 92,
        "bs": 1,
        "cog": 271,
        "conn": "m",
        "created_at": int(now(office).timestamp()),
        "lat": LAT,
        "lon": LON,
        "m": 2,
        "t": "u",
        "tid": "AM",
        "topic": "owntracks/ambulans/ponsel",
        "tst": int(now(office).timestamp()) - 4,
        "vac": 3,
        "vel": 36,
    } | more


def test_owntracks_as_it_is(office, unit, token, phone):
    answer = phone.post("/api/owntracks", json=owntracks(office), headers=basic(token))
    assert (answer.status_code, answer.get_json()) == (200, [])
    assert answer.content_type == "application/json"
    row = where(office, unit)
    assert (row.lon, row.lat, row.accuracy_m, row.heading) == (LON, LAT, 12, 271)
    assert row.speed_ms == pytest.approx(10.0)
    assert (now(office) - row.fix_at).total_seconds() >= 3


def test_owntracks_without_a_password_may_carry_the_token_as_the_name_of_its_device(
    office, unit, token, phone
):
    answer = phone.post(
        "/api/owntracks",
        json=owntracks(office),
        headers={"X-Limit-U": "ambulans", "X-Limit-D": token},
    )
    assert answer.status_code == 200
    assert where(office, unit).lon == LON


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"_type": "lwt", "tst": 1}',
        b'{"_type": "waypoint", "lat": -6.5, "lon": 110.5, "tst": 1}',
        b'{"_type": "encrypted", "data": "AAAA"}',
        b"not json",
    ],
)
def test_owntracks_tells_other_things_that_move_nothing(office, unit, token, phone, body):
    answer = phone.post("/api/owntracks", data=body, headers=basic(token))
    assert (answer.status_code, answer.get_json()) == (200, [])
    assert where(office, unit).fix_at is None


def test_owntracks_far_away_is_named_in_the_head(office, unit, token, phone):
    sent = owntracks(office, lat=48.85833, lon=2.29513)
    answer = phone.post("/api/owntracks", json=sent, headers=basic(token))
    assert (answer.status_code, answer.get_json()) == (200, [])
    assert answer.headers["Tanggap-Refused"] == "lon"


# Whatever comes


@pytest.fixture
def device(office: Office) -> Iterator[Callable[..., int]]:
    """Asks as a phone with a token, and answers the status: Hypothesis would print an Office."""
    patch = pytest.MonkeyPatch()
    patch.setattr(devices, "FIXES", devices.Bound(at_once=1e9, per_s=1))
    made = office.client("dispatcher1").post("/api/units/1/tokens", json={"label": "apa saja"})
    token, phone = made.get_json()["token"], office.client()

    def ask(path, **how):
        if "json" in how:
            head = basic(token) if path == "/api/owntracks" else {}
            body = json.dumps({"device_id": token} | how["json"])
            return phone.post(
                path, data=body, headers=head | {"Content-Type": "application/json"}
            ).status_code
        return phone.get(path, query_string=how["words"] | {"id": token}).status_code

    yield ask
    patch.undo()


WORDS = ["lat", "lon", "timestamp", "speed", "bearing", "accuracy", "location"]
written = st.one_of(
    st.text(max_size=30), st.floats(allow_nan=True).map(str), st.integers().map(str)
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coords", "timestamp", "latitude", "longitude", "accuracy", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FEW
@given(st.dictionaries(st.sampled_from(WORDS), written, max_size=7))
def test_whatever_a_device_says_the_answer_is_a_200(device, words):
    assert device("/api/osmand", words=words) == 200


@FEW
@given(json_values, json_values)
def test_whatever_json_a_device_sends_the_answer_is_a_200(device, some, other):
    assert device("/api/osmand", json={"location": some}) == 200
    sent = {"_type": "location", "lat": other, "lon": some, "tst": other, "acc": some}
    assert device("/api/owntracks", json=sent) == 200
