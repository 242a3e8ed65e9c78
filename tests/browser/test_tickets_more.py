"""What else a desk does about tickets: the bell, closing, the phone, shifts, links, filters."""

import os
import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.conftest import Open
from tests.browser.crew import control_room
from tests.browser.test_every_page import SCROLL, serious
from tests.browser.test_tickets import move, photo, report
from tests.world import Server

__all__ = ["photo"]  # a fixture
ENDS_MS = 50_000  # the clock of the house looks each half minute
PICTURES = os.environ.get("TANGGAP_TEST_PICTURES")  # a folder: what a person wants to look at


def picture(page: Page, name: str) -> None:
    """Keep what the page shows, where somebody asked for it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}.png"))


def incident_of(server: Server, ticket: int) -> int:
    found = server.world.client("dispatcher1").get(f"/api/tickets/{ticket}").get_json()
    return int(found["incident"])


def test_board_and_console_ring_for_a_dead_letter(server: Server, open_page: Open):
    with server.world.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO notice (user_id, kind, at, by_name) SELECT id, 'surat_mati', now(),"
                " 'sistem' FROM app_user WHERE login = 'dispatcher1'"
            )
        )
    for path in ("/papan", "/konsol"):
        page = open_page(server, color_scheme="dark").login("dispatcher1", path)
        expect(page.locator("#bell-count")).to_have_text("1")
        page.locator("#bell > summary").focus()
        if path == "/papan":
            picture(page, "bell_board")
            continue
        page.keyboard.press("Enter")
        letter = page.locator("#bell-list a")
        expect(letter).to_have_text("Pemberitahuan gagal terkirim")
        picture(page, "bell_console")
        assert serious(page) == []
        letter.click()
        page.wait_for_url("**/pemberitahuan")


def test_a_case_without_its_proof_stays_open_and_names_the_ticket(server: Server, open_page: Open):
    ticket = report(server)
    incident = incident_of(server, ticket)
    for path in ("/konsol", "/papan"):
        page = open_page(server).login("dispatcher1", path)
        row = page.locator(f'#queue [data-id="{incident}"]')
        (row if path == "/papan" else row.locator("visible=true")).first.click()
        page.get_by_role("button", name="Tutup kejadian").click()
        page.get_by_role("button", name="Tutup sekarang").click()
        alert = page.locator(".closing [role=alert]")
        expect(alert).to_contain_text("Belum dapat ditutup: buktinya belum ada.")
        alert.scroll_into_view_if_needed()
        picture(page, f"proof_{path[1:]}")
        assert serious(page) == []
        alert.get_by_role("link", name=f"DPUPR #{ticket}: belum ada bukti").click()
        page.wait_for_url(f"**/tiket/{ticket}")


def test_a_ticket_that_is_not_there_is_said_in_words(server: Server, open_page: Open):
    page = open_page(server)
    page.server.login(page.page, "pupr1")
    for number in (report(server, "kebakaran"), 4_000_000):  # another agency's; nobody's
        answer = page.page.goto(f"{server.url}/tiket/{number}")
        assert answer is not None
        assert answer.status == 404
        expect(page.page.locator("h1")).to_contain_text("tidak ditemukan")
        links = server.world.client("pupr1").get(f"/api/tickets/{number}/links")
        assert links.status_code == 404


def test_a_phone_folds_the_filters_and_a_row_says_what_is_late(server: Server, open_page: Open):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    with server.world.as_owner() as session:
        session.execute(
            text(
                "UPDATE ticket SET opened_at = opened_at - interval '30 days',"
                " referred_at = referred_at - interval '30 days',"
                " here_at = here_at - interval '30 days',"
                " verify_due_at = verify_due_at - interval '30 days',"
                " answer_due_at = now() - interval '19 hours' WHERE id = :id"
            ),
            {"id": ticket},
        )
    page = open_page(server, 360, 740, has_touch=True).login("pupr1", "/kotak?box=terlambat")
    row = page.locator(f'.t-row[data-id="{ticket}"]')
    expect(row).to_contain_text("jawaban pertama terlambat")
    picture(page, "phone_folded")
    expect(row).to_contain_text("lewat")
    box = page.locator("#filters").bounding_box()
    assert box is not None
    assert box["height"] < 70
    expect(page.locator("#filter-kind")).to_be_hidden()
    fold = page.get_by_role("button", name="Saringan", exact=True)
    fold.click()
    page.locator("#filter-kind").select_option("aduan")
    picture(page, "phone_unfolded")
    assert page.evaluate(SCROLL) <= 0
    assert serious(page) == []
    fold = page.locator("#show-filters")
    fold.click()
    expect(page.locator("#filter-kind")).to_be_hidden()
    expect(fold.locator(".count")).to_have_text("1")
    page.get_by_role("button", name="Tampilkan semua").click()
    expect(fold.locator(".count")).to_be_hidden()


def test_late_is_said_in_what_has_passed_whole(server: Server, open_page: Open):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    with server.world.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO instruction (ticket_id, incident_id, at, by_user, by_name, text,"
                " due_at) SELECT t.id, t.incident_id, now() - interval '3 days', u.id, u.name,"
                " 'Perbaiki sebelum hujan.', now() - interval '19 hours 50 minutes'"
                " FROM ticket AS t, app_user AS u WHERE t.id = :id AND u.login = 'bupati'"
            ),
            {"id": ticket},
        )
    page = open_page(server).login("pupr1", f"/tiket/{ticket}")
    expect(page.locator(".t-instructions .t-left")).to_have_text("lewat 19 jam")
    # The words stand on one line: an icon beside them moves nothing.
    left, until = (page.locator(f".t-due {part}").bounding_box() for part in (".t-left", ".quiet"))
    assert left is not None
    assert until is not None
    middles = [box["y"] + box["height"] / 2 for box in (left, until)]
    assert abs(middles[0] - middles[1]) < 1
    picture(page, "instruction")
    said = page.evaluate(
        "async () => { const { spanPassed } = await import('/static/js/format.js');"
        " return [59, 3599, 19 * 3600, 47 * 3600, 49 * 3600].map(spanPassed); }"
    )
    assert said == ["1 menit", "59 menit", "19 jam", "1 hari", "2 hari"]


def test_where_nothing_is_late_the_table_comes_first(server: Server, open_page: Open):
    page = open_page(server, color_scheme="light").login("damkar1", "/kotak/angka")
    expect(page.locator("#body")).not_to_have_attribute("aria-busy", "true", timeout=30_000)
    expect(page.locator(".late-map")).to_be_hidden()
    expect(page.locator("#body > section").first).to_contain_text("Ketepatan waktu")
    expect(page.locator("#late-note")).to_have_text("Tidak ada tiket yang lewat batas saat ini.")
    picture(page, "figures")
    assert serious(page) == []


def test_whose_it_is_is_asked_only_where_that_decides(server: Server, open_page: Open):
    page = open_page(server).login("operator1", "/konsol")
    owner = page.get_by_label("Milik siapa?")
    page.keyboard.type("depan pasar")
    page.keyboard.press("Alt+2")
    expect(page.locator('input[name="category"]:checked')).to_have_value("kebakaran")
    _choose(page, "listrik")
    _choose(page, "jalan")
    expect(owner).to_be_visible()
    page.keyboard.press("Alt+o")
    expect(owner).to_be_focused()
    page.keyboard.type("jalan prov")
    expect(owner).to_have_value("jalan_provinsi")
    picture(page, "owner")
    assert serious(page) == []
    with page.expect_request("**/api/calls") as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.post_data_json["owner"] == "jalan_provinsi"
    answer = sent.value.response()
    assert answer is not None
    assert answer.status == 201
    incident = answer.json()["incident"]
    assert incident["properties"]["agencies"] == [provincial(server)]
    # The next call begins without it.
    page.keyboard.press("Alt+b")
    expect(owner).to_be_hidden()


def provincial(server: Server) -> str:
    """Short name of who answers for roads of the province."""
    agency = server.world.parts.ground().catalogue.agency("dpubmck")
    assert agency is not None
    return agency.short


def _choose(page: Page, category: str) -> None:
    page.locator(f'input[name="category"][value="{category}"]').dispatch_event("click")


def test_filters_shifts_claims_and_links_pass_from_hand_to_hand(
    server: Server, open_page: Open, photo: Path
):
    ticket = report(server)
    room = open_page(server).login("operator1", "/kotak")

    # A filter that is kept comes back with a click.
    room.locator("#filter-q").fill(f"#{ticket}")
    expect(room.locator(".t-row")).to_have_count(1)
    room.locator("#stored > summary").click()
    name = f"Lubang {uuid.uuid4().hex[:4]}"
    room.get_by_label("Simpan saringan ini sebagai").fill(name)
    room.locator("#stored").get_by_role("button", name="Simpan").click()
    kept = room.locator("#stored").get_by_role("button", name=name, exact=True)
    expect(kept).to_be_visible()
    room.locator("#stored > summary").click()
    room.locator("#filter-reset").click()
    expect(room.locator("#filter-q")).to_have_value("")
    room.locator("#stored > summary").click()
    kept.click()
    expect(room.locator("#filter-q")).to_have_value(f"#{ticket}")
    expect(room.locator(".t-row")).to_have_count(1)

    # The next shift takes over what this one leaves.
    room.locator("#handover").click()
    room.get_by_label("Pesan untuk giliran berikut").fill("Jalan itu belum dikerjakan.")
    room.get_by_role("button", name="Serahkan").click()
    expect(room.locator("#handover-dialog")).to_contain_text("Jalan itu belum dikerjakan.")
    next_one = open_page(server).login("dispatcher1", "/kotak")
    expect(next_one.locator("#handover .count")).to_have_text("1")
    next_one.locator("#handover").click()
    next_one.get_by_role("button", name="Saya terima").click()
    expect(next_one.locator("#handover-dialog")).to_contain_text("Diterima Danang Wicaksono")
    picture(next_one, "handover")

    # One holds it, another takes it over, and the first sees by whom.
    room.goto(f"{server.url}/tiket/{ticket}")
    room.get_by_role("button", name="Ambil", exact=True).click()
    expect(room.locator("#next")).to_contain_text("Anda pegang")
    next_one.goto(f"{server.url}/tiket/{ticket}")
    expect(next_one.locator("#next")).to_contain_text("dipegang Wulan Sekarsari")
    next_one.get_by_role("button", name="Ambil alih").click()
    expect(next_one.locator("#next")).to_contain_text("Anda pegang")
    expect(room.locator("#next")).to_contain_text("dipegang Danang Wicaksono")
    next_one.get_by_role("button", name="Lepaskan").click()

    # The agency hands the work on to a contractor, whose photo is its proof.
    move(server, "operator1", ticket, "didisposisi")
    move(server, "pupr1", ticket, "diterima_opd")
    officer = open_page(server).login("pupr1", f"/tiket/{ticket}")
    officer.get_by_label("Nama rekanan").fill("CV Kenari Jaya")
    officer.get_by_role("button", name="Buat tautan").click()
    url = officer.get_by_label("Tautan untuk CV Kenari Jaya").input_value()
    contractor = open_page(server, 360, 740, has_touch=True).page
    contractor.goto(server.url + re.sub(r"^https?://[^/]+", "", url))
    contractor.set_input_files("#gallery", photo)
    expect(contractor.locator("#queue > li")).to_contain_text("Terkirim")
    contractor.locator("#done").click()
    expect(officer.locator(".t-link-row")).to_contain_text("dipakai, selesai", timeout=15_000)
    expect(officer.locator(".t-proofs li").first).to_contain_text("CV Kenari Jaya")
    picture(officer, "officer")


def test_a_move_begins_with_its_template_which_is_changed_and_never_sent_half_filled(
    server: Server, open_page: Open
):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    officer = open_page(server, 360, 740).login("pupr1", f"/tiket/{ticket}")
    officer.get_by_role("button", name="Tanya pelapor").click()
    question = officer.get_by_label("Pertanyaan untuk pelapor")
    expect(question).to_have_value(re.compile(rf"laporan nomor {ticket} .*___", re.S))
    expect(officer.locator(".t-templates")).to_contain_text(
        "Diawali templat “Perlu keterangan tambahan”; ubah sesuai keadaannya."
    )
    assert serious(officer) == []
    assert officer.evaluate(SCROLL) <= 0
    picture(officer, "template_begun")

    send = officer.locator("#next form").get_by_role("button", name="Tanya pelapor")
    officer.get_by_label("Alasan", exact=True).select_option("data_kurang")
    send.click()
    wrong = officer.locator("[data-field=answer] .t-wrong")
    expect(wrong).to_have_text("Masih ada bagian yang kosong: ___. Isi atau hapus dulu.")
    expect(question).to_be_focused()
    officer.keyboard.type("di sisi mana lubangnya?")  # what is open is marked: typing fills it
    expect(question).to_have_value(re.compile(r"ketahui: di sisi mana lubangnya\?\nBalas di"))
    send.click()
    expect(officer.locator("#facts")).to_contain_text("ditunda")
    sent = officer.locator(".t-messages .jawaban")
    expect(sent).to_contain_text(f"laporan nomor {ticket} ")
    expect(sent).to_contain_text("di sisi mana lubangnya?")


def test_another_template_takes_the_place_of_one_that_nobody_changed(
    server: Server, open_page: Open
):
    ticket = report(server)
    move(server, "operator1", ticket, "didisposisi")
    officer = open_page(server).login("pupr1", f"/tiket/{ticket}")
    officer.get_by_role("button", name="Tanya pelapor").click()
    question = officer.get_by_label("Pertanyaan untuk pelapor")
    choose = officer.get_by_label("Templat", exact=True)
    expect(question).to_have_value(re.compile("keterangannya kurang"))
    choose.select_option(label="Lokasi belum jelas")
    expect(question).to_have_value(re.compile("^Kami belum .*lokasinya belum jelas", re.S))
    expect(question).not_to_have_value(re.compile("keterangannya kurang"))
    question.fill("Kami sudah ke sana pagi ini.")
    choose.select_option(label="Lokasi belum jelas")
    expect(question).to_have_value(
        re.compile("^Kami sudah ke sana pagi ini\\.\n\nKami belum .*lokasinya", re.S)
    )


@pytest.mark.parametrize("path", ["/papan", "/konsol"])
def test_a_case_without_tickets_says_that_it_ends_with_its_unit_and_does(
    server: Server, open_page: Open, path: str
):
    with control_room(server) as room:
        incident = room.call("kebakaran", where="gudang mebel")
        free = room.rows("SELECT call_sign FROM unit WHERE state = 'siap' AND active ORDER BY id")
        assignment = room.send(incident, free[0].call_sign)
        for row in room.rows("SELECT id FROM ticket WHERE incident_id = :id", id=incident):
            move(server, "operator1", row.id, "diarsipkan", reason="palsu")
        page = open_page(server).login("dispatcher1", path)
        row = page.locator(f'#queue [data-id="{incident}"]')
        (row if path == "/papan" else row.locator("visible=true")).first.click()
        words = page.get_by_text("Kejadian ditutup sendiri begitu unit terakhir selesai")
        expect(words).to_be_visible()
        assert serious(page) == []
        words.scroll_into_view_if_needed()
        picture(page, f"ends_{path[1:]}")
        room.step(assignment, "tiba")
        room.step(assignment, "selesai")
        expect(row).to_have_count(0, timeout=ENDS_MS)
    [ended] = room.rows("SELECT state, outcome FROM incident WHERE id = :id", id=incident)
    assert (ended.state, ended.outcome) == ("ditutup", "palsu")
