"""Audiences end to end: what is for the room is told to no village, be it tightened later on."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.channel import Screen
from dispatch import roster
from dispatch.rules.audience import Audience
from dispatch.scope import TIMER
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.app.sweep import all_of
from tests.geo.test_tiles import opened

HEAD = "tegalsambi"
WORDS = "rahasia-ruang"  # place and words of the case for the room


@pytest.fixture(scope="module")
def two(office: Office) -> dict[str, int]:
    """A tree on the road, and a theft, in one village; the theft is younger and graver."""
    ids = {}
    for name, category in (("tree", "pohon_tumbang"), ("theft", "kepolisian")):
        pin = inside(office, TEGALSAMBI) | {
            "lon": inside(office, TEGALSAMBI)["lon"] + len(ids) / 999
        }
        words = WORDS if name == "theft" else "pohon"
        taken = office.client("operator1").post(
            "/api/calls",
            json={"where": words, "what": words, "category": category, "pin": pin},
            headers={"Idempotency-Key": f"audience-two-{name}"},
        )
        ids[name] = taken.get_json()["incident"]["id"]
    with office.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO photo (incident_id, key, at, by_name, width, height, image)"
                " VALUES (:id, 'x', now(), 'x', 1, 1, 'x'::bytea)"
            ),
            {"id": ids["theft"]},
        )
    return ids


ASKED_BY_A_HEAD = (
    "/api/board", "/api/load", "/api/load?category=pohon_tumbang", "/api/incidents/list",
    "/api/village", "/api/villages/facts", "/api/filters", "/desa", "/laporan",
    f"/laporan/desa/{TEGALSAMBI}", f"/laporan/desa/{TEGALSAMBI}/poster", "/api/public",
    "/api/incidents/{theft}", "/api/incidents/{theft}/photos", "/api/photos/1",
    "/api/export/incidents.geojson", "/api/export/load.geojson", "/api/wall",
)  # fmt: skip


def test_a_village_head_is_told_nowhere_of_what_is_for_the_room(office: Office, two):
    client = office.client(HEAD)
    for path in ASKED_BY_A_HEAD:
        answer = client.get(path.format(**two))
        words = all_of(answer)
        assert answer.status_code < 500 or path == "/api/public", path  # no count yet
        assert WORDS not in words, path
        assert '"category":"kepolisian"' not in words, path
        if "theft" in path or "photos" in path:
            assert answer.status_code in (403, 404), path
    assert [f["id"] for f in features(client)] == [two["tree"]]
    load = client.get("/api/load").get_json()
    assert load["villages"] == {TEGALSAMBI: load["villages"][TEGALSAMBI]}
    assert load["total"]["open"] == load["villages"][TEGALSAMBI]["open"] == 1


def features(client):
    return client.get("/api/board").get_json()["incidents"]["features"]


def test_a_village_head_may_not_filter_by_what_is_for_the_room(office: Office, two):
    for path in ("/api/load", "/api/tiles/incidents/9/413/265"):
        answer = office.client(HEAD).get(f"{path}?category=kepolisian")
        assert answer.status_code == 422, path
        assert "kepolisian" not in answer.get_json()["detail"].partition("give one of")[2]


@pytest.mark.parametrize(
    ("login", "expected"),
    [(HEAD, 1), ("dispatcher1", 2), ("dinding", 0), ("bupati", 2), ("pupr1", 0)],
)
def test_a_tile_counts_what_its_asker_may_see(office: Office, two, tmp_path: Path, login, expected):
    client = office.client(login)
    for _ in range(2):  # built, and then from the store
        assert count(client, tmp_path) == expected
    stamps = {office.client(who).get(TILE).headers.get("ETag") for who in (HEAD, "dispatcher1")}
    assert len(stamps) == 2


TILE = "/api/tiles/incidents/9/413/265"


def count(client, folder: Path) -> int:
    """The sum of `n` over the tile in which the village lies."""
    answer = client.get(TILE)
    assert answer.status_code in (200, 204)
    body = answer.get_data()
    if not body:
        return 0
    names, columns, _ = opened(body, folder, "incidents")
    return sum(int(n) for n in columns["n"]) if "n" in names else len(columns["n"])


def test_a_category_that_is_tightened_takes_its_cases_along(office: Office, two, tmp_path: Path):
    head, regency = office.client(HEAD), office.parts.regency
    assert len(features(head)) == 1
    categories = tuple(
        replace(c, audience=Audience.ROOM) if c.code == "pohon_tumbang" else c
        for c in regency.categories
    )
    now = datetime.now(UTC)
    with office.as_owner() as session:
        roster.sync(session, replace(regency, categories=categories), now)
    try:
        assert features(head) == []
        assert head.get("/api/load").get_json()["total"]["open"] == 0
        village = head.get("/api/village")
        assert str(two["tree"]) not in json.dumps(village.get_json().get("lies_in", {}))
        with office.as_scope(TIMER) as session:
            query = "SELECT coalesce(sum(open), 0) FROM public_counts(now())"
            assert session.execute(text(query)).scalar_one() == 0
    finally:
        with office.as_owner() as session:
            roster.sync(session, regency, now)
    assert len(features(head)) == 1


def test_an_event_of_what_is_for_the_room_reaches_no_village(office: Office, two, monkeypatch):
    monkeypatch.setattr(Screen.wait, "__defaults__", (None, 0.1))
    head = office.client(HEAD)
    cursor = head.get("/api/board").get_json()["cursor"]
    stream = head.get(f"/api/events?after={cursor}")
    heard = next(stream.response).decode()
    for name in ("theft", "tree"):
        again = office.client("operator1").post(
            "/api/calls",
            json={"joins": two[name], "what": WORDS},
            headers={"Idempotency-Key": f"audience-again-{name}"},
        )
        assert again.status_code == 201
    until = time.monotonic() + 90  # the theft comes first: what is heard of the tree comes after it
    while f'"id":{two["tree"]}' not in heard and time.monotonic() < until:
        heard += next(stream.response).decode()
    stream.close()
    assert WORDS not in heard
    assert f'"id":{two["theft"]}' not in heard
    assert f'"id":{two["tree"]}' in heard  # the control: it is listening
