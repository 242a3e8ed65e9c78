"""Words, templates, filters, shifts, notices, instructions and bulk work over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select

from dispatch.schema import Category
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.world import NOON

KEYS = iter(f"desk-api-{n:06d}" for n in range(1000))
WIB = timezone(timedelta(hours=7))
HOSTILE = '=HYPERLINK("http://x.invalid") <script>alert(1)</script> {nomor} %s'


@pytest.fixture(scope="module")
def send(office: Office) -> Callable[..., Any]:
    def do(method: str, path: str, login: str, body: Any = None, status: int = 200) -> Any:
        client, more = office.client(login), {} if body is None else {"json": body}
        if method == "DELETE":
            more = {"json": {}}
        answer = client.open(f"/api/{path}", method=method, **more)
        assert answer.status_code == status, answer.get_data(as_text=True)[:600]
        return answer.get_json() if answer.data else None

    return do


@pytest.fixture
def road(office: Office, send: Any) -> dict[str, Any]:
    """A ticket of dpupr, just referred."""
    return referred(office, send)


def referred(office: Office, send: Any, category: str = "jalan") -> dict[str, Any]:
    body = {"where": "depan pasar", "category": category, "pin": inside(office, TEGALSAMBI)}
    headers = {"Idempotency-Key": next(KEYS)}
    taken = office.client("operator1").post("/api/calls", json=body, headers=headers).get_json()
    case = taken["incident"]["id"]
    listed = send("GET", f"tickets?q=%23{case}&box=semua", "dispatcher1")["tickets"]
    ticket = next(row for row in listed if row["incident"] == case)
    for to in ("diverifikasi", "didisposisi"):
        move = {"to": to, "version": ticket["version"], "key": next(KEYS)}
        if to == "didisposisi":
            move["agency"] = ticket["agency"]["code"]
        ticket = send("POST", f"tickets/{ticket['id']}/moves", "dispatcher1", move)
    return ticket


# Words.


def test_a_note_is_kept_as_it_was_typed_and_its_mentions_are_told(send: Any, road: Any) -> None:
    path = f"tickets/{road['id']}"
    people = send("GET", f"{path}/colleagues", "pupr1")["people"]
    operator = next(p for p in people if p["name"] == "Wulan Sekarsari")
    body = {"kind": "catatan", "text": HOSTILE, "mentions": [operator["id"]], "key": "a-note"}
    for _ in range(2):
        whole = send("POST", f"{path}/messages", "pupr1", body)
        assert [m["text"] for m in whole["messages"]] == [HOSTILE]
    told = send("GET", "notices", "operator1")
    mine = [n for n in told["notices"] if n["ticket"] == road["id"]]
    assert [(n["kind"], n["by"], n["seen_at"]) for n in mine] == [
        ("disebut", "Endah Lestari", None)
    ]
    seen = send("POST", "notices/seen", "operator1", {"upto": told["notices"][0]["id"]})
    assert seen["unseen"] == 0


def test_the_first_answer_of_the_agency_stops_the_clock_of_answers(send: Any, road: Any) -> None:
    assert road["answered_at"] is None
    body = {"kind": "jawaban", "text": "Besok kami tambal.", "key": "an-answer"}
    whole = send("POST", f"tickets/{road['id']}/messages", "pupr1", body)
    assert whole["answered_at"] is not None
    again = send("POST", f"tickets/{road['id']}/messages", "pupr1", body)
    assert (again["version"], len(again["messages"])) == (whole["version"], 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "x"}, "kind"), ({"text": "  "}, "text"), ({"text": "x" * 5001}, "text"),
        ({"mentions": [999_999]}, "mentions"), ({"key": ""}, "key"), ({"mentions": ["x"]}, None),
        ({"extra": 1}, "extra"), ({"text": 5}, "text"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_kept_are_refused_by_their_field(send, road, change, field) -> None:
    body = {"kind": "catatan", "text": "x", "mentions": [], "key": "k"} | change
    problem = send("POST", f"tickets/{road['id']}/messages", "pupr1", body, 422)
    assert problem["field"] == field or field is None
    assert send("GET", f"tickets/{road['id']}", "pupr1")["messages"] == []


def test_another_agencys_ticket_is_not_there_and_others_have_no_right(send: Any, road: Any) -> None:
    say = {"kind": "catatan", "text": "x", "key": "k"}
    give = {"text": "x", "due_at": "2026-03-05T00:00:00Z", "key": "k"}
    path = f"tickets/{road['id']}"
    send("POST", f"{path}/messages", "damkar1", say, 404)
    send("GET", f"{path}/colleagues", "damkar1", status=404)
    for login in ("tegalsambi", "perencana"):
        send("POST", f"{path}/messages", login, say, 403)
        send("GET", f"{path}/colleagues", login, status=403)
        send("POST", f"{path}/instructions", login, give, 403)
        send("POST", "tickets/bulk", login, {"ids": [1], "claim": True, "key": "k"}, 403)
        for get in ("stored-filters", "answers", "handovers", "instructions"):
            send("GET", get, login, status=403)
        assert send("GET", "notices", login)["unseen"] == 0


# Templates, filters, shifts.


def test_templates_are_filled_in_for_a_ticket_and_for_nothing_else(send: Any, road: Any) -> None:
    made = {
        "title": "Hari",
        "text": "No. {nomor}, {kategori}, {desa}, {instansi}, {batas}. {lacak}",
    }
    kept = send("POST", "answers", "pupr1", made, 201)
    found = send("GET", f"answers?ticket={road['id']}", "pupr1")["answers"]
    assert len(found) > 3
    filled = next(a["filled"] for a in found if a["id"] == kept["id"])
    assert filled.startswith(f"No. {road['id']}, ")
    assert "Tegalsambi, Dinas Pekerjaan Umum" in filled
    assert filled.endswith("/lacak")
    day = datetime.fromisoformat(road["due"]["done"]).astimezone(WIB)
    assert f", {day.day} " in filled
    assert f" {day.year}. " in filled
    assert all("{" not in answer["filled"] for answer in found)
    assert all("filled" not in a for a in send("GET", "answers", "pupr1")["answers"])
    send("GET", f"answers?ticket={road['id']}", "damkar1", status=404)
    problem = send("POST", "answers", "pupr1", made | {"text": "{sandi}"}, 422)
    assert problem["field"] == "text"
    assert "{nomor}" in problem["detail"]
    send("POST", "answers", "operator1", made, 403)
    send("DELETE", f"answers/{kept['id']}", "damkar1", status=404)
    send("DELETE", f"answers/{kept['id']}", "pupr1", status=204)


def test_a_template_begins_the_answer_of_a_move_and_is_not_sent_half_filled(
    office: Office, send: Any, road: Any
) -> None:
    told = send("GET", f"answers?ticket={road['id']}", "pupr1")
    by_id = {answer["id"]: answer for answer in told["answers"]}
    begun = {move: by_id[number] for move, number in told["begins"].items()}
    assert {move: (a["move"], a["kind"]) for move, a in begun.items()} == {
        "menunggu_tanggapan": ("menunggu_tanggapan", None),
        "ditunda": ("ditunda", None),
    }
    ask = begun["ditunda"]["filled"]
    assert str(road["id"]) in ask
    body = {"to": "ditunda", "reason": "data_kurang", "version": road["version"], "answer": ask}
    path = f"tickets/{road['id']}/moves"
    problem = send("POST", path, "pupr1", body, 422)
    assert (problem["field"], problem["detail"]) == (
        "answer",
        "answer: ___ is still to be filled in, or taken out",
    )
    send("POST", path, "pupr1", body | {"template": 1}, 422)
    whole = ask.replace("___", "di sebelah mana?")
    moved = send("POST", path, "pupr1", body | {"answer": whole})
    assert moved["state"] == "ditunda"
    assert moved["messages"][-1]["text"] == whole


def test_a_suggestion_is_answered_as_one(send: Any, office: Office) -> None:
    with office.as_owner() as session:
        code = session.scalar(select(Category.code).where(Category.kind == "saran").limit(1))
    told = send("GET", f"answers?ticket={referred(office, send, code)['id']}", "dispatcher1")
    [begun] = [a for a in told["answers"] if a["id"] == told["begins"]["menunggu_tanggapan"]]
    assert begun["kind"] == "saran"
    assert "saran Anda" in begun["filled"]


def test_filters_are_kept_by_name(send: Any) -> None:
    kept = send("POST", "stored-filters", "pupr1", {"name": "Saya", "query": "box=saya&p=1,2"}, 201)
    assert send("GET", "stored-filters", "pupr1")["filters"] == [kept]
    assert send("GET", "stored-filters", "dinkes1")["filters"] == []
    wrong = send("POST", "stored-filters", "pupr1", {"name": "x", "query": "hapus=semua"}, 422)
    assert wrong["field"] == "query"
    send("DELETE", f"stored-filters/{kept['id']}", "dinkes1", status=404)
    send("DELETE", f"stored-filters/{kept['id']}", "pupr1", status=204)


def test_a_shift_is_handed_over_with_its_figures(send: Any, road: Any) -> None:
    now = send("GET", "tickets", "pupr1")["counts"]
    left = send("POST", "handovers", "pupr1", {"text": HOSTILE}, 201)
    assert (left["text"], left["taken_at"]) == (HOSTILE, None)
    assert left["figures"] == {k: now[k] for k in left["figures"]}
    assert left["figures"]["open"] > 0
    assert send("GET", "handovers", "pupr1")["waiting"] == left
    assert send("GET", "handovers", "operator1")["waiting"] is None
    taken = send("POST", f"handovers/{left['id']}/take", "pupr1", {})
    assert (taken["taken_by"], taken["figures"]) == ("Endah Lestari", left["figures"])
    assert send("GET", "handovers", "pupr1")["waiting"] is None
    send("POST", f"handovers/{left['id']}/take", "damkar1", {}, 404)
    send("POST", "handovers", "bupati", {"text": "x"}, 403)
    assert send("POST", "handovers", "pupr1", {"text": ""}, 422)["field"] == "text"


# Instructions.


def test_a_leader_instructs_and_the_agency_answers(send: Any, road: Any) -> None:
    due = (NOON + timedelta(days=900)).isoformat()
    give = {"text": HOSTILE, "due_at": due, "key": "instruct"}
    path = f"tickets/{road['id']}/instructions"
    assert send("POST", path, "bupati", give, 422)["field"] == "due_at"
    assert send("POST", path, "bupati", give | {"due_at": "besok"}, 422)["field"] == "due_at"
    soon = give | {"due_at": soon_after(send, road)}
    for _ in range(2):
        whole = send("POST", path, "bupati", soon, 201)
        assert [i["text"] for i in whole["instructions"]] == [HOSTILE]
    send("POST", path, "pupr1", soon, 403)
    [waits] = [
        i for i in send("GET", "instructions", "pupr1")["instructions"] if i["ticket"] == road["id"]
    ]
    assert waits["overdue"] is False
    assert send("GET", "instructions", "damkar1")["instructions"] == []
    row = next(r for r in send("GET", "tickets", "pupr1")["tickets"] if r["id"] == road["id"])
    assert row["instruction"]["text"] == HOSTILE
    done = send("POST", f"instructions/{waits['id']}/answer", "pupr1", {"answer": "Beres."})
    assert [(i["answer"], i["answered_by"]) for i in done["instructions"]] == [
        ("Beres.", "Endah Lestari")
    ]
    again = {"answer": "Belum."}
    problem = send("POST", f"instructions/{waits['id']}/answer", "operator1", again, 409)
    assert (problem["type"], problem["by"]) == ("AnsweredAlready", "Endah Lestari")
    send("POST", f"instructions/{waits['id']}/answer", "bupati", again, 403)
    send("POST", f"instructions/{waits['id']}/answer", "damkar1", again, 404)


def soon_after(send: Any, road: Any) -> str:
    """A week after the ticket was referred: the app's clock is the machine's own."""
    return (datetime.fromisoformat(road["referred_at"]) + timedelta(days=7)).isoformat()


# Many at once.


def test_many_are_moved_each_by_itself(office: Office, send: Any) -> None:
    one, other = referred(office, send), referred(office, send)
    fire = referred_fire(office, send)
    body = {"ids": [one["id"], fire, other["id"]], "move": {"to": "diterima_opd"}, "key": "bulk-1"}
    first = send("POST", "tickets/bulk", "pupr1", body)["results"]
    assert [(r["id"], r["ok"]) for r in first] == [
        (one["id"], True),
        (fire, False),
        (other["id"], True),
    ]
    assert first[0]["ticket"]["state"] == "diterima_opd"
    assert first[1]["problem"]["type"] == "Unknown"
    assert first[1]["problem"]["status"] == 404
    again = send("POST", "tickets/bulk", "pupr1", body)["results"]
    assert [r["ticket"]["version"] for r in again if r["ok"]] == [
        r["ticket"]["version"] for r in first if r["ok"]
    ]
    lacks = {"ids": [one["id"]], "move": {"to": "bukan_wewenang"}, "key": "bulk-2"}
    [result] = send("POST", "tickets/bulk", "pupr1", lacks)["results"]
    assert (result["ok"], result["problem"]["field"]) == (False, "reason")


def referred_fire(office: Office, send: Any) -> int:
    body = {"where": "gudang", "category": "kebakaran", "pin": inside(office, TEGALSAMBI)}
    headers = {"Idempotency-Key": next(KEYS)}
    office.client("operator1").post("/api/calls", json=body, headers=headers)
    number: int = send("GET", "tickets?category=kebakaran&sort=new", "dispatcher1")["tickets"][0][
        "id"
    ]
    return number


def test_many_are_claimed(office: Office, send: Any) -> None:
    ids = [referred(office, send)["id"] for _ in range(2)]
    results = send("POST", "tickets/bulk", "pupr1", {"ids": ids, "claim": True, "key": "c"})[
        "results"
    ]
    assert [r["ticket"]["holder"]["name"] for r in results] == ["Endah Lestari"] * 2
    assert {row["id"] for row in send("GET", "tickets?box=saya", "pupr1")["tickets"]} >= set(ids)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ids": [], "claim": True, "key": "k"}, "ids"),
        ({"ids": [1], "key": "k"}, "move"),
        ({"ids": [1], "claim": True, "move": {"to": "baru"}, "key": "k"}, "move"),
        ({"ids": [1], "move": {"to": "tutup"}, "key": "k"}, "to"),
        ({"ids": [0], "claim": True, "key": "k"}, "ids.0"),
        ({"ids": [1], "claim": True}, "key"),
    ],
)
def test_bulk_work_that_cannot_be_meant_is_refused_by_its_field(send, body, field) -> None:
    assert send("POST", "tickets/bulk", "pupr1", body, 422)["field"] == field


def test_two_hundred_and_no_more(send: Any) -> None:
    body = {"ids": list(range(1, 202)), "claim": True, "key": "k"}
    assert send("POST", "tickets/bulk", "pupr1", body, 422)["type"] == "TooMany"
    send("POST", "tickets/bulk", "bupati", {"ids": [1], "claim": True, "key": "k"}, 403)
