"""Words of one village, a pin in another: warned of, worked off; and the border's two heads."""

from datetime import UTC, datetime

import pytest

from dispatch import load
from dispatch.scope import Scope
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.world import World

UNSURE = "/api/incidents?unsure=1"
KEYS = iter(f"doubtful-place-{n:04d}" for n in range(1000))


def take(client, **body):
    answer = client.post("/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def worklist(client):
    return [feature["id"] for feature in client.get(UNSURE).get_json()["features"]]


def test_words_and_pin_of_two_villages_are_taken_warned_of_and_settled_by_a_person(world: World):
    operator = world.client("operator1")
    pin = inside(world, PANGGANG)
    taken = take(operator, where="desa Tegalsambi", what="kebakaran", pin=pin)
    number = taken["incident"]["id"]
    assert taken["incident"]["properties"]["village"]["code"] == PANGGANG, "the pin counts"
    assert "kata_bukan_pin" in taken["warnings"]
    sentence = taken["contradictions"][0]["text"]
    assert "Panggang" in sentence
    assert "Tegalsambi" in sentence
    assert worklist(operator) == [number]

    dispatcher = world.client("dispatcher1")
    path = f"/api/incidents/{number}/place"
    late = dispatcher.post(path, json={"version": 0})
    assert late.get_json()["type"] == "ChangedMeanwhile"
    settled = dispatcher.post(path, json={"version": 1}).get_json()["properties"]
    assert (settled["doubt"], settled["village_p"], settled["contradictions"]) == (0, 1, [])
    assert settled["location"]["confirmed"] is True
    assert worklist(operator) == []
    history = dispatcher.get(f"/api/incidents/{number}").get_json()["timeline"]
    assert "incident.place_confirmed" in [step["kind"] for step in history]


def test_a_pin_moved_by_hand_to_where_the_words_say_leaves_the_worklist(world: World):
    operator = world.client("operator1")
    taken = take(operator, where="desa Tegalsambi", pin=inside(world, PANGGANG))
    number = taken["incident"]["id"]
    moved = inside(world, TEGALSAMBI) | {"version": 1}
    feature = operator.post(f"/api/incidents/{number}/pin", json=moved).get_json()
    assert feature["properties"]["village"]["code"] == TEGALSAMBI
    assert feature["properties"]["contradictions"] == []
    assert worklist(operator) == []
    said = operator.get(f"/api/incidents/{number}").get_json()["calls"][0]["where"]
    assert said == "desa Tegalsambi", "the caller's words stay as they were said"


def test_a_chosen_village_that_the_pin_is_not_in_is_named(world: World):
    pin = inside(world, PANGGANG)
    taken = take(world.client("operator1"), what="x", pin=pin, said_village=TEGALSAMBI)
    assert "pin_bukan_desa_disebut" in taken["warnings"]
    assert "Tegalsambi" in taken["contradictions"][0]["text"]
    assert "Tegalsambi" in taken["contradictions"][0]["text_en"]


def test_another_regency_named_is_told_beside_a_pin_of_ours(world: World):
    pin = inside(world, PANGGANG)
    taken = take(world.client("operator1"), where="alun-alun Kudus, Kabupaten Kudus", pin=pin)
    assert "kata_luar_wilayah" in taken["warnings"]
    assert "Kudus" in taken["contradictions"][0]["text"]


def test_a_village_that_a_pin_is_far_from_cannot_be_confirmed(world: World):
    operator = world.client("operator1")
    taken = take(operator, where="desa Tegalsambi", pin=inside(world, PANGGANG))
    path = f"/api/incidents/{taken['incident']['id']}/place"
    refused = operator.post(path, json={"version": 1, "village": TEGALSAMBI})
    assert (refused.status_code, refused.get_json()["type"]) == (409, "PinElsewhere")
    unknown = operator.post(path, json={"version": 1, "village": "99.99.99.9999"})
    assert (unknown.status_code, unknown.get_json()["type"]) == (422, "NoSuchVillage")


def test_words_without_a_pin_bring_the_incident_to_their_village(world: World):
    operator = world.client("operator1")
    taken = take(operator, where="desa Tegalsambi", what="kebakaran")["incident"]
    assert taken["geometry"] is None
    assert taken["properties"]["village"]["code"] == TEGALSAMBI
    assert taken["properties"]["location"]["by"] == "desa"
    nowhere = take(operator, where="di sana itu lho", what="tolong")["incident"]
    assert nowhere["properties"]["village"] is None
    assert nowhere["properties"]["doubt"] == 1
    assert nowhere["id"] in worklist(operator)


@pytest.fixture
def across(world: World) -> tuple[dict[str, float], str]:
    """A pin a few metres beyond the border of Tegalsambi, and the code of the village there."""
    locator, start = world.parts.ground().locator, inside(world, TEGALSAMBI)
    for east, north in ((1, 0), (0, 1), (0, -1), (-1, 0)):
        for step in range(2000):
            lon, lat = (start["lon"] + east * step * 5e-5, start["lat"] + north * step * 5e-5)
            village = locator.village_at(lon, lat)
            if village is None:
                break  # the sea
            if village.code != TEGALSAMBI:
                return {"lon": lon, "lat": lat}, village.code
    pytest.fail("Tegalsambi has no neighbour")


def test_near_a_border_both_village_heads_are_told_and_it_is_counted_once(world: World, across):
    pin, there = across
    operator, head = world.client("operator1"), world.client("tegalsambi")
    cursor = head.get("/api/board").get_json()["cursor"]
    taken = take(
        operator, where="di pinggir jalan", what="pohon tumbang", category="pohon_tumbang", pin=pin
    )["incident"]
    assert taken["properties"]["village"]["code"] == there
    also = [village["code"] for village in taken["properties"]["also_villages"]]
    assert TEGALSAMBI in also

    shown = head.get("/api/board").get_json()
    told = shown["incidents"]["features"][0]["properties"]
    assert told["village"]["code"] == there
    assert 0 < told["chance"] < 1
    assert told.keys().isdisjoint({"place", "location", "contradictions"})
    assert (shown["counts"]["open"], shown["counts"]["maybe"]) == (0, 1)
    assert shown["load"] == {}
    assert head.get("/api/load").get_json()["villages"] == {}
    with head.get(f"/api/events?after={cursor}") as stream:
        # Other tests share the cluster: their open transactions hold the log back, and a tick
        # may come first.
        said = (next(stream.response).decode() for _ in range(5))
        heard = next((words for words in said if f'"id":{taken["id"]}' in words), "")
    assert heard
    assert '"chance"' in heard
    assert "event: load" not in heard

    with world.as_scope(Scope("village_head", village_code=there)) as session:
        counted = load.load(session, datetime.now(UTC))
        assert {code: of.open for code, of in counted.items()} == {there: 1}


def test_a_confirmed_village_is_told_to_its_own_head_only(world: World, across):
    pin, _ = across
    operator, head = world.client("operator1"), world.client("tegalsambi")
    number = take(operator, what="pohon tumbang", category="pohon_tumbang", pin=pin)["incident"][
        "id"
    ]
    assert len(head.get("/api/board").get_json()["incidents"]["features"]) == 1
    settled = operator.post(f"/api/incidents/{number}/place", json={"version": 1}).get_json()
    assert settled["properties"]["also_villages"] == []
    assert head.get("/api/board").get_json()["incidents"]["features"] == []


def test_a_person_may_say_that_it_is_on_the_other_side_of_a_near_border(world: World, across):
    pin, _ = across
    operator = world.client("operator1")
    number = take(operator, what="pohon tumbang", category="pohon_tumbang", pin=pin)["incident"][
        "id"
    ]
    path = f"/api/incidents/{number}/place"
    settled = operator.post(path, json={"version": 1, "village": TEGALSAMBI}).get_json()
    assert settled["properties"]["village"]["code"] == TEGALSAMBI
    assert settled["properties"]["off_m"] < 50
    assert settled["properties"]["doubt"] == 0
    assert settled["geometry"]["coordinates"] == [pin["lon"], pin["lat"]], "the pin stays"


def test_the_caller_answers_after_the_save_and_the_doubt_goes(world: World, across):
    pin, _ = across
    operator = world.client("operator1")
    number = take(operator, what="pohon tumbang", category="pohon_tumbang", pin=pin)["incident"][
        "id"
    ]
    asked = operator.get(f"/api/incidents/{number}").get_json()["feature"]["properties"]
    question = asked["location"]["question"]
    assert question["options"], asked
    named = [o for o in question["options"] if "Tegalsambi" in o["label"]]
    chosen = (named or question["options"])[0]
    body = {"version": 1, "answers": [[question["key"], chosen["key"]]]}
    after = operator.post(f"/api/incidents/{number}/place", json=body).get_json()["properties"]
    assert after["doubt"] < asked["doubt"]
    if named:
        assert after["village"]["code"] == TEGALSAMBI
