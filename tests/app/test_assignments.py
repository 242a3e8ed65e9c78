"""Orders over HTTP: sent, answered by the crew, taken over, diverted, called off, followed home."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.timer import Timer
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.world import World

CREW, UNIT = "pemadam", "DMK-01"


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Office:
    """The file's shared world, with everybody at their desk."""
    return Office(**vars(shared_world))


@pytest.fixture
def office(desk: Office) -> Iterator[Office]:
    """The same, and afterwards nobody is out, and the clock goes right."""
    yield desk
    desk.parts.now = lambda: datetime.now(UTC)
    with desk.as_owner() as session:
        session.execute(text("DELETE FROM assignment"))
        session.execute(text("UPDATE unit SET state = 'siap', silent_since = NULL, crew = NULL"))


@pytest.fixture
def room(office: Office):
    return office.client("dispatcher1")


@pytest.fixture
def crew(office: Office):
    return office.client(CREW)


KEYS = (f"assignments-{n}" for n in range(1000))


def case(office, category="kebakaran"):
    body = {"what": "api", "category": category, "pin": inside(office, TEGALSAMBI)}
    taken = office.client("operator1").post(
        "/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)}
    )
    assert taken.status_code == 201
    return taken.get_json()["incident"]["id"]


def unit(office, call_sign=UNIT):
    with office.as_owner() as session:
        query = text("SELECT id FROM unit WHERE call_sign = :sign")
        return session.scalar(query, {"sign": call_sign})


def send(office, incident, call_sign=UNIT, **more):
    answer = office.client("dispatcher1").post(
        f"/api/incidents/{incident}/assignments", json={"unit": unit(office, call_sign)} | more
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def held(answer):
    return answer["unit"]["properties"]["assignment"]


def step(client, number, state, **more):
    return client.post(f"/api/assignments/{number}/state", json={"state": state} | more)


def wait(office, seconds):
    """Set the clock of the house forward."""
    late = datetime.now(UTC) + timedelta(seconds=seconds)
    office.parts.now = lambda: late


def test_a_crew_goes_the_whole_way_and_its_task_goes_with_it(office: Office, room, crew):
    incident = case(office, "kesehatan")
    facility = crew.get("/api/facilities?lon=110.67&lat=-6.59").get_json()["facilities"][0]["id"]
    number = send(office, incident)["assignment"]
    [task] = crew.get("/api/tasks").get_json()["tasks"]
    assert (task["id"], task["state"], task["incident"]["id"]) == (number, "ditugaskan", incident)
    for state in ("diterima", "berangkat", "tiba"):
        assert step(crew, number, state).status_code == 200
    carrying = step(crew, number, "membawa_pasien", facility=facility).get_json()
    assert carrying["unit"]["properties"]["state"] == "membawa_pasien"
    assert crew.get(f"/api/assignments/{number}/way").get_json()["course"]["type"] == "LineString"
    for state in ("tiba_di_faskes", "selesai"):
        done = step(crew, number, state).get_json()
    assert done["incident"] is None, "no longer theirs to see"
    assert done["unit"]["properties"]["state"] == "kembali"
    told = crew.get("/api/tasks").get_json()
    [home] = told["tasks"]
    assert (home["state"], home["incident"], home["facility"]["id"]) == ("selesai", None, facility)
    assert told["unit"]["properties"]["state"] == "kembali"
    back = step(crew, number, "kembali").get_json()
    assert back["unit"]["properties"]["state"] == "siap"
    assert crew.get("/api/tasks").get_json()["tasks"] == []
    file = room.get(f"/api/incidents/{incident}").get_json()["assignments"][0]
    assert [s["state"] for s in file["steps"]] == [
        "ditugaskan", "diterima", "berangkat", "tiba", "membawa_pasien", "tiba_di_faskes",
        "selesai", "kembali",
    ]  # fmt: skip
    assert all(file[t] for t in ("accepted_at", "carrying_at", "at_facility_at", "returned_at"))


def test_a_step_with_a_key_counts_once_and_keeps_the_devices_time(office: Office, room, crew):
    incident = case(office)
    number = send(office, incident)["assignment"]
    claimed = {"key": "tap-0001", "claimed_at": "2026-11-22T10:00:00+07:00"}
    first = step(crew, number, "berangkat", **claimed).get_json()
    again = step(crew, number, "berangkat", **claimed)
    assert (first["replay"], again.status_code, again.get_json()["replay"]) == (False, 200, True)
    late = step(crew, number, "diterima", key="tap-0000", claimed_at="2026-11-22T09:59:00+07:00")
    assert (late.status_code, late.get_json()["late"]) == (200, True)
    assert late.get_json()["unit"]["properties"]["state"] == "berangkat"
    steps = room.get(f"/api/incidents/{incident}").get_json()["assignments"][0]["steps"]
    assert [(s["state"], s["note"]) for s in steps] == [
        ("ditugaskan", None), ("berangkat", None), ("diterima", "terlambat")
    ]  # fmt: skip
    assert steps[1]["claimed_at"].startswith("2026-11-22T03:00")
    reused = step(crew, number, "tiba", key="tap-0001")
    assert (reused.status_code, reused.get_json()["type"]) == (422, "KeyReused")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "x"}, "state"),
        ({"state": "tiba", "key": ""}, "key"),
        ({"state": "tiba", "claimed_at": "now"}, "claimed_at"),
        ({"state": "tiba", "claimed_at": "2026-11-22T10:00:00"}, "claimed_at"),
        ({"state": "tiba", "facility": 0}, "facility"),
        ({"state": "dibatalkan", "reason": "bored"}, "reason"),
    ],
)
def test_a_step_that_cannot_be_read_names_the_field(room, body, field):
    answer = room.post("/api/assignments/1/state", json=body)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_an_order_nobody_answers_alarms_and_another_takes_over(office: Office, room, crew):
    incident = case(office)
    sent = send(office, incident)
    number, version = sent["assignment"], held(sent)["version"]
    body = {"unit": unit(office, "DMK-03"), "version": version}
    early = room.post(f"/api/assignments/{number}/take-over", json=body)
    assert (early.status_code, early.get_json()["type"]) == (409, "NotYet")
    timer = Timer(office.parts)
    assert timer.tick() == 0
    wait(office, 31)
    assert (timer.tick(), timer.tick()) == (1, 0)
    timer.stop()
    [task] = crew.get("/api/tasks").get_json()["tasks"]
    assert task["alarmed_at"]
    taken = room.post(f"/api/assignments/{number}/take-over", json=body)
    assert taken.status_code == 201, taken.get_data(as_text=True)
    assert taken.get_json()["unit"]["properties"]["call_sign"] == "DMK-03"
    [gone] = crew.get("/api/tasks").get_json()["tasks"]
    assert (gone["state"], gone["reason"], gone["incident"]) == (
        "dialihkan", "tidak_dijawab", None
    )  # fmt: skip
    silent = crew.get("/api/tasks").get_json()["unit"]["properties"]
    assert (silent["state"], bool(silent["silent_since"])) == ("siap", True)


def test_a_unit_is_diverted_only_to_what_is_more_urgent(office: Office, room):
    tree = case(office, "pohon_tumbang")
    fire = case(office, "kebakaran")
    sent = send(office, tree)
    body = {"incident": fire, "version": held(sent)["version"]}
    moved = room.post(f"/api/assignments/{sent['assignment']}/divert", json=body).get_json()
    assert moved["incident"]["id"] == fire
    left = room.get(f"/api/incidents/{tree}").get_json()
    assert left["feature"]["properties"]["state"] == "baru"
    assert left["assignments"][0]["next"] == moved["assignment"]
    back = {"incident": tree, "version": held(moved)["version"]}
    refused = room.post(f"/api/assignments/{moved['assignment']}/divert", json=back)
    assert (refused.status_code, refused.get_json()["type"]) == (409, "NotMoreUrgent")


def test_two_dispatchers_do_not_overwrite_one_another(office: Office, room):
    sent = send(office, case(office))
    number, version = sent["assignment"], held(sent)["version"]
    assert step(room, number, "diterima", version=version).status_code == 200
    other = step(office.client("dispatcher2"), number, "dibatalkan", version=version)
    assert (other.status_code, other.get_json()["type"]) == (409, "ChangedMeanwhile")


def test_a_crew_asks_for_help_and_the_room_has_heard_it(office: Office, room, crew):
    number = send(office, case(office))["assignment"]
    body = {"kind": "petugas_terancam", "key": "help-0001"}
    asked = crew.post(f"/api/assignments/{number}/help", json=body).get_json()
    assert held(asked)["help_kind"] == "petugas_terancam"
    assert crew.post(f"/api/assignments/{number}/help", json=body).get_json()["replay"]
    assert crew.post(f"/api/assignments/{number}/help/seen", json={}).status_code == 403
    seen = room.post(f"/api/assignments/{number}/help/seen", json={}).get_json()
    assert held(seen)["help_seen_at"]


def test_a_crew_has_nothing_to_do_with_the_orders_of_others(office: Office, crew):
    number = send(office, case(office), "DMK-03")["assignment"]
    assert step(crew, number, "diterima").status_code == 404
    assert crew.get(f"/api/assignments/{number}/way").status_code == 404
    assert crew.post(f"/api/assignments/{number}/help", json={"kind": "medis"}).status_code == 404
    other = unit(office, "DMK-03")
    assert crew.post(f"/api/units/{other}/duty", json={"crew": 3}).status_code == 404
    assert crew.get("/api/tasks").get_json()["tasks"] == []


def test_a_crew_says_how_many_it_is_and_until_when(office: Office, crew):
    number = unit(office)
    ends = "2026-11-22T21:00:00+07:00"
    body = {"crew": 4, "shift_ends_at": ends}
    told = crew.post(f"/api/units/{number}/duty", json=body).get_json()["properties"]
    assert (told["crew"], told["shift_ends_at"][:16]) == (4, "2026-11-22T14:00")
    told = crew.post(f"/api/units/{number}/duty", json={"state": "lepas_dinas", "crew": None})
    assert told.get_json()["properties"]["state"] == "lepas_dinas"
    assert told.get_json()["properties"]["crew"] is None
    told = crew.post(f"/api/units/{number}/duty", json={"state": "berangkat"})
    assert told.status_code == 409


def test_level_and_who_was_told_stand_in_the_file(office: Office, room):
    incident = case(office)
    body = {"level": 2, "version": 1}
    raised = room.post(f"/api/incidents/{incident}/level", json=body).get_json()
    assert raised["properties"]["level"] == 2
    with office.as_owner() as session:
        pln = session.scalar(text("SELECT id FROM agency WHERE code = 'pln'"))
    told = room.post(f"/api/incidents/{incident}/told", json={"agency": pln}).get_json()["told"]
    assert [t["agency"] for t in told] == [pln]
    assert room.get(f"/api/incidents/{incident}").get_json()["told"] == told


def test_the_way_leads_from_the_unit_to_the_case(office: Office, room, crew):
    number = send(office, case(office))["assignment"]
    way = crew.get(f"/api/assignments/{number}/way").get_json()
    assert way["why"] is None
    assert way["travel_s"] > 0
    start = way["course"]["coordinates"][0]
    here = crew.get("/api/tasks").get_json()["unit"]["geometry"]["coordinates"]
    assert start == pytest.approx(here, abs=0.02)


def test_a_router_that_fails_does_not_stop_a_sending(office: Office, room):
    class Broken:
        def __getattr__(self, name):
            raise RuntimeError("the roads are gone")

    incident = case(office)
    ground = office.parts.ground()
    whole = ground.router
    object.__setattr__(ground, "router", Broken())
    sent = send(office, incident)
    object.__setattr__(ground, "router", whole)
    assert held(sent)["eta"] is None


def test_when_it_will_be_there_and_what_it_fills_is_kept_with_the_order(office: Office, room):
    incident = case(office)
    told = send(office, incident)
    kept = held(told)
    assert kept["eta"]["low_s"] <= kept["eta"]["expected_s"] <= kept["eta"]["high_s"]
    plan = told["incident"]["properties"]["plan"]
    filled = {part["code"]: part["have"] for part in plan["parts"]}
    assert filled[kept["part"]] == 1
