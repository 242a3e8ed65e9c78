"""Takes a demonstration away again: all that was invented, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.demo.moving import POSITION, send_home
from dispatch.demo.villages import forget_registers
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import (
    Assignment,
    Call,
    CallContact,
    ExchangeLink,
    Incident,
    Instruction,
    LogEntry,
    Merge,
    Notice,
    Photo,
    Proof,
    Ticket,
    TicketMessage,
    TicketRating,
    TicketStep,
    Told,
    Unit,
    VillageMark,
    WorkLink,
)

_DONE = AssignmentState.DONE  # done with the case, and on its way home


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was taken away; `kept` invented incidents that a real call had joined."""

    calls: int
    incidents: int
    units_freed: int
    kept: int


def clear(session: Session, now: datetime) -> Cleared:
    """Delete invented calls and incidents with all that hangs on them; free their units.

    An invented incident that a real call joined is kept and counts as real from now on:
    what somebody really reported is never lost.
    """
    joined = _ids(session, _joined_by_real_calls())
    doomed = _ids(session, select(Incident.id).where(Incident.demo, Incident.id.not_in(joined)))
    calls = _ids(session, select(Call.id).where(Call.demo))
    units = _free_units(session, doomed, now)
    session.execute(update(Incident).where(Incident.id.in_(joined)).values(demo=False))
    session.execute(delete(LogEntry).where(LogEntry.demo))
    mine = VillageMark.demo & VillageMark.by_user.is_(None)  # of the play, also on what is kept
    session.execute(delete(VillageMark).where(mine | VillageMark.incident_id.in_(doomed)))
    said = update(VillageMark).where(VillageMark.incident_id.in_(joined))
    session.execute(said.values(demo=False))
    forget_registers(session)
    session.execute(update(Ticket).where(Ticket.incident_id.in_(joined)).values(demo=False))
    into_nothing = update(Incident).where(Incident.merged_into.in_(doomed))
    session.execute(into_nothing.values(merged_into=None))
    _forget_tickets(session, doomed)
    session.execute(delete(Told).where(Told.incident_id.in_(doomed)))
    session.execute(delete(CallContact).where(CallContact.call_id.in_(calls)))
    session.execute(delete(Call).where(Call.id.in_(calls)))
    session.execute(delete(Incident).where(Incident.id.in_(doomed)))
    done = Cleared(len(calls), len(doomed), len(units), len(joined))
    if doomed or calls:
        # Every screen reads all anew, as after another change of the ground.
        log.record(session, "demo.cleared", calls=len(calls))
    return done


def _forget_tickets(session: Session, incident_ids: list[int]) -> None:
    """Delete the tickets of these cases with all that hangs on them."""
    gone = select(Ticket.id).where(Ticket.incident_id.in_(incident_ids))
    session.execute(delete(Merge).where(Merge.from_id.in_(incident_ids)))
    session.execute(delete(Merge).where(Merge.into_id.in_(incident_ids)))
    for of_ticket in (Notice, TicketRating, ExchangeLink):
        session.execute(delete(of_ticket).where(of_ticket.ticket_id.in_(gone)))
    for of_case in (TicketStep, TicketMessage, Instruction, Proof, WorkLink):
        session.execute(delete(of_case).where(of_case.incident_id.in_(incident_ids)))
    session.execute(delete(Ticket).where(Ticket.id.in_(gone)))


def _joined_by_real_calls() -> Select[Any]:
    real = exists().where(Call.incident_id == Incident.id, Call.demo.is_(False))
    return select(Incident.id).where(Incident.demo, real)


def _free_units(session: Session, incident_ids: list[int], now: datetime) -> list[int]:
    """Delete the assignments; units that were out for them are free, and those moved go home."""
    mine = Assignment.incident_id.in_(incident_ids)
    still_out = Assignment.released_at.is_(None) & (Assignment.state != AssignmentState.PROPOSED)
    out = _ids(session, select(Assignment.unit_id).where(mine, still_out))
    coming = select(Unit.id).where(
        Unit.state == UnitState.RETURNING,
        Unit.id.in_(select(Assignment.unit_id).where(mine, Assignment.state == _DONE)),
    )
    out += _ids(session, coming)
    session.execute(delete(Photo).where(Photo.incident_id.in_(incident_ids)))
    gone = select(Assignment.id).where(mine)
    session.execute(update(Assignment).where(Assignment.next_id.in_(gone)).values(next_id=None))
    session.execute(delete(Assignment).where(mine))
    really_out = _ids(session, select(Assignment.unit_id).where(still_out))
    moved = _ids(
        session,
        select(LogEntry.unit_id).distinct().where(LogEntry.demo, LogEntry.kind == POSITION),
    )
    send_home(session, {*out, *moved} - set(really_out))
    session.execute(
        update(Unit).where(Unit.id.in_(out)).values(state=UnitState.FREE, state_since=now)
    )
    return out


def _ids(session: Session, query: Select[Any]) -> list[int]:
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Status:
    """How much of a demonstration is there."""

    calls: int
    open: int
    closed: int
    units_out: int

    @property
    def is_on(self) -> bool:
        """Whether anything invented is there."""
        return bool(self.calls or self.open or self.closed)


def status(session: Session) -> Status:
    """Counts of what is invented."""
    closed = func.count().filter(Incident.closed_at.is_not(None))
    row = session.execute(select(func.count(), closed).where(Incident.demo)).one()
    return Status(
        calls=session.scalar(select(func.count()).where(Call.demo)) or 0,
        open=row[0] - row[1],
        closed=row[1],
        units_out=session.scalar(
            select(func.count())
            .select_from(Assignment)
            .join(Incident, Incident.id == Assignment.incident_id)
            .where(Incident.demo, Assignment.released_at.is_(None))
            .where(Assignment.state != AssignmentState.PROPOSED)
        )
        or 0,
    )
