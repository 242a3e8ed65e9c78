"""/api/instructions: what leaders want done about tickets, by when, and what came of it."""

from typing import Annotated

from flask import Blueprint
from pydantic import Field

from app.api import reading, tickets, wire_desk
from app.api.reading import Body, Line
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NotAllowed
from app.parts import parts
from dispatch import instructions

bp = Blueprint("instructions", __name__, url_prefix="/api")

NUMBER = "<int(max=4611686018427387904):number>"
Long = Annotated[str, Field(max_length=20_000)]


class GiveBody(Body):
    text: Long
    due_at: Line
    key: Annotated[str, Field(min_length=1, max_length=200)]


class AnswerBody(Body):
    answer: Long


@bp.get("/instructions")
@needs(Right.SEE_INBOX)
def get_instructions() -> Json:
    """Those that wait for an answer, due first; late ones are flagged."""
    ground, now = parts().ground(), parts().now()
    with parts().transaction(me().scope) as session:
        rows = instructions.waiting(session)
    return {"instructions": [wire_desk.waiting_instruction(row, ground, now) for row in rows]}


@bp.post(f"/tickets/{tickets.ID}/instructions")
@needs(Right.INSTRUCT)
def post_instruction(ticket_id: int) -> tuple[Json, int]:
    """Give an instruction with a clock of its own."""
    read, now = reading.body(GiveBody), parts().now()
    due_at = reading.moment("due_at", read.due_at)
    if due_at is None:
        raise BadRequestField("due_at", "due_at: give a time as 2026-11-22T10:00:00Z")
    with parts().transaction(me().scope) as session:
        instructions.give(session, ticket_id, read.text, due_at, read.key, now, parts().regency)
        return tickets.whole(session, ticket_id), 201


@bp.post(f"/instructions/{NUMBER}/answer")
@needs(Right.SEE_INBOX)
def post_answer(number: int) -> Json:
    """Say what came of it; by the agency that has the ticket, or the room."""
    role = me().role
    if not (may(role, Right.WORK_TICKET) or may(role, Right.VERIFY)):
        raise NotAllowed(f"{role} has no right to this")
    read = reading.body(AnswerBody)
    with parts().transaction(me().scope) as session:
        ticket_id = instructions.answer(session, number, read.answer, parts().now())
        return tickets.whole(session, ticket_id)
