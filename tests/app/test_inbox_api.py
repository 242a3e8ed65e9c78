"""/api/tickets: boxes, filters and pages over HTTP; what cannot be meant is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office

KEYS = iter(f"inbox-api-{n:06d}" for n in range(1000))
FORMULA = '=HYPERLINK("http://contoh.invalid") <b>tebal</b>'


@pytest.fixture(scope="module")
def town(office: Office) -> Office:
    """Three broken roads, a fire, a sensitive case."""
    for where in ("depan pasar", "jalan mawar", FORMULA):
        take(office, "jalan", where)
    take(office, "kebakaran", "gudang mebel")
    take(office, "kdrt", "rumah ketiga", login="operator3")
    return office


def take(office: Office, category: str, where: str, login: str = "operator1") -> None:
    body = {"where": where, "category": category, "pin": inside(office, TEGALSAMBI)}
    answer = office.client(login).post(
        "/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)}
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def ask(town: Office) -> Callable[..., Any]:
    def get(query: str = "", login: str = "dispatcher1", status: int = 200) -> Any:
        answer = town.client(login).get(f"/api/tickets{query}")
        assert answer.status_code == status, answer.get_data(as_text=True)[:400]
        return answer.get_json()

    return get


def test_a_row_says_what_the_contract_says(ask: Any) -> None:
    told = ask("?category=jalan&sort=old")
    row = told["tickets"][0]
    assert row["place"] == "depan pasar"
    assert row["state"] == "baru"
    assert row["agency"]["code"] == "dpupr"
    assert row["village"]["code"] == TEGALSAMBI
    assert row["due"]["verify"] < row["due"]["done"]
    assert (row["late"], row["reports"], row["version"]) == ([], 1, 1)
    assert told["next"] is None
    assert told["counts"]["open"] == 3
    assert told["counts"]["boxes"] == {"masuk": 3, "saya": 0, "terlambat": 0, "menunggu": 0}
    assert told["counts"]["by_state"] == {"baru": 3}


def test_what_reads_as_a_formula_or_a_page_is_text_and_stays_so(ask: Any) -> None:
    places = [row["place"] for row in ask()["tickets"]]
    assert FORMULA in places
    found = ask("?q=contoh.invalid")["tickets"]
    assert [row["place"] for row in found] == [FORMULA]


def test_each_side_has_its_own_inbox(ask: Any, town: Office) -> None:
    assert {row["category"] for row in ask()["tickets"]} == {"jalan", "kebakaran"}
    assert ask("?box=semua", "pupr1")["counts"]["open"] == 3
    assert ask("", "pupr1")["tickets"] == []  # the room has not referred them yet
    fire = ask("", "damkar1")["tickets"]  # an emergency waits for nobody
    assert [row["category"] for row in fire] == ["kebakaran"]
    assert {r["category"] for r in ask("?box=semua", "bupati")["tickets"]} == {"jalan", "kebakaran"}
    assert "kdrt" in {row["category"] for row in ask("?box=semua", "ppa1")["tickets"]}


@pytest.mark.parametrize(
    "login", ["tegalsambi", "perencana", "admin", "pdp", "dinding", "ambulans"]
)
def test_who_has_no_inbox_is_told_so(ask: Any, town: Office, login: str) -> None:
    assert ask("", login, 403)["type"] == "NotAllowed"
    assert town.client(login).get("/api/tickets.geojson").status_code == 403
    assert town.client().get("/api/tickets").status_code == 401


def test_pages_follow_each_other_by_their_cursor(ask: Any) -> None:
    first = ask("?sort=new&limit=2")
    second = ask(f"?sort=new&limit=2&after={first['next']}")
    assert second["next"] is None
    ids = [row["id"] for row in first["tickets"] + second["tickets"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?box=sampah", "box"), ("?state=tutup", "state"), ("?kind=x", "kind"),
        ("?category=x", "category"), ("?agency=x", "agency"), ("?village=1", "village"),
        ("?district=1", "district"), ("?p=5", "p"), ("?late=yes", "late"),
        ("?holder=x", "holder"), ("?holder=99999999999", "holder"), ("?sort=x", "sort"),
        ("?box=selesai&sort=due", "sort"), ("?after=x", "after"), ("?limit=201", "limit"),
        ("?limit=0", "limit"), ("?offset=5", "offset"), ("?p=1&p=2", "p"),
        (f"?q={'x' * 201}", "q"), ("?state=baru,baru", "state"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_its_field(ask: Any, query: str, field: str) -> None:
    for path in (query, f".geojson{query}"):
        problem = ask(path, status=422)
        assert problem["field"] == field
        assert problem["detail"].startswith(field)


def test_a_category_of_a_group_may_be_asked_for_by_the_room_and_the_group_alone(ask: Any) -> None:
    assert ask("?category=kdrt&box=semua")["tickets"] == []
    assert ask("?category=kdrt&box=semua", "ppa1")["counts"]["open"] == 1
    assert ask("?category=kdrt", "pupr1", 422)["field"] == "category"


def test_the_map_has_the_same_tickets(ask: Any) -> None:
    told = ask(".geojson?category=jalan,kebakaran")
    assert told["truncated"] is False
    listed = {row["id"]: row for row in ask("?category=jalan,kebakaran")["tickets"]}
    assert {feature["id"] for feature in told["features"]} == set(listed)
    for feature in told["features"]:
        row = listed[feature["id"]]
        assert feature["geometry"]["coordinates"] == [row["lon"], row["lat"]]
        assert feature["properties"]["state"] == row["state"]
        assert feature["properties"]["late"] is False
        assert "place" not in feature["properties"]


def test_the_number_of_a_ticket_or_a_case_is_found(ask: Any) -> None:
    row = ask("?category=kebakaran")["tickets"][0]
    for number in (row["id"], row["incident"]):
        found = ask(f"?q=%23{number}&box=semua")["tickets"]
        assert row["id"] in {one["id"] for one in found}
        assert all(number in (one["id"], one["incident"]) for one in found)
