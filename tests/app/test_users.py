"""Accounts: only the administrator keeps them, and nobody gets a role without its scope."""

import pytest

from tests.app.canaries import TEGALSAMBI
from tests.app.conftest import Office

PASSWORD = "twelve letters"  # noqa: S105
NEW = {"login": "baru", "name": "Petugas Baru", "role": "operator", "password": PASSWORD}


def add(office, **changes):
    return office.client("admin").post("/api/users", json=NEW | changes)


@pytest.mark.parametrize(
    "login", ["operator1", "dispatcher2", "dinkes1", "ambulans", "tegalsambi", "bupati", "pdp"]
)
def test_only_the_administrator_keeps_accounts(office: Office, login):
    client = office.client(login)
    assert client.get("/api/users").status_code == 403
    assert client.post("/api/users", json=NEW).status_code == 403
    assert client.patch("/api/users/1", json={"active": False}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "agency_officer"}, "agency_id"),
        ({"role": "field_unit"}, "unit_id"),
        ({"role": "village_head"}, "village_code"),
        ({"role": "village_head", "village_code": "33.20.99.9999"}, "village_code"),
        ({"role": "agency_officer", "agency_id": 999_999}, "agency_id"),
        ({"role": "agency_officer", "agency_id": 2**40}, "agency_id"),
        ({"role": "field_unit", "unit_id": 999_999}, "unit_id"),
        ({"role": "system"}, "role"),
        ({"role": "auth"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"login": "operator1"}, "login"),
        ({"login": " OPERATOR1 "}, "login"),
        ({"login": "  "}, "login"),
        ({"groups": ["no-such-group"]}, "groups"),
        ({"active": False}, "active"),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_its_field(office: Office, changes, field):
    refused = add(office, **changes)
    assert refused.status_code == 422, refused.get_data(as_text=True)
    assert refused.get_json()["field"] == field


def test_a_new_account_works_and_says_nothing_of_its_password(office: Office):
    made = add(office, login="kades", role="village_head", village_code=TEGALSAMBI)
    assert made.status_code == 201
    assert "password" not in made.get_data(as_text=True)
    assert "argon2" not in office.client("admin").get("/api/users").get_data(as_text=True)
    log = office.client("pdp").get("/api/log?kind=user").get_json()["entries"]
    assert log[0]["facts"] == {"user": made.get_json()["id"], "role": "village_head"}
    assert PASSWORD not in str(log)


def test_nobody_disables_themselves(office: Office):
    mine = office.client("admin").get("/api/me").get_json()["id"]
    refused = office.client("admin").patch(f"/api/users/{mine}", json={"active": False})
    assert (refused.status_code, refused.get_json()["field"]) == (422, "active")
    assert office.client("admin").get("/api/me").status_code == 200


def test_an_account_that_is_not_there_cannot_be_changed(office: Office):
    assert office.client("admin").patch("/api/users/999999", json={}).status_code == 404
    refused = office.client("admin").patch("/api/users/1", json={"role": "administrator"})
    assert (refused.status_code, refused.get_json()["field"]) == (422, "role")
