"""/pemberitahuan: an address is added and tried, a dead letter goes out again, a push is shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from app.sender.lanes import Office, carry_all
from app.sender.settings import Smtp, Ways
from tests.app.receiver import mail_server
from tests.browser.conftest import Open
from tests.dispatch.outbox_house import House
from tests.world import Server


@pytest.fixture
def house(server: Server) -> Iterator[House]:
    """Nobody is told of anything yet; it is noon for the sender."""
    house = House(server.world)
    house.empty()
    yield house
    house.world.parts.now = lambda: datetime.now(UTC)


def test_an_address_is_added_tried_and_a_dead_letter_sent_again(
    server: Server, open_page: Open, house: House, tmp_path
):
    page = open_page(server).login("dispatcher1", "/pemberitahuan")
    expect(page.locator("#empty")).to_be_visible()
    page.get_by_role("button", name="Tambah alamat").click()
    page.locator("#a-agency").select_option("dpupr")
    page.locator("#a-to").fill("bukan alamat")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#address-problem")).to_contain_text("Alamat")
    page.locator("#a-to").fill("aduan@dpupr.example")
    page.get_by_label("instruksi pimpinan").check()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("aduan@dpupr.example diberi tahu")
    expect(page.locator("#rows tr")).to_contain_text("instruksi pimpinan")

    page.get_by_role("button", name="Coba").click()
    expect(page.locator("#out-rows")).to_contain_text("percobaan")
    house.sql("UPDATE outgoing SET state = 'mati', tries = 12, trouble = 'penerima menjawab 503'")
    page.get_by_role("button", name="Muat ulang").click()
    expect(page.locator("#state")).to_contain_text("1 pesan tidak sampai")
    expect(page.locator("#out-rows")).to_contain_text("penerima menjawab 503")
    page.get_by_role("button", name="Kirim lagi").click()
    expect(page.locator("#out-rows")).to_contain_text("menunggu")
    with mail_server(tmp_path / "mail") as mails:
        port = int(mails.url.rpartition(":")[2].partition("?")[0])
        ways = Ways(server.url, Smtp("127.0.0.1", port, tls="none"), "112@tanggap.example")
        carry_all(Office(server.world.parts, ways))
        assert [mail["To"] for mail in mails.mails()] == ["aduan@dpupr.example"]
    page.get_by_role("button", name="Muat ulang").click()
    expect(page.locator("#out-rows")).to_contain_text("terkirim")

    page.get_by_role("button", name="Hentikan").click()
    expect(page.locator("#rows")).to_contain_text("berhenti")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hapus").click()
    expect(page.locator("#empty")).to_be_visible()


def test_nothing_is_asked_before_a_click_and_a_push_is_shown_once(
    server: Server, open_page: Open, house: House
):
    """Pushes come in through the browser's own tools: no push service can be reached from here."""
    opened = open_page(server, permissions=["notifications"])
    opened.page.add_init_script("Notification.requestPermission = () => { window.asked = 1; };")
    page = opened.login("admin", "/pemberitahuan")
    expect(page.get_by_role("button", name="Beri tahu lewat peramban ini")).to_be_visible()
    assert page.evaluate("window.asked") is None
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )
    told = {"title": "Tiket diteruskan: #7", "body": "Mohon diterima.", "tag": "uid-7"}
    push(server, page, [told | {"url": f"{server.url}/tiket/7"}] * 2)
    page.wait_for_function(f"{SHOWN}.then((all) => all.length === 1)")
    shown = page.evaluate(f"{SHOWN}.then((all) => all.map(({{ title, body }}) => [title, body]))")
    assert shown == [["Tiket diteruskan: #7", "Mohon diterima."]]


SHOWN = (
    "navigator.serviceWorker.getRegistration('/pemberitahuan/pekerja.js')"
    ".then((worker) => worker.getNotifications())"
)


def push(server: Server, page: Page, messages: list[dict]) -> None:
    """Deliver them to the worker, as a push service would."""
    tools = page.context.new_cdp_session(page)
    registered: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(one["registrationId"] for one in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    page.evaluate("""async () => {
        const worker = await navigator.serviceWorker.register("/pemberitahuan/pekerja.js");
        const coming = worker.installing ?? worker.waiting;
        if (coming) await new Promise((done) => coming.addEventListener("statechange", () =>
            coming.state === "activated" && done()));
    }""")
    page.wait_for_timeout(300)
    for message in messages:
        tools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": server.url, "registrationId": registered[-1], "data": json.dumps(message)},
        )
