"""The field unit's steps, the village's page, the administrator's accounts."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.talk import pin_by_hand, place, save
from tests.world import Server


def test_a_field_unit_goes_arrives_and_is_done(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    place(operator, "tahunan")
    operator.locator('input[name="category"][value="lalu_lintas"]').check()
    operator.locator("#what").fill("Motor menabrak truk")
    save(operator)
    crew = open_page(server, 360, 740).login("ambulans")
    expect(crew.locator("#task")).to_contain_text("Tidak ada tugas")
    call_sign = crew.locator("#unit-name").inner_text()

    operator.get_by_role("button", name=f"Kirim {call_sign}", exact=True).click()

    expect(crew.locator("#task")).to_contain_text("Kecelakaan lalu lintas")
    for step in ("Berangkat", "Tiba", "Selesai"):
        crew.get_by_role("button", name=step, exact=True).click()
    expect(crew.locator("#task")).to_contain_text("Tidak ada tugas")


def test_a_village_head_sees_what_but_not_who(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    place(operator, "tegalsambi")
    operator.locator("#what").fill("Rumah Pak Karto di gang mawar kebakaran")
    operator.locator('input[name="category"][value="kebakaran"]').check()
    save(operator)

    page = open_page(server, 360, 740).login("tegalsambi")

    expect(page.locator("#figure-open")).to_have_text("1")
    expect(page.locator("#rows")).to_contain_text("Kebakaran")
    expect(page.locator("body")).not_to_contain_text("Karto")


def test_a_village_head_hears_of_what_is_perhaps_in_the_village(server: Server, open_page: Open):
    operator = open_page(server).login("operator1")
    # The pin lies beyond the border, but half a kilometre around it is Tegalsambi, too.
    pin_by_hand(operator, 110.6612, -6.619)
    operator.keyboard.press("r")
    for _ in range(3):
        operator.keyboard.press("ArrowRight")
    expect(operator.locator(".radius input:checked")).to_have_value("500")
    operator.locator("#what").fill("Asap di belakang rumah Bu Karti")
    operator.locator('input[name="category"][value="kebakaran"]').check()
    facts = save(operator)["incident"]["properties"]
    assert facts["village"]["name"] != "Tegalsambi"
    assert "Tegalsambi" in [village["name"] for village in facts["also_villages"]]

    page = open_page(server, 360, 740).login("tegalsambi")

    expect(page.locator("#maybe")).to_contain_text("Mungkin di desa Anda, ")
    expect(page.locator("#maybe")).to_contain_text(f"Dicatat di {facts['village']['name']}")
    expect(page.locator("#rows")).not_to_contain_text("Mungkin di desa Anda")
    expect(page.locator("body")).not_to_contain_text("Karti")


def test_an_administrator_adds_and_disables_an_account(server: Server, open_page: Open):
    page = open_page(server).login("admin")
    page.get_by_role("button", name="Tambah pengguna").click()
    page.locator("#u-name").fill("Operator Baru")
    page.locator("#u-login").fill("operatorbaru")
    page.locator("#u-role").select_option("operator")
    page.locator("#u-password").fill("sandi-yang-panjang-sekali")
    page.locator("#u-password").press("Enter")
    row = page.locator("tr", has_text="operatorbaru")
    expect(row).to_contain_text("aktif")
    row.get_by_role("button", name="Nonaktifkan").click()
    expect(row).to_contain_text("tidak aktif")


def test_the_log_can_be_narrowed(server: Server, open_page: Open):
    page = open_page(server).login("pdp")
    expect(page.locator("#sentence")).to_contain_text("catatan")
    page.locator("#kind").select_option(label="masuk")
    expect(page.locator("#rows tr").first).to_contain_text("masuk")
