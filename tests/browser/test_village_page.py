"""The village head's page on a phone: look, show a place, say it is elsewhere, and a dead line."""

import pytest
from playwright.sync_api import expect

from geo import parts_register
from tests.app.canaries import TEGALSAMBI, inside
from tests.browser.conftest import Open
from tests.world import Server

KEYS = iter(f"village-page-{n:06d}" for n in range(1000))
PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}


def take(server: Server, **body):
    body = {"where": "pinggir jalan", "channel": "desa"} | body
    headers = {"Idempotency-Key": next(KEYS)}
    room = server.world.client("operator1")
    answer = room.post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["incident"]


@pytest.fixture
def filled(server: Server):
    """Two cases in the own village, one of them pinned by hand, and a register."""
    pin = inside(server.world, TEGALSAMBI)
    here = {"latitude": pin["lat"] + 0.0005, "longitude": pin["lon"], "accuracy": 14}
    tree = take(server, category="pohon_tumbang", where="RT 03", pin=pin, pinned_by="tempat")
    road = take(server, category="jalan", pin=pin, pinned_by="petugas")
    with server.world.as_owner() as session:
        parts = [parts_register.Part(dusun="Gegunung", rw="001", rt="003")]
        parts_register.replace_register(session, TEGALSAMBI, parts, "uji")
    return here, tree, road


def test_a_head_looks_shows_the_place_and_the_room_takes_it(
    server: Server, open_page: Open, filled
):
    gps, tree, road = filled
    watched = open_page(server, **PHONE, geolocation=gps, permissions=["geolocation"])
    page = watched.login("tegalsambi")
    expect(page.locator("#figure-open")).to_have_text("2")
    expect(page.locator("#parts-table")).to_contain_text("RT 003/RW 001")
    expect(page.locator("#parts-table")).to_contain_text("RT belum diketahui")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    tree_card = page.locator(f'#rows [data-id="{tree["id"]}"]')
    road_card = page.locator(f'#rows [data-id="{road["id"]}"]')
    for button in tree_card.locator("button").all():
        assert button.bounding_box()["height"] >= 44

    # A dead line: it says so, keeps nothing back, and can be pressed again.
    page.context.set_offline(True)
    tree_card.get_by_role("button", name="Sudah saya lihat").click()
    expect(tree_card).to_contain_text("Belum terkirim")
    page.context.set_offline(False)
    tree_card.get_by_role("button", name="Sudah saya lihat").click()
    expect(tree_card).to_contain_text("Sudah Anda lihat")
    expect(tree_card.get_by_role("button", name="Sudah saya lihat")).to_be_hidden()

    # The phone's GPS, how exact it is, and a yes: the pin moves at once.
    tree_card.get_by_role("button", name="Lokasinya di sini").click()
    page.get_by_role("button", name="Pakai GPS ponsel").click()
    expect(page.locator("#where-said")).to_contain_text("teliti ±14")
    expect(page.locator("#where-said")).to_contain_text("Di Tegalsambi")
    page.get_by_role("button", name="Ya, tempatnya di sini").click()
    expect(page.locator("#where")).to_be_hidden()
    expect(tree_card).to_contain_text("Titik dipindah ke tempat yang Anda tunjuk")

    # A tap on the map, for a pin of which the room is sure: a hint.
    road_card.get_by_role("button", name="Lokasinya di sini").click()
    page.wait_for_timeout(500)  # the map takes its new size
    page.locator("#where-map canvas").tap(position={"x": 150, "y": 90})
    expect(page.locator("#where-said")).to_contain_text("dari titik semula")
    page.get_by_role("button", name="Ya, tempatnya di sini").click()
    expect(road_card).to_contain_text("Titiknya sudah dipasang petugas")
    expect(road_card).to_contain_text("Anda menunjukkan tempatnya")

    # The room reads it in the case and takes it over.
    room = open_page(server).login("operator1", "/daftar")
    room.locator(f'tr[data-id="{road["id"]}"] button').click()
    marks = room.locator(".village-marks")
    expect(marks).to_contain_text("Kades: lokasinya di sini")
    marks.get_by_role("button", name="Pindahkan pin ke sana").click()
    expect(room.locator(f'tr[data-id="{road["id"]}"]')).to_be_visible()
    shown = server.world.client("operator1").get(f"/api/incidents/{road['id']}").get_json()
    expect(room.locator("#detail .problem")).to_have_count(0)
    assert shown["marks"][0]["kind"] == "di_sini"


def test_a_head_says_not_here_with_the_keyboard_and_a_point_elsewhere_is_refused(
    server: Server, open_page: Open
):
    case = take(server, category="sampah", pin=inside(server.world, TEGALSAMBI))
    far = {"latitude": -6.59, "longitude": 110.67, "accuracy": 20}
    page = open_page(server, **PHONE, geolocation=far, permissions=["geolocation"]).login(
        "tegalsambi"
    )
    card = page.locator(f'#rows [data-id="{case["id"]}"]')
    opener = card.get_by_role("button", name="Lokasinya di sini")
    opener.press("Enter")
    expect(page.get_by_role("button", name="Pakai GPS ponsel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#where-said")).to_contain_text("bukan di wilayah Anda")
    expect(page.get_by_role("button", name="Ya, tempatnya di sini")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()

    opener.press("Enter")
    page.get_by_role("button", name="Bukan di desa ini").press("Enter")
    page.get_by_role("button", name="Ya, bukan di desa ini").press("Enter")
    expect(card).to_contain_text("Ruang 112 memeriksa di mana tempatnya")
    expect(card).to_contain_text("Menurut Anda bukan di desa ini")


def test_a_village_without_anything_says_so(server: Server, open_page: Open):
    page = open_page(server, **PHONE, color_scheme="dark").login("panggang")
    expect(page.locator("#rows")).to_contain_text("Tidak ada laporan yang belum selesai")
    expect(page.locator("#figure-oldest")).to_have_text("–")
    expect(page.locator("#parts-table")).to_contain_text("belum dimuat")
    expect(page.locator("#done-rows")).to_contain_text("Belum ada yang selesai")
