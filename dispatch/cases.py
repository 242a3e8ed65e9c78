"""Use cases on an incident that stands already: set or move its pin, close it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.calls import attribute_pin
from dispatch.errors import ChangedMeanwhile, Unknown
from dispatch.ground import Ground
from dispatch.rules.workflow import (
    INCIDENT_MOVES,
    AssignmentState,
    IncidentState,
    TicketState,
    UnitState,
    check_move,
)
from dispatch.schema import Assignment, Incident, Ticket, Unit
from dispatch.scope import check_group
from geo.point import Point


def move_pin(session: Session, incident_id: int, pin: Point, version: int, ground: Ground) -> None:
    """Set the pin, and the village by the edition now in force.

    Raises Unknown, ChangedMeanwhile when `version` is not the present one.
    """
    before = _change(session, incident_id, version)
    where = attribute_pin(pin, ground)
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id)
        .values(
            pin=pin,
            pinned_by="petugas",
            edition_id=ground.locator.edition_id,
            village_id=where.village.id if where.village else None,
            village_code=where.village.code if where.village else None,
            district_code=where.village.district_code if where.village else None,
            border_m=where.placement.border_m if where.placement else None,
            off_m=where.off_m,
            outside=where.outside,
            land_mass_id=where.placement.land_mass_id if where.placement else None,
        )
    )
    log.record(
        session,
        "incident.pinned",
        incident_id=incident_id,
        demo=before.demo,
        from_village=before.village_code,
        to_village=where.village.code if where.village else None,
    )


def close(session: Session, incident_id: int, outcome: str, version: int, now: datetime) -> None:
    """Close the incident with its tickets; units still out for it are free again.

    Raises Unknown, ChangedMeanwhile, IllegalMove, GroupOnly.
    """
    # Assignments before the incident, as in orders: two never wait crosswise.
    session.execute(_open_assignments(incident_id).with_for_update())
    before = _change(session, incident_id, version)
    check_group(session, before.restricted_group)
    check_move(INCIDENT_MOVES, before.state, IncidentState.CLOSED)
    log.record(session, "incident.closed", incident_id=incident_id, demo=before.demo)
    _release_units(session, incident_id, now, before.demo)
    session.execute(
        update(Ticket).where(Ticket.incident_id == incident_id).values(state=TicketState.CLOSED)
    )
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id)
        .values(state=IncidentState.CLOSED, closed_at=now, outcome=outcome)
    )


def _change(session: Session, incident_id: int, version: int) -> Any:
    """Take the next version of the incident, which locks it; its state before comes back."""
    before = session.execute(
        select(
            Incident.state, Incident.village_code, Incident.restricted_group, Incident.demo
        ).where(Incident.id == incident_id)
    ).one_or_none()
    if before is None:
        raise Unknown(f"incident {incident_id}")
    changed = session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.version == version)
        .values(version=version + 1)
        .returning(Incident.id)
    ).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(f"incident {incident_id}, version {version}")
    return before


def _open_assignments(incident_id: int) -> Select[int]:
    return select(Assignment.id).where(
        Assignment.incident_id == incident_id, Assignment.released_at.is_(None)
    )


def _release_units(session: Session, incident_id: int, now: datetime, demo: bool) -> None:
    released = session.scalars(
        update(Assignment)
        .where(Assignment.incident_id == incident_id, Assignment.released_at.is_(None))
        .values(state=AssignmentState.DONE, released_at=now)
        .returning(Assignment.unit_id)
    ).all()
    for unit_id in released:
        session.execute(
            update(Unit).where(Unit.id == unit_id).values(state=UnitState.FREE, state_since=now)
        )
        log.record(session, "unit.selesai", incident_id=incident_id, unit_id=unit_id, demo=demo)
