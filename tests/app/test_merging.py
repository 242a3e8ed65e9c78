"""Merging over HTTP: proposals with reasons, one button, and back; who may not is refused."""

from itertools import count

import pytest
from sqlalchemy import text

from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office

KEYS = (f"merging-{n}" for n in count())


@pytest.fixture
def room(office: Office):
    with office.as_owner() as session:  # each test with cases of its own
        session.execute(text("UPDATE incident SET opened_at = opened_at - interval '400 days'"))
    return office.client("operator1")


def take(room, office, what="api besar di gudang mebel", category="kebakaran", east=0.0, **more):
    pin = inside(office, TEGALSAMBI)
    body = {"what": what, "category": category, "pin": pin | {"lon": pin["lon"] + east}} | more
    answer = room.post("/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()["incident"]


def whole(room, incident):
    return room.get(f"/api/incidents/{incident['id']}").get_json()


def merge(room, one, other, key="", **wrong):
    body = {
        "into": other["id"],
        "version": whole(room, one)["feature"]["properties"]["version"],
        "into_version": whole(room, other)["feature"]["properties"]["version"],
        "key": key or next(KEYS),
    }
    return room.post(f"/api/incidents/{one['id']}/merge", json=body | wrong)


def undo(room, done):
    version = done["from"]["properties"]["version"]
    return room.post(f"/api/merges/{done['merge']}/undo", json={"version": version})


def same(room, incident):
    return room.get(f"/api/incidents/{incident['id']}/same").get_json()


def test_a_second_report_is_proposed_with_what_speaks_for_it(office, room):
    first = take(room, office, phone="081255501234")
    second = take(
        room, office, "gudang mebel terbakar, api besar", east=0.0004, phone="081255501234"
    )
    (found,) = same(room, second)["proposals"]
    assert found["incident"]["id"] == first["id"]
    assert found["p"] > 0.9
    assert {r["code"] for r in found["reasons"]} == {"tempat", "waktu", "jenis", "kata", "pelapor"}
    assert sum(r["weight"] for r in found["reasons"]) > 5
    assert "0812" not in str(same(room, second))


def test_the_console_is_told_of_it_before_the_call_is_saved(office, room):
    first = take(room, office)
    pin = inside(office, TEGALSAMBI)
    near = room.get(
        "/api/incidents/near",
        query_string={"lon": pin["lon"], "lat": pin["lat"], "category": "kebakaran"},
    ).get_json()["incidents"]
    assert near[0]["feature"]["id"] == first["id"]
    assert near[0]["why"].startswith("0 m, selang kurang dari semenit, sama-sama kebakaran")
    assert near[0]["score"] > 0.9


def test_merged_and_parted_again_the_case_stands_as_it_stood(office, room):
    first, second = take(room, office), take(room, office, east=0.0003)
    before = whole(room, second)
    done = merge(room, second, first).get_json()
    assert done["from"]["properties"]["state"] == "ditutup"
    assert [m["incident"] for m in same(room, first)["merged"]] == [second["id"]]
    assert same(room, second)["into"] == {"merge": done["merge"], "incident": first["id"]}
    assert len(whole(room, first)["calls"]) == 2  # each caller is kept

    parted = undo(room, done).get_json()
    after = whole(room, second)
    assert parted["from"]["properties"]["version"] == before["feature"]["properties"]["version"] + 2
    for now, then in ((after["feature"], before["feature"]), (after["tickets"], before["tickets"])):
        assert str(now).replace("'version': 3", "'version': 1") == str(then)
    assert same(room, first)["merged"] == []
    assert undo(room, parted).status_code == 409


def test_the_same_key_gives_the_same_answer(office, room):
    first, second = take(room, office), take(room, office, east=0.0003)
    versions = {"version": 1, "into_version": 1}
    once = merge(room, second, first, key="sekali", **versions)
    again = merge(room, second, first, key="sekali", **versions)
    assert (once.status_code, again.status_code) == (200, 200)
    assert once.get_json()["merge"] == again.get_json()["merge"]


def test_agencies_that_only_the_merged_case_has_are_named(office, room):
    fire = take(room, office)
    flood = take(room, office, "air naik", "banjir", east=0.0003)
    done = merge(room, flood, fire).get_json()
    assert [a["code"] for a in done["lacking"]] == ["bpbd"]
    assert undo(room, done).status_code == 200


def test_words_of_a_merged_report_reach_an_officer_only_where_the_case_did(office, room):
    """A merge tells no agency more than it knew: how many reports there are, not their words."""
    fire = take(room, office, "api di dapur")
    flood = take(room, office, "air naik di belakang rumah", "banjir", east=0.0003)
    done = merge(room, flood, fire).get_json()
    told = {login: calls_of(office, login, fire) for login in ("operator1", "damkar1")}
    assert told["operator1"] == ["api di dapur", "air naik di belakang rumah"]
    assert told["damkar1"] == ["api di dapur"]
    listed = office.client("damkar1").get(f"/api/tickets?q=%23{fire['id']}").get_json()["tickets"]
    assert [t["reports"] for t in listed if t["incident"] == fire["id"]] == [2]
    assert undo(room, done).status_code == 200


def calls_of(office, login, incident):
    file = office.client(login).get(f"/api/incidents/{incident['id']}").get_json()
    return [call["what"] for call in file["calls"]]


def test_refusals_are_sentences_and_nothing_changes(office, room):
    first, second = take(room, office), take(room, office, east=0.0003)
    secret = take(room, office, "sesak napas", "kesehatan")
    for answer, kind, words in (
        (merge(room, first, first), "MergedInCircle", "dirinya sendiri"),
        (merge(room, first, secret), "OtherGroup", "kelompok"),
        (merge(room, first, second, version=77), "ChangedMeanwhile", ""),
    ):
        assert answer.status_code == 409
        assert answer.get_json()["type"] == kind
        assert words in answer.get_json()["detail"]
    for body, field in (
        ({"into": "x", "version": 1, "into_version": 1}, "into"),
        ({"into": second["id"], "version": 1}, "into_version"),
        ({"into": second["id"], "version": 1, "into_version": 1, "extra": 1}, "extra"),
    ):
        answer = room.post(f"/api/incidents/{first['id']}/merge", json=body)
        assert (answer.status_code, answer.get_json()["field"]) == (422, field)
    assert merge(room, first, {"id": second["id"]}, into=2**61).status_code == 404
    assert whole(room, first)["feature"]["properties"]["state"] == "baru"


def test_only_the_room_merges(office, room):
    first, second = take(room, office), take(room, office, east=0.0003)
    for login in ("damkar1", "bupati", "pemadam"):
        client = office.client(login)
        assert client.get(f"/api/incidents/{first['id']}/same").status_code == 403
        body = {"into": second["id"], "version": 1, "into_version": 1}
        assert client.post(f"/api/incidents/{first['id']}/merge", json=body).status_code == 403
        assert client.post("/api/merges/1/undo", json={"version": 1}).status_code == 403


def test_a_sensitive_case_is_compared_with_none_outside_its_group(office, room):
    fire, secret = take(room, office), take(room, office, "sesak", "kesehatan", east=0.0002)
    assert same(room, secret)["proposals"] == []
    assert secret["id"] not in [p["incident"]["id"] for p in same(room, fire)["proposals"]]


def test_a_place_that_gets_sharper_is_proposed_and_not_set(office, room):
    vague = take(room, office, location={"text": "", "radius_m": 800})
    exact = take(room, office, east=0.002, location={"text": "", "radius_m": 30})
    (found,) = same(room, exact)["proposals"]
    assert found["place"]["radius_m"] < 150
    assert found["place"]["moved_m"] > 150
    pin = whole(room, vague)["feature"]["geometry"]
    merge(room, exact, vague)
    assert whole(room, vague)["feature"]["geometry"] == pin
