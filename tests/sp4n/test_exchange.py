"""Telling SP4N-LAPOR and hearing from it, over real HTTP and a real database."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from app.exchange import worker
from app.exchange.client import Refused
from dispatch.rules.ticketing import TicketState
from dispatch.schema import Call, CallContact, Incident
from dispatch.scope import EXCHANGE
from dispatch.sp4n import exchange
from dispatch.sp4n.hearing import Heard
from tests.dispatch.ticket_desk import FIRE, POWER, ROAD, VIOLENCE
from tests.sp4n.conftest import Both

S = TicketState
PIN = {"teks": "dekat balai desa", "lon": 110.6685, "lat": -6.5893}


def test_a_complaint_is_told_with_its_category_and_village_and_never_who_called(both: Both):
    case = both.desk.open(
        ROAD,
        what="Lubang besar. Saya Sutinah, 0812-3456-7890",
        phone="081234567890",
        caller="Sutinah",
    )
    both.push_all()
    (report,) = both.there.reports.values()
    assert report["status"] == "belum_terverifikasi"
    assert report["instansi"] == "jepara-dpupr"
    assert report["kategori"] == "infrastruktur_jalan"
    assert report["isi"] == "Jalan rusak"
    assert "Sutinah" not in str(report)
    assert "0812" not in str(report)
    assert report["anonim"] is True
    assert both.link(ticket=case.ticket).state == "selaras"
    assert both.compare().found == ()


def test_what_happens_to_a_ticket_is_told_step_by_step(both: Both):
    case = both.desk.open(POWER)
    both.push_all()
    officer = "pln"
    said = []
    for states in ([S.VERIFIED, S.REFERRED], [S.ACCEPTED], [S.FOLLOWED_UP], [S.AWAITING_REPLY]):
        both.desk.walk(case.ticket, *states, officer=officer)
        both.push_all()
        said.append(next(iter(both.there.reports.values()))["status"])
    assert said == ["disposisi", "proses", "proses", "proses"]
    assert next(iter(both.there.reports.values()))["tindak_lanjut"] == "Sudah diperbaiki."
    assert both.compare().found == ()


def test_what_was_not_changed_is_not_sent_again(both: Both):
    both.desk.open(ROAD)
    both.push_all()
    writes = both.there.writes
    for _ in range(3):
        assert worker.push(both.office) == 0
    assert both.there.writes == writes


def test_emergencies_and_what_belongs_to_a_group_stay_here(both: Both):
    both.desk.open(FIRE)
    both.desk.open(VIOLENCE)
    both.push_all()
    assert both.there.reports == {}
    assert both.links() == []


def test_a_case_that_becomes_sensitive_is_told_no_more(both: Both):
    case = both.desk.open(ROAD)
    both.push_all()
    both.desk.walk(case.ticket, S.VERIFIED)
    with both.desk.world.as_owner() as session:
        session.execute(
            update(Incident).where(Incident.id == case.incident).values(restricted_group="ppa")
        )
    writes = both.there.writes
    both.push_all(3)
    assert both.there.writes == writes
    (found,) = both.compare().found
    assert found.kind == "peka"
    assert found.ticket is None


def test_a_report_from_there_becomes_one_case_without_its_reporters_name(both: Both):
    number = both.there.file(
        "Jalan berlubang, hubungi budi@contoh.example atau +62 812 0000 1111",
        kategori="infrastruktur_jalan", lokasi=PIN, pelapor={"nama": "Budi"},
    )  # fmt: skip
    assert worker.pull(both.office)[Heard.NEW] == 1
    assert worker.pull(both.office)[Heard.SAME] == 1
    link = both.link(remote=number)
    incident = both.desk.incident(link.incident_id)
    assert incident.category_code == "jalan"
    assert incident.channel == "pesan"
    assert incident.village_code is not None
    assert incident.opened_by is None
    with both.desk.world.as_owner() as session:
        (call,) = session.scalars(select(Call)).all()
        assert call.said_what == "Jalan berlubang, hubungi [surel] atau [nomor]"
        assert session.scalars(select(CallContact)).all() == []
    assert [step.by_name for step in both.desk.steps(link.ticket_id)] == ["sistem"]
    both.push_all()
    assert both.there.reports[number]["instansi"] == "jepara-dpupr"
    assert both.compare().found == ()


def test_a_sensitive_report_from_there_waits_for_people(both: Both):
    both.there.file("...", kategori="perlindungan_anak")
    both.there.file("...", rahasia=True)
    both.there.file("sudah selesai", status="selesai")
    heard = worker.pull(both.office)
    assert (heard[Heard.WITHHELD], heard[Heard.LEFT]) == (2, 1)
    assert both.tickets() == 0
    assert {finding.kind for finding in both.compare(repair=True).found} == {"peka"}


def test_what_the_reporter_replies_there_wakes_a_ticket_that_waited_for_it(both: Both):
    number = both.there.file("Lampu mati", kategori="infrastruktur_jalan")
    worker.pull(both.office)
    ticket = both.link(remote=number).ticket_id
    both.desk.move(
        "dispatcher2", ticket, S.POSTPONED, reason="data_kurang", answer="Di mana persisnya?"
    )
    both.push_all()
    assert both.there.reports[number]["status"] == "tunda"
    both.there.reply(number, "Di depan SD, telepon 0812 3456 7890")
    assert worker.pull(both.office)[Heard.CHANGED] == 1
    assert worker.pull(both.office)[Heard.SAME] == 1
    assert both.messages(ticket)[1:] == [("tanggapan", "Di depan SD, telepon [nomor]")]
    assert both.desk.course(ticket).state is S.NEW
    assert both.desk.steps(ticket)[-1].actor == "pelapor"
    both.push_all()
    assert both.compare().found == ()


def test_a_text_that_was_changed_there_becomes_a_note_and_overwrites_nothing(both: Both):
    number = both.there.file("Jalan rusak di Bangsri")
    worker.pull(both.office)
    both.push_all()
    both.there.change(number, isi="Jalan rusak di Bangsri, dekat pasar")
    (found,) = both.compare().found
    assert found.kind == "berbeda"
    assert found.fields == ("teks",)
    assert both.compare(repair=True).found == ()
    link = both.link(remote=number)
    assert both.messages(link.ticket_id) == [
        ("catatan", "Teks di SP4N-LAPOR diubah menjadi:\nJalan rusak di Bangsri, dekat pasar")
    ]
    with both.desk.world.as_owner() as session:
        assert session.scalars(select(Call.said_what)).all() == ["Jalan rusak di Bangsri"]


def test_a_token_that_is_not_taken_stops_the_round_and_costs_no_try(both: Both):
    case = both.desk.open(ROAD)
    both.there.faults = ["401"]
    with pytest.raises(Refused):
        worker.push(both.office)
    link = both.link(ticket=case.ticket)
    assert (link.state, link.tries) == ("menunggu", 0)
    assert worker.push(both.office) == 1


def test_what_fails_twelve_times_is_given_up_and_told_again_when_asked(both: Both):
    case = both.desk.open(ROAD)
    both.there.faults = ["500"] * 12
    both.push_all(14)
    link = both.link(ticket=case.ticket)
    assert (link.state, link.tries, link.trouble) == ("mati", 12, "dijawab 500")
    assert [f.kind for f in both.compare().found] == ["tidak_ada_di_sana"]
    assert both.compare(repair=True).found == ()


def test_what_they_will_never_take_is_given_up_at_once(both: Both):
    case = both.desk.open(ROAD)
    both.there.faults = ["422"]
    both.push_all(2)
    assert both.link(ticket=case.ticket).state == "mati"


def test_two_workers_never_hold_the_same_report(both: Both):
    for _ in range(5):
        both.desk.open(ROAD)
    world, ground, now = both.desk.world, both.desk.ground, both.desk.now
    ground = world.parts.ground()
    with world.as_scope(EXCHANGE) as session:
        exchange.plan(session, now, ground)
    with world.as_scope(EXCHANGE) as one, world.as_scope(EXCHANGE) as other:
        first = exchange.take(one, now, ground, most=3)
        second = exchange.take(other, now, ground, most=3)
    assert (len(first), len(second)) == (3, 2)
    assert not {t.link_id for t in first} & {t.link_id for t in second}


def test_the_exchange_writes_no_case_but_an_open_one_from_there(both: Both):
    both.desk.open(ROAD)
    refused = (
        "INSERT INTO call (channel, call_class, said_where, said_what, at, after_hours)"
        " VALUES ('112', 'normal', '', '', now(), false)",
        "INSERT INTO call (channel, call_class, said_where, said_what, at, after_hours,"
        " restricted_group) VALUES ('pesan', 'normal', '', '', now(), false, 'ppa')",
        "INSERT INTO exchange_link (key, at, demo) VALUES ('x', now(), true)",
        "INSERT INTO call_contact (call_id, phone) SELECT min(id), '1' FROM call",
        "DELETE FROM exchange_link",
    )
    for statement in refused:
        with (
            pytest.raises(ProgrammingError, match=r"row-level security|permission denied"),
            both.desk.world.as_scope(EXCHANGE) as session,
        ):
            session.execute(text(statement))
    both.push_all()
    for login in ("operator1", "pupr1", "bupati"):
        with both.desk.world.as_scope(both.desk[login]) as session:
            assert session.scalar(text("SELECT count(*) FROM exchange_link")) == 0
            assert session.scalar(text("SELECT count(*) FROM exchange_run")) == 0
