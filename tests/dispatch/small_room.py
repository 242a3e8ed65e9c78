"""A small control room: three units, a few cases, and times that tick by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from dispatch.rules.workflow import AssignmentState, IncidentState, UnitState
from dispatch.schema import (
    Agency,
    Assignment,
    AssignmentStep,
    Category,
    Incident,
    LogEntry,
    Station,
    Unit,
)
from geo.point import Point
from geo.schema import Edition

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
HOME = Point(lon=110.67, lat=-6.59)


def after(seconds: float) -> datetime:
    """So many seconds past noon."""
    return NOON + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Room:
    """Ids of what stands there."""

    agency: int
    station: int
    edition: int
    units: tuple[int, ...]
    incidents: tuple[int, ...]


def furnish(session: Session, units: int = 3, priorities: tuple[int, ...] = (1, 2, 3)) -> Room:
    """Units E1, E2 ... that are free at their post, and an open case of each priority."""
    agency = Agency(code="damkar", name="Damkar", short="Damkar", kind="opd", active=True)
    session.add(agency)
    session.add(
        Category(
            code="kebakaran", kind="darurat", name_id="Kebakaran", name_en="Fire", priority=1,
            needs=["api"], rank=1, active=True,
        )
    )  # fmt: skip
    edition = Edition(
        key="t", title="t", status="indikatif", source="test", licence="-", sha256="-",
        loaded_at=NOON, in_force=True, report={},
    )  # fmt: skip
    session.add(edition)
    session.flush()
    station = Station(
        code="pos", agency_id=agency.id, name="Pos", kind="pos_damkar", position=HOME,
        assumed=False, note="",
    )  # fmt: skip
    session.add(station)
    session.flush()
    made = [
        Unit(
            call_sign=f"E{n + 1}", station_id=station.id, agency_id=agency.id, kind="pompa",
            skills=["api"], state=UnitState.FREE, state_since=NOON, position=HOME, by_sea=False,
        )
        for n in range(units)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    incidents = [open_case(session, edition.id, priority) for priority in priorities]
    return Room(agency.id, station.id, edition.id, tuple(u.id for u in made), tuple(incidents))


def open_case(session: Session, edition: int, priority: int, **more: Any) -> int:
    """Id of a new case without a pin."""
    values = {
        "category_code": "kebakaran", "priority": priority, "state": IncidentState.NEW,
        "place_text": "pasar", "edition_id": edition, "outside": False, "agency_ids": [],
        "after_hours": False, "opened_at": NOON,
    }  # fmt: skip
    made = session.execute(insert(Incident).values(**(values | more)).returning(Incident.id))
    return made.scalar_one()


def propose(session: Session, incident_id: int, unit_id: int, now: datetime) -> int:
    """Id of a proposal, as a plan for many cases at once leaves it."""
    values = {
        "incident_id": incident_id, "unit_id": unit_id, "state": AssignmentState.PROPOSED,
        "state_since": now, "proposed_at": now, "sent_at": now, "sent_by_name": "rencana",
    }  # fmt: skip
    made = session.execute(insert(Assignment).values(**values).returning(Assignment.id))
    return made.scalar_one()


def assignment(session: Session, number: int) -> Any:
    """Its row as the database has it now."""
    return session.execute(select(Assignment.__table__).where(Assignment.id == number)).one()


def unit(session: Session, number: int) -> Any:
    """Its row as the database has it now."""
    return session.execute(select(Unit.__table__).where(Unit.id == number)).one()


def incident(session: Session, number: int) -> Any:
    """Its row as the database has it now."""
    return session.execute(select(Incident.__table__).where(Incident.id == number)).one()


def steps(session: Session, number: int) -> list[tuple[str, str | None]]:
    """(state, note) of each step of an assignment, in order."""
    rows = session.execute(
        select(AssignmentStep.state, AssignmentStep.note)
        .where(AssignmentStep.assignment_id == number)
        .order_by(AssignmentStep.id)
    )
    return [(r.state.value, r.note) for r in rows]


def told(session: Session) -> list[str]:
    """Kinds of the log's rows, in order."""
    return list(session.scalars(select(LogEntry.kind).order_by(LogEntry.id)))


def place(session: Session, number: int, spot: Point, now: datetime) -> None:
    """A fix, as plain as can be."""
    session.execute(update(Unit).where(Unit.id == number).values(position=spot, fix_at=now))
