"""A caller's number: who sees it when, and that every look is logged."""

import logging

import pytest
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import DBAPIError

from dispatch.schema import LogEntry
from dispatch.scope import Scope
from tests.app.canaries import TEGALSAMBI
from tests.app.conftest import Office

PHONE, MASKED, NAME = "081290007431", "0812••••431", "Sutinah Pelapor"
REASON = "menelepon kembali pelapor"
INSIDE = {"lon": 110.655, "lat": -6.617}  # Tegalsambi


def take(world, number, login="operator1", category="kebakaran"):
    """Incident and call of a new case."""
    body = {"where": "depan masjid", "phone": PHONE, "caller": NAME, "category": category}
    key = {"Idempotency-Key": f"contact-{number:04d}"}
    answer = world.client(login).post("/api/calls", json=body | {"pin": INSIDE}, headers=key)
    taken = answer.get_json()
    assert taken["incident"]["properties"]["village"]["code"] == TEGALSAMBI
    return taken["incident"]["id"], taken["call"]


def look(world, login, call, reason=None):
    body = {} if reason is None else {"reason": reason}
    return world.client(login).post(f"/api/calls/{call}/contact", json=body)


def close(world, incident, version=1):
    body = {"outcome": "selesai", "version": version}
    answer = world.client("dispatcher1").post(f"/api/incidents/{incident}/close", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def entries(world, call):
    """Looks at this number, as data protection sees them."""
    log = world.client("pdp").get("/api/log?kind=contact").get_json()["entries"]
    return [e for e in log if e["call"] == call]


@pytest.mark.parametrize("login", ["operator2", "dispatcher1"])
def test_the_room_sees_the_number_while_the_case_is_open(office: Office, login):
    _, call = take(office, 1)
    assert look(office, login, call).get_json() == {"phone": PHONE, "name": NAME}


def test_a_closed_case_shows_a_mask_and_asks_for_a_reason(office: Office):
    incident, call = take(office, 2)
    close(office, incident)
    shown = office.client("operator1").get(f"/api/incidents/{incident}").get_json()
    assert shown["calls"][0]["phone_masked"] == MASKED
    for reason in (None, "", "  x  "):
        refused = look(office, "operator1", call, reason)
        assert refused.status_code == 422
        assert refused.get_json()["type"] == "ReasonMissing"
    assert look(office, "operator1", call, REASON).get_json()["phone"] == PHONE


def test_each_look_is_logged_with_who_when_why_and_which_call(office: Office):
    incident, call = take(office, 3)
    look(office, "operator2", call)
    close(office, incident)
    look(office, "dispatcher1", call)  # no reason: refused, and nothing was seen
    look(office, "dispatcher1", call, REASON)
    last, first = entries(office, call)
    assert (first["by"], last["by"]) == ("Bagas Prayoga", "Danang Wicaksono")
    assert (first["facts"]["reason"], last["facts"]["reason"]) == ("", REASON)
    assert {first["incident"], last["incident"]} == {incident}
    assert first["at"] < last["at"]


def test_a_unit_sees_the_number_only_while_it_is_assigned(office: Office):
    incident, call = take(office, 4)
    assert look(office, "pemadam", call).status_code == 404
    assignment = send(office, incident, "DMK-01")
    assert look(office, "pemadam", call).get_json()["phone"] == PHONE
    crew = office.client("pemadam")
    for state in ("tiba", "selesai"):
        crew.post(f"/api/assignments/{assignment}/state", json={"state": state})
    assert look(office, "pemadam", call, REASON).status_code == 404


def send(world, incident, call_sign):
    with world.as_owner() as session:
        unit = session.scalar(
            text("SELECT id FROM unit WHERE call_sign = :sign"), {"sign": call_sign}
        )
    path = f"/api/incidents/{incident}/assignments"
    return world.client("dispatcher1").post(path, json={"unit": unit}).get_json()["assignment"]


def test_the_officer_gives_a_reason_even_while_the_case_is_open(office: Office):
    _, call = take(office, 5)
    assert look(office, "damkar1", call).get_json()["type"] == "ReasonMissing"
    assert look(office, "damkar1", call, REASON).get_json()["phone"] == PHONE
    assert look(office, "pupr1", call, REASON).status_code == 404


@pytest.mark.parametrize("login", ["bupati", "tegalsambi", "perencana", "admin", "pdp"])
def test_these_never_see_a_number_reason_or_not(office: Office, login):
    _, call = take(office, 100 + len(login))
    assert look(office, login, call, REASON).status_code == 403


def test_who_took_a_sensitive_call_has_it_without_the_number(office: Office):
    _, call = take(office, 6, category="kdrt")
    told = look(office, "operator1", call, REASON).get_json()
    assert told == {"phone": None, "name": None}
    assert look(office, "operator2", call, REASON).status_code == 404
    assert look(office, "dispatcher2", call).get_json()["phone"] == PHONE


def test_a_sensitive_call_that_joins_an_ordinary_case_stays_sensitive(office: Office):
    incident, _ = take(office, 7)
    body = {"what": "suami memukul", "phone": "081211112222", "category": "kdrt"}
    key = {"Idempotency-Key": "contact-joined"}
    taken = office.client("operator3").post(
        "/api/calls", json=body | {"joins": incident}, headers=key
    )
    call = taken.get_json()["call"]
    assert taken.get_json()["joined"] == incident
    for login in ("operator2", "damkar1"):
        calls = office.client(login).get(f"/api/incidents/{incident}").get_json()["calls"]
        assert call not in [c["id"] for c in calls]
        assert look(office, login, call, REASON).status_code == 404
    assert look(office, "operator3", call).get_json()["phone"] == "081211112222"


def test_reading_a_sensitive_case_is_logged(office: Office):
    incident, _ = take(office, 8, login="dispatcher2", category="kekerasan_anak")
    office.client("operator3").get(f"/api/incidents/{incident}")
    log = office.client("pdp").get("/api/log?kind=case.read").get_json()["entries"]
    assert ("Nurul Hidayati", incident) in [(e["by"], e["incident"]) for e in log]


def test_how_often_a_number_called_is_told_and_logged_without_the_number(office: Office):
    take(office, 9)
    known = office.client("operator2").post("/api/callers", json={"phone": f"+62{PHONE[1:]}"})
    assert known.get_json()["calls"] >= 1
    log = office.client("pdp").get("/api/log?kind=caller").get_data(as_text=True)
    assert "caller.history" in log
    assert PHONE[2:] not in log


def test_neither_the_table_of_the_log_nor_the_servers_log_holds_numbers_or_names(
    office: Office, caplog
):
    with caplog.at_level(logging.DEBUG):
        incident, call = take(office, 10)
        look(office, "operator1", call)
        late = office.client("operator1")
        late.post("/api/calls", json={"phone": PHONE, "caller": NAME, "class": "x"})
        office.client("dispatcher1").post(f"/api/incidents/{incident}/close", json={})
    with office.as_owner() as session:
        rows = str([vars(entry) for entry in session.query(LogEntry)])
    for secret in (PHONE[1:], NAME):
        assert secret not in rows
        assert secret not in caplog.text


def test_postgresqls_own_log_holds_no_number_when_a_statement_fails(office: Office, admin: str):
    with pytest.raises(DBAPIError), office.as_scope(Scope("operator")) as session:
        session.execute(
            text("INSERT INTO call_contact (call_id, phone) VALUES (-1, :phone)"),
            {"phone": "081255557777"},
        )
    server = create_engine(admin, poolclass=pool.NullPool)
    with server.connect() as connection:
        written = connection.scalar(text("SELECT pg_read_file(pg_current_logfile())"))
    server.dispose()
    assert "call_contact" in written
    assert "081255557777" not in written
