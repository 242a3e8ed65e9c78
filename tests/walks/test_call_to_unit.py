"""The whole way through HTTP: a call becomes an incident, a village, a ticket, a unit, an event."""

import json

from tests.world import World

PASAR = {"lon": 110.7146, "lat": -6.6957}


def call(**more):
    return {"where": "pasar pecangaan", "what": "warung terbakar", "category": "kebakaran"} | more


def key(n):
    return {"Idempotency-Key": f"test-key-{n:04d}"}


def test_a_call_becomes_an_incident_with_a_unit(world: World):
    operator, dispatcher = world.client("operator1"), world.client("dispatcher1")
    taken = operator.post("/api/calls", json=call(pin=PASAR), headers=key(1))
    assert taken.status_code == 201, taken.get_data(as_text=True)
    incident = taken.get_json()["incident"]
    assert incident["properties"]["village"]["district"] == "Pecangaan"
    assert incident["properties"]["agencies"]
    assert taken.get_json()["placement"]["status"] == "terbitan"

    path = f"/api/incidents/{incident['id']}"
    found = dispatcher.get(f"{path}/suggestions").get_json()
    best = found["units"][0]
    assert not best["lacks"]
    assert best["travel_s"] <= found["units"][1]["travel_s"]
    assert "garis lurus" in found["basis"]

    sent = dispatcher.post(f"{path}/assignments", json={"unit": best["unit"]})
    assert sent.status_code == 201
    assert sent.get_json()["incident"]["properties"]["state"] == "ditugaskan"

    refused = world.client("dispatcher2").post(f"{path}/assignments", json={"unit": best["unit"]})
    assert refused.status_code == 409
    problem = refused.get_json()
    assert problem["type"] == "UnitTaken"
    assert problem["by"] == sent_by(dispatcher, path)


def sent_by(client, path):
    return client.get(path).get_json()["assignments"][0]["sent_by"]


def test_the_same_key_gets_the_same_answer_and_makes_one_incident(world: World):
    operator = world.client("operator1")
    first = operator.post("/api/calls", json=call(pin=PASAR), headers=key(1))
    again = operator.post("/api/calls", json=call(pin=PASAR), headers=key(1))
    assert again.status_code == 201
    assert json.loads(again.data) == json.loads(first.data)
    assert again.headers["Idempotent-Replay"] == "true"
    other = operator.post("/api/calls", json=call(what="lain"), headers=key(1))
    assert other.status_code == 422
    assert other.get_json()["type"] == "KeyReused"
    assert operator.get("/api/board").get_json()["counts"]["open"] == 1


def test_a_call_without_a_place_opens_an_unpinned_incident(world: World):
    operator = world.client("operator1")
    taken = operator.post("/api/calls", json={"what": "tolong"}, headers=key(1)).get_json()
    assert taken["incident"]["geometry"] is None
    assert taken["incident"]["properties"]["category"] == "lainnya"
    assert "belum_berpin" in taken["warnings"]
    number = taken["incident"]["id"]
    pinned = operator.post(f"/api/incidents/{number}/pin", json={**PASAR, "version": 1})
    assert pinned.get_json()["properties"]["village"]["district"] == "Pecangaan"
    late = operator.post(f"/api/incidents/{number}/pin", json={**PASAR, "version": 1})
    assert late.status_code == 409


def test_a_pin_outside_the_regency_is_taken_and_flagged(world: World):
    operator = world.client("operator1")
    kudus = {"lon": 110.84, "lat": -6.805}
    taken = operator.post("/api/calls", json=call(pin=kudus), headers=key(1)).get_json()
    assert taken["incident"]["properties"]["outside"] is True
    assert taken["incident"]["properties"]["village"] is None
    assert "luar_wilayah" in taken["warnings"]


def test_an_island_gets_its_own_units_before_those_that_take_the_ferry(world: World):
    dispatcher = world.client("dispatcher1")
    karimun = {"lon": 110.4332, "lat": -5.8792}
    taken = dispatcher.post(
        "/api/calls", json=call(category="kesehatan", pin=karimun), headers=key(1)
    ).get_json()
    found = dispatcher.get(f"/api/incidents/{taken['incident']['id']}/suggestions").get_json()
    best, *others = found["units"]
    assert (best["distance_m"] < 40_000, best["by_ferry"]) == (True, []), "of the island"
    mainland = [unit for unit in others if unit["by_ferry"]]
    assert mainland, "the mainland's ambulances, by the next ferry"
    assert all(best["travel_s"] < unit["travel_s"] for unit in mainland)
    assert all(unit["basis"] == "laut" for unit in found["by_sea"])


def test_the_bell_reaches_a_stream_and_a_gap_is_caught_up(world: World):
    operator, watcher = world.client("operator1"), world.client("dispatcher1")
    cursor = watcher.get("/api/board").get_json()["cursor"]
    taken = operator.post("/api/calls", json=call(pin=PASAR), headers=key(1)).get_json()
    with watcher.get(f"/api/events?after={cursor}") as stream:
        # A tick may come first, and the counts of a village apart from what changed them.
        said = ""
        while not {"incident", "load"} <= dict(parsed(said)).keys():
            said += next(stream.response).decode()
            assert said.count("event: ") < 20, said
    told = dict(parsed(said))
    assert told["incident"]["id"] == taken["incident"]["id"]
    assert taken["incident"]["properties"]["village"]["code"] in told["load"]
    assert "id: " in said, "a screen can read on from here"


def parsed(heard):
    """(event, data) of each message."""
    for message in heard.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in message.splitlines())
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


def test_reinforcement_can_be_sent_after_the_first_arrival(world: World):
    dispatcher = world.client("dispatcher1")
    taken = dispatcher.post("/api/calls", json=call(pin=PASAR), headers=key(1)).get_json()
    path = f"/api/incidents/{taken['incident']['id']}"
    first, second = dispatcher.get(f"{path}/suggestions").get_json()["units"][:2]
    sent = dispatcher.post(f"{path}/assignments", json={"unit": first["unit"]}).get_json()
    for state in ("diterima", "berangkat", "tiba"):
        moved = dispatcher.post(
            f"/api/assignments/{sent['assignment']}/state", json={"state": state}
        )
    assert moved.get_json()["incident"]["properties"]["state"] == "di_lokasi"
    more = dispatcher.post(f"{path}/assignments", json={"unit": second["unit"]})
    assert more.status_code == 201
    assert more.get_json()["incident"]["properties"]["state"] == "di_lokasi"
    closed = dispatcher.post(
        f"{path}/close",
        json={"outcome": "padam", "version": more.get_json()["incident"]["properties"]["version"]},
    )
    assert closed.get_json()["properties"]["units"] == []
    ends = dispatcher.get(path).get_json()["assignments"]
    assert [a["state"] for a in ends] == ["selesai", "dibatalkan"], "done; called back"
    late = dispatcher.post(f"{path}/assignments", json={"unit": first["unit"]})
    assert late.get_json()["type"] == "IllegalMove"
