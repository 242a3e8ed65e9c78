"""The live map's table: the same figures as the map, by every measure; address and legend."""

import itertools
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.benches.crowd_map import fill
from tests.browser.conftest import Open
from tests.world import Server, World

MEASURES = ["open", "per_1000", "late", "age"]
# What the map really paints for each village: the state of its class, or the hatch.
PAINTED = """() => Object.fromEntries(
    [...document.querySelectorAll("#village-rows tr")].map((row) => {
  const {map} = window.tanggap;
  const id = row.dataset.code;
  const state = map.getFeatureState({source: "villages", sourceLayer: "villages", id});
  const hatched = JSON.stringify(map.getFilter("village-unknown")).includes(`"${id}"`);
  return [id, hatched ? -1 : state.class];
}))"""
ROWS = """() => [...document.querySelectorAll("#village-rows tr")].map((row) => ({
  code: row.dataset.code, rank: Number(row.dataset.class), name: row.querySelector("th").innerText,
  shade: row.querySelector("i").className,
  ...Object.fromEntries([...row.querySelectorAll("[data-figure]")].map(
      (cell) => [cell.dataset.figure, cell.innerText]))}))"""
# Relative luminance of the classes, as WCAG reckons it.
LIGHT = """() => [0, 1, 2, 3, 4].map((n) => {
  const [r, g, b] = getComputedStyle(document.querySelector(`#legend-load .load-${n}`))
      .backgroundColor.match(/[\\d.]+/g).map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; })"""


@pytest.fixture(scope="module", autouse=True)
def crowd(shared_world: World) -> None:
    """Three hundred cases, and villages of which nobody knows how many live there."""
    fill(shared_world.owner_url, n=300)
    with shared_world.as_owner() as session:
        session.execute(
            text(
                "UPDATE village SET population = CASE WHEN id % 9 = 0 THEN NULL ELSE 3000 + id END"
            )
        )


def number(words: str) -> int:
    """As people here write it: "1.204"."""
    return int(words.replace(".", ""))


def load_of(page: Page, query: str = "") -> dict[str, Any]:
    """What the server counts now."""
    answer: dict[str, Any] = page.evaluate(
        f"() => fetch('/api/load?{query}').then((a) => a.json())"
    )
    return answer


def settled(page: Page) -> None:
    """Until what was asked for is shown."""
    page.wait_for_function("() => !document.querySelector('#live').hasAttribute('aria-busy')")


def test_table_map_and_sentence_say_the_same(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    for measure in MEASURES:
        page.locator("#measure").select_option(measure)
        page.wait_for_function("() => tanggap.map.areTilesLoaded()")
        rows, painted = page.evaluate(ROWS), page.evaluate(PAINTED)
        assert len(rows) == len(painted) == 195
        assert {row["code"]: row["rank"] for row in rows} == painted, measure
        assert {row["shade"] for row in rows} > {"load-0", "load-1", "load-2"}
        counts = page.locator("#legend-load .classes .quiet").all_inner_texts()
        assert sum(number(words.split()[0]) for words in counts) == 195
    told = load_of(page)
    villages, total = told["villages"], told["total"]
    for row in rows:
        own = villages.get(row["code"], {"open": 0, "late": 0})
        assert (number(row["open"]), number(row["late"])) == (own["open"], own["late"])
    assert sum(number(row["open"]) for row in rows) + total["elsewhere"] == total["open"]
    expect(page.locator("#sentence")).to_contain_text(
        f"{total['open']} terbuka di {total['villages']} desa, {total['late']} lewat waktu, terlama"
    )


def test_filters_cut_table_and_signs_alike_and_stay_in_the_address(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta#9.90/-6.6200/110.7500?p=1,2&k=darurat&m=late")
    expect(page.locator("#measure")).to_have_value("late")
    expect(page.locator("#filter-count")).to_have_text("1")
    open_now = load_of(page, "p=1,2&kind=darurat")["total"]["open"]
    assert 0 < open_now < load_of(page)["total"]["open"]
    expect(page.locator("#sentence")).to_contain_text(f"{open_now} terbuka")
    tiles = [re.search(r"\?(.*)", url) for url in asked_tiles(page)]
    assert tiles
    assert all(t and set(t[1].split("&")) == {"kind=darurat", "p=1,2"} for t in tiles)

    page.locator('button[name="priority"][value="1"]').click()
    settled(page)
    assert "p=2" in page.url
    assert "9.90/-6.6200/110.7500" in page.url
    page.go_back()
    settled(page)
    expect(page.locator('button[name="priority"][value="1"]')).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("#sentence")).to_contain_text(f"{open_now} terbuka")

    page.locator("#filter-reset").click()
    settled(page)
    assert "p=" not in page.url
    assert "m=late" in page.url
    page.evaluate("() => { location.hash = '#9.90/-6.6200/110.7500?c=jalan&a=dpupr&s=radio&h=1' }")
    expect(page.locator("#sentence")).to_contain_text("cocok dengan saringan")
    expect(page.locator("#filter-reset")).to_be_visible()
    page.evaluate("() => { location.hash = '#9.90/-6.6200/110.7500?k=aduan&c=tidak-ada' }")
    expect(page.locator("#sentence")).to_contain_text("tidak dapat dihitung")


def asked_tiles(page: Page) -> list[str]:
    """Addresses of the tiles of signs that were asked for."""
    urls: list[str] = page.evaluate(
        """() => performance.getEntriesByType("resource").map(({name}) => name)
               .filter((name) => name.includes("/api/tiles/incidents/"))"""
    )
    return urls


def test_a_class_stands_out_and_sorting_needs_no_mouse(server: Server, open_page: Open):
    page = open_page(server).login("perencana", "/peta")
    assert page.evaluate("() => tanggap.map.getSource('signs')") is None
    expect(page.locator("#tab-terlihat")).to_be_hidden()
    assert asked_tiles(page) == []

    held = page.locator('#legend-load [data-class="2"]')
    held.focus()
    page.keyboard.press("Enter")
    expect(held).to_be_focused()
    expect(held).to_have_attribute("aria-pressed", "true")
    shown = page.locator("#village-rows tr:visible")
    assert shown.count() == number(held.locator(".quiet").inner_text().split()[0])
    page.keyboard.press("Enter")
    expect(shown).to_have_count(195)

    page.get_by_role("button", name="Kecamatan").focus()
    page.keyboard.press("Enter")
    expect(page.locator('th[data-sort="district"]')).to_have_attribute("aria-sort", "ascending")
    districts = page.locator("#village-rows .district").all_inner_texts()
    assert districts == sorted(districts)
    page.keyboard.press("Enter")
    assert "o=district-" in page.url

    first = page.locator("#village-rows button").first
    name = first.inner_text()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#detail h2")).to_contain_text(name)
    expect(page.locator("#detail")).to_contain_text("Per 1.000 penduduk")
    assert page.evaluate("() => document.querySelector('#detail').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_classes_are_told_apart_in_grey(server: Server, open_page: Open, scheme: str):
    page = open_page(server, color_scheme=scheme).login("perencana", "/peta")
    light = page.evaluate(LIGHT)
    assert light == sorted(light, reverse=scheme == "light")
    for one, other in itertools.pairwise(light):
        assert (max(one, other) + 0.05) / (min(one, other) + 0.05) > 1.2


def test_a_village_on_the_map_is_a_row_and_a_list(server: Server, open_page: Open):
    page = open_page(server, 360, 740, locale="en").login("bupati", "/peta?x#9.9/-6.62/110.75")
    code = page.evaluate(ROWS)[0]["code"]
    page.evaluate("(code) => { location.hash = `#10/-6.6/110.8?v=${code}` }", code)
    expect(page.locator("#detail [data-id]").first).to_be_visible()
    listed = load_of(page)["villages"][code]["open"]
    expect(page.locator("#detail [data-id]")).to_have_count(listed)
    row = page.locator(f'#village-rows tr[data-code="{code}"]')
    expect(row).to_have_attribute("aria-current", "true")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_figures_follow_the_wire(server: Server, open_page: Open):
    page = open_page(server).login("bupati", "/peta")
    before = load_of(page)["total"]["open"]
    operator = open_page(server).login("operator1")
    operator.locator("#where").press_sequentially("tubanan")
    expect(operator.locator("#places [role=option]").first).to_be_visible()
    operator.locator("#where").press("Enter")
    operator.locator("#what").fill("Pohon tumbang")
    operator.keyboard.press("Control+Enter")
    expect(page.locator("#sentence")).to_contain_text(f"{before + 1} terbuka", timeout=15_000)
    rows = page.evaluate(ROWS)
    assert sum(number(row["open"]) for row in rows) <= before + 1
