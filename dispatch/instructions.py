"""Use cases: a leader says what is to be done about a ticket and by when; who has it answers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from dispatch import log, messages
from dispatch.errors import DispatchError, IllegalMove, KeyReused, Unknown
from dispatch.regency import Regency
from dispatch.rows import AnyRow
from dispatch.rules.ticketing import OVER
from dispatch.schema import IdempotencyKey, Instruction, Ticket
from dispatch.scope import Role, check_group, scope_of

LONGEST, LONGEST_ANSWER, MOST_OPEN = 2000, 5000, 200
LATEST = timedelta(days=366)
GIVEN, ANSWERED = "instruksi", "instruksi_dijawab"  # kinds of the notices


class BadInstruction(DispatchError):
    """The instruction cannot be given like this: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


class AnsweredAlready(DispatchError):
    """The instruction was answered already."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__(f"answered by {by} at {at.isoformat()}")


def give(
    session: Session,
    ticket_id: int,
    words: str,
    due_at: datetime,
    key: str,
    now: datetime,
    regency: Regency,
) -> int:
    """Give an instruction in the name of the scope; its number. The same key gives it once.

    Raises Unknown, BadInstruction (which field), IllegalMove for a ticket that is over, KeyReused.
    """
    ticket = _ticket(session, ticket_id)
    check_group(session, ticket.restricted_group)
    words = _checked(words, due_at, now)
    number, fresh = _once(session, key, f"{ticket_id} {due_at.isoformat()} {words}")
    if not fresh:
        return number
    if ticket.state in OVER:
        raise IllegalMove(f"the ticket is {ticket.state}: have it opened again first")
    _keep(session, number, ticket, words, due_at, now)
    officers = [
        c.id
        for c in messages.colleagues(session, ticket_id, regency)
        if c.role == Role.AGENCY_OFFICER
    ]
    messages.tell(session, ticket_id, officers, GIVEN, now)
    _record(session, "instruction.given", ticket, number)
    return number


def answer(session: Session, instruction_id: int, words: str, now: datetime) -> int:
    """Say what came of it, for the leader; the number of the ticket.

    Raises Unknown, BadInstruction, AnsweredAlready.
    """
    words = words.replace("\x00", "").strip()
    if not 1 <= len(words) <= LONGEST_ANSWER:
        raise BadInstruction("answer", f"give 1 to {LONGEST_ANSWER} characters")
    query = select(*Instruction.__table__.columns).where(Instruction.id == instruction_id)
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise Unknown(f"instruction {instruction_id}")
    ticket, scope = _ticket(session, row.ticket_id), scope_of(session)
    check_group(session, row.restricted_group)
    if row.answered_at is not None:
        if (row.answer, row.answered_by) == (words, scope.name):
            return int(row.ticket_id)  # sent twice
        raise AnsweredAlready(row.answered_by, row.answered_at)
    session.execute(
        update(Instruction)
        .where(Instruction.id == instruction_id)
        .values(answered_at=now, answered_by=scope.name, answer=words)
    )
    messages.tell(session, row.ticket_id, [row.by_user], ANSWERED, now)
    _record(session, "instruction.answered", ticket, instruction_id)
    return int(row.ticket_id)


def waiting(session: Session) -> Sequence[AnyRow]:
    """Instructions without an answer that the asker may see, due first; with their agency's id."""
    return session.execute(
        select(*Instruction.__table__.columns, Ticket.agency_id, Ticket.state)
        .join(Ticket, Ticket.id == Instruction.ticket_id)
        .where(Instruction.answered_at.is_(None))
        .order_by(Instruction.due_at, Instruction.id)
        .limit(MOST_OPEN)
    ).all()


def _ticket(session: Session, ticket_id: int) -> AnyRow:
    row = session.execute(
        select(
            Ticket.id, Ticket.incident_id, Ticket.state, Ticket.restricted_group, Ticket.demo
        ).where(Ticket.id == ticket_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    return row


def _checked(words: str, due_at: datetime, now: datetime) -> str:
    words = words.replace("\x00", "").strip()
    if not 1 <= len(words) <= LONGEST:
        raise BadInstruction("text", f"give 1 to {LONGEST} characters")
    if due_at <= now:
        raise BadInstruction("due_at", "give a time that is still to come")
    if due_at > now + LATEST:
        raise BadInstruction("due_at", "give a time within a year")
    return words


def _once(session: Session, key: str, content: str) -> tuple[int, bool]:
    """The number for the instruction of that key, and whether the key is new. Raises KeyReused."""
    user_id = scope_of(session).user_id
    kept = f"instruksi:{hashlib.sha256(key.encode()).hexdigest()}"
    mark = hashlib.sha256(content.encode()).digest()
    number = session.scalar(text("SELECT nextval('instruction_id_seq')"))
    fresh = session.scalar(
        postgresql.insert(IdempotencyKey)
        .values(
            user_id=user_id, key=kept, fingerprint=mark, status=200, answer={"instruction": number}
        )
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if fresh is not None and number is not None:
        return int(number), True
    was = session.execute(
        select(IdempotencyKey.fingerprint, IdempotencyKey.answer).where(
            IdempotencyKey.user_id == user_id, IdempotencyKey.key == kept
        )
    ).one()
    if bytes(was.fingerprint) != mark:
        raise KeyReused
    return int(was.answer["instruction"]), False


def _keep(
    session: Session, number: int, ticket: AnyRow, words: str, due_at: datetime, now: datetime
) -> None:
    scope = scope_of(session)
    session.execute(
        insert(Instruction).values(
            id=number,
            ticket_id=ticket.id,
            incident_id=ticket.incident_id,
            restricted_group=ticket.restricted_group,
            at=now,
            by_user=scope.user_id,
            by_name=scope.name,
            text=words,
            due_at=due_at,
            demo=ticket.demo,
        )
    )


def _record(session: Session, kind: str, ticket: AnyRow, instruction_id: int) -> None:
    log.record(
        session,
        kind,
        incident_id=ticket.incident_id,
        demo=ticket.demo,
        ticket=ticket.id,
        instruction=instruction_id,
    )
