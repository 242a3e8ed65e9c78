"""Doubt in the API: who is told what of it, the worklist, and a finder that fails."""

import logging
import time
from dataclasses import replace

import pytest

from app import channel
from dispatch import log
from dispatch.ground import Ground
from dispatch.scope import HUB
from geo.point import Point
from geo.uncertainty.shore import SeaEdge
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office

KEYS = iter(f"doubt-api-{n:06d}" for n in range(1000))


class Broken:
    """A finder with a bug, whose message holds the words that it was given."""

    def locate(self, *given: object, **__: object) -> None:
        raise KeyError(given)

    weigh = heard = locate


@pytest.fixture
def broken(office: Office):
    """The office with that finder, for one test."""
    ground = office.parts.ground()
    office.parts._ground = replace(ground, finder=Broken())  # type: ignore[arg-type]
    yield office
    office.parts._ground = ground


def take(office, login="operator1", **body):
    headers = {"Idempotency-Key": next(KEYS)}
    answer = office.client(login).post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def feature(office, login, number):
    path = f"/api/incidents/{number}"
    return office.client(login).get(path).get_json()["feature"]["properties"]


def test_a_finder_that_fails_costs_the_doubt_and_not_the_call(broken: Office, caplog):
    with caplog.at_level(logging.ERROR):
        pinned = take(broken, where="desa kenari", pin=inside(broken, PANGGANG))
        chosen = take(broken, where="di sana", said_village=TEGALSAMBI)
        nothing = take(broken, where="di sana", location={"text": "di sana", "key": "x"})
    told = pinned["incident"]["properties"]
    assert told["village"]["code"] == PANGGANG
    assert (told["doubt"], told["location"], told["contradictions"]) == (0, None, [])
    assert chosen["incident"]["properties"]["village"]["code"] == TEGALSAMBI
    assert nothing["incident"]["properties"]["doubt"] == 1
    assert "the place finder failed: KeyError" in caplog.text
    assert "kenari" not in caplog.text, "the words of a caller stand in no log"


def test_a_finder_that_fails_stops_no_other_work_on_a_place(broken: Office):
    client = broken.client("operator1")
    number = take(broken, where="x", pin=inside(broken, PANGGANG))["incident"]["id"]
    moved = inside(broken, TEGALSAMBI) | {"version": 1}
    assert client.post(f"/api/incidents/{number}/pin", json=moved).status_code == 200
    place = f"/api/incidents/{number}/place"
    assert client.post(place, json={"version": 2, "key": "x"}).status_code == 200
    assert client.post(place, json={"version": 3}).status_code == 200
    assert client.get("/api/places?q=pasar").get_json()["candidates"] == []
    assert client.post("/api/places/weigh", json={"text": "pasar"}).status_code == 200


def test_the_worklist_begins_with_the_urgent_and_doubtful(office: Office):
    vague = {"where": "di sana itu"}
    low = take(office, **vague, category="jalan")["incident"]
    high = take(office, **vague, category="kebakaran", life_at_risk=True)["incident"]
    sure = take(office, where="", pin=inside(office, PANGGANG))["incident"]
    assert high["properties"]["priority"] < low["properties"]["priority"]
    listed = office.client("dispatcher1").get("/api/incidents?unsure=1").get_json()["features"]
    ids = [one["id"] for one in listed]
    assert ids.index(high["id"]) < ids.index(low["id"])
    assert sure["id"] not in ids
    weights = [(5 - f["properties"]["priority"]) * f["properties"]["doubt"] for f in listed]
    assert weights == sorted(weights, reverse=True)
    assert office.client("dispatcher1").get("/api/incidents").status_code == 422
    assert office.client("bupati").get("/api/incidents?unsure=1").status_code == 403


def test_a_closed_case_leaves_the_worklist(office: Office):
    client = office.client("operator1")
    number = take(office, where="di sana itu")["incident"]["id"]
    body = {"outcome": "tidak ditemukan", "version": 1}
    assert client.post(f"/api/incidents/{number}/close", json=body).status_code == 200
    listed = client.get("/api/incidents?unsure=1").get_json()["features"]
    assert number not in [one["id"] for one in listed]


def test_words_and_shape_of_a_place_are_for_who_needs_them(office: Office):
    taken = take(office, where="desa Tegalsambi", category="jalan", pin=inside(office, PANGGANG))
    number = taken["incident"]["id"]
    full = feature(office, "dispatcher1", number)
    assert full["location"]["shape"]
    assert full["contradictions"]
    officer = feature(office, "pupr1", number)
    assert officer["location"].keys() == {"radius_m", "villages", "sea", "outside", "shape"}
    leader = feature(office, "bupati", number)
    assert leader["doubt"] == full["doubt"]
    assert leader.keys().isdisjoint({"location", "contradictions"})
    shown = office.client("panggang").get("/api/board").get_json()["incidents"]["features"]
    own = next(one["properties"] for one in shown if one["id"] == number)
    assert own["chance"] == full["village_p"]
    assert own.keys().isdisjoint({"location", "contradictions", "place"})


def test_a_repeated_request_gets_the_same_doubt_again(office: Office):
    body = {"where": "desa Tegalsambi", "pin": inside(office, PANGGANG)}
    headers = {"Idempotency-Key": "the-same-doubt"}
    client = office.client("operator1")
    first = client.post("/api/calls", json=body, headers=headers)
    again = client.post("/api/calls", json=body, headers=headers)
    assert first.get_json() == again.get_json()
    other = body | {"location": {"text": "desa Panggang"}}
    assert client.post("/api/calls", json=other, headers=headers).status_code == 422


def test_the_place_route_confirms_or_weighs_but_not_both(office: Office):
    number = take(office, where="di sana itu")["incident"]["id"]
    both = {"version": 1, "village": PANGGANG, "answers": [["desa", "1"]]}
    answer = office.client("operator1").post(f"/api/incidents/{number}/place", json=both)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "village")
    for login in ("tegalsambi", "damkar1", "bupati"):
        refused = office.client(login).post(f"/api/incidents/{number}/place", json={"version": 1})
        assert refused.status_code == 403
    unknown = office.client("operator1").post("/api/incidents/99999/place", json={"version": 1})
    assert unknown.status_code == 404


def test_an_answer_that_nobody_asked_for_is_left_out_and_the_rest_counts(office: Office):
    pin = inside(office, PANGGANG)
    plain = take(office, where="x", pin=pin)["incident"]["properties"]
    odd = take(office, where="x", pin=pin, location={"answers": [["apa", "itu"], ["", ""]]})
    assert odd["incident"]["properties"]["village_p"] == plain["village_p"]
    path = f"/api/incidents/{odd['incident']['id']}/place"
    body = {"version": 1, "answers": [["desa:x|y", "x"]]}
    after = office.client("operator1").post(path, json=body)
    assert after.get_json()["properties"]["village_p"] == plain["village_p"]


def test_a_chosen_place_counts_by_itself_and_not_by_its_middle(office: Office):
    operator = office.client("operator1")
    best = operator.get("/api/places?q=desa tegalsambi").get_json()["candidates"][0]
    taken = take(
        office,
        where="desa tegalsambi",
        pin={"lon": best["lon"], "lat": best["lat"]},
        pinned_by="tempat",
        location={"text": "desa tegalsambi", "key": best["key"]},
    )["incident"]["properties"]
    assert taken["location"]["label"] == best["label"]
    assert taken["location"]["by"] == "tempat"
    assert taken["village_p"] == pytest.approx(best["villages"][0]["p"], abs=0.02)


def test_a_place_chosen_after_the_save_brings_its_middle_along(office: Office):
    operator = office.client("operator1")
    taken = take(office, where="desa tegalsambi")["incident"]
    best = operator.get("/api/places?q=desa tegalsambi").get_json()["candidates"][0]
    path = f"/api/incidents/{taken['id']}/place"
    after = operator.post(path, json={"version": 1, "key": best["key"]}).get_json()
    assert after["geometry"]["coordinates"] == pytest.approx([best["lon"], best["lat"]])
    assert after["properties"]["village"]["code"] == TEGALSAMBI


def test_the_board_leaves_shapes_to_the_single_case(office: Office):
    number = take(office, where="x", pin=inside(office, PANGGANG))["incident"]["id"]
    shown = office.client("operator1").get("/api/board").get_json()["incidents"]["features"]
    kept = next(one["properties"]["location"] for one in shown if one["id"] == number)
    assert kept["shape"] is None
    assert kept["villages"]


def test_other_places_are_read_anew_without_telling_the_screens(office: Office, monkeypatch):
    monkeypatch.setattr(channel, "KEEP_ALIVE_S", 0.2)
    client, before = office.client("operator1"), office.parts.ground()
    stream = client.get(f"/api/events?after={client.get('/api/board').get_json()['cursor']}")
    next(stream.response)
    with office.as_owner() as session:
        log.record(session, "places.changed", source="uji")
    heard = b""
    for _ in range(50):
        heard += next(stream.response)
        if office.parts.ground() is not before:
            break
    stream.close()
    assert office.parts.ground() is not before
    assert office.parts.ground().locator.edition_id == before.locator.edition_id
    assert b"resync" not in heard
    assert b"event: edition" not in heard


def test_the_hub_reads_a_learned_name_and_leaves_the_villages(office: Office):
    client, before = office.client("operator1"), office.parts.ground()
    stream = client.get(f"/api/events?after={client.get('/api/board').get_json()['cursor']}")
    next(stream.response)
    with office.as_owner() as session:
        log.record(session, "place.learned", village=PANGGANG)
    deadline = time.monotonic() + 20
    while office.parts.ground() is before and time.monotonic() < deadline:
        time.sleep(0.05)
    stream.close()
    assert office.parts.ground() is not before
    assert office.parts.ground().locator is before.locator


def test_a_coast_that_does_not_fit_costs_the_sea_and_not_the_service(office: Office, caplog):
    far = SeaEdge(
        border_ends=(Point(lon=95.0, lat=5.0), Point(lon=95.0, lat=5.0)),
        open_water=Point(lon=95.0, lat=6.0),
    )
    regency = replace(office.parts.regency, sea=far)
    with office.parts.transaction(HUB) as session:
        ground = Ground.read(session, regency)
    assert ground.finder.heard("desa Tegalsambi").villages[0].code == TEGALSAMBI
    assert "[sea] does not fit" in caplog.text


def test_who_lost_the_line_meanwhile_need_not_read_all_anew(office: Office):
    client = office.client("operator1")
    cursor = client.get("/api/board").get_json()["cursor"]
    with office.as_owner() as session:
        log.record(session, "places.changed", source="uji")
    with client.get(f"/api/events?after={cursor}") as stream:
        assert b"resync" not in next(stream.response)


def test_a_call_from_another_regency_is_taken_and_contradicts_nothing(office: Office):
    said = {"text": "alun-alun kudus", "outside": "Kabupaten Kudus"}
    taken = take(office, where="alun-alun kudus", location=said)
    told = taken["incident"]["properties"]
    assert (told["outside"], told["village"], told["doubt"]) == (True, None, 0)
    assert told["location"]["away"] == "Kabupaten Kudus"
    assert told["contradictions"] == []
    assert taken["warnings"]


def test_a_pin_in_a_village_comes_before_another_regency(office: Office):
    said = {"text": "alun-alun kudus", "outside": "Kabupaten Kudus"}
    taken = take(office, where="alun-alun kudus", location=said, pin=inside(office, PANGGANG))
    told = taken["incident"]["properties"]
    assert (told["outside"], told["village"]["code"]) == (False, PANGGANG)
    assert [one["code"] for one in told["contradictions"]] == ["kata_luar_wilayah"]


def test_coordinates_far_off_ask_nothing_and_contradict_nothing(office: Office):
    body = {"text": "-6.98, 110.42"}
    client = office.client("operator1")
    weighed = client.post("/api/places/weigh", json=body).get_json()
    assert weighed["outside"] + weighed["sea"] > 0.9
    assert (weighed["question"], weighed["contradictions"]) == (None, [])


def test_a_place_chosen_from_half_a_word_keeps_its_doubt(office: Office):
    client = office.client("operator1")
    found = client.get("/api/places?q=tahu").get_json()["candidates"]
    wide = next(one for one in found if one["kind"] == "kecamatan")
    told = take(
        office,
        where="tahu",
        pin={"lon": wide["lon"], "lat": wide["lat"]},
        pinned_by="tempat",
        location={"text": "tahu", "key": wide["key"], "radius_m": wide["radius_m"]},
    )["incident"]["properties"]
    assert told["doubt"] > 0.3
    assert told["location"]["label"] == wide["label"]


def test_a_chosen_place_that_nobody_knows_any_more_is_as_wide_as_it_was(office: Office):
    pin = inside(office, PANGGANG)
    said = {"text": "toko luar", "key": "Nominatim:n1", "radius_m": 5000}
    wide = take(office, where="toko luar", pin=pin, pinned_by="tempat", location=said)
    assert wide["incident"]["properties"]["doubt"] > 0.3


def test_answers_without_end_refuse_no_call(office: Office):
    asked = [[f"desa:{PANGGANG}|{TEGALSAMBI}", "tidak-tahu"]] * 60
    said = {"text": "x" * 400 + "🔥", "answers": asked}
    assert take(office, where="di sana", location=said)["call"]


def test_the_same_answer_counts_once(office: Office):
    client = office.client("operator1")
    pin = inside(office, PANGGANG)
    body = {"pin": pin, "radius_m": 900}
    question = client.post("/api/places/weigh", json=body).get_json()["question"]
    answer = [question["key"], question["options"][0]["key"]]
    once = client.post("/api/places/weigh", json=body | {"answers": [answer]}).get_json()
    thrice = client.post("/api/places/weigh", json=body | {"answers": [answer] * 3}).get_json()
    assert once["villages"] == thrice["villages"]


def test_who_knows_nothing_three_times_is_not_asked_again(office: Office):
    client = office.client("operator1")
    body = {"text": "pecangaan", "answers": []}
    for _ in range(3):
        question = client.post("/api/places/weigh", json=body).get_json()["question"]
        if question is None:
            break
        body["answers"].append([question["key"], "tidak-tahu"])
    assert client.post("/api/places/weigh", json=body).get_json()["question"] is None


def test_a_free_word_is_no_regency(office: Office):
    said = {"text": "di sana", "outside": "Pak Contoh 0812"}
    told = take(office, where="di sana", location=said)["incident"]["properties"]
    assert told["location"]["away"] == "luar wilayah"
