"""Prints in a browser: saved as files they draw on a machine without network, names stay names."""

from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import text

from tests.app.canaries import TEGALSAMBI
from tests.browser.conftest import Open
from tests.browser.talk import place, save
from tests.world import Server

HOSTILE = "</script><script>window.caught=1</script><img src=x onerror=window.caught=2>\"'`"
# Areas of villages that have a size on the screen.
DRAWN = """() => [...document.querySelectorAll("path.village")]
  .filter((path) => path.getBBox().width > 0).length"""
OUTSIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


def test_saved_prints_draw_with_the_network_off(
    server: Server, open_page: Open, browser: Browser, tmp_path: Path
):
    operator = open_page(server).login("operator1")
    place(operator, "pecangaan wetan")
    operator.locator("#what").fill("Lubang besar di jalan")
    operator.locator('input[name="category"][value="kebakaran"]').check()
    save(operator)
    with server.world.as_owner() as session:
        session.execute(text("UPDATE incident SET place_text = :name"), {"name": HOSTILE})
    alone = browser.new_context(offline=True, viewport={"width": 360, "height": 740})
    for path, least, words in (
        ("/laporan/beban", 150, "Pecangaan Wetan"),
        ("/laporan/kejadian", 150, HOSTILE),
        (f"/laporan/desa/{TEGALSAMBI}", 3, "Tidak ada kejadian"),
    ):
        file = tmp_path / "cetak.html"
        file.write_bytes(operator.request.get(server.url + path).body())
        page, asked, broken = alone.new_page(), [], []
        page.on("request", lambda request, to=asked: to.append(request.url))
        page.on("pageerror", lambda error, to=broken: to.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_function("() => document.querySelector('path.village')")
        assert asked == [file.as_uri()], path
        assert broken == [], path
        assert page.evaluate(DRAWN) >= least, path
        assert page.evaluate("() => window.caught === undefined"), path
        assert page.evaluate(OUTSIDE) <= 0, path
        assert words in page.locator("main").inner_text(), path
        page.close()
    alone.close()


def test_the_server_prints_pdf_and_png_beside_its_other_work(server: Server, open_page: Open):
    leader = open_page(server).login("bupati", "/laporan")
    leader.locator('form[action="/laporan/beban"] select[name="measure"]').select_option("late")
    leader.locator('form[action="/laporan/beban"] button[value="html"]').click()
    leader.wait_for_url("**/laporan/beban?measure=late*")
    assert leader.locator("h1").inner_text() == "Laporan lewat waktu"
    for form, magic in (("pdf", b"%PDF-"), ("png", b"\x89PNG")):
        made = leader.request.get(f"{server.url}/laporan/beban?as={form}", timeout=90_000)
        assert made.status == 200
        assert made.body().startswith(magic)
    health = leader.request.get(f"{server.url}/sehat")
    assert health.status == 200
