"""Every page: fit for a phone, for everybody, in two languages, from one server."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.world import Server

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PAGES = [
    ("operator1", "/konsol"),
    ("dispatcher1", "/papan"),
    ("bupati", "/peta"),
    ("perencana", "/peta"),
    ("dinkes1", "/daftar"),
    ("tegalsambi", "/desa"),
    ("ambulans", "/tugas"),
    ("admin", "/pengguna"),
    ("pdp", "/catatan"),
]
SCROLL = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.mark.parametrize(("login", "path"), PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    server: Server, open_page: Open, login: str, path: str, scheme: str
):
    page = open_page(server, color_scheme=scheme).login(login, path)
    assert serious(page) == []


@pytest.mark.parametrize("path", ["/masuk", "/tidak-ada"])
def test_axe_finds_nothing_serious_outside(server: Server, open_page: Open, path: str):
    page = open_page(server).page
    page.goto(server.url + path)
    assert serious(page) == []


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_360_points_are_wide_enough(server: Server, open_page: Open, login: str, path: str):
    page = open_page(server, 360, 740, has_touch=True).login(login, path)
    assert page.evaluate(SCROLL) <= 0


def test_the_log_in_page_fits_a_phone(server: Server, open_page: Open):
    page = open_page(server, 360, 740).page
    page.goto(server.url + "/masuk")
    assert page.evaluate(SCROLL) <= 0


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_the_switch_speaks_english(server: Server, open_page: Open, login: str, path: str):
    watched = open_page(server)
    page = watched.login(login, path)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="EN", exact=True).click()
    watched.wait_until_ready()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    words = json.loads(page.locator("#words").text_content() or "")
    assert words["loading"] == "Loading…"
    expect(page.locator("a.skip")).to_have_text("Skip to content")


def test_night_is_kept_for_the_next_page(server: Server, open_page: Open):
    watched = open_page(server)
    page = watched.login("bupati", "/daftar")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Malam").click()
    page.goto(server.url + "/peta")
    watched.wait_until_ready()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")


def test_a_page_that_is_not_for_the_role_says_so(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/daftar")
    page.goto(server.url + "/pengguna")
    expect(page.locator("h1")).to_contain_text("bukan untuk peran Anda")


def serious(page: Page) -> list[dict[str, Any]]:
    """What axe-core calls serious or critical, with the elements."""
    page.evaluate(AXE.read_text() + "; null")  # else the whole library comes back as the value
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        {"rule": v["id"], "nodes": [n["html"][:160] for n in v["nodes"]][:5]}
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
