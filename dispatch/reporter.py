"""What is told to the holder of a report's code, who may reply, rate, and have it opened again.

All of it with the eyes of Scope(REPORTER, call_id): row security shows the own report, the case
that it belongs to now, its tickets, answers and accepted pictures. What other callers said of that
case stands in its columns, too: none of them is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from dispatch import log, tickets
from dispatch.catalogue import AgencyFacts, CategoryFacts
from dispatch.errors import IllegalMove, KeyReused, Unknown
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.ticketing import OPEN, TicketState
from dispatch.rules.workflow import CallClass
from dispatch.schema import Call, Incident, Proof, Ticket, TicketMessage, TicketRating, TicketStep
from dispatch.scope import scope_of
from dispatch.tickets import Move

LONGEST_REPLY = 2000
MOST_REPLIES = 50  # of one report and ticket: more is no conversation
REOPENABLE = frozenset({TicketState.AWAITING_REPLY, TicketState.CLOSED, TicketState.ARCHIVED})
RATEABLE = frozenset({TicketState.AWAITING_REPLY, TicketState.CLOSED})


@dataclass(frozen=True, slots=True)
class Followed:
    """One agency's work on the report."""

    id: int
    agency: AgencyFacts
    state: TicketState
    since: datetime  # in that state
    verify_due_at: datetime | None
    answer_due_at: datetime | None
    due_at: datetime | None
    reply_due_at: datetime | None
    answered_at: datetime | None
    reason: str | None  # of the last step, a code; for what was archived
    words: Sequence[AnyRow]  # answers, and own replies: at, kind, text, agency_id
    pictures: Sequence[int]  # ids of proof
    stars: int | None  # that this report gave

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its reporter sees it."""

    number: int
    at: datetime
    call_class: CallClass
    category: CategoryFacts | None  # None: sensitive, or no case
    sensitive: bool
    merged: bool  # into another report about the same
    is_open: bool
    closed_at: datetime | None
    followed: Sequence[Followed]
    demo: bool


def read(session: Session, ground: Ground) -> Report:
    """The report of the session's scope. Raises Unknown when there is none."""
    call = _call(session)
    case = session.execute(
        select(
            Incident.id,
            Incident.category_code,
            Incident.restricted_group,
            Incident.state,
            Incident.closed_at,
        )
    ).one_or_none()
    sensitive = call.restricted_group is not None or (
        case is not None and case.restricted_group is not None
    )
    known = case is not None and not sensitive
    return Report(
        number=call.id,
        at=call.at,
        call_class=call.call_class,
        category=ground.catalogue.category(case.category_code) if known and case else None,
        sensitive=sensitive,
        merged=case is not None and case.id != call.incident_id,
        is_open=case is not None and case.closed_at is None,
        closed_at=case.closed_at if case else None,
        followed=_followed(session, ground) if case else (),
        demo=call.demo,
    )


def reply(
    session: Session, ticket_id: int, text: str, key: str, now: datetime, ground: Ground
) -> bool:
    """Keep what the reporter says to the agency; one that waited for it goes on. False: known.

    Raises Unknown, KeyReused, IllegalMove where the ticket is over or was written to too often.
    """
    row = _ticket(session, ticket_id)
    stored = session.execute(
        select(TicketMessage.text).where(
            TicketMessage.ticket_id == ticket_id,
            TicketMessage.key == key,
            TicketMessage.call_id == scope_of(session).call_id,
        )
    ).one_or_none()
    if stored is not None:
        if stored.text != text:
            raise KeyReused
        return False
    if row.state not in OPEN:
        raise IllegalMove("the ticket is over: have it opened again")
    _check_patience(session, ticket_id)
    session.execute(
        insert(TicketMessage)
        .inline()
        .values(
            ticket_id=ticket_id,
            incident_id=row.incident_id,
            restricted_group=row.restricted_group,
            at=now,
            kind="tanggapan",
            by_name="",
            call_id=scope_of(session).call_id,
            text=text,
            key=key,
            demo=row.demo,
        )
    )
    if row.state == TicketState.POSTPONED and row.before is not None:
        tickets.move(session, ticket_id, Move(to=TicketState(row.before)), row.version, now, ground)
    log.record(
        session, "ticket.replied", incident_id=row.incident_id, ticket=ticket_id, demo=row.demo
    )
    return True


def rate(session: Session, ticket_id: int, stars: int, now: datetime, ground: Ground) -> None:
    """Say how content one is, 1 to 5; a good word while it waits for one ends it.

    Raises Unknown, IllegalMove before there is an answer.
    """
    row = _ticket(session, ticket_id)
    if row.state not in RATEABLE:
        raise IllegalMove("it can be rated once there is an answer")
    given = upsert(TicketRating).values(
        ticket_id=ticket_id, call_id=scope_of(session).call_id, stars=stars, at=now
    )
    session.execute(
        given.on_conflict_do_update(
            index_elements=["ticket_id", "call_id"],
            set_={"stars": given.excluded.stars, "at": given.excluded.at},
        )
    )
    session.execute(update(Ticket).where(Ticket.id == ticket_id).values(stars=stars))
    if row.state == TicketState.AWAITING_REPLY and stars > 2:
        tickets.move(session, ticket_id, Move(to=TicketState.CLOSED), row.version, now, ground)
    log.record(
        session,
        "ticket.rated",
        incident_id=row.incident_id,
        ticket=ticket_id,
        stars=stars,
        demo=row.demo,
    )


def reopen(
    session: Session, ticket_id: int, text: str, key: str, now: datetime, ground: Ground
) -> None:
    """Have it opened again, with what is still wrong. Raises Unknown, IllegalMove."""
    row = _ticket(session, ticket_id)
    if row.state not in REOPENABLE:
        if _known(session, ticket_id, key):
            return
        raise IllegalMove("it is open already")
    tickets.reopen_by(session, ticket_id, now, ground, reason="belum_selesai", key=key)
    reply(session, ticket_id, text, key, now, ground)


def _known(session: Session, ticket_id: int, key: str) -> bool:
    asked = select(TicketMessage.id).where(
        TicketMessage.ticket_id == ticket_id, TicketMessage.key == key
    )
    return session.execute(asked).first() is not None


def _call(session: Session) -> AnyRow:
    call_id = scope_of(session).call_id
    row = session.execute(
        select(
            Call.id, Call.at, Call.call_class, Call.incident_id, Call.restricted_group, Call.demo
        ).where(Call.id == call_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"report {call_id}")
    return row


def _ticket(session: Session, ticket_id: int) -> AnyRow:
    """Raises Unknown: none, or none of this report."""
    row = session.execute(
        select(
            Ticket.id,
            Ticket.incident_id,
            Ticket.state,
            Ticket.before,
            Ticket.restricted_group,
            Ticket.version,
            Ticket.demo,
        ).where(Ticket.id == ticket_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    return row


def _check_patience(session: Session, ticket_id: int) -> None:
    counted = select(func.count()).where(
        TicketMessage.ticket_id == ticket_id,
        TicketMessage.call_id == scope_of(session).call_id,
    )
    if (session.scalar(counted) or 0) >= MOST_REPLIES:
        raise IllegalMove(f"{MOST_REPLIES} replies are kept of one report; please call 112")


def _followed(session: Session, ground: Ground) -> list[Followed]:
    rows = session.execute(
        select(*Ticket.__table__.columns)
        .where(Ticket.state != TicketState.MERGED)
        .order_by(Ticket.id)
    ).all()
    words = session.execute(
        select(
            TicketMessage.ticket_id,
            TicketMessage.at,
            TicketMessage.kind,
            TicketMessage.text,
            TicketMessage.agency_id,
        ).order_by(TicketMessage.id)
    ).all()
    pictures = session.execute(select(Proof.id, Proof.ticket_id).order_by(Proof.id)).all()
    ratings = session.execute(select(TicketRating.ticket_id, TicketRating.stars)).all()
    given = {row.ticket_id: row.stars for row in ratings}
    last = _last_steps(session)
    return [
        Followed(
            id=row.id,
            agency=ground.catalogue.agencies[row.agency_id],
            state=TicketState(row.state),
            since=last[row.id].at if row.id in last else row.opened_at,
            verify_due_at=row.verify_due_at,
            answer_due_at=row.answer_due_at,
            due_at=row.due_at,
            reply_due_at=row.reply_due_at,
            answered_at=row.answered_at,
            reason=row.outcome,
            words=[word for word in words if word.ticket_id == row.id],
            pictures=[picture.id for picture in pictures if picture.ticket_id == row.id],
            stars=given.get(row.id),
        )
        for row in rows
    ]


def _last_steps(session: Session) -> dict[int, AnyRow]:
    """Of each ticket the step from which on it is in its state."""
    steps = session.execute(
        select(TicketStep.ticket_id, TicketStep.at, TicketStep.state).order_by(TicketStep.id)
    ).all()
    found: dict[int, AnyRow] = {}
    for step in steps:
        if step.ticket_id not in found or found[step.ticket_id].state != step.state:
            found[step.ticket_id] = step
    return found
