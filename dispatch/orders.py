"""Use cases: suggest units for an incident, send one, follow it until it is free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.catalogue import Catalogue
from dispatch.errors import IllegalMove, NoPin, UnitOffDuty, UnitTaken, Unknown
from dispatch.rows import AnyRow
from dispatch.rules import selection
from dispatch.rules.selection import Candidate, Ranking
from dispatch.rules.workflow import (
    ASSIGNMENT_MOVES,
    INCIDENT_MOVES,
    UNIT_WHILE,
    AssignmentState,
    IncidentState,
    UnitState,
    check_move,
)
from dispatch.schema import Assignment, Incident, Unit
from dispatch.scope import Role, check_group, scope_of
from geo.point import Point
from geo.routing import NoRoute, Router, Start

_NEAREST = text((Path(__file__).parent / "sql" / "nearest_units.sql").read_text())
_HELD = text("released_at IS NULL AND state <> 'diusulkan'")  # of uq_assignment_unit_open
MOST_CANDIDATES = 40  # of the nearest by straight line; the router orders them


def suggest_units(
    session: Session, incident_id: int, router: Router, catalogue: Catalogue
) -> Ranking:
    """Free units that fit the incident, soonest first; those that need a boat stand apart.

    Raises Unknown, and NoPin while nobody knows where it is.
    """
    incident = _incident(session, incident_id)
    if incident.pin is None:
        raise NoPin(f"incident {incident_id}")
    needs = catalogue.category(incident.category_code).needs
    rows = session.execute(
        _NEAREST,
        {
            "lon": incident.pin.lon,
            "lat": incident.pin.lat,
            "land": incident.land_mass_id,
            "edition": incident.edition_id,
            "needs": sorted(needs),
            "agencies": list(incident.agency_ids),
            "most": MOST_CANDIDATES,
        },
    ).all()
    return selection.rank(_candidates(rows, incident.pin, router), needs)


def _candidates(rows: Sequence[AnyRow], goal: Point, router: Router) -> list[Candidate]:
    """Rows of nearest_units.sql with their way; the router is asked for one land mass only."""
    by_road = [r for r in rows if r.same_land]
    legs = dict(
        zip(
            (r.id for r in by_road),
            router.legs([Start(Point(lon=r.lon, lat=r.lat), r.kind) for r in by_road], goal),
            strict=True,
        )
    )
    return [
        Candidate(
            unit_id=r.id,
            call_sign=r.call_sign,
            kind=r.kind,
            agency=r.agency,
            station=r.station,
            responsible=r.responsible,
            skills=frozenset(r.skills),
            leg=legs.get(r.id, NoRoute("tidak ada jalan darat")),
            straight_m=r.straight_m,
            by_sea=r.by_sea,
        )
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """A unit that was sent."""

    assignment_id: int
    incident_id: int
    unit_id: int


def send_unit(session: Session, incident_id: int, unit_id: int, now: datetime) -> Sent:
    """Send the unit; of several who try at once one wins.

    Raises UnitTaken (with who and when) to the others, UnitOffDuty, IllegalMove, Unknown,
    GroupOnly.
    """
    unit = _unit(session, unit_id)
    if unit.state == UnitState.OFF_DUTY or not unit.active:
        raise UnitOffDuty(unit.call_sign)
    incident = _incident(session, incident_id)
    check_group(session, incident.restricted_group)
    scope = scope_of(session)
    assignment_id = session.execute(
        insert(Assignment)
        .values(
            incident_id=incident_id,
            unit_id=unit_id,
            state=AssignmentState.SENT,
            restricted_group=incident.restricted_group,
            sent_at=now,
            sent_by=scope.user_id,
            sent_by_name=scope.name,
        )
        .on_conflict_do_nothing(
            index_elements=["unit_id"],
            index_where=text("released_at IS NULL AND state <> 'diusulkan'"),
        )
        .returning(Assignment.id)
    ).scalar_one_or_none()
    if assignment_id is None:
        raise _taken(session, unit.id, unit.call_sign, now)
    _set_unit(session, unit_id, UnitState.SENT, now)
    # Locked after the unit, as everywhere: nobody closes it now, and two never wait crosswise.
    incident = _incident(session, incident_id, lock=True)
    # Reinforcement leaves the state as it is; a closed incident moves nowhere.
    new = incident.state == IncidentState.NEW
    check_move(INCIDENT_MOVES, incident.state, IncidentState.ASSIGNED if new else incident.state)
    if new:
        _set_incident(session, incident_id, IncidentState.ASSIGNED)
    log.record(session, "unit.sent", incident_id=incident_id, unit_id=unit_id, demo=incident.demo)
    return Sent(assignment_id, incident_id, unit_id)


def advance(session: Session, assignment_id: int, wanted: AssignmentState, now: datetime) -> Sent:
    """Move an assignment on: berangkat, tiba, selesai, dibatalkan.

    The unit follows; the incident is on scene with the first arrival, and open again
    when its only unit was called back. Raises IllegalMove, Unknown.
    """
    row = session.execute(
        select(Assignment.id, Assignment.state, Assignment.unit_id, Assignment.incident_id)
        .where(Assignment.id == assignment_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Unknown(f"assignment {assignment_id}")
    check_move(ASSIGNMENT_MOVES, row.state, wanted)
    if wanted == AssignmentState.CANCELLED and scope_of(session).role == Role.FIELD_UNIT:
        # It sees no other unit, so it could not tell whether the incident is open again.
        raise IllegalMove("only the control room calls a unit back")
    _set_unit(session, row.unit_id, UNIT_WHILE[wanted], now)
    incident = _incident(session, row.incident_id, lock=True)
    # The log row and the incident first: a field unit loses sight of both with its release.
    log.record(
        session,
        f"unit.{wanted.value}",
        incident_id=row.incident_id,
        unit_id=row.unit_id,
        demo=incident.demo,
    )
    _follow(session, incident, assignment_id, wanted)
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(state=wanted, **_times(wanted, now))
    )
    return Sent(assignment_id, row.incident_id, row.unit_id)


def _times(wanted: AssignmentState, now: datetime) -> dict[str, datetime]:
    column = {
        AssignmentState.ACCEPTED: "accepted_at",
        AssignmentState.DEPARTED: "departed_at",
        AssignmentState.ARRIVED: "arrived_at",
        AssignmentState.CARRYING: "carrying_at",
        AssignmentState.AT_FACILITY: "at_facility_at",
        AssignmentState.DONE: "released_at",
        AssignmentState.CANCELLED: "released_at",
        AssignmentState.RETURNED: "returned_at",
    }[wanted]
    return {column: now}


def _follow(
    session: Session, incident: AnyRow, assignment_id: int, wanted: AssignmentState
) -> None:
    """What the assignment's move means for the incident."""
    if wanted == AssignmentState.ARRIVED and incident.state == IncidentState.ASSIGNED:
        _set_incident(session, incident.id, IncidentState.ON_SCENE)
    if wanted == AssignmentState.CANCELLED and incident.state == IncidentState.ASSIGNED:
        others = session.scalar(
            select(func.count()).where(
                Assignment.incident_id == incident.id,
                Assignment.released_at.is_(None),
                Assignment.id != assignment_id,
            )
        )
        if not others:
            _set_incident(session, incident.id, IncidentState.NEW)


def _incident(session: Session, incident_id: int, *, lock: bool = False) -> AnyRow:
    query = select(
        Incident.id,
        Incident.state,
        Incident.pin,
        Incident.category_code,
        Incident.agency_ids,
        Incident.land_mass_id,
        Incident.edition_id,
        Incident.restricted_group,
        Incident.demo,
    ).where(Incident.id == incident_id)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    return row


def _unit(session: Session, unit_id: int) -> AnyRow:
    row = session.execute(
        select(Unit.id, Unit.call_sign, Unit.state, Unit.active).where(Unit.id == unit_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"unit {unit_id}")
    return row


def _set_incident(session: Session, incident_id: int, state: IncidentState) -> None:
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id)
        .values(state=state, version=Incident.version + 1)
    )


def _set_unit(session: Session, unit_id: int, state: UnitState, now: datetime) -> None:
    session.execute(update(Unit).where(Unit.id == unit_id).values(state=state, state_since=now))


def _taken(session: Session, unit_id: int, call_sign: str, now: datetime) -> UnitTaken:
    """Who has the unit. Its incident may be hidden from the one who asks, so it is not named."""
    holder = session.execute(
        select(Assignment.sent_by_name, Assignment.sent_at).where(
            Assignment.unit_id == unit_id, Assignment.released_at.is_(None)
        )
    ).one_or_none()
    if holder is None:  # sent to an incident that is not theirs to see, or just released
        return UnitTaken(call_sign, "petugas lain", now)
    return UnitTaken(call_sign, holder.sent_by_name, holder.sent_at)
