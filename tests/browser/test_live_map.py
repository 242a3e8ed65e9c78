"""The live map: signs, lists, the address, and what it says when the line is cut."""

import itertools
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, Watched
from tests.world import Server, World, serve

# A picture of one point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
KEYS = itertools.count()
SIGNS = """() => tanggap.map.querySourceFeatures("signs", {sourceLayer: "incidents"})
    .map(({properties}) => properties)"""


def call(server: Server, lon: float | None, lat: float | None, **more: Any) -> dict[str, Any]:
    """A call that the operator has taken; the incident that came of it."""
    pin = None if lon is None else {"lon": lon, "lat": lat}
    said = {"where": "dekat balai", "what": "Pohon tumbang", "category": "jalan"}
    answer = server.world.client("operator1").post(
        "/api/calls",
        json={"channel": "112", "class": "normal", "pin": pin, "pinned_by": pin and "petugas"}
        | said
        | more,
        headers={"Idempotency-Key": f"live-map-{next(KEYS):06d}"},
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return dict(answer.get_json()["incident"])


def spot(page: Page, point: list[float]) -> dict[str, float]:
    """Where a [lon, lat] lies on the canvas."""
    page.wait_for_function("() => !tanggap.map.isMoving()")
    x, y = page.evaluate("(p) => { const {x, y} = tanggap.map.project(p); return [x, y]; }", point)
    return {"x": x, "y": y}


def test_a_sign_a_list_and_an_address_open_the_same_incident(server: Server, open_page: Open):
    lon, lat = 110.7, -6.69
    incident = call(server, lon, lat)
    number = f"#{incident['id']}"

    page = open_page(server).login("bupati", f"/peta#14.00/{lat:.4f}/{lon:.4f}?t=terlihat")
    row = page.locator(f'#rows [data-id="{incident["id"]}"]')
    expect(page.locator("#list-note")).to_contain_text("yang terlihat")
    row.click()
    expect(page.locator("#detail")).to_contain_text(number)
    expect(page.locator("#detail")).to_contain_text(incident["properties"]["village"]["name"])
    assert f"i={incident['id']}" in page.url
    page.keyboard.press("Escape")
    expect(row).to_be_focused()

    page.locator("#map canvas").click(position=spot(page, [lon, lat]))
    expect(page.locator("#detail")).to_contain_text(number)
    page.reload()  # a bookmark: nothing was listed before
    expect(page.locator("#detail")).to_contain_text(number)
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()


def test_a_new_call_comes_to_the_map_without_a_blank(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    before = page.evaluate(SIGNS)
    # Whoever looks at each frame never sees fewer signs than there were.
    page.evaluate(
        """() => { window.least = Infinity;
          const count = () => tanggap.map.queryRenderedFeatures({layers: ["signs"]})
              .reduce((sum, {properties}) => sum + properties.n, 0);
          window.most = count();
          tanggap.map.on("render", () => { const n = count();
            window.least = Math.min(window.least, n);
            window.most = Math.max(window.most, n); }); }"""
    )
    start = page.evaluate("() => window.most")
    call(server, 110.76, -6.6)
    page.wait_for_function("(start) => window.most > start", arg=start, timeout=15_000)
    assert page.evaluate("() => window.least") >= start
    assert sum(sign["n"] for sign in page.evaluate(SIGNS)) >= sum(sign["n"] for sign in before)


def test_a_busy_server_leaves_the_signs_and_is_said(server: Server, open_page: Open):
    call(server, 110.76, -6.52)
    page = open_page(server).login("bupati", "/peta")
    count = "() => tanggap.map.queryRenderedFeatures({layers: ['signs']}).length"
    signs = page.evaluate(count)
    assert signs > 0

    def busy(route: Route) -> None:
        route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}")

    page.route("**/api/tiles/incidents/**", busy)
    page.evaluate("() => tanggap.map.refreshTiles('signs')")
    expect(page.locator("#map-note")).to_contain_text("Server sibuk")
    assert page.evaluate(count) == signs
    page.unroute("**/api/tiles/incidents/**")
    expect(page.locator("#map-note")).to_contain_text("Diperbarui", timeout=20_000)


def test_a_cluster_opens_what_lies_in_it(server: Server, open_page: Open):
    lon, lat = 110.69, -6.62
    ids = {call(server, lon, lat)["id"] for _ in range(3)}
    call(server, lon + 0.005, lat)  # in the same cell, while one looks from afar
    page = open_page(server).login("bupati", f"/peta#10.00/{lat}/{lon}")
    page.locator("#map canvas").click(position=spot(page, [lon + 0.00125, lat]))
    page.wait_for_function("() => tanggap.map.getZoom() > 11")  # four in two places: nearer
    page.wait_for_function("() => tanggap.map.areTilesLoaded() && !tanggap.map.isMoving()")
    page.locator("#map canvas").click(position=spot(page, [lon, lat]))
    rows = page.locator("#detail [data-id]")
    expect(rows).to_have_count(3)  # all in one place: going nearer would show no more
    assert {int(row.get_attribute("data-id") or 0) for row in rows.all()} == ids
    assert "x=" in page.url


def test_what_has_no_pin_is_said_and_listed(server: Server, open_page: Open):
    unpinned = call(server, None, None, where="", what="Ada yang berteriak, tidak tahu di mana")
    page = open_page(server).login("bupati", "/peta")
    page.get_by_role("button", name=re.compile("belum berpin")).click()
    expect(page.locator(f'#detail [data-id="{unpinned["id"]}"]')).to_be_visible()


def test_the_line_that_is_cut_is_said_in_words(live_server: Server, open_page: Open):
    page = open_page(live_server).login("bupati", "/peta")
    expect(page.locator("#sentence")).to_contain_text("Tidak ada kejadian terbuka")
    expect(page.locator("#link-state")).to_contain_text("terhubung")
    for process in [live_server.process.pid, *live_server.workers()]:
        os.kill(process, signal.SIGKILL)
    expect(page.locator("#cut")).to_contain_text("Terputus sejak", timeout=20_000)
    expect(page.locator("#link-state")).to_contain_text("terputus sejak")
    assert "stale" in (page.locator("#map-frame").get_attribute("class") or "")


def test_a_session_that_ended_asks_to_log_in(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    page.context.clear_cookies()
    page.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(page.locator("#cut")).to_contain_text("Sesi berakhir", timeout=15_000)
    expect(page.locator("#cut").get_by_role("link", name="Masuk")).to_be_visible()


def test_a_computer_without_webgl_has_the_table(server: Server, open_page: Open):
    watched = open_page(server)
    watched.page.add_init_script(
        """const real = HTMLCanvasElement.prototype.getContext;
           HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
             return kind === "webgl2" ? null : real.call(this, kind, ...more); };"""
    )
    page = watched.login("bupati", "/peta")
    expect(page.locator("#map")).to_contain_text("tanpa WebGL")
    expect(page.locator("#village-rows tr").first).to_be_visible()


class Pictures(BaseHTTPRequestHandler):
    """An outside map that has one picture for every place."""

    asked: list[str]

    def do_GET(self) -> None:
        """The picture."""
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def outside_map() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what was asked of it."""
    handler = type("Handler", (Pictures,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as outside:
        threading.Thread(target=outside.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{outside.server_port}", handler.asked
        outside.shutdown()


def test_an_outside_basemap_lies_under_the_villages(shared_world: World, open_page: Open):
    with (
        outside_map() as (url, asked),
        serve(shared_world, TANGGAP_BASEMAP=f"{url}/{{z}}/{{x}}/{{y}}.png") as server,
    ):
        watched: Watched = open_page(server)
        page = watched.login("bupati", "/peta")
        page.wait_for_function("() => tanggap.map.areTilesLoaded()")
        order = page.evaluate("() => tanggap.map.getStyle().layers.map(({id}) => id)")
        assert asked
        assert order.index("sea") < order.index("basemap") < order.index("village-fill")
        expect(page.locator(".maplibregl-ctrl-attrib")).to_contain_text("127.0.0.1")
        assert all(address.startswith(url) for address in watched.foreign)
        watched.foreign.clear()  # it was asked for on purpose


def test_the_list_needs_no_map_and_follows_the_wire(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/daftar")
    incident = call(server, 110.75, -6.75)
    expect(page.locator(f'tr[data-id="{incident["id"]}"]')).to_be_visible()

    page.get_by_role("button", name="Sejak").click()
    expect(page.locator('th[data-sort="age"]')).to_have_attribute("aria-sort", "ascending")


def test_a_restricted_case_is_read_once(server: Server, open_page: Open):
    incident = call(server, 110.76, -6.74, category="kesehatan", what="Sesak napas")
    page = open_page(server).login("dinkes1", "/daftar")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name=f"#{incident['id']}").click()
    expect(page.locator("#detail")).to_contain_text("Sesak napas")
    page.wait_for_timeout(1_500)  # each look is logged, and what is logged comes by the wire
    assert sum(url.endswith(f"/api/incidents/{incident['id']}") for url in asked) == 1


def test_a_phone_sees_the_map_first_and_the_legend_when_asked(server: Server, open_page: Open):
    page = open_page(server, 360, 740).login("bupati", "/peta")
    legend, late = page.locator("#legend"), page.locator('#filters [name="l"]')
    expect(legend).not_to_have_attribute("open", "")
    expect(late).to_be_hidden()  # with the other filters behind their button
    page.locator("#more-filters > summary").click()
    late.check()
    expect(page.locator("#filter-count")).to_have_text("1")
    legend.locator("> summary").click()
    page.reload()
    expect(legend).to_have_attribute("open", "")
    expect(page.locator("#filter-count")).to_have_text("1")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(late).to_be_visible()


def test_the_map_begins_where_most_villages_lie(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    high = "() => { const b = tanggap.map.getBounds(); return b.getNorth() - b.getSouth(); }"
    near = page.evaluate(high)
    page.locator("#view-all").click()
    page.wait_for_function(f"(near) => !tanggap.map.isMoving() && ({high})() > 2 * near", arg=near)


def test_what_the_map_is_made_of_is_asked_for_once_and_kept(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    asked = """() => performance.getEntriesByType("resource").map(({name, transferSize}) =>
        ({path: name.replace(location.origin, ""), sent: transferSize}))"""
    named = [one["path"] for one in page.evaluate(asked)]
    scripts = [path for path in named if path.startswith("/static/") and ".js" in path]
    assert len(scripts) > 40
    assert len(scripts) == len({path.partition("?")[0] for path in scripts})
    assert [path for path in scripts if "?v=" not in path] == []
    early = ["/api/load?", "/api/board?incidents=0&load=0", "/api/villages/facts", "/api/filters"]
    assert [named.count(path) for path in early] == [1, 1, 1, 1]

    page.reload()
    page.wait_for_function("() => window.tanggap !== undefined")
    again = [one for one in page.evaluate(asked) if one["path"].startswith("/static/js/")]
    assert len(again) > 40
    assert [one for one in again if one["sent"]] == []


def test_nothing_is_drawn_that_nobody_sees(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    drawn = page.evaluate(
        """async () => {
          const {map} = window.tanggap, gl = map.painter.context.gl;
          const count = () => {
            let calls = 0;
            for (const name of ["drawElements", "drawArrays"])
              gl[name] = (...given) => {
                calls++;
                Object.getPrototypeOf(gl)[name].apply(gl, given);
              };
            map.redraw();
            delete gl.drawElements;
            delete gl.drawArrays;
            return calls;
          };
          const all = count();
          for (const {id} of map.getStyle().layers) map.setLayoutProperty(id, "visibility", "none");
          await new Promise((done) => { map.once("idle", done); map.triggerRepaint(); });
          return [all > 10, count()];
        }"""
    )
    assert drawn == [True, 0]  # a sky over the whole window took a quarter of each frame
