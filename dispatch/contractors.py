"""One-time links by which a contractor, without a log-in, brings proof of work on one ticket.

A contractor moves nothing: the officer sees what came, and says that it is done.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import DispatchError, IllegalMove, Unknown
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.ticketing import OVER
from dispatch.schema import Agency, Incident, Proof, Ticket, WorkLink
from dispatch.scope import CONTRACTOR, Scope, enter, scope_of
from geo.placement import VillageRef
from geo.point import Point

BYTES = 32  # 256 bits: nobody guesses one
LONGEST_TOKEN = 100
LONGEST_NAME = 100
LONGEST_NOTE = 1000
MOST_DAYS = 30
MOST_OF_A_TICKET = 20


class Why(StrEnum):
    """Why a link opens nothing."""

    UNKNOWN = "tidak_dikenal"
    EXPIRED = "lewat_masa"
    REVOKED = "dicabut"
    USED = "sudah_dipakai"
    OVER = "tiket_selesai"


class LinkShut(DispatchError):
    """The link opens nothing."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(f"the link opens nothing: {why}")


class NoPhotoYet(DispatchError):
    """Send at least one photo before saying that it is done."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """The only time that the token itself is known."""

    id: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a good token opens."""

    link_id: int
    ticket_id: int
    name: str
    note: str | None
    made_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done and where; nothing of who reported it, and none of their words."""

    category: str  # code
    village: VillageRef | None
    pin: Point | None
    agency: str
    photos: Sequence[AnyRow]  # at, note, found: those that came by this link, oldest first


def make(
    session: Session, ticket_id: int, name: str, days: int, note: str | None, now: datetime
) -> NewLink:
    """A link for that ticket, open for so many days (1 to MOST_DAYS).

    Raises Unknown, IllegalMove: the ticket is over, sensitive, or has MOST_OF_A_TICKET links.
    """
    ticket = _ticket(session, ticket_id)
    token = secrets.token_urlsafe(BYTES)
    scope = scope_of(session)
    row = WorkLink(
        ticket_id=ticket_id,
        incident_id=ticket.incident_id,
        restricted_group=ticket.restricted_group,
        token_hash=digest(token),
        name=name,
        note=(note or "").strip() or None,
        made_at=now,
        made_by=scope.user_id,
        made_name=scope.name,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    _tell(session, "ticket.link_made", ticket, row.id)
    return NewLink(row.id, token, row.expires_at)


def revoke(session: Session, link_id: int, now: datetime) -> int:
    """From now on it opens nothing; the ticket it was for. What came by it stays.

    Twice is as good as once, and so is one that was used up. Raises Unknown.
    """
    found = session.execute(select(WorkLink.ticket_id).where(WorkLink.id == link_id)).one_or_none()
    if found is None:
        raise Unknown(f"link {link_id}")
    changed = session.execute(
        update(WorkLink)
        .where(WorkLink.id == link_id, WorkLink.revoked_at.is_(None), WorkLink.done_at.is_(None))
        .values(revoked_at=now)
        .returning(WorkLink.id)
    ).one_or_none()
    if changed is not None:
        ticket = _facts(session, found.ticket_id)
        _tell(session, "ticket.link_revoked", ticket, link_id)
    return int(found.ticket_id)


def of_ticket(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """The links of a ticket, the newest first. The token itself is not among it."""
    query = select(
        WorkLink.id,
        WorkLink.name,
        WorkLink.note,
        WorkLink.made_at,
        WorkLink.made_name,
        WorkLink.expires_at,
        WorkLink.done_at,
        WorkLink.done_note,
        WorkLink.revoked_at,
    ).where(WorkLink.ticket_id == ticket_id)
    return session.execute(query.order_by(WorkLink.id.desc())).all()


def open_link(session: Session, token: str, now: datetime) -> Opened:
    """From here on the session sees with the contractor's eyes: that ticket alone.

    Needs the scope AUTH. Raises LinkShut.
    """
    row = _by_token(session, token)
    if row is None:
        raise LinkShut(Why.UNKNOWN)
    if row.done_at is not None:
        raise LinkShut(Why.USED)
    if row.revoked_at is not None:
        raise LinkShut(Why.REVOKED)
    if row.expires_at <= now:
        raise LinkShut(Why.EXPIRED)
    enter(session, Scope(CONTRACTOR, ticket_id=row.ticket_id, name=row.name))
    if _facts(session, row.ticket_id).state in OVER:
        raise LinkShut(Why.OVER)
    return Opened(row.id, row.ticket_id, row.name, row.note, row.made_name, row.expires_at)


def task(session: Session, opened: Opened, ground: Ground) -> Task:
    """What the page shows."""
    row = session.execute(
        select(Incident.category_code, Incident.village_code, Incident.pin, Agency.short)
        .join(Ticket, Ticket.incident_id == Incident.id)
        .join(Agency, Agency.id == Ticket.agency_id)
        .where(Ticket.id == opened.ticket_id)
    ).one()
    photos = session.execute(
        select(Proof.at, Proof.note, Proof.found)
        .where(Proof.link_id == opened.link_id)
        .order_by(Proof.at, Proof.id)
    ).all()
    return Task(
        category=row.category_code,
        village=ground.by_code.get(row.village_code),
        pin=row.pin,
        agency=row.short,
        photos=photos,
    )


def say_done(session: Session, opened: Opened, note: str | None, now: datetime) -> None:
    """The contractor says that it is done, once; who made the link is told (0010_proofs.sql).

    Raises NoPhotoYet, LinkShut.
    """
    counted = select(func.count()).where(Proof.link_id == opened.link_id)
    if not session.scalar(counted):
        raise NoPhotoYet
    changed = session.execute(
        update(WorkLink)
        .where(
            WorkLink.id == opened.link_id,
            WorkLink.done_at.is_(None),
            WorkLink.revoked_at.is_(None),
        )
        .values(done_at=now, done_note=(note or "").strip() or None)
        .returning(WorkLink.id)
    ).one_or_none()
    if changed is None:
        raise LinkShut(Why.USED)
    _tell(session, "ticket.link_done", _facts(session, opened.ticket_id), opened.link_id)


def key_of(opened: Opened, key: str) -> str:
    """A contractor's own keys: one of somebody else's proof is no key here."""
    return f"rekanan-{opened.link_id}:{key}"


def digest(token: str) -> bytes:
    """What is kept of a token. It is random and long: no salt, no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _by_token(session: Session, token: str) -> AnyRow | None:
    if not token or len(token) > LONGEST_TOKEN:
        return None
    query = select(
        WorkLink.id,
        WorkLink.ticket_id,
        WorkLink.name,
        WorkLink.note,
        WorkLink.made_name,
        WorkLink.expires_at,
        WorkLink.done_at,
        WorkLink.revoked_at,
    ).where(WorkLink.token_hash == digest(token))
    return session.execute(query).one_or_none()


def _ticket(session: Session, ticket_id: int) -> AnyRow:
    """The ticket, if a contractor may be sent for it. Raises Unknown, IllegalMove."""
    ticket = _facts(session, ticket_id)
    if ticket.state in OVER:
        raise IllegalMove(f"ticket {ticket_id} is over ({ticket.state}); open it again first")
    if ticket.restricted_group is not None:
        raise IllegalMove("a sensitive case is not shown to anybody by a link")
    counted = select(func.count()).where(WorkLink.ticket_id == ticket_id)
    if (session.scalar(counted) or 0) >= MOST_OF_A_TICKET:
        raise IllegalMove(f"the ticket has {MOST_OF_A_TICKET} links already")
    return ticket


def _facts(session: Session, ticket_id: int) -> AnyRow:
    """Raises Unknown."""
    query = select(
        Ticket.id, Ticket.incident_id, Ticket.state, Ticket.restricted_group, Ticket.demo
    ).where(Ticket.id == ticket_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    return row


def _tell(session: Session, kind: str, ticket: AnyRow, link_id: int) -> None:
    log.record(
        session,
        kind,
        incident_id=ticket.incident_id,
        demo=ticket.demo,
        ticket=ticket.id,
        link=link_id,
    )
