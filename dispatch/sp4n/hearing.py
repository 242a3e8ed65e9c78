"""Use case: a report of SP4N-LAPOR comes in, each once; what its reporter replies comes after it.

Nothing of who wrote it is taken: the reporter is reached over there. What is sensitive, or marked
secret, is taken in by people, not by this.
"""

import hashlib
import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.calls import CallReport, take_call
from dispatch.ground import Ground
from dispatch.rules.cleaning import clean
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.rules.workflow import Channel
from dispatch.schema import Call, ExchangeLink, Ticket, TicketMessage
from dispatch.sp4n import standing
from dispatch.sp4n.exchange import EVEN, WAITING
from dispatch.sp4n.mapping import (
    Origin,
    Remote,
    Reply,
    differences,
    is_sensitive,
    is_taken,
)
from dispatch.sp4n.standing import SYSTEM_NAME
from dispatch.tickets import Move
from dispatch.tickets import moving as moves
from dispatch.tickets import rows as held_rows
from geo.errors import BadPoint
from geo.point import Point, pin_at

MOST_REPLIES = 50  # of one report: more is no conversation
LONGEST_REPLY = 2000


class Heard(StrEnum):
    """What became of a report that was read."""

    NEW = "baru"
    CHANGED = "diperbarui"
    SAME = "sama"
    WITHHELD = "peka"  # for people alone
    LEFT = "dilewati"  # over already, or still with others
    STRANGE = "tak_dikenal"  # it says that it is ours, and we do not know it


def hear(session: Session, remote: Remote, now: datetime, ground: Ground) -> Heard:
    """Take the report in, or what is new of it. Twice is as good as once."""
    link = _link_of(session, remote)
    if link is None:
        return _first(session, remote, now, ground)
    before = (link.remote_id, dict(link.heard))
    if link.remote_id is None:
        link.remote_id = remote.id
    if link.remote_id != remote.id:
        return Heard.STRANGE  # a second one under the same key: reconciling() shows it
    if _sees(session, link):
        _hear_text(session, link, remote, now)
        _hear_replies(session, link, remote, now, ground)
        _settle(session, link, remote, ground)
    link.heard = dict(link.heard) | {"face": remote.face.record()}
    session.flush()
    return Heard.SAME if before == (link.remote_id, link.heard) else Heard.CHANGED


def would_be(session: Session, remote: Remote, ground: Ground) -> Heard:
    """What hear() would make of it; writes nothing."""
    link = _link_of(session, remote)
    if link is None:
        return _stranger(remote, ground) or Heard.NEW
    if link.remote_id not in (None, remote.id):
        return Heard.STRANGE
    replies = {reply.id for reply in remote.replies} <= set(link.heard.get("replies", []))
    same = link.remote_id is not None and link.heard.get("face") == remote.face.record() and replies
    return Heard.SAME if same else Heard.CHANGED


def sensitive_codes(ground: Ground) -> frozenset[str]:
    """Our categories that belong to a group."""
    categories = ground.catalogue.categories.values()
    return frozenset(c.code for c in categories if c.restricted_group is not None)


def _link_of(session: Session, remote: Remote) -> ExchangeLink | None:
    """The one with that number; else the one with that key."""
    named = ExchangeLink.remote_id == remote.id
    if remote.key:
        named = or_(named, ExchangeLink.key == remote.key)
    query = (
        select(ExchangeLink)
        .where(ExchangeLink.system == SYSTEM_NAME, named)
        .order_by((ExchangeLink.remote_id == remote.id).desc().nulls_last())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one_or_none()


def _stranger(remote: Remote, ground: Ground) -> Heard | None:
    """Why a report that we have not seen before is not taken; None: it is."""
    if remote.origin is Origin.OURS:
        return Heard.STRANGE
    rules, sensitive = ground.regency.sp4n, sensitive_codes(ground)
    if is_taken(remote, rules, sensitive):
        return None
    return Heard.WITHHELD if is_sensitive(remote, rules, sensitive) else Heard.LEFT


def _first(session: Session, remote: Remote, now: datetime, ground: Ground) -> Heard:
    if (left := _stranger(remote, ground)) is not None:
        return left
    made = (
        upsert(ExchangeLink)
        .values(system=SYSTEM_NAME, remote_id=remote.id, key=str(uuid.uuid4()), state=EVEN, at=now)
        .on_conflict_do_nothing()
        .returning(ExchangeLink.id)
    )
    link_id = session.scalar(made)
    if link_id is None:
        return Heard.SAME  # another process took it this very moment
    incident_id = _open(session, remote, now, ground)
    ticket_id = session.scalar(select(func.min(Ticket.id)).where(Ticket.incident_id == incident_id))
    heard = {"face": remote.face.record(), "text": remote.face.text, "replies": []}
    session.execute(
        update(ExchangeLink)
        .where(ExchangeLink.id == link_id)
        .values(
            ticket_id=ticket_id,
            incident_id=incident_id,
            heard=heard,
            state=WAITING,
            next_at=now,
        )
    )
    link = _link_of(session, remote)
    if link is not None:
        _hear_replies(session, link, remote, now, ground)
    return Heard.NEW


def _open(session: Session, remote: Remote, now: datetime, ground: Ground) -> int:
    """The case that the report opens, without its reporter's name or number."""
    pin = _pin(remote)
    report = CallReport(
        where=clean(remote.place, 300),
        what=remote.face.text,
        channel=Channel.MESSAGE,
        category=ground.regency.sp4n.category_here(remote.face.category),
        pin=pin,
        pinned_by="tempat" if pin else None,
        said_at=remote.made_at,
    )
    taken = take_call(
        session, report, now, ground, write_answer=lambda taken: {"incident": taken.incident_id}
    )
    return int(taken.body["incident"])


def _pin(remote: Remote) -> Point | None:
    if remote.lon is None or remote.lat is None:
        return None
    try:
        return pin_at(remote.lon, remote.lat)
    except BadPoint:
        return None  # the words still say where it is


def _settle(session: Session, link: ExchangeLink, remote: Remote, ground: Ground) -> None:
    """It was told by a file, or the answer was lost: what they show is what we would tell."""
    if link.state == EVEN or link.ticket_id is None:
        return
    told = standing.of_tickets(session, [link.ticket_id], ground).get(link.ticket_id)
    if told is None or differences(told.face, remote.face):
        return
    link.told = dict(link.told) | {"v": told.mark, "face": told.face.record()}
    link.state, link.next_at, link.tries, link.trouble = EVEN, None, 0, None


def _sees(session: Session, link: ExchangeLink) -> bool:
    """Whether its ticket may be told and heard of: it may have become sensitive."""
    asked = select(Ticket.id).where(Ticket.id == link.ticket_id)
    return session.scalar(asked) is not None


def _hear_text(session: Session, link: ExchangeLink, remote: Remote, now: datetime) -> None:
    """A text that was changed over there becomes a note; the report as it came in stays."""
    was = link.heard.get("text")
    if was is None or was == remote.face.text:
        return
    digest = hashlib.sha256(remote.face.text.encode()).hexdigest()[:16]
    _write(session, link, "catatan", f"Teks di SP4N-LAPOR diubah menjadi:\n{remote.face.text}",
           f"sp4n:teks:{digest}:{len(link.heard.get('texts', []))}", None, now)  # fmt: skip
    link.heard = dict(link.heard) | {
        "text": remote.face.text,
        "texts": [*link.heard.get("texts", []), digest],
    }


def _hear_replies(
    session: Session, link: ExchangeLink, remote: Remote, now: datetime, ground: Ground
) -> None:
    known = list(link.heard.get("replies", []))
    fresh = [reply for reply in remote.replies if reply.id not in known]
    call_id = session.scalar(select(func.min(Call.id)).where(Call.incident_id == link.incident_id))
    if not fresh or call_id is None:
        return
    for reply in fresh[: max(0, MOST_REPLIES - len(known))]:
        _reply(session, link, reply, call_id, now, ground)
        known.append(reply.id)
    link.heard = dict(link.heard) | {"replies": known}


def _reply(
    session: Session,
    link: ExchangeLink,
    reply: Reply,
    call_id: int,
    now: datetime,
    ground: Ground,
) -> None:
    """Keep what the reporter says; a ticket that waited for it goes on, as on the tracking page."""
    words = clean(reply.text, LONGEST_REPLY)
    if not words:
        return
    _write(session, link, "tanggapan", words, f"sp4n:{reply.id}"[:190], call_id, now)
    held = held_rows.hold(session, link.ticket_id or 0)
    if held.row.state == TicketState.POSTPONED and held.row.before is not None:
        back = Move(to=TicketState(held.row.before))
        moves.carry_out(session, held, back, Actor.REPORTER, now, ground)
    log.record(
        session,
        "ticket.replied",
        incident_id=held.row.incident_id,
        ticket=held.row.id,
        demo=held.row.demo,
    )


def _write(
    session: Session,
    link: ExchangeLink,
    kind: str,
    words: str,
    key: str,
    call_id: int | None,
    now: datetime,
) -> None:
    session.execute(
        # inline: no RETURNING, for the exchange reads back no more than answers.
        insert(TicketMessage)
        .inline()
        .values(
            ticket_id=link.ticket_id,
            incident_id=link.incident_id,
            restricted_group=None,
            at=now,
            kind=kind,
            by_name="" if call_id else "SP4N-LAPOR",
            call_id=call_id,
            text=words,
            key=key,
        )
    )
