"""The pages of a reporter: the own report and nothing else, replies once, and what is refused."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.pages import track
from dispatch.rules.tracking import code_of
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.world import post_form

KEYS = iter(f"reporter-{n:06d}" for n in range(1000))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch):
    """Bounds of its own for each test."""
    for name in ("WRONG", "WRONG_OF_ALL", "WRITTEN"):
        bound = getattr(track, name)
        monkeypatch.setattr(track, name, type(bound)(bound._at_once, bound._per_s))


def take(office: Office, **body):
    """A call with its code, as POST /api/calls answers."""
    body = {"where": "tikungan kenari9tempat", "what": "kenari9kata", "category": "jalan"} | body
    body.setdefault("pin", inside(office, TEGALSAMBI))
    headers = {"Idempotency-Key": next(KEYS)}
    answer = office.client("operator1").post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def ticket_of(office: Office, taken) -> int:
    with office.as_owner() as session:
        asked = text("SELECT min(id) FROM ticket WHERE incident_id = :id")
        return int(session.scalar(asked, {"id": taken["incident"]["id"]}))


def move(office: Office, login: str, ticket: int, to: str, **more):
    client = office.client(login)
    version = client.get(f"/api/tickets/{ticket}").get_json()["version"]
    body = {"to": to, "version": version, "key": next(KEYS)} | more
    answer = client.post(f"/api/tickets/{ticket}/moves", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def answered(office: Office, **body):
    """A report that its agency answered."""
    taken = take(office, category="layanan_publik", **body)
    ticket = ticket_of(office, taken)
    move(office, "dispatcher1", ticket, "didisposisi", agency="dpupr")
    move(office, "pupr1", ticket, "diterima_opd")
    move(office, "pupr1", ticket, "ditindaklanjuti", note="kenari9catatan")
    move(office, "pupr1", ticket, "menunggu_tanggapan", answer="Sudah kami perbaiki, terima kasih.")
    return taken, ticket


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data(as_text=True)


def send(client: FlaskClient, path: str, **fields: str):
    return post_form(client, path, fields)


def test_the_code_leads_from_the_form_to_the_page_and_no_further(office: Office):
    taken, reporter = take(office), office.client()
    typed = taken["code"].replace("-", " ").lower()
    answer = send(reporter, "/lacak", code=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/lacak/{taken['code']}")
    shown = reporter.get(f"/lacak/{taken['code']}")
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    written = shown.get_data(as_text=True)
    assert "DPUPR" in written or "Pekerjaan Umum" in written
    assert "kenari9" not in written  # not even the own words: who holds the code may be another
    assert reporter.get("/api/board").status_code == 401


@pytest.mark.parametrize("wrong", ["1-AAAA-AAAA", "x", "0", "9" * 40, "%00", "1-K7QF-93MD%0A"])
def test_a_wrong_code_says_one_sentence_and_offers_the_form_again(office: Office, wrong: str):
    answer = office.client().get(f"/lacak/{wrong}")
    assert answer.status_code == 404
    assert "tidak dikenal" in answer.get_data(as_text=True)
    assert 'name="code"' in answer.get_data(as_text=True)


def test_who_guesses_is_stopped_and_who_knows_gets_through(office: Office):
    taken, guesser = take(office), office.client()
    seen = {guesser.get(f"/lacak/{n}-AAAA-AAAA").status_code for n in range(60)}
    assert seen == {404, 429}
    assert page(office.client(), f"/lacak/{taken['code']}")


def test_a_life_seen_by_its_reporter(office: Office):
    taken, ticket = answered(office)
    reporter, path = office.client(), f"/lacak/{taken['code']}"
    shown = page(reporter, path)
    assert "Sudah kami perbaiki, terima kasih." in shown
    assert "kenari9catatan" not in shown
    assert not re.search(r"pupr1|dispatcher1", shown)
    sent = {"text": "Masih berlubang <b>di tengah</b>.", "key": "sekali-saja"}
    assert send(reporter, f"{path}/{ticket}/buka", **sent).status_code == 303
    assert send(reporter, f"{path}/{ticket}/buka", **sent).status_code == 303  # once more: nothing
    shown = page(reporter, path)
    assert "Dibuka kembali" in shown
    assert shown.count("Masih berlubang") == 1
    assert "&lt;b&gt;di tengah" in shown
    file = office.client("pupr1").get(f"/api/tickets/{ticket}").get_json()
    assert file["state"] == "dibuka_kembali"
    assert file["reopens"] == 1
    assert [m["text"] for m in file["messages"] if m["kind"] == "tanggapan"] == [sent["text"]]


def test_a_good_word_closes_and_a_bad_one_does_not(office: Office):
    for stars, state in (("5", "ditutup"), ("1", "menunggu_tanggapan")):
        taken, ticket = answered(office)
        path, reporter = f"/lacak/{taken['code']}", office.client()
        assert send(reporter, f"{path}/{ticket}/nilai", stars=stars).status_code == 303
        file = office.client("dispatcher1").get(f"/api/tickets/{ticket}").get_json()
        assert (file["state"], file["stars"]) == (state, int(stars))


def test_a_reply_brings_back_what_waited_for_it(office: Office):
    taken = take(office)
    ticket, path = ticket_of(office, taken), f"/lacak/{taken['code']}"
    why = {"reason": "tempat_tidak_jelas", "answer": "Di sebelah mana jembatan?"}
    move(office, "dispatcher1", ticket, "ditunda", **why)
    reporter = office.client()
    assert "Di sebelah mana jembatan?" in page(reporter, path)
    said = {"text": "Sebelah timur.", "key": "balas-1"}
    assert send(reporter, f"{path}/{ticket}/balas", **said).status_code == 303
    file = office.client("dispatcher1").get(f"/api/tickets/{ticket}").get_json()
    assert file["state"] == "baru"


def test_bad_words_are_refused_in_one_sentence_and_kept(office: Office):
    taken = take(office)
    ticket, path = ticket_of(office, taken), f"/lacak/{taken['code']}"
    reporter = office.client()
    for words, said in (("", "Tulis dahulu"), ("a" * 2001, "paling banyak 2000")):
        answer = send(reporter, f"{path}/{ticket}/balas", text=words, key="k")
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
        assert words in answer.get_data(as_text=True)
    for stars in ("", "0", "6", "lima", "1.0"):
        assert send(reporter, f"{path}/{ticket}/nilai", stars=stars).status_code == 422
    assert send(reporter, f"{path}/{ticket}/nilai", stars="3").status_code == 409  # no answer yet
    assert send(reporter, f"{path}/{ticket}/buka", text="x", key="y").status_code == 409


def test_a_code_opens_no_other_reports_ticket(office: Office):
    mine, other = take(office), take(office)
    foreign = ticket_of(office, other)
    answer = send(office.client(), f"/lacak/{mine['code']}/{foreign}/balas", text="halo", key="k")
    assert answer.status_code == 404
    file = office.client("dispatcher1").get(f"/api/tickets/{foreign}").get_json()
    assert not file["messages"]


def test_who_joined_a_case_sees_its_state_and_not_the_first_callers_words(office: Office):
    first = take(office, where="rumah kenari9pertama", what="kenari9rahasia")
    second = take(office, joins=first["incident"]["id"], where="dekat kenari9kedua")
    shown = page(office.client(), f"/lacak/{second['code']}")
    assert "kenari9" not in shown
    assert "Diterima ruang 112" in shown


def test_a_sensitive_report_names_no_category(office: Office):
    taken = take(office, category="kdrt")
    shown = page(office.client(), f"/lacak/{taken['code']}")
    assert "Laporan Anda" in shown
    assert "KDRT" not in shown
    assert "rumah tangga" not in shown.lower()


def test_a_call_that_opened_nothing_has_a_page_too(office: Office):
    taken = take(office, **{"class": "informasi"}, pin=None)
    assert "tercatat" in page(office.client(), f"/lacak/{taken['code']}")


def test_it_speaks_english_by_the_switch(office: Office):
    taken = take(office)
    assert "Report" in page(office.client(), f"/lacak/{taken['code']}?lang=en")


def test_a_code_of_no_report_is_like_a_wrong_one(office: Office):
    code = code_of(987654321, office.parts.tracking_key)
    assert office.client().get(f"/lacak/{code}").status_code == 404


def test_the_receipt_says_what_the_page_says_and_who_made_it_is_logged(office: Office):
    taken = take(office, phone="0812 0000 0123", caller="Kenari9nama")
    room = office.client("operator1")
    answer = room.get(f"/laporan/tanda-terima/{taken['call']}")
    assert answer.status_code == 200
    written = answer.get_data(as_text=True)
    assert taken["code"] in written
    assert "Diterima ruang 112" in written
    assert "<svg" in written
    assert not re.search(r"kenari9|0812|0123", written, re.IGNORECASE)
    assert room.get(f"/laporan/tanda-terima/{taken['call']}?as=png").status_code == 422
    assert office.client("pupr1").get(f"/laporan/tanda-terima/{taken['call']}").status_code == 403
    with office.as_owner() as session:
        looked = "SELECT count(*) FROM log_entry WHERE call_id = :id AND facts ->> 'what' = 'kode'"
        assert session.scalar(text(looked), {"id": taken["call"]}) == 1


def test_the_room_is_told_a_code_again(office: Office):
    taken = take(office)
    told = office.client("operator2").get(f"/api/calls/{taken['call']}/code").get_json()
    assert told["code"] == taken["code"]
    assert told["url"].endswith(f"/lacak/{taken['code']}")
    assert office.client("operator2").get("/api/calls/987654321/code").status_code == 404
