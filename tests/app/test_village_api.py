"""/api/village over HTTP: the own village only, what was done, what may be said, and bad input."""

import io

import pytest
from PIL import Image
from sqlalchemy import text

from geo import parts_register
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.world import token_of

KEYS = iter(f"village-api-{n:06d}" for n in range(1000))


def take(office: Office, **body):
    headers = {"Idempotency-Key": next(KEYS)}
    body = {"where": "pinggir jalan", "category": "jalan", "channel": "desa"} | body
    answer = office.client("operator1").post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["incident"]


def say(office: Office, number, verb, login="tegalsambi", **body):
    path = f"/api/village/incidents/{number}/{verb}"
    return office.client(login).post(path, json=body)


def village(office: Office, login="tegalsambi"):
    return office.client(login).get("/api/village").get_json()


def prove(office: Office, number):
    """Bring what some categories want before a case of theirs is closed as done."""
    room = office.client("dispatcher1")
    for ticket in room.get(f"/api/incidents/{number}").get_json()["tickets"]:
        body = {"url": "https://media.example/kabar", "note": "", "key": next(KEYS)}
        answer = room.post(f"/api/tickets/{ticket['id']}/proofs", json=body)
        assert answer.status_code == 201, answer.get_data(as_text=True)


def close(office: Office, number, outcome):
    room = office.client("dispatcher1")
    prove(office, number)
    version = room.get(f"/api/incidents/{number}").get_json()["feature"]["properties"]["version"]
    body = {"outcome": outcome, "version": version}
    assert room.post(f"/api/incidents/{number}/close", json=body).status_code == 200


def photograph(office: Office, number):
    """The id of a picture that was taken of the case."""
    room = office.client("dispatcher1")
    with office.as_owner() as session:
        unit = session.scalar(text("SELECT min(id) FROM unit WHERE active AND state = 'siap'"))
    sent = room.post(f"/api/incidents/{number}/assignments", json={"unit": unit}).get_json()
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 90)).save(file, "JPEG")
    file.seek(0)
    answer = room.post(
        f"/api/assignments/{sent['assignment']}/photos",
        data={"key": next(KEYS), "image": (file, "a.jpg")},
        headers={"X-CSRF-Token": token_of(room), "Referer": "https://localhost/"},
    )
    return answer.get_json()["photo"]["id"]


def test_a_village_shows_its_people_parts_marks_and_nobody_elses(office: Office):
    pin = inside(office, TEGALSAMBI)
    one = take(office, pin=pin, where="RT 03 dekat kenari7rumah", what="kenari7kata")
    take(office, pin=inside(office, PANGGANG), where="RT 03")
    with office.as_owner() as session:
        rt = [parts_register.Part(rw="001", rt=f"{n:03d}") for n in (1, 2, 3)]
        parts_register.replace_register(session, TEGALSAMBI, rt, "uji")
        people = [parts_register.Population(TEGALSAMBI, 5123, "uji")]
        parts_register.keep_populations(session, people)
    assert say(office, one["id"], "seen").status_code == 200

    shown = village(office)

    assert shown["village"] == {
        "code": TEGALSAMBI,
        "name": "Tegalsambi",
        "kind": "desa",
        "district": "Tahunan",
        "population": 5123,
        "digital": True,
    }
    assert [(p["rt"], p["open"]) for p in shown["parts"]] == [("001", 0), ("002", 0), ("003", 1)]
    assert shown["unknown_part"] == 0
    assert shown["lies_in"] == {str(one["id"]): {"dusun": "", "rw": "001", "rt": "003"}}
    [mark] = shown["marks"][str(one["id"])]
    assert (mark["kind"], mark["moved"]) == ("dilihat", False)
    assert "kenari7" not in office.client("tegalsambi").get("/api/village").get_data(as_text=True)
    other = village(office, "panggang")
    assert (other["village"]["name"], other["parts"], other["marks"]) == ("Panggang", [], {})
    assert other["unknown_part"] == 1


def test_what_was_done_comes_with_its_end_and_pictures_of_public_space(office: Office):
    pin = inside(office, TEGALSAMBI)
    road = take(office, pin=pin)["id"]
    fire = take(office, pin=pin, category="kebakaran")["id"]
    false = take(office, pin=pin)["id"]
    written = take(office, pin=pin)["id"]
    hidden = take(office, pin=pin, category="kepolisian")["id"]
    pictures = {number: photograph(office, number) for number in (road, fire)}
    ends = ("ditangani", "ditangani", "laporan_palsu", "kata Bu Kenari delapan", "ditangani")
    for number, end in zip((road, fire, false, written, hidden), ends, strict=True):
        close(office, number, end)

    done = {one["id"]: one for one in village(office)["closed"]}

    assert done.keys() >= {road, fire, false, written}
    assert hidden not in done
    assert (done[road]["outcome"], done[road]["photos"]) == ("ditangani", [pictures[road]])
    assert done[road]["category_name_en"] != done[road]["category_name"]
    assert done[fire]["photos"] == [], "a fire is no matter of public space alone"
    assert done[false]["outcome"] is None, "that it was false speaks of who called"
    assert done[written]["outcome"] is None
    head = office.client("tegalsambi")
    assert head.get(f"/api/photos/{pictures[road]}").mimetype == "image/jpeg"
    assert head.get(f"/api/photos/{pictures[fire]}").status_code == 404
    assert office.client("panggang").get(f"/api/photos/{pictures[road]}").status_code == 404


def test_here_moves_the_pin_answers_the_new_feature_and_tells_no_words(office: Office):
    pin = inside(office, TEGALSAMBI)
    case = take(office, pin=pin, pinned_by="tempat", where="rumah Kenari9")
    point = {"lon": pin["lon"], "lat": pin["lat"] + 0.0005}
    answer = say(office, case["id"], "here", version=1, radius_m=12.5, **point)
    said = answer.get_json()
    assert (answer.status_code, said["moved"], said["why"]) == (200, True, None)
    assert said["feature"]["geometry"]["coordinates"] == [point["lon"], point["lat"]]
    assert said["feature"]["properties"]["version"] == 2
    assert "Kenari9" not in answer.get_data(as_text=True)
    again = say(office, case["id"], "here", version=1, **point)
    assert (again.status_code, again.get_json()["type"]) == (409, "ChangedMeanwhile")
    hint = say(office, case["id"], "not-here", version=2).get_json()
    assert hint["feature"]["properties"]["village"]["code"] == TEGALSAMBI


@pytest.mark.parametrize(
    ("verb", "body", "status", "field"),
    [
        ("seen", {"why": "x"}, 422, "why"),
        ("here", {}, 422, "version"),
        ("here", {"version": "1"}, 422, "version"),
        ("here", {"version": 1, "lon": 110.6}, 422, "lat"),
        ("here", {"version": 1, "lat": -6.6}, 422, "lon"),
        ("here", {"version": 1, "lon": 110.65, "lat": -6.6, "radius_m": -1}, 422, "radius_m"),
        ("here", {"version": 2**40}, 422, "version"),
        ("not-here", {"version": 1, "lon": 1.0}, 422, "lon"),
    ],
)
def test_bad_input_names_the_field_and_keeps_nothing(office: Office, verb, body, status, field):
    number = take(office, pin=inside(office, TEGALSAMBI))["id"]
    answer = say(office, number, verb, **body)
    assert (answer.status_code, answer.get_json().get("field")) == (status, field)
    assert str(number) not in village(office)["marks"]


def test_a_point_off_the_village_or_off_the_earth_is_refused(office: Office):
    number = take(office, pin=inside(office, TEGALSAMBI))["id"]
    for point, kind in (
        (inside(office, PANGGANG), "OutsideOwnVillage"),
        ({"lon": -6.6, "lat": 110.65}, "BadRequestField"),
    ):
        answer = say(office, number, "here", version=1, **point)
        assert (answer.status_code, answer.get_json()["type"]) == (422, kind)


def test_only_the_head_of_that_village_may_say_so(office: Office):
    number = take(office, pin=inside(office, TEGALSAMBI))["id"]
    for login in ("operator1", "bupati", "perencana", "pemadam", "admin"):
        assert say(office, number, "seen", login=login).status_code == 403
        assert office.client(login).get("/api/village").status_code == 403
    assert say(office, number, "seen", login="panggang").status_code == 404
    assert say(office, 2**61, "seen").status_code == 404
    assert office.client().get("/api/village").status_code == 401


def test_the_live_wire_tells_the_room_and_the_village_of_what_was_said(office: Office):
    pin = inside(office, TEGALSAMBI)
    case = take(office, pin=pin, pinned_by="petugas")
    room = office.client("operator1")
    cursor = room.get("/api/board").get_json()["cursor"]
    point = {"lon": pin["lon"], "lat": pin["lat"] + 0.0005}
    assert say(office, case["id"], "here", version=1, **point).get_json()["why"] == "petugas"
    with room.get(f"/api/events?after={cursor}") as stream:
        said = (next(stream.response).decode() for _ in range(5))
        heard = next((words for words in said if "desa_menunjuk_lain" in words), "")
    assert f'"id":{case["id"]}' in heard


def test_the_page_alone_may_ask_the_phone_where_it_is(office: Office):
    policy = office.client("tegalsambi").get("/desa").headers["Permissions-Policy"]
    assert "geolocation=(self)" in policy
    assert (
        "geolocation=()" in office.client("operator1").get("/konsol").headers["Permissions-Policy"]
    )
