"""/api/tiles as the browser asks: kept, told apart by ETag, and stale when something changed."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import tile_store, tile_turns
from app.errors import TooBusy
from app.live import Hub
from app.tile_door import tend
from app.tile_store import Key, TileStore
from app.tile_turns import BUILDERS, Turns
from dispatch import log
from dispatch.log import Cursor
from dispatch.scope import HUB, Scope
from geo.map_cells import column_row
from geo.point import Point
from tests import mvt
from tests.app.conftest import Office

TEGALSAMBI = {"lon": 110.6447, "lat": -6.6157}
BANGSRI = {"lon": 110.7640, "lat": -6.5290}
KEY = Key(Scope("dispatcher"), "", 14, 13000, 8500)


@pytest.fixture(scope="module")
def store(office: Office) -> Iterator[TileStore]:
    """The office's store, tended by its hub."""
    kept = tile_store.of(office.parts)
    hub: Hub = office.app.extensions["hub"]
    tend(hub, kept)
    hub.start()
    return kept


def call(office: Office, pin: dict, **also) -> dict:
    body = {
        "class": "normal",
        "channel": "112",
        "where": "pasar",
        "what": "asap",
        "category": "kebakaran",
        "pin": pin,
    } | also
    answer = office.client("operator1").post(
        "/api/calls", json=body, headers={"Idempotency-Key": f"tile-{next(_NUMBERS):08d}"}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["incident"]


_NUMBERS = iter(range(10**8))


def here(office: Office) -> Cursor:
    with office.parts.transaction(HUB) as session:
        return log.here(session)


def ask(office: Office, login: str, z: int, pin: dict, query: str = "", **headers):
    x, y = column_row(Point(**pin), z)
    headers = {"Accept-Encoding": "gzip", "Tanggap-After": str(here(office))} | headers
    return office.client(login).get(f"/api/tiles/incidents/{z}/{x}/{y}{query}", headers=headers)


def signs(office: Office, login: str, z: int, pin: dict, query: str = "") -> list[dict]:
    answer = ask(office, login, z, pin, query)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = gzip.decompress(answer.data) if answer.data else b""
    return [f.properties for f in mvt.layers(body).get("incidents", ())]


def total(office: Office, login: str = "dispatcher1", query: str = "") -> int:
    return sum(sign["n"] for sign in signs(office, login, 0, TEGALSAMBI, query))


def test_what_is_opened_moved_and_closed_is_in_the_next_tile_at_every_zoom(
    office: Office, store: TileStore
):
    before = {z: len(signs(office, "dispatcher1", z, TEGALSAMBI)) for z in (9, 14, 18)}
    case = call(office, TEGALSAMBI)
    for z in (9, 14, 18):
        found = signs(office, "dispatcher1", z, TEGALSAMBI)
        assert len(found) == before[z] + 1
        assert any(sign.get("id") == case["id"] for sign in found)
    moved = office.client("operator1").post(
        f"/api/incidents/{case['id']}/pin", json=BANGSRI | {"version": 1}
    )
    assert moved.status_code == 200, moved.get_data(as_text=True)
    for z in (14, 18):
        assert len(signs(office, "dispatcher1", z, TEGALSAMBI)) == before[z]
        assert any(s.get("id") == case["id"] for s in signs(office, "dispatcher1", z, BANGSRI))
    with office.as_owner() as session:
        session.execute(
            text(
                "UPDATE incident SET state = 'ditutup', closed_at = now() + interval '9 days'"
                " WHERE id = :id"
            ),
            {"id": case["id"]},
        )
        log.record(session, "incident.closed", incident_id=case["id"])
    for z in (9, 14, 18):
        found = signs(office, "dispatcher1", z, BANGSRI)
        assert not any(sign.get("id") == case["id"] for sign in found)


@pytest.mark.parametrize(
    ("change", "kind", "of_one"),
    [
        ("UPDATE incident SET priority = 4 WHERE id = :id", "incident.priority", True),
        ("UPDATE incident SET agency_ids = '{}' WHERE id = :id", "ticket.moved", True),
        ("UPDATE incident SET category_code = 'kekerasan_seksual', restricted_group = 'ppa',"
         " audience = 'ruang' WHERE id = :id", "catalogue.changed", False),
        ("UPDATE incident SET due_at = opened_at WHERE id = :id", "edition.switched", False),
    ],
)  # fmt: skip
def test_a_change_of_any_kind_shows_in_the_next_tile(office, store, change, kind, of_one):
    case = call(office, BANGSRI)
    tiles = [
        ("dispatcher1", ""),
        ("damkar1", "") if "agency" in change else ("dispatcher1", "?p=1,2"),
    ]
    before = [signs(office, login, 18, BANGSRI, query) for login, query in tiles]
    with office.as_owner() as session:
        found = session.execute(text(change), {"id": case["id"]})
        assert found.rowcount == 1
        log.record(session, kind, incident_id=case["id"] if of_one else None)
    after = [signs(office, login, 18, BANGSRI, query) for login, query in tiles]
    assert before != after


def test_the_same_tile_is_not_sent_twice(office: Office, store: TileStore):
    call(office, TEGALSAMBI)
    first = ask(office, "dispatcher1", 9, TEGALSAMBI)
    assert first.mimetype == "application/vnd.mapbox-vector-tile"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Content-Encoding"] == "gzip"
    again = ask(office, "dispatcher1", 9, TEGALSAMBI, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    plain = ask(office, "dispatcher1", 9, TEGALSAMBI, **{"Accept-Encoding": "identity"})
    assert plain.data == gzip.decompress(first.data)
    call(office, TEGALSAMBI)
    other = ask(office, "dispatcher1", 9, TEGALSAMBI, **{"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_nobody_is_served_what_other_eyes_saw(office: Office, store: TileStore):
    total(office, "dispatcher1")
    with office.as_owner() as session:
        session.execute(
            text(
                "UPDATE incident SET restricted_group = 'ppa', audience = 'ruang'"
                " WHERE state <> 'ditutup'"
            )
        )
        log.record(session, "catalogue.changed")
    assert total(office, "dispatcher1") == 0
    with office.as_owner() as session:
        seen = session.scalar(
            text("SELECT count(*) FROM incident WHERE state <> 'ditutup' AND pin IS NOT NULL")
        )
        session.execute(
            text("UPDATE incident SET restricted_group = NULL WHERE state <> 'ditutup'")
        )
        log.record(session, "catalogue.changed")
    assert total(office, "dispatcher1") == seen > 0
    assert total(office, "tegalsambi") == 0  # audience ruang: not for villages
    assert total(office, "perencana") == 0  # counts, and sees no row


def test_the_villages_have_an_address_that_changes_with_their_drawing(office: Office):
    client = office.client("tegalsambi")
    source = client.get("/api/tiles/villages").get_json()
    assert len(source["drawing"]) == 12  # of the drawing, and of what tiles hold
    path = source["template"].format(z=9, x=413, y=265)
    kept = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in kept.headers["Cache-Control"]
    assert "villages" in mvt.layers(gzip.decompress(kept.data))
    old = client.get(path.partition("?")[0])
    assert old.headers["Cache-Control"] == "private, no-cache"
    assert old.headers["ETag"] == kept.headers["ETag"]


def test_where_the_villages_are_is_told_while_all_lines_of_the_tiles_are_taken(office: Office):
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(office.parts.tile_transaction(HUB))
        assert office.client("tegalsambi").get("/api/tiles/villages").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["incidents/19/0/0", "incidents/3/8/0", "incidents/3/0/8", "incidents/-1/0/0",
     "incidents/a/b/c", f"incidents/9/{'9' * 300}/0", "villages/1/19/0/0", "villages/x/3/0/0",
     "roads/3/0/0", "",
     "incidents/3/0", "villages/1/3/0/-1", "incidents/3/0/0.5", f"{'9' * 300}/1/1/1"],
)  # fmt: skip
def test_a_tile_that_is_none_is_refused_in_one_sentence(office: Office, path: str):
    answer = office.client("dispatcher1").get(f"/api/tiles/{path}")
    assert answer.status_code == 404
    problem = answer.get_json()
    assert (problem["type"], problem["status"]) == ("BadTile", 404)
    assert "z" in problem["detail"]
    assert (
        office.app.test_client().get(f"/api/tiles/{path}", base_url="https://localhost").status_code
        == 401
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("p=9", "p"),
        ("p=1&p=2", "p"),
        ("layer=x", "layer"),
        ("hours=1&since=2026-01-01T00:00:00Z", "hours"),
    ],
)
def test_a_forged_filter_is_refused_by_name(office: Office, query: str, field: str):
    answer = office.client("dispatcher1").get(f"/api/tiles/incidents/9/413/265?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field
    bad = office.client("dispatcher1").get(
        "/api/tiles/incidents/9/1/1", headers={"Tanggap-After": "x"}
    )
    assert bad.get_json()["field"] == "Tanggap-After"


def test_one_tile_that_many_ask_for_is_drawn_once():
    store, drawn, gate = TileStore(), [], threading.Event()

    def draw() -> bytes:
        drawn.append(1)
        gate.wait(5)
        return b"tile"

    got: list[bytes] = []
    askers = [
        threading.Thread(target=lambda: got.append(store.get(KEY, draw).plain())) for _ in range(20)
    ]
    for asker in askers:
        asker.start()
    gate.set()
    for asker in askers:
        asker.join()
    assert got == [b"tile"] * 20
    assert len(drawn) <= 2  # who comes after it is done and has no hub to trust draws anew


def test_a_change_while_a_tile_is_read_does_not_stay_in_it(office: Office):
    store, reached = TileStore(), Cursor(5, 1)
    store.reached(reached)

    def draw() -> bytes:
        with office.parts.transaction(HUB) as session:  # as the hub, meanwhile
            store.changed(session, [1], Cursor(6, 1))
        return b"old"

    assert store.get(KEY, draw).plain() == b"old"
    assert store.fresh(KEY) is None
    assert store.get(KEY, lambda: b"new", Cursor(6, 1)).plain() == b"new"
    assert store.fresh(KEY, Cursor(6, 1)) is not None
    assert store.fresh(KEY, Cursor(7, 1)) is None  # the asker has heard of more than this process


def test_without_word_from_the_hub_nothing_kept_is_served(monkeypatch: pytest.MonkeyPatch):
    store = TileStore()
    assert store.get(KEY, lambda: b"one").plain() == b"one"
    assert store.fresh(KEY) is None
    store.reached(Cursor(1, 1))
    assert store.fresh(KEY).plain() == b"one"
    late = tile_store.time.monotonic() + tile_store.TENDED_S + 0.1
    monkeypatch.setattr(tile_store.time, "monotonic", lambda: late)
    assert store.fresh(KEY) is None


def test_a_store_keeps_no_more_than_it_may():
    store = TileStore(most_bytes=20 * (tile_store.ENTRY_BYTES + 100))
    store.reached(Cursor(1, 1))
    for x in range(100):
        store.get(KEY._replace(x=x), lambda: b"")
    kept = [x for x in range(100) if store.fresh(KEY._replace(x=x))]
    assert kept == list(range(100 - len(kept), 100))
    assert 10 < len(kept) < 25


def test_who_has_to_wait_too_long_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tile_turns, "WAIT_S", 0.05)
    store, gate, begun = TileStore(), threading.Event(), threading.Semaphore(0)

    def draw() -> bytes:
        begun.release()
        gate.wait(5)
        return b""

    busy = [
        threading.Thread(target=store.get, args=(KEY._replace(x=x), draw)) for x in range(BUILDERS)
    ]
    for one in busy:
        one.start()
    for _ in busy:
        assert begun.acquire(timeout=5)
    with pytest.raises(TooBusy):
        store.get(KEY._replace(x=99), lambda: b"")
    gate.set()
    for one in busy:
        one.join()
    assert store.get(KEY._replace(x=99), lambda: b"x").plain() == b"x"


def test_a_tile_that_takes_too_long_says_so_and_nothing_is_harmed(office: Office):
    def draw() -> bytes:
        with office.parts.tile_transaction(Scope("dispatcher")) as session:
            session.execute(text("SET LOCAL statement_timeout = 50"))
            session.execute(text("SELECT pg_sleep(2)"))
        return b""

    store = TileStore()
    with pytest.raises(TooBusy):
        store.get(KEY, draw)
    assert store.get(KEY, lambda: b"x").plain() == b"x"


def test_what_is_late_comes_of_itself(monkeypatch: pytest.MonkeyPatch):
    store = TileStore()
    store.get(KEY, lambda: b"early")
    later = tile_store.time.monotonic() + timedelta(seconds=tile_store.AGE_S).total_seconds() + 1
    monkeypatch.setattr(tile_store.time, "monotonic", lambda: later)
    store.reached(Cursor(1, 1))
    assert store.fresh(KEY) is None


def test_a_builder_rests_as_long_as_it_drew(monkeypatch: pytest.MonkeyPatch):
    clock, slept = [100.0], []
    monkeypatch.setattr(tile_turns.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(tile_turns.time, "sleep", slept.append)
    turns = Turns()
    for _ in range(BUILDERS):
        with turns.one():
            clock[0] += 0.3
    with turns.one():
        pass
    assert slept == [0.0] * BUILDERS + [pytest.approx(max(0.0, 0.3 - 0.3 * (BUILDERS - 1)))]
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    assert turns.left() == BUILDERS
