"""How sure a place is, on the console: suggestions, the question, contradictions, the worklist."""

from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Open
from tests.browser.talk import pin_by_hand, save
from tests.browser.test_every_page import SCROLL, serious
from tests.world import Server

SHADED = """() => {
  const {map} = window.tanggap;
  return map.getFilter("village-chance")[0] === "in";
}"""
# Two villages share the name, and so does the kecamatan around them.
HALF_A_NAME = "pecangaan"
RIGHT_TO_LEFT = "😀🔥 \u202e\u0634\u0627\u0631\u0639 %% (((("
OF_KUDUS = "jl sunan kudus kota kudus"


def find(page: Page, words: str) -> None:
    """Type a place and wait for its suggestions."""
    page.keyboard.press("Alt+d")
    page.locator("#where").fill("")
    page.keyboard.type(words)
    expect(page.locator("#places [role=option]").first).to_be_visible()


def is_weighing(answer: Response) -> bool:
    """Whether this is what the evidence comes to."""
    return answer.url.endswith("/api/places/weigh")


def test_suggestions_tell_how_likely_and_why_and_are_drawn(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    find(page, HALF_A_NAME)
    first = page.locator("#places [role=option]").first
    expect(first.locator(".chance")).to_contain_text("%")
    expect(first.locator(".why")).not_to_be_empty()
    assert page.locator("#places [role=option]").count() <= 8
    page.wait_for_function(SHADED)
    expect(page.locator("#places-ask .question")).to_be_visible()


def test_an_answer_by_key_changes_the_chances_and_can_be_taken_back(
    server: Server, open_page: Open
):
    page = open_page(server).login("operator1")
    find(page, HALF_A_NAME)
    page.keyboard.press("Escape")
    expect(page.locator("#doubt-card .belief")).to_contain_text("%")
    expect(page.locator("#found .question")).to_be_visible()
    doubtful = page.locator("#doubt-card .belief").inner_text()
    first = page.locator('#found [data-option="first"] .whole').inner_text()

    page.keyboard.press("Alt+z")
    expect(page.locator("#doubt-card .answered")).to_contain_text(first)
    expect(page.locator("#found .good")).to_contain_text(f"Diterima: {first}")
    expect(page.locator("#where")).to_be_focused()

    page.keyboard.press("Alt+h")
    expect(page.locator("#doubt-card .answered")).to_have_count(0)
    page.keyboard.press("Alt+v")
    expect(page.locator("#doubt-card .answered")).to_contain_text("tidak tahu")
    page.keyboard.press("Alt+h")
    expect(page.locator("#doubt-card .belief")).to_have_text(doubtful, use_inner_text=True)


def test_an_answer_in_the_open_list_leads_to_its_village(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    find(page, HALF_A_NAME)
    second = page.locator('#places-ask [data-option="second"] .whole').inner_text()
    page.keyboard.press("Alt+x")
    expect(page.locator("#places")).to_be_hidden()
    expect(page.locator("#placement")).to_contain_text(f"Desa {second}")
    incident = save(page)["incident"]
    assert incident["properties"]["village"]["name"] == second


def test_a_contradiction_is_said_and_saved_all_the_same(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    find(page, "pecangaan wetan")
    page.keyboard.press("Enter")
    expect(page.locator("#placement")).to_contain_text("Desa Pecangaan Wetan")
    pin_by_hand(page, 110.69, -6.60)
    against = page.locator("#doubt-card .against")
    expect(against).to_contain_text("Pecangaan Wetan")
    expect(against).to_contain_text("Pin di")

    incident = save(page)["incident"]

    assert incident["properties"]["contradictions"]
    expect(page.locator("#detail .against")).to_contain_text("Pecangaan Wetan")
    page.locator("#detail .against").get_by_role("button", name="Pin benar").click()
    expect(page.locator("#detail .told")).to_contain_text("menurut Anda")
    expect(page.locator("#detail .against")).to_have_count(0)


def test_the_callers_words_can_win_over_the_pin(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    find(page, "pecangaan wetan")
    page.keyboard.press("Enter")
    expect(page.locator("#placement")).to_contain_text("Desa Pecangaan Wetan")
    pin_by_hand(page, 110.83, -6.55)
    page.locator("#doubt-card").get_by_role("button", name="Kata pelapor benar").click()
    expect(page.locator("#placement")).to_contain_text("Desa Pecangaan Wetan")
    expect(page.locator("#doubt-card .against")).to_have_count(0)


def test_a_pin_can_be_less_exact_by_keyboard(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.locator("#where").evaluate("field => field.blur()")
    pin_by_hand(page, 110.716, -6.697)
    page.keyboard.press("r")
    expect(page.locator(".radius input:checked")).to_be_focused()
    for metres in ("50", "150", "500"):
        with page.expect_response(is_weighing):
            page.keyboard.press("ArrowRight")
        expect(page.locator(".radius input:checked")).to_have_value(metres)
        expect(page.locator(".radius input:checked")).to_be_focused()
    assert page.locator("#doubt-card .belief li").count() >= 2
    page.locator("#what").fill("Api di kebun")
    incident = save(page)["incident"]
    assert incident["properties"]["location"]["radius_m"] == 500


def test_another_regency_is_an_answer_and_not_an_error(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    find(page, OF_KUDUS)
    first = page.locator("#places [role=option]").first
    expect(first).to_contain_text("Luar wilayah: Kabupaten Kudus")
    page.keyboard.press("Enter")
    expect(page.locator("#found .warn")).to_contain_text("Kabupaten Kudus")
    incident = save(page)["incident"]
    assert incident["geometry"] is None
    assert incident["properties"]["outside"] is True
    assert incident["properties"]["location"]["away"] == "Kabupaten Kudus"
    assert incident["properties"]["place"] == OF_KUDUS  # the words stay as they were said


def test_the_worklist_puts_the_worst_first_and_a_village_settles_it(
    live_server: Server, open_page: Open
):
    page = open_page(live_server).login("operator1")
    small = _doubtful_call(page)
    grave = _doubtful_call(page, "kebakaran")
    page.keyboard.press("Escape")

    page.keyboard.press("Alt+l")
    rows = page.locator("#unsure .incident-row")
    expect(rows).to_have_count(2)
    assert [row.get_attribute("data-id") for row in rows.all()] == [str(grave), str(small)]
    expect(rows.first).to_contain_text("Pecangaan Kulon")
    expect(rows.first).to_contain_text("%")

    page.keyboard.press("Enter")
    page.wait_for_function(SHADED)
    expect(page.locator("#detail .question")).to_be_visible()
    page.locator("#detail .belief button").nth(1).press("Enter")
    expect(page.locator("#detail .told")).to_contain_text("menurut Anda")
    expect(page.locator("#detail .case-place")).to_have_count(0)
    village = page.locator("#detail .told").inner_text()
    expect(page.locator("#detail .facts")).to_contain_text(
        "Pecangaan Wetan" if "Wetan" in village else "Pecangaan Kulon"
    )


def test_a_village_that_somebody_else_settled_is_not_settled_twice(
    live_server: Server, open_page: Open
):
    one = open_page(live_server).login("operator1")
    incident = _doubtful_call(one, "kebakaran")
    other = open_page(live_server).login("operator2")
    # The second screen has opened the case and then heard of nothing more.
    other.keyboard.press("Alt+l")
    other.locator(f'#unsure [data-id="{incident}"]').click()
    expect(other.locator("#detail .question")).to_be_visible()
    other.locator("#repin-where").focus()
    one.locator("#detail .belief button").first.click()
    expect(one.locator("#detail .told")).to_contain_text("menurut Anda")
    other.locator("#detail .belief button").last.click()
    expect(other.locator("#detail .case-place [role=alert]")).to_contain_text("diubah orang lain")


def test_a_story_in_the_place_field_is_answered_in_words(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.locator("#where").focus()
    page.keyboard.insert_text("aduh pak tolong " * 625)
    expect(page.locator("#places")).to_contain_text("Terlalu panjang untuk dicari")
    page.keyboard.press("Escape")
    page.locator("#where").fill("")
    page.keyboard.insert_text(RIGHT_TO_LEFT)
    expect(page.locator("#places")).to_contain_text("Tidak ada yang cocok")
    incident = save(page)["incident"]
    assert "😀" in incident["properties"]["place"]


def test_the_doubt_fits_a_phone_and_everybody(server: Server, open_page: Open):
    page = open_page(server, 360, 740, has_touch=True).login("operator1")
    page.locator("#where").fill(HALF_A_NAME)
    expect(page.locator("#places [role=option]").first).to_be_visible()
    assert page.evaluate(SCROLL) <= 0
    page.locator("#where").press("Escape")
    expect(page.locator("#found .question")).to_be_visible()
    assert page.evaluate(SCROLL) <= 0
    for button in page.locator("#found .options button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
    assert serious(page) == []


def test_axe_finds_nothing_serious_in_what_is_doubtful(server: Server, open_page: Open):
    page = open_page(server, color_scheme="dark").login("operator1")
    find(page, HALF_A_NAME)
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#found .question")).to_be_visible()
    save(page)
    expect(page.locator("#detail .question")).to_be_visible()
    assert serious(page) == []


def _doubtful_call(page: Page, category: str | None = None) -> int:
    page.keyboard.press("Alt+b")
    find(page, HALF_A_NAME)
    page.keyboard.press("Escape")
    if category:
        page.locator(f'input[name="category"][value="{category}"]').check()
    page.locator("#what").fill("Minta tolong")
    incident: int = save(page)["incident"]["id"]
    expect(page.locator("#detail .question")).to_be_visible()
    return incident
