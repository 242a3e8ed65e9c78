"""The crew's phone: an order and its course, help, its own place, and nothing of others."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.browser.conftest import Open, Watched
from tests.browser.crew import PHONE, SLOW_MS, Room, call_sign, control_room, tap, waiting_crew
from tests.world import Server

WITH_GPS: dict[str, Any] = PHONE | {
    "permissions": ["geolocation"],
    "geolocation": {"longitude": 110.69, "latitude": -6.66, "accuracy": 14},
}


@pytest.fixture
def room(server: Server) -> Iterator[Room]:
    """A dispatcher at the server that the phone talks to."""
    with control_room(server) as room:
        yield room


@pytest.fixture
def crew(server: Server, open_page: Open) -> Watched:
    """The ambulance's phone on its page."""
    return waiting_crew(server, open_page)


def test_an_order_fills_the_screen_until_it_is_accepted(room: Room, crew: Watched):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))

    alarm = page.locator("#alarm")
    expect(alarm).to_contain_text("Kecelakaan lalu lintas")
    expect(alarm).to_contain_text("depan pasar")
    expect(alarm).to_contain_text("Desa Pecangaan Wetan")
    expect(alarm.locator(".ring")).to_contain_text("detik")
    page.keyboard.press("Escape")
    expect(alarm).to_be_visible()
    tap(page, "Terima")

    expect(alarm).to_be_hidden()
    expect(page.locator("#way")).to_contain_text("menit")
    href = page.get_by_role("link", name="Navigasi").get_attribute("href")
    assert href == "geo:-6.7002,110.7062?q=-6.7002,110.7062"
    expect(page.locator("#trail")).to_contain_text("diterima")
    wanted = ["diterima"]
    assert room.arrived(assignment, wanted) == wanted


def test_the_ring_says_when_the_time_to_answer_is_over(room: Room, crew: Watched):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    expect(page.locator("#alarm .ring")).to_contain_text("detik")
    with room.server.world.as_owner() as session:
        session.execute(
            text("UPDATE assignment SET ack_due_at = sent_at WHERE id = :id"), {"id": assignment}
        )
    page.reload()
    expect(page.locator("#alarm .ring.late")).to_contain_text("lewat waktu")
    tap(page, "Terima")


def test_the_whole_course_with_a_patient(room: Room, crew: Watched):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    for step in ("Terima", "Berangkat", "Tiba", "Bawa pasien"):
        tap(page, step)
    facility = page.locator(".facilities button").first
    name = facility.locator("b").inner_text()
    facility.click()
    expect(page.locator("#steps")).to_contain_text(name)
    tap(page, "Tiba di faskes")
    tap(page, "Selesai")
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")
    expect(page.locator("body")).not_to_contain_text("depan pasar")
    tap(page, "Sudah di pos")
    expect(page.locator("#unit-state")).to_contain_text("siap")

    wanted = [
        "diterima",
        "berangkat",
        "tiba",
        "membawa_pasien",
        "tiba_di_faskes",
        "selesai",
        "kembali",
    ]
    assert room.arrived(assignment, wanted) == wanted  # fmt: skip
    [row] = room.rows(
        "SELECT station.name FROM assignment JOIN station ON station.id = facility_id"
        " WHERE assignment.id = :id",
        id=assignment,
    )
    assert row.name == name


def test_a_double_tap_counts_once(room: Room, crew: Watched):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    main = page.locator("#steps .main")
    expect(main).to_have_text("Berangkat")
    expect(main).to_be_enabled()
    box = main.bounding_box()
    assert box is not None
    for _ in range(4):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(main).to_have_text("Tiba")
    expect(main).to_be_enabled()
    wanted = ["diterima", "berangkat"]
    assert room.arrived(assignment, wanted) == wanted


def test_a_diverted_crew_is_told_why_with_the_new_order(room: Room, crew: Watched):
    page = crew.page
    sign = call_sign(page)
    assignment = room.send(room.call("sampah"), sign)
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert room.arrived(assignment, ["diterima"]) == ["diterima"]
    version = room.unit(sign)["properties"]["assignment"]["version"]
    other = room.call("kebakaran", "gudang mebel")
    body = {"incident": other, "version": version}
    answer = room.client.post(f"/api/assignments/{assignment}/divert", json=body)
    assert answer.status_code == 201, answer.get_data(as_text=True)

    expect(page.locator("#alarm")).to_contain_text("Dialihkan: ada yang lebih gawat")
    expect(page.locator("#alarm")).to_contain_text("gudang mebel")
    tap(page, "Terima")


def test_a_call_for_help_reaches_the_room_and_comes_back_as_seen(
    room: Room, crew: Watched, open_page: Open
):
    page = crew.page
    sign = call_sign(page)
    assignment = room.send(room.call(), sign)
    tap(page, "Terima")
    board = open_page(room.server).login("dispatcher2", "/peta")
    board.evaluate(LISTEN_FOR_HELP, sign)

    page.get_by_role("button", name="Minta bantuan").click()
    danger = page.locator("#help .kind").first
    expect(danger).to_have_text("Petugas terancam")
    danger.click()
    assert room.rows("SELECT help_at FROM assignment WHERE id = :id", id=assignment)[0][0] is None
    danger.click()

    expect(page.locator("#helped")).to_contain_text("belum dilihat")
    board.wait_for_function("() => window.helped === 'petugas_terancam'")
    assert room.client.post(f"/api/assignments/{assignment}/help/seen", json={}).status_code == 200
    expect(page.locator("#helped")).to_contain_text("dilihat ruang 112 pukul")


def test_a_long_press_calls_for_help_too(room: Room, crew: Watched):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    page.get_by_role("button", name="Minta bantuan").click()
    page.locator("#help .kind").nth(3).click(delay=1300)
    expect(page.locator("#helped")).to_contain_text("Bantuan polisi")
    rows = room.rows("SELECT help_kind FROM assignment WHERE id = :id", id=assignment)
    assert rows[0][0] == "polisi"


def test_the_unit_moves_on_the_board_while_its_crew_shares_its_place(
    server: Server, room: Room, open_page: Open
):
    page = open_page(server, 360, 740, **WITH_GPS).login("ambulans")
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")
    sign = call_sign(page)
    switch(page, "Bagikan posisi unit").check()
    expect(page.locator("#sharing")).to_contain_text("terkirim", timeout=SLOW_MS)
    assert room.unit(sign)["geometry"]["coordinates"] == pytest.approx([110.69, -6.66])

    # Sixty metres: farther in a moment no engine goes, and the server would not believe it.
    page.context.set_geolocation({"longitude": 110.6905, "latitude": -6.6602, "accuracy": 9})
    expect(page.locator("#sharing")).to_contain_text("ketelitian 9 m")
    with page.expect_response(lambda answer: answer.url.endswith("/api/positions")) as sent:
        pass
    assert sent.value.json() == {"taken": 1, "flagged": []}
    place = room.unit(sign)["geometry"]["coordinates"]
    assert place == pytest.approx([110.6905, -6.6602])


def test_nothing_is_asked_of_a_crew_that_has_not_agreed(
    server: Server, room: Room, open_page: Open
):
    page = open_page(server, 360, 740, **WITH_GPS).login("ambulans")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url))
    room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    tap(page, "Berangkat")
    expect(page.locator("#trail")).to_contain_text("di jalan")
    assert not [url for url in sent if url.endswith("/api/positions")]


def test_a_refused_gps_is_explained(server: Server, open_page: Open):
    page = open_page(server, 360, 740, **PHONE).login("ambulans")
    switch(page, "Bagikan posisi unit").check()
    expect(page.locator("#sharing")).to_contain_text("Izin lokasi ditolak")


def test_the_crew_tells_who_is_on_board_and_goes_off_duty(room: Room, crew: Watched):
    page = crew.page
    sign = call_sign(page)
    for _ in range(3):
        page.get_by_role("button", name="Awak tambah satu").click()
    page.get_by_label("Dinas sampai").fill("19:30")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#duty")).to_contain_text("Tersimpan")
    facts = room.unit(sign)["properties"]
    assert facts["crew"] == 3
    ends = datetime.fromisoformat(facts["shift_ends_at"])
    assert (ends.hour, ends.minute) == (12, 30)  # 19.30 WIB
    assert timedelta() < ends - datetime.now(UTC) <= timedelta(days=1)

    page.get_by_role("button", name="Lepas dinas").click()
    expect(page.locator("#task")).to_contain_text("Lepas dinas")
    assert room.unit(sign)["properties"]["state"] == "lepas_dinas"
    page.get_by_role("button", name="Mulai dinas").click()
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")


def test_anothers_assignment_is_not_there(room: Room, crew: Watched):
    page = crew.page
    own = call_sign(page)
    units = room.client.get("/api/board").json["units"]["features"]
    other = next(
        u["properties"]["call_sign"]
        for u in units
        if u["properties"]["call_sign"] != own and u["properties"]["state"] == "siap"
    )
    incident = room.call()
    assignment = room.send(incident, other)
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")
    asked = {
        path: page.evaluate(ASK, [method, path])
        for method, path in [
            ("GET", f"/api/incidents/{incident}"),
            ("GET", f"/api/incidents/{incident}/photos"),
            ("GET", f"/api/assignments/{assignment}/way"),
            ("POST", f"/api/assignments/{assignment}/state"),
            ("POST", f"/api/assignments/{assignment}/help"),
        ]
    }
    assert set(asked.values()) <= {403, 404}, asked
    assert page.evaluate(ASK, ["GET", "/api/tasks"]) == 200
    expect(page.locator("body")).not_to_contain_text("depan pasar")


def switch(page: Page, name: str) -> Locator:
    """A switch of the page."""
    return page.get_by_role("switch", name=name)


ASK = """async ([method, path]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const headers = {"X-CSRF-Token": token, "Content-Type": "application/json"};
  const body = path.endsWith("/help") ? {kind: "medis"} : {state: "berangkat"};
  const answer = await fetch(path, {
    method, headers, body: method === "POST" ? JSON.stringify(body) : undefined,
  });
  return answer.status;
}"""
LISTEN_FOR_HELP = """async (sign) => {
  const { cursor } = await (await fetch("/api/board")).json();
  const stream = new EventSource(`/api/events?after=${encodeURIComponent(cursor)}`);
  stream.addEventListener("unit", (message) => {
    const { properties } = JSON.parse(message.data);
    if (properties.call_sign === sign && properties.assignment?.help_kind)
      window.helped = properties.assignment.help_kind;
  });
}"""
