"""Every method answers on the same archive, and finds what was put there."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from pyproj import CRS
from sqlalchemy import text

from app.facts_shelf import exposure_now
from dispatch.reports.ask import BadAsk, Method, from_words
from dispatch.reports.hotspots import run
from dispatch.rules.doing import Doing
from geo.hotspots.grid import project
from tests.reports.conftest import HOT, SINCE, UNTIL, Town
from tests.reports.figures import whole

ALL = [method.value for method in Method]


@pytest.mark.parametrize("method", ALL)
def test_every_method_answers_in_words_and_json(town: Town, method: str) -> None:
    found = town.run(f"method={method}&category=jalan&permutations=199&step=bulan")
    document = found.document
    assert document["words"].startswith(f"{document['totals']['n']} kejadian"), document["words"]
    assert len(document["places"]) == len(found.areas) == len(found.shown)
    assert not [c for c in document["caveats"] if c["code"] in ("kosong", "terlalu_sedikit")]
    assert whole(document), "a number that JSON does not know"


def test_counts_are_those_of_the_database_with_shares_by_chance(town: Town) -> None:
    found = town.run("category=jalan")
    told = {place["id"]: place["n"] for place in found.places}
    with town.as_owner() as session:
        sure = session.execute(
            text(
                "SELECT count(*) FROM incident WHERE category_code = 'jalan' AND village_p = 1"
                " AND village_code = :code AND opened_at >= :since AND opened_at < :until"
            ),
            {"code": HOT[0], "since": f"{SINCE} 00:00+07", "until": f"{UNTIL} 00:00+07"},
        ).scalar_one()
    totals = found.document["totals"]
    assert told[HOT[0]] >= sure >= 40
    assert told[HOT[0]] - sure <= totals["doubtful"]
    parts = totals["placed"] + totals["elsewhere"] + totals["unplaced"]
    assert parts == pytest.approx(totals["n"], abs=0.01)
    assert sum(told.values()) == pytest.approx(totals["placed"], abs=0.01)


def test_districts_hold_what_their_villages_hold(town: Town) -> None:
    villages, districts = town.run("category=jalan"), town.run("category=jalan&unit=kecamatan")
    sums: dict[str, float] = {}
    for place in villages.places:
        sums[place["id"][:8]] = sums.get(place["id"][:8], 0) + place["n"]
    assert {p["id"]: pytest.approx(p["n"], abs=0.01) for p in districts.places} == sums


def test_hexagons_hold_all_that_has_a_place_and_tell_no_few(town: Town) -> None:
    found = town.run("category=jalan&unit=heksagon&cell_m=2000")
    totals = found.document["totals"]
    assert totals["placed"] + totals["elsewhere"] == pytest.approx(totals["n"], abs=0.01)
    assert any(place["few"] for place in found.places)
    for place in found.places:
        assert (place["n"] is None) == place["few"]
        assert place["few"] or place["n"] >= 5
        assert place["shape"]["type"] == "Polygon"


def test_kinds_that_touch_persons_are_told_by_village_and_whole_week_and_never_few(
    town: Town,
) -> None:
    whole = town.run("category=orang_hilang").document
    assert whole["totals"]["few"] > 0
    assert "jarang_per_desa" in {one["code"] for one in whole["caveats"]}
    months = town.run("category=orang_hilang&step=bulan&until=2026-03-01").document["totals"]
    assert (months["few"] > 0, months["coarse"]) == (True, 0)
    for finer in ("until=2026-03-01", "step=hari", "step=bulan", "hours=8-12", "channel=112"):
        found = town.run(f"category=orang_hilang&{finer}").document
        assert (found["totals"]["n"], found["totals"]["few"]) == (0, 0), finer
        assert found["totals"]["coarse"] > 0
        assert "minggu penuh" in found["words"]


def test_small_hexagons_tell_no_figure_below_five_and_no_days(town: Town) -> None:
    query = "category=jalan&unit=heksagon&cell_m=500&compare=2025-03-01..2025-09-01"
    found = town.run(query).document
    assert found["series"]["places"] == {}
    told = [place["before"] for place in found["places"] if place["before"]]
    assert any(before["n"] is None for before in told)
    assert all(before["n"] is None or before["n"] >= 5 for before in told)


@pytest.mark.parametrize("method", ["jumlah", "gi"])
def test_of_a_hexagon_with_few_no_number_tells_how_few(town: Town, method: str) -> None:
    query = f"category=jalan&unit=heksagon&cell_m=2000&method={method}&permutations=99&alpha=0.2"
    few = [place for place in town.run(query).places if place["few"]]
    assert few
    told = {name for place in few for name in ("n", "rate", "z", "p", "doubt") if place[name]}
    assert not told


def test_a_surface_shows_no_hill_of_a_single_case(town: Town) -> None:
    grid = town.run("category=jalan&method=kepadatan&bandwidth_m=400").document["grid"]
    told = {value for value in grid["values"] if value}
    assert grid["floor"] == pytest.approx(5 / (2 * math.pi * 0.4**2), rel=1e-3)
    assert not [value for value in told if value < 0.999 * grid["floor"]]
    assert told, "forty in one corner are to be seen"
    wide = town.run("category=jalan&method=kepadatan").document["grid"]
    assert wide["rule"] == "scott"
    assert wide["floor"] == pytest.approx(
        5 / (2 * math.pi * (wide["bandwidth_m"] / 1e3) ** 2), 1e-3
    )
    assert [value for value in wide["values"] if value]


def test_a_surface_on_which_nothing_may_be_drawn_says_so(town: Town) -> None:
    recent = town.run("since=2026-02-01&unit=heksagon&cell_m=5000").document["series"]["categories"]
    few = min(recent, key=lambda code: sum(recent[code]))  # scattered, and at least five
    found = town.run(f"category={few}&method=kepadatan&bandwidth_m=250&since=2026-02-01").document
    assert found["totals"]["n"] >= 5
    assert found["grid"] is None
    assert "beri lebih lebar" in found["words"]


def test_the_line_round_a_cluster_tells_no_house(town: Town) -> None:
    ask, far = from_words({"since": SINCE, "until": UNTIL, "method": "gugus", "least": "5"}), []
    facts, xy = town.facts(), town.facts().xy.copy()
    day = (ask.since - date(1970, 1, 1)).days
    jalan = np.flatnonzero((facts.category == facts.categories.index("jalan")) & (facts.day > day))
    house = xy[jalan[0]] = xy[jalan][~np.isnan(xy[jalan, 0])][0]
    xy[jalan[:8]] = house
    exposure, ground = exposure_now(town.parts), town.parts.ground()
    found = run(ask, replace(facts, xy=xy), exposure, ground).document["clusters"]
    for one in found:
        centre = project(np.array([one["centre"]]), CRS.from_epsg(facts.zone))[0]
        far.append(float(np.hypot(*(centre - house))))
    assert found
    square = np.abs((house % 100) - 50)
    assert min(far) >= min(1.0, float(np.hypot(*square)) - 0.5)


def test_what_is_taken_back_stops_a_scan(town: Town) -> None:
    class Cancelled(Exception):
        pass

    said: list[str] = []

    def progress(_share: float, words: str) -> None:
        said.append(words)
        if words == Doing.SHUFFLE_TIMES:
            raise Cancelled

    words = {"since": SINCE, "until": UNTIL, "method": "pindai", "permutations": "9999"}
    exposure, ground = exposure_now(town.parts), town.parts.ground()
    with pytest.raises(Cancelled):
        run(from_words(words), town.facts(), exposure, ground, progress)
    assert said[-2:] == [Doing.TEST, Doing.SHUFFLE_TIMES]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("unit=heksagon&cell_m=500&method=muncul&step=hari&since=2010-01-01", "step"),
        ("unit=heksagon&cell_m=100", "cell_m"),
    ],
)
def test_what_would_fill_the_memory_is_refused_by_name(town: Town, query: str, field: str) -> None:
    with pytest.raises(BadAsk, match="beri") as refused:
        town.run(query)
    assert refused.value.field == field


def test_a_kind_that_nobody_knows_is_left_out(town: Town) -> None:
    facts = town.facts()
    category = facts.category.copy()
    category[-3:] = -1
    ask = from_words({"since": "2020-01-01", "until": "2030-01-01"})
    exposure, ground = exposure_now(town.parts), town.parts.ground()
    whole = run(ask, facts, exposure, ground).document["totals"]
    found = run(ask, replace(facts, category=category), exposure, ground).document["totals"]
    assert found["n"] == whole["n"] - 3


def test_what_is_not_reckoned_is_said(town: Town) -> None:
    def codes(query: str, peopled: bool = False) -> set[str]:
        return {one["code"] for one in town.run(query, peopled=peopled).document["caveats"]}

    assert "koreksi_tanpa_ragu" in codes("category=jalan&correct=1", peopled=True)
    assert "koreksi_tak_bisa" in codes("category=jalan&correct=1")
    assert "tanpa_pembagi_di_sini" in codes("method=kepadatan&against=luas")
    assert "kelompok_peluang" in codes("method=gugus&step=bulan")
    assert "kelompok_undian" in codes("method=gugus_hdbscan&step=bulan")
    assert {"uji_pindai", "pindai_peluang"} <= codes("method=pindai&permutations=99")
    assert "muncul" in codes("method=muncul&category=jalan&step=bulan")
    assert "permutasi_lanjut" in codes("method=gi&category=jalan&permutations=99")
    assert "beda_beruntun" in codes("category=jalan&compare=2025-03-01..2025-09-01")
    assert "beruntun" in codes("category=jalan")
    assert "beruntun_tak_terukur" in codes("category=jalan&since=2026-02-20")
    assert "alarm_banyak" in codes("method=cusum")


def test_what_was_found_by_formula_says_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.reports.methods.MOST_DRAWN", 100)
    found = town.run("category=jalan&method=gi").document
    assert found["figures"]["permutations"] == 0
    assert "tanpa_permutasi" in {one["code"] for one in found["caveats"]}


def test_what_gathers_is_found_by_name(town: Town) -> None:
    found = town.run("category=jalan")
    assert set(HOT) <= {place["id"] for place in found.places if place["sure"]}
    assert "Demangan" in found.document["words"]
    # They began on New Year's Day: twelve days later that is sudden.
    sudden = town.run("method=pindai&category=jalan&permutations=199", until="2026-01-12")
    alarms = {place["id"] for place in sudden.places if place["class"] == "alarm"}
    assert alarms & set(HOT)
    clusters = town.run("method=gugus&category=jalan").document["clusters"]
    assert clusters[0]["n"] >= 40
    assert set(clusters[0]["places"]) & set(HOT)


def test_the_same_seed_gives_the_same_answer(town: Town) -> None:
    first, second = (town.run("method=gi&category=jalan&seed=7").document for _ in range(2))
    assert first == second


def test_a_second_period_tells_what_rose(town: Town) -> None:
    found = town.run("category=jalan&compare=2025-03-01..2025-09-01")
    rose = {p["id"] for p in found.places if p["before"] and p["before"]["class"] == "naik"}
    assert set(HOT) <= rose
    assert "naik di" in found.document["words"]
    assert found.document["series"]["before"]["steps"]


@pytest.mark.parametrize("method", ALL)
def test_an_empty_period_is_an_answer_in_words(town: Town, method: str) -> None:
    found = town.run(f"since=1999-01-01&method={method}", until="1999-02-01")
    assert found.document["words"].startswith("Tidak ada kejadian yang cocok")
    assert found.document["caveats"][0]["code"] == "kosong"
    assert all(place["n"] == 0 and not place["sure"] for place in found.places)


@pytest.mark.parametrize("method", ALL)
def test_one_short_day_says_what_is_missing_or_finds_nothing_wrong(town: Town, method: str) -> None:
    found = town.run(
        f"since=2026-02-27&method={method}&permutations=99&step=hari", until="2026-02-28"
    )
    assert found.document["totals"]["n"] < 40
    assert found.document["words"].endswith(".")


def test_rare_categories_are_withheld_and_counted(town: Town) -> None:
    found = town.run("since=2026-02-20", until="2026-02-24")
    totals = found.document["totals"]
    codes = {c["code"] for c in found.document["caveats"]}
    assert totals["withheld"] > 0
    assert "kategori_ditahan" in codes
    shown = found.document["series"]["categories"]
    assert all(sum(counts) >= 5 for counts in shown.values())


def test_categories_told_by_village_only_are_in_no_hexagon(town: Town) -> None:
    catalogue = town.parts.ground().catalogue
    coarse = {c.code for c in catalogue.categories.values() if c.audience == "ruang"}
    by_village = town.run("").document["series"]["categories"]
    by_cell = town.run("unit=heksagon&cell_m=2000").document
    assert coarse & set(by_village)
    assert not coarse & set(by_cell["series"]["categories"])
    assert by_cell["totals"]["coarse"] > 0


def test_without_known_people_nothing_is_claimed(town: Town) -> None:
    found = town.run("against=penduduk&category=jalan")
    assert not any(place["sure"] for place in found.places)
    assert {place["class"] for place in found.places} == {"tak_diketahui"}
    assert "belum diketahui" in found.document["words"]


def test_readiness_to_report_is_divided_out_with_its_doubt(town: Town) -> None:
    plain, corrected = (
        town.run("category=jalan"),
        town.run("category=jalan&correct=1", peopled=True),
    )
    of = {place["id"]: place for place in corrected.places}
    for place in plain.places:
        reporting = of[place["id"]]["reporting"]
        assert reporting["low"] <= reporting["rate"] <= reporting["high"]
        if place["n"]:
            wide = of[place["id"]]["rate_high"] / of[place["id"]]["rate_low"]
            assert wide >= 0.999 * place["rate_high"] / place["rate_low"]
    assert "koreksi_lapor" in {c["code"] for c in corrected.document["caveats"]}
