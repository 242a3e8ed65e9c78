"""/api/tickets: one ticket, and what is done with it. Who may move it where is in the table."""

from flask import Blueprint
from sqlalchemy.orm import Session

from app.api import reading, reading_tickets, wire_proofs, wire_tickets
from app.api.reading_tickets import AddBody, ClaimBody, ExtendBody, MoveBody, ReleaseBody
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import NotAllowed
from app.parts import parts
from dispatch import contractors, proofs, ticket_file, tickets

bp = Blueprint("tickets", __name__, url_prefix="/api")

# Flask's own <int:> takes any length; a bigint does not.
ID = "<int(max=4611686018427387904):ticket_id>"
INCIDENT_ID = "<int(max=4611686018427387904):incident_id>"


@bp.get(f"/tickets/{ID}")
@needs(Right.SEE_INBOX)
def get_ticket(ticket_id: int) -> Json:
    """The whole ticket; the look at a sensitive one is logged."""
    with parts().transaction(me().scope) as session:
        return whole(session, ticket_id)


@bp.post(f"/tickets/{ID}/moves")
@needs(Right.SEE_INBOX)
def post_move(ticket_id: int) -> Json:
    """Move it. The same key moves it once."""
    read = reading.body(MoveBody)
    wanted = reading_tickets.move(read, read.key)
    with parts().transaction(me().scope) as session:
        tickets.move(session, ticket_id, wanted, read.version, parts().now(), parts().ground())
        return whole(session, ticket_id)


@bp.post(f"/tickets/{ID}/claim")
@needs(Right.SEE_INBOX)
def post_claim(ticket_id: int) -> Json:
    """Work on it; with take_over also where somebody else does."""
    _check_works()
    read = reading.body(ClaimBody)
    with parts().transaction(me().scope) as session:
        tickets.claim(session, ticket_id, read.version, parts().now(), take_over=read.take_over)
        return whole(session, ticket_id)


@bp.post(f"/tickets/{ID}/release")
@needs(Right.SEE_INBOX)
def post_release(ticket_id: int) -> Json:
    """Let it go."""
    _check_works()
    read = reading.body(ReleaseBody)
    with parts().transaction(me().scope) as session:
        tickets.release(session, ticket_id, read.version)
        return whole(session, ticket_id)


@bp.post(f"/tickets/{ID}/extend")
@needs(Right.WORK_TICKET)
def post_extend(ticket_id: int) -> Json:
    """More time for a request of information, once."""
    read = reading.body(ExtendBody)
    with parts().transaction(me().scope) as session:
        now, ground = parts().now(), parts().ground()
        tickets.extend(session, ticket_id, read.reason, read.version, now, ground)
        return whole(session, ticket_id)


@bp.post(f"/incidents/{INCIDENT_ID}/tickets")
@needs(Right.VERIFY)
def post_ticket(incident_id: int) -> tuple[Json, int]:
    """One more agency for a case."""
    read, now, ground = reading.body(AddBody), parts().now(), parts().ground()
    with parts().transaction(me().scope) as session:
        added = tickets.add(
            session,
            incident_id,
            read.agency,
            read.version,
            now,
            ground,
            note=read.note,
            key=read.key,
        )
        return whole(session, added.ticket_id), 201


def whole(session: Session, ticket_id: int) -> Json:
    """A ticket with its proofs and links, as the asker sees it."""
    now, ground, scope = parts().now(), parts().ground(), me().scope
    ticket = ticket_file.whole(session, ticket_id, now, ground)
    return wire_tickets.whole(ticket, ground, scope, now) | {
        "proofs": [wire_proofs.proof(row) for row in proofs.of_ticket(session, ticket_id)],
        "links": [wire_proofs.link(row) for row in contractors.of_ticket(session, ticket_id)],
    }


def _check_works() -> None:
    """A leader sees tickets, but does not work on them."""
    role = me().role
    if not (may(role, Right.WORK_TICKET) or may(role, Right.VERIFY)):
        raise NotAllowed(f"{role} has no right to this")
