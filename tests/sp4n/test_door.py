"""The dispatcher's page, files out and in, the month of calls: through the door, as people do."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.cli import cli
from app.exchange import worker
from app.exchange.workbook import BadWorkbook, rows_of
from dispatch.rules.ticketing import TicketState
from dispatch.schema import LogEntry
from dispatch.sp4n.report112 import CallLine, summed
from tests.cluster import SECRET
from tests.dispatch.ticket_desk import ROAD, VIOLENCE
from tests.sp4n.conftest import Both

S = TicketState
HEAD = "nomor_sp4n,status,isi,kategori,lokasi,lon,lat,rahasia,tanggapan"


def got(client: FlaskClient, path: str) -> tuple[int, bytes]:
    """Status and bytes; the file is closed."""
    with client.get(path) as answer:
        return answer.status_code, answer.get_data()


def text_of(client: FlaskClient, path: str) -> str:
    """What it says."""
    return got(client, path)[1].decode("utf-8-sig")


def post(client: FlaskClient, sent: bytes, *, take: bool = False) -> Any:
    """Send a file as the page does."""
    data = {"file": (io.BytesIO(sent), "berkas")} | ({"take": "1"} if take else {})
    page = text_of(client, "/sp4n")
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    headers = {"X-CSRF-Token": token, "Referer": "https://localhost/"}
    return client.post("/api/exchange/import", data=data, headers=headers)


def test_a_file_comes_in_after_it_was_looked_at_and_goes_out_and_back_unchanged(both: Both):
    client = both.desk.world.client("dispatcher1")
    rows = [
        HEAD,
        'S-1,disposisi,"=1+1 jalan rusak, parah",infrastruktur_jalan,Bangsri,"110,7","-6,5",tidak,',
        "S-2,proses,Lampu mati,infrastruktur_jalan,,,,,Mohon kabar",
        "S-3,disposisi,rahasia sekali,lainnya,,,,ya,",
    ]
    sent = "\n".join(rows).encode()
    told = post(client, sent).get_json()
    assert (told["taken"], told["counts"]["baru"], told["counts"]["peka"]) == (False, 2, 1)
    assert both.tickets() == 0
    assert post(client, sent, take=True).get_json()["counts"]["baru"] == 2
    own = both.desk.open(ROAD)
    both.desk.open(VIOLENCE)
    for form in ("csv", "xlsx"):
        made = got(client, f"/api/exchange/tickets.{form}")[1]
        told = post(client, made).get_json()
        assert (told["problems"], told["counts"]["baru"]) == ([], 0)
    lines = list(csv.DictReader(io.StringIO(text_of(client, "/api/exchange/tickets.csv"))))
    assert [line["nomor_sp4n"] for line in lines] == ["S-1", "S-2", ""]
    assert lines[0]["isi"] == "'=1+1 jalan rusak, parah"
    assert lines[2]["nomor_tiket"] == str(own.ticket)
    lines[2] |= {"nomor_sp4n": "S-9"}  # entered over there by hand, with its number
    back = io.StringIO()
    writer = csv.DictWriter(back, lines[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    assert post(client, back.getvalue().encode(), take=True).get_json()["counts"]["diperbarui"] == 3
    assert {link.state for link in both.links()} == {"selaras"}
    assert both.link(ticket=own.ticket).remote_id == "S-9"
    assert post(client, back.getvalue().encode()).get_json()["counts"]["sama"] == 3


def test_what_is_wrong_names_row_and_column_and_nothing_is_taken(both: Both):
    client = both.desk.world.client("dispatcher1")
    rows = [
        HEAD,
        "S-1,proses,baik,,,,,,",
        "S-2,beres,x,,,,,,",
        ",proses,x,,,,,,",
        "S-1,proses,x,,,abc,,,",
    ]
    told = post(client, "\n".join(rows).encode(), take=True).get_json()
    assert [(one["row"], one["column"]) for one in told["problems"]] == [
        (3, "status"), (4, "nomor_sp4n"), (5, "lon"),
    ]  # fmt: skip
    assert both.tickets() == 0
    for sent, said in (
        (b"nomor_sp4n,status\n", "isi"),
        (b"", "kosong"),
        ("nomor_sp4n,status,isi\nS,proses,\u00e9".encode("latin-1"), "UTF-8"),
        (b"PK\x03\x04 not a book", "XLSX"),
    ):
        (wrong,) = post(client, sent).get_json()["problems"]
        assert said in wrong["column"] + wrong["detail"]


def test_a_workbook_of_another_program_is_read_and_a_bomb_is_not():
    book = openpyxl.Workbook()
    book.active.append(["nomor", "isi", None, True, 3.5])
    book.active.append([7, "ya & tidak"])
    made = io.BytesIO()
    book.save(made)
    assert rows_of(made.getvalue()) == [["nomor", "isi", "", "ya", "3.5"], ["7", "ya & tidak"]]
    with pytest.raises(BadWorkbook):
        rows_of(made.getvalue()[:200])
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * 40_000_000 + b"</a>")
    with pytest.raises(BadWorkbook, match="besar"):
        rows_of(bomb.getvalue())
    unfolding = io.BytesIO()
    with zipfile.ZipFile(unfolding, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(BadWorkbook, match="deklarasi"):
        rows_of(unfolding.getvalue())


def test_the_page_compares_and_mends(both: Both, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TANGGAP_SP4N", both.there.url)
    client = both.desk.world.client("dispatcher1")
    assert client.get("/api/exchange").get_json()["run"] is None
    number = both.there.file("Jalan rusak", kategori="infrastruktur_jalan")
    worker.pull(both.office)
    both.push_all()
    both.there.change(number, isi="Jalan rusak berat")
    told = client.post("/api/exchange/reconcile", json={"repair": False}).get_json()
    (found,) = told["run"]["found"]
    assert (found["kind"], found["fields"], found["mends"]) == ("berbeda", ["teks"], True)
    assert found["words"] == [
        {"field": "teks", "ours": "Jalan rusak", "theirs": "Jalan rusak berat"}
    ]
    told = client.post("/api/exchange/reconcile", json={"repair": True}).get_json()
    assert (told["mended"], told["run"]["total"]) == (1, 0)
    both.there.faults = []
    monkeypatch.setenv("TANGGAP_SP4N", "http://lain@127.0.0.1:9/api")
    away = client.post("/api/exchange/reconcile", json={"repair": False})
    assert (away.status_code, away.get_json()["type"]) == (424, "ExchangeAway")
    monkeypatch.delenv("TANGGAP_SP4N")
    assert client.post("/api/exchange/reconcile", json={}).status_code == 422
    with both.desk.world.as_owner() as session:
        kinds = session.scalars(select(LogEntry.kind).where(LogEntry.kind.like("exchange.%"))).all()
    assert kinds == ["exchange.compared", "exchange.compared"]


def test_only_the_dispatcher_has_to_do_with_it(both: Both):
    for login, status in (
        ("operator1", 403),
        ("pupr1", 403),
        ("bupati", 403),
        ("dispatcher1", 200),
    ):
        client = both.desk.world.client(login)
        for path in ("/sp4n", "/sp4n/laporan-112", "/api/exchange", "/api/exchange/calls-112.csv"):
            assert got(client, path)[0] == status, (login, path)


def test_the_month_counts_every_call_and_tells_no_more_than_class_hour_and_kind(both: Both):
    both.desk.open(ROAD, what="Pak Karto", phone="081234567890", caller="Sutinah")
    both.desk.open(VIOLENCE, what="rahasia sekali")
    both.desk.open(ROAD, demo=True)
    client = both.desk.world.client("dispatcher1")
    sums = text_of(client, "/api/exchange/calls-112.csv?month=2026-03")
    assert "panggilan,dijawab,2" in sums
    assert "kelas,normal,2" in sums
    assert "jam,12.00,2" in sums
    assert "jenis,darurat,1" in sums
    assert "jenis,aduan,1" in sums
    assert "kelas,ghost,0" in sums
    each = text_of(client, "/api/exchange/calls-112.csv?each=1&month=2026-03")
    assert each.count("2026-03-02,12,normal") == 2
    page = text_of(client, "/sp4n/laporan-112?bulan=2026-03")
    assert "2 panggilan dijawab" in page
    for told in (sums, each, page):
        assert not any(
            word in told for word in ("Karto", "Sutinah", "0812", "rahasia sekali", "kdrt")
        )
    assert got(client, "/api/exchange/calls-112.xlsx?month=2026-03")[0] == 200
    for month in ("2026-13", "3026-01", "kemarin"):
        assert got(client, f"/api/exchange/calls-112.csv?month={month}")[0] == 422
    for login in ("operator1", "bupati", "perencana1"):
        scope = both.desk.people.get(login)
        if scope is None:
            continue
        with both.desk.world.as_scope(scope) as session:
            query = text("SELECT count(*) FROM calls_112('2026-01-01', '2026-12-31')")
            assert session.scalar(query) == 0


def test_a_month_has_every_hour_and_its_own_calls_alone():
    at = datetime(2026, 2, 28, 23, tzinfo=UTC)
    calls = [CallLine(1, at, "normal", "darurat"), CallLine(2, at, "ghost", None)]
    found = summed(date(2026, 2, 1), calls)
    assert (found.total, len(found.by_hour), found.by_hour[23]) == (2, 24, 2)
    assert found.by_class == {"normal": 1, "ghost": 1, "prank": 0, "informasi": 0}
    assert found.by_day == {date(2026, 2, 28): 2}


def test_the_commands_do_the_same_without_a_page(both: Both, tmp_path: Path):
    world = both.desk.world
    given = {
        "DATABASE_URL": world.app_url,
        "DATABASE_ADMIN_URL": world.owner_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(tmp_path),
    }

    def run(*words: str, **more: str) -> tuple[int, str]:
        told = CliRunner().invoke(cli, ["sp4n", *words], env=given | more)
        return told.exit_code, told.output

    both.there.file("Sampah menumpuk", kategori="lingkungan_hidup")
    line = {"TANGGAP_SP4N": both.there.url}
    assert run("reconcile", **line)[0] == 1
    assert "baru: 1" in run("pull", **line)[1]
    assert "terkirim: 1" in run("push", **line)[1]
    code, said = run("reconcile", **line)
    assert (code, said) == (0, "di sini 1, di sana 1, berbeda 0\n")
    away = run("push", TANGGAP_SP4N="http://lain@127.0.0.1:9/api")
    assert away == (0, "terkirim: 0\n")
    assert "tidak menjawab" in run("pull", TANGGAP_SP4N="http://lain@127.0.0.1:9/api")[1]
    book = tmp_path / "keluar.xlsx"
    assert run("export", str(book))[0] == 0
    assert "sama: 1" in run("import", str(book))[1]
    assert "sama: 1" in run("import", str(book), "--now")[1]
    (tmp_path / "salah.csv").write_text("nomor_sp4n,status,isi\nS-1,beres,x\n")
    code, said = run("import", str(tmp_path / "salah.csv"))
    assert code == 1
    assert "baris 2, kolom status" in said
    assert run("report112", str(tmp_path / "112.csv"), "--month", "2026-03")[0] == 0
    assert "kelas,normal,0" in (tmp_path / "112.csv").read_text()
    assert run("report112", str(tmp_path / "112.pdf"))[0] == 2
