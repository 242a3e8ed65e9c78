"""The live map: what it keeps in the address, and what it says when the line is cut."""

import os
import signal

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.talk import place, save
from tests.world import Server


def test_the_line_that_is_cut_is_said_in_words(live_server: Server, open_page: Open):
    page = open_page(live_server).login("bupati", "/peta")
    expect(page.locator("#link-state")).to_contain_text("terhubung")
    for process in [live_server.process.pid, *live_server.workers()]:
        os.kill(process, signal.SIGKILL)
    expect(page.locator("#cut")).to_contain_text("Terputus sejak", timeout=20_000)
    expect(page.locator("#link-state")).to_contain_text("terputus sejak")
    assert "stale" in (page.locator("#map-frame").get_attribute("class") or "")


def test_the_address_keeps_view_and_filters(server: Server, open_page: Open):
    watched = open_page(server)
    page = watched.login("bupati", "/peta#11.50/-6.6500/110.7500?p=1,2&k=darurat")
    view = page.evaluate("() => window.tanggap.map.getZoom()")
    assert abs(view - 11.5) < 0.01
    gawat = page.locator('button[name="priority"][value="1"]')
    expect(gawat).to_have_attribute("aria-pressed", "true")
    gawat.click()
    assert "p=2" in page.evaluate("() => location.hash")
    page.locator("#filter-reset").click()
    page.wait_for_function("() => !location.hash.includes('?')")


def test_list_and_map_open_the_same_incident(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    place(operator, "pecangaan kulon")
    operator.locator("#what").fill("Pohon menimpa rumah")
    incident = save(operator)["incident"]

    page = open_page(server).login("bupati", "/peta")
    row = page.locator(f'#rows [data-id="{incident["id"]}"]')
    row.click()
    expect(page.locator("#detail")).to_contain_text(f"#{incident['id']}")
    expect(page.locator("#detail")).to_contain_text("Pecangaan Kulon")
    page.keyboard.press("Escape")
    expect(row).to_be_focused()

    page.wait_for_function("() => !window.tanggap.map.isMoving()")
    where = page.evaluate(
        "([lon, lat]) => { const p = window.tanggap.map.project([lon, lat]); return [p.x, p.y]; }",
        incident["geometry"]["coordinates"],
    )
    page.locator("#map canvas").click(position={"x": where[0], "y": where[1]})
    expect(page.locator("#detail")).to_contain_text(f"#{incident['id']}")


def test_the_list_needs_no_map_and_follows_the_wire(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/daftar")
    operator = open_page(server).login("operator1")
    place(operator, "mayong lor")
    operator.locator("#what").fill("Lampu jalan mati")
    incident = save(operator)["incident"]
    expect(page.locator(f'tr[data-id="{incident["id"]}"]')).to_be_visible()

    page.get_by_role("button", name="Sejak").click()
    expect(page.locator('th[data-sort="age"]')).to_have_attribute("aria-sort", "ascending")


def test_a_planner_sees_counts_by_village(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    place(operator, "keling")
    operator.locator("#what").fill("Jalan berlubang")
    save(operator)
    page = open_page(server).login("perencana", "/peta")
    expect(page.locator("#sentence")).to_contain_text("terbuka di")
    expect(page.locator("#rows")).to_contain_text("jumlah per desa")


def test_a_session_that_ended_asks_to_log_in(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    page.context.clear_cookies()
    page.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(page.locator("#cut")).to_contain_text("Sesi berakhir", timeout=15_000)
    expect(page.locator("#cut").get_by_role("link", name="Masuk")).to_be_visible()


def test_a_restricted_case_is_read_once(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    place(operator, "mayong kidul")
    operator.locator('input[name="category"][value="kesehatan"]').check()
    operator.locator("#what").fill("Sesak napas")
    incident = save(operator)["incident"]
    page = open_page(server).login("dinkes1", "/daftar")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name=f"#{incident['id']}").click()
    expect(page.locator("#detail")).to_contain_text("Sesak napas")
    page.wait_for_timeout(1_500)  # each look is logged, and what is logged comes by the wire
    assert sum(url.endswith(f"/api/incidents/{incident['id']}") for url in asked) == 1
