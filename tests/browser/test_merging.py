"""Merging on the console and on the board, by keyboard; whom to call on a phone."""

from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.app.canaries import TEGALSAMBI, inside
from tests.browser.conftest import Open
from tests.world import Server

KEYS = (f"merging-browser-{n}" for n in count())


@pytest.fixture(scope="module")
def room(server: Server) -> Any:
    return server.world.client("operator2")


def take(room: Any, server: Server, what: str, category: str = "kebakaran", east: float = 0) -> int:
    pin = inside(server.world, TEGALSAMBI)
    body = {"what": what, "category": category, "pin": pin | {"lon": pin["lon"] + east}}
    answer = room.post("/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)})
    assert answer.status_code == 201
    number: int = answer.get_json()["incident"]["id"]
    return number


def test_two_reports_become_one_and_two_again_by_keyboard(
    server: Server, open_page: Open, room: Any
):
    first = take(room, server, "api besar di gudang mebel")
    second = take(room, server, "gudang mebel terbakar", east=0.0004)
    page = open_page(server).login("operator1")
    page.keyboard.press("Alt+q")
    row = page.locator(f'#queue [data-id="{second}"]')
    expect(row).to_be_visible()
    row.press("Enter")
    expect(page.locator("#near")).to_contain_text(f"#{first} Kebakaran")
    expect(page.locator("#near")).to_contain_text("sama-sama kebakaran")

    page.keyboard.press("m")
    expect(page.locator(f'#near [data-merge="{first}"]')).to_be_focused()
    page.keyboard.press("Enter")
    told = page.locator("#detail .told")
    expect(told).to_contain_text(f"#{second} digabung ke #{first}")
    expect(page.locator("#detail h2")).to_contain_text(f"#{first}")
    expect(page.locator("#detail")).to_contain_text("gudang mebel terbakar")
    expect(page.locator(f'#queue [data-id="{second}"]')).to_have_count(0)
    expect(page.locator("#near")).to_contain_text(f"#{second} Kebakaran")

    expect(told.locator("[data-undo-merge]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(told).to_contain_text("dipisah lagi")
    expect(page.locator("#detail h2")).to_contain_text(f"#{second}")
    expect(page.locator(f'#queue [data-id="{second}"]')).to_have_count(1)


def test_the_board_merges_and_parts_by_keyboard_too(server: Server, open_page: Open, room: Any):
    first = take(room, server, "banjir selutut di gang masjid", "banjir", east=0.004)
    second = take(room, server, "air masuk rumah, gang masjid", "banjir", east=0.0043)
    flood = open_page(server).login("dispatcher1", "/papan")
    choose(flood, second)
    proposal = flood.locator(f'#case-same [data-merge="{first}"]')
    expect(proposal).to_be_visible()
    flood.keyboard.press("b")
    expect(proposal).to_be_focused()
    flood.keyboard.press("Enter")
    expect(flood.locator(".case-left .told")).to_contain_text(f"#{second} digabung ke #{first}")
    flood.keyboard.press("Enter")
    expect(flood.locator(".case-left .told")).to_contain_text("dipisah lagi")


def choose(page: Page, number: int) -> None:
    row = page.locator(f'#queue [data-id="{number}"]')
    expect(row).to_be_visible()
    row.click()


def test_whom_to_call_on_a_phone(server: Server, open_page: Open):
    page = open_page(server, 360, 740).login("pupr1", "/kontak")
    posts = page.locator("#contacts li")
    expect(posts.first).to_be_visible()
    every = posts.count()
    page.get_by_label("Untuk apa").select_option("jalan")
    page.get_by_label("Milik siapa").select_option("jalan_provinsi")
    expect(page.locator("#answer")).to_contain_text("DPU BMCK Jateng yang bertugas")
    expect(posts.first).to_contain_text("jalan provinsi", ignore_case=True)
    # By night the office is closed: then its stand-in is the first.
    number = posts.first.locator("a").get_attribute("href")
    assert number in ("tel:02915550261", "tel:02915550262")
    assert posts.count() < every
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0

    page.get_by_label("Untuk apa").select_option("")
    page.get_by_label("Milik siapa").select_option("")
    page.get_by_label("Cari").fill("posko gangguan")
    expect(posts).to_have_count(1)
    page.get_by_label("Cari").fill("tidak ada yang seperti ini")
    expect(page.locator("#empty")).to_be_visible()


def test_the_operator_says_whose_it_is(server: Server, open_page: Open, room: Any):
    number = take(room, server, "lubang di tikungan", "jalan", east=0.006)
    page = open_page(server).login("operator1")
    page.keyboard.press("Alt+q")
    page.locator(f'#queue [data-id="{number}"]').press("Enter")
    page.get_by_role("button", name="Milik siapa?").press("Enter")
    which = page.get_by_label("Milik siapa yang dilaporkan?")
    expect(which).to_be_focused()
    # Nobody knows, and the four that a road can belong to.
    expect(which.locator("option")).to_have_count(5)
    which.select_option("jalan_provinsi")
    page.get_by_role("button", name="Catat", exact=True).press("Enter")
    expect(page.locator("#detail .told")).to_contain_text("yang bertugas: DPU BMCK Jateng")
