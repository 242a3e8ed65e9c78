"""/api/tickets/bulk: the same move, or a claim, for many tickets at once."""

from typing import Annotated

from flask import Blueprint
from pydantic import Field
from sqlalchemy.orm import Session

from app.api import reading, reading_tickets, wire_tickets
from app.api.reading import Body
from app.api.reading_tickets import MoveWords
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NotAllowed, problem_body
from app.parts import parts
from dispatch import bulk, ticket_file, tickets
from dispatch.bulk import Act, Result
from dispatch.ticket_file import ListedTicket

bp = Blueprint("bulk", __name__, url_prefix="/api")

Ids = Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=1000)]


class BulkBody(Body):
    ids: Ids
    move: MoveWords | None = None
    claim: bool = False
    key: Annotated[str, Field(min_length=1, max_length=150)]


@bp.post("/tickets/bulk")
@needs(Right.SEE_INBOX)
def post_bulk() -> Json:
    """Each ticket by itself: one that cannot be moved leaves the others as they are."""
    role = me().role
    if not (may(role, Right.WORK_TICKET) or may(role, Right.VERIFY)):
        raise NotAllowed(f"{role} has no right to this")
    read = reading.body(BulkBody)
    act = _act(read)
    with parts().transaction(me().scope) as session:
        results = bulk.carry_out(session, read.ids, act)
        done = [result.ticket_id for result in results if result.moved is not None]
        listed = {one.row.id: one for one in ticket_file.rows(session, done)}
    return {"results": [_result(result, listed) for result in results]}


def _act(read: BulkBody) -> Act:
    if (read.move is None) == (not read.claim):
        raise BadRequestField("move", "move: give a move, or claim: true; not both")
    now, ground = parts().now(), parts().ground()
    if read.move is None:
        return lambda session, number, version: tickets.claim(session, number, version, now)
    words = read.move

    def move(session: Session, number: int, version: int) -> tickets.Moved:
        wanted = reading_tickets.move(words, f"{read.key}:{number}")
        return tickets.move(session, number, wanted, version, now, ground)

    reading_tickets.move(words, read.key)  # a word that is none of ours is refused once, for all
    return move


def _result(result: Result, listed: dict[int, ListedTicket]) -> Json:
    if result.error is not None:
        return {"id": result.ticket_id, "ok": False, "problem": problem_body(result.error)}
    ticket = listed.get(result.ticket_id)  # None: it went to another agency, out of sight
    scope, ground, now = me().scope, parts().ground(), parts().now()
    shown = None if ticket is None else wire_tickets.row(ticket, ground, scope, now)
    return {"id": result.ticket_id, "ok": True, "ticket": shown}
