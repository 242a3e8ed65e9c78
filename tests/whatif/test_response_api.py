"""The response report through the door: by what one asks, as JSON and as a file."""

import csv
import io
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import text

from dispatch.reports.response import STAGES
from dispatch.whatif.history import emergencies

PERIOD = "since=2025-09-01&until=2026-03-01"


def ask(office, query, login="perencana"):
    answer = office.client(login).get(f"/api/response?{query}")
    return answer.status_code, answer.get_json()


def test_the_total_is_what_the_rows_of_the_database_say(office):
    status, found = ask(office, f"{PERIOD}&target_s=900")
    assert status == 200
    with office.as_owner() as session:
        rows = session.execute(
            text(
                "SELECT extract(epoch FROM min(arrived_at) - opened_at)::float8 AS took_s,"
                "  bool_or(a.state = 'selesai' AND arrived_at IS NULL) AS untapped,"
                "  count(a.id) AS sent FROM incident AS i JOIN category AS c"
                "  ON c.code = category_code LEFT JOIN assignment AS a ON a.incident_id = i.id"
                " WHERE c.kind = 'darurat' AND (i.restricted_group IS NULL OR c.counted)"
                "   AND opened_at AT TIME ZONE 'Asia/Jakarta' >= '2025-09-01'"
                "   AND opened_at AT TIME ZONE 'Asia/Jakarta' < '2026-03-01' GROUP BY i.id"
            )
        ).all()
    took = np.array([row.took_s for row in rows if row.took_s is not None])
    response = found["total"]["stages"]["buka_tiba"]
    assert found["incidents"] == len(rows) > 100
    assert found["total"]["unsent"] == sum(row.sent == 0 for row in rows) > 0
    assert response["ended"] == len(took)
    assert response["missing"] == sum(bool(r.untapped) for r in rows if r.took_s is None) > 0
    # Called back means censored: the percentile is never below that of those that ended.
    assert response["p90_s"] >= round(np.quantile(took, 0.9, method="inverted_cdf"), 1)
    assert found["assignments"] == sum(row.sent for row in rows)
    assert list(found["total"]["stages"]) == list(STAGES)
    assert "15 menit" in found["words"]
    told = {c["code"]: c for c in found["caveats"]}
    assert told.keys() >= {"kategori_peka", "langkah_hilang", "latihan", "belum_selesai"}
    assert told["belum_selesai"]["n"] == response["censored"] > 0
    # What is kept to a group is named, or these would be read as the times of all.
    assert "Kekerasan seksual" in told["kategori_peka"]["text"]


@pytest.mark.parametrize(
    "by", ["desa", "kecamatan", "kategori", "instansi", "prioritas", "jam", "semua"]
)
def test_rows_add_up_with_what_is_withheld(office, by):
    _, found = ask(office, f"{PERIOD}&by={by}")
    rows = found["rows"]
    assert all(row["incidents"] >= 5 and row["name"] for row in rows)
    if by not in ("instansi", "semua"):
        shown = sum(row["incidents"] for row in rows)
        assert shown + found["withheld"]["incidents"] == found["incidents"]
    if by == "jam":
        hours = [int(row["code"]) for row in rows]
        assert hours == sorted(hours)


def test_sensitive_kinds_are_neither_counted_nor_to_be_asked_for(office):
    sensitive = next(
        c.code
        for c in office.parts.ground().catalogue.categories.values()
        if c.kept_group and c.kind == "darurat"
    )
    status, problem = ask(office, f"{PERIOD}&category={sensitive}")
    assert (status, problem["field"]) == (422, "category")
    _, found = ask(office, f"{PERIOD}&by=kategori")
    assert sensitive not in {row["code"] for row in found["rows"]}


def test_one_priority_and_one_category_can_be_asked_for(office):
    _, every = ask(office, PERIOD)
    _, fires = ask(office, f"{PERIOD}&category=kebakaran")
    _, urgent = ask(office, f"{PERIOD}&priority=1")
    assert 0 < fires["incidents"] < every["incidents"]
    assert 0 < urgent["incidents"] <= every["incidents"]


def test_usually_the_last_ninety_days_are_meant(office):
    _, found = ask(office, "")
    assert found["days"] == 90
    zone = office.parts.regency.hours.zone
    today = office.parts.now().astimezone(zone).date()
    assert found["until"] == (today + timedelta(days=1)).isoformat()


def test_a_period_without_cases_is_an_answer(office):
    status, found = ask(office, "since=2031-01-01&until=2031-02-01&by=desa")
    assert status == 200
    assert found["words"] == "Tidak ada kegawatan dalam masa ini."
    assert found["rows"] == []
    assert found["total"]["in_time"]["share"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-03-01&until=2026-03-01", "since"),
        ("since=1999-01-01&until=2026-03-01", "since"),
        ("since=maret", "since"),
        ("by=rt", "by"),
        ("target_s=5", "target_s"),
        ("target_s=1e3", "target_s"),
        ("priority=9", "priority"),
        ("category=sihir", "category"),
        ("page=2", "page"),
    ],
)
def test_what_is_wrong_is_named(office, query, field):
    status, problem = ask(office, query)
    assert (status, problem["field"]) == (422, field)


def test_the_file_holds_the_same_figures(office):
    with office.client("perencana").get(f"/api/response.csv?{PERIOD}&by=kecamatan") as answer:
        assert answer.status_code == 200
        written = answer.get_data().decode("utf-8-sig")
    _, found = ask(office, f"{PERIOD}&by=kecamatan")
    lines = [line for line in written.splitlines() if line[:1] != "#"]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert rows[0]["code"] == "semua"
    assert int(rows[0]["incidents"]) == found["incidents"]
    assert len(rows) == len(found["rows"]) + 1
    p90_s = found["rows"][0]["stages"]["buka_tiba"]["p90_s"]
    assert float(rows[1]["buka_tiba_p90_s"]) == pytest.approx(p90_s)


def test_only_planners_and_leaders_may_ask(office):
    for login, status in (("bupati", 200), ("operator1", 403), ("dinkes1", 403), ("admin", 403)):
        assert ask(office, PERIOD, login)[0] == status
        with office.client(login).get(f"/api/response.csv?{PERIOD}") as file:
            assert file.status_code == status


def medical(office, query):
    """Cases by village code, of what points to a person."""
    _, found = ask(office, f"{query}&category=kesehatan&by=desa")
    return {row["code"]: row["incidents"] for row in found["rows"]}, found


def test_who_was_sick_in_which_village_is_told_by_whole_weeks_and_from_five_on(office):
    told, found = medical(office, "since=2024-03-04&until=2026-03-02")  # Mondays
    assert told
    assert min(told.values()) >= 5
    assert sum(told.values()) + found["withheld"]["incidents"] == found["incidents"]
    odd, found = medical(office, "since=2024-03-05&until=2026-03-02")
    assert odd == {}
    held = next(c for c in found["caveats"] if c["code"] == "desa_ditahan")
    assert held["n"] == found["withheld"]["incidents"] == found["incidents"]


def test_all_kinds_less_the_others_give_no_single_sick_person_away(office):
    period = "since=2024-03-04&until=2026-03-02"
    few, _ = medical(office, period)
    _, every = ask(office, f"{period}&by=desa")
    kinds = [c for c in emergencies(office.parts.ground()) if c != "kesehatan"]
    _, others = ask(office, f"{period}&by=desa&category={','.join(kinds)}")
    rest = {row["code"]: row["incidents"] for row in others["rows"]}
    for row in every["rows"]:
        if row["code"] in rest:
            assert row["incidents"] - rest[row["code"]] == few.get(row["code"], 0)
