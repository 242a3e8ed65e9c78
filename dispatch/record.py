"""The file of one case: its calls, tickets, assignments and history, as far as one may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.rows import AnyRow, AnySelect
from dispatch.schema import Agency, Assignment, Call, LogEntry, Ticket, Unit


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Rows as they stand, oldest first. Row security leaves out what is not the asker's."""

    calls: Sequence[AnyRow]
    tickets: Sequence[AnyRow]
    assignments: Sequence[AnyRow]
    history: Sequence[AnyRow]


def of_incident(session: Session, incident_id: int) -> CaseFile:
    """The file. The look at a sensitive case is logged."""
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
        .where(Call.incident_id == incident_id)
        .order_by(Call.at)
    ).all()
    if any(c.restricted_group for c in calls):
        log.record(session, "case.read", incident_id=incident_id)
    tickets = session.execute(
        select(Ticket.state, Ticket.rule, Ticket.opened_at, Agency.short)
        .join(Agency, Agency.id == Ticket.agency_id)
        .where(Ticket.incident_id == incident_id)
        .order_by(Ticket.id)
    ).all()
    assignments = session.execute(
        _assignments().where(Assignment.incident_id == incident_id).order_by(Assignment.sent_at)
    ).all()
    history = session.execute(
        select(LogEntry.at, LogEntry.kind, LogEntry.actor, LogEntry.unit_id)
        .where(LogEntry.incident_id == incident_id, LogEntry.kind != "case.read")
        .order_by(LogEntry.at, LogEntry.id)
        .limit(500)
    ).all()
    return CaseFile(calls, tickets, assignments, history)


def open_assignments(session: Session) -> Sequence[AnyRow]:
    """Assignments that are not over, oldest first; a field unit sees its own."""
    return session.execute(
        _assignments().where(Assignment.released_at.is_(None)).order_by(Assignment.sent_at)
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
    return select(
        Assignment.id,
        Assignment.incident_id,
        Assignment.unit_id,
        Assignment.state,
        Assignment.sent_at,
        Assignment.sent_by_name,
        Assignment.departed_at,
        Assignment.arrived_at,
        Assignment.released_at,
        Unit.call_sign,
        Unit.kind.label("unit_kind"),
    ).join(Unit, Unit.id == Assignment.unit_id)
