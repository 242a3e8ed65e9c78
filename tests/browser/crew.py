"""A crew's phone and the control room that sends it, for tests of the field page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.conftest import Open, Watched
from tests.world import Server

PHONE: dict[str, Any] = {"has_touch": True}
SLOW_MS = 20_000  # a line that comes back is tried again after up to 15 s
# Whether the page is kept for a dead spot by now.
WORKER_READY = """async () => {
  await navigator.serviceWorker.ready;
  const names = await caches.keys();
  const opened = await Promise.all(names.map((name) => caches.open(name)));
  const kept = await Promise.all(opened.map((cache) => cache.match("/tugas")));
  return kept.some(Boolean);
}"""


@dataclass
class Room:
    """The control room, by the API."""

    client: FlaskClient
    server: Server

    def call(self, category: str = "lalu_lintas", where: str = "depan pasar") -> int:
        """A case with a pin; its id."""
        body = {
            "where": where,
            "what": "Motor menabrak truk, Bu Karsih pingsan",
            "category": category,
            "phone": "085551234567",
            "pin": {"lon": 110.7062, "lat": -6.7002},
            "pinned_by": "petugas",
        }
        headers = {"Idempotency-Key": f"{datetime.now(UTC).timestamp()}"}
        answer = self.client.post("/api/calls", json=body, headers=headers)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return int(answer.json["incident"]["id"])

    def send(self, incident: int, call_sign: str) -> int:
        """Send the unit; the id of the assignment."""
        path = f"/api/incidents/{incident}/assignments"
        answer = self.client.post(path, json={"unit": self.unit(call_sign)["id"]})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return int(answer.json["assignment"])

    def unit(self, call_sign: str) -> dict[str, Any]:
        """The unit's feature as the board has it."""
        units = self.client.get("/api/board").json["units"]["features"]
        found = [u for u in units if u["properties"]["call_sign"] == call_sign]
        return dict(found[0])

    def step(self, assignment: int, state: str, **more: str) -> None:
        """Tap for the crew, as after a word by radio."""
        path = f"/api/assignments/{assignment}/state"
        answer = self.client.post(path, json={"state": state, **more})
        assert answer.status_code == 200, answer.get_data(as_text=True)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the database has."""
        with self.server.world.as_owner() as session:
            return list(session.execute(text(statement), values))

    def steps(self, assignment: int) -> list[tuple[str, datetime, datetime | None]]:
        """(state, server's clock, phone's clock) of each step of the crew, as they arrived."""
        found = self.rows(
            "SELECT state, at, claimed_at FROM assignment_step"
            " WHERE assignment_id = :id AND key IS NOT NULL AND note IS NULL ORDER BY id",
            id=assignment,
        )
        return [(str(r.state), r.at, r.claimed_at) for r in found]

    def arrived(self, assignment: int, wanted: list[str]) -> list[str]:
        """States of the crew's steps as soon as they are those wanted, or what there is by then.

        The phone shows a step before the server has it.
        """
        until = time.monotonic() + SLOW_MS / 1000
        while (found := [s for s, _, _ in self.steps(assignment)]) != wanted:
            if time.monotonic() > until:
                break
            time.sleep(0.1)
        return found


@contextmanager
def control_room(server: Server) -> Iterator[Room]:
    """A dispatcher at the API of the server that the phone talks to; all units free at the end."""
    room = Room(server.world.client("dispatcher1"), server)
    yield room
    for row in room.rows(
        "SELECT id, state FROM assignment WHERE state NOT IN ('kembali', 'dibatalkan', 'dialihkan')"
    ):
        room.step(row.id, "kembali" if row.state == "selesai" else "dibatalkan")


def waiting_crew(server: Server, open_page: Open) -> Watched:
    """The ambulance's phone on its page, with no order."""
    watched = open_page(server, 360, 740, **PHONE)
    page = watched.login("ambulans")
    expect(page.locator("#task")).to_contain_text("Tidak ada tugas")
    return watched


def tap(page: Page, name: str) -> None:
    """One tap on the button of that name, once it can be tapped."""
    page.get_by_role("button", name=name, exact=name != "Tiba di faskes").click()


def call_sign(page: Page) -> str:
    """Of the unit whose phone it is."""
    expect(page.locator("#unit-name")).not_to_have_text("Tugas unit")
    return page.locator("#unit-name").inner_text()
