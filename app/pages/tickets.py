"""The pages of the tickets: the inbox, and one ticket."""

from flask import Blueprint, render_template

from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import ticket_file
from dispatch.rules.ticketing import TicketState

bp = Blueprint("tickets_pages", __name__)


@bp.get("/kotak")
@needs(Right.SEE_INBOX)
def get_inbox() -> str:
    """What waits for an agency, for the room; a leader reads."""
    return render_template("inbox.html", states=[state.value for state in TicketState])


@bp.get("/tiket/<int(max=4611686018427387904):ticket_id>")
@needs(Right.SEE_INBOX)
def get_ticket(ticket_id: int) -> str:
    """One ticket, where there is one to see; what it shows comes through the API.

    The look is logged there: here nothing of it is read.
    """
    with parts().transaction(me().scope) as session:
        ticket_file.check_seen(session, ticket_id)
    return render_template("ticket.html", ticket_id=ticket_id)
