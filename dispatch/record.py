"""The file of one case: its calls, tickets, assignments and history, as far as one may see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from geoalchemy2 import Geography
from sqlalchemy import cast, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from dispatch import log
from dispatch.errors import Unknown
from dispatch.rows import AnyRow, AnySelect
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import (
    Agency,
    Assignment,
    AssignmentStep,
    Call,
    Incident,
    LogEntry,
    Station,
    Ticket,
    Told,
    Unit,
)
from dispatch.schema.villages import VillageMark
from geo.point import Point

CALLED_OFF_SHOWN = timedelta(minutes=15)  # how long a crew is told why

# The case and those that were merged into it, and into those: their reports are its own.
_FAMILY = text(
    "WITH RECURSIVE family (id) AS ("
    " SELECT CAST(:incident_id AS bigint)"
    " UNION SELECT i.id FROM incident AS i JOIN family ON i.merged_into = family.id)"
    " SELECT id FROM family"
)

Steps = Mapping[int, Sequence[AnyRow]]  # by assignment, oldest first


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Rows as they stand, oldest first. Row security leaves out what is not the asker's."""

    calls: Sequence[AnyRow]
    tickets: Sequence[AnyRow]
    assignments: Sequence[AnyRow]
    steps: Steps
    told: Sequence[AnyRow]
    marks: Sequence[AnyRow]  # what village heads said of it
    history: Sequence[AnyRow]


def of_incident(session: Session, incident_id: int) -> CaseFile:
    """The file. The look at a sensitive case is logged."""
    family = session.scalars(_FAMILY, {"incident_id": incident_id}).all()
    calls = session.execute(
        select(
            Call.id,
            Call.channel,
            Call.call_class,
            Call.at,
            Call.said_where,
            Call.said_what,
            Call.phone_masked,
            Call.restricted_group,
        )
        .where(Call.incident_id.in_(family))
        .order_by(Call.at, Call.id)
    ).all()
    if any(c.restricted_group for c in calls):
        log.record(session, "case.read", incident_id=incident_id)
    tickets = session.execute(
        select(Ticket.id, Ticket.state, Ticket.rule, Ticket.opened_at, Agency.code, Agency.short)
        .join(Agency, Agency.id == Ticket.agency_id)
        .where(Ticket.incident_id == incident_id)
        .order_by(Ticket.id)
    ).all()
    assignments = session.execute(
        _assignments().where(Assignment.incident_id == incident_id).order_by(Assignment.sent_at)
    ).all()
    steps = steps_of(session, [a.id for a in assignments])
    history = session.execute(
        select(LogEntry.at, LogEntry.kind, LogEntry.actor, LogEntry.unit_id)
        .where(LogEntry.incident_id == incident_id, LogEntry.kind != "case.read")
        .order_by(LogEntry.at, LogEntry.id)
        .limit(500)
    ).all()
    told, marks = told_of(session, incident_id), marks_of(session, incident_id)
    return CaseFile(calls, tickets, assignments, steps, told, marks, history)


@dataclass(frozen=True, slots=True)
class Tasks:
    """What a crew has to do, or was told to leave, oldest first."""

    assignments: Sequence[AnyRow]
    steps: Steps


def tasks(session: Session, unit_id: int | None, now: datetime) -> Tasks:
    """Orders of the unit that are not over, the way home, and what was called off just now."""
    later = aliased(Assignment)
    newest = ~exists().where(later.unit_id == Assignment.unit_id, later.id > Assignment.id)
    stopped = Assignment.state.in_([AssignmentState.CANCELLED, AssignmentState.DIVERTED])
    found = session.execute(
        _assignments()
        .where(Assignment.unit_id == unit_id)
        .where(
            or_(
                Assignment.released_at.is_(None),
                stopped & (Assignment.released_at > now - CALLED_OFF_SHOWN),
                (Assignment.state == AssignmentState.DONE)
                & (Unit.state == UnitState.RETURNING)
                & newest,
            )
        )
        .order_by(Assignment.sent_at, Assignment.id)
    ).all()
    return Tasks(found, steps_of(session, [a.id for a in found]))


def assignment(session: Session, assignment_id: int) -> AnyRow:
    """One order as it stands. Raises Unknown: none, or none to see."""
    row = session.execute(_assignments().where(Assignment.id == assignment_id)).one_or_none()
    if row is None:
        raise Unknown(f"assignment {assignment_id}")
    return row


def goal_of(session: Session, row: AnyRow) -> Point | None:
    """Where that order leads: with a patient to the facility; None while nobody knows the place.

    Raises Unknown when the incident is out of sight.
    """
    if row.state == AssignmentState.CARRYING and row.facility_id is not None:
        query = select(Station.position).where(Station.id == row.facility_id)
        facility: Point = session.execute(query).scalar_one()
        return facility
    pin = session.execute(select(Incident.pin).where(Incident.id == row.incident_id)).one_or_none()
    if pin is None:
        raise Unknown(f"incident {row.incident_id}")
    goal: Point | None = pin.pin
    return goal


def steps_of(session: Session, ids: Collection[int]) -> Steps:
    """Steps of these orders with both clocks, in the order in which they came."""
    rows = session.execute(
        select(
            AssignmentStep.assignment_id,
            AssignmentStep.state,
            AssignmentStep.at,
            AssignmentStep.claimed_at,
            AssignmentStep.by_name,
            AssignmentStep.note,
        )
        .where(AssignmentStep.assignment_id.in_(ids))
        .order_by(AssignmentStep.id)
    )
    found: dict[int, list[AnyRow]] = {}
    for row in rows:
        found.setdefault(row.assignment_id, []).append(row)
    return found


def told_of(session: Session, incident_id: int) -> Sequence[AnyRow]:
    """Agencies that were told of a case, the first one first."""
    return session.execute(
        select(Told.agency_id, Agency.short, Told.at, Told.by_name)
        .join(Agency, Agency.id == Told.agency_id)
        .where(Told.incident_id == incident_id)
        .order_by(Told.at, Told.agency_id)
    ).all()


def marks_of(session: Session, incident_id: int) -> Sequence[AnyRow]:
    """What village heads said of a case, oldest first; `off_m` is how far from the pin of now."""
    from_pin = func.ST_Distance(
        cast(VillageMark.position, Geography), cast(Incident.pin, Geography)
    )
    return session.execute(
        select(
            VillageMark.id,
            VillageMark.village_code,
            VillageMark.kind,
            VillageMark.at,
            VillageMark.moved,
            VillageMark.by_name,
            func.ST_X(VillageMark.position).label("lon"),
            func.ST_Y(VillageMark.position).label("lat"),
            from_pin.label("off_m"),
        )
        .join(Incident, Incident.id == VillageMark.incident_id)
        .where(VillageMark.incident_id == incident_id)
        .order_by(VillageMark.at, VillageMark.id)
    ).all()


def audit(
    session: Session, before: int | None, kind: str | None, since: datetime | None
) -> Sequence[AnyRow]:
    """Rows of the log, newest first, 200 at a time; `before` is the id to go on from."""
    query = select(
        LogEntry.id,
        LogEntry.at,
        LogEntry.kind,
        LogEntry.actor,
        LogEntry.incident_id,
        LogEntry.call_id,
        LogEntry.unit_id,
        LogEntry.facts,
    ).order_by(LogEntry.id.desc())
    if before is not None:
        query = query.where(LogEntry.id < before)
    if kind:
        query = query.where(LogEntry.kind.startswith(kind, autoescape=True))
    if since is not None:
        query = query.where(LogEntry.at >= since)
    return session.execute(query.limit(200)).all()


def _assignments() -> AnySelect:
    """Orders; a proposal that was never sent is none."""
    return (
        select(
            Assignment.id,
            Assignment.incident_id,
            Assignment.unit_id,
            Assignment.state,
            Assignment.state_since,
            Assignment.version,
            Assignment.part,
            Assignment.eta,
            Assignment.sent_at,
            Assignment.sent_by_name,
            Assignment.proposed_at,
            Assignment.ack_due_at,
            Assignment.alarmed_at,
            Assignment.accepted_at,
            Assignment.departed_at,
            Assignment.arrived_at,
            Assignment.carrying_at,
            Assignment.at_facility_at,
            Assignment.facility_id,
            Station.name.label("facility"),
            Assignment.released_at,
            Assignment.returned_at,
            Assignment.reason,
            Assignment.next_id,
            Assignment.help_at,
            Assignment.help_kind,
            Assignment.help_seen_at,
            Unit.call_sign,
            Unit.kind.label("unit_kind"),
        )
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(Station, Station.id == Assignment.facility_id)
        .where(Assignment.state != AssignmentState.PROPOSED)
        .where(or_(Assignment.proposed_at.is_(None), Assignment.ack_due_at.is_not(None)))
    )
