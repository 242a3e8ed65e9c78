"""The wallboard at the door: the same for all who may look, and logged in for long."""

import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.auth import sessions
from app.security import COOKIE
from dispatch.schema import UserSession
from tests.app.conftest import Office
from tests.world import DEMO_PASSWORD, World

CALL = {"channel": "112", "class": "normal", "what": "Api besar", "where": "rumah Pak Kenari"}
PIN = {"lon": 110.6525, "lat": -6.6216}
PASSWORD = "twelve letters"  # noqa: S105


def take(client, **more):
    answer = client.post(
        "/api/calls", json=CALL | more, headers={"Idempotency-Key": f"wall-{time.monotonic_ns()}"}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["incident"]


def wall_of(client):
    answer = client.get("/api/wall")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


@pytest.mark.parametrize("login", ["operator1", "dispatcher1", "bupati", "dinding"])
def test_who_may_look_at_the_wall_sees_its_page_and_its_figures(office: Office, login):
    client = office.client(login)
    page = client.get("/dinding")
    assert page.status_code == 200
    assert f'data-mark="{wall_of(client)["page"]}"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "login", ["dinkes1", "ambulans", "tegalsambi", "perencana", "admin", "pdp"]
)
def test_nobody_else_sees_it(office: Office, login):
    client = office.client(login)
    assert client.get("/dinding").status_code == 403
    assert client.get("/api/wall").status_code == 403


def test_the_top_bar_goes_where_the_address_says_so(office: Office):
    client = office.client("dinding")
    assert 'class="wall whole"' in client.get("/dinding?layar=penuh").get_data(as_text=True)
    assert 'class="wall"' in client.get("/dinding?layar=apa").get_data(as_text=True)


def test_a_sensitive_case_is_counted_for_all_and_told_to_none_not_even_its_group(office: Office):
    viewer = office.client("dinding")
    before = wall_of(viewer)
    group = office.client("dispatcher2")  # of the group that answers for it
    hidden = take(group, category="kdrt", pin=PIN)
    shown = take(group, category="kebakaran", pin=PIN)
    village = shown["properties"]["village"]["code"]
    was = before["load"].get(village, {"open": 0})["open"]
    for login in ("dinding", "dispatcher2"):
        wall = wall_of(office.client(login))
        assert wall["open"] == before["open"] + 2
        assert wall["queue"][0]["waiting"] == before["queue"][0]["waiting"] + 2
        assert wall["by_priority"][0]["open"] == before["by_priority"][0]["open"] + 2
        assert wall["load"][village]["open"] == was + 1
        told = [row["id"] for row in wall["last"]]
        assert shown["id"] in told
        assert hidden["id"] not in told


def test_the_wall_tells_no_word_of_a_caller_and_no_place(office: Office):
    incident = take(office.client("operator1"), category="kebakaran", pin=PIN)
    wall = office.client("dinding").get("/api/wall").get_data(as_text=True)
    assert f'"id":{incident["id"]}' in wall
    assert "Kenari" not in wall
    assert "Api besar" not in wall
    seen = office.client("dinding").get("/api/board").get_json()
    (feature,) = [f for f in seen["incidents"]["features"] if f["id"] == incident["id"]]
    assert not {"place", "location", "contradictions"} & feature["properties"].keys()
    unit = seen["units"]["features"][0]["properties"]
    assert unit["call_sign"]
    assert not {"crew", "shift_ends_at"} & unit.keys()


def test_the_stream_tells_a_wall_no_more_than_the_board(office: Office):
    viewer = office.client("dinding")
    cursor = wall_of(viewer)["cursor"]
    take(office.client("operator1"), category="kebakaran", pin=PIN)
    stream = viewer.get(f"/api/events?after={cursor}")
    heard = next(stream.response).decode()
    stream.close()
    assert "event: incident" in heard
    assert "Kenari" not in heard


def test_an_hour_has_its_figures_in_the_order_of_the_wall(office: Office):
    wall = wall_of(office.client("dinding"))
    assert [q["kind"] for q in wall["queue"]] == ["darurat", "aduan"]
    assert [p["priority"] for p in wall["by_priority"]] == [1, 2, 3, 4]
    assert wall["open"] == sum(p["open"] for p in wall["by_priority"])
    assert wall["waiting"] == sum(q["waiting"] for q in wall["queue"])
    units = {u["kind"]: u for u in wall["units"]}
    assert units["ambulans"]["free"] > 0
    assert datetime.fromisoformat(wall["now"]).tzinfo is not None


def test_an_administrator_adds_a_wallboard_of_no_group(office: Office):
    admin = office.client("admin")
    new = {"login": "layar2", "name": "Layar kedua", "role": "wallboard", "password": PASSWORD}
    refused = admin.post("/api/users", json=new | {"groups": ["perlindungan"]})
    assert (refused.status_code, refused.get_json()["field"]) == (422, "groups")
    assert admin.post("/api/users", json=new).status_code == 201


@pytest.fixture
def clock(shared_world: World, monkeypatch):
    now = [shared_world.parts.now()]
    monkeypatch.setattr(shared_world.parts, "now", lambda: now[0])
    monkeypatch.setattr(sessions, "MEMORY_S", 0.0)
    return now


def ends_of(world: World, login: str) -> datetime:
    user = world.client("admin").get("/api/users").get_json()["users"]
    (number,) = [u["id"] for u in user if u["login"] == login]
    with world.as_owner() as session:
        ends = session.scalars(
            select(UserSession.expires_at)
            .where(UserSession.user_id == number)
            .order_by(UserSession.expires_at.desc())
        )
        found = ends.first()
    assert found is not None
    return found


def test_a_wallboard_stays_logged_in_while_it_is_used(shared_world: World, clock):
    client = shared_world.client("dinding")
    days = timedelta(days=shared_world.settings.wall_days)
    for _ in range(3):  # three months of nights
        clock[0] += days - timedelta(hours=1)
        assert client.get("/api/wall").status_code == 200
    assert ends_of(shared_world, "dinding") == clock[0] + days
    clock[0] += days + timedelta(seconds=1)
    assert client.get("/api/wall").status_code == 401


def test_its_renewal_is_not_written_with_every_question(shared_world: World, clock):
    client = shared_world.client("dinding")
    ends = ends_of(shared_world, "dinding")
    clock[0] += sessions.RENEW_AFTER - timedelta(seconds=1)
    assert client.get("/api/wall").status_code == 200
    assert ends_of(shared_world, "dinding") == ends


def test_nobody_elses_log_in_grows_by_its_use(shared_world: World, clock):
    client = shared_world.client("dispatcher1")
    ends = ends_of(shared_world, "dispatcher1")
    clock[0] += timedelta(hours=shared_world.settings.session_hours) - timedelta(minutes=1)
    assert client.get("/api/wall").status_code == 200
    assert ends_of(shared_world, "dispatcher1") == ends
    clock[0] += timedelta(minutes=2)
    assert client.get("/api/wall").status_code == 401


def test_a_wallboards_cookie_outlives_its_browser_and_nobody_elses_does(shared_world: World):
    for login, lasts in (("dinding", True), ("dispatcher1", False)):
        client = shared_world.client(login)
        client.get("/dinding")
        cookie = client.get_cookie(COOKIE, "localhost")
        assert cookie is not None
        assert (cookie.expires is not None) == lasts, login


def test_a_disabled_wallboard_is_out_within_seconds(shared_world: World, monkeypatch):
    monkeypatch.setattr(sessions, "MEMORY_S", 0.2)
    client = shared_world.client("dinding")
    who = client.get("/api/me").get_json()["id"]
    admin = shared_world.client("admin")
    assert admin.patch(f"/api/users/{who}", json={"active": False}).status_code == 200
    began = time.monotonic()
    while client.get("/api/wall").status_code == 200:
        assert time.monotonic() - began < 5
        time.sleep(0.05)
    assert client.get("/api/wall").status_code == 401
    admin.patch(f"/api/users/{who}", json={"active": True, "password": DEMO_PASSWORD})
