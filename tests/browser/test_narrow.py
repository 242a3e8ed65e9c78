"""The crew's page and the list on a phone of 360 points: nothing cut off, all of it to be hit."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.crew import Room, call_sign, control_room, tap, waiting_crew
from tests.browser.test_every_page import SCROLL, serious
from tests.world import Server

PLACE = "Jl. Raya Pecangaan-Kedung km 7, gang sebelah Masjid Baiturrahman"
# What can be tapped on top of all and is smaller than a thumb: a field counts with its label.
SMALL = """() => {
  const root = [...document.querySelectorAll('dialog[open]')].pop() ?? document.body;
  const seen = (one) => one.getBoundingClientRect().width > 1 && one.checkVisibility();
  const target = (one) => one.closest('label:has(input)') ?? one;
  return [...root.querySelectorAll('button, a[href]:not(.skip), summary, select, input')]
    .filter((one) => seen(one) && !one.matches('.only-heard'))
    .map(target)
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < 44)
    .map(([one]) => one.outerHTML.slice(0, 120));
}"""
# Text wider than the box that clips it, and what stands out over the edge of the phone.
CUT = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && !one.closest('#map, .only-heard, .skip, .service'))
  .filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const clips = getComputedStyle(one).overflowX !== 'visible';
    return width > 1 && (right > innerWidth + 1 || left < -1 ||
      (clips && one.scrollWidth > one.clientWidth + 1));
  })
  .map((one) => one.outerHTML.slice(0, 120))"""
# The word that a field shows must fit beside its arrow.
CHOSEN = """() => [...document.querySelectorAll('#filters select')].filter((one) => {
  const pen = document.createElement('canvas').getContext('2d');
  const style = getComputedStyle(one);
  pen.font = style.font;
  const word = pen.measureText(one.selectedOptions[0].text).width;
  return word + parseFloat(style.paddingLeft) + parseFloat(style.paddingRight) > one.clientWidth;
}).map((one) => one.selectedOptions[0].text)"""

# Points between the way and the bar of the steps, which covers what is below.
ABOVE = """() => document.querySelector('#steps').getBoundingClientRect().top
  - document.querySelector('.navigate').getBoundingClientRect().bottom"""


@pytest.fixture
def room(server: Server) -> Iterator[Room]:
    """A dispatcher at the server that the phone talks to."""
    with control_room(server) as room:
        yield room


def check(page: Page, *, thumbs: bool) -> None:
    """Nothing is cut off or stands out, and nothing is too small."""
    assert page.evaluate(SCROLL) <= 0
    assert page.evaluate(CUT) == []
    if thumbs:
        assert page.evaluate(SMALL) == []


def speak_english(page: Page) -> None:
    page.locator(".topbar .menu:not(.bell) > summary").click()
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_crew_hits_everything_with_a_thumb_and_sees_the_way_first(
    server: Server, open_page: Open, room: Room
):
    page = waiting_crew(server, open_page).page
    check(page, thumbs=True)
    sign = call_sign(page)
    room.send(room.call(where=PLACE), sign)
    expect(page.locator("#alarm")).to_be_visible()
    check(page, thumbs=True)
    tap(page, "Terima")
    expect(page.locator("#way")).to_contain_text("menit")
    check(page, thumbs=True)
    expect(page.get_by_role("link", name="Navigasi")).to_be_visible()
    assert page.evaluate(ABOVE) > 0, "the way lies under the steps"
    page.locator("#steps .help").click()
    check(page, thumbs=True)
    page.keyboard.press("Escape")
    tap(page, "Tiba")
    tap(page, "Bawa pasien")
    expect(page.locator("#facility")).to_be_visible()
    check(page, thumbs=True)
    page.locator(".facilities button").first.click()
    speak_english(page)
    expect(page.locator("#steps .main")).to_contain_text("At the hospital")
    check(page, thumbs=True)
    page.emulate_media(color_scheme="dark")
    assert serious(page) == []


def test_a_step_that_waits_says_so_in_one_line(server: Server, open_page: Open, room: Room):
    page = waiting_crew(server, open_page).page
    room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    page.context.set_offline(True)
    tap(page, "Berangkat")
    word = page.locator("#trail .waiting b")
    expect(word).to_have_text("belum terkirim")
    assert word.evaluate("(one) => one.getClientRects().length") == 1
    assert (word.bounding_box() or {"height": 99})["height"] < 30
    page.context.set_offline(False)
    expect(page.locator("#trail .waiting")).to_have_count(0, timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_in_the_list_is_one_card_that_can_be_tapped_anywhere(
    server: Server, open_page: Open, room: Room, scheme: Any
):
    incident = room.call("kebakaran", where=PLACE)
    page = open_page(server, 360, 740, color_scheme=scheme).login("dispatcher1", "/daftar")
    card = page.locator(f'tr[data-id="{incident}"]')
    expect(card).to_contain_text(PLACE)
    check(page, thumbs=False)
    assert page.evaluate(CHOSEN) == []
    box = card.bounding_box()
    assert box is not None
    assert 44 <= box["height"] <= 200
    for words in ("gawat", "Kebakaran", "Pecangaan Wetan", "Belum ada yang berangkat", "Damkar"):
        expect(card).to_contain_text(words)
    card.click(position={"x": 300, "y": box["height"] - 12})
    expect(page.locator("#detail")).to_contain_text(PLACE)
    page.keyboard.press("Escape")
    expect(card.get_by_role("button")).to_be_focused()
    for kind in ("informasi", "darurat", ""):
        page.locator("#filter-kind").select_option(kind)
        assert page.evaluate(CHOSEN) == []
        check(page, thumbs=False)
    speak_english(page)
    expect(page.locator(f'tr[data-id="{incident}"]')).to_contain_text("Nobody sent yet")
    assert page.evaluate(CHOSEN) == []
    check(page, thumbs=False)


def test_by_keys_what_can_be_sorted_comes_into_sight(server: Server, open_page: Open, room: Room):
    room.call("kebakaran")
    page = open_page(server, 360, 740).login("dispatcher1", "/daftar")
    expect(page.locator("#rows tr").first).to_be_visible()
    head = page.get_by_role("button", name="Sejak")
    head.focus()
    box = head.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Enter")
    expect(page.locator('th[data-sort="age"]')).to_have_attribute("aria-sort", "ascending")
    assert serious(page) == []
