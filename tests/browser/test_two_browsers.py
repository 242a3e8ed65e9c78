"""What one screen does, the others show; and a unit goes to one incident only."""

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.talk import HAS_DOT, place, save
from tests.world import Server


def test_a_call_is_a_dot_on_the_other_screen_within_two_seconds(
    live_server: Server, open_page: Open
):
    operator = open_page(live_server).login("operator1")
    other = open_page(live_server).login("dispatcher1", "/konsol")
    leader = open_page(live_server).login("bupati", "/peta")

    # The middle one of three: both browsers draw in software on the machine of the server.
    waits = sorted(_seconds_until_seen(operator, other, before) for before in range(3))

    assert waits[1] < 2
    expect(leader.locator("#sentence")).to_contain_text("3 terbuka di 1 desa")


def test_the_second_dispatcher_is_told_who_was_faster(live_server: Server, open_page: Open):
    operator = open_page(live_server).login("operator1")
    place(operator, "pecangaan wetan")
    operator.locator("#what").fill("Orang pingsan di pasar")
    operator.locator('input[name="category"][value="kebakaran"]').check()
    incident = save(operator)["incident"]

    first = _at_incident(open_page(live_server).login("dispatcher1", "/konsol"), incident["id"])
    second = _at_incident(open_page(live_server).login("dispatcher2", "/konsol"), incident["id"])
    label = first.locator("#units button.send-unit").first.get_attribute("aria-label")
    assert label is not None
    call_sign = label.removeprefix("Kirim ")

    first.get_by_role("button", name=label, exact=True).click()
    expect(first.locator("#units [role=status]")).to_contain_text(f"{call_sign} dikirim")

    second.get_by_role("button", name=label, exact=True).click()
    refusal = second.locator("#units [role=alert]")
    expect(refusal).to_contain_text(f"{call_sign} baru saja dikirim oleh Danang Wicaksono pukul")
    expect(second.get_by_role("button", name=label, exact=True)).to_have_count(0)
    expect(second.locator("#detail")).to_contain_text(f"{call_sign} ditugaskan")


def _seconds_until_seen(operator: Page, other: Page, before: int) -> float:
    """From the answer to the operator until the other map shows dot and darker village."""
    place(operator, "pecangaan wetan")
    expect(operator.locator("#placement")).to_contain_text("Desa Pecangaan Wetan, Kec. Pecangaan")
    operator.keyboard.press("Alt+2")
    operator.locator("#what").fill("Api besar di gudang mebel")
    incident = save(operator)["incident"]
    began = time.monotonic()
    village = incident["properties"]["village"]
    assert village["name"] == "Pecangaan Wetan"
    other.wait_for_function(HAS_DOT, arg=[incident["id"], village["code"], before], polling=50)
    waited = time.monotonic() - began
    operator.keyboard.press("Alt+b")
    return waited


def _at_incident(page: Page, incident_id: int) -> Page:
    page.locator(f'#queue [data-id="{incident_id}"]').click()
    expect(page.locator("#units button.send-unit").first).to_be_visible()
    return page
