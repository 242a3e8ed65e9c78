"""The door in front of Flask: what is kept goes out at once, to who was let in a moment ago."""

import gzip
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import Client

from app import tile_door, tile_store, tile_turns
from app.auth import sessions
from app.live import Hub
from app.tile_door import TileDoor, tend
from tests.app.conftest import Office
from tests.world import World, post_form, token_of

TILE = "/api/tiles/incidents/9/413/265"
CASE = {"class": "normal", "channel": "112", "where": "pasar", "what": "asap",
        "category": "kebakaran", "pin": {"lon": 110.6447, "lat": -6.6157}}  # fmt: skip


class Counted(TileDoor):
    """Says how many requests went in to the house."""

    inside = 0

    def go_in(self, environ, start):
        self.inside += 1
        return super().go_in(environ, start)


class Caller:
    """One browser's questions, asked of the door."""

    def __init__(self, door: TileDoor, browser: FlaskClient) -> None:
        cookie = browser.get_cookie("__Host-tanggap", domain="localhost")
        assert cookie is not None
        self._client = Client(door, use_cookies=False)
        self._cookie = f"x=1; {cookie.key}={cookie.value}"

    def get(self, path: str, **headers: str):
        given = {"Cookie": self._cookie, "Accept-Encoding": "gzip"} | headers
        return self._client.get(path, headers=given, base_url="https://localhost")


@pytest.fixture(scope="module")
def door(office: Office) -> Iterator[Counted]:
    hub: Hub = office.app.extensions["hub"]
    tend(hub, tile_store.of(office.parts))
    hub.start()
    operator = office.client("operator1")
    for n in range(3):
        operator.post("/api/calls", json=CASE, headers={"Idempotency-Key": f"door-{n:06d}"})
    return Counted(office.app)


def settled(caller: Caller, door: Counted, path: str = TILE):
    """The answer once the door gives it without asking the house."""
    for _ in range(50):
        before = door.inside
        answer = caller.get(path)
        assert answer.status_code == 200
        if door.inside == before:
            return answer
    raise AssertionError("the door never answered itself")


def test_a_kept_tile_does_not_go_in_and_is_the_same(office: Office, door: Counted):
    caller = Caller(door, office.client("dispatcher1"))
    inside = caller.get(TILE)
    at_once = settled(caller, door)
    assert at_once.data == inside.data
    assert at_once.mimetype == inside.mimetype == "application/vnd.mapbox-vector-tile"
    same = caller.get(TILE, **{"If-None-Match": at_once.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    for takes in ("", "gzip;q=0", "identity, gzip; q=0.0, br"):
        plain = caller.get(TILE, **{"Accept-Encoding": takes})
        assert plain.data == gzip.decompress(at_once.data)
        assert "Content-Encoding" not in plain.headers


def test_the_door_says_what_the_house_says_of_safety(office: Office, door: Counted):
    caller = Caller(door, office.client("dispatcher1"))
    house, at_once = caller.get(TILE + "?hours=1"), settled(caller, door)
    drop = {"Content-Length", "ETag", "Content-Security-Policy", "Vary"}
    for name, value in house.headers:
        if name not in drop:
            assert at_once.headers.get(name) == value, name
    policy = at_once.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src" in policy
    assert "nonce" not in policy


def test_other_eyes_and_other_questions_go_in(office: Office, door: Counted):
    settled(Caller(door, office.client("dispatcher1")), door)
    before = door.inside
    for path in (TILE + "?p=1", TILE + "?p=1&p=2", TILE + "/", TILE.replace("413", "0413")):
        Caller(door, office.client("dispatcher1")).get(path)
    assert Caller(door, office.client("tegalsambi")).get(TILE).status_code == 200
    assert Caller(door, office.client("admin")).get(TILE).status_code == 403
    assert door.inside >= before + 5


@pytest.mark.parametrize("cookie", ["", "__Host-tanggap=", "__Host-tanggap=a.b.c", "x=y; z"])
def test_without_a_cookie_of_ours_nothing_comes_out(office: Office, door: Counted, cookie: str):
    settled(Caller(door, office.client("dispatcher1")), door)
    answer = Client(door, use_cookies=False).get(
        TILE, headers={"Cookie": cookie}, base_url="https://localhost"
    )
    assert answer.status_code == 401


def test_who_logged_out_gets_nothing_more(office: Office, door: Counted):
    browser = World.client(office, "operator2")
    caller = Caller(door, browser)
    settled(caller, door)
    post_form(browser, "/keluar", {"csrf_token": token_of(browser)})
    assert caller.get(TILE).status_code == 401


def test_who_was_disabled_gets_nothing_after_a_few_seconds(
    office: Office, door: Counted, monkeypatch: pytest.MonkeyPatch
):
    caller = Caller(door, World.client(office, "operator3"))
    settled(caller, door)
    with office.as_owner() as session:
        session.execute(text("UPDATE app_user SET active = false WHERE login = 'operator3'"))
    later = sessions.time.monotonic() + sessions.MEMORY_S + 0.1
    monkeypatch.setattr(sessions.time, "monotonic", lambda: later)
    assert caller.get(TILE).status_code == 401
    assert tile_door.MEMORY_S == sessions.MEMORY_S <= 5


def test_a_reload_is_drawn_anew_and_a_busy_house_says_so_at_the_door(
    office: Office, door: Counted, monkeypatch: pytest.MonkeyPatch
):
    caller = Caller(door, office.client("dispatcher1"))
    kept, before = settled(caller, door), door.inside
    anew = caller.get(TILE, **{"Cache-Control": "no-cache"})
    assert anew.data == kept.data
    monkeypatch.setattr(tile_turns, "MOST_WAITING", 0)
    busy = caller.get(TILE, **{"Cache-Control": "no-cache"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert busy.get_json()["type"] == "TooBusy"
    assert busy.headers["X-Content-Type-Options"] == "nosniff"
    assert caller.get(TILE).status_code == 200  # what is kept is served all the same
    assert door.inside == before


def test_one_who_has_heard_of_more_than_the_hub_gets_a_tile_drawn_for_it_alone(
    office: Office, door: Counted, monkeypatch: pytest.MonkeyPatch
):
    caller = Caller(door, office.client("dispatcher1"))
    settled(caller, door)
    monkeypatch.setattr(tile_turns, "MOST_WAITING", 0)  # what is drawn has no turn
    assert caller.get(TILE).status_code == 200
    assert caller.get(TILE, **{"Tanggap-After": "999999999-1"}).status_code == 503
    before = door.inside
    assert caller.get(TILE, **{"Tanggap-After": "x"}).status_code == 422
    assert door.inside == before + 1
