"""The console: by keyboard alone, and with nothing lost when the line is cut."""

from playwright.sync_api import Route, expect
from sqlalchemy import func, select

from dispatch.schema import Call
from tests.browser.conftest import Open
from tests.browser.talk import is_answer_to_call, place, save
from tests.world import Server


def test_a_call_is_logged_by_keyboard_alone(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    expect(page.locator("#where")).to_be_focused()
    page.keyboard.type("pecangaan wetan")
    expect(page.locator("#places [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#placement")).to_contain_text("dari batas")
    page.keyboard.press("Alt+2")
    expect(page.locator('input[name="category"]:checked')).to_have_value("kebakaran")
    page.keyboard.press("Alt+k")
    page.keyboard.type("Api di dapur")
    page.keyboard.press("Alt+t")
    page.keyboard.type("081234567890")
    page.keyboard.press("Alt+j")
    expect(page.locator("#risk")).to_be_checked()

    incident = save(page)["incident"]

    assert incident["properties"]["category"] == "kebakaran"
    expect(page.locator("#detail")).to_contain_text(f"Tersimpan sebagai #{incident['id']}")
    expect(page.locator("#units button.send-unit").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#units [role=status]")).to_contain_text("dikirim")
    expect(page.locator("#units button.send-unit:focus")).to_have_count(0)

    page.keyboard.press("Alt+b")
    expect(page.locator("#where")).to_be_focused()
    expect(page.locator("#where")).to_have_value("")


def test_the_class_has_a_key_and_a_silent_call_needs_nothing_else(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.keyboard.press("Alt+g")
    answer = save(page)
    assert answer["incident"] is None
    expect(page.locator("#joins")).to_contain_text("tanpa kejadian")


def test_words_alone_open_an_incident_that_can_be_pinned_later(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.keyboard.type("sebelah warung yang ada pohonnya")
    page.keyboard.press("Alt+2")
    incident = save(page)["incident"]
    assert incident["geometry"] is None
    page.keyboard.press("Escape")

    page.keyboard.press("Alt+l")
    page.locator(f'#unsure [data-id="{incident["id"]}"]').press("Enter")
    page.locator("#repin-where").fill("")
    page.locator("#repin-where").press_sequentially("bangsri")
    expect(page.locator("#repin-places [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pasang pin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_contain_text("Pin terpasang")
    expect(page.locator("#units button.send-unit").first).to_be_visible()


def test_a_call_outside_the_regency_is_taken_and_said_in_words(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    place(page, "-6.98, 110.42")
    expect(page.locator("#placement")).to_contain_text("Luar wilayah. Desa terdekat")
    incident = save(page)["incident"]
    assert incident["properties"]["outside"] is True


def test_the_pin_moves_with_the_arrow_keys(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    place(page, "pecangaan wetan")
    expect(page.locator("#placement")).to_contain_text("Desa Pecangaan Wetan")
    before = page.locator("#placement").inner_text()
    pin = page.get_by_role("button", name="Pin. Tombol panah")
    pin.focus()
    for _ in range(5):
        pin.press("Shift+ArrowRight")
    expect(page.locator("#placement")).not_to_have_text(before)
    # Near a border, or in another village than the words say: either is told.
    expect(page.locator("#placement .warn, #doubt-card .against").first).to_be_visible()


def lose_the_answer(route: Route) -> None:
    """The server takes the call, but its answer is lost on the way."""
    try:
        route.fetch()
    finally:
        route.abort()


def test_a_call_waits_for_the_line_and_arrives_once(server: Server, open_page: Open):
    page = open_page(server).login("operator2")
    page.keyboard.type("dekat pom bensin, kata yang satu ini saja")
    page.route("**/api/calls", lose_the_answer)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outbox")).to_contain_text("Belum terkirim")

    page.keyboard.press("Alt+b")
    page.keyboard.type("panggilan kedua")
    page.unroute("**/api/calls")
    with page.expect_response(is_answer_to_call) as answered:
        # Pressed if it is still there: the console may have tried again by itself.
        page.evaluate("() => document.querySelector('#outbox button')?.click()")

    assert answered.value.headers["idempotent-replay"] == "true"
    expect(page.locator("#outbox")).to_contain_text("Terkirim")
    expect(page.locator("#where")).to_have_value("panggilan kedua")
    with server.world.as_owner() as session:
        said = select(func.count()).where(Call.said_where.endswith("yang satu ini saja"))
        assert session.scalar(said) == 1


def test_a_call_that_is_put_aside_comes_back_whole(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    place(page, "pecangaan wetan")
    page.locator("#what").fill("Belum selesai bercerita")
    page.keyboard.press("Alt+b")
    expect(page.locator("#what")).to_have_value("")
    expect(page.locator("#outbox")).to_contain_text("Draf: pecangaan wetan")
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.locator("#what")).to_have_value("Belum selesai bercerita")
    expect(page.locator("#placement")).to_contain_text("Desa Pecangaan Wetan")


def test_nothing_of_a_caller_enters_the_browsers_storage(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.locator("#what").fill("Rahasia pelapor")
    page.locator("#phone").fill("081298765432")
    page.locator("#phone").press("Tab")
    stored = page.evaluate(
        "() => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})"
    )
    assert "Rahasia" not in stored
    assert "0812" not in stored


def test_an_event_knocks_and_moves_nothing(server: Server, open_page: Open):
    one = open_page(server).login("operator1")
    other = open_page(server).login("operator2")
    one.locator("#where").fill("sedang mengetik")
    other.locator("#where").fill("tempat lain")
    save(other)
    expect(one.locator("#knock")).to_have_text("+1 baru")
    expect(one.locator("#where")).to_be_focused()
    expect(one.locator("#where")).to_have_value("sedang mengetik")


def test_the_question_mark_shows_every_key(server: Server, open_page: Open):
    page = open_page(server).login("operator1")
    page.locator("#where").evaluate("field => field.blur()")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    expect(page.locator("#keys-list dt")).to_have_count(page.locator("#keys-list dd").count())
    expect(page.locator("#keys-list")).to_contain_text("Panggilan berikut")
