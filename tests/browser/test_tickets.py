"""A ticket's life on its pages: the room and the officer, at the same time, by hand and by key."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_every_page import SCROLL, serious
from tests.scenes import Scene, jpeg
from tests.world import Server

PLACES = [(110.72, -6.64), (110.74, -6.66), (110.70, -6.62), (110.76, -6.68), (110.71, -6.67)]


def report(server: Server, category: str = "jalan", what: str = "Lubang dalam") -> int:
    """A call that somebody took; the id of its one ticket."""
    lon, lat = PLACES[uuid.uuid4().int % len(PLACES)]
    operator = server.world.client("operator1")
    body = {
        "class": "normal",
        "channel": "112",
        "what": f"{what} {uuid.uuid4().hex[:6]}",
        "where": "depan balai desa",
        "category": category,
        "pin": {"lon": lon, "lat": lat},
    }
    sent = operator.post("/api/calls", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert sent.status_code == 201, sent.get_data(as_text=True)
    incident = sent.get_json()["incident"]["id"]
    found = operator.get("/api/tickets?box=semua&limit=200").get_json()["tickets"]
    return next(ticket["id"] for ticket in found if ticket["incident"] == incident)


def move(server: Server, login: str, ticket: int, to: str, **more: str) -> dict[str, Any]:
    """A step by another desk."""
    client = server.world.client(login)
    version = client.get(f"/api/tickets/{ticket}").get_json()["version"]
    body = {"to": to, "version": version, "key": uuid.uuid4().hex} | more
    sent = client.post(f"/api/tickets/{ticket}/moves", json=body)
    assert sent.status_code == 200, sent.get_data(as_text=True)
    answer: dict[str, Any] = sent.get_json()
    return answer


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a phone makes it, of a street that was mended."""
    path = tmp_path / "foto.jpg"
    path.write_bytes(jpeg(Scene(place=uuid.uuid4().int % 10_000, repaired=True).drawn()))
    return path


def test_a_ticket_goes_from_the_call_to_the_answer(server: Server, open_page: Open, photo: Path):
    ticket = report(server)
    room = open_page(server).login("operator1", "/kotak")
    row = room.locator(f'.t-row[data-id="{ticket}"]')
    expect(row).to_contain_text("Jalan rusak")
    expect(row).to_contain_text("giliran ruang 112")
    expect(row).to_contain_text("hari kerja")
    row.locator("a").click()
    room.get_by_role("button", name="Teruskan ke DPUPR").click()
    expect(room.locator("#facts")).to_contain_text("giliran DPUPR")

    officer = open_page(server).login("pupr1")
    assert officer.url.endswith("/kotak")
    officer.locator(f'.t-row[data-id="{ticket}"] a').click()
    officer.locator("[data-claim]").click()
    expect(officer.locator("#next")).to_contain_text("Anda pegang")
    officer.get_by_role("button", name="Terima", exact=True).click()
    officer.get_by_role("button", name="Mulai kerjakan").click()
    # The other desk sees it without a click.
    expect(room.locator(".t-course .here")).to_contain_text("Dikerjakan")

    officer.get_by_role("button", name="Selesai dikerjakan").click()
    expect(officer.locator("#next")).to_contain_text("Belum ada bukti")
    officer.set_input_files(".t-drop input:not([capture])", photo)
    expect(officer.locator(".t-proofs li").first).to_contain_text("Foto tidak menyebut tempat.")
    officer.get_by_role("button", name="Selesai dikerjakan").click()
    officer.locator("[data-field=note] textarea").fill("Lubang ditambal.")
    officer.locator("#next form").get_by_role("button", name="Selesai dikerjakan").click()
    officer.get_by_role("button", name="Jawab pelapor").click()
    officer.get_by_label("Jawaban untuk pelapor").fill("Lubangnya sudah kami tambal hari ini.")
    expect(officer.locator(".t-preview")).to_contain_text("DPUPR menjawab laporan Anda")
    officer.locator("#next form").get_by_role("button", name="Jawab pelapor").click()
    expect(officer.locator("#facts")).to_contain_text("menunggu tanggapan pelapor")
    expect(officer.locator(".t-messages .jawaban")).to_contain_text("sudah kami tambal")

    expect(room.locator(".t-course .here")).to_contain_text("Pelapor dijawab")
    room.locator(".t-thumb").click()
    large = room.locator("dialog.t-large img")
    expect(large).to_be_visible()
    assert large.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 600
    room.keyboard.press("Escape")
    expect(room.locator("#history li")).to_have_count(6)
    assert serious(room) == []


def test_who_was_slower_is_told_by_whom_and_keeps_the_words(server: Server, open_page: Open):
    ticket = report(server)
    room = open_page(server).login("operator1", f"/tiket/{ticket}")
    room.get_by_role("button", name="Tanya pelapor").click()
    room.get_by_label("Alasan", exact=True).select_option("data_kurang")
    words = "Di sebelah mana persisnya lubang itu?"
    room.get_by_label("Pertanyaan untuk pelapor").fill(words)
    # Its answer is on the way while the other desk moves it: the line is slow.
    room.route("**/api/tickets/*/moves", lambda route: _after(route, server, ticket))
    room.locator("#next form").get_by_role("button", name="Tanya pelapor").click()

    expect(room.locator("#next .notice")).to_contain_text("Danang Wicaksono")
    expect(room.locator("#next .notice")).to_contain_text("Yang Anda tulis tetap ada")
    expect(room.get_by_label("Pertanyaan untuk pelapor")).to_have_value(words)
    room.unroute("**/api/tickets/*/moves")
    room.locator("#next form").get_by_role("button", name="Tanya pelapor").click()
    expect(room.locator("#facts")).to_contain_text("ditunda")
    expect(room.locator(".t-aside")).to_contain_text("Keterangan kurang")


def _after(route: Any, server: Server, ticket: int) -> None:
    move(server, "dispatcher1", ticket, "didisposisi")
    route.continue_()


def test_several_are_sent_on_at_once_and_each_says_how_it_went(server: Server, open_page: Open):
    good, bad = report(server, "sampah"), report(server, "sampah")
    room = open_page(server).login("operator1", "/kotak?category=sampah")
    for ticket in (good, bad):
        room.locator(f'.t-row[data-id="{ticket}"] input').check()
    expect(room.locator("#bulk")).to_contain_text("2 dipilih")
    move(server, "dispatcher1", bad, "diarsipkan", reason="ganda")
    room.locator("#bulk").get_by_role("button", name="Sudah diperiksa").click()
    room.locator("#bulk-dialog").get_by_role("button", name="Sudah diperiksa").click()

    results = room.locator(".t-results li")
    expect(results).to_have_count(2)
    expect(results.first).to_contain_text(f"#{bad}")
    expect(results.first).to_contain_text("tidak cocok dengan keadaan sekarang")
    expect(results.last).to_contain_text("berhasil")
    expect(room.locator("#bulk-dialog .notice")).to_contain_text("1 dari 2 berhasil")
    room.locator("#bulk-dialog").get_by_role("button", name="Tutup").click()
    expect(room.locator(f'.t-row[data-id="{good}"]')).to_contain_text("sudah diperiksa")


def test_what_changes_knocks_and_nothing_moves_under_a_reader(server: Server, open_page: Open):
    first = report(server, "lampu_jalan")
    room = open_page(server).login("operator1", "/kotak?category=lampu_jalan")
    expect(room.locator(f'.t-row[data-id="{first}"]')).to_be_visible()
    second = report(server, "lampu_jalan")  # nobody reads: it comes by itself
    expect(room.locator(f'.t-row[data-id="{second}"]')).to_be_visible()

    room.locator(f'.t-row[data-id="{first}"] input').check()
    third = report(server, "lampu_jalan")
    expect(room.locator("#changed")).to_contain_text("1 tiket berubah")
    expect(room.locator(f'.t-row[data-id="{third}"]')).to_have_count(0)
    room.locator("#changed").click()
    expect(room.locator(f'.t-row[data-id="{third}"]')).to_be_visible()
    expect(room.locator(f'.t-row[data-id="{first}"] input')).to_be_checked()


def test_the_inbox_is_worked_by_keys_alone(server: Server, open_page: Open):
    ticket = report(server, "drainase")
    room = open_page(server).login("dispatcher1", "/kotak?category=drainase")
    expect(room.locator(".t-row")).to_have_count(1)
    room.keyboard.press("j")
    room.keyboard.press("x")
    expect(room.locator("#bulk")).to_contain_text("1 dipilih")
    room.keyboard.press("/")
    expect(room.locator("#filter-q")).to_be_focused()
    room.keyboard.type("tidak ada yang begini")
    expect(room.locator("#list")).to_contain_text("Tidak ada yang cocok dengan saringan")
    room.locator("#filter-q").fill("")
    room.locator("#filter-q").press("Tab")
    expect(room.locator(".t-row")).to_have_count(1)
    room.keyboard.press("?")
    expect(room.locator("#keys-dialog")).to_be_visible()
    assert serious(room) == []
    room.keyboard.press("Escape")
    room.keyboard.press("j")
    room.keyboard.press("Enter")
    room.wait_for_url(f"**/tiket/{ticket}")
    expect(room.locator("#what")).to_contain_text(f"#{ticket}")


def test_no_photo_is_refused_in_one_sentence_and_a_note_names_a_colleague(
    server: Server, open_page: Open, tmp_path: Path
):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    officer = open_page(server).login("pupr1", f"/tiket/{ticket}")
    fake = tmp_path / "bukti.jpg"
    fake.write_bytes(b"%PDF-1.7 not a photo")
    officer.set_input_files(".t-drop input:not([capture])", fake)
    refused = officer.locator(".t-uploads .notice")
    expect(refused).to_contain_text("bukti.jpg: Berkas ini bukan foto")
    refused.get_by_role("button", name="Buang").click()
    expect(refused).to_have_count(0)

    note = officer.get_by_label("Tulis catatan; @ menyebut rekan")
    note.press_sequentially("Mohon dicek, @wulan")
    expect(officer.get_by_role("option").first).to_contain_text("Wulan Sekarsari")
    note.press("Enter")
    expect(note).to_have_value("Mohon dicek, @Wulan Sekarsari ")
    note.press("Control+Enter")
    expect(officer.locator(".t-messages .catatan")).to_contain_text("@Wulan Sekarsari")

    room = open_page(server).login("operator1", "/kotak")
    room.locator("#bell summary").click()
    expect(room.locator("#bell-list")).to_contain_text(f"Anda disebut dalam catatan #{ticket}")


def test_a_leader_gives_an_instruction_and_the_officer_answers(server: Server, open_page: Open):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    officer = open_page(server).login("pupr1", f"/tiket/{ticket}")
    leader = open_page(server).login("bupati", f"/tiket/{ticket}")
    expect(leader.locator("#next button")).to_have_count(0)
    leader.locator("#instructions summary").click()
    leader.get_by_label("Apa yang harus dilakukan").fill("Selesaikan minggu ini.")
    leader.locator("#instructions").get_by_role("button", name="Kirim").click()
    expect(leader.locator(".t-instructions .waiting")).to_contain_text("Selesaikan minggu ini.")

    expect(officer.locator(".t-instructions")).to_contain_text("Selesaikan minggu ini.")
    officer.get_by_label("Jawaban untuk pimpinan").fill("Tim turun besok pagi.")
    officer.locator(".t-instructions").get_by_role("button", name="Kirim").click()
    expect(officer.locator(".t-instructions .answered")).to_contain_text("Tim turun besok pagi.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_fit_a_phone(server: Server, open_page: Open, scheme: str):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    phone = open_page(server, 360, 740, color_scheme=scheme, has_touch=True)
    page = phone.login("pupr1", "/kotak")
    expect(page.locator(".t-row").first).to_be_visible()
    _fits(page)
    page.locator("#show-map").click()
    expect(page.locator("#map canvas")).to_be_visible()
    page.locator(f'.t-row[data-id="{ticket}"] a').click()
    expect(page.locator("#history li")).to_have_count(2)
    page.get_by_role("button", name="Bukan wewenang kami").click()
    expect(page.get_by_label("Alasan", exact=True)).to_be_visible()
    _fits(page)


def _fits(page: Page) -> None:
    assert page.evaluate(SCROLL) <= 0
    assert serious(page) == []
