"""Reminders that climb: who hears of a ticket when more and more of its time is used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.course import Course
from dispatch.rules.escalation import Told
from dispatch.rules.ticketing import OVER, TicketKind
from dispatch.schema import Ticket
from dispatch.ticket_file import courses_of

ESCALATED = "ticket.escalated"  # kind of log rows
MOST = 100  # at a time: the timer comes again
# What the trigger that writes the outbox reads of the rung (0010_outbox.sql): whom to tell.
_RUNG = text("SELECT set_config('app.rung', :rung, true)")
_ROW = select(
    Ticket.id,
    Ticket.incident_id,
    Ticket.kind,
    Ticket.category_code,
    Ticket.priority,
    Ticket.escalated,
    Ticket.escalate_at,
    Ticket.demo,
)


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a ticket has climbed, and when it climbs next."""

    rung: int  # 1 is the first
    share: float  # of the time for completion, of that rung
    tell: tuple[Told, ...]  # of all rungs that were climbed at once
    next_at: datetime | None


def climb(session: Session, now: datetime, ground: Ground) -> int:
    """Climb where a rung was reached; how many tickets did.

    Several may ask at once: what one holds, the others leave alone. It is no move: the version
    stays, or a reminder would spoil the answer that is coming in. Where nobody looked for a
    while, all rungs that were reached are climbed in one go, and told as one.
    """
    due = _due(session, now, quiet=ground.regency.clocks.ladder.is_quiet(now))
    courses = courses_of(session, [row.id for row in due])
    climbs = [(row, _climb(ground, row, courses.get(row.id), now)) for row in due]
    for row, climbed in climbs:
        _write(session, row, climbed)
    higher = [(row, climbed) for row, climbed in climbs if climbed.rung > row.escalated]
    for row, climbed in higher:
        _record(session, row, climbed)
    return len(higher)


def _due(session: Session, now: datetime, *, quiet: bool) -> Sequence[AnyRow]:
    """Tickets that wait for nobody but those who work, locked, the longest due first."""
    query = _ROW.where(Ticket.escalate_at <= now, Ticket.state.not_in(OVER))
    if quiet:
        query = query.where(Ticket.kind == TicketKind.EMERGENCY)
    query = query.order_by(Ticket.escalate_at, Ticket.id).limit(MOST)
    return session.execute(query.with_for_update(key_share=True, skip_locked=True)).all()


def _climb(ground: Ground, row: AnyRow, course: Course | None, now: datetime) -> Climb:
    """How far it should be by now. The rung stays where the clocks were set anew meanwhile."""
    clocks, rung, share = ground.regency.clocks, row.escalated, 0.0
    if course is None:  # a row without a history must not keep the others from climbing
        return Climb(rung, share, (), None)
    tell: dict[Told, None] = {}
    while True:
        next_at = clocks.dues(
            row.kind,
            ground.catalogue.category(row.category_code).clock,
            row.priority,
            course.legs,
            extended=course.extended,
            escalated=rung,
        ).escalate_at
        reached = clocks.ladder.rung(rung)
        if reached is None or next_at is None or next_at > now:
            return Climb(rung, share, tuple(tell), next_at)
        tell |= dict.fromkeys(reached.tell)
        rung, share = rung + 1, reached.share


def _write(session: Session, row: AnyRow, climbed: Climb) -> None:
    facts = {"rung": climbed.rung, "share": climbed.share, "tell": climbed.tell}
    session.execute(_RUNG, {"rung": orjson.dumps(facts).decode()})
    session.execute(
        update(Ticket)
        .where(Ticket.id == row.id)
        .values(escalated=climbed.rung, escalate_at=climbed.next_at)
    )


def _record(session: Session, row: AnyRow, climbed: Climb) -> None:
    log.record(
        session,
        ESCALATED,
        incident_id=row.incident_id,
        demo=row.demo,
        ticket=row.id,
        rung=climbed.rung,
        share=climbed.share,
        tell=[told.value for told in climbed.tell],
    )
