"""Rows of a ticket: locked in one order, and written so that they say what its steps say.

The order is: the incident, then its tickets by id (before them assignments and units, as in
orders.rows). The locks are those of an update, which no foreign key waits for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from dispatch.errors import ChangedMeanwhile, Unknown
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import course as courses
from dispatch.rules.course import Course
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.schema import Incident, Proof, Ticket, TicketStep
from dispatch.scope import CONTRACTOR, REPORTER, Role, Scope, scope_of
from dispatch.tickets import clocking

_INCIDENT = select(
    Incident.id,
    Incident.state,
    Incident.priority,
    Incident.category_code,
    Incident.agency_ids,
    Incident.restricted_group,
    Incident.due_at,
    Incident.opened_at,
    Incident.closed_at,
    Incident.outcome,
    Incident.village_code,
    Incident.district_code,
    Incident.merged_into,
    Incident.version,
    Incident.demo,
)
_TICKET = select(*Ticket.__table__.columns)
_STEPS = select(
    TicketStep.at,
    TicketStep.state,
    TicketStep.agency_id,
    TicketStep.actor,
    TicketStep.by_name,
    TicketStep.reason,
    TicketStep.note,
    TicketStep.facts,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket with its case, both locked until the end, and its steps so far."""

    incident: AnyRow
    row: AnyRow
    steps: Sequence[AnyRow]
    course: Course


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStep:
    """A step that is about to be written."""

    at: datetime
    state: TicketState
    agency_id: int
    actor: Actor
    reason: str | None = None
    note: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def actor_of(scope: Scope) -> Actor | None:
    """Who moves tickets with those eyes; None: nobody."""
    return {
        Role.OPERATOR: Actor.ROOM,
        Role.DISPATCHER: Actor.ROOM,
        Role.AGENCY_OFFICER: Actor.AGENCY,
        Role.LEADER: Actor.LEADER,
        REPORTER: Actor.REPORTER,
        CONTRACTOR: Actor.CONTRACTOR,
        "timer": Actor.HOUSE,
        "system": Actor.HOUSE,
        "exchange": Actor.HOUSE,
    }.get(scope.role)


def hold(session: Session, ticket_id: int) -> Held:
    """The ticket and its case, locked. Raises Unknown: none, or none to see."""
    asked = select(Ticket.incident_id).where(Ticket.id == ticket_id)
    incident_id = session.execute(asked).scalar_one_or_none()
    if incident_id is None:
        raise Unknown(f"ticket {ticket_id}")
    incident = hold_incident(session, incident_id)
    query = _TICKET.where(Ticket.id == ticket_id).with_for_update(key_share=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    return _with_steps(session, incident, row)


def hold_incident(session: Session, incident_id: int) -> AnyRow:
    """The case, locked. Raises Unknown."""
    query = _INCIDENT.where(Incident.id == incident_id).with_for_update(key_share=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    return row


def hold_all(session: Session, incident: AnyRow) -> list[Held]:
    """All tickets of a locked case, by id."""
    query = _TICKET.where(Ticket.incident_id == incident.id).order_by(Ticket.id)
    rows = session.execute(query.with_for_update(key_share=True)).all()
    return [_with_steps(session, incident, row) for row in rows]


def _with_steps(session: Session, incident: AnyRow, row: AnyRow) -> Held:
    steps = steps_of(session, row.id)
    return Held(incident, row, steps, courses.fold(steps))


def steps_of(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """Steps of a ticket, oldest first."""
    query = _STEPS.where(TicketStep.ticket_id == ticket_id).order_by(TicketStep.id)
    return session.execute(query).all()


def agencies_of(session: Session, incident_id: int) -> list[int]:
    """Agencies that have a ticket of the case, in the order of the tickets."""
    query = select(Ticket.agency_id).where(Ticket.incident_id == incident_id).order_by(Ticket.id)
    return list(session.scalars(query))


def check_version(held: Held, version: int) -> None:
    """Raises ChangedMeanwhile, with who changed it and when, for another version."""
    row = held.row
    if row.version == version:
        return
    last = held.steps[-1]
    by, at = last.by_name, last.at
    if row.held_at is not None and row.held_at > at:
        by, at = row.holder or by, row.held_at
    raise ChangedMeanwhile(f"ticket {row.id} is at version {row.version}, not {version}", by, at)


def is_proven(session: Session, held: Held) -> bool:
    """Whether there is the proof that its category asks for; opened again it needs a new one."""
    if not held.row.proof_needed:
        return True
    again = [leg.start for leg in held.course.legs if leg.state is TicketState.REOPENED]
    if held.row.proofs == 0 or not again:
        return bool(held.row.proofs)
    fresh = (Proof.ticket_id == held.row.id, Proof.at >= again[-1], Proof.accepted.is_not(False))
    return bool(session.scalar(select(exists().where(*fresh))))


def write(
    session: Session, held: Held, step: NewStep, ground: Ground | None, **columns: Any
) -> Course:
    """Add the step; the row says from here on what its steps come to. `columns`: what they do not.

    ground  with the clocks; None: they stay as they are
    """
    row = held.row
    keep_step(session, row.id, row.incident_id, step, demo=row.demo)
    course = courses.after(held.course, step)
    changed = {k: v for k, v in course.columns().items() if v != getattr(row, k)}
    set_row(session, row, changed | clocking.dues(ground, row, course) | columns)
    return course


def set_row(session: Session, row: AnyRow, values: Mapping[str, Any]) -> None:
    """Set columns of a locked ticket, with its next version."""
    session.execute(
        update(Ticket).where(Ticket.id == row.id).values(version=row.version + 1, **values)
    )


def keep_step(
    session: Session, ticket_id: int, incident_id: int, step: NewStep, *, demo: bool
) -> None:
    """Add a step, in the name of the session's scope."""
    scope = scope_of(session)
    session.execute(
        # inline: no RETURNING, for who gives a ticket away may not see its steps any more.
        insert(TicketStep)
        .inline()
        .values(
            ticket_id=ticket_id,
            incident_id=incident_id,
            at=step.at,
            state=step.state,
            agency_id=step.agency_id,
            actor=step.actor,
            by_user=scope.user_id,
            by_name=scope.name,
            reason=step.reason,
            note=step.note,
            facts=dict(step.facts),
            demo=demo,
        )
    )
