"""What the clock of the house does: a reporter who stays silent has nothing more to say."""

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch.errors import DispatchError
from dispatch.ground import Ground
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.schema import Ticket
from dispatch.tickets import moving, rows
from dispatch.tickets.facts import Move

MOST = 50  # at a time: the timer comes again
SILENT = "pelapor_tidak_menanggapi"
_ENDS = {
    TicketState.AWAITING_REPLY: TicketState.CLOSED,
    TicketState.POSTPONED: TicketState.ARCHIVED,
}
# Of several processes one lapses; the others find nothing to do.
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('tickets.lapse'))")


def lapse(session: Session, now: datetime, ground: Ground) -> int:
    """End the tickets whose reporters stayed silent for too long; how many there were."""
    if not session.scalar(_ALONE):
        return 0
    # By incident: cases are locked in one order everywhere.
    due = select(Ticket.id).where(Ticket.reply_due_at < now, Ticket.state.in_(_ENDS))
    ids = session.scalars(due.order_by(Ticket.incident_id, Ticket.id).limit(MOST)).all()
    return sum(_end(session, ticket_id, now, ground) for ticket_id in ids)


def _end(session: Session, ticket_id: int, now: datetime, ground: Ground) -> bool:
    """Whether it was ended: what cannot be is left, and keeps no other from it."""
    try:
        with session.begin_nested():
            held = rows.hold(session, ticket_id)
            if held.row.state not in _ENDS or held.row.reply_due_at >= now:
                return False
            wanted = Move(to=_ENDS[held.row.state], reason=SILENT)
            moving.carry_out(session, held, wanted, Actor.HOUSE, now, ground)
    except DispatchError:
        return False
    return True
