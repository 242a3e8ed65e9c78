"""A case ends with its last ticket or unit, opens again with a ticket, is late when one is."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, select, text, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.ticketing import OVER, Actor, TicketKind, TicketState
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Assignment, Incident, Ticket
from dispatch.tickets import rows
from dispatch.tickets.rows import NewStep

HANDLED = "ditangani"
_STANDS = text("SELECT open, units_out, due_at FROM case_stands(:incident_id)")
# Of several processes one looks; the others find nothing to do.
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('tickets.end_cases'))")
# Only a unit or a proposal keeps a case open without a ticket; looked at when it came free.
LOOKED_BACK = timedelta(days=7)  # as long as the house may have stood still
# Reckoned first: under row security PostgreSQL cannot guess how few they are.
_FREED = (
    select(Assignment.incident_id)
    .where(Assignment.released_at > bindparam("since"))
    .distinct()
    .cte("freed")
    .prefix_with("MATERIALIZED")
)
# Uses: ix_assignment_released, pk_incident, ix_ticket_incident_id
_NOTHING_OWED = (
    select(Incident.id)
    .join(_FREED, _FREED.c.incident_id == Incident.id)
    .where(
        Incident.state != IncidentState.CLOSED,
        ~exists().where(Ticket.incident_id == Incident.id, Ticket.state.not_in(sorted(OVER))),
    )
    .order_by(Incident.id)
)


def follow(
    session: Session, incident: AnyRow, now: datetime, ground: Ground, step: NewStep
) -> None:
    """Let a locked case follow the step of one of its tickets."""
    stands = _stands(session, incident.id)
    values = _agencies(session, incident, step)
    closed = incident.state == IncidentState.CLOSED
    if not closed and stands.open == 0 and stands.units_out == 0:
        values |= {
            "state": IncidentState.CLOSED,
            "closed_at": max(step.at, incident.opened_at),
            "outcome": step.reason or _outcome(step.state),
        }
    elif closed and stands.open > 0:
        values |= {"state": IncidentState.NEW, "closed_at": None, "outcome": None}
        values["due_at"] = _due_again(incident, stands.due_at, now, ground)
    elif not closed and stands.due_at is not None and not _is_emergency(incident, ground):
        values["due_at"] = stands.due_at
    _set(session, incident, values)


def end_cases(session: Session, now: datetime) -> int:
    """End the cases whose last unit came free, or whose proposals lapsed, after their last ticket.

    A crew sees no tickets, so it cannot end a case with its order; the clock of the house does.
    Answers how many there were; for the timer, which sees all tickets.
    """
    if not session.scalar(_ALONE):
        return 0
    waiting = session.scalars(_NOTHING_OWED, {"since": now - LOOKED_BACK}).all()
    return sum(_end(session, number, now) for number in waiting if _is_idle(session, number))


def _is_idle(session: Session, incident_id: int) -> bool:
    """Looked at before the lock: whose units are still out is left alone."""
    return bool(_stands(session, incident_id).units_out == 0)


def _end(session: Session, incident_id: int, now: datetime) -> bool:
    incident = rows.hold_incident(session, incident_id)
    stands = _stands(session, incident_id)
    if incident.state == IncidentState.CLOSED or stands.open or stands.units_out:
        return False
    last = session.execute(
        select(Ticket.state, Ticket.outcome)
        .where(Ticket.incident_id == incident_id)
        .order_by(Ticket.closed_at.desc(), Ticket.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:  # from before there were tickets: a person closes it
        return False
    values = {
        "state": IncidentState.CLOSED,
        "closed_at": max(now, incident.opened_at),
        "outcome": last.outcome or _outcome(last.state),
    }
    _set(session, incident, values)
    return True


def _stands(session: Session, incident_id: int) -> AnyRow:
    return session.execute(_STANDS, {"incident_id": incident_id}).one()


def _set(session: Session, incident: AnyRow, values: dict[str, Any]) -> None:
    changed = {k: v for k, v in values.items() if v != getattr(incident, k)}
    if not changed:
        return
    if changed.keys() != {"due_at"}:
        changed["version"] = incident.version + 1
    session.execute(update(Incident).where(Incident.id == incident.id).values(**changed))
    if "state" in changed:
        shut = changed["state"] == IncidentState.CLOSED
        kind = "incident.closed" if shut else "incident.reopened"
        log.record(session, kind, incident_id=incident.id, demo=incident.demo)


def _agencies(session: Session, incident: AnyRow, step: NewStep) -> dict[str, Any]:
    """Only the room gives a ticket to another agency, and only the room sees all of them."""
    if step.actor is not Actor.ROOM or step.state is not TicketState.REFERRED:
        return {}
    return {"agency_ids": rows.agencies_of(session, incident.id)}


def _outcome(state: TicketState) -> str:
    return HANDLED if state is TicketState.CLOSED else state.value


def _is_emergency(incident: AnyRow, ground: Ground) -> bool:
    return ground.catalogue.category(incident.category_code).kind == TicketKind.EMERGENCY


def _due_again(
    incident: AnyRow, due_at: datetime | None, now: datetime, ground: Ground
) -> datetime | None:
    """By the clocks of its tickets; an emergency, or one without, as if it had come in now."""
    if due_at is not None and not _is_emergency(incident, ground):
        return due_at
    kind = ground.catalogue.category(incident.category_code).kind
    return ground.regency.late.due_at(kind, incident.priority, now)
