"""/api/subscriptions, /api/outbox, /api/push: who may, what is refused, what is told only once."""

import pytest

from app import seal
from tests.app.conftest import Office
from tests.app.test_webpush import AUTH, THEIRS
from tests.cluster import SECRET
from tests.dispatch.outbox_house import House

NEW = {"agency": "dpupr", "channel": "surel", "to": "a@dpupr.example", "events": ["instruksi"]}
PUSH = {"endpoint": "https://push.example/1", "keys": {"p256dh": THEIRS, "auth": AUTH}}


@pytest.fixture
def house(office: Office) -> House:
    """Nobody is told of anything yet."""
    house = House(office)
    house.empty()
    return house


def add(house: House, login: str = "dispatcher1", **more):
    return house.world.client(login).post("/api/subscriptions", json=NEW | more)


@pytest.mark.parametrize("login", ["dispatcher1", "admin"])
def test_who_looks_after_it_adds_changes_stops_and_removes(house: House, login):
    client = house.world.client(login)
    made = add(house, login)
    assert made.status_code == 201
    body = made.get_json()
    assert (body["agency"]["code"], body["events"]) == ("dpupr", ["instruksi"])
    path = f"/api/subscriptions/{body['id']}"
    changed = client.patch(path, json={"events": [], "digest": True, "active": False}).get_json()
    assert (changed["events"], changed["digest"], changed["active"]) == ([], True, False)
    listed = client.get("/api/subscriptions").get_json()
    assert [row["id"] for row in listed["subscriptions"]] == [body["id"]]
    assert client.delete(path, json={}).status_code == 200
    assert client.delete(path, json={}).status_code == 404


@pytest.mark.parametrize("login", ["operator1", "pupr1", "bupati", "tegalsambi", "ambulans", "pdp"])
def test_nobody_else_does(house: House, login):
    client = house.world.client(login)
    assert add(house, login).status_code == 403
    for path in ("/api/subscriptions", "/api/outbox", "/pemberitahuan"):
        assert client.get(path).status_code == 403
    for path in ("/api/subscriptions/1/try", "/api/outbox/1/again"):
        assert client.post(path, json={}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "merpati"}, "channel"),
        ({"channel": "webpush"}, "channel"),
        ({"to": "bukan alamat"}, "to"),
        ({"to": "a@b@c.example"}, "to"),
        ({"to": ""}, "to"),
        ({"to": "a@x.example\r\nBcc: b@x.example"}, "to"),
        ({"to": "<a@x.example>"}, "to"),
        ({"channel": "webhook", "to": "http://x.example/"}, "to"),
        ({"channel": "webhook", "to": "https://"}, "to"),
        ({"channel": "telegram", "to": "nama"}, "to"),
        ({"channel": "whatsapp", "to": "call:1"}, "to"),
        ({"channel": "whatsapp", "to": "pelapor"}, "to"),
        ({"events": ["dijawab"]}, "events"),
        ({"events": ["gempa"]}, "events"),
        ({"digest": "ya"}, "digest"),
    ],
)
def test_what_cannot_be_meant_names_its_field(house: House, wrong, field):
    refused = add(house, **wrong)
    assert (refused.status_code, refused.get_json()["field"]) == (422, field)
    assert house.one("SELECT count(*) FROM subscription") == 0


def test_an_address_stands_there_once_and_an_agency_must_be_known(house: House):
    assert add(house).status_code == 201
    assert (add(house).status_code, add(house).get_json()["type"]) == (409, "AlreadyTold")
    assert add(house, agency="tidak_ada").status_code == 404


def test_what_the_file_says_is_stopped_but_not_removed(house: House):
    number = add(house).get_json()["id"]
    house.sql("UPDATE subscription SET from_files = true")
    client, path = house.world.client("dispatcher1"), f"/api/subscriptions/{number}"
    assert client.delete(path, json={}).status_code == 409
    assert client.patch(path, json={"active": False}).get_json()["active"] is False


def test_the_secret_of_a_webhook_is_told_once_and_kept_sealed(house: House):
    made = add(house, channel="webhook", to="https://x.example/h").get_json()
    client, path = house.world.client("dispatcher1"), f"/api/subscriptions/{made['id']}"
    assert made["secret"].startswith("whsec_")
    kept = house.one("SELECT secret FROM subscription")
    assert made["secret"] not in kept
    assert seal.unseal(kept, SECRET) == made["secret"]
    assert made["secret"] not in client.get("/api/subscriptions").get_data(as_text=True)
    first = client.patch(path, json={"rotate": True}).get_json()["secret"]
    second = client.patch(path, json={"rotate": True}).get_json()["secret"]
    assert seal.unseal(house.one("SELECT secret FROM subscription"), SECRET).split() == [
        second,
        first,
    ]
    with pytest.raises(seal.BrokenSeal):
        seal.unseal(kept, SECRET + "x")
    mail = add(house).get_json()["id"]
    refused = client.patch(f"/api/subscriptions/{mail}", json={"rotate": True})
    assert (refused.status_code, refused.get_json()["field"]) == (422, "rotate")


def test_a_trial_waits_in_the_outbox(house: House):
    number = add(house).get_json()["id"]
    client = house.world.client("dispatcher1")
    message = client.post(f"/api/subscriptions/{number}/try", json={}).get_json()["message"]
    told = client.get("/api/outbox?state=menunggu").get_json()
    assert [(m["id"], m["event"], m["to"]) for m in told["messages"]] == [
        (message, "percobaan", "a@dpupr.example")
    ]
    assert told["standing"]["waiting"] == 1
    assert client.post(f"/api/outbox/{message}/again", json={}).status_code == 404, "it waits"
    assert client.get("/api/outbox?state=hilang").status_code == 422
    house.sql("UPDATE outgoing SET next_at = now() - interval '6 minutes'")
    assert client.get("/api/outbox").get_json()["standing"]["overdue_since"]


def test_the_outbox_says_nothing_of_what_was_told(house: House):
    add(house, events=[])
    house.case("jalan")
    told = house.world.client("admin").get("/api/outbox").get_json()["messages"]
    assert told
    assert "facts" not in told[0]
    assert not {"category", "village", "uid"} & set(told[0])


def test_a_browser_takes_pushes_for_who_is_logged_in(house: House):
    officer, other = house.world.client("pupr1"), house.world.client("damkar1")
    assert len(officer.get("/api/push").get_json()["key"]) == 87
    assert officer.post("/api/push", json=PUSH).status_code == 201
    assert officer.post("/api/push", json=PUSH).status_code == 201, "twice is as good as once"
    assert officer.get("/api/push").get_json()["browsers"] == 1
    taken = other.post("/api/push", json=PUSH)
    assert (taken.status_code, taken.get_json()["type"]) == (409, "BrowserTaken")
    other.delete("/api/push?endpoint=https://push.example/1", json={})
    assert officer.get("/api/push").get_json()["browsers"] == 1, "not another's"
    officer.delete("/api/push?endpoint=https://push.example/1", json={})
    assert officer.get("/api/push").get_json()["browsers"] == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endpoint": "http://push.example/1"}, "endpoint"),
        ({"endpoint": "https://"}, "endpoint"),
        ({"endpoint": "https://x.example/\n"}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": AUTH}}, "keys.p256dh"),
        ({"keys": {"p256dh": THEIRS, "auth": "AAAA"}}, "keys.auth"),
        ({"keys": {"p256dh": THEIRS[:-1] + "*", "auth": AUTH}}, "keys.p256dh"),
    ],
)
def test_a_push_address_that_is_none_is_refused(house: House, wrong, field):
    refused = house.world.client("pupr1").post("/api/push", json=PUSH | wrong)
    assert (refused.status_code, refused.get_json()["field"]) == (422, field)


def test_nobody_has_more_browsers_than_ten(house: House):
    client = house.world.client("pupr1")
    answers = [
        client.post("/api/push", json=PUSH | {"endpoint": f"https://push.example/{n}"}).status_code
        for n in range(11)
    ]
    assert answers == [201] * 10 + [409]


def test_the_worker_of_pushes_is_for_who_is_logged_in(house: House):
    answer = house.world.client("pupr1").get("/pemberitahuan/pekerja.js")
    assert answer.mimetype == "text/javascript"
    assert "showNotification" in answer.get_data(as_text=True)
    assert house.world.client().get("/pemberitahuan/pekerja.js").status_code == 302
