"""A case whose tickets are over while a unit is still out ends when that unit comes free."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from app.timer import Timer
from tests.app.conftest import Office
from tests.app.test_assignments import case, send, step, wait

PROPOSAL_S = 700  # longer than a proposal stands


@pytest.fixture
def timer(office: Office) -> Iterator[Timer]:
    """The clock of the house, which ticks when a test says so."""
    clock = Timer(office.parts)
    yield clock
    clock.stop()
    office.parts.now = lambda: datetime.now(UTC)
    with office.as_owner() as session:
        session.execute(text("DELETE FROM assignment"))
        session.execute(text("UPDATE unit SET state = 'siap', silent_since = NULL, crew = NULL"))


def archive(office: Office, incident: int, tickets: int | None = None) -> None:
    """The room archives the tickets of a case, or only so many of them."""
    room = office.client("dispatcher1")
    for ticket in room.get(f"/api/incidents/{incident}").get_json()["tickets"][:tickets]:
        version = room.get(f"/api/tickets/{ticket['id']}").get_json()["version"]
        body = {"to": "diarsipkan", "reason": "palsu", "version": version}
        answer = room.post(f"/api/tickets/{ticket['id']}/moves", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)


def state(office: Office, incident: int) -> Any:
    """The case as the room is told of it."""
    file = office.client("dispatcher1").get(f"/api/incidents/{incident}").get_json()
    return file["feature"]["properties"]["state"]


def outcome(office: Office, incident: int) -> tuple[str | None, str | None]:
    """The outcome, and who wrote the end into the log."""
    asked = (
        "SELECT outcome, (SELECT actor FROM log_entry WHERE incident_id = incident.id"
        "  AND kind = 'incident.closed') AS by FROM incident WHERE id = :id"
    )
    with office.as_owner() as session:
        row = session.execute(text(asked), {"id": incident}).one()
    return row.outcome, row.by


def test_the_case_ends_by_itself_when_the_crew_has_done_its_work(office: Office, timer: Timer):
    crew, incident = office.client("pemadam"), case(office)
    number = send(office, incident)["assignment"]
    archive(office, incident)
    for wanted in ("diterima", "berangkat", "tiba"):
        assert step(crew, number, wanted).status_code == 200
        assert timer.end() == 0
    assert state(office, incident) == "di_lokasi"
    assert step(crew, number, "selesai").status_code == 200
    assert timer.end() == 1
    assert state(office, incident) == "ditutup"
    assert outcome(office, incident) == ("palsu", "sistem")
    assert timer.end() == 0


def test_also_when_the_last_unit_is_called_back(office: Office, timer: Timer):
    incident = case(office)
    number = send(office, incident)["assignment"]
    archive(office, incident)
    room = office.client("dispatcher1")
    assert step(room, number, "dibatalkan", reason="tidak_diperlukan").status_code == 200
    assert timer.end() == 1
    assert state(office, incident) == "ditutup"


def test_a_case_that_is_still_owed_something_stays_open(office: Office, timer: Timer):
    crew, incident = office.client("pemadam"), case(office)
    number = send(office, incident)["assignment"]
    for wanted in ("tiba", "selesai"):
        assert step(crew, number, wanted).status_code == 200
    assert timer.end() == 0
    assert state(office, incident) == "di_lokasi"


def test_a_proposal_that_lapses_keeps_no_case_open(office: Office, timer: Timer):
    incident = case(office)
    with office.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO assignment (incident_id, unit_id, state, sent_at, proposed_at,"
                " sent_by_name) SELECT :id, min(id), 'diusulkan', now(), now(), 'uji' FROM unit"
            ),
            {"id": incident},
        )
    archive(office, incident)
    assert state(office, incident) == "baru"
    wait(office, PROPOSAL_S)
    timer.tick()
    assert timer.end() == 1
    assert state(office, incident) == "ditutup"
