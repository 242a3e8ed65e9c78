"""GET /api/counts: the numbers that SQL counts, none that points to a case, refusals in words."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.facts_shelf import forget
from tests.app.conftest import Office
from tests.benches import crowd_incidents
from tests.benches.bench_counts import BARE, BARE_SHARED, COUNTED, HEXES
from tests.dispatch.facts.archive import BASE, PANGGANG, TEGALSAMBI, Archive
from tests.world import NOON

SINCE, UNTIL = date(2025, 6, 3), date(2025, 9, 20)  # neither a Monday nor a first of month
MONDAY, LATER = date(2024, 4, 1), date(2026, 2, 23)  # Mondays
N = 4000


@pytest.fixture(scope="module")
def crowd(shared_world) -> int:
    """Four thousand cases of two years, a tenth of them of doubtful place."""
    return crowd_incidents.fill(shared_world.owner_url, N, until=NOON)


@pytest.fixture
def planner(office: Office, crowd: int) -> FlaskClient:
    return office.client("perencana")


def ask(client: FlaskClient, **words: object) -> dict:
    words = {"since": SINCE, "until": UNTIL} | words
    answer = client.get("/api/counts", query_string={k: str(v) for k, v in words.items()})
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_json()


def cells(got: dict) -> dict[tuple, float]:
    """What was counted, by area, first day of the step, and kind."""
    kinds = [got["kinds"][k] for k in got["kind"]] if got["kinds"] else [""] * len(got["n"])
    where = (got["areas"][a] for a in got["area"])
    when = (got["steps"][s] for s in got["at"])
    return dict(zip(zip(where, when, kinds, strict=True), got["n"], strict=True))


def by_sql(office: Office, statement: str, **given: object) -> dict[tuple, float]:
    """The same, counted by the database itself, of what is neither sensitive nor merged."""
    values = {"since": SINCE, "until": UNTIL, "zone": "Asia/Jakarta", "trunc": "week"} | given
    with office.as_owner() as session:
        rows = session.execute(text(statement), values).all()
        kept = {(area, step.isoformat(), kind): float(n) for area, step, kind, n in rows}
        fewer = f"SELECT category_code FROM incident WHERE {COUNTED} AND opened_at"
        fewer += " AT TIME ZONE :zone >= :since AND opened_at AT TIME ZONE :zone < :until"
        rare = session.execute(text(f"{fewer} GROUP BY 1 HAVING count(*) < 5"), values).scalars()
        few = set(rare)
    return {cell: n for cell, n in kept.items() if cell[2] not in few}


def personal(office: Office) -> set[str]:
    """Kinds that point to a person."""
    return {c.code for c in office.parts.ground().catalogue.categories.values()
            if c.audience == "ruang"}  # fmt: skip


def with_five(cells: dict[tuple, float], kinds: set[str]) -> dict[tuple, float]:
    """Without areas that have fewer than five of one of these kinds, all steps together."""
    held: dict[tuple, float] = {}
    for (area, _, kind), n in cells.items():
        held[area, kind] = held.get((area, kind), 0) + n
    few = {place for place, n in held.items() if n < 4.99 and place[1] in kinds}
    return {cell: n for cell, n in cells.items() if (cell[0], cell[2]) not in few}


@pytest.mark.parametrize(
    ("step", "trunc"), [("minggu", "week"), ("bulan", "month"), ("hari", "day")]
)
def test_whole_cases_by_village_are_what_sql_counts(office: Office, planner, step: str, trunc: str):
    got = ask(planner, whole=1, step=step)
    expected, hidden = by_sql(office, BARE, trunc=trunc), personal(office)
    assert cells(got) == {cell: n for cell, n in expected.items() if cell[2] not in hidden}
    assert sum(expected.values()) > sum(got["n"]), "by odd days nothing that points to a person"
    assert (
        got["steps"][0]
        == {"minggu": "2025-06-02", "bulan": "2025-06-01", "hari": "2025-06-03"}[step]
    )


def test_shares_by_village_are_what_sql_sums(office: Office, planner):
    period = {"since": MONDAY, "until": LATER}
    got, hidden = ask(planner, **period), personal(office)
    found, everything = cells(got), by_sql(office, BARE_SHARED, **period)
    expected = with_five(everything, hidden)
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=1e-3)
    assert any(kind in hidden for _, _, kind in found), "told where five and more are"
    assert len(everything) > len(expected)
    assert sum(got["n"]) + got["elsewhere"] + got["withheld"] == pytest.approx(got["total"], abs=1)


def test_districts_hold_what_their_villages_hold(office: Office, planner):
    villages, districts = ask(planner, split=0), ask(planner, by="kecamatan", split=0)
    assert sum(districts["n"]) == pytest.approx(sum(villages["n"]), abs=0.2)
    assert sum(districts["n"]) + districts["elsewhere"] + districts["withheld"] == pytest.approx(
        districts["total"], abs=0.2
    )
    of = {v.code: v.district_code for v in office.parts.ground().locator.villages}
    sums: dict[tuple, float] = {}
    for (village, step, _), n in cells(villages).items():
        sums[of[village], step, ""] = sums.get((of[village], step, ""), 0) + n
    assert cells(districts) == pytest.approx(sums, abs=0.02)


def test_hexagons_are_what_sql_counts_where_five_of_a_kind_are_that_is_nobodys(
    office: Office, planner
):
    period = {"since": MONDAY, "until": LATER}
    got = ask(planner, by="heksagon", cell_m=5000, **period)
    everything, hidden = by_sql(office, HEXES, width=5000.0, epsg=32749, **period), personal(office)
    expected = {cell: n for cell, n in everything.items() if cell[2] not in hidden}
    assert len(everything) > len(expected) > len(with_five(expected, set(got["kinds"]))) > 100
    assert cells(got) == with_five(expected, set(got["kinds"]))
    assert set(got["areas"]) == {area for area, _, _ in cells(got)}, "no other hexagon is named"
    assert sum(got["n"]) + got["elsewhere"] + got["withheld"] == got["total"]
    both = ask(planner, by="heksagon", cell_m=5000, split=0, **period)
    together: dict[tuple, float] = {}
    for (area, step, _), n in cells(got).items():
        together[area, step, ""] = together.get((area, step, ""), 0) + n
    assert cells(both) == together, "all kinds less the kinds told leaves nothing"
    assert both["withheld"] == got["withheld"]


def test_a_few_cases_are_in_no_hexagon_and_no_difference_of_two_answers(office: Office, planner):
    archive, at = Archive(office), BASE.replace(year=2010, month=3)
    archive.add(category="jalan", at=at, many=5)
    archive.add(category="banjir", at=at, many=4)
    archive.add(category="jalan", village=PANGGANG, at=at, many=4)
    archive.add(category="banjir", village="33.20.10.2001", at=at, many=5)
    _read_anew(office)
    year = {"since": "2010-01-01", "until": "2011-01-01", "by": "heksagon", "step": "semua"}
    whole = ask(planner, **year, split=0)
    jalan, banjir = (ask(planner, **year, split=0, category=kind) for kind in ("jalan", "banjir"))
    assert (whole["n"], whole["withheld"], whole["total"]) == ([5, 5], 8, 18)
    assert len(whole["areas"]) == 2
    assert cells(whole) == cells(jalan) | cells(banjir)
    # With five more of the year before the four are told, but still not by the day.
    archive.add(category="jalan", village=PANGGANG, at=BASE.replace(year=2009, month=3), many=5)
    _read_anew(office)
    assert len(ask(planner, **year | {"since": "2009-01-01"})["areas"]) == 3
    for words in ("step=hari", "step=minggu", "since=2010-01-02"):
        asked = {k: str(v) for k, v in year.items()} | dict([words.split("=")])
        assert planner.get("/api/counts", query_string=asked).status_code == 422


def test_what_points_to_a_person_is_told_by_village_from_five_on_and_never_by_day_or_hour(
    office: Office, planner
):
    archive, at = Archive(office), BASE.replace(year=2014, month=3)
    archive.add(category="sosial", at=at, many=5)
    archive.add(category="sosial", village=PANGGANG, at=at, many=4)
    archive.add(category="jalan", village=PANGGANG, at=at, many=5)
    archive.add(category="jalan", at=at)
    _read_anew(office)
    year = {"since": "2014-01-01", "until": "2015-01-01", "step": "bulan"}
    got = ask(planner, **year)
    first = "2014-03-01"
    assert cells(got) == {
        (TEGALSAMBI, first, "sosial"): 5,
        (TEGALSAMBI, first, "jalan"): 1,
        (PANGGANG, first, "jalan"): 5,
    }
    assert (got["total"], got["withheld"], got["withheld_kinds"]) == (15, 4, 0)
    assert sum(ask(planner, **year, split=0)["n"]) == 11
    odd = [{"step": "hari"}, {"step": "minggu"}, {"until": "2014-12-31"}]
    for finer in [*odd, {"hours": "0-23"}, {"channel": "112"}]:
        cut = ask(planner, **year | finer)
        assert {cut["kinds"][k] for k in cut["kind"]} == {"jalan"}
        assert (cut["withheld"], cut["withheld_kinds"]) == (9, 1)


def test_a_kind_too_rare_is_withheld_and_counted_as_withheld(office: Office, planner):
    archive = Archive(office)
    archive.add(category="tenggelam", at=BASE.replace(year=2012), many=4)
    archive.add(category="jalan", at=BASE.replace(year=2012), many=5)
    number = archive.add(category="jalan", village=PANGGANG, at=BASE.replace(year=2012))
    archive.announce(number, "demo.cleared")
    office.parts.now = lambda: NOON
    _read_anew(office)
    got = ask(planner, since="2012-01-01", until="2013-01-01", step="semua")
    assert cells(got) == {
        (TEGALSAMBI, "2012-01-01", "jalan"): 5,
        (PANGGANG, "2012-01-01", "jalan"): 1,
    }
    assert (got["total"], got["withheld"], got["withheld_kinds"]) == (10, 4, 1)


def test_a_period_without_a_case_is_an_answer_not_an_error(planner):
    got = ask(planner, since="1999-01-04", until="1999-02-01", by="heksagon")
    assert (got["n"], got["total"], got["elsewhere"]) == ([], 0, 0)
    assert (got["areas"], len(got["steps"])) == ([], 4)


def test_nothing_sensitive_is_counted_or_may_be_asked_for(office: Office, planner):
    with office.as_owner() as session:
        rows = session.execute(
            text("SELECT code, counted FROM category WHERE restricted_group IS NOT NULL")
        ).all()
    hidden, counted = ({row.code for row in rows if row.counted is yes} for yes in (False, True))
    got = ask(planner, since=MONDAY, until=LATER)
    told = {got["kinds"][k] for k in got["kind"]}
    assert hidden
    assert not hidden & told
    assert counted & told, "kept to a group, but counted by village, where there are five"
    refused = planner.get("/api/counts?since=2025-01-01&until=2025-02-01&category=kdrt")
    assert refused.status_code == 422
    assert refused.get_json()["field"] == "category"


def test_asked_again_it_answers_that_nothing_changed(planner):
    path = f"/api/counts?since={SINCE}&until={UNTIL}"
    tag = planner.get(path).headers["ETag"]
    assert planner.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("until=2025-01-01", "since"),
        ("since=2025-02-01&until=2025-01-01", "since"),
        ("since=2025-01-01&until=2025-01-01", "since"),
        ("since=2025-01-01&until=kapan", "until"),
        ("since=1970-01-01&until=2200-01-01", "until"),
        ("since=2025-01-01&until=2025-02-01&by=dusun", "by"),
        ("since=2025-01-01&until=2025-02-01&step=jam", "step"),
        ("since=2025-01-06&until=2025-02-03&by=heksagon&cell_m=100", "cell_m"),
        ("since=2025-01-06&until=2025-02-03&by=heksagon&cell_m=501", "cell_m"),
        ("since=2025-01-06&until=2025-02-04&by=heksagon", "since"),
        ("since=2025-01-01&until=2025-02-01&by=heksagon&step=hari", "step"),
        ("since=2025-01-01&until=2025-02-01&hours=7", "hours"),
        ("since=2025-01-01&until=2025-02-01&hours=7-7", "hours"),
        ("since=2025-01-01&until=2025-02-01&channel=sms", "channel"),
        ("since=2025-01-01&until=2025-02-01&desa=1", "desa"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused_by_its_field(planner, words: str, field: str):
    answer = planner.get(f"/api/counts?{words}")
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def _read_anew(office: Office) -> None:
    """The facts are at most ten seconds old; the test does not wait for that."""
    forget(office.parts)
