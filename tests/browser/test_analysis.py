"""The analysis in a browser: a question, its answer, two periods, weeks, notes, trouble."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.benches import crowd_incidents
from tests.browser.conftest import Open
from tests.browser.test_every_page import SCROLL, serious
from tests.cluster import ROOT, SECRET
from tests.world import Server, World, serve

CASES = 6000  # of two years
PATIENCE_MS = 60_000
JOB_MS = 240_000  # a worker that starts may have to compile first
TODAY = datetime.now(UTC).date()
SINCE, UNTIL = TODAY - timedelta(days=91), TODAY - timedelta(days=7)
PERIOD = f"since={SINCE}&until={UNTIL}"
BEFORE = f"compare={SINCE - timedelta(days=84)}..{SINCE}"


@pytest.fixture(scope="module")
def server(shared_world: World) -> Iterator[Server]:
    """With an archive of invented cases; nobody works on jobs yet."""
    crowd_incidents.fill(shared_world.owner_url, CASES)
    with serve(shared_world, workers=2) as server:
        yield server


@contextmanager
def worker(world: World) -> Iterator[None]:
    """A process that does the jobs, as ./run starts it."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    environ |= {
        "DATABASE_URL": world.app_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(world.settings.state_folder),
        "TANGGAP_REGENCY": str(world.settings.regency_folder),
    }
    program = str(Path(sys.executable).with_name("tanggap"))
    process = subprocess.Popen([program, "worker"], cwd=ROOT, env=environ)
    try:
        yield
    finally:
        process.terminate()
        process.wait(90)  # a step of a job is finished first, on a busy machine a long one


def answered(page: Page, within_ms: float = PATIENCE_MS) -> None:
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true", timeout=within_ms)


def test_a_planner_asks_reads_and_goes_back(server: Server, open_page: Open):
    page = open_page(server).login("perencana", "/")
    assert page.url.endswith("/analisis")
    answered(page)
    expect(page.locator("#sentence")).to_contain_text("kejadian")
    expect(page.locator("#legend")).to_contain_text("wajar")
    expect(page.locator("#caveats li")).not_to_have_count(0)
    expect(page.locator("#table-note")).to_contain_text("25 dari 195")

    page.get_by_role("button", name="Kejadian", exact=True).click()
    column = page.locator("#table-head th[aria-sort]")
    expect(column).to_have_attribute("aria-sort", "descending")
    at = page.locator("#table-head th").all_inner_texts().index("Kejadian")
    cells = page.locator(f"#table-rows tr td:nth-child({at + 1})").all_inner_texts()
    counts = [float(cell.replace(".", "").replace(",", ".")) for cell in cells]
    assert counts == sorted(counts, reverse=True)
    page.locator("#table-rows .linkish").first.click()
    expect(page.locator("#table-rows tr").first).to_have_attribute("aria-current", "true")
    expect(page.locator("#chart polyline.chosen")).to_have_count(1)

    # A question stands in the address: it is left with the back button, and found again.
    # So do the chosen area and where the map was moved: whoever opens it sees the same.
    page.evaluate("() => window.tanggap.map.jumpTo({center: [110.7, -6.55], zoom: 11.5})")
    page.wait_for_function("() => location.hash.startsWith('#11.50/-6.55')")
    assert "wilayah=33.20." in page.url
    chosen = page.locator("#table-rows tr[aria-current]").inner_text()
    page.reload()
    answered(page)
    expect(page.locator("#table-rows tr[aria-current]")).to_have_text(re.compile(chosen[:8]))
    assert page.evaluate("() => window.tanggap.map.getZoom()") == pytest.approx(11.5, abs=0.01)

    first = page.locator("#sentence").inner_text()
    page.check("[name=method][value=jumlah]")
    page.select_option("#unit", "kecamatan")
    expect(page.locator("#changed")).to_be_visible()
    page.click("#reckon")
    answered(page)
    assert "unit=kecamatan" in page.url
    expect(page.locator("#table-note")).to_contain_text("16 dari 16")
    page.go_back()
    answered(page)
    expect(page.locator("#sentence")).to_have_text(first)
    expect(page.locator("[name=method][value=gi]")).to_be_checked()

    for form, kind in (("csv", "text/csv"), ("geojson", "application/geo+json")):
        href = page.locator(f"[data-file={form}]").get_attribute("href")
        answer = page.request.get(f"{server.url}{href}")
        assert answer.status == 200, answer.text()[:300]
        assert answer.headers["content-type"].startswith(kind)


def test_a_long_question_waits_can_be_cancelled_and_is_answered(server: Server, open_page: Open):
    page = open_page(server).login("perencana", f"/analisis?{PERIOD}&method=gugus")
    expect(page.locator("#job")).to_be_visible()
    expect(page.locator("#job-step")).to_have_text("Menunggu giliran", timeout=PATIENCE_MS)
    page.click("#job-cancel")
    expect(page.locator("#trouble")).to_contain_text("dibatalkan", timeout=PATIENCE_MS)
    expect(page.locator("#job")).to_be_hidden()
    with worker(server.world):
        page.click("#reckon")
        answered(page, JOB_MS)
    expect(page.locator("#trouble")).to_be_empty()
    expect(page.locator("#found-title")).to_contain_text("kelompok")
    expect(page.locator("#found-rows tr")).not_to_have_count(0)
    expect(page.locator("#found")).to_contain_text("Bagian yang meragukan")
    expect(page.locator("#found-rows tr").first).to_contain_text(re.compile(r"\w+ dan \d+ lagi"))
    expect(page.locator("#caveats")).to_contain_text("menurut peluangnya")


def test_two_periods_lie_under_one_camera_and_weeks_can_be_played(server: Server, open_page: Open):
    watched = open_page(server)
    page = watched.login("bupati", f"/analisis?{PERIOD}&{BEFORE}")
    answered(page)
    expect(page.locator("#second")).to_be_visible()
    expect(page.locator("#beside")).to_contain_text("Pembanding:")
    page.evaluate("() => window.tanggap.map.jumpTo({center: [110.7, -6.55], zoom: 11.5})")
    page.wait_for_function("() => Math.abs(window.tanggap.second().getZoom() - 11.5) < 1e-6")
    centre = page.evaluate("() => window.tanggap.second().getCenter().toArray()")
    assert centre == pytest.approx([110.7, -6.55], abs=1e-6)

    slider = page.locator("#step-at")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#step-said")).to_contain_text("minggu mulai")
    for title in ("#map-title", "#map-b-title"):  # both periods are at their first week
        expect(page.locator(title)).to_contain_text("minggu mulai")
    expect(page.locator("#chart polyline.other")).to_have_count(1)
    week = re.search(r"pekan=([\d-]+)", page.url)
    assert week is not None
    page.click("#play")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("() => Number(document.querySelector('#step-at').value) >= 3")
    page.click("#play")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")
    page.reload()
    answered(page)
    assert int(slider.input_value()) >= 3


def test_a_note_is_written_with_keys_and_only_its_writer_takes_it_back(
    server: Server, open_page: Open
):
    path = f"/analisis?{PERIOD}&method=jumlah&rapat=Musrenbang"
    page = open_page(server).login("perencana", path)
    answered(page)
    expect(page.locator("#meeting")).to_have_value("Musrenbang")
    page.locator("#note-add").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#aim")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.fill("#note-text", " ")
    page.click("#note-keep")
    expect(page.locator("#note-said")).to_contain_text("Tulis catatannya")
    page.fill("#note-text", "Lampu jalan? <b>tanya</b> desa")
    page.click("#note-keep")
    note = page.locator("#notes-rows li")
    expect(note).to_contain_text("Lampu jalan? <b>tanya</b> desa")
    expect(page.locator("[data-file=pdf]")).to_have_attribute(
        "href", re.compile("&rapat=Musrenbang")
    )

    other = open_page(server).login("bupati", path)
    answered(other)
    expect(other.locator("#notes-rows li")).to_have_count(1)
    expect(other.locator("#notes-rows button.plain")).to_have_count(0)
    other.fill("#meeting", "Rapat lain")
    other.press("#meeting", "Tab")
    expect(other.locator("#notes-said")).to_contain_text("Belum ada catatan")

    page.locator("#notes-rows button.plain").click()
    expect(note).to_have_count(0)


def test_what_cannot_be_asked_is_said_in_words(server: Server, open_page: Open):
    page = open_page(server).login("perencana", f"/analisis?{PERIOD}&method=jumlah")
    answered(page)
    page.fill("#since", "2026-05-01")
    page.fill("#last", "2026-04-01")
    page.click("#reckon")
    expect(page.locator("#ask-said")).to_contain_text("sebelum hari terakhir")
    assert page.input_value("#since") == "2026-05-01"

    page.goto(f"{server.url}/analisis?{PERIOD}&category=tidak_ada")
    answered(page)
    expect(page.locator("#trouble")).to_contain_text("tidak_ada")
    expect(page.locator("#sentence")).to_contain_text("belum terjawab")

    page.goto(f"{server.url}/analisis?since=2001-01-01&until=2001-02-01")
    answered(page)
    expect(page.locator("#sentence")).to_contain_text("Tidak ada kejadian")
    expect(page.locator("#chart-note")).to_contain_text("Tidak ada kejadian")
    expect(page.locator("#trouble")).to_be_empty()
    expect(page.locator("#time")).to_be_hidden()
    expect(page.locator("#table-head")).not_to_contain_text("Artinya")  # nothing was tested

    # Cells with too few to be told say so, on the map and in the table.
    page.goto(f"{server.url}/analisis?{PERIOD}&method=jumlah&unit=heksagon&cell_m=5000")
    answered(page)
    expect(page.locator("#legend")).to_contain_text("kurang dari 5 kejadian")
    page.click("#table-more")
    expect(page.locator("#table-rows")).to_contain_text("< 5")


def test_the_sister_pages_answer_and_keep_their_question(server: Server, open_page: Open):
    page = open_page(server).login("perencana", "/analisis/jangkauan?skill=api")
    answered(page)
    expect(page.locator("#sentence")).to_contain_text("menit")
    expect(page.locator("#villages-rows tr")).to_have_count(195)
    expect(page.locator("#skill")).to_have_value("api")

    page.goto(f"{server.url}/analisis/tanggap?by=kecamatan&{PERIOD}")
    answered(page)
    expect(page.locator("#groups-head")).to_contain_text("Kecamatan")
    expect(page.locator("#stages-rows tr")).to_have_count(10)

    page.goto(f"{server.url}/analisis/andai")
    page.wait_for_function("() => window.tanggap !== undefined")
    page.click("#reckon")
    expect(page.locator("#ask-said")).to_contain_text("satu perubahan")
    page.select_option("#do", "hapus_unit")
    page.click("#reckon")
    expect(page.locator("#job")).to_be_visible()
    assert "hapus_unit" in page.url
    page.reload()
    expect(page.locator("#changes li")).to_have_count(1)


def test_all_of_them_are_fit_for_everybody(server: Server, open_page: Open):
    page = open_page(server, color_scheme="light").login("perencana")
    for path in ("", "/jangkauan", "/andai", "/tanggap"):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1366, "height": 768})
        page.goto(f"{server.url}/analisis{path}")
        answered(page)
        assert serious(page) == [], path
        page.emulate_media(color_scheme="dark")
        assert serious(page) == [], f"{path} dark"
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate(SCROLL) <= 0, path
        assert serious(page) == [], f"{path} phone"
