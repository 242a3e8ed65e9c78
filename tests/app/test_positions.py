"""Positions over HTTP from our own page, and the history of them."""

# ruff: noqa: F811  # fixtures come by import

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from dispatch import positions
from dispatch.errors import Unknown
from dispatch.regency.positions import PositionRules
from dispatch.rules.fixes import Fix
from dispatch.scope import TIMER, Scope
from geo.point import Point
from tests.app.phones import LAT, LON, at, bearer, now, phone, token, unit, where  # noqa: F401


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
