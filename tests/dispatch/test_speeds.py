"""What own journeys teach, read from real rows."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch import roster, speeds
from dispatch.regency import read_regency
from dispatch.rules.workflow import AssignmentState, IncidentState
from dispatch.schema import Assignment, AssignmentStep, Category, Incident, LogEntry, Unit
from geo.road_schema import SpeedFactor
from geo.schema import Edition
from tests.cluster import ROOT
from tests.world import NOON

ETA = {"share_s": {"primary": 400.0, "residential": 200.0}, "band": "pagi", "travel_s": 600.0}


@pytest.fixture
def journey(session: Session):
    """Write a journey that took so many seconds."""
    roster.sync(session, read_regency(ROOT / "data/regency/jepara"), NOON)
    edition = Edition(
        key="x", title="x", source="x", licence="x", sha256="x", status="terbitan",
        loaded_at=NOON, in_force=False, report={},
    )  # fmt: skip
    session.add(edition)
    session.flush()
    incident = Incident(
        category_code=session.scalars(select(Category.code)).first(),
        priority=1, state=IncidentState.ON_SCENE, place_text="", edition_id=edition.id,
        outside=False, agency_ids=[], after_hours=False, opened_at=NOON,
    )  # fmt: skip
    session.add(incident)
    session.flush()
    unit_ids = iter(session.scalars(select(Unit.id)))

    def write(took_s: float, late_s: float = 0.0, eta=ETA, **more) -> Assignment:
        left, arrived = NOON, NOON + timedelta(seconds=took_s)
        row = Assignment(
            **{
                "incident_id": incident.id,
                "unit_id": next(unit_ids),
                "state": AssignmentState.ARRIVED,
                "sent_at": NOON - timedelta(minutes=2),
                "sent_by_name": "Rina",
                "departed_at": left,
                "arrived_at": arrived,
                "eta": eta,
            }
            | more
        )
        session.add(row)
        session.flush()
        for state, at in (("berangkat", left), ("tiba", arrived)):
            session.add(
                AssignmentStep(
                    assignment_id=row.id,
                    unit_id=row.unit_id,
                    state=AssignmentState(state),
                    at=at,
                    claimed_at=at - timedelta(seconds=late_s if state == "tiba" else 1),
                    by_name="awak",
                )
            )
        session.flush()
        return row

    return write


def later(session: Session):
    return NOON + timedelta(days=1)


def test_a_journey_is_read_with_what_was_promised_of_it(session, journey):
    journey(720)
    (read,) = speeds.journeys(session, later(session))
    assert (read.observed_s, read.promised_s, read.band) == (720, 600, "pagi")
    assert read.share_s == ETA["share_s"]


def test_a_step_that_came_late_teaches_nothing(session, journey):
    journey(720, late_s=300)
    assert speeds.journeys(session, later(session)) == []


def test_neither_does_a_demo_nor_what_nobody_promised_nor_what_is_old(session, journey):
    journey(720, demo=True)
    journey(720, eta=None)
    journey(720, eta={"share_s": {}, "travel_s": 600.0})
    assert speeds.journeys(session, later(session)) == []
    journey(720)
    assert speeds.journeys(session, NOON + timedelta(days=400)) == []


def test_factors_are_written_in_the_place_of_the_old_ones_and_told_to_all(session, journey):
    for n in range(30):
        journey(900 + n)
    session.execute(text("INSERT INTO speed_factor VALUES ('primary', 'malam', 3, 0.1, 9, now())"))
    taught = speeds.learn(session, later(session))
    assert taught.lesson.used == 30
    rows = {(r.kind, r.band): r for r in session.scalars(select(SpeedFactor))}
    assert ("primary", "malam") not in rows
    assert 1.2 < rows["primary", "pagi"].factor < 1.7
    assert rows["primary", "pagi"].journeys == 30
    assert session.scalars(select(LogEntry.kind)).all()[-1] == "roads.changed"
    said = "\n".join(taught.lines())
    assert "30 perjalanan dipelajari, 0 tidak dipakai." in said
    assert "terhadap yang dijanjikan: +52,4 %" in said


def test_of_nothing_nothing_is_changed(session):
    taught = speeds.learn(session, NOON)
    assert "Belum ada perjalanan" in taught.lines()[0]
    assert session.scalars(select(LogEntry.kind)).all() == []
