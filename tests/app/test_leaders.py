"""The leaders' figures and files at the door: by right, by row, in words that name what is bad."""

import csv
import io
from datetime import timedelta

import orjson
import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from dispatch import tally
from dispatch.scope import TIMER
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office

FORMULA = '=HYPERLINK("http://contoh.invalid","buka")'


@pytest.fixture(scope="module")
def town(office: Office) -> Office:
    """A late road whose place reads as a formula, waste of another agency, a sensitive case."""
    road = take(office, "jalan", TEGALSAMBI, FORMULA)
    for to in ("diverifikasi", "didisposisi"):
        move(office, road, to)
    take(office, "sampah", PANGGANG, "belakang pasar")
    take(office, "kdrt", TEGALSAMBI, "rumah ketiga", login="operator3")
    with office.as_owner() as session:
        session.execute(
            text(
                "UPDATE ticket SET due_at = now() - interval '30 days',"
                " opened_at = now() - interval '60 days', referred_at = now() - interval '59 days',"
                " here_at = now() - interval '59 days' WHERE incident_id = :road"
            ),
            {"road": road},
        )
    with office.as_scope(TIMER) as session:
        tally.refresh(session, office.parts.read_ground())
    return office


def take(office: Office, category: str, village: str, place: str, login: str = "operator1") -> int:
    body = {"where": place, "category": category, "pin": inside(office, village)}
    answer = office.client(login).post(
        "/api/calls", json=body, headers={"Idempotency-Key": f"leaders-{category}-{village}"}
    )
    assert answer.status_code in (200, 201), answer.get_data(as_text=True)
    return int(answer.get_json()["incident"]["id"])


def move(office: Office, incident: int, to: str) -> None:
    with office.as_owner() as session:
        of = text("SELECT id, version FROM ticket WHERE incident_id = :id")
        ticket = session.execute(of, {"id": incident}).one()
    answer = office.client("dispatcher1").post(
        f"/api/tickets/{ticket.id}/moves",
        json={"to": to, "version": ticket.version, "key": f"leaders-{incident}-{to}"},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)


def fetch(office: Office, login: str, path: str) -> bytes:
    """The file, closed behind."""
    with office.client(login).get(path) as answer:
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert "attachment" in answer.headers["Content-Disposition"]
        return bytes(answer.data)


def test_a_leader_sees_what_is_late_where_and_with_whom(town: Office):
    told = town.client("bupati").get("/api/leaders").get_json()
    assert told["total"]["late"] == 1
    assert told["left_out"] is True
    assert {row["code"] for row in told["rows"] if row["late"]} == {"dpupr"}
    late = town.client("bupati").get("/api/leaders/late").get_json()
    [ticket] = late["tickets"]
    assert (ticket["agency"]["code"], ticket["village"]["code"]) == ("dpupr", TEGALSAMBI)
    assert ticket["over"]["s"] > 10 * ticket["over"]["day_s"]
    assert late["next"] is None


def test_too_few_are_given_no_rate(town: Office):
    for row in town.client("bupati").get("/api/leaders?by=desa").get_json()["rows"]:
        assert row["share"] is row["rank"] is row["median_s"] is row["stars"] is None


@pytest.mark.parametrize("path", ["/api/leaders", "/api/leaders/late", "/pimpinan"])
@pytest.mark.parametrize("login", ["pupr1", "operator1", "perencana", "tegalsambi", "admin"])
def test_what_is_for_leaders_is_for_nobody_else(town: Office, login: str, path: str):
    assert town.client(login).get(path).status_code == 403


def test_an_officers_page_counts_the_own_agency_alone(town: Office):
    own = town.client("pupr1").get("/api/agency-figures").get_json()
    assert [row["code"] for row in own["rows"]] == ["dpupr"]
    assert own["total"]["late"] == 1
    assert town.client("pupr1").get("/kotak/angka").status_code == 200
    assert town.client("bupati").get("/api/agency-figures").status_code == 403
    other = town.client("damkar1").get("/api/agency-figures/late").get_json()
    assert other["tickets"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=kemarin", "since: beri hari seperti"),
        ("since=2026-11-30&until=2026-11-01", "since: hari pertama"),
        ("since=1990-01-01&until=2026-01-01", "paling lama"),
        ("by=bulan", "by: beri salah satu dari opd"),
        ("kind=gosip", "kind: beri salah satu dari"),
        ("minggu=1", "not known here"),
        ("by=opd&by=desa", "given 2 times"),
    ],
)
def test_a_bad_word_is_named_with_what_would_be_right(town: Office, query: str, words: str):
    answer = town.client("bupati").get(f"/api/leaders?{query}")
    assert answer.status_code == 422
    assert words in answer.get_json()["detail"]
    assert answer.get_json()["field"]


@pytest.mark.parametrize("query", ["after=x", "after=1e400_1", "limit=0", "village=1", "agency=x"])
def test_a_bad_place_in_the_list_is_named(town: Office, query: str):
    answer = town.client("bupati").get(f"/api/leaders/late?{query}")
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.get_json()["field"] == query.partition("=")[0]


def test_a_period_is_whole_weeks_and_says_which(town: Office):
    today = town.parts.now().astimezone(town.parts.regency.hours.zone).date()
    told = town.client("bupati").get(f"/api/leaders?since={today}&until={today}").get_json()
    monday = today - timedelta(days=today.weekday())
    assert (told["since"], told["until"]) == (str(monday), str(monday + timedelta(days=6)))
    assert len(told["trend"]) == 26


def test_a_workbook_keeps_words_as_words(town: Office):
    book = load_workbook(io.BytesIO(fetch(town, "bupati", "/api/exports/tickets.xlsx?box=semua")))
    rows = list(book["tickets"].iter_rows())
    names = [cell.value for cell in rows[0]]
    place = rows[2 if rows[1][names.index("category")].value != "jalan" else 1][
        names.index("place")
    ]
    assert (place.value, place.data_type, place.hyperlink) == (FORMULA, "s", None)
    opened = rows[1][names.index("opened_at")]
    assert opened.is_date
    about = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert about["count"] == str(len(rows) - 1)
    assert about["zone"] == town.parts.regency.hours.zone.key


def test_csv_begins_no_cell_as_a_formula(town: Office):
    sent = fetch(town, "bupati", "/api/exports/tickets.csv?box=semua")
    assert sent.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))
    assert f"'{FORMULA}" in {row["place"] for row in rows}
    assert not any(cell[:1] in "=+@\t\r" for row in rows for cell in row.values() if cell)
    assert {row["category"] for row in rows} == {"jalan", "sampah"}


def test_files_hold_the_rows_of_who_asks_and_no_other(town: Office):
    found = orjson.loads(fetch(town, "pupr1", "/api/exports/tickets.geojson?box=semua"))
    assert [f["properties"]["category"] for f in found["features"]] == ["jalan"]
    assert found["features"][0]["properties"]["place"] == f"'{FORMULA}"
    figures = fetch(town, "pupr1", "/api/exports/leaders.csv").decode("utf-8-sig")
    assert [row["code"] for row in csv.DictReader(io.StringIO(figures))] == ["dpupr"]
    assert town.client("perencana").get("/api/exports/tickets.csv").status_code == 403
    assert town.client("perencana").get("/api/exports/leaders.xlsx").status_code == 403
    assert town.client("operator1").get("/api/exports/tickets.csv").status_code == 403


def test_the_figures_come_as_a_workbook_too(town: Office):
    sent = fetch(town, "bupati", "/api/exports/leaders.xlsx?by=desa")
    sheet = load_workbook(io.BytesIO(sent))["figures"]
    names = [cell.value for cell in sheet[1]]
    rows = [dict(zip(names, (c.value for c in row), strict=True)) for row in sheet.iter_rows(2)]
    assert {row["code"]: row["late"] for row in rows}[TEGALSAMBI] == 1


@pytest.mark.parametrize("what", ["incidents", "load"])
def test_cases_and_load_come_as_tables_too(town: Office, what: str):
    lines = fetch(town, "bupati", f"/api/export/{what}.csv").decode("utf-8-sig").splitlines()
    book = load_workbook(io.BytesIO(fetch(town, "bupati", f"/api/export/{what}.xlsx")))
    assert len(list(book[what].rows)) == len(lines)


def test_every_file_is_in_the_log(town: Office):
    for path in ("s/tickets.csv", "s/leaders.csv", "/incidents.csv"):
        fetch(town, "bupati", f"/api/export{path}")
    with town.as_owner() as session:
        kinds = session.scalars(text("SELECT DISTINCT kind FROM log_entry")).all()
    assert {"export.tickets", "export.leaders", "export.incidents"} <= set(kinds)


def test_the_weekly_report_says_its_week_and_what_is_late(town: Office):
    answer = town.client("bupati").get("/laporan/mingguan?minggu=2026-W02")
    page = answer.get_data(as_text=True)
    assert "Laporan mingguan 2/2026" in page
    assert "1 tiket lewat batas saat ini di 1 instansi" in page
    assert "=HYPERLINK" in page  # as words
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert town.client("pupr1").get("/laporan/mingguan").status_code == 403


@pytest.mark.parametrize("week", ["2026-W60", "2026-47", "W47", "2199-W01", "0001-W01"])
def test_a_week_that_is_none_is_named(town: Office, week: str):
    answer = town.client("bupati").get(f"/laporan/mingguan?minggu={week}")
    assert answer.status_code == 422
    assert "minggu: " in answer.get_data(as_text=True)
