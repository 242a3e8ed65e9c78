"""The live map with a crowd on it: how soon it is there, and how smoothly it is moved, in Chromium.

    python -m tests.benches.bench_first_view [--n 100000] [--runs 5] [--pan-s 4] [--login bupati]

Prints one table, of this run. First view: from the start of the navigation until the map stands
still with shades and signs, with an empty browser and with one that was there before. Panning:
frames a second over a scripted way across the regency, counted by requestAnimationFrame, once
with tiles that come for the first time and once over ground that was seen. Bytes are those on the
wire. Exits 1 when a goal is missed: first view within 1.5 s and 30 frames a second (medians), no
tile over 500 kB. WebGL is drawn in software.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.benches import crowd_map
from tests.benches.machine import durable_world, load_average
from tests.browser.conftest import ARGUMENTS
from tests.world import Server, serve

VIEW_MS, FRAMES, TILE_KB = 1500.0, 30.0, 500.0
READY = "() => window.tanggap?.ready.then(() => performance.now())"
# There and back across the mainland, nearer and farther; frames that were drawn while it moved.
PAN = """async ([zoom, seconds]) => {
  const {map} = window.tanggap;
  const [[west, south], [east, north]] = document.querySelector("[data-bbox]").dataset.bbox
      .split(",").map(Number).reduce((two, n, i) => (two[i >> 1].push(n), two), [[], []]);
  const middle = [(west + east) / 2, south + (north - south) / 4];
  map.jumpTo({center: middle, zoom});
  await new Promise((done) => map.once("idle", done));
  const gaps = [];
  let last = performance.now();
  let going = true;
  const count = (now) => {
    gaps.push(now - last);
    last = now;
    if (going) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  const leg = (center) => new Promise((done) => {
    map.once("moveend", done);
    map.easeTo({center, zoom, duration: seconds * 500, easing: (t) => t, essential: true});
  });
  await leg([middle[0] + (east - west) / 6, middle[1] + (north - south) / 10]);
  await leg([middle[0] - (east - west) / 8, middle[1] - (north - south) / 12]);
  going = false;
  return gaps.slice(1);
}"""


@dataclass
class Wire:
    """What a page asked for."""

    asked: int = 0
    bytes: int = 0
    largest_tile: int = 0
    pending: list[Request] = field(default_factory=list)

    def total(self) -> "Wire":
        """Add up what has come."""
        for request in self.pending:
            if request.url.startswith("blob:") or "/api/events" in request.url:
                continue
            size = request.sizes()["responseBodySize"]
            self.asked += 1
            self.bytes += size
            if "/api/tiles/" in request.url:
                self.largest_tile = max(self.largest_tile, size)
        self.pending.clear()
        return self


def main() -> int:
    """Exit code 1 when a goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--n", type=int, default=100_000)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--pan-s", type=float, default=4.0)
    asked.add_argument("--login", default="bupati")
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args()
    with durable_world() as world:
        crowd_map.fill(world.owner_url, given.n)
        with serve(world, workers=given.workers) as server, chromium() as browser:
            missed = measure(browser, server, given)
    print(", ".join(f"missed: {one}" for one in missed) or "all goals reached")
    return 1 if missed else 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """As the browser tests start it."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


def measure(browser: Browser, server: Server, given: argparse.Namespace) -> list[str]:
    """Print the table; which goals were missed."""
    print(load_average())
    print(f"{'what':44} {'median':>9} {'worst':>9} {'asked':>6} {'kB':>7} {'tile kB':>8}")
    with_log_in(browser, server, given.login).close()  # the server's own first time
    cold, warm, wires = [], [], []
    for _ in range(given.runs):
        context = with_log_in(browser, server, given.login)
        page, first = watched(context)
        cold.append(view_ms(page, server))
        wires.append(first.total())
        again, second = watched(context)
        warm.append(view_ms(again, server))
        second.total()
        context.close()
    line(f"first view, {given.n} open, empty browser, ms", cold, wires[-1])
    line("first view, browser was there before, ms", warm, second)
    context = with_log_in(browser, server, given.login)
    page, wire = watched(context)
    view_ms(page, server)
    slowest = FRAMES * 10
    for zoom in (9.5, 10.5, 12, 14):
        for told in ("new ground", "seen ground"):
            wire.total()
            wire.asked = wire.bytes = 0
            gaps = page.evaluate(PAN, [zoom, given.pan_s])
            frames = 1000 * len(gaps) / sum(gaps)
            slowest = min(slowest, frames)
            print(
                f"{f'panning at zoom {zoom}, {told}, frames/s':44} {frames:9.1f} "
                f"{1000 / max(gaps):9.1f} {wire.total().asked:6} {wire.bytes / 1000:7.0f} "
                f"{wire.largest_tile / 1000:8.1f}"
            )
    context.close()
    tile = max(wire.largest_tile, *(one.largest_tile for one in wires)) / 1000
    return [
        *(
            [f"first view {statistics.median(cold):.0f} ms"]
            if statistics.median(cold) > VIEW_MS
            else []
        ),
        *([f"{slowest:.1f} frames/s"] if slowest < FRAMES else []),
        *([f"a tile of {tile:.0f} kB"] if tile > TILE_KB else []),
    ]


def with_log_in(browser: Browser, server: Server, login: str) -> BrowserContext:
    """An empty browser that has a session, and has loaded no map."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    # The page that comes after the log-in would leave scripts and styles in the browser.
    page.route(lambda url: "/masuk" not in url, lambda route: route.fulfill(body="later"))
    server.login(page, login)
    page.close()
    return context


def watched(context: BrowserContext) -> tuple[Page, Wire]:
    """A page, and what it asks for."""
    page, wire = context.new_page(), Wire()
    page.on("requestfinished", lambda request: wire.pending.append(request))
    return page, wire


def view_ms(page: Page, server: Server) -> float:
    """Milliseconds until the map is there."""
    page.goto(f"{server.url}/peta", wait_until="commit")
    page.wait_for_function("() => window.tanggap !== undefined")
    return float(page.evaluate(READY))


def line(what: str, values: Sequence[float], wire: Wire) -> None:
    """One row of the table."""
    print(
        f"{what:44} {statistics.median(values):9.0f} {max(values):9.0f} {wire.asked:6} "
        f"{wire.bytes / 1000:7.0f} {wire.largest_tile / 1000:8.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
