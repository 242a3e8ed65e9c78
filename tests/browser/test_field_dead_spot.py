"""The crew's phone in a dead spot: nothing is lost or comes twice, no word of a case is kept."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Watched
from tests.browser.crew import (
    SLOW_MS,
    WORKER_READY,
    Room,
    call_sign,
    control_room,
    tap,
    waiting_crew,
)
from tests.browser.line import Line, open_line
from tests.world import Server


@pytest.fixture
def room(server: Server) -> Iterator[Room]:
    """A dispatcher at the server that the phone talks to."""
    with control_room(server) as room:
        yield room


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    """From the crew's phone to the server."""
    with open_line(server) as line:
        yield line


@pytest.fixture
def crew(line: Line, open_page: Open) -> Watched:
    """The ambulance's phone on its page."""
    return waiting_crew(line.server, open_page)


def test_a_dead_spot_costs_no_step(room: Room, crew: Watched, line: Line):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert page.evaluate(WORKER_READY)

    with line.dead_spot(page):
        for step in ("Berangkat", "Tiba", "Selesai"):
            tap(page, step)
        expect(page.locator("#queue")).to_contain_text("3 langkah belum terkirim")
        assert len(room.steps(assignment)) == 1
        page.reload()
        expect(page.locator("#queue")).to_contain_text("3 langkah belum terkirim")
        expect(page.locator("#queue ol")).to_contain_text("Berangkat")
        expect(page.locator("body")).not_to_contain_text("depan pasar")
        # Nobody wants to wait for it: let the taps have been made twelve minutes ago.
        change_waiting(page, "row.at = new Date(Date.parse(row.at) - 12 * 60000).toISOString()")

        page.reload()
    expect(page.locator("#queue")).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator("#unit-state")).to_contain_text("kembali ke pos", timeout=SLOW_MS)
    steps = room.steps(assignment)
    assert [state for state, _, _ in steps] == ["diterima", "berangkat", "tiba", "selesai"]
    for _, at, claimed_at in steps[1:]:
        assert claimed_at is not None
        assert timedelta(minutes=11) < at - claimed_at < timedelta(minutes=14)
    expect(page.locator("#trail small").first).to_contain_text("ponsel")


def test_after_a_reload_in_a_dead_spot_the_course_goes_on(room: Room, crew: Watched, line: Line):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert page.evaluate(WORKER_READY)
    with line.dead_spot(page):
        page.reload()
        expect(page.locator("#task")).to_contain_text("Rincian tugas belum terbaca")
        tap(page, "Berangkat")
    expect(page.locator("#queue")).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator("#task")).to_contain_text("depan pasar", timeout=SLOW_MS)
    wanted = ["diterima", "berangkat"]
    assert room.arrived(assignment, wanted) == wanted


def test_the_phone_keeps_no_word_of_the_case(room: Room, crew: Watched, line: Line):
    page = crew.page
    room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#task")).to_contain_text("depan pasar")
    assert page.evaluate(WORKER_READY)
    with line.dead_spot(page):
        tap(page, "Berangkat")
        expect(page.locator("#queue")).to_contain_text("belum terkirim")

        kept = page.evaluate(KEPT)
        assert "berangkat" in kept
        for word in ("depan pasar", "Karsih", "Pecangaan", "085551234567", "110.7", "lalu_lintas"):
            assert word not in kept


def test_log_out_empties_the_phone(room: Room, crew: Watched):
    page = crew.page
    room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    assert page.evaluate(WORKER_READY)
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk*")
    assert page.evaluate("async () => (await caches.keys()).length") == 0
    left = "async () => (await indexedDB.databases()).map((one) => one.name)"
    assert page.evaluate(left) == []


def test_a_refused_step_is_told_and_leaves_the_queue(room: Room, crew: Watched, line: Line):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert page.evaluate(WORKER_READY)
    with line.dead_spot(page):
        tap(page, "Berangkat")
        expect(page.locator("#queue")).to_contain_text("Berangkat")
        # No tap leads there: the page must be honest all the same.
        change_waiting(page, "row.state = 'tiba_di_faskes'")
        page.reload()
        expect(page.locator("#queue ol")).to_contain_text("Tiba di faskes")

    told = page.locator("#told")
    expect(told).to_contain_text("Tiba di faskes", timeout=SLOW_MS)
    expect(told).to_contain_text("tidak diterima server")
    expect(told).to_contain_text("from diterima may follow")
    expect(page.locator("#queue")).to_be_hidden()
    tap(page, "Berangkat")
    expect(page.locator("#trail")).to_contain_text("di jalan")
    wanted = ["diterima", "berangkat"]
    assert room.arrived(assignment, wanted) == wanted


def test_a_cancelled_crew_is_told_why_even_after_a_dead_spot(room: Room, crew: Watched, line: Line):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    with line.dead_spot(page):
        tap(page, "Berangkat")
        room.step(assignment, "dibatalkan", reason="tidak_diperlukan")
    recall = page.locator("#recall")
    expect(recall).to_contain_text("Dibatalkan: tidak diperlukan lagi", timeout=SLOW_MS)
    expect(recall).to_contain_text("depan pasar")
    recall.get_by_role("button", name="Mengerti").click()
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")
    expect(page.locator("#queue")).to_be_hidden(timeout=SLOW_MS)


def test_a_photo_from_a_dead_spot_arrives_without_what_the_camera_wrote(
    room: Room, crew: Watched, line: Line
):
    page = crew.page
    assignment = room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert page.evaluate(WORKER_READY)
    with line.dead_spot(page):
        take_photo(page)
        expect(page.locator("#photos li")).to_contain_text("belum terkirim")
        page.reload()
        expect(page.locator("#photos li")).to_contain_text("belum terkirim")

    expect(page.locator("#photos li")).to_contain_text("terkirim", timeout=SLOW_MS)
    expect(page.locator("#photos li.waiting")).to_have_count(0, timeout=SLOW_MS)
    expect(page.locator("#photos img")).to_have_js_property("complete", True)
    [row] = room.rows("SELECT image FROM photo WHERE assignment_id = :id", id=assignment)
    arrived = Image.open(io.BytesIO(bytes(row.image)))
    assert dict(arrived.getexif()) == {}
    assert b"Kamera Rahasia" not in bytes(row.image)


def test_the_worker_keeps_the_page_but_no_answer_of_the_api(room: Room, crew: Watched):
    page = crew.page
    room.send(room.call(), call_sign(page))
    tap(page, "Terima")
    expect(page.locator("#trail")).to_contain_text("diterima")
    assert page.evaluate(WORKER_READY)
    urls = page.evaluate(CACHED)
    assert "/tugas" in urls
    assert not [url for url in urls if url != "/tugas" and not url.startswith("/static/")]


def take_photo(page: Page) -> None:
    """A picture with the camera's own notes in it."""
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    file = io.BytesIO()
    Image.new("RGB", (400, 300), (120, 140, 90)).save(file, "JPEG", exif=exif)
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    page.set_input_files("#photo-input", files=[photo])  # type: ignore[list-item]


def change_waiting(page: Page, change: str) -> None:
    """Change each step that waits on the phone, as `row`."""
    page.evaluate(CHANGE.replace("CHANGE", change))


OPEN_FOLDER = """
const folder = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("tanggap-lapangan");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const done = (asked) => new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
"""
CHANGE = f"""async () => {{
  {OPEN_FOLDER}
  const base = await folder();
  const change = base.transaction("steps", "readwrite");
  // A reload takes back what is not committed, and a put that succeeded is not yet.
  const committed = new Promise((resolve) => (change.oncomplete = resolve));
  const rows = change.objectStore("steps");
  for (const row of await done(rows.getAll())) {{
    CHANGE;
    rows.put(row);
  }}
  await committed;
  base.close();
}}"""
KEPT = f"""async () => {{
  {OPEN_FOLDER}
  const base = await folder();
  const rows = [];
  for (const name of base.objectStoreNames)
    rows.push(await done(base.transaction(name).objectStore(name).getAll()));
  base.close();
  const pages = [];
  for (const name of await caches.keys())
    pages.push(await (await (await caches.open(name)).match("/tugas")).text());
  return JSON.stringify([rows, {{...localStorage}}, {{...sessionStorage}}, pages]);
}}"""
CACHED = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const kept = (await Promise.all(opened.map((cache) => cache.keys()))).flat();
  return kept.map((one) => new URL(one.url).pathname);
}"""
