"""The file of one ticket, and rows of many: as far as who asks may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import board, record, responsible
from dispatch.errors import Unknown
from dispatch.ground import Ground
from dispatch.record import CaseFile
from dispatch.rows import AnyRow
from dispatch.rules import course as courses
from dispatch.rules.course import Course
from dispatch.rules.returns import Warned
from dispatch.rules.ticketing import WITH_ROOM, Actor, TicketState
from dispatch.schema import Incident, Instruction, Ticket, TicketMessage, TicketStep
from dispatch.scope import scope_of
from dispatch.tickets import actor_of, may_move


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket as inboxes list it: its row, and the course that its steps took."""

    row: AnyRow  # columns of ticket, place_text, lon, lat, merged_into, reports, instruction
    course: Course


@dataclass(frozen=True, slots=True)
class WholeTicket:
    """A ticket with all that belongs to it, oldest first."""

    listed: ListedTicket
    steps: Sequence[AnyRow]
    messages: Sequence[AnyRow]
    instructions: Sequence[AnyRow]
    others: Sequence[ListedTicket]  # of the same case
    moves: Sequence[TicketState]  # what the asker may do now
    warnings: Sequence[Warned]
    incident: AnyRow  # as board.incident_of
    case: CaseFile


_DUE_FIRST = (
    select(func.jsonb_build_object("due_at", Instruction.due_at, "text", Instruction.text))
    .where(Instruction.ticket_id == Ticket.id, Instruction.answered_at.is_(None))
    .order_by(Instruction.due_at)
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)
# Uses: pk_ticket, ix_instruction_ticket_id, pk_incident
_ROWS = select(
    *Ticket.__table__.columns,
    Incident.place_text,
    Incident.merged_into,
    Incident.state.label("incident_state"),
    func.ST_X(Incident.pin).label("lon"),
    func.ST_Y(Incident.pin).label("lat"),
    func.reports_of(Incident.id).label("reports"),
    _DUE_FIRST.label("instruction"),
).join(Incident, Incident.id == Ticket.incident_id)


def rows(session: Session, ids: Collection[int]) -> list[ListedTicket]:
    """These tickets in the order of `ids`, without those out of sight; two queries for all."""
    found = {row.id: row for row in session.execute(_ROWS.where(Ticket.id.in_(ids)))}
    taken = courses_of(session, list(found))
    return [ListedTicket(found[i], taken[i]) for i in dict.fromkeys(ids) if i in taken]


def row(session: Session, ticket_id: int) -> ListedTicket:
    """One of them. Raises Unknown: none, or none to see."""
    for listed in rows(session, [ticket_id]):
        return listed
    raise Unknown(f"ticket {ticket_id}")


def check_seen(session: Session, ticket_id: int) -> None:
    """Raises Unknown: there is no such ticket, or none to see."""
    if session.scalar(select(Ticket.id).where(Ticket.id == ticket_id)) is None:
        raise Unknown(f"ticket {ticket_id}")


def whole(session: Session, ticket_id: int, now: datetime, ground: Ground) -> WholeTicket:
    """All of one ticket. The look at a sensitive case is logged. Raises Unknown."""
    listed = row(session, ticket_id)
    incident_id = listed.row.incident_id
    same = select(Ticket.id).where(Ticket.incident_id == incident_id, Ticket.id != ticket_id)
    others = session.scalars(same.order_by(Ticket.id)).all()
    incident = board.incident_of(session, incident_id)
    return WholeTicket(
        listed,
        steps_of(session, ticket_id),
        messages_of(session, ticket_id),
        instructions_of(session, ticket_id),
        rows(session, others),
        moves_of(session, listed),
        _warnings(session, listed, ground),
        incident,
        record.of_incident(session, incident_id),
    )


def moves_of(session: Session, listed: ListedTicket) -> list[TicketState]:
    """Where the asker may move it now."""
    if listed.row.merged_into is not None:
        return []
    return may_move(listed.course.state, listed.course.before, actor_of(scope_of(session)))


def steps_of(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """Steps, oldest first."""
    return session.execute(
        select(*TicketStep.__table__.columns)
        .where(TicketStep.ticket_id == ticket_id)
        .order_by(TicketStep.id)
    ).all()


def messages_of(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """Words about it that the asker may read, oldest first."""
    return session.execute(
        select(*TicketMessage.__table__.columns)
        .where(TicketMessage.ticket_id == ticket_id)
        .order_by(TicketMessage.id)
    ).all()


def instructions_of(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """What leaders want done, oldest first."""
    return session.execute(
        select(*Instruction.__table__.columns)
        .where(Instruction.ticket_id == ticket_id)
        .order_by(Instruction.id)
    ).all()


def _warnings(session: Session, listed: ListedTicket, ground: Ground) -> Sequence[Warned]:
    """What the room should know before it gives the ticket to that agency."""
    if listed.row.state not in WITH_ROOM or actor_of(scope_of(session)) is not Actor.ROOM:
        return ()
    asked = select(Incident.owner).where(Incident.id == listed.row.incident_id)
    owner: Any = session.execute(asked).scalar_one()
    row = listed.row
    return responsible.warnings(session, ground, row.category_code, owner, row.agency_id)


def courses_of(session: Session, ids: Collection[int]) -> dict[int, Course]:
    """The courses of those tickets, in one query; none for a ticket without steps."""
    steps = session.execute(
        select(
            TicketStep.ticket_id,
            TicketStep.at,
            TicketStep.state,
            TicketStep.agency_id,
            TicketStep.actor,
            TicketStep.reason,
            TicketStep.facts,
        )
        .where(TicketStep.ticket_id.in_(ids))
        .order_by(TicketStep.ticket_id, TicketStep.id)
    )
    return {
        ticket_id: courses.fold(of_one)
        for ticket_id, of_one in groupby(steps, key=lambda step: step.ticket_id)
    }
