"""Faults of the phone itself: its disk goes away, its clock is wrong, its order changes meanwhile.

The scripts run as they are in a browser; only the house at the other end is played.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

STATIC = Path(__file__).parents[2] / "static"
ORIGIN = "http://localhost:9"
BLANK = "<!doctype html><html lang=id><body><section id=photos></section></body></html>"

# A folder whose disk is gone: it reads nothing, and neither adds nor drops.
BROKEN_STORE = """{
  lasting: true,
  read: async () => [],
  add: async () => { throw new Error("no disk"); },
  drop: async () => { throw new Error("no disk"); },
}"""


class House:
    """What was asked of the house, and what it answers next."""

    def __init__(self, page: Page) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        page.route(f"{ORIGIN}/**", self._answer)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/").split("?")[0])
        elif path.startswith("/api/"):
            body = route.request.post_data if "photos" not in path else None
            self.asked.append((path, json.loads(body) if body else {}))
            status, answer = self.answers.pop(0) if self.answers else (200, {})
            route.fulfill(status=status, json=answer)
        else:
            route.fulfill(body=BLANK, content_type="text/html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, with nothing on it."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def house(page: Page) -> House:
    """The page is open there."""
    house = House(page)
    page.goto(ORIGIN)
    return house


def test_a_disk_that_goes_away_does_not_stop_the_queue(page: Page, house: House):
    page.evaluate(
        """async () => {
          const { openQueue } = await import("/static/js/field/queue.js");
          const quiet = () => {};
          const told = { onChange: quiet, onSent: quiet, onRefused: quiet };
          const queue = await openQueue(STORE, told);
          for (const state of ["diterima", "berangkat", "tiba"])
            await queue.add({ assignment: 1, kind: "state", state });
          window.queue = queue;
        }""".replace("STORE", BROKEN_STORE)
    )
    page.wait_for_function("() => window.queue.items.length === 0")
    assert [body["state"] for _, body in house.asked] == ["diterima", "berangkat", "tiba"]


def test_a_fault_of_the_page_does_not_stop_the_queue(page: Page, house: House):
    page.evaluate(
        """async () => {
          const { openQueue } = await import("/static/js/field/queue.js");
          const quiet = () => {};
          const onSent = ({ state }) => { if (state === "diterima") throw new Error("drawn ill"); };
          const queue = await openQueue(STORE, { onChange: quiet, onSent, onRefused: quiet });
          for (const state of ["diterima", "berangkat"])
            await queue.add({ assignment: 1, kind: "state", state });
          window.queue = queue;
        }""".replace("STORE", BROKEN_STORE)
    )
    page.wait_for_function("() => window.queue.items.length === 0")
    assert [body["state"] for _, body in house.asked] == ["diterima", "berangkat"]


def test_a_photo_goes_to_the_order_that_it_was_taken_for(page: Page, house: House):
    page.evaluate(
        """async () => {
          const { openPhotos } = await import("/static/js/field/photos.js");
          const place = document.querySelector("#photos");
          const photos = await openPhotos(place, STORE);
          const incident = { id: 5, properties: {} };
          await photos.show({ id: 1, incident: null });
          await photos.show({ id: 2, incident });
          const input = place.querySelector("input");
          input.addEventListener("click", (event) => event.preventDefault());
          input.click();  // the camera opens
          const files = new DataTransfer();
          files.items.add(new File(["no picture"], "a.jpg", { type: "image/jpeg" }));
          input.files = files.files;
          await photos.show(null);  // the order was taken back while it was open
          input.dispatchEvent(new Event("change"));
          window.photos = photos;
        }""".replace("STORE", BROKEN_STORE)
    )
    page.wait_for_function("() => window.photos.pending() === 0")
    page.wait_for_timeout(100)
    assert [path for path, _ in house.asked if "assignments" in path] == [
        "/api/assignments/2/photos"
    ]


def test_the_number_of_one_caller_never_stands_with_another_order(page: Page, house: House):
    house.answers = [
        (200, {"calls": [{"id": 7, "phone_masked": "08•••67"}]}),
        (200, {"phone": "085551234567", "name": "Bu Karsih"}),
    ]
    page.evaluate(
        """async () => {
          const { showContact } = await import("/static/js/field/order_view.js");
          const place = document.querySelector("#photos");
          showContact(place, { id: 1 });
          place.querySelector("button").click();
          showContact(place, { id: 2 });
        }"""
    )
    page.wait_for_timeout(500)
    assert [path for path, _ in house.asked] == ["/api/incidents/1", "/api/calls/7/contact"]
    assert "085551234567" not in page.content()


SHARE = """async ({ ahead_s }) => {
  const { setServerNow } = await import("/static/js/format.js");
  const { openPositions } = await import("/static/js/field/positions.js");
  setServerNow(new Date(Date.now() + ahead_s * 1000).toISOString());
  const watch = (take, fail) => Object.assign(window, { take, fail });
  const value = { watchPosition: watch, clearWatch() {} };
  Object.defineProperty(navigator, "geolocation", { value });
  window.fix = (lon, lat, speed = 0) => window.take({
    timestamp: Date.now(),
    coords: { longitude: lon, latitude: lat, accuracy: 5, speed, heading: null },
  });
  const timers = [];
  window.setTimeout = (work) => timers.push(work);
  window.elapse = () => timers.splice(0).forEach((work) => work());
  window.sharing = openPositions(1, { onChange() {} });
  sharing.follow({ onDuty: true, out: true });
  sharing.agree(true);
}"""


def fixes_sent(house: House) -> list[list[dict[str, Any]]]:
    return [body["fixes"] for path, body in house.asked if path == "/api/positions"]


def test_a_phone_whose_clock_is_wrong_tells_the_servers_time(page: Page, house: House):
    page.evaluate(SHARE, {"ahead_s": -3600})
    page.evaluate("() => fix(110.7, -6.6)")
    page.wait_for_function("() => sharing.sentAt")
    behind_s = page.evaluate(
        "at => (Date.now() - Date.parse(at)) / 1000", fixes_sent(house)[0][0]["at"]
    )
    assert 3590 < behind_s < 3620


def test_a_fix_that_cannot_be_costs_no_other(page: Page, house: House):
    house.answers = [
        (422, {"type": "Unused", "status": 422}),
        (422, {"type": "BadRequestField", "status": 422, "field": "fixes.1.lat"}),
    ]
    page.evaluate(SHARE, {"ahead_s": 0})
    page.evaluate("() => { fix(110.7, -6.6); fix(110.71, -6.6); fix(0, 0); fix(110.72, -6.6); }")
    page.wait_for_function("() => sharing.state === 'refused'")
    page.wait_for_timeout(200)
    page.evaluate("elapse()")
    page.wait_for_function("() => !sharing.unsent.length")
    assert [[fix["lon"] for fix in sent] for sent in fixes_sent(house)] == [
        [110.7],
        [110.71, 0, 110.72],
        [110.71, 110.72],
    ]


@pytest.mark.parametrize(("last", "sent"), [("fix(110.7, -6.6)", 2), ("fix(110.7, -6.6, 12)", 1)])
def test_only_a_phone_that_lay_still_is_thought_to_lie_there(
    page: Page, house: House, last: str, sent: int
):
    page.evaluate(SHARE, {"ahead_s": 0})
    page.evaluate(last)
    page.wait_for_function("() => sharing.sentAt")
    page.wait_for_timeout(100)
    page.evaluate("elapse()")
    page.wait_for_timeout(200)
    assert len(fixes_sent(house)) == sent


def test_a_phone_that_knows_its_place_no_more_is_silent(page: Page, house: House):
    page.evaluate(SHARE, {"ahead_s": 0})
    page.evaluate("fix(110.7, -6.6)")
    page.wait_for_function("() => sharing.sentAt")
    page.wait_for_timeout(100)
    page.evaluate("fail({ code: 2, PERMISSION_DENIED: 1 })")
    page.evaluate("elapse()")
    page.wait_for_timeout(200)
    assert len(fixes_sent(house)) == 1
