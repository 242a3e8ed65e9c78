"""Whom to call, over HTTP: by category, owner, place and hour; and what came back before."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import text

from dispatch import responsible
from dispatch.rules.owners import By
from geo.point import Point
from geo.routing.roads import RoadRouter
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.geo.routing.drawn import Drawn, table_of

KEYS = (f"whom-test-{n}" for n in count())
WORK, NIGHT = "2026-03-02T03:00:00Z", "2026-03-02T15:00:00Z"  # Monday 10.00 and 22.00 WIB


@pytest.fixture
def room(office: Office):
    return office.client("operator1")


def ask(client, **query):
    answer = client.get("/api/whom", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def shorts(found):
    return [r["agency"]["short"] for r in found["responsible"]]


def test_without_a_question_all_posts_are_listed_open_ones_first(room):
    found = ask(room, at=NIGHT)
    opens = [c["open"] for c in found["contacts"]]
    assert len(opens) > 20
    assert opens == sorted(opens, reverse=True)
    assert [c["order"] for c in found["contacts"]] == list(range(1, len(opens) + 1))
    assert found["responsible"] == []


def test_the_owner_said_decides_and_its_post_is_called_first(room):
    assert shorts(ask(room, category="jalan", at=WORK)) == ["DPUPR"]
    found = ask(room, category="jalan", owner="jalan_provinsi", at=WORK)
    assert shorts(found) == ["DPU BMCK Jateng"]
    assert found["contacts"][0]["code"] == "dpubmck_balai"
    assert "jalan provinsi" in found["responsible"][0]["why"]
    assert {"code": "jalan_desa", "name": "jalan desa"} in found["owners"]
    assert ask(room, category="kepolisian", at=WORK)["owners"] == []


def test_the_owner_is_found_by_the_words_or_by_a_road_of_the_register(room):
    by_words = ask(room, category="jalan", q="lubang di jalan nasional", at=WORK)
    assert (by_words["owner"]["owner"], by_words["owner"]["by"]) == ("jalan_nasional", "kata")
    by_name = ask(room, category="jalan", q="lubang besar di Jln Raya Mayong dekat SPBU", at=WORK)
    assert (by_name["owner"]["owner"], by_name["owner"]["assumed"]) == ("jalan_provinsi", True)
    assert "diandaikan" in by_name["responsible"][0]["why"]
    unknown = ask(room, category="jalan", q="jalan rusak", at=WORK)
    assert unknown["owner"]["owner"] is None
    assert "pemiliknya belum diketahui" in unknown["responsible"][0]["why"]


def test_at_night_the_stand_in_takes_the_place_of_the_closed_post(room):
    def first(at):
        return ask(room, category="jalan", owner="jalan_provinsi", at=at)["contacts"][0]

    assert (first(WORK)["code"], first(WORK)["stands_in_now"]) == ("dpubmck_balai", False)
    assert (first(NIGHT)["code"], first(NIGHT)["stands_in_now"]) == ("dpubmck_aduan", True)
    contacts = ask(room, category="jalan", owner="jalan_provinsi", at=NIGHT)["contacts"]
    (closed,) = [c for c in contacts if c["code"] == "dpubmck_balai"]
    assert closed["order"] > max(c["order"] for c in contacts if c["open"])
    assert (closed["open"], closed["until"]) == (False, "2026-03-03T00:30:00+00:00")
    assert (
        ask(room, category="jalan", at=WORK)["contacts"][0]["until"] == "2026-03-02T09:00:00+00:00"
    )


def test_a_rule_of_the_hours_answers_at_night(room):
    assert shorts(ask(room, category="sosial", at=WORK)) == ["Dinsos"]
    assert shorts(ask(room, category="sosial", at=NIGHT)) == ["Damkar"]


def test_an_island_has_its_own_posts(room):
    office = {"category": "kebakaran", "at": NIGHT}
    island = [c["code"] for c in ask(room, village="33.20.10.2001", **office)["contacts"]]
    land = [c["code"] for c in ask(room, village="33.20.11.2010", **office)["contacts"]]
    assert island[0] == "kec_kjw_piket"
    assert "kec_kjw_piket" not in land


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"category": "naga"}, "category"),
        ({"village": "99.99"}, "village"),
        ({"at": "kemarin"}, "at"),
        ({"lon": "x", "lat": "1"}, "lon"),
    ],
)
def test_bad_questions_name_the_field(room, query, field):
    answer = room.get("/api/whom", query_string=query)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_an_unknown_owner_is_told_which_there_are(room):
    answer = room.get("/api/whom", query_string={"category": "jalan", "owner": "raja"})
    assert answer.status_code == 422
    assert "jalan_provinsi" in answer.get_json()["detail"]


def test_who_may_not_ask_is_refused(office):
    for login in ("pemadam", "tegalsambi"):
        assert office.client(login).get("/api/whom").status_code == 403
        assert office.client(login).get("/kontak").status_code == 403
    for login in ("pupr1", "bupati", "dispatcher1"):
        assert office.client(login).get("/kontak").status_code == 200


def test_the_class_of_the_road_at_the_pin_says_whose_it_is_where_roads_are_loaded(office):
    """One main road past the pin, a lane 300 m off: a vague pin may mean either."""
    ground, spot = office.parts.ground(), inside(office, TEGALSAMBI)
    lon, lat = spot["lon"], spot["lat"]
    main = Drawn([1, 2], [(lon - 0.01, lat), (lon + 0.01, lat)], "primary", "Jl. Lurus")
    lane = Drawn([3, 4], [(lon - 0.01, lat + 0.0027), (lon + 0.01, lat + 0.0027)], "residential")
    zone = office.parts.regency.hours.zone
    roads = RoadRouter.of(table_of([main, lane]), office.parts.regency.roads, zone)
    overland = replace(ground.router.overland, roads=roads)
    ground = replace(ground, router=replace(ground.router, overland=overland))
    pin, village = Point(**spot), ground.by_code[TEGALSAMBI]

    def decided(radius_m):
        now = datetime(2026, 3, 2, 3, tzinfo=UTC)
        return responsible.decide(ground, "jalan", village, now, pin=pin, radius_m=radius_m)

    exact, vague = decided(40), decided(400)
    assert (exact.owner.code, exact.owner.by, exact.owner.feature) == (
        "jalan_provinsi", By.ROAD, "Jl. Lurus",
    )  # fmt: skip
    assert "pemiliknya diandaikan: Jl. Lurus" in exact.choice.reason
    assert exact.choice.decided["looked_at"]["feature"] == "Jl. Lurus"
    assert vague.owner.code is None


def take(room, office, what="jalan berlubang", **more):
    body = {"what": what, "category": "jalan", "pin": inside(office, TEGALSAMBI)} | more
    answer = room.post("/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)})
    assert answer.status_code == 201
    return answer.get_json()["incident"]["id"]


def ticket(office, incident):
    with office.as_owner() as session:
        query = text(
            "SELECT t.decided, t.rule, i.owner, a.code FROM ticket AS t"
            " JOIN incident AS i ON i.id = t.incident_id JOIN agency AS a ON a.id = t.agency_id"
            " WHERE i.id = :id"
        )
        return session.execute(query, {"id": incident}).one()


def test_a_call_keeps_the_rule_that_decided_with_what_was_looked_at(office, room):
    row = ticket(office, take(room, office, "lubang di jalan provinsi"))
    assert (row.code, row.owner) == ("dpubmck", "jalan_provinsi")
    assert row.decided["rule"] == "jalan|jalan_provinsi||"
    assert row.decided["looked_at"]["by"] == "kata"
    assert len(row.decided["version"]) == 12


def test_the_operator_says_whose_it_is_and_hears_who_answers_then(office, room):
    incident = take(room, office)
    body = {"owner": "jalan_desa", "version": 1}
    answer = room.post(f"/api/incidents/{incident}/owner", json=body)
    assert answer.status_code == 200, answer.get_json()
    assert shorts(answer.get_json()) == ["Pemdes"]
    assert ticket(office, incident).owner == "jalan_desa"
    assert room.post(f"/api/incidents/{incident}/owner", json=body).status_code == 409
    wrong = room.post(f"/api/incidents/{incident}/owner", json={"owner": "raja", "version": 2})
    assert wrong.status_code == 422
    officer = office.client("pupr1").post(f"/api/incidents/{incident}/owner", json=body)
    assert officer.status_code == 403


STEP = text(
    "INSERT INTO ticket_step (ticket_id, incident_id, at, state, agency_id, actor, by_name, reason)"
    " SELECT t.id, t.incident_id, t.opened_at, :state, a.id, 'opd', 'uji', 'uji'"
    "   FROM ticket AS t, agency AS a WHERE t.incident_id = :incident AND a.code = :agency"
)


def test_what_came_back_before_is_told_before_the_next(office, room):
    cases = [take(room, office, "lubang di jalan desa") for _ in range(9)]
    with office.as_owner() as session:
        for n, incident in enumerate(cases):
            states = [("bukan_wewenang", "pemdes"), ("diterima_opd", "dpupr")]
            for state, agency in states if n < 7 else [("diterima_opd", "pemdes")]:
                values = {"state": state, "incident": incident, "agency": agency}
                session.execute(STEP, values)
    found = ask(room, category="jalan", owner="jalan_desa", at=WORK)
    assert found["warning"] == (
        "Pemdes mengembalikan 7 dari 9 aduan jalan rusak, jalan desa; biasanya ditangani DPUPR."
    )
    assert ask(room, category="jalan", owner="jalan_provinsi", at=WORK)["warning"] is None
    # An officer sees only the own tickets: figures of others are not made of them.
    assert ask(office.client("pupr1"), category="jalan", owner="jalan_desa")["warning"] is None
