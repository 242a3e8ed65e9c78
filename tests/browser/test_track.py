"""A reporter follows a report on a phone: no script, no log-in, words that anybody understands."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.conftest import Open
from tests.world import Server, World

KEYS = iter(f"followed-{n:04d}" for n in range(1000))


def take(world: World, room: FlaskClient) -> tuple[str, int]:
    """The code and the ticket of a new report."""
    body = {"where": "depan balai desa", "what": "lampu padam", "category": "layanan_publik"}
    headers = {"Idempotency-Key": next(KEYS)}
    taken = room.post("/api/calls", json=body, headers=headers).get_json()
    with world.as_owner() as session:
        asked = text("SELECT min(id) FROM ticket WHERE incident_id = :id")
        return taken["code"], int(session.scalar(asked, {"id": taken["incident"]["id"]}))


def move(client: FlaskClient, ticket: int, to: str, **more: str) -> None:
    version = client.get(f"/api/tickets/{ticket}").get_json()["version"]
    body = {"to": to, "version": version, "key": next(KEYS)} | more
    answer = client.post(f"/api/tickets/{ticket}/moves", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)


@pytest.fixture
def phone(server: Server, open_page: Open) -> Page:
    return open_page(server, width=360, height=740, java_script_enabled=False).page


def test_a_report_is_followed_answered_and_opened_again(
    server: Server, shared_world: World, phone: Page
):
    room, officer = shared_world.client("dispatcher1"), shared_world.client("pupr1")
    code, ticket = take(shared_world, room)
    phone.goto(f"{server.url}/lacak")
    phone.get_by_label("Nomor laporan").fill("1-aaaa-aaaa")
    phone.get_by_role("button", name="Lihat").click()
    expect(phone.get_by_role("alert")).to_contain_text("tidak dikenal")
    phone.get_by_label("Nomor laporan").fill(code.lower().replace("-", " "))
    phone.get_by_role("button", name="Lihat").click()
    expect(phone.locator(".stand .now")).to_contain_text("Diterima ruang 112")
    expect(phone.locator(".stand .next")).to_contain_text("paling lambat")

    move(room, ticket, "didisposisi", agency="dpupr")
    move(officer, ticket, "diterima_opd")
    move(officer, ticket, "ditindaklanjuti")
    move(officer, ticket, "menunggu_tanggapan", answer="Lampu sudah kami ganti.")
    phone.reload()
    expect(phone.locator(".words .theirs .text")).to_have_text("Lampu sudah kami ganti.")
    phone.locator("summary").click()
    phone.get_by_label("Apa yang belum beres?").fill("Lampunya padam lagi.")
    phone.get_by_role("button", name="Buka kembali").click()
    expect(phone.locator(".stand .now")).to_contain_text("Dibuka kembali")
    expect(phone.locator(".words .own .text")).to_have_text("Lampunya padam lagi.")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360

    move(officer, ticket, "dikerjakan")
    move(officer, ticket, "ditindaklanjuti")
    move(officer, ticket, "menunggu_tanggapan", answer="Kabelnya kami ganti juga.")
    phone.reload()
    phone.get_by_role("button", name=re.compile("^5")).click()
    expect(phone.locator(".stand .now")).to_contain_text("Selesai")
    expect(phone.get_by_text("Nilai Anda: 5.")).to_be_visible()
