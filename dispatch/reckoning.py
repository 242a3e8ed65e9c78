"""Dues of open tickets reckoned anew: after a day off was added, or a term was changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.course import fold
from dispatch.rules.ticketing import OVER, TicketKind, TicketState
from dispatch.schema import Incident, Ticket, TicketStep
from dispatch.tickets import clocking

RECKONED = "ticket.reckoned"  # kind of log rows
MOST = 500  # cases at a time, each lot in a transaction of its own
# Of these a case is not late, as case_stands() says.
_NOBODY_LATE = OVER | {
    TicketState.POSTPONED,
    TicketState.AWAITING_REPLY,
    TicketState.FOLLOWED_UP,
}


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What came of one lot."""

    looked: int = 0  # open tickets
    changed: int = 0
    last: int | None = None  # case to go on after; None: that was all


def reckon_anew(session: Session, ground: Ground, after: int = 0, most: int = MOST) -> Reckoned:
    """Reckon the open tickets of the cases after that number, by the clocks of `ground`.

    Nothing moves and no version changes: a due date is no step. With the rights of the house.
    """
    cases = _hold_cases(session, after, most)
    rows = _hold_tickets(session, [case.id for case in cases])
    courses = _steps(session, [row.id for row in rows])
    changed = []
    for row in rows:
        if row.id not in courses:  # without a history there is nothing to reckon by
            continue
        fresh = clocking.dues(ground, row, fold(courses[row.id]))
        if any(getattr(row, name) != value for name, value in fresh.items()):
            session.execute(update(Ticket).where(Ticket.id == row.id).values(**fresh))
            changed.append(row)
    for row in changed:
        _follow(session, row)
    for row in changed:
        log.record(session, RECKONED, incident_id=row.incident_id, demo=row.demo, ticket=row.id)
    return Reckoned(len(rows), len(changed), cases[-1].id if len(cases) == most else None)


def _hold_cases(session: Session, after: int, most: int) -> Sequence[AnyRow]:
    """Cases with open tickets, locked before those, by number."""
    has_open = select(Ticket.id).where(Ticket.incident_id == Incident.id, Ticket.state.not_in(OVER))
    query = select(Incident.id).where(Incident.id > after, has_open.exists())
    return session.execute(
        query.order_by(Incident.id).limit(most).with_for_update(key_share=True)
    ).all()


def _hold_tickets(session: Session, cases: Iterable[int]) -> Sequence[AnyRow]:
    query = select(*Ticket.__table__.columns).where(
        Ticket.incident_id.in_(cases), Ticket.state.not_in(OVER)
    )
    return session.execute(query.order_by(Ticket.id).with_for_update(key_share=True)).all()


def _steps(session: Session, ids: Iterable[int]) -> Mapping[int, list[Any]]:
    columns = TicketStep.__table__.columns
    query = select(*columns).where(TicketStep.ticket_id.in_(ids))
    rows = session.execute(query.order_by(TicketStep.ticket_id, TicketStep.id))
    return {number: list(steps) for number, steps in groupby(rows, lambda row: row.ticket_id)}


def _follow(session: Session, row: AnyRow) -> None:
    """A case is late when one of its tickets is; an emergency by its own minutes."""
    if row.kind == TicketKind.EMERGENCY:
        return
    first = select(func.min(Ticket.due_at)).where(
        Ticket.incident_id == row.incident_id, Ticket.state.not_in(_NOBODY_LATE)
    )
    due_at = session.scalar(first)
    if due_at is not None:
        session.execute(
            update(Incident).where(Incident.id == row.incident_id).values(due_at=due_at)
        )
