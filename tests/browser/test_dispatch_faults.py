"""What a dispatcher did not ask for must not happen, and what an alarm says must be the latest."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_dispatch_board import (
    BAR,
    GEMULUNG,
    PANGGANG,
    SRIKANDANG,
    board,
    post,
    report,
    sent_units,
    unit_card,
    unit_id,
)
from tests.world import Server


def test_only_what_was_ticked_goes_out_not_what_others_keep(server: Server, open_page: Open):
    other = board(server, open_page, "dispatcher2")
    theirs = report(other, "kesehatan", GEMULUNG)
    kept = {"incident": theirs, "unit": unit_id(server, "AMB-16"), "part": "ambulans"}
    page = board(server, open_page)
    mine = report(page, "kesehatan", PANGGANG)
    page.locator("#queue-title").click()
    page.keyboard.press("s")
    rows = page.locator("#sheet table.surge tbody tr")
    expect(rows.first).to_be_visible()
    for row in rows.all():
        row.get_by_role("checkbox").set_checked(f"{mine} " in row.inner_text())
    post(other, "/api/proposals", {"proposals": [kept]})
    page.get_by_role("button", name="Kirim yang dicentang").first.click()
    expect(page.locator(BAR)).to_contain_text("unit sekaligus?")
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.locator(BAR)).to_contain_text("unit dikirim", timeout=30_000)
    assert sent_units(server, mine)
    assert sent_units(server, theirs) == []


def test_a_call_for_help_that_grows_graver_says_so(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kepolisian", SRIKANDANG)
    held = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "POL-32")})
    path = f"/api/assignments/{held['assignment']}/help"
    post(page, path, {"kind": "unit_tambahan"})
    line = page.locator("#alarms li", has_text="POL-32").first
    expect(line).to_contain_text("POL-32")
    expect(line).not_to_contain_text("Petugas terancam")
    post(page, path, {"kind": "petugas_terancam"})
    expect(line).to_contain_text("POL-32: Petugas terancam")
    post(page, f"{path}/seen", {})


def test_a_drag_whose_row_went_away_does_not_stop_the_board(server: Server, open_page: Open):
    page = board(server, open_page)
    unit_card(page, "DMK-01").evaluate(
        """(card) => {
          card.dispatchEvent(new DragEvent("dragstart", {dataTransfer: new DataTransfer()}));
          card.closest("li").remove();
        }"""
    )
    page.mouse.move(400, 300)
    page.mouse.move(420, 310)
    number = report(page, "kebakaran", PANGGANG)
    expect(page.locator(f'#queue [data-id="{number}"]')).to_be_visible()


def test_who_arrived_meanwhile_is_not_called_back_by_an_old_panel(server: Server, open_page: Open):
    page = board(server, open_page)
    number = report(page, "kesehatan", SRIKANDANG)
    held = post(page, f"/api/incidents/{number}/assignments", {"unit": unit_id(server, "AMB-05")})
    watched = open_page(server)
    watched.page.route("**/api/events*", lambda route: route.abort())  # hears no news
    listed = watched.login("dispatcher2", "/daftar")
    listed.locator(f'tr[data-id="{number}"] button').first.click()
    detail = listed.locator("#detail")
    expect(detail).to_contain_text("AMB-05")
    for state in ("diterima", "berangkat", "tiba"):
        post(page, f"/api/assignments/{held['assignment']}/state", {"state": state})
    detail.get_by_role("button", name="Batalkan").first.click()
    detail.locator(".cancelling button").first.click()
    expect(detail).to_contain_text("Baru saja diubah")
    assert sent_units(server, number) == ["AMB-05"]
