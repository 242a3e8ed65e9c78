"""A contractor with a phone: a bad line, a wrong file, done; and a phone without script."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.conftest import Office
from tests.app.proving import OFFICER, ROOM, move, shot, take, ticket_row
from tests.browser.conftest import Open
from tests.world import Server

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def files(server: Server, tmp_path_factory: pytest.TempPathFactory):
    """A case with a link, and pictures on the phone."""
    office = Office(**vars(server.world))
    case = take(office)
    folder = tmp_path_factory.mktemp("phone")
    now = office.parts.now()
    for number in range(3):
        Path(folder, f"{number}.jpg").write_bytes(shot(500 + number, now, case["pin"]))
    Path(folder, "surat.jpg").write_bytes(b"%PDF-1.7 surat")
    return office, case["ticket"], folder


def new_link(office, ticket):
    body = {"name": "CV Kenari Jaya", "days": 3, "note": "Tambal dua lubang."}
    made = office.client(OFFICER).post(f"/api/tickets/{ticket}/links", json=body).get_json()
    return "/pekerjaan/" + made["url"].rpartition("/")[2]


def test_photos_arrive_over_a_line_that_breaks_and_the_officer_confirms(
    server: Server, open_page: Open, files
):
    office, ticket, folder = files
    move(office, ROOM, ticket, "didisposisi")
    move(office, OFFICER, ticket, "diterima_opd")
    page = open_page(server, **PHONE).page
    path = new_link(office, ticket)
    page.goto(server.url + path)
    expect(page.locator("h1")).to_have_text("Jalan rusak")
    expect(page.locator("main")).to_contain_text("Tambal dua lubang.")
    expect(page.locator("#send")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for target in page.locator(".file, button:visible, .button").all():
        assert target.bounding_box()["height"] >= 44
    page.locator("#done").click()
    expect(page.locator("#told")).to_have_text("Kirim paling sedikit satu foto dulu.")
    rows = page.locator("#queue > li")

    # A wrong file says what is wrong with it, and holds nothing up.
    page.fill("#note", "sisi utara")
    page.set_input_files("#gallery", [folder / "surat.jpg", folder / "0.jpg"])
    expect(rows.nth(0)).to_contain_text("Berkas ini bukan foto")
    expect(rows.nth(1)).to_contain_text("Terkirim")
    rows.nth(0).get_by_role("button", name="Buang").click()
    expect(rows).to_have_count(1)

    # The answer to the second is lost on the way: it is sent again and comes once.
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/foto", lose)
    page.set_input_files("#gallery", [folder / "1.jpg"])
    expect(rows.nth(1)).to_contain_text("Belum terkirim")
    expect(rows.nth(1)).to_contain_text("Terkirim", timeout=15_000)
    page.unroute("**/foto")

    # No line at all: it waits, says so, and goes when the line is back.
    page.context.set_offline(True)
    page.set_input_files("#gallery", [folder / "2.jpg"])
    expect(page.locator("#line")).to_be_visible()
    page.locator("#done").click()
    expect(page.locator("#told")).to_have_text("Tunggu sampai semua foto terkirim.")
    page.context.set_offline(False)
    expect(rows.nth(2)).to_contain_text("Terkirim", timeout=15_000)
    expect(page.locator("#line")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("3 foto sudah diterima.")
    assert ticket_row(office, ticket).proofs == 3

    page.fill("#done_note", "Ditambal aspal.")
    page.locator("#done").click()
    expect(page.locator("h1")).to_contain_text("Pekerjaan ini sudah dilaporkan selesai")
    assert ticket_row(office, ticket).state == "diterima_opd", "the officer has the word"
    move(office, OFFICER, ticket, "ditindaklanjuti")


def test_a_phone_without_script_brings_photos_and_says_done(server: Server, open_page: Open, files):
    office, _, folder = files
    ticket = take(office)["ticket"]
    page = open_page(server, **PHONE, java_script_enabled=False).page
    page.goto(server.url + new_link(office, ticket))
    page.fill("#done_note", "Selesai sore ini")
    page.set_input_files("#gallery", folder / "surat.jpg")
    page.locator("#send").click()
    expect(page.get_by_role("alert")).to_contain_text("bukan foto")
    expect(page.locator("#done_note")).to_have_value("Selesai sore ini")
    page.set_input_files("#gallery", folder / "0.jpg")
    page.locator("#send").click()
    expect(page.get_by_role("status").first).to_have_text("Foto terkirim.")
    page.reload()  # the browser sends the form again: its key is the same
    assert ticket_row(office, ticket).proofs == 1
    page.locator("#done").click()
    expect(page.locator("h1")).to_contain_text("Terima kasih")
