"""Coverage, what-if and response as a planner uses them, over months of emergencies."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_analysis import JOB_MS, answered, worker
from tests.browser.test_every_page import SCROLL, serious
from tests.whatif.emergencies import fill_emergencies
from tests.world import Server, World, serve

CASES = 3000
PERIOD = "since=2024-03-04&until=2026-03-02"


@pytest.fixture(scope="module")
def server(shared_world: World) -> Iterator[Server]:
    """Two years of emergencies with units that were sent, and somebody who does the jobs."""
    fill_emergencies(shared_world, CASES)
    with serve(shared_world, workers=2) as server, worker(shared_world):
        yield server


def column(page: Page, table: str, at: int) -> list[str]:
    """The words of a column, from 1."""
    return page.locator(f"#{table}-rows tr > :nth-child({at})").all_inner_texts()


def fit(page: Page) -> None:
    """By day and night, on a phone."""
    page.evaluate("() => scrollTo(0, 0)")
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page) == [], "dark"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(SCROLL) <= 0
    assert serious(page) == [], "phone"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1366, "height": 768})


def test_a_planner_reads_who_is_reached_late_and_what_is_missing(server: Server, open_page: Open):
    page = open_page(server).login("perencana", f"/analisis/tanggap?{PERIOD}&by=kecamatan")
    answered(page)
    expect(page.locator("#sentence")).to_have_text(
        re.compile(r"\d+ % kegawatan ditolong dalam .*; 90 % dalam [\d,]+ menit")
    )
    for code in ("belum_selesai", "langkah_hilang", "kategori_peka"):
        expect(page.locator(f"#caveats [data-code={code}]")).to_have_count(1)
    heads = page.locator("#groups-head th").all_inner_texts()
    assert {"Tiba dalam batas", "9 dari 10 tiba dalam", "Belum selesai", "Tak tercatat"} <= {*heads}
    open_still = column(page, "groups", heads.index("Belum selesai") + 1)
    assert 0 < sum(map(int, open_still[:-1])) <= int(open_still[-1])
    for by in ("desa", "instansi", "jam", "prioritas", "kategori"):
        page.select_option("#by", by)
        page.click("#reckon")
        answered(page)
        names = column(page, "groups", 1)
        assert len(names) > 2, by
        assert all(names)
        assert names[-1] == "Semua"
        if by == "prioritas":
            assert "gawat" in names
    fit(page)

    page.goto(f"{server.url}/analisis/tanggap?since=2031-01-01&until=2031-02-01")
    answered(page)
    expect(page.locator("#sentence")).to_contain_text("Tidak ada kegawatan")
    expect(page.locator("#stages svg")).to_have_count(0)
    page.goto(f"{server.url}/analisis/tanggap?since=2026-02-01&until=2026-01-01")
    expect(page.locator("#ask-said")).to_contain_text("sebelum hari terakhir")


def test_a_planner_tries_another_skill_and_sees_who_gains(server: Server, open_page: Open):
    page = open_page(server).login("perencana", f"/analisis/andai?{PERIOD}")
    page.wait_for_function("() => window.tanggap !== undefined")
    page.select_option("#do", "keahlian")
    row = page.locator("#changes li")
    row.get_by_label("Unit", exact=True).select_option("AMB-01")
    expect(row.get_by_label("medis", exact=True)).to_be_checked()
    row.get_by_label("medis", exact=True).uncheck()
    row.get_by_label("pemadaman", exact=True).check()
    page.select_option("#repeats", "3")
    page.click("#reckon")
    answered(page, JOB_MS)
    expect(page.locator("#trouble")).to_be_empty()
    assert "keahlian" in page.url
    expect(page.locator("#sentence")).to_have_text(re.compile("poin persen|berubah"))
    expect(page.locator("#total-rows tr").first).to_contain_text("poin persen")
    expect(page.locator("#legend")).to_contain_text("tidak berubah")
    districts = page.evaluate(
        "() => window.tanggap.map.getSource('places').getData().then((d) => d.features.length)"
    )
    assert districts == 16
    page.select_option("#group-by", "desa")
    page.wait_for_function(
        "() => window.tanggap.map.getSource('places').getData()"
        ".then((d) => d.features.length === 195)"
    )
    page.reload()
    answered(page, JOB_MS)
    expect(row.get_by_label("pemadaman", exact=True)).to_be_checked()
    expect(row.get_by_label("medis", exact=True)).not_to_be_checked()
    fit(page)


def test_a_planner_changes_the_shift_of_a_whole_station_and_reckons_anew(
    server: Server, open_page: Open
):
    page = open_page(server).login("perencana", f"/analisis/andai?{PERIOD}")
    page.wait_for_function("() => window.tanggap !== undefined")
    page.select_option("#do", "giliran")
    whose = page.locator("#changes li").get_by_label("Giliran siapa")
    station = whose.locator("optgroup").first.locator("option").first
    name, code = station.inner_text(), station.get_attribute("value") or ""
    number = int(re.search(r"\((\d+) unit\)", name)[1])  # type: ignore[index]
    whose.select_option(code)
    page.locator("#changes li").get_by_label("Giliran", exact=True).select_option("07-15")
    page.select_option("#repeats", "3")
    page.click("#reckon")
    answered(page, JOB_MS)
    expect(page.locator("#trouble")).to_be_empty()
    changed = [after for after in column(page, "units", 3) if "07.00–15.00" in after]
    assert len(changed) == number
    expect(page.locator("#again")).to_be_visible()
    page.reload()
    answered(page, JOB_MS)
    expect(whose).to_have_value(code)
    with page.expect_request("**/api/whatif") as asked:
        page.click("#again")
    assert asked.value.post_data_json["anew"] is True
    assert asked.value.post_data_json["changes"][0]["station"] == code.partition(":")[2]
    answered(page, JOB_MS)
    expect(page.locator("#trouble")).to_be_empty()
    fit(page)


def test_lines_of_reach_are_reckoned_anew_what_is_quick_never(server: Server, open_page: Open):
    page = open_page(server).login("perencana", "/analisis/jangkauan?what=lokasi&skill=api")
    answered(page, JOB_MS)
    with page.expect_request("**/api/coverage") as asked:
        page.click("#again")
    assert asked.value.post_data_json["anew"] is True
    answered(page, JOB_MS)
    expect(page.locator("#again")).to_be_visible()
    expect(page.locator("#sites-rows tr")).to_have_count(1)
    page.goto(f"{server.url}/analisis/jangkauan")
    answered(page)
    expect(page.locator("#again")).to_be_hidden()


def test_a_station_that_is_gone_is_no_other_one(server: Server, open_page: Open):
    change = '[{"do":"pindah_unit","unit":"AMB-01","station":"bulan"}]'
    page = open_page(server).login("perencana", f"/analisis/andai?{PERIOD}&changes={change}")
    expect(page.locator("#trouble")).to_contain_text("tidak ada pos berkode 'bulan'")


def test_a_planner_without_any_skill_left_is_told_in_words(server: Server, open_page: Open):
    page = open_page(server).login("perencana", f"/analisis/andai?{PERIOD}")
    page.wait_for_function("() => window.tanggap !== undefined")
    page.select_option("#do", "keahlian")
    for box in page.locator("#changes input:checked").all():
        box.uncheck()
    page.click("#reckon")
    expect(page.locator("#trouble")).to_contain_text("paling sedikit satu")


def test_lines_of_reach_carry_their_minutes_and_each_unit_has_its_own(
    server: Server, open_page: Open
):
    page = open_page(server).login("bupati", "/analisis/jangkauan?what=isokron&skill=api")
    answered(page, JOB_MS)
    expect(page.locator("#trouble")).to_be_empty()
    rows = page.locator("#legend li").all_inner_texts()
    assert [re.sub(r": .*", "", row) for row in rows] == ["5 menit", "10 menit", "15 menit"]
    page.wait_for_function(
        "() => window.tanggap.map.queryRenderedFeatures({layers: ['reach-word']})"
        ".some((f) => f.properties.word === '15 menit')"
    )
    page.locator("#reaches-rows button").nth(1).click()
    name = page.locator("#reaches-rows button").nth(1).inner_text()
    expect(page.locator("#legend b")).to_contain_text(name)
    own = page.locator("#legend li").last.inner_text()
    assert own != rows[-1]
    file = page.request.get(page.locator("#lines-file").evaluate("(link) => link.href"))
    assert file.json()["features"][0]["properties"].keys() >= {"unit", "minutes"}
    fit(page)


def test_islands_the_law_and_paper_are_on_the_screen(server: Server, open_page: Open):
    page = open_page(server).login("perencana", "/analisis/jangkauan?skill=api")
    answered(page)
    parts = column(page, "parts", 1)
    assert parts[:2] == ["Seluruh wilayah", "Daratan"]
    assert sum(name.startswith("Pulau") for name in parts) == 3
    expect(page.locator("#law-said")).to_contain_text("15 menit, dan lingkaran 7,5 km")
    expect(page.locator("#paper-said")).to_contain_text("Hanya di atas kertas")
    expect(page.locator("#villages-head")).to_contain_text("Hanya di atas kertas")
    expect(page.locator("#losses-rows tr")).not_to_have_count(0)
    page.select_option("#skill", "polisi")
    page.click("#reckon")
    answered(page)
    expect(page.locator("#law-said")).to_contain_text("Tidak ada aturan")
    fit(page)
