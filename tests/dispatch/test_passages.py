"""Ferries and the sea are opened and closed by the control room, and every way follows."""

import numpy as np
import pytest
from flask.testing import FlaskClient

from dispatch import passages
from dispatch.errors import Unknown
from geo.point import Point
from geo.routing import Leg, NoRoute, Start
from tests.world import NOON, World

HARBOUR = Point(lon=110.6464, lat=-6.5894)
KARIMUNJAWA = Point(lon=110.43317, lat=-5.87917)
FERRY, SEA = "feri-karimunjawa", "laut"


@pytest.fixture
def dispatcher(world: World) -> FlaskClient:
    return world.client("dispatcher1")


def close(client: FlaskClient, code: str, note: str) -> None:
    answer = client.post(f"/api/passages/{code}", json={"open": False, "note": note})
    assert answer.status_code == 200, answer.get_data(as_text=True)


def test_all_passages_are_listed_with_when_they_sail(shared_world: World):
    client = shared_world.client("dispatcher1")
    rows = {p["code"]: p for p in client.get("/api/passages").json["passages"]}
    assert rows[SEA]["kind"] == "laut"
    assert rows[FERRY]["kind"] == "feri"
    assert rows[FERRY]["open"] is True
    assert rows[FERRY]["when"].startswith("Sen Rab Jum Sab 07.00 · kembali Sel")
    assert rows[FERRY]["changed_at"] is None


def test_what_is_closed_says_by_whom_and_why(dispatcher: FlaskClient):
    close(dispatcher, FERRY, "ombak 2,5 m")
    row = {p["code"]: p for p in dispatcher.get("/api/passages").json["passages"]}[FERRY]
    assert (row["open"], row["note"], row["by"]) == (False, "ombak 2,5 m", "Danang Wicaksono")
    answer = dispatcher.post(f"/api/passages/{FERRY}", json={"open": True})
    again = {p["code"]: p for p in answer.json["passages"]}[FERRY]
    assert (again["open"], again["note"]) == (True, "")


def test_a_closed_ferry_has_no_route_from_then_on(world: World, dispatcher: FlaskClient):
    car = Start(HARBOUR, "ambulans")
    open_leg = world.parts.router.legs([car], KARIMUNJAWA, NOON)[0]
    assert isinstance(open_leg, Leg)
    assert open_leg.by_ferry == ("Feri Jepara–Karimunjawa",)
    close(dispatcher, FERRY, "ombak 2,5 m")
    world.parts.read_ways()  # as the hub does when it reads the log
    shut = world.parts.router.legs([car], KARIMUNJAWA, NOON)[0]
    assert shut == NoRoute("Feri Jepara–Karimunjawa ditutup: ombak 2,5 m")
    assert np.isnan(world.parts.router.times([car], [KARIMUNJAWA], NOON)[0, 0])


def test_a_closed_sea_keeps_the_boats_in(world: World, dispatcher: FlaskClient):
    boat = Start(HARBOUR, "perahu", by_sea=True)
    leg = world.parts.router.legs([boat], KARIMUNJAWA, NOON)[0]
    assert isinstance(leg, Leg)
    assert leg.basis == "laut"
    assert 80_000 < leg.distance_m < 95_000  # 82 km in a straight line
    close(dispatcher, SEA, "ombak 2,5 m")
    world.parts.read_ways()
    shut = world.parts.router.legs([boat], KARIMUNJAWA, NOON)[0]
    assert shut == NoRoute("laut ditutup: ombak 2,5 m")


def test_the_log_tells_every_worker(world: World, dispatcher: FlaskClient):
    close(dispatcher, FERRY, "")
    with world.as_owner() as session:
        kinds = session.connection().exec_driver_sql(
            "SELECT facts->>'code' FROM log_entry WHERE kind = 'passage.changed'"
        )
        assert kinds.scalars().all() == [FERRY]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("feri-entah", {"open": False}, 404),
        (FERRY, {"open": "tidak"}, 422),
        (FERRY, {}, 422),
        (FERRY, {"open": False, "note": "x" * 300}, 422),
        (FERRY, {"open": False, "why": "x"}, 422),
    ],
)
def test_what_cannot_be_meant_is_refused(
    shared_world: World, path: str, body: dict[str, object], status: int
):
    dispatcher = shared_world.client("dispatcher1")
    answer = dispatcher.post(f"/api/passages/{path}", json=body)
    assert answer.status_code in (status, 400 if status == 422 else status)
    rows = dispatcher.get("/api/passages").json["passages"]
    assert all(row["open"] for row in rows)


def test_a_crew_closes_no_ferry(shared_world: World):
    answer = shared_world.client("ambulans").post(f"/api/passages/{FERRY}", json={"open": False})
    assert answer.status_code == 403


def test_an_unknown_passage_is_named(shared_world: World):
    with shared_world.as_owner() as session:
        regency = shared_world.parts.regency
        with pytest.raises(Unknown, match="entah"):
            passages.set_passage(session, regency, "entah", False, "", NOON)
