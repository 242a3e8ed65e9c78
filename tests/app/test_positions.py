"""Positions over HTTP: our own JSON, Traccar Client and OwnTracks as they are."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.api import devices
from dispatch import positions
from dispatch.errors import Unknown
from dispatch.regency.positions import PositionRules
from dispatch.rules.fixes import Fix
from dispatch.scope import TIMER, Scope
from geo.point import Point
from tests.app.conftest import Office

LON, LAT = 110.668, -6.588


@pytest.fixture
def unit(office: Office) -> int:
    """The unit of the crew that is logged in as `ambulans`; it has sent nothing yet."""
    with office.as_owner() as session:
        found = session.execute(
            text("SELECT unit_id FROM app_user WHERE login = 'ambulans'")
        ).scalar_one()
        session.execute(
            text("UPDATE unit SET fix_at = NULL, fix_flag = NULL, fix_received_at = NULL")
        )
        session.execute(text("DELETE FROM unit_fix"))
    devices.FAILURES = devices.Bound(at_once=120, per_s=2)
    return int(found)


@pytest.fixture
def token(office: Office, unit: int) -> str:
    made = office.client("dispatcher1").post(
        f"/api/units/{unit}/tokens", json={"label": "ponsel dasbor"}
    )
    assert made.status_code == 201
    return str(made.get_json()["token"])


@pytest.fixture
def phone(office: Office) -> FlaskClient:
    """Nobody is logged in on it."""
    return office.client()


def now(office) -> datetime:
    return office.parts.now().replace(microsecond=0)


def at(office, seconds=0):
    return (now(office) + timedelta(seconds=seconds)).isoformat()


def where(office, unit):
    """lon, lat, fix_at, accuracy, speed, heading, flag."""
    query = text(
        "SELECT ST_X(position) AS lon, ST_Y(position) AS lat, fix_at, fix_accuracy_m AS accuracy_m,"
        " fix_speed_ms AS speed_ms, fix_heading AS heading, fix_flag AS flag"
        " FROM unit WHERE id = :unit"
    )
    with office.as_owner() as session:
        return session.execute(query, {"unit": unit}).one()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def send(client, fixes, **headers):
    return client.post("/api/positions", json={"fixes": fixes}, headers=headers)


# Our own page


def test_a_crew_sends_where_it_is(office, unit):
    crew = office.client("ambulans")
    fix = {"lon": LON, "lat": LAT, "at": at(office), "accuracy_m": 7.5, "speed_ms": 3, "heading": 9}
    answer = send(crew, [fix])
    assert (answer.status_code, answer.get_json()) == (200, {"taken": 1, "flagged": []})
    row = where(office, unit)
    assert row.fix_at.isoformat() == fix["at"]
    assert (row.lon, row.lat, row.accuracy_m, row.speed_ms, row.heading) == (LON, LAT, 7.5, 3, 9)


def test_a_crew_without_the_forgery_token_is_refused(office, unit):
    crew = office.client("ambulans")
    answer = crew.post(
        "/api/positions", data='{"fixes": []}', headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.get_json()["type"]) == (400, "CsrfFailed")


def test_a_device_with_a_token_needs_no_log_in(office, unit, token, phone):
    answer = phone.post(
        "/api/positions",
        data=b'{"fixes": [{"lon": 110.5, "lat": -6.5, "at": "%s"}]}' % at(office).encode(),
        headers=bearer(token) | {"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.get_json()["taken"]) == (200, 1)
    assert where(office, unit).lon == 110.5


@pytest.mark.parametrize("login", ["operator1", "dispatcher1", "tegalsambi", "admin", "bupati"])
def test_nobody_but_a_crew_is_anywhere(office, unit, login):
    answer = send(office.client(login), [{"lon": LON, "lat": LAT, "at": at(office)}])
    assert (answer.status_code, answer.get_json()["type"]) == (401, "BadToken")


def test_nobody_at_all_is_told_so(unit, phone, office):
    assert send(phone, [{"lon": LON, "lat": LAT, "at": at(office)}]).status_code == 401


def test_flags_tell_which_fix_they_mean(office, unit):
    crew = office.client("ambulans")
    fixes = [
        {"lon": LON, "lat": LAT, "at": at(office, -30)},
        {"lon": LON, "lat": LAT, "at": at(office, 3600)},
        {"lon": 106.827, "lat": -6.175, "at": at(office, -5)},
        {"lon": LON, "lat": LAT, "at": at(office, -40_000)},
    ]
    assert send(crew, fixes).get_json() == {
        "taken": 1,
        "flagged": [
            {"n": 1, "flag": "masa_depan"},
            {"n": 2, "flag": "lompatan"},
            {"n": 3, "flag": "terlalu_lama"},
        ],
    }
    row = where(office, unit)
    assert (row.lon, row.flag) == (LON, "masa_depan")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": 51.5, "lon": -0.1}, "fixes.1.lon"),
        ({"lat": 110.668, "lon": -6.588}, "fixes.1.lon"),  # swapped axes
        ({"lat": 51.5}, "fixes.1.lat"),
        ({"lon": "110.6"}, "fixes.1.lon"),
        ({"lon": None}, "fixes.1.lon"),
        ({"lon": True}, "fixes.1.lon"),
        ({"accuracy_m": -1}, "fixes.1.accuracy_m"),
        ({"speed_ms": 151}, "fixes.1.speed_ms"),
        ({"heading": 361}, "fixes.1.heading"),
        ({"at": "2026-11-22 10:00"}, "fixes.1.at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "fixes.1.at"),
        ({"at": "now"}, "fixes.1.at"),
        ({"height": 5}, "fixes.1.height"),
    ],
)
def test_a_fix_that_cannot_be_meant_is_refused_by_its_field_and_nothing_is_taken(
    office, unit, wrong, field
):
    good = {"lon": LON, "lat": LAT, "at": at(office)}
    answer = send(office.client("ambulans"), [good, good | wrong])
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert where(office, unit).fix_at is None


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999"])
def test_what_is_no_number_is_no_json(office, unit, token, phone, number):
    body = b'{"fixes": [{"lon": %s, "lat": -6.5, "at": "2026-11-22T10:00:00Z"}]}' % number
    answer = phone.post(
        "/api/positions", data=body, headers=bearer(token) | {"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(("how_many", "status"), [(0, 422), (1, 200), (500, 200), (501, 422)])
def test_one_request_brings_1_to_500_fixes(office, unit, how_many, status):
    fixes = [
        {
            "lon": 110.66812345678901,
            "lat": -6.588123456789012,
            "at": at(office, n - how_many),
            "accuracy_m": 12.345678901234567,
            "speed_ms": 10.123456789012345,
            "heading": 123.45678901234567,
        }
        for n in range(how_many)
    ]
    answer = send(office.client("ambulans"), fixes)
    assert answer.status_code == status
    if status == 422:
        assert answer.get_json()["field"] == "fixes"


def test_a_request_beyond_256_kb_is_refused_unread(office, unit, token, phone):
    answer = phone.post(
        "/api/positions",
        data=b" " * 300_000,
        headers=bearer(token) | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 413


# Traccar Client and other devices that speak OsmAnd (payloads in the form of Traccar's own tests)


def osmand(client, method="get", **words):
    path = "/api/osmand"
    if method == "get":
        return client.get(f"{path}?{urlencode(words)}")
    return client.post(path, data=words)


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


def basic(token, user="ambulans"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


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


# Tracks


def test_the_room_sees_where_a_unit_was_and_nobody_else(office, unit):
    crew = office.client("ambulans")
    send(crew, [{"lon": LON, "lat": LAT, "at": at(office, -7000)}])
    send(crew, [{"lon": LON, "lat": LAT, "at": at(office, -30), "accuracy_m": 5}])
    path = f"/api/units/{unit}/track"
    for login in ("operator1", "dispatcher1"):
        seen = office.client(login).get(f"{path}?minutes=5").get_json()["fixes"]
        assert [(f["lon"], f["lat"], f["accuracy_m"], f["flag"]) for f in seen] == [
            (LON, LAT, 5, None)
        ]
        assert len(office.client(login).get(f"{path}?minutes=120").get_json()["fixes"]) == 2
    for login in ("ambulans", "dinkes1", "tegalsambi", "admin", "bupati"):
        assert office.client(login).get(path).status_code == 403
    assert office.client("operator1").get("/api/units/999999/track").status_code == 404
    assert office.client("operator1").get(f"{path}?minutes=0").status_code == 422


def seen_by(office, scope):
    """Units whose history the scope sees."""
    with office.as_scope(scope) as session:
        return set(session.scalars(text("SELECT unit_id FROM unit_fix")))


def test_row_security_gives_the_history_to_the_room_and_to_the_crew_itself(office, unit):
    moment = now(office)
    other = 1 if unit != 1 else 2
    for number in (unit, other):
        with office.as_scope(Scope("field_unit", unit_id=number)) as session:
            fix = Fix(Point(lon=LON, lat=LAT), moment)
            positions.take_fixes(session, number, [fix], "halaman", moment, PositionRules())
    for role in ("operator", "dispatcher", "timer"):
        assert seen_by(office, Scope(role, user_id=1)) == {unit, other}
    assert seen_by(office, Scope("field_unit", unit_id=unit)) == {unit}
    for role in ("leader", "agency_officer", "village_head", "planner", "hub", "auth"):
        assert seen_by(office, Scope(role, user_id=1, agency_id=1)) == set()


def test_a_crew_cannot_write_for_another_unit(office, unit):
    other = 1 if unit != 1 else 2
    moment = now(office)
    fix = Fix(Point(lon=LON, lat=LAT), moment)
    with pytest.raises(Unknown), office.as_scope(Scope("field_unit", unit_id=unit)) as session:
        positions.take_fixes(session, other, [fix], "halaman", moment, PositionRules())
    with (
        pytest.raises(ProgrammingError),
        office.as_scope(Scope("field_unit", unit_id=unit)) as session,
    ):
        session.execute(
            text(
                "INSERT INTO unit_fix (unit_id, at, received_at, position, source)"
                " VALUES (:other, now(), now(), ST_SetSRID(ST_MakePoint(110, -6), 4326), 'x')"
            ),
            {"other": other},
        )


def test_only_the_timer_forgets(office, unit):
    send(office.client("ambulans"), [{"lon": LON, "lat": LAT, "at": at(office)}])
    later = now(office) + timedelta(days=31)
    for role in ("operator", "dispatcher", "field_unit"):
        with office.as_scope(Scope(role, user_id=1, unit_id=unit)) as session:
            assert positions.purge(session, later, PositionRules()) == 0
    with office.as_scope(TIMER) as session:
        assert positions.purge(session, later, PositionRules()) == 1


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
