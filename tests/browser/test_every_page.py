"""Every page: fit for everybody, by day and night, on a phone, in two languages; one visit each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.app.canaries import TEGALSAMBI, inside
from tests.benches.crowd_map import fill
from tests.browser.conftest import Open
from tests.world import Server, World, serve

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
CASES = 600  # so that no page is checked empty only
PAGES = [
    ("operator1", "/konsol"),
    ("dispatcher1", "/papan"),
    ("bupati", "/peta"),
    ("perencana", "/peta"),
    ("perencana", "/analisis"),
    ("bupati", "/analisis/jangkauan"),
    ("perencana", "/analisis/andai"),
    ("bupati", "/analisis/tanggap"),
    ("dinkes1", "/daftar"),
    ("tegalsambi", "/desa"),
    ("ambulans", "/tugas"),
    ("admin", "/pengguna"),
    ("pdp", "/catatan"),
    ("dispatcher1", "/laporan"),
    ("dinding", "/dinding"),
    ("pupr1", "/kotak"),
    ("operator1", "/kotak"),
    ("pupr1", "/tiket/{ticket}"),
    ("dispatcher1", "/tiket/{ticket}"),
    ("bupati", "/pimpinan"),
    ("pupr1", "/kotak/angka"),
    ("operator1", "/kontak"),
    ("admin", "/pemberitahuan"),
    ("dispatcher1", "/sp4n"),
]
OUTSIDE = [
    "/masuk", "/tidak-ada", "/publik", "/publik/angka", f"/sematan/{TEGALSAMBI}",
    f"/sematan/{TEGALSAMBI}/angka", "/sematan/33.20.99.9999",
    "/lacak", "/lacak/{code}", "/lacak/1-AAAA-BBBB", "/pekerjaan/{token}", "/pekerjaan/x",
]  # fmt: skip
# Files for paper: no phone, no night.
PAPER = [
    "/laporan/beban", "/laporan/kejadian", f"/laporan/desa/{TEGALSAMBI}",
    f"/laporan/desa/{TEGALSAMBI}/poster", "/laporan/tanda-terima/{call}",
    "/sp4n/laporan-112",
]  # fmt: skip
SCROLL = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def worked(shared_world: World) -> dict[str, Any]:
    """A road that its agency has in work: ids, the reporter's code, a contractor's token."""
    room, officer = shared_world.client("dispatcher1"), shared_world.client("pupr1")
    body = {"where": "tikungan", "what": "jalan berlubang", "category": "jalan"}
    body |= {"pin": inside(shared_world, TEGALSAMBI), "phone": "081290007431"}
    taken = room.post("/api/calls", json=body, headers={"Idempotency-Key": "every-page"}).get_json()
    ticket = room.get("/api/tickets?box=semua").get_json()["tickets"][0]
    moved = ticket
    for who, to in ((room, "didisposisi"), (officer, "diterima_opd"), (officer, "dikerjakan")):
        step = {"to": to, "version": moved["version"], "key": f"every-page-{to}"}
        moved = who.post(f"/api/tickets/{ticket['id']}/moves", json=step).get_json()
    for kind, words in (("catatan", "bahan dipesan"), ("jawaban", "Kami kerjakan besok pagi.")):
        said = {"kind": kind, "text": words, "key": f"every-page-{kind}"}
        officer.post(f"/api/tickets/{ticket['id']}/messages", json=said)
    link = {"name": "CV Uji", "days": 3, "note": "Bawa rambu."}
    made = officer.post(f"/api/tickets/{ticket['id']}/links", json=link).get_json()
    token = made["url"].rsplit("/", 1)[1]
    return {"ticket": ticket["id"], "call": taken["call"], "code": taken["code"], "token": token}


@pytest.fixture(scope="module")
def server(shared_world: World, worked: dict[str, Any]) -> Iterator[Server]:
    """As everywhere, with something on the map."""
    fill(shared_world.owner_url, CASES)
    with serve(shared_world, workers=2) as server:
        yield server


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_a_page_is_fit_for_everybody_by_day_and_night_on_a_phone_and_in_english(
    server: Server, open_page: Open, worked: dict[str, Any], login: str, path: str
):
    path = path.format(**worked)
    watched = open_page(server, color_scheme="light", has_touch=True)
    page = watched.login(login, path)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page) == [], "dark"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(SCROLL) <= 0
    assert serious(page) == [], "phone"
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator(".topbar .menu:not(.bell) > summary").click()
    page.get_by_role("button", name="EN", exact=True).click()
    watched.wait_until_ready()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    words = json.loads(page.locator("#words").text_content() or "")
    assert words["loading"] == "Loading…"
    expect(page.locator("a.skip")).to_have_text("Skip to content")
    page.set_viewport_size({"width": 360, "height": 740})  # English words are longer, or not
    assert page.evaluate(SCROLL) <= 0


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_page_for_everybody_is_fit_for_everybody(
    server: Server, open_page: Open, worked: dict[str, Any], path: str
):
    path = path.format(**worked)
    page = open_page(server, color_scheme="light").page
    page.goto(server.url + path)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page) == [], "dark"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(SCROLL) <= 0
    if path.startswith(("/publik", f"/sematan/{TEGALSAMBI}")):
        page.goto(f"{server.url}{path}?lang=en")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert page.evaluate(SCROLL) <= 0
        assert page.context.cookies() == []


@pytest.mark.parametrize("path", PAPER)
def test_a_print_can_be_read_by_a_screen_reader_too(
    server: Server, open_page: Open, worked: dict[str, Any], path: str
):
    page = open_page(server).login("dispatcher1")
    page.goto(server.url + path.format(**worked))
    assert serious(page) == []


def test_the_weekly_report_can_be_read_by_a_screen_reader_too(server: Server, open_page: Open):
    page = open_page(server).login("bupati")
    page.goto(server.url + "/laporan/mingguan")
    assert serious(page) == []


def test_night_is_kept_for_the_next_page(server: Server, open_page: Open):
    watched = open_page(server)
    page = watched.login("bupati", "/daftar")
    page.locator(".topbar .menu:not(.bell) > summary").click()
    page.get_by_role("button", name="Malam").click()
    page.goto(server.url + "/peta")
    watched.wait_until_ready()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    assert serious(page) == []


def test_a_page_that_is_not_for_the_role_says_so(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/daftar")
    page.goto(server.url + "/pengguna")
    expect(page.locator("h1")).to_contain_text("bukan untuk peran Anda")


def serious(page: Page) -> list[dict[str, Any]]:
    """What axe-core calls serious or critical, with the elements."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text() + "; null")  # else the whole library comes back as the value
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        {"rule": v["id"], "nodes": [n["html"][:160] for n in v["nodes"]][:5]}
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
