"""The wallboard: it says how long the oldest waits, and comes back alone, whatever befalls it."""

import os
import signal
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, text, update

import tests.world
from dispatch.schema import Incident, User, UserSession
from tests.browser.conftest import Open
from tests.world import Server, World, serve

WALL = "/dinding?layar=penuh"
READ = "() => window.tanggap.read()"
COUNTERS = ("nodes", "jsEventListeners")


def take(server: Server, open_page: Open, **call: Any) -> int:
    """Id of a case that an operator takes."""
    page = open_page(server).login("operator1")
    answer = page.evaluate(
        """async (call) => {
          const token = document.querySelector('meta[name="csrf-token"]').content;
          const headers = {"Content-Type": "application/json", "X-CSRF-Token": token,
            "Idempotency-Key": crypto.randomUUID()};
          const body = JSON.stringify({channel: "112", class: "normal", ...call});
          return (await fetch("/api/calls", {method: "POST", headers, body})).json();
        }""",
        call,
    )
    return int(answer["incident"]["id"])


def make_older(world: World, incident: int, minutes: int) -> None:
    """As if it had come so long ago."""
    with world.as_owner() as session:
        earlier = text(f"opened_at - interval '{minutes} minutes'")
        session.execute(update(Incident).where(Incident.id == incident).values(opened_at=earlier))


def grown(page: Page) -> list[int]:
    """How much the page holds, after the collector has been."""
    line = page.context.new_cdp_session(page)
    line.send("HeapProfiler.collectGarbage")
    held = line.send("Memory.getDOMCounters")
    line.detach()
    return [held[name] for name in COUNTERS]


def test_the_wall_says_what_waits_and_turns_amber_and_red(server: Server, open_page: Open):
    page = open_page(server, 1920, 1080).login("dinding", f"{WALL}&tema=siang")
    expect(page.locator("header.topbar")).to_be_hidden()
    expect(page.locator("#wall-queue")).to_have_attribute("data-stage", "none")
    expect(page.locator("#queue-age")).to_have_text("Tidak ada")
    expect(page.locator("#wall-units")).to_contain_text("Ambulans")
    pin = {"lon": 110.6525, "lat": -6.6216}

    number = take(server, open_page, what="Api", where="kenari", category="kebakaran", pin=pin)

    expect(page.locator("#wall-last li").first).to_contain_text("Kebakaran")  # by the wire
    expect(page.locator("#figure-waiting .number")).to_have_text("1")
    expect(page.locator("#queue-stage")).to_have_text("masih dalam target")
    first = page.locator("#queue-age").inner_text()
    expect(page.locator("#queue-age")).not_to_have_text(first)  # it grows
    for minutes, stage, words in ((8, "half", "lebih dari separuh"), (8, "over", "lewat target")):
        make_older(server.world, number, minutes)
        page.evaluate(READ)
        expect(page.locator("#wall-queue")).to_have_attribute("data-stage", stage)
        expect(page.locator("#queue-stage")).to_contain_text(words)
    expect(page.locator("body")).not_to_contain_text("kenari")
    _fits(page)
    for size in ({"width": 1366, "height": 768}, {"width": 3840, "height": 2160}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        _fits(page)


def _fits(page: Page) -> None:
    """Nothing to scroll, and nothing cut off at the lower end."""
    over = page.evaluate(
        """() => {
          const root = document.documentElement;
          const boxes = [...document.querySelectorAll("#wall section, #wall .card")];
          return [root.scrollHeight - innerHeight, root.scrollWidth - innerWidth,
            ...boxes.map((box) => Math.round(box.scrollHeight - box.clientHeight))];
        }"""
    )
    assert max(over) <= 1, over


def test_a_wall_that_was_cut_says_so_and_comes_back_alone(
    shared_world: World, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    with serve(shared_world) as server:
        page = open_page(server, 1366, 768).login("dinding", WALL)
        expect(page.locator("#wall-link")).to_contain_text("diperbarui")
        page.context.set_offline(True)
        expect(page.locator("#cut-title")).to_contain_text("Terputus sejak", timeout=20_000)
        expect(page.locator("#wall")).to_have_attribute("data-state", "cut")
        page.context.set_offline(False)
        expect(page.locator("#wall-cut")).to_be_hidden(timeout=20_000)

        _restart(server)
        expect(page.locator("#wall-cut")).to_be_visible(timeout=20_000)
        port = int(server.url.rsplit(":", 1)[1])
        monkeypatch.setattr(tests.world, "free_port", lambda: port)  # at the same address
        # Another page has been put in meanwhile: the wall takes it, once it is there.
        page.evaluate("() => { document.querySelector('#wall').dataset.mark = 'of-last-week'; }")
        with serve(shared_world):
            expect(page.locator("#wall")).not_to_have_attribute(
                "data-mark", "of-last-week", timeout=40_000
            )
            expect(page.locator("#wall")).to_have_attribute("data-state", "live", timeout=20_000)
            expect(page.locator("#wall-cut")).to_be_hidden()


def _restart(server: Server) -> None:
    """End it as a power cut would: nobody says goodbye."""
    for process in [server.process.pid, *server.workers()]:
        os.kill(process, signal.SIGKILL)
    server.process.wait(10)


def test_a_log_in_that_ended_is_said_and_shows_nothing_any_more(server: Server, open_page: Open):
    page = open_page(server, 1366, 768).login("dinding", WALL)
    expect(page.locator("#wall-link")).to_contain_text("diperbarui")
    with server.world.as_owner() as session:
        who = session.scalar(select(User.id).where(User.login == "dinding"))
        session.execute(UserSession.__table__.delete().where(UserSession.user_id == who))
    expect(page.locator("#cut-title")).to_contain_text("berakhir", timeout=30_000)
    expect(page.locator("#wall-units")).to_be_hidden()
    expect(page.locator("#cut-door")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/masuk?**")
    server.login(page, "dinding")
    page.wait_for_url("**/dinding**")


def test_nothing_grows_over_a_night(server: Server, open_page: Open):
    page = open_page(server, 1366, 768).login("dinding", WALL)
    page.evaluate("async () => { for (let n = 0; n < 30; n++) await window.tanggap.read(); }")
    before = grown(page)
    for _ in range(4):
        _thousand_events(server.world)
        page.evaluate("async () => { for (let n = 0; n < 75; n++) await window.tanggap.read(); }")
    after = grown(page)
    assert all(new <= old * 1.1 + 20 for old, new in zip(before, after, strict=True)), (
        before,
        after,
    )


def _thousand_events(world: World) -> None:
    """Rows of the log that every screen hears of: units that change, one after the other."""
    with world.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO log_entry (kind, actor, unit_id, facts, demo)"
                " SELECT 'unit.state', 'uji', (SELECT min(id) FROM unit), '{}', false"
                "   FROM generate_series(1, 1000)"
            )
        )
    time.sleep(0.3)


def test_day_and_night_follow_the_clock_unless_chosen(server: Server, open_page: Open):
    page = open_page(server, 1366, 768).login("dinding")
    for hour, theme in ((3, "night"), (9, "day"), (17, "day"), (18, "night")):
        page.clock.set_fixed_time(f"2026-11-22T{hour:02d}:30:00+07:00")
        page.goto(f"{server.url}/dinding")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
    page.goto(f"{server.url}/dinding?tema=siang")
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    page.goto(f"{server.url}/dinding")
    page.locator("details.menu summary").click()
    expect(page.get_by_role("button", name="Ikut")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Siang").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "day")
    page.get_by_role("button", name="Ikut").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
