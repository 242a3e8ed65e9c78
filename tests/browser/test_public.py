"""The public pages as a visitor meets them: on a phone, in both languages, in a frame elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import Open
from tests.public_counts import count, plant
from tests.world import Server, World, serve

TEGALSAMBI, PANGGANG = "33.20.11.2010", "33.20.06.1006"
FRIEND, STRANGER, OURS = "https://desa.example", "https://lain.example", "https://112.example"
REGENCY = Path(__file__).resolve().parents[2] / "data/regency/jepara"


@pytest.fixture(scope="module")
def public(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a regency that lets one website frame the small map."""
    with shared_world.as_owner() as session:
        plant(session, TEGALSAMBI, 12)
        plant(session, PANGGANG, 4, "sampah")
        plant(session, "33.20.06.1003", 5, "sampah")
        plant(session, "33.20.06.1004", 3, "sampah")
    count(shared_world)
    folder = tmp_path_factory.mktemp("regency")
    for file in REGENCY.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    toml = folder / "regency.toml"
    words = toml.read_text()
    assert "embed_on = []" in words
    words = words.replace("embed_on = []", f'embed_on = ["{FRIEND}"]')
    boundaries = REGENCY.parents[1] / "village_boundaries"
    toml.write_text(words.replace('"../../village_boundaries"', f'"{boundaries}"'))
    with serve(shared_world, TANGGAP_REGENCY=str(folder)) as server:
        yield server


def test_a_visitor_reads_the_map_on_a_phone_without_any_script(public: Server, open_page: Open):
    watched = open_page(public, width=360, height=740, java_script_enabled=False)
    page = watched.page
    page.goto(f"{public.url}/publik")
    assert page.locator("h1").inner_text().startswith("Kejadian di tempat umum")
    assert page.locator('a[href="tel:112"]').is_visible()
    row = page.locator(f'tr[id="sel-{TEGALSAMBI}"]')
    assert row.inner_text().split() == ["Tegalsambi", "Tahunan", "10–19"]
    assert page.locator("svg path.s2").count() == 1
    assert page.locator("svg path.g2").count() > 5  # the rest of the district, hatched
    page.locator("svg path.s2").click(position={"x": 4, "y": 4}, force=True)
    assert page.url.endswith(f"#sel-{TEGALSAMBI}")
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text().startswith("Incidents in public places")
    page.get_by_role("link", name="Without the map").click()
    assert page.url.endswith("/publik/angka?lang=en")
    assert page.locator("svg").count() == 0
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/publik", "/publik/angka", f"/sematan/{TEGALSAMBI}"])
@pytest.mark.parametrize("width", [360, 1366])
def test_nothing_sticks_out_of_the_screen(public: Server, open_page: Open, path, width):
    page = open_page(public, width=width).page
    page.goto(public.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_only_the_website_that_the_regency_names_shows_the_small_map(
    public: Server, browser: Browser
):
    assert framed(browser, public, FRIEND, f"/sematan/{TEGALSAMBI}") == "10–19"
    assert framed(browser, public, FRIEND, f"/sematan/{TEGALSAMBI}/angka") == "10–19"
    assert framed(browser, public, STRANGER, f"/sematan/{TEGALSAMBI}") is None
    assert framed(browser, public, FRIEND, "/publik") is None


def framed(browser: Browser, server: Server, origin: str, path: str) -> str | None:
    """What a page of another website shows of ours in a frame: the count, or nothing.

    The answers are the server's own under a public name: Chromium lets no website frame an
    address of the local network.
    """
    context = browser.new_context()
    page: Page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if "frame-ancestors" in m.text else None)

    def village(route: Route) -> None:
        frame = f'<iframe src="{OURS}{path}" width="360" height="520"></iframe>'
        route.fulfill(body=frame, content_type="text/html")

    def ours(route: Route) -> None:
        asked = route.request.url.removeprefix(OURS)
        route.fulfill(response=context.request.get(server.url + asked))

    page.route(f"{origin}/**", village)
    page.route(f"{OURS}/**", ours)
    try:
        page.goto(f"{origin}/")
        shown = page.frames[1].locator(".big")
        if not shown.count():
            assert refused, "not shown, and nobody said why"
            return None
        return shown.inner_text()
    finally:
        context.close()
