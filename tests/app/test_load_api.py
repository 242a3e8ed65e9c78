"""The routes of the load: every word of a filter, every wrong one by its name, and kept answers."""

import time
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from dispatch import log
from tests.app.conftest import Office
from tests.benches.crowd_map import fill

CASES = 200
ASKED = (
    "kind=darurat", "category=kebakaran,sampah", "agency=dlh", "channel=pesan", "p=1,2", "late=1",
    "since=2026-11-01T00:00:00Z", "until=2036-11-01T00:00:00%2B07:00", "hours=300",
    "kind=aduan&p=3&late=1&hours=24",
)  # fmt: skip
WRONG = (
    ("kind=api", "kind"), ("kind=darurat&kind=aduan", "kind"), ("category=tidak_ada", "category"),
    ("category=sampah,sampah", "category"), ("category=", "category"), ("agency=x", "agency"),
    ("channel=112,desa", "channel"), ("p=0", "p"), ("p=5", "p"), ("p=1;2", "p"), ("late=0", "late"),
    ("since=kemarin", "since"), ("since=2026-11-01T00:00:00", "since"),
    ("until=0001-01-01", "until"), ("hours=2&since=2026-11-01T00:00:00Z", "hours"),
    ("since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z", "since"), ("hours=0", "hours"),
    ("hours=9999", "hours"), ("warna=merah", "warna"),
)  # fmt: skip
WRONG_SPOTS = (
    ("bbox=1,2,3", "bbox"), ("bbox=nan,0,1,1", "bbox"), ("bbox=111,-7,110,-6", "bbox"),
    ("bbox=0,0,inf,1", "bbox"), ("bbox=-1e9,0,1,1", "bbox"), ("cell=1/2/3", "cell"),
    ("cell=19/0/0/0/0", "cell"), ("cell=3/8/0/0/0", "cell"), ("cell=3/0/0/8/0", "cell"),
    ("cell=-1/0/0/0/0", "cell"), ("village=99.99.99.9999", "village"), ("limit=201", "limit"),
    ("after=0", "after"), ("after=abc", "after"), ("id=99999999999999999999", "id"),
    ("unpinned=ya", "unpinned"), ("unpinned=1&bbox=110,-7,111,-6", "unpinned"), ("p=9", "p"),
)  # fmt: skip


@pytest.fixture(scope="module")
def crowd(office: Office) -> Office:
    """The office on a busy day."""
    fill(office.owner_url, CASES, now=datetime.now(UTC))
    return office


@pytest.fixture
def dispatcher(crowd: Office) -> FlaskClient:
    return crowd.client("dispatcher1")


@pytest.mark.parametrize("words", ASKED)
def test_each_word_of_a_filter_means_the_same_in_the_load_and_in_the_list(
    dispatcher: FlaskClient, words: str
):
    load = dispatcher.get(f"/api/load?{words}").get_json()
    listed = dispatcher.get(f"/api/incidents/list?{words}&limit=200").get_json()
    total = load["total"]
    assert total["open"] == listed["total"] == len(listed["features"])
    assert total["open"] == sum(v["open"] for v in load["villages"].values()) + total["elsewhere"]
    assert (
        total["open"] < dispatcher.get("/api/load").get_json()["total"]["open"] or "20" in words
    )  # all were opened within these times


@pytest.mark.parametrize(("words", "field"), WRONG)
def test_a_wrong_word_is_refused_by_its_name(dispatcher: FlaskClient, words: str, field: str):
    for path in ("/api/load", "/api/incidents/list"):
        answer = dispatcher.get(f"{path}?{words}")
        assert (answer.status_code, answer.get_json()["field"]) == (422, field)
        assert field in answer.get_json()["detail"]


@pytest.mark.parametrize(("words", "field"), WRONG_SPOTS)
def test_a_place_that_cannot_be_is_refused_by_its_name(
    dispatcher: FlaskClient, words: str, field: str
):
    answer = dispatcher.get(f"/api/incidents/list?{words}")
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_a_list_tells_of_one_village_or_one_case_and_turns_its_pages(dispatcher: FlaskClient):
    load = dispatcher.get("/api/load").get_json()["villages"]
    code = max(load, key=lambda c: load[c]["open"])
    page = dispatcher.get(f"/api/incidents/list?village={code}&limit=1").get_json()
    assert page["total"] == load[code]["open"]
    first = page["features"][0]["id"]
    rest = dispatcher.get(f"/api/incidents/list?village={code}&after={first}&limit=200").get_json()
    assert [first, *(f["id"] for f in rest["features"])].count(first) == 1
    assert len(rest["features"]) == page["total"] - 1
    alone = dispatcher.get(f"/api/incidents/list?id={first}").get_json()
    assert (alone["total"], alone["features"][0]["id"]) == (1, first)
    assert dispatcher.get("/api/incidents/list?after=4611686018427387904").status_code == 404


def test_who_counts_is_answered_and_who_may_not_list_is_refused(crowd: Office):
    for login, role in logins(crowd).items():
        client = crowd.client(login)
        status = 200 if role not in ("administrator", "data_protection") else 403
        assert client.get("/api/load").status_code == status, login
        listing = 403 if role in ("planner", "village_head", "wallboard") else status
        assert client.get("/api/incidents/list").status_code == listing, login


def logins(office: Office) -> dict[str, str]:
    """One login of each role."""
    with office.as_owner() as session:
        rows = session.execute(text("SELECT min(login) AS login, role FROM app_user GROUP BY role"))
        return {row.login: row.role for row in rows}


def test_a_board_without_incidents_counts_all_the_same(dispatcher: FlaskClient):
    whole = dispatcher.get("/api/board").get_json()
    without = dispatcher.get("/api/board?incidents=0").get_json()
    assert len(whole["incidents"]["features"]) == whole["counts"]["open"] == whole["total"]["open"]
    assert without["incidents"]["features"] == []
    assert not without["truncated"]
    for same in ("counts", "load", "total"):
        assert without[same] == whole[same]
    wrong = dispatcher.get("/api/board?incidents=2")
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "incidents")


def test_a_board_without_the_load_tells_units_and_where_to_listen(dispatcher: FlaskClient):
    whole = dispatcher.get("/api/board").get_json()
    without = dispatcher.get("/api/board?incidents=0&load=0").get_json()
    for same in ("units", "edition", "demo"):
        assert without[same] == whole[same]
    assert without["cursor"]
    assert not {"load", "counts", "total", "truncated"} & set(without)
    wrong = dispatcher.get("/api/board?load=yes")
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "load")


def test_a_kept_answer_is_counted_anew_once_the_wire_has_read_on(crowd: Office):
    dispatcher = crowd.client("dispatcher1")
    hub = crowd.app.extensions["hub"]
    hub.start()
    before = dispatcher.get("/api/load").get_json()
    assert dispatcher.get("/api/load").get_json()["as_of"] == before["as_of"], "it was kept"
    with crowd.as_owner() as session:
        one = session.scalar(text("SELECT min(id) FROM incident WHERE restricted_group IS NULL"
                                  " AND state <> 'ditutup'"))  # fmt: skip
        session.execute(
            text("UPDATE incident SET state = 'ditutup', closed_at = opened_at WHERE id = :id"),
            {"id": one},
        )
        log.record(session, "incident.closed", incident_id=one)
        at = log.here(session)
    until = time.monotonic() + 20
    while hub.cursor <= at and time.monotonic() < until:
        time.sleep(0.05)
    after = dispatcher.get("/api/load").get_json()
    assert after["total"]["open"] == before["total"]["open"] - 1


def test_facts_of_the_villages_are_asked_once(dispatcher: FlaskClient):
    first = dispatcher.get("/api/villages/facts")
    villages = first.get_json()["villages"]
    assert len(villages) == 195
    assert {"name", "kind", "district", "district_code", "population", "digital"} == set(
        villages["33.20.11.2010"]
    )
    assert [code for code, v in villages.items() if v["digital"]] == [
        "33.20.06.1006",
        "33.20.11.2010",
    ]
    again = dispatcher.get("/api/villages/facts", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_one_can_choose_only_categories_whose_cases_one_may_see(crowd: Office):
    chosen = {}
    for login, role in logins(crowd).items():
        answer = crowd.client(login).get("/api/filters")
        if answer.status_code == 200:
            chosen[role] = {c["code"] for c in answer.get_json()["categories"]}
            assert answer.get_json()["agencies"]
            assert answer.get_json()["channels"][0] == {"code": "112", "name": "Telepon 112"}
    with crowd.as_owner() as session:
        rows = session.execute(text("SELECT code, restricted_group, audience FROM category")).all()
    sensitive = {r.code for r in rows if r.restricted_group}
    assert sensitive <= chosen["dispatcher"]
    assert not sensitive & (chosen["planner"] | chosen["wallboard"])
    assert not {r.code for r in rows if r.audience == "ruang"} & chosen["village_head"]
