"""The leaders' page in a browser: sentence, what is late, an instruction, figures that agree."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from dispatch import tally
from dispatch.scope import TIMER
from tests.benches import crowd_tickets
from tests.browser.conftest import Open
from tests.browser.test_every_page import SCROLL, serious
from tests.world import Server, World, serve

TICKETS = 4000


@pytest.fixture(scope="module")
def server(shared_world: World) -> Iterator[Server]:
    """With an archive of invented tickets, counted as the timer does."""
    crowd_tickets.fill(shared_world.owner_url, TICKETS, now=datetime.now(UTC))
    with shared_world.as_scope(TIMER) as session:
        tally.rebuild(session, shared_world.parts.ground())
    with serve(shared_world, workers=2) as server:
        yield server


def ready(page: Page) -> None:
    expect(page.locator("#body")).not_to_have_attribute("aria-busy", "true", timeout=30_000)


def test_a_leader_reads_what_is_late_and_says_what_is_to_be_done(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/pimpinan")
    ready(page)
    late = page.locator("#late-rows .late-row")
    expect(page.locator("#sentence")).to_contain_text("tiket lewat batas di")
    expect(late).to_have_count(10)
    # Sentence, list and table tell the same number.
    total = page.locator("#ranking-rows .sum .late-figure").inner_text()
    assert page.locator("#sentence").inner_text().startswith(f"{total} ")
    expect(page.locator("#late-note")).to_contain_text(f"10 dari {total} ")
    page.click("#late-more")
    expect(late.nth(10)).to_be_visible()

    number = late.first.get_attribute("data-id")
    late.first.locator(".late-instruct").click()
    page.fill("#instruct-text", "Perbaiki sebelum hujan.")
    page.fill("#instruct-due", "2020-01-01T08:00")
    page.click("#instruct-send")
    expect(page.locator("#instruct-said")).to_contain_text("akan datang")
    assert page.input_value("#instruct-text") == "Perbaiki sebelum hujan."
    page.fill("#instruct-due", "2199-01-01T08:00")
    page.click("#instruct-send")
    expect(page.locator("#instruct-said")).to_contain_text("setahun")
    page.fill("#instruct-due", f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT08:00}")
    page.click("#instruct-send")
    expect(page.locator("#orders-rows")).to_contain_text(f"#{number} Perbaiki sebelum hujan.")
    expect(late.first).to_contain_text("Instruksi: “Perbaiki sebelum hujan.”")

    page.locator("#by button[value=desa]").click()
    ready(page)
    expect(page.locator("#by-name")).to_have_text("Desa")
    assert "menurut=desa" in page.url
    assert page.locator("[data-file=csv]").get_attribute("href").endswith("by=desa")


def test_both_pages_are_fit_for_everybody(server: Server, open_page: Open):
    for login, path in (("bupati", "/pimpinan"), ("pupr1", "/kotak/angka")):
        page = open_page(server, color_scheme="light").login(login, path)
        ready(page)
        assert serious(page) == []
        page.emulate_media(color_scheme="dark")
        assert serious(page) == [], "dark"
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate(SCROLL) <= 0
        assert serious(page) == [], "phone"
