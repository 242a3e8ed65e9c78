"""The map for paper: saved as a file, it draws on a machine that has no network at all."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import Open
from tests.browser.talk import place, save
from tests.world import Server

PAINTED = """() => {
  const canvas = document.querySelector(".leaflet-overlay-pane canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, at) => at % 4 === 3 && value > 0);
}"""


def test_the_saved_map_draws_with_the_network_off(
    server: Server, open_page: Open, browser: Browser, tmp_path: Path
):
    operator = open_page(server).login("operator1")
    place(operator, "pecangaan wetan")
    operator.locator("#what").fill("Lubang besar di jalan")
    operator.locator('input[name="category"][value="kebakaran"]').check()
    save(operator)
    written = operator.request.get(f"{server.url}/laporan/beban")
    file = tmp_path / "beban.html"
    file.write_bytes(written.body())

    alone = browser.new_context(offline=True)
    page, asked = alone.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function("() => document.querySelector('.leaflet-overlay-pane canvas')")
    page.wait_for_timeout(300)  # Leaflet paints in the next frame
    painted = page.evaluate(PAINTED)
    table = page.locator("table").inner_text()
    alone.close()

    assert asked == [file.as_uri()]
    assert painted
    assert "Pecangaan Wetan" in table
