"""The API's manners: what it refuses, in which words, and what it answers at the edges."""

import pytest
from sqlalchemy import text

from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office

SEA = "lon=110.5&lat=-6.2"
MOST = 64 * 1024
BAD_CALLS = [
    ({"pin": {"lon": "110.7", "lat": -6.6}}, "pin.lon"),
    ({"pin": {"lon": 110.7}}, "pin.lat"),
    ({"pin": {"lon": 7.0, "lat": 110.0}}, "pin"),
    ({"pin": {"lon": -6.6, "lat": 110.7}}, "pin"),
    ({"pin": [110.7, -6.6]}, "pin"),
    ({"pin": {"lon": True, "lat": -6.6}}, "pin.lon"),
    ({"pin": {"lon": 110.7, "lat": -6.6, "crs": "EPSG:3857"}}, "pin.crs"),
    ({"where": 5}, "where"),
    ({"where": "x" * 20_001}, "where"),
    ({"unknown": 1}, "unknown"),
    ({"class": "serious"}, "class"),
    ({"channel": "smoke"}, "channel"),
    ({"life_at_risk": "yes"}, "life_at_risk"),
    ({"joins": 0}, "joins"),
    ({"joins": 2**63}, "joins"),
    ({"pinned_by": "somebody", "pin": None}, "pinned_by"),
    ({"said_at": "yesterday"}, "said_at"),
    ({"said_at": "2026-11-22T10:00:00"}, "said_at"),
    ({"said_at": "9999-12-31T23:59:59Z"}, "said_at"),
    ({"said_at": "0001-01-01T00:00:00Z"}, "said_at"),
]
HOSTILE = [
    "\x00",
    "\ud7ff\uffff",
    "'; DROP TABLE call; --",
    "%s %(x)s :name",
    "🚒" * 30,
    "\u202e",
]


@pytest.fixture(scope="module")
def numbers():
    """Idempotency keys that nobody has used."""
    return iter(range(10_000))


@pytest.fixture
def call(office: Office, numbers):
    """Takes a call as operator1; the answer as it comes."""

    def take(login="operator1", **body):
        key = {"Idempotency-Key": f"api-{next(numbers):06d}"}
        return office.client(login).post("/api/calls", json=body, headers=key)

    return take


@pytest.fixture
def fire(office: Office, call):
    """Id of a fire in Tegalsambi."""
    taken = call(what="api", category="kebakaran", pin=inside(office, TEGALSAMBI))
    return taken.get_json()["incident"]["id"]


def unit(office, call_sign):
    with office.as_owner() as session:
        query = text("SELECT id FROM unit WHERE call_sign = :sign")
        return session.scalar(query, {"sign": call_sign})


def problem(answer, status, kind):
    """The problem document, whose form is checked."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["type"] == kind
    assert body["status"] == status
    assert body["title"]
    return body


@pytest.mark.parametrize(("body", "field"), BAD_CALLS)
def test_a_call_that_cannot_be_read_names_the_field(call, body, field):
    told = problem(call(**body), 422, "BadRequestField")
    assert told["field"] == field


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"pin":{"lon":NaN,"lat":1}}',
        b'{"what":"\\ud800"}',
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
def test_what_is_not_a_json_object_is_refused(office: Office, raw):
    office.client("operator1").post("/api/callers", json={"phone": "1"})  # brings the token along
    token = office.client("operator1").forgery_token
    answer = office.client("operator1").post(
        "/api/calls",
        data=raw,
        content_type="application/json",
        headers={"X-CSRF-Token": token, "Idempotency-Key": "api-raw-bytes"},
    )
    problem(answer, 422, "BadRequestField")


def test_json_must_say_that_it_is(office: Office):
    office.client("operator1").post("/api/callers", json={"phone": "1"})
    headers = {"X-CSRF-Token": office.client("operator1").forgery_token}
    answer = office.client("operator1").post("/api/callers", data="{}", headers=headers)
    assert problem(answer, 422, "BadRequestField")["field"] == "Content-Type"


def test_a_huge_body_is_refused_unread(call):
    problem(call(what="x" * MOST), 413, "RequestEntityTooLarge")


@pytest.mark.parametrize("key", [None, "", "short", "x" * 201, "lübeck-lübeck"])
def test_a_call_needs_a_usable_key(office: Office, key):
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = office.client("operator1").post("/api/calls", json={}, headers=headers)
    assert problem(answer, 422, "BadRequestField")["field"] == "Idempotency-Key"


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_kept_as_they_were_said(office: Office, call, words):
    taken = call(where=words, what=words, caller=words, phone=words)
    assert taken.status_code == 201
    number = taken.get_json()["incident"]["id"]
    kept = office.client("operator1").get(f"/api/incidents/{number}").get_json()["calls"][0]
    assert kept["what"] == kept["where"] == words.replace("\x00", "").strip()


@pytest.mark.parametrize("path", [
    "/api/places?q=%00", "/api/log?kind=%00", "/api/log?before=" + "9" * 30, "/api/log?since=x",
    "/api/villages/outline?village=%00", "/api/incidents/near?lon=110.7&lat=-6.6&category=%00",
    "/api/incidents/near?lon=NaN&lat=1", "/api/villages/at?lon=inf&lat=1", "/api/villages/at",
    "/api/events?after=%00", "/api/events?after=" + "9" * 40 + "-1", "/api/events?after=1-1-1",
    "/api/incidents/99999999999999999999999", "/api/places?q=" + "x" * 301,
    "/masuk?next=%00", "/api/tiles/villages/99999999999/0/0/0", "/api/places?q=%ff%fe",
])  # fmt: skip
def test_strange_questions_are_answered_without_a_fault(office: Office, path):
    for login in ("operator1", "pdp"):
        with office.client(login).get(path) as answer:
            assert answer.status_code < 500, answer.get_data(as_text=True)


def test_pin_and_close_ask_for_the_present_version(office: Office, fire):
    room = office.client("dispatcher1")
    pin = {**inside(office, TEGALSAMBI), "version": 1}
    pinned = room.post(f"/api/incidents/{fire}/pin", json=pin).get_json()
    assert pinned["properties"]["version"] == 2
    problem(room.post(f"/api/incidents/{fire}/pin", json=pin), 409, "ChangedMeanwhile")
    huge = room.post(f"/api/incidents/{fire}/close", json={"outcome": "padam", "version": 2**40})
    assert problem(huge, 422, "BadRequestField")["field"] == "version"
    for version in (1, -1, 2**31 - 2):
        late = {"outcome": "padam", "version": version}
        answer = room.post(f"/api/incidents/{fire}/close", json=late)
        problem(answer, 409, "ChangedMeanwhile")
    closed = room.post(f"/api/incidents/{fire}/close", json={"outcome": "padam", "version": 2})
    assert closed.get_json()["properties"]["state"] == "ditutup"
    again = room.post(f"/api/incidents/{fire}/close", json={"outcome": "padam", "version": 3})
    problem(again, 409, "IllegalMove")


def test_an_unpinned_incident_has_no_suggestions_yet(office: Office, call):
    number = call(what="tolong").get_json()["incident"]["id"]
    answer = office.client("dispatcher1").get(f"/api/incidents/{number}/suggestions")
    problem(answer, 409, "NoPin")


def test_a_crew_moves_its_own_assignment_and_no_other(office: Office, fire):
    sent = office.client("dispatcher1").post(
        f"/api/incidents/{fire}/assignments", json={"unit": unit(office, "DMK-01")}
    )
    path = f"/api/assignments/{sent.get_json()['assignment']}/state"
    problem(office.client("ambulans").post(path, json={"state": "berangkat"}), 404, "Unknown")
    crew = office.client("pemadam")
    problem(crew.post(path, json={"state": "dibatalkan"}), 409, "IllegalMove")
    assert crew.post(path, json={"state": "diterima"}).status_code == 200
    moved = crew.post(path, json={"state": "berangkat"}).get_json()
    assert moved["unit"]["properties"]["state"] == "berangkat"
    problem(crew.post(path, json={"state": "ditugaskan"}), 409, "IllegalMove")
    assert problem(crew.post(path, json={"state": "x"}), 422, "BadRequestField")["field"] == "state"
    for state in ("tiba", "selesai"):
        done = crew.post(path, json={"state": state}).get_json()
    assert done["incident"] is None  # released: no longer theirs to see
    assert done["unit"]["properties"]["state"] == "kembali"
    home = crew.post(path, json={"state": "kembali"}).get_json()
    assert home["unit"]["properties"]["state"] == "siap"


def test_who_took_a_sensitive_call_leaves_sending_and_closing_to_the_group(office: Office, call):
    taken = call(what="x", category="kdrt", pin=inside(office, TEGALSAMBI)).get_json()["incident"]
    path, police = f"/api/incidents/{taken['id']}", unit(office, "POL-33")
    operator, group = office.client("operator1"), office.client("dispatcher2")
    refused = operator.post(f"{path}/assignments", json={"unit": police})
    problem(refused, 403, "GroupOnly")
    assert group.post(f"{path}/assignments", json={"unit": police}).status_code == 201
    refused = operator.post(f"{path}/close", json={"outcome": "x", "version": 2})
    problem(refused, 403, "GroupOnly")
    closed = group.post(f"{path}/close", json={"outcome": "x", "version": 2})
    assert closed.status_code == 200
    with office.as_owner() as session:
        states = session.execute(
            text("SELECT DISTINCT state FROM ticket WHERE incident_id = :id"), {"id": taken["id"]}
        )
        assert states.scalars().all() == ["ditutup"]


def test_a_point_off_every_village_gets_the_nearest_one(office: Office):
    answer = office.client("tegalsambi").get(f"/api/villages/at?{SEA}")
    assert answer.status_code == 404
    told = answer.get_json()
    assert (told["type"], told["village"], told["outside"]) == ("OutsideCoverage", None, True)
    assert told["nearest"]["distance_m"] > 1000
    assert office.client("admin").get("/api/villages/at?lon=110.7&lat=200").status_code == 422


def test_an_outline_is_a_village_or_the_whole_regency(office: Office):
    client = office.client("tegalsambi")
    whole = client.get("/api/villages/outline").get_json()
    one = client.get(f"/api/villages/outline?village={TEGALSAMBI}").get_json()
    assert whole["feature"] is None
    assert one["feature"]["properties"]["code"] == TEGALSAMBI
    west, south, east, north = whole["bbox"]
    assert west <= one["bbox"][0] < one["bbox"][2] <= east
    assert south <= one["bbox"][1] < one["bbox"][3] <= north
    unknown = client.get("/api/villages/outline?village=33.20.99.9999")
    problem(unknown, 404, "OutsideCoverage")


def test_a_tile_is_kept_for_ever_and_one_that_is_none_is_a_404(office: Office):
    ground = office.parts.ground()
    edition = ground.locator.edition_id
    client = office.client("tegalsambi")
    tile = client.get(f"/api/tiles/villages/{edition}/9/413/265?d={ground.drawing}")
    assert tile.status_code == 200
    assert tile.mimetype == "application/vnd.mapbox-vector-tile"
    assert "immutable" in tile.headers["Cache-Control"]
    assert "private" in tile.headers["Cache-Control"]
    assert len(tile.data) > 100
    assert client.get(f"/api/tiles/villages/{edition}/9/0/0").data == b""
    for address in (f"{edition}/9/413/265?d=kata", f"{edition + 9}/9/413/265?d={ground.drawing}"):
        other = client.get(f"/api/tiles/villages/{address}")
        assert "immutable" not in other.headers["Cache-Control"], address
    for path in ("19/0/0", "3/8/0", "3/0/8"):
        problem(client.get(f"/api/tiles/villages/{edition}/{path}"), 404, "BadTile")
    assert client.get(f"/api/tiles/villages/{edition}/-1/0/0").status_code == 404


@pytest.mark.parametrize("cursor", ["", "x", "1", "1-", "-1", "1-x", "1-1-1", "9" * 20 + "-1"])
def test_a_stream_needs_a_cursor(office: Office, cursor):
    answer = office.client("operator1").get(f"/api/events?after={cursor}")
    assert problem(answer, 422, "BadRequestField")["field"] == "after"


def test_the_last_event_id_of_a_cut_stream_wins_over_the_address(office: Office):
    headers = {"Last-Event-ID": "x"}
    answer = office.client("operator1").get("/api/events?after=0-0", headers=headers)
    problem(answer, 422, "BadRequestField")


def test_a_wrong_method_or_address_is_a_problem_document(office: Office):
    client = office.client("operator1")
    problem(client.get("/api/nowhere"), 404, "NotFound")
    problem(client.get("/api/calls"), 405, "MethodNotAllowed")


def test_to_join_a_hidden_case_is_to_join_none(office: Office, call):
    hidden = call("operator3", what="x", category="kdrt").get_json()["incident"]["id"]
    answers = []
    for number in (hidden, 4_000_000):
        told = call("operator2", what="lagi", joins=number).get_json()
        assert told["joined"] is None
        answers.append((told["warnings"], told["incident"]["properties"]["category"]))
    assert answers[0] == answers[1] == (["gabung_tidak_ditemukan", "belum_berpin"], "lainnya")
    known = office.client("operator2").get("/api/board").get_json()["incidents"]["features"]
    assert hidden not in [feature["id"] for feature in known]


def test_a_unit_that_is_out_for_a_hidden_case_names_neither_case_nor_sender(
    office: Office, call, fire
):
    beating = call("operator3", what="x", category="kdrt", pin=inside(office, TEGALSAMBI))
    number, patrol = beating.get_json()["incident"]["id"], {"unit": unit(office, "POL-31")}
    sent = office.client("dispatcher2").post(f"/api/incidents/{number}/assignments", json=patrol)
    assert sent.status_code == 201
    refused = office.client("dispatcher1").post(f"/api/incidents/{fire}/assignments", json=patrol)
    told = problem(refused, 409, "UnitTaken")
    assert told["by"] == "petugas lain"
    assert "Ratna" not in refused.get_data(as_text=True)
    assert told.keys() == {"type", "title", "detail", "status", "by", "at"}
