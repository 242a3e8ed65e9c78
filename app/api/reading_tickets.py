"""How requests about tickets are read."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from app.api import reading
from app.api.reading import Body, Line, Version
from dispatch.rules.ticketing import TicketState
from dispatch.tickets import Move

LONGEST_ANSWER, LONGEST_NOTE = 5000, 2000


def _clean(value: object) -> object:
    """PostgreSQL keeps no zero bytes: they go, the words stay."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


Answer = Annotated[str, BeforeValidator(_clean), Field(max_length=LONGEST_ANSWER)]
Note = Annotated[str, BeforeValidator(_clean), Field(max_length=LONGEST_NOTE)]


class MoveWords(Body):
    """A move without the version, as it is sent for many tickets at once."""

    to: Line
    reason: Line | None = None
    note: Note | None = None
    agency: Line | None = None
    answer: Answer | None = None


class MoveBody(MoveWords):
    version: Version
    key: Line = ""


class ClaimBody(Body):
    version: Version
    take_over: bool = False


class ReleaseBody(Body):
    version: Version


class ExtendBody(Body):
    version: Version
    reason: Note


class AddBody(Body):
    agency: Line
    version: Version
    note: Note | None = None
    key: Line = ""


def move(read: MoveWords, key: str) -> Move:
    """The move as the work knows it. Raises BadRequestField for a state that is none of ours."""
    return Move(
        to=reading.word(TicketState, "to", read.to),
        reason=read.reason or None,
        note=read.note or None,
        agency=read.agency or None,
        answer=read.answer or None,
        key=key,
    )
