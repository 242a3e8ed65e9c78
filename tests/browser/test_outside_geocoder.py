"""The console where an outside geocoder is set: asked by hand, with its name beside the answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.geo.test_online import MARKET
from tests.geo.test_online import Server as Nominatim
from tests.geo.test_online import server as nominatim  # noqa: F401 - a fixture
from tests.world import Server, World, serve


@pytest.fixture
def asking(world: World, nominatim: Nominatim) -> Iterator[Server]:  # noqa: F811
    with serve(world, workers=1, TANGGAP_NOMINATIM=nominatim.url) as server:
        yield server


def test_it_is_asked_when_its_row_is_chosen_and_not_before(
    asking: Server,
    nominatim: Nominatim,  # noqa: F811
    open_page: Open,
):
    nominatim.answers(MARKET)
    page = open_page(asking).login("operator1")
    page.locator("#where").fill("xqzw toko tak dikenal")
    page.locator("#where").press("ArrowDown")
    row = page.locator("#places [role=option]", has_text="Tanya Nominatim")
    expect(row).to_be_visible()
    assert nominatim.asked == []
    row.click()
    expect(page.locator("#places [role=option]").first).to_contain_text("Pasar Ratu")
    expect(page.locator("#places .why").first).to_contain_text("OpenStreetMap")
    page.locator("#where").press("Enter")
    expect(page.locator("#placement")).to_contain_text("Jepara")
