"""A phone in a vehicle: its unit, its token, and how it speaks."""

import base64
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.api import devices
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


def osmand(client, method="get", **words):
    path = "/api/osmand"
    if method == "get":
        return client.get(f"{path}?{urlencode(words)}")
    return client.post(path, data=words)


def basic(token, user="ambulans"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}
