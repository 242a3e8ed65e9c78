"""Tickets over HTTP: a whole life, two at once, forged and hostile requests, a sensitive one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from dispatch import tickets
from dispatch.rules.ticketing import TicketState
from dispatch.schema import User
from dispatch.scope import REPORTER, Scope
from dispatch.tickets import Move
from tests.app.conftest import Office

MOVES = "moves"


@pytest.fixture(scope="module")
def staffed(office: Office) -> Office:
    """With a second officer of the roads."""
    with office.as_owner() as session:
        first = session.execute(select(User).where(User.login == "pupr1")).scalar_one()
        session.execute(
            insert(User).values(
                login="pupr2", name="Joko Susilo", role="agency_officer", groups=[],
                agency_id=first.agency_id, password_hash=first.password_hash,
            )
        )  # fmt: skip
    return office


def opened(office: Office, category: str = "jalan", login: str = "operator1") -> dict[str, Any]:
    """A new case: {"call", "incident", "ticket"} by number."""
    key = f"tickets-api-{opened.__dict__.setdefault('n', 0)}"
    opened.__dict__["n"] += 1
    answer = office.client(login).post(
        "/api/calls",
        json={"where": "Jalan Kenanga", "what": "berlubang", "category": category},
        headers={"Idempotency-Key": key},
    )
    assert answer.status_code == 201, answer.text
    incident = answer.json["incident"]["id"]
    file = office.client("dispatcher2").get(f"/api/incidents/{incident}").json
    numbers = [ticket["id"] for ticket in file["tickets"]]
    return {"call": answer.json["call"], "incident": incident, "ticket": numbers[0]}


def ask(client: FlaskClient, number: int, what: str, **body: Any) -> Any:
    """A write about a ticket, with the version it has now unless one is given."""
    path = f"/api/tickets/{number}"
    if "version" not in body:
        body["version"] = client.get(path).json["version"]
    return client.post(f"{path}/{what}", json=body)


def move(client: FlaskClient, number: int, to: str, **more: Any) -> Any:
    """The ticket after a move that must be taken."""
    answer = ask(client, number, MOVES, to=to, **more)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_tickets_whole_life(staffed: Office):
    case = opened(staffed)
    number, room, officer = case["ticket"], staffed.client("dispatcher1"), staffed.client("pupr1")
    new = room.get(f"/api/tickets/{number}").json
    assert (new["state"], new["waits"], new["reports"]) == ("baru", "ruang", 1)
    assert new["moves"] == ["diverifikasi", "didisposisi", "ditunda", "diarsipkan"]
    assert new["left"]["which"] == "verify"
    assert new["left"]["working_s"] > 0
    assert new["agency"] == {"code": "dpupr", "short": new["agency"]["short"]}
    assert new["file"]["feature"]["id"] == case["incident"]
    assert [t["id"] for t in new["file"]["tickets"]] == [number]
    move(room, number, "diverifikasi")
    referred = move(room, number, "didisposisi", key="give")
    assert (referred["waits"], referred["left"]["which"]) == ("opd", "answer")
    again = ask(room, number, MOVES, to="didisposisi", key="give", version=1).json
    assert (again["version"], again["steps"]) == (referred["version"], referred["steps"])
    claimed = ask(officer, number, "claim").json
    assert claimed["holder"]["name"] == "Endah Lestari"
    move(officer, number, "diterima_opd", note="akan dicek besok")
    move(officer, number, "dikerjakan")
    early = ask(officer, number, MOVES, to="ditindaklanjuti")
    assert (early.status_code, early.json["type"]) == (409, "ProofMissing")
    proof = {"url": "https://www.instagram.com/p/Kenanga1", "note": "tambalan", "key": "post-1"}
    assert officer.post(f"/api/tickets/{number}/proofs", json=proof).status_code < 300
    done = move(officer, number, "ditindaklanjuti")
    assert [p["kind"] for p in done["proofs"]] == ["tautan"]
    answered = move(officer, number, "menunggu_tanggapan", answer="Sudah ditambal hari ini.")
    assert answered["waits"] == "pelapor"
    assert [m["text"] for m in answered["messages"]] == ["Sudah ditambal hari ini."]
    reporter = Scope(REPORTER, call_id=case["call"])
    ground, later = staffed.parts.ground(), staffed.parts.now() + timedelta(hours=1)
    for to in (TicketState.CLOSED, TicketState.REOPENED):
        version = room.get(f"/api/tickets/{number}").json["version"]
        with staffed.as_scope(reporter) as session:
            tickets.move(session, number, Move(to=to), version, later, ground)
        whole = room.get(f"/api/tickets/{number}").json
        closed = to is TicketState.CLOSED
        assert whole["file"]["feature"]["properties"]["state"] == ("ditutup" if closed else "baru")
    assert whole["state"] == "dibuka_kembali"
    assert whole["flags"] == ["dibuka_kembali"]
    assert [s["state"] for s in whole["steps"]] == [
        "baru", "diverifikasi", "didisposisi", "diterima_opd", "dikerjakan", "ditindaklanjuti",
        "menunggu_tanggapan", "ditutup", "dibuka_kembali",
    ]  # fmt: skip
    assert {s["actor"] for s in whole["steps"]} == {"ruang", "opd", "pelapor"}
    assert whole["steps"][3]["note"] == "akan dicek besok"
    clock = whole["clock"]
    assert [leg["holder"] for leg in clock["legs"]][-3:] == ["pelapor", None, "opd"]
    # Each is rounded to a whole second by itself: two may come to one more than the whole.
    assert clock["citizen_s"] + 1 >= clock["with_room_s"] + clock["with_agency_s"]
    assert all(leg["working_s"] >= 0 and leg["wall_s"] >= 0 for leg in clock["legs"])


def test_of_two_officers_at_once_one_wins_and_the_other_reads_who(staffed: Office):
    number = opened(staffed)["ticket"]
    move(staffed.client("dispatcher1"), number, "didisposisi")
    clients = [staffed.client("pupr1"), staffed.client("pupr2")]
    version = clients[0].get(f"/api/tickets/{number}").json["version"]
    start = Barrier(2)

    def take(client: FlaskClient) -> Any:
        start.wait(10)
        return ask(client, number, MOVES, to="diterima_opd", version=version)

    with ThreadPoolExecutor(2) as pool:
        won, lost = sorted(pool.map(take, clients), key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json["type"] == "ChangedMeanwhile"
    assert lost.json["by"] == won.json["steps"][-1]["by"]
    assert lost.json["at"]


def test_what_one_works_on_the_other_takes_over_in_the_open(staffed: Office):
    number = opened(staffed)["ticket"]
    first, second = staffed.client("pupr1"), staffed.client("pupr2")
    move(staffed.client("dispatcher1"), number, "didisposisi")
    ask(first, number, "claim")
    for what, more in ((MOVES, {"to": "diterima_opd"}), ("claim", {}), ("release", {})):
        held = ask(second, number, what, **more)
        assert (held.status_code, held.json["type"]) == (409, "HeldByAnother")
        assert held.json["by"] == "Endah Lestari"
    taken = ask(second, number, "claim", take_over=True).json
    assert taken["holder"]["name"] == "Joko Susilo"
    assert ask(second, number, "release").json["holder"] is None


@pytest.mark.parametrize(
    ("body", "status", "names"),
    [
        ({"to": "ditutup"}, 409, "baru -> ditutup by ruang"),
        ({"to": "selesai"}, 422, "to: give one of baru"),
        ({"to": "ditunda", "answer": "Di mana?"}, 422, "reason"),
        ({"to": "diarsipkan", "reason": "<script>"}, 422, "give one of palsu"),
        ({"to": "didisposisi", "agency": "hantu"}, 422, "there is no agency"),
        ({"to": "diverifikasi", "version": "1"}, 422, "version"),
        ({"to": "diverifikasi", "version": 99}, 409, "is at version 1, not 99"),
        ({"to": "diverifikasi", "version": 2**40}, 422, "version"),
        ({"to": "diverifikasi", "actor": "sistem"}, 422, "actor"),
        ({"to": "diverifikasi", "note": "x" * 2001}, 422, "note"),
        ({"to": ["diverifikasi"]}, 422, "to"),
    ],
)
def test_a_forged_move_is_refused_in_one_sentence(staffed: Office, body, status, names):
    number = opened(staffed)["ticket"]
    answer = ask(staffed.client("dispatcher1"), number, MOVES, **{"version": 1} | body)
    assert answer.status_code == status, answer.text
    assert names in answer.json["detail"]
    assert answer.json["detail"].count("\n") == 0
    assert staffed.client("dispatcher1").get(f"/api/tickets/{number}").json["version"] == 1


def test_only_the_room_refers_only_the_agency_accepts_and_the_leader_looks(staffed: Office):
    case = opened(staffed)
    number = case["ticket"]
    assert ask(staffed.client("pupr1"), number, MOVES, to="didisposisi").status_code == 409
    leader = staffed.client("bupati")
    assert leader.get(f"/api/tickets/{number}").json["moves"] == []
    assert ask(leader, number, "claim").status_code == 403
    assert ask(leader, number, MOVES, to="diverifikasi").status_code == 409
    add = {"agency": "dlh", "version": 1, "key": "more"}
    path = f"/api/incidents/{case['incident']}/tickets"
    assert staffed.client("pupr1").post(path, json=add).status_code == 403
    assert staffed.client("damkar1").get(f"/api/tickets/{number}").status_code == 404
    added = staffed.client("dispatcher1").post(path, json=add)
    assert (added.status_code, added.json["state"]) == (201, "didisposisi")
    assert [t["id"] for t in added.json["others"]] == [number]
    again = staffed.client("dispatcher1").post(path, json=add | {"key": "other", "version": 2})
    assert (again.status_code, again.json["type"]) == (409, "AgencyHasTicket")


def test_a_sensitive_ticket_is_shown_to_its_group_alone_and_each_look_is_noted(staffed: Office):
    case = opened(staffed, "kdrt", "operator3")
    number = case["ticket"]
    for login in ("operator1", "dispatcher1", "pupr1", "bupati"):
        client = staffed.client(login)
        assert client.get(f"/api/tickets/{number}").status_code == 404
        gone = ask(client, number, MOVES, to="diverifikasi", version=1)
        assert (gone.status_code, gone.json["type"]) == (404, "Unknown")
    shown = staffed.client("dispatcher2").get(f"/api/tickets/{number}").json
    assert shown["restricted"]
    history = staffed.client("dispatcher2").get(f"/api/incidents/{case['incident']}")
    assert history.status_code == 200


def test_words_of_callers_stay_words(staffed: Office):
    number = opened(staffed)["ticket"]
    room, hostile = staffed.client("dispatcher1"), '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)>'
    whole = move(room, number, "ditunda", reason="data_kurang", answer=hostile, note=hostile)
    assert whole["messages"][0]["text"] == hostile
    assert whole["steps"][-1]["note"] == hostile
    assert whole["before"] == "baru"
    back = move(room, number, "baru")
    assert back["before"] is None
