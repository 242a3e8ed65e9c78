"""Tokens of devices: who hands them out, what they open, and what happens to wrong ones."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app.api import devices
from app.api.devices import Bound
from app.cli.units import units
from dispatch import tokens
from dispatch.scope import AUTH, Scope
from tests.app.conftest import Office

LON, LAT = 110.668, -6.588


@pytest.fixture(autouse=True)
def fresh_bounds(monkeypatch):
    monkeypatch.setattr(devices, "FAILURES", Bound(at_once=120, per_s=2))
    monkeypatch.setattr(devices, "FIXES", Bound(at_once=1500, per_s=5))
    monkeypatch.setattr(devices, "GOOD", {})


def make(office, unit=1, login="dispatcher1", label="ponsel"):
    return office.client(login).post(f"/api/units/{unit}/tokens", json={"label": label})


def send(office, token, lon=LON):
    return office.client().get(f"/api/osmand?id={token}&lat={LAT}&lon={lon}")


@pytest.mark.parametrize("login", ["dispatcher1", "admin"])
def test_dispatcher_and_administrator_hand_tokens_out(office: Office, login):
    made = make(office, login=login, label="  ponsel dasbor ")
    assert made.status_code == 201
    body = made.get_json()
    assert (body["unit"], body["label"]) == (1, "ponsel dasbor")
    assert len(body["token"]) >= 22, "128 bits and more"
    assert send(office, body["token"]).status_code == 200


@pytest.mark.parametrize(
    "login", ["operator1", "ambulans", "dinkes1", "tegalsambi", "perencana", "bupati", "pdp"]
)
def test_to_all_others_there_are_no_tokens(office: Office, login):
    client = office.client(login)
    assert make(office, login=login).status_code == 403
    assert client.get("/api/units/1/tokens").status_code == 403
    assert client.post("/api/tokens/1/revoke", json={}).status_code == 403


def test_a_token_is_shown_once_and_kept_as_a_hash(office: Office):
    made = make(office, label="sekali").get_json()
    listed = office.client("dispatcher1").get("/api/units/1/tokens").get_data(as_text=True)
    assert '"label":"sekali"' in listed
    assert made["token"] not in listed
    with office.as_owner() as session:
        rows = session.execute(text("SELECT unit_token::text FROM unit_token")).scalars().all()
        kept = session.execute(
            text("SELECT token_hash FROM unit_token WHERE id = :id"), {"id": made["id"]}
        ).scalar_one()
        log = session.execute(text("SELECT facts::text FROM log_entry")).scalars().all()
    assert bytes(kept) == tokens.digest(made["token"])
    assert not any(made["token"] in row for row in (*rows, *log))


def test_the_list_tells_which_token_is_in_use(office: Office):
    made = make(office, label="dipakai").get_json()

    def listed():
        all_of = office.client("dispatcher1").get("/api/units/1/tokens").get_json()["tokens"]
        return next(t for t in all_of if t["id"] == made["id"])

    assert listed()["used_at"] is None
    send(office, made["token"])
    assert listed()["used_at"] is not None
    assert listed()["by"]


def test_a_token_opens_nothing_but_the_place_of_its_own_unit(office: Office):
    made = make(office, unit=2).get_json()
    before = places(office)
    assert send(office, made["token"], lon=110.5).status_code == 200
    assert {unit for unit, place in places(office).items() if place != before[unit]} == {2}
    for path in ("/api/board", "/api/tasks", "/api/me", "/api/units/2/track"):
        answer = office.client().get(path, headers={"Authorization": f"Bearer {made['token']}"})
        assert answer.status_code in (401, 404), path


def places(office):
    with office.as_owner() as session:
        rows = session.execute(text("SELECT id, ST_AsText(position) FROM unit")).all()
    return dict(map(tuple, rows))


def test_a_revoked_token_and_one_that_never_was_are_told_the_same(office: Office):
    made = make(office, label="hilang").get_json()
    assert send(office, made["token"]).status_code == 200
    revoked = office.client("dispatcher1").post(f"/api/tokens/{made['id']}/revoke", json={})
    assert revoked.get_json() == {"id": made["id"], "unit": 1}
    again = office.client("dispatcher1").post(f"/api/tokens/{made['id']}/revoke", json={})
    assert again.status_code == 200, "twice is as good as once"
    told = [send(office, token) for token in (made["token"], "tak-pernah-ada", "", "x" * 3000)]
    assert {answer.status_code for answer in told} == {401}
    assert len({answer.get_data() for answer in told}) == 1
    assert told[0].get_json()["type"] == "BadToken"


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/api/positions", {"Authorization": "Bearer salah"}),
        ("POST", "/api/positions", {"Authorization": "Bearer"}),
        ("POST", "/api/positions", {"Authorization": "Basic eDp5"}),
        ("GET", "/api/osmand?id=salah", {}),
        ("GET", "/api/osmand", {}),
        ("POST", "/api/osmand?id=salah", {}),
        ("POST", "/api/osmand", {}),
        ("POST", "/api/owntracks", {"Authorization": "Basic eDp5"}),
        ("POST", "/api/owntracks", {"X-Limit-U": "ambulans", "X-Limit-D": "ponsel"}),
        ("POST", "/api/owntracks", {}),
    ],
)
def test_a_wrong_token_is_a_401_on_every_way_in(office: Office, method, path, headers):
    answer = office.client().open(path, method=method, headers=headers)
    assert (answer.status_code, answer.get_json()["type"]) == (401, "BadToken")


def test_a_token_of_another_does_not_become_a_crews_by_its_cookie(office: Office):
    crew = office.client("ambulans")
    answer = crew.post(
        "/api/positions",
        json={"fixes": [{"lon": LON, "lat": LAT, "at": "2026-11-22T10:00:00Z"}]},
        headers={"Authorization": "Bearer salah"},
    )
    assert answer.status_code == 401


def test_a_unit_that_is_not_there_gets_no_token(office: Office):
    for login in ("dispatcher1", "admin"):
        assert make(office, unit=999_999, login=login).status_code == 404
        for unit in (2**31, 2**70):  # no id at all: no such address
            assert make(office, unit=unit, login=login).status_code in (404, 405)
    assert office.client("admin").post("/api/tokens/999999/revoke", json={}).status_code == 404
    assert make(office, label="").status_code == 422


def test_a_unit_out_of_service_is_nobodys(office: Office):
    made = make(office, unit=3).get_json()
    with office.as_owner() as session:
        session.execute(text("UPDATE unit SET active = false WHERE id = 3"))
    try:
        assert send(office, made["token"]).status_code == 401
    finally:
        with office.as_owner() as session:
            session.execute(text("UPDATE unit SET active = true WHERE id = 3"))


def test_row_security_gives_the_tokens_to_the_log_in_and_to_who_hands_them_out(office: Office):
    make(office)
    roles = ("operator", "field_unit", "leader", "agency_officer", "hub", "timer", "somebody")
    for role in roles:
        with office.as_scope(Scope(role, user_id=1, unit_id=1, agency_id=1)) as session:
            assert session.execute(text("SELECT count(*) FROM unit_token")).scalar_one() == 0, role
    with office.as_scope(AUTH) as session:
        assert session.execute(text("SELECT count(*) FROM unit_token")).scalar_one() > 0


def test_who_tries_many_tokens_has_to_wait_and_a_good_phone_beside_does_not(office: Office):
    good = make(office).get_json()["token"]
    assert send(office, good).status_code == 200
    tried = [send(office, f"tebakan-{n}").status_code for n in range(130)]
    assert tried[:120] == [401] * 120
    assert tried[-1] == 429
    assert send(office, good).status_code == 200


def test_a_phone_that_floods_has_to_wait(office: Office, monkeypatch):
    monkeypatch.setattr(devices, "FIXES", Bound(at_once=10, per_s=0.01))
    good = make(office).get_json()["token"]
    assert [send(office, good).status_code for _ in range(12)] == [200] * 10 + [429] * 2


def test_a_bound_lets_in_as_many_a_second_as_it_says():
    time = [0.0]
    bound = Bound(at_once=3, per_s=2, clock=lambda: time[0])

    def let_in():
        came = 0
        while bound.is_open("a"):
            bound.count("a")
            came += 1
        return came

    assert let_in() == 3
    time[0] = 0.5
    assert let_in() == 1
    time[0] = 100.0
    assert let_in() == 3
    assert bound.is_open("b")


def test_a_bound_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(devices, "MOST_KEYS", 100)
    bound = Bound(at_once=5, per_s=0.001, clock=lambda: 0.0)
    for key in range(1000):
        bound.count(key)
    assert len(bound._left) <= 101


def test_tokens_by_the_command_line(office: Office):
    environ = {
        "DATABASE_URL": office.app_url,
        "DATABASE_ADMIN_URL": office.owner_url,
        "SECRET_KEY": office.settings.secret_key,
        "TANGGAP_VAR": str(office.settings.state_folder),
    }

    def run(*words):
        result = CliRunner().invoke(units, words, env=environ, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    with office.as_owner() as session:
        sign = session.execute(text("SELECT call_sign FROM unit WHERE id = 1")).scalar_one()
    told = run("token", sign.lower(), "--label", "radio mobil")
    number, token = re.fullmatch(rf"{sign}: token (\d+)\n(\S+)\n", told).groups()
    assert send(office, token).status_code == 200
    assert "radio mobil" in run("tokens")
    assert token not in run("tokens", "--json")
    run("revoke", number)
    assert "dicabut" in run("tokens")
    assert send(office, token).status_code == 401


def test_behind_a_front_server_nobody_is_shut_out_by_a_stranger(office: Office):
    good = make(office, label="di belakang nginx").get_json()["token"]

    def ask(token, address):
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        path = f"/api/osmand?id={token}&lat={LAT}&lon={LON}"
        return office.client().get(path, headers=headers).status_code

    answers = [ask(f"salah-{n}", "203.0.113.9") for n in range(130)]
    assert (answers[0], answers[-1]) == (401, 429)
    assert ask(good, "203.0.113.10") == 200
